"""Compare: by content; what is known costs no write, an old file changes nothing newer."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

from graph_schema.agreements import Agreement, Clause
from graph_schema.elements import Fact
from graph_schema.exchange import FACTS
from graph_schema.parties import Organization, Tie, Worksite
from graph_schema.sourcing import Volume
from graph_schema.standing import CompleteRun, Standing
from hub.store.port import Row, Store
from hub.store.rows import ALWAYS, micros
from hub.sync.absent import Absence
from hub.sync.begun import Begun, said_by_a_day
from hub.sync.contradictions import contradiction
from hub.sync.intake import Intake, Item, Origin
from hub.sync.kept import Keeping, kept, stated
from hub.sync.lists import ENDING, Lists, parties
from hub.sync.plan import Plan
from hub.sync.sightings import Sightings, as_known, begun_earlier, is_new
from hub.sync.world import World


class Comparison:
    """What the items of one run change in what is known."""

    def __init__(self, intake: Intake, world: World, now: int) -> None:
        self.plan = Plan()
        self._intake = intake
        self._world = world
        self._now = now
        self._stated = micros(intake.dated) if intake.dated else now
        self._lists = Lists(intake, world, self._stated)
        self._sightings = Sightings(world, self._lists)
        self._seen: set[str] = set()
        self._of_feed: dict[type[Fact], list[Row]] = {}
        self._begun = Begun()

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
            if kind in ENDING and self._lists.later:
                self._lists.know(await self._brought(store, [kind]))
            identities = list(dict.fromkeys(item.identity for item in mine))
            current = {row["identity"]: row for row in await store.current(identities, kind)}
            told = mine
            if kind is Standing and self._intake.origin is Origin.OPERATOR:
                told = await self._seen_again(store, mine, current, excepted)
            if said_by_a_day(self._intake, mine):
                self._begun = Begun(await self._brought(store, [kind]))
            for item in self._once(told):
                self._one(kind, item, current.get(item.identity))
        return self.plan

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
            await self._sightings.load(store, sighted, await self._brought(store, [Standing]))
        found: list[Item] = []
        for item in items:
            shown = self._sightings.shown(item) if item.identity in new else ()
            if not self._intake.complete or item.values["subject"] in excepted:
                shown = ()
            self._seen.update(row["identity"] for row in shown)
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
            if len({stated(item) for item in group}) == 1:
                self.plan.unchanged += len(group) - 1
                yield group[0]
                continue
            self.plan.problems += contradiction(item.line for item in group)
            self._seen.add(group[0].identity)

    def _one(self, kind: type[Fact], item: Item, current: Row | None) -> None:
        self._seen.add(item.identity)
        row = self._row(item)
        begun = self._begun.same(kind, row)
        if begun is not None and row["begins_last"] < begun["begins_last"]:
            self.plan.change(item, row, begun, max(begun["recorded_from"], row["recorded_from"]))
            return
        known = current is not None and (
            self._known_so(kind, row, current) or self._described(kind, current)
        )
        if known or begun is not None:
            self.plan.unchanged += 1
            return
        later = self._sightings.next(row) if kind is Standing and current is None else None
        if later is not None:
            self._seen.add(later["identity"])
            self.plan.begin_earlier(item, begun_earlier(row, later, self._now), later, self._now)
            return
        settled = self._lists.settled(kind, row) if kind in ENDING else row
        if settled is None:
            self.plan.unchanged += 1
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
        if all(current[name] == row[name] for name in ("content", "feed", "known_on")):
            return True
        same_feed = current["feed"] == row["feed"]
        if same_feed and self._intake.origin is Origin.RECORD:
            return False
        later = same_feed and kind in ENDING and self._lists.shown_later(kind, current)
        return later or row["stated_at"] < current["stated_at"]

    def _row(self, item: Item) -> dict[str, Any]:
        """Return the row of a new fact; numbers come when it is written."""
        about = item.line.about
        known = about.known_on
        recorded = self._now
        if known is not None:
            recorded = min(micros(known), self._now)
        elif self._intake.origin is Origin.RECORD:
            recorded = ALWAYS
        record = self._intake.origin is Origin.RECORD
        keeping = Keeping(
            recorded_from=recorded,
            stated_at=recorded if record else self._stated,
            retrieved_at=self._now,
            feed=self._intake.feed,
            max_age=self._intake.bounds.max_age_days,
            visible=self._visible(item),
        )
        return kept(item, keeping)

    def _visible(self, item: Item) -> bool:
        """Whether everyone may see a fact: what it says of itself, else its program's practice."""
        stated = getattr(item.fact, "published", None)
        if stated is not None:
            return bool(stated)
        if isinstance(item.fact, Volume):
            return False
        if self._intake.origin is Origin.RECORD and not isinstance(item.fact, Standing):
            return True
        if type(item.fact) in _PRACTICE:
            return self._world.programs[item.line.program].publishes
        return True

    async def absent(
        self, store: Store, items: Sequence[Item], excepted: set[int], unidentified: int
    ) -> set[int]:
        """End what a complete list of the feed shows no more.

        Args:
            store: Where the facts are.
            items: What the list shows.
            excepted: Subjects whose rows were set aside.
            unidentified: Rows set aside whose subject is not known.

        Returns:
            The subjects of which the list says nothing.
        """
        absence = Absence(
            plan=self.plan,
            lists=self._lists,
            world=self._world,
            seen=self._seen,
            now=self._now,
            stated=self._stated,
            unidentified=unidentified,
            silent=excepted,
        )
        spoken = [kind for kind in ENDING if kind in self._intake.kinds]
        await absence.judge(store, items, await self._brought(store, spoken))
        return absence.silent

    async def gone(self, store: Store, excepted: AbstractSet[int]) -> None:
        """Withdraw what the record said before and does not say any more.

        Args:
            store: Where the facts are.
            excepted: Subjects whose rows were set aside: what names them is let be.
        """
        for kind, row in await self._brought(store, FACTS):
            if row["identity"] not in self._seen and parties(kind, row).isdisjoint(excepted):
                self.plan.withdraw(kind, row, self._now)

    async def replaced_clauses(self, store: Store, items: Sequence[Item]) -> None:
        """Withdraw clauses that an agreement no longer has, where it came with all its clauses."""
        whole = {
            item.values["reference"]: item.program
            for item in items
            if isinstance(item.fact, Agreement) and item.fact.clauses is not None
        }
        for row in await store.facts_at(Clause, "agreement", list(whole), self._world.moment):
            ours = row["program"] == whole[row["agreement"]]
            if ours and row["identity"] not in self._seen and row["stated_at"] <= self._stated:
                self.plan.withdraw(Clause, row, self._now)

    def late(self) -> None:
        """Let later lists except the subjects of which they turn out to say nothing."""
        for row, anew in self._lists.corrected(self._now):
            self.plan.closed.append((CompleteRun, row, self._now))
            self.plan.facts.append((CompleteRun, anew))

    async def _brought(
        self, store: Store, kinds: Iterable[type[Fact]]
    ) -> list[tuple[type[Fact], Row]]:
        """Return what the feed has brought of some kinds."""
        program = self._world.numbers.get(self._intake.program or "")
        if program is None or self._intake.feed is None:
            return []
        found: list[tuple[type[Fact], Row]] = []
        for kind in kinds:
            if kind not in self._of_feed:
                self._of_feed[kind] = await store.of_feed(kind, program, self._intake.feed)
            found += ((kind, row) for row in self._of_feed[kind])
        return found


_PRACTICE: Final = (Standing, Organization, Worksite, Tie)
"""Facts that are public where the program publishes its standings."""
