"""Feeds are read when they are due, one at a time, whatever fails, until the hub stops."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Final

import pytest

from adapters.kit.adapter import Adapter
from adapters.kit.fetch import Fetched, Mark
from hub.errors import StoreUnavailableError
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import Store
from hub.sync.feeds import Address
from hub.sync.reading import read
from hub.sync.remember import states
from hub.sync.schedule import Schedule, a_while
from tests.sync.programs import ALPHA, folders, sites, standings
from tests.sync.shelf import FEEDS, HOST, Shelf
from tests.sync.steps import begin, noon, push

pytestmark = pytest.mark.anyio

MORNING: Final = noon("2020-02-01") - timedelta(hours=6)
EVERY: Final = timedelta(hours=6)
LOG: Final = "hub.schedule"
MORE: Final = FEEDS.replace("feeds.list", "feeds.more")
PATIENCE: Final = 60
"""Seconds after which what a test waits for does not come."""


@pytest.fixture(autouse=True)
def told(caplog: pytest.LogCaptureFixture) -> None:
    """Keep all that is logged, whatever level another test has left."""
    caplog.set_level(logging.INFO, "hub")


@dataclass
class World:
    """A store in a file that knows alpha, an internet, and a clock that stands still."""

    path: str
    alpha: Adapter
    shelf: Shelf = field(default_factory=Shelf)
    time: datetime = MORNING

    def store(self) -> Store:
        """Return the store, not yet open."""
        return EmbeddedStore(self.path)

    def schedule(self, *addresses: Address, **how: object) -> Schedule:
        """Return a schedule of feeds, by the world's clock."""
        given: dict[str, object] = {"now": lambda: self.time, **how}
        return Schedule(self.store, addresses, EVERY, self.shelf, **given)  # pyright: ignore[reportArgumentType]

    async def outcomes(self) -> dict[str, str]:
        """Return what became of each feed but the records."""
        async with opened(self.store()) as store:
            runs = await states(store)
        return {
            f"{program}/{feed}": run["outcome"]
            for (program, feed), run in sorted(runs.items())
            if feed not in {"record", "operator"}
        }


@asynccontextmanager
async def opened(store: Store) -> AsyncGenerator[Store]:
    """Open a store and close it."""
    await store.open()
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
async def world(tmp_path: Path) -> World:
    """Return a world with two sites of alpha."""
    alpha = folders(tmp_path, manifest=FEEDS + MORE)[ALPHA]
    found = World(str(tmp_path / "hub.db"), alpha)
    async with opened(found.store()) as store:
        await begin(store, alpha)
        await push(store, alpha, sites("exa:1"), at="2020-01-02")
    return found


@pytest.fixture
def address(world: World) -> Address:
    """Return where alpha's list stands, with a site on it."""
    return Address(world.alpha, "list", world.shelf.put(standings("exa:1 listed 2020-01-01")))


@pytest.fixture
def gone(world: World) -> Address:
    """Return where another list of alpha should stand, and does not."""
    return Address(world.alpha, "more", f"https://{HOST}/no.csv")


async def test_a_feed_is_read_when_it_is_due_and_not_before(world: World, address: Address) -> None:
    schedule = world.schedule(address)
    asked: list[int] = []
    for hours in (0, 1, 4, 1, 5, 1):
        world.time += timedelta(hours=hours)
        await schedule.round()
        asked.append(len(world.shelf.asked))
    assert asked == [1, 1, 1, 2, 2, 3]
    assert await world.outcomes() == {f"{ALPHA}/list": "unchanged"}


async def test_what_another_hub_or_a_person_has_read_is_not_due(
    world: World, address: Address
) -> None:
    async with opened(world.store()) as store:
        await read(store, address, world.shelf, now=world.time)
    world.time += EVERY - timedelta(seconds=1)
    await world.schedule(address).round()
    assert len(world.shelf.asked) == 1
    world.time += timedelta(seconds=1)
    await world.schedule(address).round()
    assert len(world.shelf.asked) == 2


async def test_a_feed_that_fails_takes_no_other_along_and_waits_for_its_turn(
    world: World, address: Address, gone: Address, caplog: pytest.LogCaptureFixture
) -> None:
    schedule = world.schedule(gone, address)
    await schedule.round()
    assert [url for url, _ in world.shelf.asked] == [gone.url, address.url]
    assert await world.outcomes() == {f"{ALPHA}/list": "applied", f"{ALPHA}/more": "failed"}
    assert [record.getMessage() for record in caplog.records if record.name == LOG] == [
        f"{ALPHA}/more: {gone.url} answers 404 Not Found",
        f"{ALPHA}/list: applied",
    ]
    world.time += timedelta(hours=1)
    await schedule.round()
    assert len(world.shelf.asked) == 2
    world.time += EVERY
    await schedule.round()
    assert len(world.shelf.asked) == 4


