"""A feed is read from its address: once a day in full, else only when it has changed."""

from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from adapters.kit.adapter import Adapter
from adapters.kit.fetch import Fetched, Mark
from hub.errors import BadDocumentError, InvalidInputError, StoreUnavailableError
from hub.store.deeds import Actor, By
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import Latest, Row, Store, Writing
from hub.store.rows import micros
from hub.sync.decide import Deciding, apply
from hub.sync.feeds import Address, configured
from hub.sync.intake import Outcome
from hub.sync.proposal import State, every, found
from hub.sync.reading import read, sync_all
from hub.sync.receipt import Asked
from hub.sync.remember import states
from tests.sync.conftest import NewStore
from tests.sync.programs import ALPHA, BETA, NO_STANDINGS, folders, sites, standings
from tests.sync.shelf import FEEDS, HOST, Shelf
from tests.sync.steps import ask, begin, node, noon, push

pytestmark = pytest.mark.anyio

LISTED: Final = standings("exa:1 listed 2020-01-01", "exa:2 listed 2020-01-01")
MORNING: Final = noon("2020-02-01")
NOON: Final = MORNING + timedelta(hours=1)
TOMORROW: Final = MORNING + timedelta(days=1)


@pytest.fixture(scope="module")
def alpha(tmp_path_factory: pytest.TempPathFactory) -> Adapter:
    """Return the program alpha with a feed of its own."""
    return folders(tmp_path_factory.mktemp("feeds"), manifest=FEEDS)[ALPHA]


@pytest.fixture
async def store(store: Store, alpha: Adapter) -> Store:
    """Return a store that knows alpha, and two sites of it."""
    await begin(store, alpha)
    await push(store, alpha, sites("exa:1", "exa:2"), at="2020-01-02")
    return store


@pytest.fixture
def shelf() -> Shelf:
    """Return an internet with nothing but alpha's list."""
    found = Shelf()
    found.put(LISTED)
    return found


@pytest.fixture
def address(alpha: Adapter) -> Address:
    """Return where alpha's list stands."""
    return Address(alpha, "list", f"https://{HOST}/{LISTED[0]}")


async def state(store: Store) -> dict[str, Any]:
    """Return the newest run of alpha's list."""
    runs = await store.runs([await node(store, f"program:{ALPHA}")])
    [found] = [run for run in runs if run["feed"] == "list"]
    return found


async def test_what_stands_at_the_address_is_applied_and_remembered(
    store: Store, shelf: Shelf, address: Address
) -> None:
    report = await read(store, address, shelf, now=MORNING)
    assert (report.outcome, report.feed, len(report.added)) == (Outcome.APPLIED, "list", 2)
    assert await ask(store, "exa:1", "2020-02-01") == "ELIGIBLE IN_GOOD_STANDING"
    kept = await state(store)
    assert (kept["outcome"], kept["read_at"]) == ("applied", micros(MORNING))
    assert (kept["address"], kept["revision"]) == (address.url, report.revision)
    assert kept["etag"]


async def test_what_has_not_changed_since_is_not_sent_again_on_that_day(
    store: Store, shelf: Shelf, address: Address
) -> None:
    first = await read(store, address, shelf, now=MORNING)
    known = await state(store)
    report = await read(store, address, shelf, now=NOON)
    assert (report.outcome, report.revision) == (Outcome.UNCHANGED, first.revision)
    assert shelf.asked[-1] == (address.url, Mark(known["etag"]))
    kept = await state(store)
    assert (kept["outcome"], kept["read_at"], kept["etag"]) == (
        "unchanged", micros(NOON), known["etag"],
    )  # fmt: skip
    assert kept["complete"] == known["complete"]
    later = NOON + timedelta(hours=1)
    assert (await read(store, address, shelf, now=later)).outcome is Outcome.UNCHANGED
    assert shelf.asked[-1] == (address.url, Mark(known["etag"]))


