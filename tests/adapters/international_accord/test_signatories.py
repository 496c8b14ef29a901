"""The International Accord's signatories: the framework's own, none of a country agreement."""

from typing import Final

import pytest

from tests.adapters.documents import PAGES, outcome, recorded, turned_down
from tests.adapters.signing import signed, told
from tests.sync.steps import ask

pytestmark = pytest.mark.anyio

INTERNATIONAL: Final = "international-accord"
TITLE: Final = "International Accord signatories"
COUNTRIES: Final = {"Germany": ["Takko", "Olymp Bezner"], "Netherlands": ["Zeeman"]}
WHOLE: Final = signed(TITLE, COUNTRIES)


@pytest.mark.parametrize(
    ("dated", "agreement"), [("2022-06-01", "wsr:ia-2021"), ("2026-06-01", "wsr:ia-2023")]
)
def test_which_version_a_page_is_of(dated: str, agreement: str) -> None:
    companies = ("wsr:takko", "wsr:olymp", "wsr:zeeman")
    assert told(INTERNATIONAL, WHOLE, dated=dated) == {
        (company, agreement) for company in companies
    }


async def test_a_signature_of_the_framework_alone_binds_nowhere() -> None:
    async with recorded(INTERNATIONAL, "bangladesh-accord") as store:
        await outcome(store, INTERNATIONAL, "signatories", WHOLE, dated="2026-11-20")
        asked = await ask(store, "wsr:ws-dekko-garments", "2026-11-22", buyer="wsr:olymp")
        assert asked == "NOT_BOUND FRAMEWORK_ONLY"


@pytest.mark.parametrize("broken", PAGES)
async def test_a_broken_page_changes_nothing(broken: str) -> None:
    damage, reason = PAGES[broken]
    async with recorded(INTERNATIONAL) as store:
        page = damage(WHOLE)
        reply = await turned_down(store, INTERNATIONAL, "signatories", page, dated="2026-11-01")
    assert reason in reply


@pytest.mark.parametrize(
    ("title", "dated", "reason"),
    [
        (f"{TITLE}: Bangladesh", "2026-11-01", "it is filtered by Bangladesh"),
        (f"{TITLE}: Pakistan", "2026-11-01", "it is filtered by Pakistan"),
        ("Participating buyers", "2026-11-01", "it is not the page that the feed is about"),
        (TITLE, "2020-01-01", "it may be of no agreement of the program"),
        (TITLE, None, "say the day of which it speaks"),
    ],
)
async def test_what_is_no_such_page_changes_nothing(
    title: str, dated: str | None, reason: str
) -> None:
    page = signed(title, COUNTRIES)
    async with recorded(INTERNATIONAL) as store:
        assert reason in await turned_down(store, INTERNATIONAL, "signatories", page, dated=dated)
