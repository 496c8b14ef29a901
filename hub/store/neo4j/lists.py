"""Questions for lists of nodes, put to a Neo4j."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Final, LiteralString

from graph_schema.codes import Effect, Kind
from graph_schema.elements import Fact
from hub.store.columns import PROBLEM, RUN, tokens
from hub.store.neo4j import change_texts, list_texts, reads
from hub.store.neo4j.driver import Bolt
from hub.store.port import PLACES, Change, Moment, Page, Row, SharedSought, Sought, place

_NO_RUN: Final[Row] = dict.fromkeys(RUN)
"""The columns of a run; one that is empty is not kept."""
_NO_PROBLEM: Final[Row] = dict.fromkeys(PROBLEM)


class Lists:
    """The part of the store that answers with lists of nodes."""

    bolt: Bolt

    async def find(self, sought: Sought, moment: Moment, page: Page) -> list[int]:
        """Return the subjects that hold a state as sought."""
        return await self._numbers(list_texts.FIND, _sought(sought, moment, page))

    async def count(self, sought: Sought, moment: Moment) -> int:
        """Return how many subjects `find` has."""
        return await self._numbers(list_texts.COUNT_FOUND, _sought(sought, moment, Page(0)))

    async def find_shared(self, sought: SharedSought, moment: Moment, page: Page) -> list[int]:
        """Return the subjects that several programs or buyers share."""
        text = list_texts.SHARED[_which_shared(sought)]
        return await self._numbers(text, _shared(sought, moment, page))

    async def count_shared(self, sought: SharedSought, moment: Moment) -> int:
        """Return how many subjects `find_shared` has."""
        text = list_texts.COUNT_SHARED[_which_shared(sought)]
        return await self._numbers(text, _shared(sought, moment, Page(0)))

    async def find_buyers(
        self,
        groups: Sequence[Sequence[int]],
        country: str | None,
        day: int,
        moment: Moment,
        page: Page,
    ) -> list[list[int]]:
        """Return who signed one of each group of agreements."""
        at = _signed(groups, country, day, moment, page)
        return await self._numbers(list_texts.BUYERS, at)

    async def count_buyers(
        self, groups: Sequence[Sequence[int]], country: str | None, day: int, moment: Moment
    ) -> list[int]:
        """Return how many organisations `find_buyers` has for each group."""
        at = _signed(groups, country, day, moment, Page(0))
        return await self._numbers(list_texts.COUNT_BUYERS, at)

    async def sourcing_counts(
        self, program: int, day: int, moment: Moment, least: int
    ) -> list[tuple[str | None, int | None, int]]:
        """Return how many links a program does not publish, by country and product."""
        at = reads.seen(moment) | {"program": program, "day": day, "least": least}
        [found] = await self.bolt.read(list_texts.SOURCING_COUNTS, at)
        return [(country, product, links) for country, product, links in found]

    async def search(
        self, text: str, kinds: Sequence[Kind], moment: Moment, size: int, after: tuple[float, int]
    ) -> list[tuple[int, Kind, float]]:
        """Return nodes whose names match a text."""
        words = tokens(text)
        if not words:
            return []
        at = reads.seen(moment) | {
            "text": _searched(words),
            "letters": len(" ".join(words)),
            "kinds": [kind.value for kind in kinds],
            "score": after[0],
            "after": after[1],
            "size": size,
        }
        [found] = await self.bolt.read(list_texts.SEARCH, at)
        return [(number, Kind(kind), score) for number, kind, score in found]

    async def changes(
        self, kinds: Sequence[type[Fact]], programs: Sequence[int], moment: Moment, page: Page
    ) -> list[Change]:
        """Return what revisions made of facts."""
        since, number = divmod(page.after, PLACES)
        at = reads.seen(moment) | {
            "programs": list(dict.fromkeys(programs)),
            "since": since,
            "number": number,
            "after": page.after,
            "until": place(moment.revision + 1, 0) - 1,
            "size": page.size,
        }
        # A question for all kinds at once takes the server seconds to plan when it is new to it.
        found = [
            each
            for kind in dict.fromkeys(kinds)
            for each in reads.changes(kind, await self.bolt.read(change_texts.changes(kind), at))
        ]
        return sorted(found, key=attrgetter("place"))[: page.size]

    async def touched(self, since: int, revision: int, most: int) -> set[int] | None:
        """Return the nodes at which revisions changed a fact that bears on questions."""
        at = {
            "since": since,
            "revision": revision,
            "after": place(since + 1, 0),
            "until": place(revision + 1, 0),
            "size": most + 1,
        }
        first, found = await self.bolt.read(change_texts.TOUCHED, at)
        known = first > 0 and len(found) <= most
        return {node for nodes in found for node in nodes} if known else None

    async def runs(self, programs: Sequence[int]) -> list[Row]:
        """Return the newest run of each feed of programs."""
        [found] = await self.bolt.read(list_texts.RUNS, {"programs": list(dict.fromkeys(programs))})
        return [_NO_RUN | row for row in found]

    async def runs_that_made(self, revisions: Sequence[int]) -> list[Row]:
        """Return the runs that made revisions."""
        [found] = await self.bolt.read(
            list_texts.RUNS_THAT_MADE, {"revisions": list(dict.fromkeys(revisions))}
        )
        return [_NO_RUN | row for row in found]

    async def run_problems(self, runs: Sequence[int], page: Page) -> list[Row]:
        """Return a page of the rows that each of these runs set aside."""
        at = {"runs": list(dict.fromkeys(runs)), "after": page.after, "size": page.size}
        [found] = await self.bolt.read(list_texts.PROBLEMS, at)
        return [_NO_PROBLEM | row for row in found]

    async def _numbers(self, text: LiteralString, at: dict[str, Any]) -> Any:  # noqa: ANN401
        [found] = await self.bolt.read(text, at)
        return found


def _sought(asked: Sought, moment: Moment, page: Page) -> dict[str, Any]:
    """Return the parameters of a question for subjects that hold a state."""
    return reads.seen(moment) | {
        "programs": list(asked.programs),
        "effects": [effect.value for effect in asked.effects or tuple(Effect)],
        "kind": asked.kind.value,
        "products": sorted(asked.products),
        "country": asked.country,
        "day": asked.day,
        "after": page.after,
        "size": page.size,
    }


def _shared(asked: SharedSought, moment: Moment, page: Page) -> dict[str, Any]:
    """Return the parameters of a question for shared suppliers."""
    return reads.seen(moment) | {
        "programs": list(asked.programs),
        "buyers": list(asked.buyers or ()),
        "at_least": asked.at_least,
        "day": asked.day,
        "disagreeing": asked.disagreeing,
        "country": asked.country,
        "after": page.after,
        "size": page.size,
    }


def _which_shared(asked: SharedSought) -> tuple[bool, bool]:
    """Return whether buyers are asked for, and whether one of them, or one program, is enough."""
    return asked.buyers is not None, asked.at_least < 2  # noqa: PLR2004


def _signed(
    groups: Sequence[Sequence[int]], country: str | None, day: int, moment: Moment, page: Page
) -> dict[str, Any]:
    """Return the parameters of a question for signatories."""
    return reads.seen(moment) | {
        "groups": [list(group) for group in groups],
        "country": country,
        "day": day,
        "after": page.after,
        "size": page.size,
    }


def _searched(words: Sequence[str]) -> str:
    """Return words as full-text search reads them: each, or what begins with it, must be there.

    Nothing but letters and digits is left of them, so nothing is taken for an operator.
    """
    return " ".join(f"+({word} {word}*)" for word in words)