async def test_a_fault_of_ours_takes_no_other_feed_along(
    world: World, address: Address, gone: Address, caplog: pytest.LogCaptureFixture
) -> None:
    class Faulty(Shelf):
        async def fetch(
            self, url: str, hosts: Collection[str], known: Mark | None = None
        ) -> Fetched:
            if url == gone.url:
                raise ZeroDivisionError
            return await super().fetch(url, hosts, known)

    world.shelf = Faulty(documents=world.shelf.documents)
    schedule = world.schedule(gone, address)
    await schedule.round()
    await schedule.round()
    assert await world.outcomes() == {f"{ALPHA}/list": "applied"}
    assert [record.levelname for record in caplog.records if record.name == LOG] == [
        "ERROR",
        "INFO",
    ]


async def test_one_feed_is_read_after_the_other(
    world: World, address: Address, gone: Address
) -> None:
    reading: list[str] = []

    class Slow(Shelf):
        async def fetch(
            self, url: str, hosts: Collection[str], known: Mark | None = None
        ) -> Fetched:
            reading.append(url)
            await asyncio.sleep(0)
            assert reading == [url]
            reading.clear()
            return await super().fetch(url, hosts, known)

    world.shelf = Slow(documents=world.shelf.documents)
    await world.schedule(address, gone).round()
    assert await world.outcomes() == {f"{ALPHA}/list": "applied", f"{ALPHA}/more": "failed"}


async def test_it_runs_beside_and_survives_a_store_that_is_gone_for_a_while(
    world: World, address: Address, caplog: pytest.LogCaptureFixture
) -> None:
    opening = 0

    def store() -> Store:
        nonlocal opening
        opening += 1
        match opening:
            case 1:
                raise StoreUnavailableError(HOST)
            case 2:
                raise ZeroDivisionError
            case _:
                return world.store()

    looked, looks = Event(), 0

    def pause(stop: Event) -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            looked.set()
            stop.wait(PATIENCE)

    schedule = Schedule(store, [address], EVERY, world.shelf, now=lambda: world.time, pause=pause)
    async with schedule.running():
        assert await asyncio.to_thread(looked.wait, PATIENCE)
    assert looks == 3
    assert await world.outcomes() == {f"{ALPHA}/list": "applied"}
    assert [record.getMessage() for record in caplog.records if record.name == LOG] == [
        f"no feed is read: {HOST}",
        "no feed is read: a fault of the hub",
        f"{ALPHA}/list: applied",
    ]


class Waiting(Shelf):
    """An internet that answers once it is let go."""

    begun = Event()
    go = Event()

    async def fetch(self, url: str, hosts: Collection[str], known: Mark | None = None) -> Fetched:
        """Return a document later."""
        self.begun.set()
        await asyncio.to_thread(self.go.wait, PATIENCE)
        return await super().fetch(url, hosts, known)


async def test_a_reading_under_way_is_waited_for_and_no_other_begins(
    world: World, address: Address, gone: Address
) -> None:
    Waiting.begun, Waiting.go = Event(), Event()
    world.shelf = Waiting(documents=world.shelf.documents)
    schedule = world.schedule(address, gone)
    async with schedule.running():
        assert await asyncio.to_thread(Waiting.begun.wait, PATIENCE)
        asyncio.get_running_loop().call_soon(Waiting.go.set)
    assert await world.outcomes() == {f"{ALPHA}/list": "applied"}


async def test_a_reading_that_does_not_end_is_given_up(
    world: World, address: Address, caplog: pytest.LogCaptureFixture
) -> None:
    begun = Event()

    class Never(Shelf):
        async def fetch(
            self, url: str, hosts: Collection[str], known: Mark | None = None
        ) -> Fetched:
            begun.set()
            await asyncio.Event().wait()
            return await super().fetch(url, hosts, known)

    world.shelf = Never(documents=world.shelf.documents)
    async with world.schedule(address, patience=0).running():
        assert await asyncio.to_thread(begun.wait, PATIENCE)
    assert await world.outcomes() == {}
    assert [record.getMessage() for record in caplog.records if record.name == LOG] == [
        "a feed was still being read; it is given up, and nothing is applied"
    ]


def test_it_waits_no_longer_once_it_is_to_stop() -> None:
    stop = Event()
    stop.set()
    a_while(stop)
