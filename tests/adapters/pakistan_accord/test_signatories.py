"""The Pakistan Accord's signatories: the filtered page, and what is not read."""

from typing import Final

import pytest

from tests.adapters.documents import PAGES, outcome, recorded, turned_down
from tests.adapters.signing import signed, since, told

pytestmark = pytest.mark.anyio

PAKISTAN: Final = "pakistan-accord"
PROGRAMS: Final = ("international-accord", PAKISTAN)
TITLE: Final = "Signatories: Pakistan"
COUNTRIES: Final = {"Switzerland": ["Lorenz Bach"], "Germany": ["Puma", "Lomotex GmbH & Co. KG"]}
WHOLE: Final = signed(TITLE, COUNTRIES)


@pytest.mark.parametrize(
    ("title", "dated", "agreement"),
    [
        (TITLE, "2024-06-01", "wsr:pk-2023"),
        (TITLE, "2026-06-01", "wsr:pk-2026"),
        (f"{TITLE} extension", "2026-02-20", "wsr:pk-2026"),
    ],
)
def test_which_version_a_page_is_of(title: str, dated: str, agreement: str) -> None:
    companies = ("wsr:lorenzbach", "wsr:puma", "wsr:lomotex")
    assert told(PAKISTAN, signed(title, COUNTRIES), dated=dated) == {
        (company, agreement) for company in companies
    }


async def test_a_signature_of_the_page_is_recorded_and_a_repeated_row_counts_once() -> None:
    twice = signed(TITLE, {"Switzerland": ["Lorenz Bach", "LORENZ BACH"]})
    async with recorded(*PROGRAMS) as store:
        report = await outcome(store, PAKISTAN, "signatories", twice, dated="2026-11-20")
        assert (len(report.added), report.problems) == (1, [])
        assert await since(store, "wsr:lorenzbach") == ["../2026-11-20"]


@pytest.mark.parametrize("broken", PAGES)
async def test_a_broken_page_changes_nothing(broken: str) -> None:
    damage, reason = PAGES[broken]
    async with recorded(*PROGRAMS) as store:
        page = damage(WHOLE)
        reply = await turned_down(store, PAKISTAN, "signatories", page, dated="2026-11-01")
    assert reason in reply


@pytest.mark.parametrize(
    ("title", "dated", "reason"),
    [
        ("Signatories: Bangladesh", "2026-11-01", "it is filtered by Bangladesh"),
        ("Signatories", "2026-11-01", "no heading of it says Pakistan"),
        (TITLE, "2026-02-20", "it may be of wsr:pk-2023 or wsr:pk-2026"),
        (TITLE, "2022-01-01", "it may be of no agreement of the program"),
        (TITLE, None, "say the day of which it speaks"),
    ],
)
async def test_what_is_no_such_page_changes_nothing(
    title: str, dated: str | None, reason: str
) -> None:
    page = signed(title, COUNTRIES)
    async with recorded(*PROGRAMS) as store:
        assert reason in await turned_down(store, PAKISTAN, "signatories", page, dated=dated)
