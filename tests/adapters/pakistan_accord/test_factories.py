"""The monthly factory list of the Pakistan Accord: sightings, and what is not taken."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from hub.sync.intake import Outcome
from tests.adapters.books import book
from tests.adapters.documents import (
    PAGES,
    TABLES,
    aside,
    grid,
    html,
    outcome,
    recorded,
    tag,
    turned_down,
)
from tests.adapters.lists import merged, quoted
from tests.adapters.planted import EMAIL, PERSON, PHONE, assert_nowhere
from tests.sync.steps import ask, held

pytestmark = pytest.mark.anyio

PAKISTAN: Final = "pakistan-accord"
PROGRAMS: Final = ("international-accord", PAKISTAN)
HEADER: Final = (
    "Name", "Address", "Number of storeys", "Processes", "Size of workforce", "Number of brands",
)  # fmt: skip
UNION: Final = ("Union Fabrics (Pvt.) Limited", "1 Example Road, Karachi", "3", "Cutting; Sewing",
                "1001-5000", "4")  # fmt: skip
ARTISTIC: Final = ("Artistic Milliners", "2 Example Road, Karachi", "2", "Weaving", "900", "12")
WHOLE: Final = quoted(HEADER, UNION, ARTISTIC)
LATE: Final = "2026-10-01"


async def test_a_listed_factory_is_seen_on_the_day_of_the_list() -> None:
    async with recorded(*PROGRAMS) as store:
        unknown = await ask(store, "wsr:ws-artistic-milliners", LATE, buyer="wsr:hm")
        assert unknown == "UNKNOWN NO_EVIDENCE"
        report = await outcome(store, PAKISTAN, "factories", WHOLE, dated="2026-09-30")
        assert [each.summary.partition("note ")[2] for each in report.added] == [
            "storeys 3; processes Cutting; Sewing; workforce 1001-5000; number of brands 4",
            "storeys 2; processes Weaving; workforce 900; number of brands 12",
        ]
        good = await ask(store, "wsr:ws-artistic-milliners", LATE, buyer="wsr:hm")
        assert good == "ELIGIBLE IN_GOOD_STANDING"


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(book(**{"September 2026": [HEADER, UNION, ARTISTIC]}), id="workbook"),
        pytest.param(
            html(tag("h1", "Pakistan factories September 2026"), grid(HEADER, UNION, ARTISTIC)),
            id="page",
        ),
    ],
)
async def test_the_month_that_the_list_prints_is_its_day(document: bytes) -> None:
    async with recorded(*PROGRAMS) as store:
        await outcome(store, PAKISTAN, "factories", document)
        assert await held(store, "wsr:ws-artistic-milliners", "2026-08-31") == set()
        assert await held(store, "wsr:ws-artistic-milliners", "2026-09-01") == {"listed"}


@pytest.mark.parametrize("broken", TABLES)
async def test_a_broken_table_changes_nothing(broken: str) -> None:
    damage, reason = TABLES[broken]
    async with recorded(*PROGRAMS) as store:
        told = await turned_down(store, PAKISTAN, "factories", damage(WHOLE), dated=LATE)
    assert {"HTML": "it is not the page that the feed is about"}.get(broken, reason) in told


@pytest.mark.parametrize("broken", sorted(PAGES.keys() - TABLES.keys() - {"a table"}))
async def test_a_broken_page_changes_nothing(broken: str) -> None:
    damage, reason = PAGES[broken]
    page = damage(html(tag("h1", "Pakistan factories"), grid(HEADER, UNION, ARTISTIC)))
    async with recorded(*PROGRAMS) as store:
        assert reason in await turned_down(store, PAKISTAN, "factories", page, dated=LATE)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        pytest.param(
            quoted(HEADER[:3], UNION[:3]), "the column processes is missing", id="missing column"
        ),
        pytest.param(
            quoted(("Producer", *HEADER[1:]), UNION),
            "the name of column 1 is not known",
            id="renamed column",
        ),
        pytest.param(
            quoted((*HEADER, "Multi-purpose building"), (*UNION, "No")),
            "the name of column 7 is not known",
            id="the list of Bangladesh",
        ),
        pytest.param(
            quoted(("List of factories", "", ""), HEADER[:3], UNION[:3]),
            "the name of column 1 is not known",
            id="two header rows",
        ),
        pytest.param(merged(), "the cells A1:B1 are merged", id="merged cells"),
        pytest.param(
            quoted(HEADER, UNION, ("Example Mill", *ARTISTIC[1:])),
            "1 of 2 rows were set aside, more than 5%",
            id="names that nobody knows",
        ),
        pytest.param(
            quoted(HEADER, UNION, ARTISTIC, ("Artistic Milliners", *UNION[1:])),
            "2 of 3 rows were set aside, more than 5%",
            id="rows that contradict each other",
        ),
        pytest.param(quoted(HEADER), "it has 0 rows", id="empty"),
    ],
)
async def test_what_is_no_such_list_changes_nothing(document: bytes, reason: str) -> None:
    async with recorded(*PROGRAMS) as store:
        assert reason in await turned_down(store, PAKISTAN, "factories", document, dated=LATE)


async def test_rows_may_be_shuffled_or_stand_twice_and_half_a_list_is_held() -> None:
    async with recorded(*PROGRAMS) as store:
        await outcome(store, PAKISTAN, "factories", WHOLE, dated="2026-09-30")
        shuffled = quoted(HEADER, ARTISTIC, UNION, ARTISTIC)
        report = await outcome(store, PAKISTAN, "factories", shuffled, dated="2026-09-30")
        assert (report.outcome, report.problems) == (Outcome.UNCHANGED, [])
        half = quoted(HEADER, UNION)
        told = await turned_down(store, PAKISTAN, "factories", half, dated="2026-10-31")
        assert told.startswith("1 of 2 listed standings are gone")


async def test_a_factory_without_a_brand_is_for_a_person() -> None:
    document = quoted(HEADER, (*UNION[:5], "0"), ARTISTIC)
    async with recorded(*PROGRAMS) as store:
        report = await outcome(store, PAKISTAN, "factories", document, dated=LATE, confirmed=True)
        assert aside(report) == [(2, "NEEDS_PERSON")]
        assert "listed" not in await held(store, "wsr:ws-union-fabrics", LATE)


async def test_contacts_are_kept_and_told_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    header = (*HEADER, "Contact", "Mobile", "Email address")

    def planted(row: Sequence[str]) -> bytes:
        return quoted(header, (*row, PERSON, PHONE, EMAIL))

    documents = [
        planted(UNION),
        planted(("Example Mill", f"Road, {PHONE} {EMAIL}", *UNION[2:])),
        planted((*UNION[:2], EMAIL, *UNION[3:])),
        quoted((*UNION, PERSON, PHONE, EMAIL), (*UNION, PERSON, PHONE, EMAIL)),
    ]
    reports = await assert_nowhere(
        tmp_path, caplog, PAKISTAN, "factories", documents, dated="2026-09-30"
    )
    assert [len(report.added) for report in reports] == [1, 0, 0]