async def test_what_has_changed_is_read_on_that_day(
    store: Store, shelf: Shelf, address: Address
) -> None:
    await read(store, address, shelf, now=MORNING)
    shelf.put(standings("exa:1 listed 2020-01-01", "exa:2 behind 2020-01-20"))
    report = await read(store, address, shelf, confirmed=True, now=NOON)
    assert report.outcome is Outcome.APPLIED
    assert await ask(store, "exa:2", "2020-02-01") == "AT_RISK ESCALATED"


async def test_a_list_that_is_still_shown_on_a_later_day_is_read_and_confirms(
    store: Store, shelf: Shelf, address: Address
) -> None:
    await read(store, address, shelf, now=MORNING)
    assert await ask(store, "exa:1", "2020-03-10") == "UNKNOWN STALE_EVIDENCE"
    await read(store, address, shelf, now=noon("2020-03-01"))
    assert shelf.asked[-1] == (address.url, None)
    assert await ask(store, "exa:1", "2020-03-10") == "ELIGIBLE IN_GOOD_STANDING"


async def test_a_mark_of_another_address_is_not_sent(
    store: Store, shelf: Shelf, address: Address, alpha: Adapter
) -> None:
    await read(store, address, shelf, now=MORNING)
    other = Address(alpha, "list", f"https://{HOST}/moved/standings.csv")
    shelf.documents[other.url] = shelf.documents[address.url]
    await read(store, other, shelf, now=NOON)
    assert shelf.asked[-1] == (other.url, None)


async def test_what_is_held_is_read_again_and_the_feed_gets_no_younger(
    store: Store, shelf: Shelf, address: Address
) -> None:
    await read(store, address, shelf, now=MORNING)
    shelf.put(NO_STANDINGS)
    await read(store, address, shelf, now=NOON)
    report = await read(store, address, shelf, now=NOON)
    assert (report.outcome, shelf.asked[-1]) == (Outcome.HELD, (address.url, Mark()))
    kept = await state(store)
    assert (kept["outcome"], kept["read_at"]) == ("held", micros(MORNING))
    assert kept["why"] == "; ".join(report.held)
    assert (await read(store, address, shelf, confirmed=True, now=NOON)).outcome is Outcome.APPLIED


async def test_what_is_held_when_it_was_due_waits_once_for_its_operators(
    store: Store, shelf: Shelf, address: Address, alpha: Adapter
) -> None:
    await read(store, address, shelf, actor=Actor.SCHEDULE)
    assert await every(store, ALPHA) == []
    shelf.put(NO_STANDINGS)
    assert (await read(store, address, shelf)).outcome is Outcome.HELD
    assert await every(store, ALPHA) == []
    reports = [await read(store, address, shelf, actor=Actor.SCHEDULE) for _ in range(3)]
    report = reports[0]
    assert {each.outcome for each in reports} == {Outcome.HELD}
    [waits] = await every(store, ALPHA)
    assert (waits.client, waits.document.feed, waits.document.name) == (
        "schedule", "list", NO_STANDINGS[0],
    )  # fmt: skip
    assert (waits.bars, list(waits.held)) == (False, report.held)
    known = (await found(store, [waits.number], [ALPHA]))[waits.number]
    by, asked = By.of("office", "a test"), Asked.of("office", "1", "apply")
    done = await apply(store, {ALPHA: alpha}, Deciding(*known, "its name", by, asked))
    assert done.revision == (await store.latest()).revision
    assert (await state(store))["outcome"] == "applied"
    await read(store, address, shelf, actor=Actor.SCHEDULE)
    assert [each.state for each in await every(store, ALPHA)] == [State.APPLIED]


