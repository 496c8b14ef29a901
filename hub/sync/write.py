"""Write: one atomic generation of facts, and of what follows from them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import orjson

from graph_schema.agreements import Agreement
from graph_schema.codes import Kind
from graph_schema.elements import Fact
from graph_schema.parties import Organization, Worksite
from graph_schema.programs import Commodity, Program
from graph_schema.sourcing import SourcingLink
from graph_schema.standing import Standing, StateRule
from hub.eligibility.facts import Law
from hub.store.law import KINDS, law
from hub.store.port import OPEN, Batch, Latest, Moment, Row, Store, Writing
from hub.sync.derive import compared, derived
from hub.sync.made import Made
from hub.sync.plan import Plan
from hub.sync.profile import Said, profile
from hub.sync.world import EVERYTHING, World

_CHUNK: Final = 5_000
"""Facts and subjects handled at a time, so that memory stays bounded."""
DESCRIBES: Final[dict[type[Fact], str]] = {
    Program: "program",
    Organization: "reference",
    Worksite: "reference",
    Agreement: "reference",
    Commodity: "reference",
}
"""The facts that say what a node is, and the column of the node."""
KIND_OF: Final[dict[type[Fact], Kind]] = {
    Program: Kind.PROGRAM,
    Organization: Kind.ORGANIZATION,
    Worksite: Kind.WORKSITE,
    Agreement: Kind.AGREEMENT,
    Commodity: Kind.COMMODITY,
}
_T = TypeVar("_T")


@dataclass(slots=True)
class Generation:
    """A plan on its way into the store."""

    store: Store
    writing: Writing
    world: World
    plan: Plan
    made: Made

    async def write(self, now: int) -> Latest:
        """Write the plan and what follows from it; return the revision it made."""
        revision = self.writing.base.revision + 1
        self._number(revision)
        first = Batch()
        self.made.into(first)
        first.closed = [(kind, row["number"], until) for kind, row, until in self.plan.closed]
        await self.writing.stage(first)
        for some in _chunks(self.plan.facts):
            batch = Batch()
            for kind, row in some:
                batch.facts.setdefault(kind, []).append(row)
            await self.writing.stage(batch)
        await self._derive(revision)
        await self._profile(revision)
        changed = {kind for kind, _ in self.plan.facts} | {kind for kind, _, _ in self.plan.closed}
        return await self.writing.commit(now, law_changed=bool(changed & set(KINDS)))

    def _number(self, revision: int) -> None:
        for _, row in self.plan.facts:
            row["number"] = self.writing.next_fact
            row["revision_from"] = revision
            self.writing.next_fact += 1

    def _changed(self, kind: type[Fact]) -> Iterator[Row]:
        """Yield the rows of a kind that are new or closed."""
        yield from (row for of, row in self.plan.facts if of is kind)
        yield from (row for of, row, _ in self.plan.closed if of is kind)

    def _after(self, rows: Iterable[Row], kind: type[Fact], revision: int) -> list[Row]:
        """Return rows as they are once the plan is written, its new ones apart."""
        closed = {row["number"]: until for of, row, until in self.plan.closed if of is kind}
        return [
            row | {"recorded_until": closed[row["number"]], "revision_until": revision}
            if row["number"] in closed
            else row
            for row in rows
        ]

    def _law(self, revision: int) -> Law:
        """Return the law as it is once the plan is written."""
        rows: dict[type[Fact], list[Row]] = {}
        for kind in KINDS:
            known = self._after(self.world.law_rows[kind], kind, revision)
            rows[kind] = known + [row for of, row in self.plan.facts if of is kind]
        rows[Commodity] = [row | {"code": ""} for row in rows[Commodity]]
        return law(rows, Moment(revision, OPEN - 1, EVERYTHING))

    async def _derive(self, revision: int) -> None:
        """Work out anew when the standings of every subject concerned really held."""
        rules = self._law(revision)
        base = Moment(revision - 1, OPEN - 1, EVERYTHING)
        subjects = {row["subject"] for row in self._changed(Standing)}
        programs = sorted({row["program"] for row in self._changed(StateRule)})
        for row in await self.store.facts_at(Standing, "program", programs, base):
            subjects.add(row["subject"])
        for some in _chunks(sorted(subjects)):
            rows = await self._ever(Standing, "subject", some, revision)
            await self._replace(await self.store.derived(some), _derived(rules, rows), revision)

    async def _replace(
        self, before: Sequence[Row], after: Sequence[dict[str, Any]], revision: int
    ) -> None:
        """Stage the difference between derived rows."""
        kept = {compared(row | {"products": _listed(row["products"])}): row for row in before}
        wanted = {compared(row): row for row in after}
        batch = Batch(gone=[row["number"] for key, row in kept.items() if key not in wanted])
        for key, row in wanted.items():
            if key not in kept:
                number = self.writing.next_fact
                self.writing.next_fact += 1
                batch.in_force.append(
                    row | {"number": number, "revision_from": revision, "revision_until": OPEN}
                )
        await self.writing.stage(batch)

    async def _profile(self, revision: int) -> None:
        """Work out anew what nodes are called, and how many programs and buyers share them."""
        nodes = {row[end] for kind, end in DESCRIBES.items() for row in self._changed(kind)}
        nodes |= {row["subject"] for row in self._changed(Standing)}
        nodes |= {row["supplier"] for row in self._changed(SourcingLink)}
        for some in _chunks(sorted(nodes)):
            await self.writing.stage(Batch(profiles=await self._profiles(some, revision)))

    async def _profiles(self, nodes: Sequence[int], revision: int) -> list[dict[str, Any]]:
        """Return what nodes are called, of all that was ever said: the past is asked, too."""
        said: dict[int, list[Said]] = {node: [] for node in nodes}
        for kind, end in DESCRIBES.items():
            for row in await self._ever(kind, end, nodes, revision):
                said[row[end]].append((kind, row))
        programs: dict[int, set[int]] = {node: set() for node in nodes}
        for row in await self._ever(Standing, "subject", nodes, revision):
            programs[row["subject"]].add(row["program"])
        buyers: dict[int, set[int]] = {node: set() for node in nodes}
        for row in await self._ever(SourcingLink, "supplier", nodes, revision):
            buyers[row["supplier"]].add(row["buyer"])
        codes = self.world.codes | {row["program"]: row["code"] for row in self._changed(Program)}
        return [
            profile(node, KIND_OF[each[0][0]], each, codes)
            | {"programs_held": len(programs[node]), "buyers_held": len(buyers[node])}
            for node, each in said.items()
            if each
        ]

    async def _ever(
        self, kind: type[Fact], end: str, nodes: Sequence[int], revision: int
    ) -> list[Row]:
        """Return the facts that name nodes, as they are once the plan is written."""
        base = Moment(revision - 1, OPEN - 1, EVERYTHING)
        known = await self.store.facts_at(kind, end, nodes, base, history=True)
        wanted = set(nodes)
        arriving = (row for of, row in self.plan.facts if of is kind and row[end] in wanted)
        return [*self._after(known, kind, revision), *arriving]


def _derived(rules: Law, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return the derived rows of all subjects and programs that rows speak of."""
    groups: dict[tuple[int, int], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["subject"], row["program"]), []).append(row)
    return [each for group in groups.values() for each in derived(rules, group)]


def _listed(value: str | list[int]) -> list[int]:
    return orjson.loads(value) if isinstance(value, str) else value


def _chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for at in range(0, len(values), _CHUNK):
        yield values[at : at + _CHUNK]
