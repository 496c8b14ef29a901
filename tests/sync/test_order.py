"""Lists in whatever order they come leave the same graph; a late one changes nothing newer."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.kit.adapter import Adapter
from graph_schema.standing import Standing
from hub.store.port import Store
from hub.sync.intake import Outcome
from tests.sync.conftest import NewStore
from tests.sync.programs import sites, standings
from tests.sync.steps import ask, begin, facts, held, push

pytestmark = pytest.mark.anyio

SITES = [f"exa:{number}" for number in range(1, 5)]
ALWAYS = "exa:9 listed 2019-01-01"
"""A site on every list, so that none is empty."""
LISTED = [f"{site} listed 2019-01-01" for site in SITES]
DAYS = ("2020-01-15", "2020-02-15", "2020-03-15", "2020-04-15")
"""The days of which lists speak; things begin and end between them."""
BETWEEN = ("2020-01-01", "2020-02-01", "2020-03-01", "2020-04-01", "2020-05-01")


async def start(store: Store, alpha: Adapter) -> None:
    """Sync the record and the sites, by a list that shows no standing."""
    await begin(store, alpha)
    await push(store, alpha, sites(*SITES, "exa:9"), complete=False)


async def listed(store: Store, alpha: Adapter, day: str, *told: str) -> Outcome:
    """Push a complete list of a day."""
    rows = standings(*told, ALWAYS)
    return (await push(store, alpha, rows, dated=day, confirmed=True)).outcome


async def test_a_late_list_ends_nothing_that_a_newer_one_shows(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    await listed(store, alpha, "2020-04-01", *LISTED)
    assert await listed(store, alpha, "2020-03-01", *LISTED[1:]) is Outcome.APPLIED
    assert await held(store, "exa:1", "2020-05-01") == {"listed"}
    assert await held(store, "exa:1", "2020-03-15") == {"listed"}


async def test_what_a_late_list_brings_ends_where_a_newer_one_leaves_it_out(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    await listed(store, alpha, "2020-04-01", *LISTED[1:])
    await listed(store, alpha, "2020-03-01", *LISTED)
    assert await held(store, "exa:1", "2020-03-31") == {"listed"}
    assert await held(store, "exa:1", "2020-04-01") == set()


async def test_a_late_list_with_another_beginning_changes_nothing(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    await listed(store, alpha, "2020-04-01", *LISTED)
    rows = ["exa:1 listed 2018-01-01", *LISTED[1:]]
    assert await listed(store, alpha, "2020-03-01", *rows) is Outcome.APPLIED
    assert await held(store, "exa:1", "2018-06-01") == set()
    assert await held(store, "exa:1", "2019-06-01") == {"listed"}


async def test_a_bar_of_a_late_list_stays_and_the_newer_list_says_nothing_of_it(
    store: Store, alpha: Adapter
) -> None:
    """Absence cannot lift it, and so the newer list confirms nothing of that site."""
    await start(store, alpha)
    shown = [*LISTED, "exa:2 barred 2019-12-01"]
    await listed(store, alpha, "2020-04-01", *shown)
    await listed(store, alpha, "2020-03-01", *shown, "exa:1 barred 2019-12-01")
    assert await ask(store, "exa:1", "2020-05-01") == "INELIGIBLE SUSPENDED"
    await listed(store, alpha, "2020-02-01", *shown, "exa:1 barred 2019-12-01")
    assert await ask(store, "exa:1", "2020-09-15") == "UNKNOWN STALE_BAR"


async def test_a_late_list_that_names_somebody_unknown_leaves_the_newer_alone(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    unknown = "exa:404 listed 2019-01-01"
    await listed(store, alpha, "2020-04-01", *LISTED[2:], unknown)
    await listed(store, alpha, "2020-03-01", *LISTED)
    assert await held(store, "exa:1", "2020-05-01") == {"listed"}
    await listed(store, alpha, "2020-02-01", *LISTED)
    assert await held(store, "exa:1", "2020-05-01") == {"listed"}


async def test_a_late_list_of_another_track_is_not_ended_by_a_newer_one(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    await listed(store, alpha, "2020-04-01", *LISTED)
    await listed(store, alpha, "2020-03-01", *LISTED, "exa:1 behind 2019-06-01")
    assert await held(store, "exa:1", "2020-05-01") == {"listed", "behind"}


async def test_an_ended_state_of_a_late_list_ends_as_it_says(store: Store, alpha: Adapter) -> None:
    await start(store, alpha)
    await listed(store, alpha, "2020-04-01", *LISTED[1:])
    name, rows = standings(*LISTED, ALWAYS, until="")
    ended = rows.replace(b"exa:1,listed,2019-01-01,", b"exa:1,listed,2019-01-01,2020-02-10")
    await push(store, alpha, (name, ended), dated="2020-03-01", confirmed=True)
    assert await held(store, "exa:1", "2020-02-09") == {"listed"}
    assert await held(store, "exa:1", "2020-02-10") == set()


def histories() -> st.SearchStrategy[list[list[str | None]]]:
    """What each site was between the days on which things change; none: not on the list."""
    words = st.sampled_from((None, "listed", "closed"))
    return st.lists(st.lists(words, min_size=4, max_size=4), min_size=4, max_size=4)


def shown(history: list[list[str | None]], at: int) -> list[str]:
    """Return the rows of the list of a day: each site's state, and since when."""
    rows: list[str] = []
    for site, words in zip(SITES, history, strict=True):
        word = words[at]
        if word is not None:
            began = at
            while began > 0 and words[began - 1] == word:
                began -= 1
            rows.append(f"{site} {word} {BETWEEN[began]}")
    return rows