async def test_what_a_feed_brings_is_applied_however_many_rows_a_client_may_send(
    store: Store, shelf: Shelf, address: Address, alpha: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.sync.propose.MOST_ROWS", 1)
    await read(store, address, shelf, actor=Actor.SCHEDULE)
    shelf.put(standings("exa:1 unheard 2020-01-01", "exa:2 unheard 2020-01-01"))
    await read(store, address, shelf, actor=Actor.SCHEDULE)
    [waits] = await every(store, ALPHA)
    known = (await found(store, [waits.number], [ALPHA]))[waits.number]
    by, asked = By.of("office", "a test"), Asked.of("office", "1", "apply")
    done = await apply(store, {ALPHA: alpha}, Deciding(*known, "its name", by, asked))
    assert done.revision == (await store.latest()).revision
    assert (await state(store))["outcome"] == "applied"


async def test_a_feed_that_is_held_is_told_where_too_much_waits_already(
    store: Store, shelf: Shelf, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.sync.making.MOST_WAITING", 0)
    await read(store, address, shelf, actor=Actor.SCHEDULE)
    shelf.put(NO_STANDINGS)
    report = await read(store, address, shelf, actor=Actor.SCHEDULE)
    assert report.outcome is Outcome.HELD
    assert await every(store, ALPHA) == []


async def test_what_was_set_aside_is_read_again(
    store: Store, shelf: Shelf, address: Address
) -> None:
    shelf.put(standings("exa:1 listed 2020-01-01", "exa:2 unheard 2020-01-01"))
    await read(store, address, shelf, confirmed=True, now=MORNING)
    await read(store, address, shelf, confirmed=True, now=NOON)
    assert shelf.asked[-1] == (address.url, Mark())


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (None, "answers 404 Not Found"),
        (b"", "standings.csv: the file is empty"),
        (b"subject,colour\n", "standings: column 'colour' is not known"),
    ],
    ids=["nothing there", "empty", "another table"],
)
async def test_a_failure_is_remembered_with_its_cause_and_changes_nothing(
    store: Store, shelf: Shelf, address: Address, document: bytes | None, said: str
) -> None:
    await read(store, address, shelf, now=MORNING)
    known = await state(store)
    if document is None:
        shelf.documents.clear()
    else:
        shelf.put((LISTED[0], document))
    with pytest.raises(BadDocumentError, match=said):
        await read(store, address, shelf, now=NOON)
    kept = await state(store)
    assert kept["outcome"] == "failed"
    assert said in kept["why"]
    assert {name: kept[name] for name in ("read_at", "etag", "address", "complete")} == {
        name: known[name] for name in ("read_at", "etag", "address", "complete")
    }
    shelf.put(LISTED)
    assert (await read(store, address, shelf, now=NOON)).outcome is Outcome.UNCHANGED


async def test_a_parser_that_fails_is_told(
    store: Store, shelf: Shelf, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **_more: object) -> None:
        raise KeyError(*"x")

    monkeypatch.setattr("hub.sync.sources.feed_file", failing)
    with pytest.raises(BadDocumentError, match=r"its parser fails, with KeyError$"):
        await read(store, address, shelf)
    assert (await state(store))["outcome"] == "failed"


async def test_a_dry_run_asks_for_all_and_remembers_nothing(
    store: Store, shelf: Shelf, address: Address
) -> None:
    await read(store, address, shelf, now=MORNING)
    known = await state(store)
    report = await read(store, address, shelf, dry_run=True, now=NOON)
    assert (report.outcome, shelf.asked[-1]) == (Outcome.UNCHANGED, (address.url, None))
    shelf.documents.clear()
    with pytest.raises(BadDocumentError):
        await read(store, address, shelf, dry_run=True, now=NOON)
    assert await state(store) == known


async def test_a_program_that_is_not_known_comes_with_its_record(
    new_store: NewStore, shelf: Shelf, address: Address
) -> None:
    shelf.put(sites("exa:1"))
    where = Address(address.adapter, "list", f"https://{HOST}/worksites.csv")
    async with new_store() as empty:
        with pytest.raises(BadDocumentError, match="is not known yet"):
            await read(empty, where, shelf, dry_run=True)
        shelf.documents.clear()
        with pytest.raises(BadDocumentError, match="404"):
            await read(empty, where, shelf)
        shelf.put(sites("exa:1"))
        assert (await read(empty, where, shelf)).outcome is Outcome.APPLIED
        runs = await empty.runs([await node(empty, f"program:{ALPHA}")])
        assert [run["feed"] for run in runs] == ["record", "list"]


