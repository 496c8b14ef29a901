"""Sightings: a state that a list shows again is the one that its feed has shown before.

A list that is dated anew every week would else end all that it shows and begin it again. What is
only seen on a list tells nothing new of a state that holds on that day: the complete list confirms
it. The same comes out in whatever order lists are synced: one that comes late begins a state
earlier which the next list shows too, and parts one that it leaves out in between.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from graph_schema.days import FOR_EVER, PartialDate
from graph_schema.standing import Standing
from hub.store.port import Row, Store
from hub.store.rows import identity
from hub.sync.intake import Item
from hub.sync.interval import interval
from hub.sync.lists import Lists, event, restated
from hub.sync.seen import over, scope, seen_only
from hub.sync.world import World

_DATES: Final = tuple(
    f"{name}{end}" for name in ("since", "observed") for end in ("", "_first", "_last")
)


class Sightings:
    """The states that one feed has shown, and those that held beside them."""

    def __init__(self, world: World, lists: Lists) -> None:
        self._world = world
        self._lists = lists
        self._known: dict[str, list[Row]] = {}
        self._held: dict[int, list[Row]] = {}
        self._begun: set[int] = set()

    async def load(self, store: Store, items: Iterable[Item], program: int, feed: str) -> None:
        """Take in what the feed has brought of the states that some items speak of."""
        spoken = {event_of(item): item.values["subject"] for item in items}
        self._known, self._held = {}, {}
        moment, named = self._world.moment, sorted(set(spoken.values()))
        for row in await store.facts_at(Standing, "subject", named, moment):
            about = event(Standing, row)
            if (row["program"], row["feed"]) == (program, feed) and about in spoken:
                self._known.setdefault(about, []).append(row)
        subjects = {row["subject"] for known in self._known.values() for row in known}
        for row in await store.in_force("subject", sorted(subjects), moment, day=None):
            self._held.setdefault(row["subject"], []).append(row)

    def shown(self, item: Item) -> Sequence[Row]:
        """Return the known states that an item shows, by what the feed said of them itself."""
        day = item.fact.began.first if isinstance(item.fact, Standing) else FOR_EVER
        known = self._known.get(event_of(item), ())
        return [row for row in known if row["begins_first"] <= day < over(row)]

    def again(self, item: Item, shown: Sequence[Row]) -> Row | None:
        """Return which of the states that an item shows held on its day, where one did.

        Another state may have replaced what the feed had shown; then the item begins it anew.
        """
        if not shown:
            return None  # it may state when it began, and be no sighting at all
        day = item.values["observed_first"]
        holding = {
            row["number"] for row in self._held.get(item.values["subject"], ()) if day < row["ends"]
        }
        return next((row for row in shown if row["number"] in holding), None)

    def next(self, row: Row) -> Row | None:
        """Return the known sighting that a late one begins, once: the next list shows it."""
        if not seen_only(row) or row["until"] is not None or self._world.must_be_lifted(row):
            return None
        unclear = False
        for shown in self._lists.until_excepted(Standing, row):
            found = self._followed(row, shown["on"], unclear=unclear)
            clear = not shown["unidentified"] or self._lists.tells_another(shown, row)
            if found is not None or clear:
                return found
            self._lists.say_nothing(shown, row["subject"])
            unclear = True
        return None

    def _followed(self, row: Row, on: int, *, unclear: bool) -> Row | None:
        """Return the sighting that follows another by the day of a list that shows it."""
        for other in self._known.get(event(Standing, row), ()):
            follows = row["begins_first"] < other["begins_first"] <= on < over(other)
            free = seen_only(other) and other["number"] not in self._begun
            if follows and free and not self._replaced(row, other, unclear=unclear):
                self._begun.add(other["number"])
                return other
        return None

    def _replaced(self, row: Row, other: Row, *, unclear: bool) -> bool:
        """Whether another state began after a sighting and by the next.

        Where a list in between may say so of the subject, any that held in between may have.
        """
        return any(
            each["number"] != other["number"]
            and row["begins_first"] < each["ends"]
            and each["begins_first"] <= other["begins_first"]
            and (unclear or row["begins_first"] < each["begins_first"])
            and scope(each) == scope(row)
            for each in self._held.get(row["subject"], ())
        )


def is_new(item: Item, current: Container[str]) -> bool:
    """Whether an item is a sighting that nobody has told yet."""
    return seen_only(item.values) and item.identity not in current


def as_known(item: Item, known: Row) -> Item:
    """Return an item as a further statement of the state that it shows."""
    dates = {name: known[name] for name in _DATES}
    return replace(item, values={**item.values, **dates}, identity=known["identity"])


def begun_earlier(row: Row, known: Row, now: int) -> Row:
    """Return a known sighting as one that began where a late one saw it."""
    dates = {name: row[name] for name in (*_DATES, "row", "identity")}
    return _dated(known, now, dates)


def seen_from(row: Row, on: int, now: int, stated: int) -> Row:
    """Return a sighting as one that began with a list."""
    day = PartialDate.on(on)
    dates = {
        "observed": day.text,
        "observed_first": on,
        "observed_last": on,
        "stated_at": max(stated, row["stated_at"]),
    }
    key = identity(Standing, row["program"], {**row, **dates})
    return _dated(row, now, {**dates, "identity": key})


def _dated(row: Row, now: int, changes: dict[str, Any]) -> Row:
    anew = restated(Standing, row, now, changes)
    return anew | interval(anew)


def event_of(item: Item) -> str:
    """Return a digest of what an item is about, its beginning apart."""
    return event(type(item.fact), told(item))


def told(item: Item) -> Row:
    """Return what an item tells as a row, as far as it goes."""
    return {**item.values, "program": item.program}
