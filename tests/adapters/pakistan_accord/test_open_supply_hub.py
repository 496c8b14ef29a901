"""Open Supply Hub downloads in Pakistan: sites that the Accord lists, never a standing."""

from itertools import permutations
from pathlib import Path
from typing import Final

import pytest

from graph_schema.parties import Worksite
from graph_schema.sourcing import SourcingLink
from graph_schema.standing import Standing
from tests.adapters.documents import TABLES, intake, outcome, recorded, turned_down
from tests.adapters.planted import assert_nowhere
from tests.adapters.platform import HEADER, download, site
from tests.sync.steps import ask, facts

pytestmark = pytest.mark.anyio

PAKISTAN: Final = "pakistan-accord"
FEED: Final = "open_supply_hub"
PROGRAMS: Final = ("international-accord", PAKISTAN)
DAY: Final = "2026-11-01"
NUMBER: Final = "PK2021354NCSQ0X"
LISTED: Final = "International Accord|Puma|Other"
WHOLE: Final = download(site(NUMBER, "PK", contributors=LISTED, closed="True"))


async def test_a_site_that_the_accord_lists_is_described_and_has_no_standing() -> None:
    async with recorded(*PROGRAMS) as store:
        report = await outcome(store, PAKISTAN, FEED, WHOLE, dated=DAY)
        assert report.problems == []
        [found] = await facts(store, Worksite, "reference", f"os:{NUMBER}")
        assert (found["country"], found["closed_on"]) == ("PK", None)
        assert await facts(store, Standing, "subject", f"os:{NUMBER}") == []
        asked = await ask(store, f"os:{NUMBER}", "2026-11-21", buyer="wsr:hm")
        assert asked == "UNKNOWN NO_EVIDENCE"


@pytest.mark.parametrize("days", [*permutations(("2025-01-01", "2026-01-01", DAY))])
async def test_a_link_counts_from_the_earliest_download_that_shows_it(
    days: tuple[str, ...],
) -> None:
    async with recorded(*PROGRAMS) as store:
        for day in days:
            await outcome(store, PAKISTAN, FEED, WHOLE, dated=day)
        links = await facts(store, SourcingLink, "supplier", f"os:{NUMBER}")
    assert [link["since"] for link in links] == ["../2025-01-01"]


@pytest.mark.parametrize(
    ("row", "note"),
    [
        (site(NUMBER, "PK", contributors="Puma"), "nothing shows them in the program"),
        (site(NUMBER, "BD", contributors=LISTED), "they are not in PK"),
    ],
    ids=["flagged by the RSC alone", "in another country"],
)
def test_a_site_that_does_not_concern_the_program_is_left_out(
    row: dict[str, str], note: str
) -> None:
    found = intake(PAKISTAN, FEED, download(row), dated=DAY)
    assert (found.lines, found.notes) == ([], [f"1 rows were left out: {note}"])


@pytest.mark.parametrize("broken", TABLES)
async def test_a_broken_table_changes_nothing(broken: str) -> None:
    damage, reason = TABLES[broken]
    async with recorded(*PROGRAMS) as store:
        assert reason in await turned_down(store, PAKISTAN, FEED, damage(WHOLE), dated=DAY)


@pytest.mark.parametrize(
    ("document", "dated", "reason"),
    [
        pytest.param(WHOLE, None, "say the day of which it speaks", id="no day"),
        pytest.param(
            download(site(NUMBER, "PK"), header=HEADER[:16]),
            DAY,
            "is_closed is missing",
            id="short",
        ),
        pytest.param(download(), DAY, "it has 0 rows", id="empty"),
    ],
)
async def test_what_is_no_such_download_changes_nothing(
    document: bytes, dated: str | None, reason: str
) -> None:
    async with recorded(*PROGRAMS) as store:
        assert reason in await turned_down(store, PAKISTAN, FEED, document, dated=dated)


async def test_contacts_are_kept_and_told_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    documents = [WHOLE, WHOLE.replace(NUMBER.encode(), b"PK0"), WHOLE.partition(b"\n")[2] * 2]
    reports = await assert_nowhere(tmp_path, caplog, PAKISTAN, FEED, documents, dated=DAY)
    assert [len(report.added) for report in reports] == [2, 0]