async def test_the_failure_of_one_takes_no_other_along(
    new_store: NewStore, shelf: Shelf, address: Address, tmp_path: Path
) -> None:
    programs = folders(tmp_path, organizations="reference,colour\n", manifest=FEEDS)
    broken = Address(programs[BETA], "operator", f"https://{HOST}/{LISTED[0]}")
    async with new_store() as empty:
        told = sync_all(empty, programs.values(), [broken, address], shelf)
        reports = [report async for report in told]
    assert [(r.program, r.feed, r.outcome) for r in reports] == [
        (ALPHA, "record", Outcome.FAILED),
        (BETA, "record", Outcome.APPLIED),
        (BETA, "operator", Outcome.FAILED),
        (ALPHA, "list", Outcome.HELD),
    ]
    assert "column 'colour' is not known" in reports[0].failed
    assert reports[2].failed == f"the feed does not allow {HOST}; its hosts are: none"


class Gone(EmbeddedStore):
    """A store that can go away."""

    there = True

    async def latest(self) -> Latest:
        """Return the newest revision, as long as it is there."""
        if self.there:
            return await super().latest()
        raise StoreUnavailableError(str(self))

    async def runs(self, programs: Sequence[int]) -> list[Row]:
        """Return the newest runs, likewise."""
        await self.latest()
        return await super().runs(programs)

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[Writing]:
        """Begin a generation, likewise."""
        await self.latest()
        async with super().writing() as writing:
            yield writing


@dataclass(frozen=True)
class Last(Shelf):
    """An internet that takes a store along as it answers."""

    store: Gone = field(default_factory=lambda: Gone(":memory:"))

    async def fetch(self, url: str, hosts: Collection[str], known: Mark | None = None) -> Fetched:
        """Return a document, and let the store go."""
        found = await super().fetch(url, hosts, known)
        self.store.there = False
        return found


async def test_a_store_that_is_gone_ends_it_all(shelf: Shelf, address: Address) -> None:
    gone = Gone(":memory:")
    await gone.open()
    try:
        await begin(gone, address.adapter)
        gone.there = False
        with pytest.raises(StoreUnavailableError):
            _ = [report async for report in sync_all(gone, [address.adapter], [], shelf)]
        with pytest.raises(StoreUnavailableError):
            _ = [report async for report in sync_all(gone, [], [address], shelf)]
        with pytest.raises(StoreUnavailableError):
            await read(gone, address, shelf)
        gone.there = True
        with pytest.raises(StoreUnavailableError):
            await read(gone, address, Last(documents=shelf.documents, store=gone))
        gone.there = True
        assert [run["feed"] for run in (await states(gone)).values()] == ["record"]
    finally:
        await gone.close()


def test_addresses_are_of_feeds_that_allow_them(alpha: Adapter) -> None:
    url = f"https://{HOST}/list.csv"
    programs = {ALPHA: alpha}
    assert configured(programs, {f"{ALPHA}/list": url}) == [Address(alpha, "list", url)]
    for feeds, said in (
        ({"nobody/list": url}, "HUB_FEEDS: nobody/list: 'nobody' is no program; they are"),
        ({f"{ALPHA}/no": url}, f"HUB_FEEDS: {ALPHA}/no: {ALPHA} has no feed 'no'; its feeds are"),
        (
            {f"{ALPHA}/list": "https://no.example/"},
            f"HUB_FEEDS: {ALPHA}/list: the feed does not allow no.example; its hosts are: {HOST}",
        ),
        ({f"{ALPHA}/operator": url}, f"does not allow {HOST}; its hosts are: none"),
    ):
        with pytest.raises(InvalidInputError, match=said):
            configured(programs, feeds)
