"""Write: one atomic generation of facts, and of what follows from them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
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
from hub.store.deeds import Deed
from hub.store.kept import Kept
from hub.store.law import KINDS, law
from hub.store.port import OPEN, Batch, Latest, Moment, Row, Store, Writing
from hub.store.rows import micros
from hub.sync.alike import Drawn
from hub.sync.derive import compared, derived
from hub.sync.intake import Progress, silent
from hub.sync.made import Made
from hub.sync.numbered import Numbers
from hub.sync.plan import Plan
from hub.sync.profile import Said, profile
from hub.sync.singles import Single, Singles
from hub.sync.tally import Tally
from hub.sync.world import EVERYTHING, World

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
_CHUNK: Final = 5_000
"""Facts and subjects handled at a time, so that memory stays bounded."""
_HOLDING: Final[frozenset[type[Fact]]] = frozenset({Standing, StateRule, SourcingLink})
"""The facts by which a node is held by programs and buyers."""
_HOLDERS: Final[frozenset[type[Fact]]] = frozenset({Organization, Worksite})
"""The facts that describe who may be held so."""
_T = TypeVar("_T")


def instant(now: datetime | None, base: Latest) -> int:
    """Return the instant of a commit, the present where none is given; it never goes back."""
    return max(micros(now or datetime.now(UTC)), base.recorded_at + 1)


class Generation:
    """Plans on their way into the store, all of them as one generation.

    Attributes:
        store: What was known before.
        writing: Where they are written to.
        world: What they were checked against.
        empty: Whether nothing was staged.
    """

    def __init__(
        self, store: Store, writing: Writing, world: World, progress: Progress = silent
    ) -> None:
        self.empty = True
        self.store = store
        self.writing = writing
        self._progress = progress
        self.world = world
        self._revision = writing.base.revision + 1
        self._codes = dict(world.codes)
        self._law = {kind: list(world.law_rows[kind]) for kind in KINDS}
        self._changed: set[type[Fact]] = set()
        self._subjects = Numbers()
        self._named = Numbers()
        self._tally = Tally()
        self._singles = Singles(writing.next_node)
        self._held: dict[int, list[dict[str, Any]]] = {}

    async def stage(self, plan: Plan, made: Made) -> None:
        """Stage what is planned, which has its numbers, and the nodes that it names at first."""
        if plan.empty and not made:
            return
        self.empty = False
        for kind, row in plan.facts:
            self._changes(kind, row)
            self._begins(kind, row)
            self._tally.begins(kind, row)
        for kind, row, until in plan.closed:
            self._changes(kind, row)
            self._tally.closes(kind, row)
            self._closes(kind, row["number"], until)
        first = Batch()
        made.into(first)
        first.closed = [(kind, row["number"], until) for kind, row, until in plan.closed]
        first.withdrawn = list(_withdrawn(plan))
        await self.writing.stage(first)
        for some in _chunks(plan.facts):
            batch = Batch()
            for kind, row in some:
                batch.facts.setdefault(kind, []).append(row)
            await self.writing.stage(batch)

    async def draw(self, drawn: Drawn) -> None:
        """Stage what rows become that are like others; all of it is new."""
        if not drawn.identities:
            return
        self.empty = False
        self._changed.add(drawn.kind)
        for series in drawn.batch.series[drawn.kind]:
            self._tally.begin(drawn.kind, series)
        drawn.batch.held += [each[0] for each in drawn.singles if self._singles.add(*each)]
        await self.writing.stage(drawn.batch)

    def number(self, plan: Plan) -> None:
        """Give what is planned its numbers."""
        for _, row in plan.facts:
            row["number"] = self.writing.next_fact
            row["revision_from"] = self._revision
            self.writing.next_fact += 1

    async def write(self, now: int, deed: Deed, kept: Sequence[Kept] = ()) -> Latest:
        """Stage what follows from all that is staged, and commit; return the revision it made.

        Args:
            now: The instant of the commit.
            deed: Who does what; of which programs, and from what to what, is found here.
            kept: Records that are kept with it.
        """
        rules = self.rules()
        await self._touch_ruled()
        self._named |= self._subjects
        self._singles.leave(self._named)
        self._subjects |= self._singles.others
        self._named |= self._singles.others
        done, of = 0, len(self._named) + len(self._singles)
        for some in self._singles.chunks(_CHUNK):
            await self.writing.stage(self._singly(rules, some))
            done += len(some)
            self._progress("working out who stands how", done, of)
        for some in self._named.chunks(_CHUNK):
            held = await self.writing.facts_at(Standing, "subject", some)
            batch = await self._derived(rules, some, held)
            batch.profiles = await self._profiles(some, held)
            await self.writing.stage(batch)
            done += len(some)
            self._progress("working out who stands how", done, of)
        law_changed = bool(self._changed & set(KINDS))
        done = self._tally.told(deed, self._codes)
        return await self.writing.commit(now, law_changed=law_changed, deed=done, kept=kept)

    def _singly(self, rules: Law, some: Iterable[Single]) -> Batch:
        """Return when the standings of subjects really held of whom but one is told."""
        batch = Batch()
        for subject, fact, shape in some:
            if shape.number not in self._held:
                held = derived(rules, [shape.row | {"number": 0}])
                revisions = {"revision_from": self._revision, "revision_until": OPEN}
                self._held[shape.number] = [row | revisions for row in held]
            for row in self._held[shape.number]:
                own = {"number": self.writing.next_fact, "fact": fact, "subject": subject}
                self.writing.next_fact += 1
                batch.in_force.append(row | own)
        return batch

    def _changes(self, kind: type[Fact], row: Row) -> None:
        """Take note of what a fact that is new or closed has bearing on."""
        self._changed.add(kind)
        if kind in DESCRIBES:
            self._named.add(row[DESCRIBES[kind]])
        if kind is Standing:
            self._subjects.add(row["subject"])
        elif kind is SourcingLink:
            self._named.add(row["supplier"])
        elif kind is Program:
            self._codes[row["program"]] = row["code"]

    def _begins(self, kind: type[Fact], row: Row) -> None:
        if kind in self._law:
            self._law[kind].append(row)

    def _closes(self, kind: type[Fact], number: int, until: int) -> None:
        if kind not in self._law:
            return
        ended = {"recorded_until": until, "revision_until": self._revision}
        self._law[kind] = [
            row | ended if row["number"] == number else row for row in self._law[kind]
        ]

    def rules(self, plan: Plan | None = None) -> Law:
        """Return the law as it is once all is written that is staged, and a plan that is not."""
        over = {(kind, row["number"]) for kind, row, _ in plan.closed} if plan else ()
        rows = {
            kind: [row for row in known if (kind, row["number"]) not in over]
            for kind, known in self._law.items()
        }
        for kind, row in plan.facts if plan else ():
            if kind in rows:
                rows[kind].append(row)
        rows[Commodity] = [row | {"code": ""} for row in rows[Commodity]]
        return law(rows, Moment(self._revision, OPEN - 1, EVERYTHING))

    async def _touch_ruled(self) -> None:
        """Take note of whoever holds a state in a program whose words now mean something else."""
        before = {row["number"] for row in self.world.law_rows[StateRule]}
        rules = self._law[StateRule] if StateRule in self._changed else ()
        changed = (r for r in rules if r["number"] not in before or r["revision_until"] < OPEN)
        programs = sorted({row["program"] for row in changed})
        base = Moment(self._revision - 1, OPEN - 1, EVERYTHING)
        for row in await self.store.facts_at(Standing, "program", programs, base):
            self._subjects.add(row["subject"])

    async def _derived(self, rules: Law, nodes: Sequence[int], held: Sequence[Row]) -> Batch:
        """Return the difference in when the standings of subjects really held."""
        subjects = [node for node in nodes if node in self._subjects]
        before = await self.store.derived(subjects) if subjects else ()
        after = _derived(rules, (row for row in held if row["subject"] in self._subjects))
        kept = {compared(row | {"products": _listed(row["products"])}): row for row in before}
        wanted = {compared(row): row for row in after}
        batch = Batch(gone=[row["number"] for key, row in kept.items() if key not in wanted])
        for key, row in wanted.items():
            if key not in kept:
                number = self.writing.next_fact
                self.writing.next_fact += 1
                revisions = {"revision_from": self._revision, "revision_until": OPEN}
                batch.in_force.append(row | {"number": number} | revisions)
        return batch

    async def _profiles(self, nodes: Sequence[int], held: Sequence[Row]) -> list[dict[str, Any]]:
        """Return what nodes are called, of all that was ever said: the past is asked, too."""
        said: dict[int, list[Said]] = {node: [] for node in nodes}
        kinds: set[type[Fact]] = {*self._changed, *(_HOLDERS if self._changed & _HOLDING else ())}
        for kind, end in DESCRIBES.items():
            if kind in kinds:
                for row in await self.writing.facts_at(kind, end, nodes):
                    said[row[end]].append((kind, row))
        programs: dict[int, set[int]] = {node: set() for node in nodes}
        for row in held:
            programs[row["subject"]].add(row["program"])
        buyers: dict[int, set[int]] = {node: set() for node in nodes}
        for row in await self.writing.facts_at(SourcingLink, "supplier", nodes):
            buyers[row["supplier"]].add(row["buyer"])
        return [
            profile(node, KIND_OF[each[0][0]], each, self._codes)
            | {"programs_held": len(programs[node]), "buyers_held": len(buyers[node])}
            for node, each in said.items()
            if each
        ]


def _withdrawn(plan: Plan) -> Iterator[tuple[type[Fact], int]]:
    """Yield the closed facts that nothing corrects which all see who saw them."""
    corrected = {row["identity"]: row for _, row in plan.facts}
    for kind, row, _ in plan.closed:
        now = corrected.get(row["identity"])
        if now is None or (row["visible"] and not now["visible"]):
            yield kind, row["number"]


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
