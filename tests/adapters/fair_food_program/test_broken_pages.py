"""Pages that are broken, undated, not believable or nothing new change nothing."""

import pytest

from adapters.kit.names import FILE
from adapters.kit.tables import tables
from graph_schema.agreements import Signature
from graph_schema.codes import Role
from graph_schema.parties import Organization
from hub.sync.intake import Outcome
from tests.adapters.documents import (
    PAGES,
    Damage,
    adapter,
    outcome,
    recorded,
    turned_down,
    unchanged,
)
from tests.adapters.fair_food_program.pages import FEED, FFP, FLORIDA, shown

pytestmark = pytest.mark.anyio


async def test_a_month_that_is_not_over_yet_needs_the_day() -> None:
    async with recorded(FFP) as store:
        page = shown(day="Updated November 2026")
        why = await turned_down(store, FFP, FEED, page)
        assert why.startswith("it is dated 2026-11-30, which is yet to come; give the day")
        report = await outcome(store, FFP, FEED, page, dated="2026-11-18")
        assert report.outcome is Outcome.APPLIED


@pytest.mark.parametrize(
    ("day", "dated", "why"),
    [
        ("", None, "no day of its own can be read in it; say the day"),
        ("Updated 10.02.2026", None, "no day of its own can be read in it; say the day"),
        ("Updated October 2026", "2026-11-02", "it prints 2026-10 as its day, which does not"),
        ("As of May 2026</p><p>Updated June 2026", None, "the page says both 2026-05 and 2026-06"),
    ],
    ids=["none", "ambiguous", "another than given", "two"],
)
async def test_a_page_of_no_certain_day_is_refused(day: str, dated: str | None, why: str) -> None:
    page = shown(day="@").replace(b"@", day.encode())
    async with recorded(FFP) as store:
        assert why in await turned_down(store, FFP, FEED, page, dated=dated)


async def test_the_same_page_again_changes_nothing_nor_does_one_in_another_order() -> None:
    async with recorded(FFP) as store:
        await outcome(store, FFP, FEED, shown())
        async with unchanged(store):
            again = await outcome(store, FFP, FEED, shown())
            shuffled = shown(growers=FLORIDA[::-1])
            assert (await outcome(store, FFP, FEED, shuffled)).outcome is Outcome.UNCHANGED
            doubled = shown(growers=FLORIDA * 2)
            assert (await outcome(store, FFP, FEED, doubled)).outcome is Outcome.UNCHANGED
        assert (again.outcome, again.unchanged) == (Outcome.UNCHANGED, 5)


@pytest.mark.parametrize("damage", PAGES.values(), ids=PAGES)
async def test_a_broken_page_is_refused(damage: tuple[Damage, str]) -> None:
    broken, why = damage
    async with recorded(FFP) as store:
        assert f"document-1: {why}" in await turned_down(store, FFP, FEED, broken(shown()))


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (
            shown().replace(b"Tomatoes - Florida", b"Tomatoes"),
            "no heading of the page names a crop",
        ),
        (shown(growers=FLORIDA[:2]), "it has 2 rows; 5 to 5,000 are believable"),
        (
            shown(growers=(*FLORIDA, *(f"Example Farm {number}" for number in range(5)))),
            "5 of 10 rows were set aside, more than 5%",
        ),
        (
            shown(growers=[f"Example Farm {number}" for number in range(5_001)]),
            "it has 5,001 rows; 5 to 5,000 are believable",
        ),
    ],
    ids=["no groups", "few names", "half unknown", "far too many"],
)
async def test_a_page_that_is_not_believable_changes_nothing(page: bytes, why: str) -> None:
    async with recorded(FFP) as store:
        assert why in await turned_down(store, FFP, FEED, page)


def test_each_judged_name_is_a_spelling_of_the_record_and_each_buyer_signed() -> None:
    """A buyer that is passed over must have its signature in the record."""
    told = [line.fact for line in adapter(FFP).record().lines]
    parties = [fact for fact in told if isinstance(fact, Organization)]
    signed = {fact.organization for fact in told if isinstance(fact, Signature) and fact.signed}
    spelled = {
        (spelling, party.reference)
        for party in parties
        if Role.SUPPLIER in party.roles or party.reference in signed
        for spelling in (party.name, *party.aliases)
    }
    [table] = tables((adapter(FFP).folder / FILE).read_bytes())
    judged = {(cells["name"], cells["reference"]) for _, cells in table.rows}
    assert judged <= spelled
    assert signed <= {reference for _, reference in judged}
