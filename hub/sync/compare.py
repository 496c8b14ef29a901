"""Compare: by content; what is known costs no write, an old file changes nothing newer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.kit import template
from adapters.kit.parsed import ProblemCode, RowProblem
from graph_schema.agreements import Agreement, Clause, Signature
from graph_schema.days import PartialDate
from graph_schema.elements import Fact
from graph_schema.exchange import FACTS
from graph_schema.parties import Organization, Tie, Worksite
from graph_schema.sourcing import SourcingLink, Volume
from graph_schema.standing import Standing
from hub.store.port import OPEN, Moment, Row, Store
from hub.store.rows import ALWAYS, columns, content, day_of, digest, micros
from hub.sync.intake import Change, Intake, Item, Origin
from hub.sync.kept import Keeping, kept, stated
from hub.sync.world import EVERYTHING, World

ENDING: Final = (Standing, Tie, Signature, SourcingLink)
"""Facts that a complete list ends by showing them no more."""


@dataclass(slots=True)
class Plan:
    """What a run would write.

    Attributes:
        facts: New rows by kind, without numbers.
        closed: Rows closed: kind, row, and the instant from which they are known otherwise.
        shown: Rows that the complete list still shows, or could have.
    """

    facts: list[tuple[type[Fact], dict[str, Any]]] = field(
        default_factory=list[tuple[type[Fact], dict[str, Any]]]
    )
    closed: list[tuple[type[Fact], Row, int]] = field(
        default_factory=list[tuple[type[Fact], Row, int]]
    )
    added: list[Change] = field(default_factory=list[Change])
    changed: list[Change] = field(default_factory=list[Change])
    ended: list[Change] = field(default_factory=list[Change])
    unchanged: int = 0
    problems: list[RowProblem] = field(default_factory=list[RowProblem])
    shown: int = 0

    @property
    def empty(self) -> bool:
        """Whether nothing would be written."""
        return not self.facts and not self.closed


class Comparison:
    """What the items of one run change in what is known."""

    def __init__(self, intake: Intake, world: World, now: int) -> None:
        self.plan = Plan()
        self._intake = intake
        self._world = world
        self._now = now
        self._stated = micros(intake.dated) if intake.dated else now
        self._seen: set[str] = set()

    async def compare(self, store: Store, items: Sequence[Item]) -> Plan:
        """Return what the items change."""
        by_kind: dict[type[Fact], list[Item]] = {}
        for item in items:
            by_kind.setdefault(type(item.fact), []).append(item)
        for kind, mine in by_kind.items():
            identities = list(dict.fromkeys(item.identity for item in mine))
            current = {row["identity"]: row for row in await store.current(identities, kind)}
            for item in self._once(mine):
                self._one(kind, item, current.get(item.identity))
        return self.plan

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
            rows = ", ".join(str(item.line.about.row or "?") for item in group)
            for item in group:
                message = f"rows {rows} speak of the same and contradict each other"
                row, table = item.line.about.row or 0, item.fact.table
                code = ProblemCode.CONTRADICTION
                self.plan.problems.append(RowProblem(row, code, message, None, table, item.subject))
                self._seen.add(item.identity)

    def _one(self, kind: type[Fact], item: Item, current: Row | None) -> None:
        self._seen.add(item.identity)
        row = self._row(item)
        if current is None:
            self.plan.facts.append((kind, row))
            self.plan.added.append(_change(item))
        elif _same(current, row) or row["stated_at"] < current["stated_at"]:
            self.plan.unchanged += 1
        else:
            self.plan.closed.append((kind, current, _known_otherwise(current, row)))
            self.plan.facts.append((kind, row))
            self.plan.changed.append(_change(item))

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

    async def absent(self, store: Store, items: Sequence[Item], excepted: set[int]) -> None:
        """End what a complete list of the feed shows no more.

        It ends facts of the kinds and tracks that it speaks of, brought by the same feed and not
        said later. A state that must be lifted is not ended by absence, and one whose subject's
        row was set aside is let be. Where the list has the same state with another beginning, the
        old statement is corrected.

        Args:
            store: Where the facts are.
            items: What the list shows.
            excepted: Subjects whose rows were set aside.
        """
        tracks = {item.values["track"] for item in items if isinstance(item.fact, Standing)}
        renewed = {_event(kind, row) for kind, row in self.plan.facts}
        kinds = [kind for kind in ENDING if kind in self._intake.kinds]
        for kind, row in await self._shown(store, kinds):
            if kind is Standing and row["track"] not in tracks:
                continue
            self.plan.shown += 1
            if row["identity"] in self._seen or row[kind.begins_at] in excepted:
                continue
            if _event(kind, row) in renewed:
                self.plan.closed.append((kind, row, self._now))
            elif self._ends(kind, row):
                self._end(kind, row)

    async def gone(self, store: Store) -> None:
        """Withdraw what the record said before and does not say any more."""
        for kind, row in await self._shown(store, FACTS):
            if row["identity"] not in self._seen:
                self.plan.closed.append((kind, row, self._now))
                self.plan.ended.append(Change(kind.word, _what(row), "withdrawn"))

    async def replaced_clauses(self, store: Store, items: Sequence[Item]) -> None:
        """Withdraw clauses that an agreement no longer has, where it came with all its clauses."""
        whole = {
            item.values["reference"]: item.program
            for item in items
            if isinstance(item.fact, Agreement) and item.fact.clauses is not None
        }
        moment = Moment(self._world.latest.revision, OPEN - 1, EVERYTHING)
        for row in await store.facts_at(Clause, "agreement", list(whole), moment):
            if row["program"] == whole[row["agreement"]] and row["identity"] not in self._seen:
                self.plan.closed.append((Clause, row, self._now))
                self.plan.ended.append(Change(Clause.word, _what(row), "withdrawn"))

    async def _shown(
        self, store: Store, kinds: Iterable[type[Fact]]
    ) -> list[tuple[type[Fact], Row]]:
        """Return what the feed has brought of some kinds."""
        program = self._world.numbers.get(self._intake.program or "")
        if program is None or self._intake.feed is None:
            return []
        return [
            (kind, row)
            for kind in kinds
            for row in await store.of_feed(kind, program, self._intake.feed)
        ]

    def _ends(self, kind: type[Fact], row: Row) -> bool:
        """Whether absence may end a fact: it holds, was not said later, and needs no lifting."""
        on = day_of(self._stated)
        if row["until"] is not None or row["begins_first"] >= on or row["stated_at"] > self._stated:
            return False
        return kind is not Standing or not self._world.must_be_lifted(row)

    def _end(self, kind: type[Fact], row: Row) -> None:
        """Plan the same fact, ended on the day of the list."""
        until = PartialDate.on(day_of(self._stated))
        ended: Row = {
            **row,
            "until": until.text,
            "until_first": until.first,
            "until_last": until.last,
            "recorded_from": self._now,
            "recorded_until": OPEN,
            "revision_until": OPEN,
            "stated_at": self._stated,
            "retrieved_at": self._now,
        }
        own = {column.name: ended[column.name] for column in columns(kind)}
        ended["content"] = content(own, ended["sources"], ended["confidence"])
        self.plan.closed.append((kind, row, self._now))
        self.plan.facts.append((kind, ended))
        self.plan.ended.append(Change(kind.word, _what(row), f"ended on {until}"))


_PRACTICE: Final = (Standing, Organization, Worksite, Tie)
"""Facts that are public where the program publishes its standings."""


def _same(current: Row, row: Row) -> bool:
    """Whether two statements say the same, by the same feed."""
    return (current["content"], current["feed"]) == (row["content"], row["feed"])


def _known_otherwise(current: Row, row: Mapping[str, Any]) -> int:
    """Return the instant from which a fact is known as its new statement says."""
    return max(current["recorded_from"], row["recorded_from"])


def _event(kind: type[Fact], row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what a fact is about, its beginning apart."""
    dates = {"since", "observed"}
    parts = [row[name] for name in kind.key if name not in dates]
    return (kind, digest(row["program"], parts))


def _change(item: Item) -> Change:
    shown = template.cells(item.fact)
    summary = ", ".join(f"{name} {value}" for name, value in shown.items() if value)
    return Change(item.fact.word, item.subject or item.line.program, summary, item.line.about.row)


def _what(row: Row) -> str:
    """Return how a kept fact is called in a report."""
    return str(row.get("state") or row.get("name") or row.get("kind") or row["identity"][:8])
