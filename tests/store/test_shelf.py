"""What is kept between questions changes no answer, and is bounded."""

from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_schema.standing import Standing
from hub.answers.desk import Desk, Sitting
from hub.answers.eligibility import eligibility_list
from hub.answers.profiles import profiles
from hub.eligibility.facts import Facts
from hub.errors import BadDocumentError
from hub.store.embedded.database import MEMORY
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import PUBLIC, SHELL, Latest, Moment
from hub.store.shelf import Shelf
from hub.sync.receipt import Asked
from hub.sync.withdraw import Withdrawal, withdraw
from tests.conftest import AnyStore
from tests.store.histories import FIXED, PLACES, SITES, WHO, generations, viewer
from tests.store.worlds import moment, number, numbers, program, said, standing, world, write

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


async def withdrawn(store: AnyStore, subject: str) -> None:
    """Withdraw what alpha said first of a subject, if anything."""
    node, alpha = await number(store, subject), await number(store, "program:alpha")
    rows = await store.facts_at(Standing, "subject", [node], await moment(store, SHELL))
    for row in [row for row in rows if row["program"] == alpha][:1]:
        what = Withdrawal(alpha, row["number"], "it", "r", "wrong")
        await withdraw(store, what, Asked.of("client", f"key{row['number']}", "it"))


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    writes=generations(),
    asked=st.lists(
        st.lists(st.sampled_from(PLACES), min_size=1, max_size=4), min_size=8, max_size=8
    ),
    gone=st.lists(st.sampled_from(SITES), min_size=4, max_size=4),
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
            await answers(keeping, who, asked[-1])
        with suppress(BadDocumentError):
            await write(store, lines, on=f"2020-01-0{at}")
        one = next(wanted)
        for who in WHO:
            expected = await answers(await Desk.open(store), who, one)
            assert await answers(keeping, who, one) == expected
        await withdrawn(store, gone[at - 2])
        another = next(wanted)
        for who in WHO:
            expected = await answers(await Desk.open(store), who, another)
            assert await answers(keeping, who, another) == expected
    await store.close()


async def test_what_was_told_is_not_asked_again(store: AnyStore) -> None:
    await write(store, world())
    desk = await Desk.open(store)
    nodes = await numbers(store, "alpha:s1", "alpha:s2", "alpha:s3", "alpha:pool")
    trips: list[int] = []
    found: list[Facts] = []
    for lines in (None, None, [standing("alpha", "alpha:s2", "closed", "2018-01-01")]):
        if lines:
            await write(store, lines)
        sitting = await desk.sit()
        before = store.round_trips
        await profiles(sitting, nodes)
        found.append(await sitting.facts(buyers=[], subjects=nodes))
        trips.append(store.round_trips - before)
    first, again, after = found
    assert replace(first, ties=()) == replace(again, ties=())
    assert set(first.ties) == set(again.ties) != set()
    assert first.volumes
    # Only the one whose standing changed is asked about again.
    assert trips == [3, 0, 2]
    assert [state.word for state in after.states[nodes[1]]] == ["listed", "closed"]
    assert all(after.states[node] is first.states[node] for node in (nodes[0], nodes[2]))


async def test_the_past_is_asked_each_time(store: AnyStore) -> None:
    await write(store, world())
    await write(store, [standing("alpha", "alpha:s2", "closed", "2018-01-01")], on="2020-02-01")
    desk = await Desk.open(store)
    [node] = await numbers(store, "alpha:s2")
    for _ in range(2):
        past = await desk.sit(revision=1)
        for sitting, words in ((past, ["listed"]), (await desk.sit(), ["listed", "closed"])):
            facts = await sitting.facts(buyers=[], subjects=[node])
            assert [state.word for state in facts.states[node]] == words


async def test_a_new_law_is_seen_in_what_is_kept(store: AnyStore) -> None:
    await write(store, world())
    desk = await Desk.open(store)
    [node] = await numbers(store, "alpha:a1")
    assert (await profiles(await desk.sit(), [node]))[node].row["name"] == "Agreement of alpha"
    [agreement] = [line for line in program("alpha") if "agreement" in line]
    agreement["agreement"]["name"] = "Another name"
    await write(store, [agreement])
    assert (await profiles(await desk.sit(), [node]))[node].row["name"] == "Another name"


async def test_so_many_changes_forget_all(store: AnyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.store.shelf._MOST", 1)
    await write(store, world())
    desk = await Desk.open(store)
    [node] = await numbers(store, "alpha:s3")
    await profiles(await desk.sit(), [node])
    states = [standing("alpha", "alpha:s2", "closed", f"2018-01-0{day}") for day in (1, 2)]
    await write(store, [*states, said("alpha", "source", reference="S2", title="A list")])
    await desk.sit()
    assert desk.shown.at(Moment(2, 2**62), await store.latest()).known([node]) == {}


def test_no_more_is_kept_than_there_is_room_for() -> None:
    shelf = Shelf[str](3)
    kept = shelf.at(PRESENT, NOW)
    kept.keep({1: "one", 2: "two"}, 2)
    assert kept.known([1, 2, 3]) == {1: "one", 2: "two"}
    kept.keep({3: "three"}, 2)
    assert kept.known([1, 2, 3]) == {3: "three"}
    kept.keep({4: "four"}, 4)
    assert kept.known([1, 2, 3, 4]) == {}


def test_each_who_asks_has_its_own() -> None:
    shelf = Shelf[str](3)
    shelf.at(PRESENT, NOW).keep({1: "one"}, 1)
    assert shelf.at(Moment(5, 1_000, SHELL), NOW).known([1]) == {}
    assert shelf.at(Moment(5, 1_000, PUBLIC), NOW).known([1]) == {1: "one"}


def test_of_the_past_nothing_is_kept() -> None:
    shelf = Shelf[str](3)
    shelf.at(PRESENT, NOW).keep({1: "one"}, 1)
    for past in (Moment(4, 1_000), Moment(5, 999)):
        kept = shelf.at(past, NOW)
        assert kept.known([1]) == {}
        kept.keep({2: "two"}, 1)
    assert shelf.at(PRESENT, NOW).known([1, 2]) == {1: "one"}


def test_who_began_before_a_write_neither_sees_nor_keeps_what_came_after() -> None:
    shelf = Shelf[str](3)
    began = shelf.at(PRESENT, NOW)
    after = shelf.at(Moment(6, 2_000), NEXT)
    after.keep({1: "new"}, 1)
    assert began.known([1]) == {}
    began.keep({1: "old"}, 1)
    assert after.known([1]) == {1: "new"}
