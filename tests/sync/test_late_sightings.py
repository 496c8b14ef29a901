"""Lists of names that come late tell the same as in their order, and change nothing newer."""

import pytest

from adapters.kit.adapter import Adapter
from graph_schema.standing import Standing
from hub.store.port import Store
from hub.store.rows import day_of
from hub.sync.intake import Outcome
from tests.sync.programs import ALPHA, sites, table
from tests.sync.steps import begin, bring, facts, held, push
from tests.sync.weekly import (
    DAYS,
    FIVE,
    FOUR,
    ONE,
    THREE,
    TWO,
    listed,
    names,
    start,
    states,
)

pytestmark = pytest.mark.anyio


async def test_an_older_list_begins_a_state_earlier_and_changes_nothing_newer(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    await listed(store, alpha, THREE, "exa:1")
    report = await listed(store, alpha, ONE, "exa:1", "exa:2")
    assert [change.what for change in report.changed] == ["exa:1", "exa:9"]
    assert await states(store) == {
        ("exa:1", "listed", ONE, None),
        ("exa:2", "listed", ONE, THREE),
    }
    assert await held(store, "exa:1", FIVE) == {"listed"}


async def test_an_older_list_that_leaves_somebody_out_parts_what_it_held(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    for day in (ONE, THREE):
        await listed(store, alpha, day, "exa:1")
    await listed(store, alpha, FIVE)
    report = await listed(store, alpha, TWO)
    assert [change.summary for change in report.added] == [f"listed seen again on {THREE}"]
    assert await states(store) == {
        ("exa:1", "listed", ONE, TWO),
        ("exa:1", "listed", THREE, FIVE),
    }
    await listed(store, alpha, FOUR)
    assert await states(store) == {
        ("exa:1", "listed", ONE, TWO),
        ("exa:1", "listed", THREE, FOUR),
    }


async def test_a_late_list_begins_nothing_earlier_across_a_state_of_another_feed(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    left = {"subject": "exa:1", "state": "left", "since": TWO}
    await bring(store, {"program": ALPHA, "standing": left})
    for day in (THREE, ONE):
        await listed(store, alpha, day, "exa:1")
    words = [await held(store, "exa:1", day) for day in (ONE, TWO, THREE)]
    assert words == [{"listed"}, {"left"}, {"listed"}]


async def test_what_was_replaced_is_not_taken_up_twice_where_a_late_list_leaves_it_out(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    await listed(store, alpha, ONE, "exa:1")
    left = {"subject": "exa:1", "state": "left", "since": THREE}
    await bring(store, {"program": ALPHA, "standing": left})
    await listed(store, alpha, FOUR, "exa:1")
    await listed(store, alpha, TWO)
    words = [await held(store, "exa:1", day) for day in DAYS]
    assert words == [{"listed"}, set(), {"left"}, {"listed"}, {"listed"}]
    assert len(await facts(store, Standing, "subject", "exa:1")) == 3


async def test_a_late_bar_stands_beside_a_newer_one_which_may_be_another(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    for day in (FOUR, ONE):
        await listed(store, alpha, day, "exa:1 barred")
    cleared = {"subject": "exa:1", "state": "cleared", "since": TWO}
    await bring(store, {"program": ALPHA, "standing": cleared})
    assert await held(store, "exa:1", THREE) == {"cleared"}
    assert await held(store, "exa:1", FOUR) == {"barred"}


@pytest.mark.parametrize(
    "other",
    [
        {"subject": "exa:1", "state": "behind", "since": TWO},
        {"subject": "exa:1", "state": "left", "since": TWO, "products": ["jeans"]},
    ],
    ids=["another track", "another scope"],
)
async def test_a_state_beside_it_does_not_keep_a_state_from_beginning_earlier(
    store: Store, alpha: Adapter, other: dict[str, object]
) -> None:
    await start(store, alpha)
    await bring(store, {"program": ALPHA, "standing": other})
    for day in (THREE, ONE):
        await listed(store, alpha, day, "exa:1")
    assert ("exa:1", "listed", ONE, None) in await states(store)


async def test_a_state_tells_which_row_began_it_and_who_confirmed_it(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    await listed(store, alpha, THREE, "exa:1")
    await listed(store, alpha, ONE, "exa:3", "exa:2", "exa:1")
    [began] = await facts(store, Standing, "subject", "exa:1")
    assert (began["row"], began["confirmed"]) == (4, began["observed_first"])


async def test_a_state_that_is_seen_again_is_stated_by_the_list_that_saw_it(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    for day in (ONE, THREE):
        await listed(store, alpha, day, "exa:1")
    await listed(store, alpha, TWO)
    [_, again] = await facts(store, Standing, "subject", "exa:1")
    assert again["observed"] == THREE
    assert day_of(again["stated_at"]) == again["confirmed"] == again["observed_first"]


async def test_a_late_list_that_sees_somebody_twice_begins_the_state_once(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    await listed(store, alpha, THREE, "exa:1")
    _, first = names(ONE, ("exa:1", "listed"))
    name, second = names(TWO, ("exa:1", "listed"))
    await push(store, alpha, (name, first + second.partition(b"\n")[2]), dated=TWO)
    assert await states(store) == {
        ("exa:1", "listed", ONE, None),
        ("exa:1", "listed", TWO, THREE),
    }


async def test_a_late_sighting_does_not_change_a_beginning_that_is_stated(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    told = {"subject": "exa:1", "state": "listed", "since": "2020-01-10"}
    await push(store, alpha, table("standings", [told]), dated=THREE)
    await listed(store, alpha, ONE, "exa:1")
    assert ("exa:1", "listed", "2020-01-10", None) in await states(store)


async def test_a_late_list_parts_nothing_whose_beginning_is_stated(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    told = {"subject": "exa:1", "state": "listed", "since": "2019-05-01"}
    for day in (ONE, THREE):
        await push(store, alpha, table("standings", [told]), dated=day)
    await listed(store, alpha, TWO)
    assert await states(store) == {("exa:1", "listed", "2019-05-01", None)}


async def test_a_late_list_parts_nothing_that_it_shows_with_a_stated_beginning(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    for day in (ONE, THREE):
        await listed(store, alpha, day, "exa:1")
    told = {"subject": "exa:1", "state": "listed", "since": "2019-05-01"}
    await push(store, alpha, table("standings", [told]), dated=TWO, confirmed=True)
    assert await states(store) == {("exa:1", "listed", ONE, None)}


async def test_a_late_list_that_names_somebody_unknown_parts_nothing(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    for day in (ONE, THREE):
        await listed(store, alpha, day, "exa:1")
    await listed(store, alpha, TWO, "exa:404")
    assert await states(store) == {("exa:1", "listed", ONE, None)}


async def test_a_late_list_parts_no_bar_that_must_be_lifted(store: Store, alpha: Adapter) -> None:
    await start(store, alpha)
    for day in (ONE, THREE):
        await listed(store, alpha, day, "exa:1 barred", "exa:2 cleared")
    await listed(store, alpha, TWO, "exa:2 cleared")
    assert ("exa:1", "barred", ONE, None) in await states(store)
    assert await held(store, "exa:1", TWO) == {"barred"}


async def test_a_late_list_is_measured_by_all_that_it_shows(store: Store, alpha: Adapter) -> None:
    await begin(store, alpha)
    many = [f"exa:{number}" for number in range(1, 7)]
    await push(store, alpha, sites(*many), complete=False)
    for day, shown in ((ONE, many[:1]), (THREE, many), (TWO, many[1:])):
        rows = names(day, *((site, "listed") for site in shown))
        report = await push(store, alpha, rows, dated=day)
        assert report.outcome is Outcome.APPLIED
    assert await states(store, "exa:1") == {
        ("exa:1", "listed", ONE, TWO),
        ("exa:1", "listed", THREE, None),
    }


async def test_a_late_list_that_names_somebody_unknown_still_says_what_replaced_a_state(
    store: Store, alpha: Adapter
) -> None:
    """Else what it says of a past week would stand over what newer lists show."""
    await start(store, alpha)
    for day in (ONE, THREE):
        await listed(store, alpha, day, "exa:1")
    await listed(store, alpha, TWO, "exa:1 closed", "exa:404")
    words = [await held(store, "exa:1", day) for day in (ONE, TWO, THREE, FOUR)]
    assert words == [{"listed"}, {"closed"}, {"listed"}, {"listed"}]


async def test_a_late_sighting_is_its_own_where_the_next_list_set_a_row_of_the_site_aside(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    await listed(store, alpha, TWO, "exa:1", "exa:1 nonsense")
    for day in (THREE, ONE):
        await listed(store, alpha, day, "exa:1")
    assert await states(store) == {("exa:1", "listed", ONE, THREE), ("exa:1", "listed", TWO, None)}


async def test_a_late_sighting_begins_nothing_across_a_list_that_may_have_ended_it(
    store: Store, alpha: Adapter
) -> None:
    """A list names somebody unknown, and between two sightings the site was closed."""
    await start(store, alpha)
    await listed(store, alpha, ONE, "exa:1 closed")
    await listed(store, alpha, THREE, "exa:1 closed", "exa:404")
    await listed(store, alpha, FOUR, "exa:1")
    await listed(store, alpha, TWO, "exa:1")
    words = [await held(store, "exa:1", day) for day in DAYS]
    assert words == [{"closed"}, {"listed"}, {"closed"}, {"listed"}, {"listed"}]


async def test_a_list_of_somebody_unknown_does_not_count_as_having_shown_who_is_missing(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    await listed(store, alpha, THREE, "exa:404")
    for day in (FOUR, ONE):
        await listed(store, alpha, day, "exa:1")
    assert await states(store) == {("exa:1", "listed", ONE, None)}
    await listed(store, alpha, TWO)
    assert await states(store) == {("exa:1", "listed", ONE, TWO), ("exa:1", "listed", FOUR, None)}


async def test_what_ended_before_does_not_keep_a_state_from_beginning_earlier(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    await listed(store, alpha, ONE, "exa:1 closed")
    await listed(store, alpha, TWO)
    await listed(store, alpha, FOUR, "exa:404")
    for day in (FIVE, THREE):
        await listed(store, alpha, day, "exa:1")
    assert await states(store) == {
        ("exa:1", "closed", ONE, TWO),
        ("exa:1", "listed", THREE, None),
    }