async def told(store: Store) -> list[set[str]]:
    """Return what sites hold, on each day of a list and between them."""
    return [await held(store, site, day) for site in SITES for day in (*DAYS, *BETWEEN)]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=histories(), order=st.permutations(range(4)))
async def test_lists_of_a_true_history_in_any_order(
    new_store: NewStore, alpha: Adapter, history: list[list[str | None]], order: list[int]
) -> None:
    found: list[list[set[str]]] = []
    for each in (list(range(4)), order):
        async with new_store() as store:
            await start(store, alpha)
            for at in each:
                await listed(store, alpha, DAYS[at], *shown(history, at))
            for at, day in enumerate(DAYS):
                for site, words in zip(SITES, history, strict=True):
                    word = words[at]
                    assert await held(store, site, day) == ({word} if word else set())
            found.append(await told(store))
    assert found[0] == found[1]


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=histories(), order=st.permutations([0, 1, 2, 3, 0, 2]))
async def test_lists_that_come_twice_change_nothing(
    new_store: NewStore, alpha: Adapter, history: list[list[str | None]], order: list[int]
) -> None:
    async with new_store() as store:
        await start(store, alpha)
        for at in order:
            await listed(store, alpha, DAYS[at], *shown(history, at))
        before = await told(store)
        for at in range(4):
            assert await listed(store, alpha, DAYS[at], *shown(history, at)) is Outcome.UNCHANGED
        assert await told(store) == before


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    lists=st.lists(st.sets(st.sampled_from(LISTED)), min_size=4, max_size=4),
    order=st.permutations(range(4)),
)
async def test_the_newest_of_lists_that_contradict_each_other_counts(
    new_store: NewStore, alpha: Adapter, lists: list[set[str]], order: list[int]
) -> None:
    """A row that is gone for one list and comes back unchanged was never gone."""
    async with new_store() as store:
        await start(store, alpha)
        for at in order:
            await listed(store, alpha, DAYS[at], *sorted(lists[at]))
        for site, row in zip(SITES, LISTED, strict=True):
            now = {"listed"} if row in lists[-1] else set[str]()
            assert await held(store, site, DAYS[-1]) == now
            last = max((at for at in range(4) if row in lists[at]), default=-1)
            for at in range(last + 1):
                assert await held(store, site, DAYS[at]) == {"listed"}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    lists=st.lists(st.sets(st.sampled_from((*SITES, "exa:404"))), min_size=4, max_size=4),
    order=st.permutations(range(4)),
)
async def test_sightings_in_any_order_leave_the_same_facts(
    new_store: NewStore, alpha: Adapter, lists: list[set[str]], order: list[int]
) -> None:
    """A list may name somebody unknown, which keeps absence from ending anything."""
    found: list[object] = []
    for each in (list(range(4)), order):
        async with new_store() as store:
            await start(store, alpha)
            for at in each:
                name, rows = standings(*(f"{site} listed {DAYS[at]}" for site in sorted(lists[at])))
                always = f"exa:9,listed,{DAYS[at]}\n".encode()
                seen = (name, rows.replace(b"since", b"observed") + always)
                if not lists[at]:
                    seen = (name, b"subject,state,observed\n" + always)
                await push(store, alpha, seen, dated=DAYS[at], confirmed=True)
            found.append(
                [
                    sorted((row["observed"], row["until"] or "") for row in rows)
                    for site in SITES
                    for rows in [await facts(store, Standing, "subject", site)]
                ]
            )
    assert found[0] == found[1]


def test_the_days_of_lists_lie_between_those_on_which_things_change() -> None:
    turns = [date.fromisoformat(day) for day in BETWEEN]
    for (turn, next_turn), day in zip(pairwise(turns), DAYS, strict=True):
        assert turn < date.fromisoformat(day) < next_turn
