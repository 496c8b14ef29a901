"""Everybody is told of standings as if what it may not see had never been said."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_schema.codes import Effect, Kind
from graph_schema.standing import Standing
from hub.store.embedded.database import MEMORY
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import PUBLIC, Moment, Page, SharedSought, Sought, Store, Viewer
from hub.store.rows import micros
from hub.sync.receipt import Asked
from hub.sync.withdraw import Withdrawal, withdraw
from tests.store.worlds import numbers, program, site, standing, write

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

SITES: Final = ("alpha:s1", "alpha:s2")
PROGRAMS: Final = ("alpha", "beta")
FIXED: Final = (
    *program("alpha"),
    *program("beta"),
    *(site("alpha", reference[-1]) for reference in SITES),
)
FIRST: Final = date(2020, 1, 1)
DAYS: Final = tuple(date(year, 6, 30).toordinal() for year in (2014, 2015, 2018))
EFFECTS: Final = ((), (Effect.GOOD_STANDING,), (Effect.CLOSED, Effect.AT_RISK))
EVERY: Final = Page(99)


class Key(NamedTuple):
    """Which standing is spoken of."""

    program: str
    subject: str
    state: str
    since: str


class Word(NamedTuple):
    """What is said of a standing: a record of it, or with `until` a correction, or a withdrawal."""

    key: Key
    published: bool
    until: str | None
    withdrawn: bool


KEYS: Final = st.builds(
    Key,
    st.sampled_from(PROGRAMS),
    st.sampled_from(SITES),
    st.sampled_from(("listed", "closed", "on track", "behind", "barred", "cleared")),
    st.sampled_from(("2014-01-01", "2015", "2015-06", "2016-02-01")),
)
WORDS: Final = st.builds(
    Word,
    KEYS,
    st.booleans(),
    st.none() | st.sampled_from(("2016-03", "2017-02-01")),
    st.sampled_from((False, False, False, True)),
)
SAID: Final = st.lists(WORDS, min_size=1, max_size=6) | st.lists(
    KEYS, min_size=1, max_size=2
).flatmap(
    lambda few: st.lists(
        WORDS.flatmap(lambda word: st.sampled_from(few).map(lambda key: word._replace(key=key))),
        min_size=2,
        max_size=6,
    )
)


async def tell(store: Store, said: Sequence[Word], *, only: bool, published: bool | None) -> None:
    """Say words one by one, a day apart.

    Args:
        store: To whom.
        said: What.
        only: Say of the published ones alone; what is hidden later is withdrawn.
        published: Say of each that it is published or not; none: as it is.
    """
    held: set[Key] = set()
    for at, word in enumerate(said, start=1):
        on = FIRST + timedelta(days=at)
        code, subject, state, since = word.key
        if word.withdrawn or (only and not word.published):
            if word.key in held:
                await retract(store, word.key, on)
            held.discard(word.key)
            continue
        shown = word.published if published is None else published
        more = {"until": word.until} if word.until else {}
        line = standing(code, subject, state, since, **more | {"published": shown})
        await write(store, [line], on=on.isoformat())
        held.add(word.key)


async def retract(store: Store, key: Key, on: date) -> None:
    """Withdraw a standing on a day at noon."""
    speaker, subject = await numbers(store, f"program:{key.program}", key.subject)
    moment = Moment((await store.latest()).revision, 2**61, Viewer(everything=True))
    rows = await store.facts_at(Standing, "subject", [subject], moment)
    [fact] = [
        row["number"] for row in rows
        if (row["program"], row["state"], row["since"]) == (speaker, key.state, key.since)
    ]  # fmt: skip
    asked = Asked.of("somebody", f"{key} {on}", "it")
    now = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    await withdraw(store, Withdrawal(speaker, fact, "it", "request", "wrong"), asked, now=now)


async def told(store: Store, viewer: Viewer, known_on: date, *, listed: bool) -> list[Any]:
    """Return all that a viewer is told of who stands how, as known on a day.

    Args:
        store: Who is asked.
        viewer: Who asks.
        known_on: As known when.
        listed: Whether the order of standings counts.
    """
    at = datetime(known_on.year, known_on.month, known_on.day, 18, tzinfo=UTC)
    moment = Moment((await store.latest()).revision, micros(at), viewer)
    speakers = await numbers(store, *(f"program:{code}" for code in PROGRAMS))
    sites = await numbers(store, *SITES)
    found: list[Any] = []
    for end, nodes in (("subject", sites), ("program", speakers)):
        for day in (None, *DAYS):
            rows = await store.in_force(end, nodes, moment, day=day)
            held = [_plain(row) for row in rows]
            found.append(held if listed else sorted(held, key=repr))
        for day, effects in product(DAYS, EFFECTS):
            counts = await store.count_in_force(end, nodes, moment, day=day, effects=effects)
            found.append(counts)
    return found + await sought(store, speakers, moment)


async def sought(store: Store, speakers: Sequence[int], moment: Moment) -> list[list[int]]:
    """Return whom lists find, which count as many."""
    found: list[list[int]] = []
    for day, effects in product(DAYS, EFFECTS):
        for asked in (speakers, *([each] for each in speakers)):
            wanted = Sought(Kind.WORKSITE, asked, effects, day)
            found.append(await store.find(wanted, moment, EVERY))
            assert await store.count(wanted, moment) == len(found[-1])
    for day, at_least, disagreeing in product(DAYS, (1, 2), (None, True, False)):
        both = SharedSought((), None, at_least, day, disagreeing)
        found.append(await store.find_shared(both, moment, EVERY))
        assert await store.count_shared(both, moment) == len(found[-1])
    return found


def _plain(row: dict[str, Any]) -> tuple[Any, ...]:
    names = ("program", "subject", "track", "state", "since", "effect", "ends", "ended")
    return tuple(row[name] for name in names)


@settings(
    max_examples=12, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(said=SAID)
async def test_what_is_not_seen_changes_nothing(said: list[Word]) -> None:
    stores = [EmbeddedStore(MEMORY) for _ in range(3)]
    for store in stores:
        await store.open()
        await write(store, FIXED, on=FIRST.isoformat())
    mixed, published, every = stores
    await tell(mixed, said, only=False, published=None)
    await tell(published, said, only=True, published=True)
    await tell(every, said, only=False, published=True)
    speakers = tuple(await numbers(mixed, *(f"program:{code}" for code in PROGRAMS)))
    holders = tuple(await numbers(mixed, *SITES))
    for at in range(len(said) + 1):
        known_on = FIRST + timedelta(days=at)
        public = await told(mixed, PUBLIC, known_on, listed=True)
        assert public == await told(published, PUBLIC, known_on, listed=True)
        # What is published later is a correction there, and no news where it always was.
        whole = await told(every, PUBLIC, known_on, listed=False)
        for viewer in (Viewer(programs=speakers), Viewer(own=holders)):
            assert await told(mixed, viewer, known_on, listed=False) == whole
    for store in stores:
        await store.close()
