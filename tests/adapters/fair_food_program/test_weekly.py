"""The weekly list of growers: what it says, and what becomes of a broken one."""

from collections.abc import Sequence
from typing import Final

import pytest

from adapters.kit.parsed import ProblemCode
from graph_schema.standing import Standing
from hub.store.port import Store
from hub.sync.intake import Outcome, Report
from tests.adapters.books import book, lines
from tests.adapters.documents import (
    TABLES,
    Damage,
    aside,
    html,
    intake,
    outcome,
    recorded,
    tag,
    turned_down,
    unchanged,
)
from tests.sync.steps import ask, facts

pytestmark = pytest.mark.anyio

FFP: Final = "ffp"
FEED: Final = "weekly"
HEADER: Final = "name,crop,state"
ROWS: Final = (
    "Ag-Mart,Tomatoes,Florida",
    "Kern Carpenter Farms,Tomatoes,Florida",
    "Kern Carpenter Farms,Peppers,Georgia",
    "Lipman Family Farms,Tomatoes,Florida",
    "Pacific Tomato Growers,Tomatoes,Florida",
    "Rancho Durazno,Peaches,Colorado",
    "Tuxedo Corn Company,Sweet corn,Colorado",
)
LISTED: Final = lines(HEADER, *ROWS)
FIRST, SECOND, THIRD = "2026-11-02", "2026-11-09", "2026-11-16"
"""The days of three weekly lists."""


async def listed(
    store: Store, dated: str, *rows: str, header: str = HEADER, confirmed: bool = False
) -> Report:
    """Sync the list of a week."""
    table = lines(header, *(rows or ROWS))
    return await outcome(store, FFP, FEED, table, dated=dated, confirmed=confirmed)


async def bought(store: Store, grower: str, on: str, product: str = "tomatoes") -> str:
    """Return whether Walmart may buy from a grower on a day."""
    return await ask(store, f"wsr:{grower}", on, buyer="wsr:walmart", product=product)


async def test_a_row_is_a_sighting_on_the_day_of_the_list() -> None:
    async with recorded(FFP) as store:
        report = await listed(store, FIRST)
        assert (report.outcome, report.complete, len(report.added)) == (Outcome.APPLIED, True, 7)
        assert await bought(store, "ag-mart", "2026-11-01") == "UNKNOWN STALE_EVIDENCE"
        assert await bought(store, "ag-mart", FIRST) == "ELIGIBLE IN_GOOD_STANDING"
        assert await bought(store, "ag-mart", "2027-01-31") == "ELIGIBLE IN_GOOD_STANDING"
        assert await bought(store, "ag-mart", "2027-02-01") == "UNKNOWN STALE_EVIDENCE"
        [state] = [
            row
            for row in await facts(store, Standing, "subject", "wsr:tuxedo-corn")
            if row["feed"] == FEED
        ]
        assert (state["observed"], state["since"], list(state["regions"])) == (
            FIRST,
            None,
            ["US-CO"],
        )


async def test_a_workbook_says_the_same_as_a_file_of_the_same_rows() -> None:
    rows = [row.split(",") for row in (HEADER, *ROWS)]
    async with recorded(FFP) as store:
        await listed(store, FIRST)
        async with unchanged(store):
            report = await outcome(store, FFP, FEED, book(growers=rows, notes=[]), dated=FIRST)
        assert report.outcome is Outcome.UNCHANGED


async def test_states_may_be_written_as_their_codes_and_columns_in_any_order_and_case() -> None:
    rows = [",".join(reversed(row.split(","))).replace("Florida", "FL") for row in ROWS]
    async with recorded(FFP) as store:
        await listed(store, FIRST)
        async with unchanged(store):
            again = await listed(store, FIRST, *rows, header="\ufeffSTATE,Crop, Name")
        assert again.outcome is Outcome.UNCHANGED


async def test_other_spellings_and_invisible_marks_are_the_same_grower() -> None:
    rows = ("Six L\u2019s,Round tomatoes,florida", "\u200fAG MART\u200e,tomato,FLORIDA", *ROWS)
    async with recorded(FFP) as store:
        report = await listed(store, FIRST, *rows)
        assert (len(report.added), report.unchanged, aside(report)) == (7, 2, [])


