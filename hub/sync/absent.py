"""Absent: what a complete list says by showing something no more."""

from array import array
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from graph_schema.elements import Fact
from graph_schema.standing import Standing
from hub.store.port import Row, Store
from hub.store.rows import day_of
from hub.sync.lists import Lists, ended, event, parties
from hub.sync.plan import Plan
from hub.sync.seen import left_out, over, seen_only
from hub.sync.sightings import seen_from
from hub.sync.telling import Telling, scope_of
from hub.sync.world import World

Relieve = Callable[[], Awaitable[None]]
_LOOKED_AT: Final = 5_000
"""Facts judged at a time, so that memory stays bounded."""


@dataclass(slots=True)
class Absence:
    """A complete list against what its feed has brought.

    It ends facts of the kinds and tracks that it speaks of, brought by the same feed and not said
    later; what a later list was the first to leave out ends on its own day. A state that must be
    lifted is not ended by absence, and what names a subject whose row was set aside is let be;
    with a row of which nobody knows whom it names, everything is. Where the list has the same
    state with another beginning, the old statement is corrected.

    Attributes:
        telling: What the list shows.
        spoken_of: Whether the list speaks of an identity.
        now: When it is recorded.
        stated: When it was said.
        unidentified: Rows set aside whose subject is not known.
        silent: Subjects of which it says nothing, so that it confirms nothing of them: those whose
            rows were set aside, and those of whom it leaves out what absence cannot end.
    """

    plan: Plan
    lists: Lists
    world: World
    telling: Telling
    spoken_of: Callable[[str], bool]
    now: int
    stated: int
    unidentified: int
    silent: set[int]
    _renewed: dict[str, int] = field(default_factory=dict[str, int])
    _bars: list[int] = field(default_factory=list[int])
    _shown: set[str] = field(default_factory=set[str])
    _told: set[str] = field(default_factory=set[str])
    _missing: dict[type[Fact], "array[int]"] = field(default_factory=dict[type[Fact], "array[int]"])

    async def look(self, kind: type[Fact], brought: AsyncIterator[Row]) -> None:
        """Find what the list does not show of a kind that its feed has brought."""
        missing, aside = self._missing.setdefault(kind, array("q")), frozenset(self.silent)
        async for row in brought:
            if kind is Standing and row["track"] not in self.telling.tracks:
                continue
            if self.spoken_of(row["identity"]):
                self.plan.shown[kind] += 1
            elif parties(kind, row).isdisjoint(aside):
                missing.append(row["number"])
                self._shown.add(event(kind, row))
                if kind is Standing:
                    self._told.add(scope_of(row))

    async def judge(self, store: Store, relieve: Relieve) -> None:
        """Plan what ends of what was found missing.

        Args:
            store: Where the facts are.
            relieve: Hands on what is planned, where it has become much.
        """
        self.telling.plans(self.plan.facts)
        self._renewed = self.telling.renewed(self._shown)
        self._shown = self.telling.shown(self._shown)
        self._told = self.telling.scopes(self._told)
        for kind, missing in self._missing.items():
            for some in _chunks(missing):
                for row in await store.facts_at(kind, "number", some, self.world.moment):
                    self._left_out(kind, row)
                await relieve()
        bars = await store.in_force("fact", self._bars, self.world.moment, day=self.lists.on)
        self.silent |= {row["subject"] for row in bars}

    def _left_out(self, kind: type[Fact], row: Row) -> None:
        """Plan what becomes of a fact that the list does not show."""
        if self.unidentified and not self._otherwise(kind, row):
            if self._held(row):
                self.silent.add(row[kind.begins_at])
        elif self._seen_in_between(kind, row):
            self._part(row)
        elif row["stated_at"] > self.stated:
            self._ended_before(kind, row)
        elif self._stated_anew(kind, row):
            self.plan.closed.append((kind, row, self.now))
        elif row["until"] is None and self._held(row):
            self._not_shown(kind, row)

    def _otherwise(self, kind: type[Fact], row: Row) -> bool:
        """Whether the list tells another state in the place of one that was only seen."""
        return kind is Standing and seen_only(row) and scope_of(row) in self._told

    def _not_shown(self, kind: type[Fact], row: Row) -> None:
        """Plan what becomes of a fact that holds, and that a list of its feed shows no more."""
        if kind is Standing and self.world.must_be_lifted(row):
            self._bars.append(row["number"])
        elif not self.lists.shown_later(kind, row):
            ending = ended(kind, row, self.lists.on, self.now, self.stated)
            self.plan.end(kind, row, ending, self.now)

    def _held(self, row: Row) -> bool:
        """Whether lists have shown a fact over the day of this one."""
        return row["begins_first"] < self.lists.on < over(row)

    def _seen_in_between(self, kind: type[Fact], row: Row) -> bool:
        """Whether a sighting holds over the day of the list, and a later one shows it again."""
        return (
            kind is Standing
            and seen_only(row)
            and self._held(row)
            and not self.world.must_be_lifted(row)
            and event(kind, row) not in self._shown
            and self.lists.shown_later(kind, row)
        )

    def _part(self, row: Row) -> None:
        """End a sighting, and begin it anew with the next list that shows it."""
        ending = ended(Standing, row, self.lists.on, self.now, self.stated)
        self.plan.end(Standing, row, ending, self.now)
        shown = self.lists.next_shown(Standing, row)
        if shown is not None and not self.lists.begun_by(Standing, row, shown["on"]):
            self.plan.resume(seen_from(row, shown["on"], self.now, shown["stated_at"]))

    def _ended_before(self, kind: type[Fact], row: Row) -> None:
        """End a fact earlier that a later list was the first known to leave out."""
        if not left_out(row) or row["begins_first"] >= self.lists.on:
            return
        if self.lists.shown_later(kind, row):
            return
        ending = ended(kind, row, self.lists.on, self.now, self.stated)
        self.plan.end_earlier(kind, row, ending, self.now)

    def _stated_anew(self, kind: type[Fact], row: Row) -> bool:
        """Whether the list has the same state with another beginning, and no later episode.

        A beginning after the day on which the state was already seen is that of another episode.
        """
        begins = self._renewed.get(event(kind, row))
        if begins is None or begins > day_of(row["stated_at"]):
            return False
        return row["until"] is None or begins < row["until_last"]


def _chunks(numbers: "array[int]") -> Iterator[Sequence[int]]:
    for at in range(0, len(numbers), _LOOKED_AT):
        yield numbers[at : at + _LOOKED_AT].tolist()
