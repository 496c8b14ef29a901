"""Lists: what the complete lists of a feed say by leaving out, in whatever order they come.

A list ends what it shows no more, on its own day. A list that comes late changes nothing that a
newer one shows: what it brings ends where the next list leaves it out, and what a newer list still
shows is not ended by it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from graph_schema.agreements import Signature
from graph_schema.days import FOR_EVER, PartialDate
from graph_schema.elements import Fact
from graph_schema.parties import Tie
from graph_schema.sourcing import SourcingLink
from graph_schema.standing import CompleteRun, Standing
from hub.store.port import OPEN, Row
from hub.store.rows import Column, columns, content, day_of, digest, unordered
from hub.sync.intake import Intake
from hub.sync.seen import Scope, left_out, over, scope, seen_only
from hub.sync.world import World

ENDING: Final = (Standing, Tie, Signature, SourcingLink)
"""Facts that a complete list ends by showing them no more."""
_DATES: Final = frozenset({"since", "observed"})


class Lists:
    """The complete lists of one feed, as they bear on what a document of some day says.

    Attributes:
        on: The day of which the document speaks.
        silent: By the number of a known list, the subjects of which it turns out to say nothing.
    """

    def __init__(self, intake: Intake, world: World, stated: int) -> None:
        program = world.numbers.get(intake.program or "")
        known = sorted(world.law_rows[CompleteRun], key=lambda row: row["on"])
        mine = (row for row in known if (row["program"], row["feed"]) == (program, intake.feed))
        self.on = day_of(stated)
        self.silent: dict[int, set[int]] = {}
        self._later = [row for row in mine if row["on"] > self.on]
        self._world = world
        self._brought: dict[str, list[Row]] = {}
        self._states: dict[Scope, list[Row]] = {}

    @property
    def later(self) -> bool:
        """Whether a list of a later day is known: the document comes late."""
        return bool(self._later)

    def know(self, rows: Sequence[tuple[type[Fact], Row]]) -> None:
        """Take in what the feed has brought, to tell a state that is stated anew."""
        for kind, row in rows:
            self._brought.setdefault(event(kind, row), []).append(row)
        for row in (row for kind, row in rows if kind is Standing):
            self._states.setdefault(scope(row), []).append(row)

    def speaking(self, kind: type[Fact], row: Row) -> Iterator[Row]:
        """Yield the later lists that speak of a fact, in the order of their days."""
        return (each for each in self._later if speaks(each, kind, row))

    def until_excepted(self, kind: type[Fact], row: Row) -> Iterator[Row]:
        """Yield the same, up to a list that set a row of its subject aside."""
        for each in self._later:
            if speaks(each, kind, row):
                yield each
            elif not each["unidentified"] and not parties(kind, row).isdisjoint(each["except_"]):
                return

    def say_nothing(self, shown: Row, subject: int) -> None:
        """Let a later list say nothing of a subject: it could be what it names and nobody knows."""
        self.silent.setdefault(shown["number"], set()).add(subject)

    def tells_another(self, shown: Row, row: Row) -> bool:
        """Whether a list shows another state in the place of one that was only seen."""
        return seen_only(row) and any(
            each["begins_first"] <= shown["on"] < over(each)
            and event(Standing, each) != event(Standing, row)
            for each in self._states.get(scope(row), ())
        )

    def next_shown(self, kind: type[Fact], row: Row) -> Row | None:
        """Return the next list that shows a fact as it is known: one before that which ended it."""
        over = row["until_first"] if left_out(row) else FOR_EVER
        return next((each for each in self.speaking(kind, row) if each["on"] < over), None)

    def begun_by(self, kind: type[Fact], row: Row, on: int) -> bool:
        """Whether the feed has shown the same to begin after this document, by another day."""
        known = self._brought.get(event(kind, row), ())
        return any(self.on < other["begins_first"] <= on for other in known)

    def shown_later(self, kind: type[Fact], row: Row) -> bool:
        """Whether a later list shows a fact as it is known."""
        return self.next_shown(kind, row) is not None

    def settled(self, kind: type[Fact], row: Row) -> Row | None:
        """Return a fact, new or again, as later lists leave it.

        Returns:
            None where a later list shows the same with another beginning.
        """
        if row["until"] is not None:
            return row
        for each in self._later:
            if not speaks(each, kind, row):
                continue
            if self._says_nothing(each, kind, row):
                self.say_nothing(each, row[kind.begins_at])
                continue
            if self._shown_otherwise(kind, row):
                return None
            return ended(kind, row, each["on"], row["recorded_from"], each["stated_at"])
        return row

    def _says_nothing(self, shown: Row, kind: type[Fact], row: Row) -> bool:
        """Whether a list that speaks of a fact, and does not show it, yet says nothing of it."""
        if kind is Standing and self._world.must_be_lifted(row):
            return True
        another = kind is Standing and self.tells_another(shown, row)
        return bool(shown["unidentified"]) and not another

    def _shown_otherwise(self, kind: type[Fact], row: Row) -> bool:
        """Whether a later list shows the same state, on the day of this one, otherwise begun."""
        return any(
            other["identity"] != row["identity"]
            and other["begins_first"] <= self.on
            and self.shown_later(kind, other)
            for other in self._brought.get(event(kind, row), ())
        )

    def corrected(self, now: int) -> Iterable[tuple[Row, Row]]:
        """Yield each known list of which more subjects must be excepted, and how it reads then."""
        for row in self._later:
            subjects = self.silent.get(row["number"], set()) - set(row["except_"])
            if subjects:
                except_ = sorted({*row["except_"], *subjects})
                yield row, restated(CompleteRun, row, now, {"except_": except_})


def speaks(shown: Row, kind: type[Fact], row: Mapping[str, Any]) -> bool:
    """Whether a list shows a fact, or says by leaving it out that it holds no more."""
    return (
        kind.word in shown["kinds"]
        and (kind is not Standing or row["track"] in shown["tracks"])
        and row["begins_first"] < shown["on"]
        and parties(kind, row).isdisjoint(shown["except_"])
    )


def parties(kind: type[Fact], row: Mapping[str, Any]) -> set[int]:
    """Return the nodes at the ends of a fact."""
    return {row[end] for end in (kind.begins_at, kind.ends_at) if end}


def event(kind: type[Fact], row: Mapping[str, Any]) -> str:
    """Return a digest of what a fact is about, its beginning apart."""
    about = [row[name] for name in kind.key if name not in _DATES]
    # A store may keep truth as a number.
    plain = [int(value) if isinstance(value, bool) else unordered(value) for value in about]
    return digest(kind.word, row["program"], plain)


def ended(kind: type[Fact], row: Row, on: int, now: int, stated: int) -> Row:
    """Return the row of the same fact, ended on the day of a list."""
    until = PartialDate.on(on)
    changes = {"until": until.text, "until_first": on, "until_last": on, "stated_at": stated}
    return restated(kind, row, now, changes)


def restated(kind: type[Fact], row: Row, now: int, changes: Mapping[str, Any]) -> Row:
    """Return the row of a fact that is known otherwise from now on."""
    anew: Row = {
        **row,
        **changes,
        "recorded_from": now,
        "recorded_until": OPEN,
        "revision_until": OPEN,
        "retrieved_at": now,
    }
    own = {column.name: _plain(column, anew[column.name]) for column in columns(kind)}
    return anew | {"content": content(own, anew["sources"], anew["confidence"])}


def _plain(column: Column, value: Any) -> Any:  # noqa: ANN401
    """Return a value as it was stated: a store may keep truth as a number."""
    return bool(value) if column.type is bool and value is not None else value