async def test_columns_of_persons_are_dropped_unread() -> None:
    header = f"{HEADER},Contact person,E-mail,Phone"
    rows = [f"{row},Example Person,person@example.org,0123" for row in ROWS]
    bad = "Nobody Known,Tomatoes,Florida,Example Person,person@example.org,0123"
    found = intake(FFP, FEED, lines(header, *rows, bad), dated=FIRST)
    assert len(found.lines) == len(ROWS)
    told = f"{found.lines} {found.problems}"
    assert "Nobody Known" in told
    assert "Person" not in told
    assert "example.org" not in told


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("Example Growers,Tomatoes,Florida", ProblemCode.UNKNOWN_NAME),
        ("Agmart Inc,Tomatoes,Florida", ProblemCode.UNKNOWN_NAME),
        ("Ag-Mart,Dragon fruit,Florida", ProblemCode.UNKNOWN_PRODUCT),
        ("Ag-Mart,Tomatoes,Sinaloa", ProblemCode.NEEDS_PERSON),
        ("Ag-Mart,,Florida", ProblemCode.INVALID_INPUT),
        ("Ag-Mart,Tomatoes,", ProblemCode.INVALID_INPUT),
        (",Tomatoes,Florida", ProblemCode.INVALID_INPUT),
        ("Ag-Mart,Tomatoes,Florida,Georgia", ProblemCode.INVALID_INPUT),
        ("Ag-Mart,Toma\x1btoes,Florida", ProblemCode.INVALID_INPUT),
        ("Ag-Mart,#REF!,Florida", ProblemCode.INVALID_INPUT),
        (f"Ag-Mart,{'x' * 90},Florida", ProblemCode.INVALID_INPUT),
        (HEADER, ProblemCode.UNKNOWN_NAME),
    ],
    ids=[
        "nobody known",
        "almost a name",
        "unknown crop",
        "another country",
        "no crop",
        "no state",
        "no name",
        "a cell too many",
        "control character",
        "an error of a formula",
        "long crop",
        "a second header",
    ],
)
async def test_a_bad_row_is_set_aside_and_takes_no_other_along(
    row: str, problem: ProblemCode
) -> None:
    async with recorded(FFP) as store:
        report = await listed(store, FIRST, *ROWS, row, confirmed=True)
        assert aside(report) == [(9, problem)]
        assert len(report.added) == len(ROWS)


async def test_a_cell_under_no_name_sets_its_row_aside() -> None:
    rows = ["Alderman Farms,Tomatoes,Florida,suspended", *(f"{row}," for row in ROWS)]
    async with recorded(FFP) as store:
        report = await listed(store, FIRST, *rows, header=f"{HEADER},", confirmed=True)
        assert aside(report) == [(2, ProblemCode.INVALID_INPUT)]
        assert len(report.added) == len(ROWS)


@pytest.mark.parametrize("damage", TABLES.values(), ids=TABLES)
async def test_a_broken_file_is_refused(damage: tuple[Damage, str]) -> None:
    broken, why = damage
    async with recorded(FFP) as store:
        assert why in await turned_down(store, FFP, FEED, broken(LISTED), dated=FIRST)


SHEETS: Final[Sequence[Sequence[str]]] = [row.split(",") for row in (HEADER, *ROWS)]


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (lines("name,crop", *ROWS[:0]), "the column state is missing"),
        (lines("crop,state", "Tomatoes,Florida"), "the column name is missing"),
        (
            lines("grower,crop,state", *ROWS),
            "the name of column 1 is not known; the first row names the columns: name, crop, state",
        ),
        (
            lines(f"{HEADER},status", *(f"{row},suspended" for row in ROWS)),
            "the name of column 4 is not known",
        ),
        (lines("name,crop,state,Name", *ROWS), "the column name stands twice"),
        (
            lines("Fair Food Program weekly list,,", HEADER, *ROWS),
            "the name of column 1 is not known",
        ),
        (lines(HEADER), "it has 0 rows; 5 to 5,000 are believable"),
        (book(notes=[]), "the workbook has no sheet that holds anything"),
        (book(one=SHEETS, two=SHEETS), "the workbook has 2 sheets that hold anything"),
        (
            lines(HEADER, *ROWS, *(f"Example Farm {n},Tomatoes,Florida" for n in range(3))),
            "3 of 10 rows were set aside, more than 5%",
        ),
        (html(tag("h1", "Example Program")), "the file is HTML or XML, no table"),
    ],
    ids=[
        "a column missing",
        "no names",
        "a column renamed",
        "a column nobody knows",
        "a column twice",
        "a title above the header",
        "no rows",
        "an empty workbook",
        "two sheets",
        "many unknown",
        "a page",
    ],
)
async def test_a_list_that_is_not_as_it_should_be_changes_nothing(
    document: bytes, why: str
) -> None:
    async with recorded(FFP) as store:
        assert why in await turned_down(store, FFP, FEED, document, dated=FIRST)


async def test_merged_cells_leave_rows_without_a_crop_which_are_set_aside() -> None:
    """A crop that stands once for several rows is not guessed for those below it."""
    rows = [row.split(",") for row in (HEADER, *ROWS)]
    rows[2][1] = rows[2][2] = ""
    async with recorded(FFP) as store:
        report = await outcome(store, FFP, FEED, book(growers=rows), dated=FIRST, confirmed=True)
        assert aside(report) == [(3, ProblemCode.INVALID_INPUT)]


async def test_a_list_without_its_day_is_refused() -> None:
    async with recorded(FFP) as store:
        why = await turned_down(store, FFP, FEED, LISTED)
        assert "no day of its own can be read in it; say the day" in why
        why = await turned_down(store, FFP, FEED, LISTED, dated="2027-01-01")
        assert "which is yet to come" in why


async def test_the_same_list_again_shuffled_or_doubled_changes_nothing() -> None:
    async with recorded(FFP) as store:
        await listed(store, FIRST)
        async with unchanged(store):
            for rows in (ROWS, ROWS[::-1], ROWS * 2):
                report = await listed(store, FIRST, *rows)
                assert (report.outcome, aside(report)) == (Outcome.UNCHANGED, [])
