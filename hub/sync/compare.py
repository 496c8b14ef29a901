"""Compare: by content; what is known costs no write, an old file changes nothing newer."""

from collections.abc import AsyncIterator, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

from adapters.kit.parsed import RowProblem
from graph_schema.agreements import Agreement, Clause
from graph_schema.elements import Fact
from graph_schema.exchange import FACTS
from graph_schema.parties import Organization, Worksite
from graph_schema.standing import CompleteRun, Standing
from hub.store.port import Row, Store
from hub.sync.absent import Absence, Relieve
from hub.sync.alike import Drawn
from hub.sync.begun import Begun, said_by_a_day
from hub.sync.changed import Changed, conflict
from hub.sync.contradictions import contradiction
from hub.sync.intake import Intake, Item, Origin
from hub.sync.kept import arrived, known_now, stated
from hub.sync.late import by_their_days
from hub.sync.lists import ENDING, Lists, parties
from hub.sync.plan import Plan
from hub.sync.sightings import Sightings, as_known, begun_earlier, is_new
from hub.sync.slices import Learned
from hub.sync.telling import Identities, Telling
from hub.sync.world import World

_SAME: Final = ("content", "feed", "known_on")


class Comparison:
    """What the items of one run change in what is known, some of them after others.

    Attributes:
        twice: Identities that more than one part of the items has: they must be told together.
        sighted: Subjects of whom a complete list shows again what its feed has shown before.
    """

    def __init__(self, intake: Intake, world: World, now: int, learned: Learned) -> None:
        self.plan = Plan()
        self.telling = Telling()
        self.twice: set[str] = set()
        self.sighted: set[int] = set()
        self._learned = learned
        self._later_on: list[Item] = []
        self._intake = intake
        self._world = world
        self._now = now
        self._stated = intake.stated_at(now)
        self._lists = Lists(intake, world, self._stated)
        self._sightings = Sightings(world, self._lists)
        self._told = Identities()
        self._shown: set[str] = set()
        self._of_feed: dict[type[Fact], list[Row]] = {}
        self._listed: set[type[Fact]] = set()
        self._begun = Begun()
        self._changed = Changed(intake.unchanged_since)

    async def compare(
        self, store: Store, items: Sequence[Item], excepted: AbstractSet[int] = frozenset()
    ) -> Plan:
        """Return what the items change.

        Args:
            store: Where the facts are.
            items: What is said.
            excepted: Subjects whose rows were set aside, so that a list confirms nothing of them.
        """
        by_kind: dict[type[Fact], list[Item]] = {}
        for item in items:
            by_kind.setdefault(type(item.fact), []).append(item)
        for kind, mine in by_kind.items():
            if kind in ENDING and self._lists.later and kind not in self._listed:
                self._listed.add(kind)
                self._lists.know(await self._brought(store, [kind]))
            current = await known_now(store, kind, mine)
            await self._changed.look(store, kind, mine, current)
            told = mine
            if kind is Standing and self._intake.origin is Origin.OPERATOR:
                told = await self._seen_again(store, mine, current, excepted)
            if said_by_a_day(self._intake, mine):
                self._begun = Begun(await self._brought(store, [kind]))
            for item in self._once(self._together(told)):
                self._one(kind, item, current.get(item.identity))
        return self.plan

    @property
    def draws(self) -> bool:
        """Whether of whom nobody knew before, nothing can be told but what rows say of them."""
        known = self._lists.later or self.telling.asked or self._learned
        return self._intake.origin is Origin.OPERATOR and not (known or self._intake.whole)

    def drawn(self, drawn: Drawn) -> None:
        """Take in facts that are new, and are planned otherwise."""
        for series in drawn.batch.series[drawn.kind]:
            self.plan.count("added", series.row, times=len(series.values))
        for identity in drawn.identities:
            if identity in self._told:
                self.twice.add(identity)
            self._told.add(identity)
        self.plan.more["added"] += len(drawn.identities)

    async def compare_rest(self, store: Store) -> None:
        """Compare the items that several parts have, of which it was known that they do."""
        rest = sorted(self._later_on, key=lambda item: item.line.about.row or 0)
        self._later_on = []
        for kind in dict.fromkeys(type(item.fact) for item in rest):
            mine = [item for item in rest if type(item.fact) is kind]
            current = await known_now(store, kind, mine)
            for item in self._once(mine):
                self._one(kind, item, current.get(item.identity))

    def _together(self, items: Iterable[Item]) -> Iterable[Item]:
        """Yield items but for those that other parts have, too."""
        for item in items:
            if item.identity in self._learned.told:
                self._later_on.append(item)
            elif item.identity in self._told:
                self.twice.add(item.identity)
            else:
                yield item

    def _spoken_of(self, identity: str) -> bool:
        """Whether the list speaks of a fact."""
        return identity in self._told or identity in self._shown

    async def _seen_again(
        self,
        store: Store,
        items: Sequence[Item],
        current: dict[str, Row],
        excepted: AbstractSet[int],
    ) -> list[Item]:
        """Return items, further sightings of a known state as statements of that state."""
        new = {item.identity for item in items if is_new(item, current)}
        sighted = [item for item in items if item.identity in new]
        if sighted:
            program = self._world.numbers[self._intake.program or ""]
            await self._sightings.load(store, sighted, program, self._intake.feed or "")
        found: list[Item] = []
        for item in items:
            shown = self._sightings.shown(item) if item.identity in new else ()
            if not self._intake.complete or item.values["subject"] in excepted:
                shown = ()
            self._shown.update(row["identity"] for row in shown)
            self.sighted |= {row["subject"] for row in shown}
            known = self._sightings.again(item, shown)
            if known is not None:
                current[known["identity"]] = known
            found.append(as_known(item, known) if known else item)
        return found

    def _once(self, items: Iterable[Item]) -> Iterable[Item]:
        """Yield each fact once; set rows aside that contradict each other."""
        same: dict[str, list[Item]] = {}
        for item in items:
            same.setdefault(item.identity, []).append(item)
        for group in same.values():
            if len(group) == 1 or len({stated(item) for item in group}) == 1:
                if len(group) > 1:
                    self.plan.same(self._row(group[0]), len(group) - 1)
                yield group[0]
                continue
            self.plan.problems += contradiction(item.line for item in group)
            self._told.add(group[0].identity)

    def _one(self, kind: type[Fact], item: Item, current: Row | None) -> None:
        self._told.add(item.identity)
        row = self._row(item)
        if kind is Standing and self._intake.whole and current is not None:
            row = by_their_days(row, current, self._now)
        begun = self._begun.same(kind, row)
        if begun is not None and row["begins_last"] < begun["begins_last"]:
            self.plan.change(item, row, begun, max(begun["recorded_from"], row["recorded_from"]))
            return
        known = current is not None and (
            self._known_so(kind, row, current) or self._described(kind, current)
        )
        if known or begun is not None:
            self.plan.same(row)
            return
        later = self._sightings.next(row) if kind is Standing and current is None else None
        if self._changed.since(item, current or later):
            self.plan.problems.append(conflict(item))
            return
        if later is not None:
            self._shown.add(later["identity"])
            self.plan.begin_earlier(item, begun_earlier(row, later, self._now), later, self._now)
            return
        settled = self._lists.settled(kind, row) if kind in ENDING else row
        if settled is None:
            self.plan.same(row)
        elif current is None:
            self.plan.add(item, settled)
        else:
            known_until = max(current["recorded_from"], row["recorded_from"])
            self.plan.change(item, settled, current, known_until)

    def _described(self, kind: type[Fact], current: Row) -> bool:
        """Whether the program describes somebody otherwise, and the feed only fills gaps."""
        fills = self._intake.bounds.fills and current["feed"] != self._intake.feed
        return fills and kind in (Organization, Worksite)

    def _known_so(self, kind: type[Fact], row: Row, current: Row) -> bool:
        """Whether a statement tells nothing new: the same, or said before what is known."""
        if all(current[name] == row[name] for name in _SAME):
            return True
        same_feed = current["feed"] == row["feed"]
        if same_feed and self._intake.origin is Origin.RECORD:
            return False
        later = same_feed and kind in ENDING and self._lists.shown_later(kind, current)
        return later or row["stated_at"] < current["stated_at"]

    def _row(self, item: Item) -> dict[str, Any]:
        """Return the row of a new fact; numbers come when it is written."""
        return arrived(item, self._intake, self._world, self._now, self._stated)

    async def brought_before(self, store: Store) -> bool:
        """Whether the feed has brought what this list could end."""
        for kind in self._spoken():
            async for _ in self._of(store, kind):
                return True
        return False

    async def absent(
        self, store: Store, excepted: set[int], unidentified: int, relieve: Relieve
    ) -> set[int]:
        """End what a complete list of the feed shows no more.

        Args:
            store: Where the facts are.
            excepted: Subjects whose rows were set aside.
            unidentified: Rows set aside whose subject is not known.
            relieve: Hands on what is planned, where it has become much.

        Returns:
            The subjects of which the list says nothing.
        """
        absence = Absence(
            plan=self.plan,
            lists=self._lists,
            world=self._world,
            telling=self.telling,
            spoken_of=self._spoken_of,
            now=self._now,
            stated=self._stated,
            unidentified=unidentified,
            silent=excepted,
        )
        for kind in self._spoken():
            await absence.look(kind, self._of(store, kind))
        await absence.judge(store, relieve)
        return absence.silent

    def _spoken(self) -> Sequence[type[Fact]]:
        """Return the kinds of facts that the list may end."""
        return [kind for kind in ENDING if kind in self._intake.kinds]

    async def gone(self, store: Store, excepted: AbstractSet[int]) -> None:
        """Withdraw what the record said before and does not say any more.

        Args:
            store: Where the facts are.
            excepted: Subjects whose rows were set aside: what names them is let be.
        """
        for kind, row in await self._brought(store, FACTS):
            if not self._spoken_of(row["identity"]) and parties(kind, row).isdisjoint(excepted):
                self.plan.withdraw(kind, row, self._now)

    async def replaced_clauses(self, store: Store, items: Sequence[Item]) -> None:
        """Withdraw clauses that an agreement no longer has, where it came with all its clauses."""
        whole = {
            item.values["reference"]: item
            for item in items
            if isinstance(item.fact, Agreement) and item.fact.clauses is not None
        }
        changed: dict[str, RowProblem] = {}
        for row in await store.facts_at(Clause, "agreement", list(whole), self._world.moment):
            item = whole[row["agreement"]]
            said = self._spoken_of(row["identity"]) or row["program"] != item.program
            if said or row["stated_at"] > self._stated:
                continue
            if self._changed.since(item, row):
                changed[item.identity] = conflict(item)
            else:
                self.plan.withdraw(Clause, row, self._now)
        told = self.plan.problems
        told += [each for each in changed.values() if each not in told]

    def late(self) -> None:
        """Let later lists except the subjects of which they turn out to say nothing."""
        for row, anew in self._lists.corrected(self._now):
            self.plan.closed.append((CompleteRun, row, self._now))
            self.plan.facts.append((CompleteRun, anew))

    async def _brought(
        self, store: Store, kinds: Iterable[type[Fact]]
    ) -> list[tuple[type[Fact], Row]]:
        """Return what the feed has brought of some kinds."""
        found: list[tuple[type[Fact], Row]] = []
        for kind in kinds:
            if kind not in self._of_feed:
                self._of_feed[kind] = [row async for row in self._of(store, kind)]
            found += ((kind, row) for row in self._of_feed[kind])
        return found

    async def _of(self, store: Store, kind: type[Fact]) -> AsyncIterator[Row]:
        """Yield what the feed has brought of a kind."""
        program = self._world.numbers.get(self._intake.program or "")
        if program is not None and self._intake.feed is not None:
            async for row in store.of_feed(kind, program, self._intake.feed):
                yield row
