"""What complete lists of names, dated anew each time, say of who stays, goes and comes back."""

import pytest

from adapters.kit.adapter import Adapter
from graph_schema.standing import Standing
from hub.store.port import Store
from hub.sync.intake import Outcome
from tests.sync.programs import ALPHA, table
from tests.sync.steps import ask, bring, facts, held, push, whole
from tests.sync.weekly import (
    ALWAYS,
    DAYS,
    FIVE,
    FOUR,
    ONE,
    SITES,
    THREE,
    TWO,
    listed,
    names,
    start,
    states,
)

pytestmark = pytest.mark.anyio


async def test_a_state_that_is_shown_each_week_is_one_state(store: Store, alpha: Adapter) -> None:
    await start(store, alpha)
    for day in DAYS:
        report = await listed(store, alpha, day, "exa:1")
        assert (len(report.added), report.ended) == (2 if day == ONE else 0, [])
    assert await states(store) == {("exa:1", "listed", ONE, None)}


async def test_each_week_confirms_the_state_that_it_shows_again(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    await listed(store, alpha, ONE, "exa:1")
    assert await ask(store, "exa:1", "2020-04-16") == "UNKNOWN STALE_EVIDENCE"
    await listed(store, alpha, FIVE, "exa:1")
    assert await ask(store, "exa:1", "2020-05-13") == "ELIGIBLE IN_GOOD_STANDING"
    assert await ask(store, "exa:1", "2020-05-14") == "UNKNOWN STALE_EVIDENCE"


async def test_the_same_list_again_writes_nothing(store: Store, alpha: Adapter) -> None:
    await start(store, alpha)
    for day in (ONE, TWO, THREE):
        await listed(store, alpha, day, "exa:1")
    before = await whole(store)
    for day in (TWO, THREE, ONE):
        assert (await listed(store, alpha, day, "exa:1")).outcome is Outcome.UNCHANGED
    assert await whole(store) == before


async def test_a_list_of_another_day_is_not_held_though_every_date_in_it_is_new(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    rows = [(site, "listed") for site in SITES]
    await push(store, alpha, names(ONE, *rows), dated=ONE)
    report = await push(store, alpha, names(TWO, *rows), dated=TWO)
    assert (report.outcome, report.held, report.unchanged) == (Outcome.APPLIED, [], len(SITES))


async def test_who_is_left_out_has_left_and_who_comes_back_begins_anew(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    for day, shown in zip(DAYS, (["exa:1"], ["exa:1"], [], ["exa:1"], ["exa:1"]), strict=True):
        await listed(store, alpha, day, *shown)
    assert await states(store) == {
        ("exa:1", "listed", ONE, THREE),
        ("exa:1", "listed", FOUR, None),
    }


async def test_a_partial_list_tells_a_sighting_of_its_own(store: Store, alpha: Adapter) -> None:
    """It confirms nothing, and so what it saw must be kept."""
    await start(store, alpha)
    await listed(store, alpha, ONE, "exa:1")
    rows = names(TWO, ("exa:1", "listed"))
    await push(store, alpha, rows, dated=TWO, complete=False)
    assert ("exa:1", "listed", TWO, None) in await states(store)


async def test_a_list_that_adds_a_note_says_it_of_the_state_that_it_shows_again(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    await listed(store, alpha, ONE, "exa:1")
    rows = names(TWO, ("exa:1", "listed"), ALWAYS, note="moved next door")
    report = await push(store, alpha, rows, dated=TWO)
    assert (len(report.changed), report.added) == (2, [])
    [row] = await facts(store, Standing, "subject", "exa:1")
    assert (row["observed"], row["note"]) == (ONE, "moved next door")


async def test_a_sighting_of_a_state_whose_beginning_is_stated_says_nothing_new(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    told = table("standings", [{"subject": "exa:1", "state": "listed", "since": "2019-05-01"}])
    await push(store, alpha, told, dated=ONE, complete=False)
    await listed(store, alpha, TWO, "exa:1")
    assert await states(store) == {("exa:1", "listed", "2019-05-01", None)}


async def test_a_list_may_see_a_state_and_say_when_another_of_the_same_site_began(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    await listed(store, alpha, ONE, "exa:1")
    told = [
        {"subject": "exa:1", "state": "listed", "observed": TWO},
        {"subject": "exa:1", "state": "on track", "since": "2019-05-01"},
    ]
    report = await push(store, alpha, table("standings", told), dated=TWO, complete=False, at=FIVE)
    assert (report.counts()["added"], report.problems) == (2, [])


async def test_a_state_that_another_feed_replaced_begins_anew_where_it_is_seen_again(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    await listed(store, alpha, ONE, "exa:1")
    left = {"subject": "exa:1", "state": "left", "since": TWO}
    await bring(store, {"program": ALPHA, "standing": left})
    report = await listed(store, alpha, THREE, "exa:1")
    assert report.ended == []
    assert await held(store, "exa:1", TWO) == {"left"}
    assert await held(store, "exa:1", THREE) == {"listed"}


async def test_a_bar_that_is_seen_again_is_one_bar_until_it_is_lifted(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    for day in (ONE, TWO):
        await listed(store, alpha, day, "exa:1 barred")
    cleared = {"subject": "exa:1", "state": "cleared", "since": THREE}
    await bring(store, {"program": ALPHA, "standing": cleared})
    await listed(store, alpha, FOUR, "exa:1 barred")
    barred = {state for state in await states(store) if state[1] == "barred"}
    assert barred == {("exa:1", "barred", ONE, None), ("exa:1", "barred", FOUR, None)}
    assert [await held(store, "exa:1", day) for day in (TWO, THREE, FOUR)] == [
        {"barred"},
        {"cleared"},
        {"barred"},
    ]


async def test_who_has_another_row_set_aside_is_seen_by_itself(
    store: Store, alpha: Adapter
) -> None:
    """The list confirms nothing of that site, so what it saw of it is kept apart."""
    await start(store, alpha)
    await listed(store, alpha, ONE, "exa:1", "exa:2")
    bad = ("exa:1", "no word")
    rows = names(TWO, ("exa:1", "listed"), ("exa:2", "listed"), ALWAYS, bad)
    await push(store, alpha, rows, dated=TWO, confirmed=True)
    assert await states(store) == {
        ("exa:1", "listed", ONE, None),
        ("exa:1", "listed", TWO, None),
        ("exa:2", "listed", ONE, None),
    }


async def test_products_in_another_order_are_the_same_scope(store: Store, alpha: Adapter) -> None:
    await start(store, alpha)
    for day, products in ((ONE, "garments|jeans"), (TWO, "jeans|garments")):
        rows = names(day, ("exa:1", "listed"), products=products)
        await push(store, alpha, rows, dated=day)
    assert await states(store) == {("exa:1", "listed", ONE, None)}
