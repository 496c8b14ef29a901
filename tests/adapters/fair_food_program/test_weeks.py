"""Week after week: the same growers stay, whoever is missing has left, in whatever order."""

from itertools import permutations
from typing import Final

import pytest

from graph_schema.standing import Standing
from hub.store.port import Store
from hub.sync.intake import Outcome, Report
from tests.adapters.books import lines
from tests.adapters.documents import adapter, outcome, recorded, turned_down, unchanged
from tests.sync.programs import table
from tests.sync.steps import ask, facts, held, push

pytestmark = pytest.mark.anyio

FFP: Final = "ffp"
FEED: Final = "weekly"
FIRST, SECOND, THIRD = "2026-11-02", "2026-11-09", "2026-11-16"
OTHERS: Final = tuple(
    f"{name},Tomatoes,Florida"
    for name in (
        "Kern Carpenter Farms",
        "Lipman Family Farms",
        "Pacific Tomato Growers",
        "Alderman Farms",
        "Lady Moon Farms",
    )
)
AG_MART: Final = "Ag-Mart,Tomatoes,Florida"
ROWS: Final = (AG_MART, *OTHERS)


def listed_as(rows: tuple[str, ...]) -> bytes:
    """Return the list of a week."""
    return lines("name,crop,state", *rows)


async def listed(store: Store, dated: str, rows: tuple[str, ...] = ROWS) -> Report:
    """Sync the list of a week."""
    return await outcome(store, FFP, FEED, listed_as(rows), dated=dated)


async def bought(store: Store, on: str, grower: str = "ag-mart") -> str:
    """Return whether Walmart may buy tomatoes from a grower on a day."""
    return await ask(store, f"wsr:{grower}", on, buyer="wsr:walmart", product="tomatoes")


async def states(store: Store, grower: str = "ag-mart") -> set[tuple[str, str | None]]:
    """Return the states of a grower that weekly lists brought: since when seen, until when."""
    return {
        (row["observed"], row["until"])
        for row in await facts(store, Standing, "subject", f"wsr:{grower}")
        if row["feed"] == FEED
    }


async def test_another_week_confirms_and_neither_ends_nor_begins() -> None:
    async with recorded(FFP) as store:
        await listed(store, FIRST)
        assert await bought(store, "2027-02-01") == "UNKNOWN STALE_EVIDENCE"
        for day in (SECOND, THIRD):
            report = await listed(store, day)
            assert (report.outcome, report.added, report.ended) == (Outcome.APPLIED, [], [])
        assert await states(store) == {(FIRST, None)}
        assert await bought(store, "2027-02-14") == "ELIGIBLE IN_GOOD_STANDING"
        assert await bought(store, "2027-02-15") == "UNKNOWN STALE_EVIDENCE"


async def test_who_is_missing_has_left_the_list_and_who_comes_back_is_on_it_anew() -> None:
    async with recorded(FFP) as store:
        await listed(store, FIRST)
        report = await listed(store, SECOND, OTHERS)
        assert [change.summary for change in report.ended] == [f"participating ended on {SECOND}"]
        assert await bought(store, SECOND, "lipman") == "ELIGIBLE IN_GOOD_STANDING"
        assert not (await bought(store, SECOND)).startswith("ELIGIBLE")
        await listed(store, THIRD)
        assert await states(store) == {(FIRST, SECOND), (THIRD, None)}
        assert await bought(store, THIRD) == "ELIGIBLE IN_GOOD_STANDING"


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
async def test_lists_in_any_order_tell_the_same_and_again_write_nothing(
    order: tuple[int, ...],
) -> None:
    weeks = ((FIRST, ROWS), (SECOND, OTHERS), (THIRD, ROWS))
    async with recorded(FFP) as store:
        for at in order:
            assert (await listed(store, *weeks[at])).outcome is Outcome.APPLIED
        assert await states(store) == {(FIRST, SECOND), (THIRD, None)}
        assert await states(store, "lipman") == {(FIRST, None)}
        async with unchanged(store):
            for week in weeks:
                assert (await listed(store, *week)).outcome is Outcome.UNCHANGED


async def test_a_list_shrunk_by_half_is_held() -> None:
    async with recorded(FFP) as store:
        rows = (*ROWS, *(row.replace("Tomatoes", "Peppers") for row in ROWS))
        await listed(store, FIRST, rows)
        why = await turned_down(store, FFP, FEED, listed_as(rows[:6]), dated=SECOND)
        assert why == ("6 of 12 listed standings are gone, more than 20%; confirm that they ended")


async def test_a_list_doubled_by_further_crops_is_applied() -> None:
    async with recorded(FFP) as store:
        await listed(store, FIRST)
        rows = (*ROWS, *(row.replace("Tomatoes", "Peppers") for row in ROWS))
        report = await listed(store, SECOND, rows)
        assert (report.outcome, len(report.added), report.ended) == (Outcome.APPLIED, 6, [])


async def test_a_row_set_aside_keeps_its_grower_and_with_nobody_known_everyone() -> None:
    others = tuple(f"{row.rpartition(',')[0]},Georgia" for row in ROWS) * 2
    async with recorded(FFP) as store:
        await listed(store, FIRST, (*ROWS, *others))
        bad = "Ag-Mart,Tomatoes,Sinaloa"
        report = await listed(store, SECOND, (*OTHERS, *others, *others, bad))
        assert (report.outcome, report.ended) == (Outcome.APPLIED, [])
        report = await listed(store, THIRD, (*OTHERS, *others, *others, "Example,Tomatoes,Florida"))
        assert (report.outcome, report.ended) == (Outcome.APPLIED, [])
        assert (FIRST, None) in await states(store)
        assert await bought(store, THIRD) == "ELIGIBLE IN_GOOD_STANDING"


async def test_a_suspension_is_not_undone_by_a_list_that_still_names_the_grower() -> None:
    """The list says who takes part; a suspension ends by its own rule (facts r04)."""
    told = {"subject": "wsr:ag-mart", "state": "suspended", "since": "2026-11-04"}
    async with recorded(FFP) as store:
        await listed(store, FIRST)
        await push(
            store, adapter(FFP), table("standings", [told]), dated="2026-11-05", at="2026-11-20"
        )
        await listed(store, SECOND)
        assert await bought(store, SECOND) == "INELIGIBLE SUSPENDED"
        assert await held(store, "wsr:ag-mart", SECOND) == {"participating", "suspended"}
