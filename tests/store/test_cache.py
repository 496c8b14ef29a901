"""What is kept between questions changes no answer, and is bounded."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_schema.standing import Standing
from hub.answers.desk import Desk, Sitting
from hub.answers.eligibility import eligibility_list
from hub.answers.profiles import profiles
from hub.eligibility.facts import Facts
from hub.errors import BadDocumentError, StoreUnavailableError
from hub.store.cache import Cache, Room
from hub.store.embedded.database import MEMORY
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import PUBLIC, SHELL, Latest, Moment, Viewer
from tests.store.histories import AT_LENGTH, FIXED, PLACES, SITES, WHO, generations, viewer
from tests.store.worlds import (
    moment,
    numbers,
    program,
    said,
    site,
    standing,
    withdrawn,
    world,
    write,
)

pytestmark = pytest.mark.anyio

NOW: Final = Latest(5, 1_000, 2)
NEXT: Final = Latest(6, 2_000, 2)
PRESENT: Final = Moment(5, 1_000)


async def answers(desk: Desk, who: str, asked: list[str]) -> Any:  # noqa: ANN401
    """Return all that a desk tells somebody of sites, and how it shows nodes."""
    sees = await viewer(desk.store, who)
    sitting = await desk.sit(as_of=date(2016, 3, 1), viewer=sees)
    told: list[object] = []
    for buyer in ("alpha:buyer", "alpha:shop"):
        found = await eligibility_list(sitting, buyer, asked, "jeans")
        for at in range(len(asked)):
            answered = found.answered(at)
            told.append(answered.answer if answered else repr(found.problems[at]))
    return told, await shown(sitting)


async def shown(sitting: Sitting) -> object:
    """Return how all nodes are shown."""
    nodes = await numbers(sitting.desk.store, *PLACES, "alpha:buyer", "beta:a1", "program:beta")
    return await profiles(sitting, nodes, former=True)


async def first_withdrawn(store: EmbeddedStore, subject: str) -> None:
    """Withdraw what alpha said first of a subject, if anything."""
    node, alpha = await numbers(store, subject, "program:alpha")
    rows = await store.facts_at(Standing, "subject", [node], await moment(store, SHELL))
    for row in [row for row in rows if row["program"] == alpha][:1]:
        await withdrawn(store, row["number"])


async def alike(keeping: Desk, asked: list[str]) -> None:
    """See that a desk tells everybody what one tells that was just opened."""
    for who in WHO:
        expected = await answers(await Desk.open(keeping.store), who, asked)
        assert await answers(keeping, who, asked) == expected


@settings(AT_LENGTH, max_examples=20)
@given(
    writes=generations(),
    asked=st.lists(
        st.lists(st.sampled_from(PLACES), min_size=1, max_size=4), min_size=6, max_size=6
    ),
    gone=st.lists(st.sampled_from(SITES), min_size=3, max_size=3),
)
async def test_a_desk_that_keeps_answers_as_one_that_does_not(
    writes: list[list[dict[str, Any]]], asked: list[list[str]], gone: list[str]
) -> None:
    store = EmbeddedStore(MEMORY)
    await store.open()
    await write(store, FIXED, on="2020-01-01")
    keeping, wanted = await Desk.open(store), iter(asked)
    for at, lines in enumerate(writes, start=2):
        for who in WHO:
            await answers(keeping, who, list(PLACES))
        with suppress(BadDocumentError):
            await write(store, lines, on=f"2020-01-0{at}")
        await alike(keeping, next(wanted))
        await first_withdrawn(store, gone[at - 2])
        await alike(keeping, next(wanted))
    await store.close()


async def test_what_was_told_is_not_asked_again(embedded_store: EmbeddedStore) -> None:
    await write(embedded_store, world())
    desk = await Desk.open(embedded_store)
    nodes = await numbers(embedded_store, "alpha:s1", "alpha:s2", "alpha:s3", "alpha:pool")
    trips: list[int] = []
    found: list[Facts] = []
    for lines in (None, None, [standing("alpha", "alpha:s2", "closed", "2018-01-01")]):
        if lines:
            await write(embedded_store, lines)
        sitting = await desk.sit()
        before = embedded_store.round_trips
        await profiles(sitting, nodes)
        found.append(await sitting.facts(buyers=[], subjects=nodes))
        trips.append(embedded_store.round_trips - before)
    first, again, after = found
    assert replace(first, ties=()) == replace(again, ties=())
    assert set(first.ties) == set(again.ties) != set()
    assert first.volumes
    # Only the one whose standing changed is asked about again.
    assert trips == [3, 0, 2]
    assert [state.word for state in after.states[nodes[1]]] == ["listed", "closed"]
    assert all(after.states[node] is first.states[node] for node in (nodes[0], nodes[2]))


async def test_the_past_is_asked_each_time(embedded_store: EmbeddedStore) -> None:
    await write(embedded_store, world())
    await write(
        embedded_store, [standing("alpha", "alpha:s2", "closed", "2018-01-01")], on="2020-02-01"
    )
    desk = await Desk.open(embedded_store)
    [node] = await numbers(embedded_store, "alpha:s2")
    for _ in range(2):
        past = await desk.sit(revision=1)
        for sitting, words in ((past, ["listed"]), (await desk.sit(), ["listed", "closed"])):
            facts = await sitting.facts(buyers=[], subjects=[node])
            assert [state.word for state in facts.states[node]] == words


async def test_a_new_law_is_seen_in_what_is_kept(embedded_store: EmbeddedStore) -> None:
    await write(embedded_store, world())
    desk = await Desk.open(embedded_store)
    [node] = await numbers(embedded_store, "alpha:a1")
    assert (await profiles(await desk.sit(), [node]))[node].row["name"] == "Agreement of alpha"
    [agreement] = [line for line in program("alpha") if "agreement" in line]
    agreement["agreement"]["name"] = "Another name"
    await write(embedded_store, [agreement])
    assert (await profiles(await desk.sit(), [node]))[node].row["name"] == "Another name"


async def test_so_many_changes_forget_all(
    embedded_store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.store.cache._MOST_CHANGED", 1)
    await write(embedded_store, world())
    desk = await Desk.open(embedded_store)
    [node] = await numbers(embedded_store, "alpha:s3")
    await profiles(await desk.sit(), [node])
    states = [standing("alpha", "alpha:s2", "closed", f"2018-01-0{day}") for day in (1, 2)]
    await write(embedded_store, [*states, said("alpha", "source", reference="S2", title="A list")])
    await desk.sit()
    assert not desk.shown


async def test_who_keeps_nothing_takes_no_room(embedded_store: EmbeddedStore) -> None:
    await write(embedded_store, world())
    desk = await Desk.open(embedded_store)
    [node] = await numbers(embedded_store, "alpha:s3")
    await desk.sit()  # so that there is room for the newest revision
    for sitting in (
        await desk.sit(keeping=False),
        await desk.sit(known_at=datetime(2030, 1, 1, tzinfo=UTC)),
    ):
        assert node in await profiles(sitting, [node])
        assert (await sitting.facts(buyers=[], subjects=[node])).states
    assert not desk.shown
    assert not desk.bearing


async def test_desks_of_one_store_share_what_is_kept(embedded_store: EmbeddedStore) -> None:
    await write(embedded_store, world())
    desk = await Desk.open(embedded_store)
    [node] = await numbers(embedded_store, "alpha:s3")
    await profiles(await desk.sit(), [node])
    other = await Desk.open(embedded_store, desk)
    sitting, before = await other.sit(), embedded_store.round_trips
    await profiles(sitting, [node])
    assert embedded_store.round_trips == before


def test_no_more_is_kept_than_there_is_room_for() -> None:
    room = Room[str](3)
    room.keep(PUBLIC, {1: "one", 2: "two"}, 2)
    room.keep(PUBLIC, {4: "four"}, 4)
    assert room.known(PUBLIC) == {1: "one", 2: "two"}
    room.keep(PUBLIC, {3: "three"}, 2)
    assert room.known(PUBLIC) == {3: "three"}


def test_who_asked_longest_ago_makes_room() -> None:
    room = Room[str](3)
    first, second, third = (Viewer(buyer=number) for number in range(3))
    room.keep(first, {1: "one"}, 1)
    room.keep(second, {1: "another"}, 1)
    assert room.known(first) == {1: "one"}
    room.keep(third, {1: "a third"}, 2)
    assert room.known(second) == {}
    assert room.known(first) == {1: "one"}
    assert room.known(third) == {1: "a third"}


def test_nodes_are_forgotten_for_everybody() -> None:
    room = Room[str](9)
    for viewer_ in (PUBLIC, SHELL):
        room.keep(viewer_, {1: "one", 2: "two"}, 2)
    room.forget({2, 3})
    assert room.known(PUBLIC) == room.known(SHELL) == {1: "one"}
    room.forget(None)
    assert not room


def test_what_a_viewer_is_known_by_takes_room() -> None:
    room = Room[str](13)
    supplied = Viewer(own=tuple(range(100)))
    room.keep(supplied, {1: "one"}, 2)
    assert not room
    room.keep(supplied, {1: "one"}, 1)
    room.keep(PUBLIC, {1: "one"}, 1)
    assert room.known(supplied) == {}
    room.keep(PUBLIC, {}, 0)
    assert room.known(PUBLIC) == {1: "one"}


class Changing(EmbeddedStore):
    """A store of which it is counted how often it is asked what was changed."""

    def __init__(self, *, fails: bool) -> None:
        super().__init__(MEMORY)
        self.path = "gone"
        self.fails = fails
        self.asked: list[tuple[int, int]] = []

    async def touched(self, since: int, revision: int, most: int) -> set[int] | None:
        """Tell of one node, or that it takes too long."""
        self.asked.append((since, revision))
        await asyncio.sleep(0)
        if self.fails:
            raise StoreUnavailableError(self.path)
        return {1} if most else None


async def kept_in(store: Changing) -> tuple[Cache, Room[str]]:
    """Return a cache of the present that keeps two nodes."""
    cache = Cache()
    room = cache.add(Room[str](9))
    await cache.renew(store, NOW)
    room.keep(PUBLIC, {1: "one", 2: "two"}, 2)
    return cache, room


async def test_of_many_who_see_a_later_revision_one_asks() -> None:
    store = Changing(fails=False)
    cache, room = await kept_in(store)
    await asyncio.gather(*(cache.renew(store, each) for each in (NEXT, NEXT, NOW, NEXT)))
    assert store.asked == [(5, 6)]
    assert cache.latest == NEXT
    assert room.known(PUBLIC) == {2: "two"}


async def test_where_nobody_tells_what_was_changed_all_is_forgotten() -> None:
    store = Changing(fails=True)
    cache, room = await kept_in(store)
    with pytest.raises(StoreUnavailableError):
        await cache.renew(store, NEXT)
    await cache.renew(store, NEXT)
    assert store.asked == [(5, 6)]
    assert not room


async def test_a_law_that_was_changed_since_forgets_all() -> None:
    store = Changing(fails=False)
    for law in (6, 7):
        cache, room = await kept_in(store)
        await cache.renew(store, Latest(7, 2_000, law))
        assert not room
    assert store.asked == []


async def test_what_has_long_lists_counts_for_more(
    embedded_store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.answers.desk._MOST_SHOWN", 2)
    monkeypatch.setattr("hub.answers.desk._MOST_BEARING", 2)
    aliases = [f"Alias {each}" for each in range(17)]
    regions = [f"BD-{each}" for each in "ABCDEFGH"]
    everywhere = standing("alpha", "alpha:s6", "listed", "2015-01-01", regions=regions)
    here = standing("alpha", "alpha:s5", "listed", "2015-01-01")
    sites = [site("alpha", 5), site("alpha", 6, aliases=aliases)]
    await write(embedded_store, [*world(), *sites, here, everywhere])
    for reference, fits in (("alpha:s5", True), ("alpha:s6", False)):
        desk = await Desk.open(embedded_store)
        sitting, nodes = await desk.sit(), await numbers(embedded_store, reference)
        await profiles(sitting, nodes)
        await sitting.facts(buyers=[], subjects=nodes)
        assert (bool(desk.shown), bool(desk.bearing)) == (fits, fits)


async def test_of_the_past_nothing_is_kept() -> None:
    store, cache = EmbeddedStore(MEMORY), Cache()
    room = cache.add(Room[str](9))
    await cache.renew(store, NOW)
    present = cache.at(room, PRESENT, NOW)
    present.keep({1: "one"}, 1)
    for past in (Moment(4, 1_000), Moment(5, 999)):
        kept = cache.at(room, past, NOW)
        assert kept.known([1]) == {}
        kept.keep({2: "two"}, 1)
    assert present.known([1, 2]) == {1: "one"}


async def test_who_began_before_a_write_neither_sees_nor_keeps_what_came_after() -> None:
    store, cache = EmbeddedStore(MEMORY), Cache()
    await store.open()
    room = cache.add(Room[str](9))
    await cache.renew(store, NOW)
    began = cache.at(room, PRESENT, NOW)
    await cache.renew(store, NEXT)
    after = cache.at(room, Moment(6, 2_000), NEXT)
    after.keep({1: "new"}, 1)
    assert began.known([1]) == {}
    began.keep({1: "old"}, 1)
    assert after.known([1]) == {1: "new"}
    await cache.renew(store, NOW)
    assert after.known([1]) == {1: "new"}
    await store.close()
