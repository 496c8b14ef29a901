"""Barred: from whom nobody may buy any more once a run is written, however it says so.

What counts is the effect, as the rule itself finds it of what is said before and after: by a word
that bars, by one that is lifted no more, by a tie to somebody who is barred, by a confirmation that
makes a stale bar count again, by an end where a clause forbids to buy from who is not listed.
"""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from graph_schema.codes import Effect
from graph_schema.elements import Fact
from graph_schema.parties import Tie
from graph_schema.standing import Standing
from hub.eligibility.facts import Law
from hub.store.port import OPEN, Moment, Row, Store, Writing
from hub.sync.judging import Judging
from hub.sync.plan import Plan
from hub.sync.side import Side
from hub.sync.touched import GROUPING, Touched
from hub.sync.world import EVERYTHING

_MOST_STEPS: Final = 12
"""Steps along ties that are followed, as of a question."""
_CHUNK: Final = 5_000
_DOWN: Final = (("to", "from_"),)
_UP: Final = (("from_", "to"),)


@dataclass(frozen=True)
class Look:
    """A run that is planned, looked at within its generation.

    Attributes:
        program: Number of the program that says it all.
        today: The day of the run.
        laws: The law before the run, and after it.
        plan: What of it is not staged; its rows have their numbers.
        touched: Whom it may bar.
    """

    store: Store
    writing: Writing
    program: int
    today: int
    laws: tuple[Law, Law]
    plan: Plan
    touched: Touched

    async def barred(self) -> frozenset[int]:
        """Return whom the run bars who was not barred before, in a few round trips.

        They are those of whom the program told a state before, and those of whom the run itself
        tells a bar, or a tie to one who is barred. Who merely belongs to them is a part of them.
        """
        told = self.touched.told | await self._waiting()
        if not told and not self.touched.closed:
            return frozenset()
        ties: dict[int, Row] = {}
        if self.program in self.laws[1].reaching:
            below = around = await self._tied(told, (*_DOWN, *_UP), ties)
        else:
            below = await self._tied(told, _DOWN, ties)
            around = await self._tied(below, _UP, ties)
        states = await self._rows(Standing, "subject", around | self.touched.closed)
        before, after = self._sides({Standing: states, Tie: [*ties.values()]})
        anew = await self._anew(below, before, after)
        return frozenset({*anew, *(self.touched.closed & before.holding)})

    async def _anew(self, below: AbstractSet[int], before: Side, after: Side) -> AbstractSet[int]:
        """Return who is barred anew of those on whom what is told may bear."""
        exposed = below & after.exposed
        if any(listing.program == self.program for listing in after.law.listings):
            exposed |= self.touched.told  # who is told no more is absent
        return await Judging(before, after, self.touched.told).anew(exposed)

    async def _waiting(self) -> AbstractSet[int]:
        """Return on whom it bears what is confirmed, and from whom it is forbidden to buy."""
        touched = self.touched
        if not (touched.confirms or touched.unsays or touched.forbids):
            return frozenset()
        moment = Moment(self.writing.base.revision, OPEN - 1, EVERYTHING)
        effects = (Effect.INELIGIBLE, Effect.NOT_IN_PROGRAM)
        return {
            row["subject"]
            for row in await self.store.in_force(
                "program", [self.program], moment, day=self.today, effects=effects
            )
            if touched.unsays
            or row["confirmed"] + row["max_age"] < self.today
            or (touched.forbids and row["effect"] == Effect.NOT_IN_PROGRAM)
        }

    async def _tied(
        self, nodes: AbstractSet[int], ways: Sequence[tuple[str, str]], ties: dict[int, Row]
    ) -> AbstractSet[int]:
        """Return nodes and whom they are tied to in some ways, and take in the ties."""
        found, frontier = set(nodes), set(nodes)
        for _ in range(_MOST_STEPS):
            reached: set[int] = set()
            for end, other in ways:
                for row in await self._rows(Tie, end, frontier):
                    if row["kind"] in GROUPING:
                        ties[row["number"]] = row
                        reached.add(row[other])
            frontier = reached - found
            found |= frontier
        return found

    async def _rows(self, kind: type[Fact], end: str, nodes: Collection[int]) -> list[Row]:
        """Return what the program ever said of nodes, what is planned included."""
        asked = sorted(nodes)
        found = [row for row in self._planned.get(kind, ()) if row[end] in nodes]
        for at in range(0, len(asked), _CHUNK):
            found += await self.writing.facts_at(kind, end, asked[at : at + _CHUNK])
        return [row for row in found if row["program"] == self.program]

    @cached_property
    def _planned(self) -> Mapping[type[Fact], Sequence[Row]]:
        planned: dict[type[Fact], list[Row]] = {}
        for kind, row in self.plan.facts:
            planned.setdefault(kind, []).append(row)
        return planned

    def _sides(self, rows: Mapping[type[Fact], Sequence[Row]]) -> tuple[Side, Side]:
        """Part what is said into what was known before, and what will be."""
        base = self.writing.base.revision
        over = {row["number"] for _, row, _ in self.plan.closed}
        before = {
            kind: [row for row in said if row["revision_from"] <= base < row["revision_until"]]
            for kind, said in rows.items()
        }
        after = {
            kind: [r for r in said if r["revision_until"] == OPEN and r["number"] not in over]
            for kind, said in rows.items()
        }
        first, second = self.laws
        return (
            Side(first, self.program, self.today, before),
            Side(second, self.program, self.today, after),
        )
