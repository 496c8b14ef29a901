"""The page of participating buyers and growers: what it says, and what becomes of a broken one."""

from collections.abc import Sequence
from typing import Final

import pytest

from adapters.kit.names import FILE
from adapters.kit.parsed import ProblemCode
from adapters.kit.tables import tables
from graph_schema.agreements import Signature
from graph_schema.codes import Role
from graph_schema.parties import Organization
from graph_schema.standing import Standing
from hub.store.port import Store
from hub.sync.intake import Outcome
from tests.adapters.documents import (
    PAGES,
    Damage,
    adapter,
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
FEED: Final = "participants"
FLORIDA: Final = (
    "Ag-Mart",
    "Kern Carpenter Farms",
    "Lipman Family Farms",
    "Pacific Tomato Growers",
    "Alderman Farms",
)
BUYERS: Final = ("Aramark", "Bon Appétit Management Company", "Walmart")
DAY: Final = "Updated November 16, 2026"


def shown(
    *groups: str, buyers: Sequence[str] = BUYERS, day: str = DAY, growers: Sequence[str] = FLORIDA
) -> bytes:
    """Return the page, with further groups in markup behind the growers of Florida."""
    return html(
        "<nav><ul><li>About</li><li>Donate</li></ul></nav>",
        tag("h1", "Fair Food Program: Participating Buyers and Growers"),
        tag("p", "Who takes part in the program.", day),
        tag("h2", "Participating Growers"),
        tag("p", "These growers have agreed to the Code."),
        tag("h3", "Tomatoes - Florida"),
        f"<ul>{tag('li', *growers)}</ul>",
        *groups,
        tag("h2", "Participating Buyers"),
        f"<ul>{tag('li', *buyers)}</ul>",
        "<footer><p>Contact us</p></footer>",
    )


async def bought(store: Store, grower: str, on: str, product: str = "tomatoes") -> str:
    """Return whether Walmart may buy from a grower on a day."""
    return await ask(store, f"wsr:{grower}", on, buyer="wsr:walmart", product=product)


async def test_a_name_on_the_page_is_a_sighting_on_its_day() -> None:
    async with recorded(FFP) as store:
        assert await bought(store, "ag-mart", "2026-11-20") == "UNKNOWN STALE_EVIDENCE"
        report = await outcome(store, FFP, FEED, shown())
        assert (report.outcome, len(report.added), aside(report)) == (Outcome.APPLIED, 5, [])
        assert await bought(store, "ag-mart", "2026-11-16") == "ELIGIBLE IN_GOOD_STANDING"
        assert await bought(store, "ag-mart", "2026-11-15") == "UNKNOWN STALE_EVIDENCE"
        assert await bought(store, "ag-mart", "2027-12-21") == "ELIGIBLE IN_GOOD_STANDING"
        assert await bought(store, "ag-mart", "2027-12-22") == "UNKNOWN STALE_EVIDENCE"


async def test_a_state_reaches_no_further_than_its_crop_and_its_state() -> None:
    peppers = tag("h3", "Peppers – Georgia") + tag("li", "Kern Carpenter Farms")  # noqa: RUF001
    async with recorded(FFP) as store:
        await outcome(store, FFP, FEED, shown(peppers))
        states = {
            (row["state"], *(row["regions"]), row["observed"], row["since"])
            for row in await facts(store, Standing, "subject", "wsr:kern-carpenter")
            if row["feed"] == FEED
        }
        assert states == {
            ("participating", "US-FL", "2026-11-16", None),
            ("participating", "US-GA", "2026-11-16", None),
        }
        fruit = await bought(store, "lipman", "2026-11-20", "strawberries")
        assert fruit.startswith("UNKNOWN")


@pytest.mark.parametrize(
    ("day", "dated", "observed"),
    [
        ("Updated November 16, 2026", None, "2026-11-16"),
        ("Last updated on 16 November 2026.", None, "2026-11-16"),
        ("As of 2026-11-16", None, "2026-11-16"),
        ("List updated October 2026", None, "2026-10"),
        ("List updated October 2026", "2026-10-12", "2026-10-12"),
        ("Updated each week", "2026-10-12", "2026-10-12"),
        ("Updated 10.02.2026", "2026-10-02", "2026-10-02"),
    ],
)
def test_its_day_is_as_exact_as_it_is_printed_or_given(
    day: str, dated: str | None, observed: str
) -> None:
    found = intake(FFP, FEED, shown(day=day), dated=dated)
    assert {line.fact.model_dump(mode="json")["observed"] for line in found.lines} == {observed}


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


async def test_who_is_missing_on_a_page_has_not_left() -> None:
    async with recorded(FFP) as store:
        await outcome(store, FFP, FEED, shown(tag("h3", "Peaches - Colorado")))
        other = tuple(name for name in FLORIDA if name != "Ag-Mart")
        page = shown(growers=(*other, "Lady Moon Farms"), day="Updated November 18, 2026")
        report = await outcome(store, FFP, FEED, page)
        assert (report.outcome, report.ended) == (Outcome.APPLIED, [])
        assert await bought(store, "ag-mart", "2026-11-20") == "ELIGIBLE IN_GOOD_STANDING"


async def test_an_older_page_changes_nothing_newer() -> None:
    async with recorded(FFP) as store:
        await outcome(store, FFP, FEED, shown())
        days = ("2026-11-16", "2027-12-21", "2027-12-22")
        before = [await bought(store, "ag-mart", day) for day in days]
        await outcome(store, FFP, FEED, shown(day="Updated March 2, 2026"))
        assert [await bought(store, "ag-mart", day) for day in days] == before
        assert await bought(store, "ag-mart", "2026-03-02") == "ELIGIBLE IN_GOOD_STANDING"


async def test_names_in_the_line_of_their_group_are_read_one_by_one() -> None:
    growers = (
        "<p><b>Strawberries - Florida:</b> Lady Moon Farms, Example Berries, Inc., "
        "Kern&nbsp;Carpenter Farms</p><p>Sweet corn - Colorado: Tuxedo Corn Company; Ag-Mart</p>"
    )
    found = intake(FFP, FEED, shown(growers))
    told = [line.fact for line in found.lines if line.about.row in {12, 13}]
    assert [
        (fact.subject, fact.products, fact.regions) for fact in told if isinstance(fact, Standing)
    ] == [
        ("wsr:lady-moon", ("Strawberries",), ("US-FL",)),
        ("wsr:kern-carpenter", ("Strawberries",), ("US-FL",)),
        ("wsr:tuxedo-corn", ("Sweet corn",), ("US-CO",)),
        ("wsr:ag-mart", ("Sweet corn",), ("US-CO",)),
    ]
    assert ["Example Berries, Inc." in each.message for each in found.problems] == [True]


async def test_headings_may_be_bold_or_end_in_a_colon_and_names_may_carry_invisible_marks() -> None:
    group = "<p><strong>Peaches - Colorado:</strong></p><p>\u200fRancho\u202e Durazno\u2069</p>"
    async with recorded(FFP) as store:
        report = await outcome(store, FFP, FEED, shown(group))
        assert (len(report.added), aside(report)) == (6, [])
        assert await bought(store, "rancho-durazno", "2026-11-20", "peaches") == (
            "ELIGIBLE IN_GOOD_STANDING"
        )


@pytest.mark.parametrize(
    ("markup", "problem"),
    [
        (tag("li", "Example Growers"), (12, ProblemCode.UNKNOWN_NAME)),
        (tag("li", "Lipmann Family Farm"), (12, ProblemCode.UNKNOWN_NAME)),
        (
            tag("h3", "Cut flowers - Chile") + tag("li", "Bloomia"),
            (12, ProblemCode.NEEDS_PERSON),
        ),
        (tag("h3", "Tomatoes Georgia") + tag("li", "Ag-Mart"), (12, ProblemCode.NEEDS_PERSON)),
        (
            tag("h3", "Dragon fruit - Florida") + tag("li", "Ag-Mart"),
            (13, ProblemCode.UNKNOWN_PRODUCT),
        ),
        (tag("h3", f"{'x' * 90} - Florida") + tag("li", "Ag-Mart"), (13, "INVALID_INPUT")),
        (
            tag("h2", "More growers") + tag("p", "Some words.") + tag("li", "Ag-Mart"),
            (14, ProblemCode.NEEDS_PERSON),
        ),
    ],
    ids=[
        "nobody known",
        "almost a name",
        "another country",
        "no dash",
        "unknown crop",
        "long crop",
        "no group",
    ],
)
async def test_what_is_not_certain_is_set_aside_and_takes_no_other_along(
    markup: str, problem: tuple[int, str]
) -> None:
    async with recorded(FFP) as store:
        report = await outcome(store, FFP, FEED, shown(markup), confirmed=True)
        assert aside(report) == [problem]
        assert {change.what for change in report.added} == {
            "wsr:ag-mart",
            "wsr:alderman",
            "wsr:kern-carpenter",
            "wsr:lipman",
            "wsr:pacific-tomato",
        }


async def test_a_first_heading_of_another_country_is_not_passed_over() -> None:
    page = shown().replace(b"<h2>Participating Growers", b"<h3>Flowers - Chile</h3><h2>Growers")
    assert [each.code for each in intake(FFP, FEED, page).problems] == [ProblemCode.NEEDS_PERSON]


async def test_a_buyer_whose_signature_is_recorded_says_nothing_new() -> None:
    async with recorded(FFP) as store:
        before = await facts(store, Signature, "organization", "wsr:walmart")
        report = await outcome(store, FFP, FEED, shown())
        assert (aside(report), report.outcome) == ([], Outcome.APPLIED)
        assert await facts(store, Signature, "organization", "wsr:walmart") == before
        assert await bought(store, "ag-mart", "2012-06-01") == "NOT_BOUND NO_SIGNATURE"


@pytest.mark.parametrize(
    "heading", ["<h2>Participating Buyers</h2>", "<p>Participating Buyers</p>"]
)
async def test_a_buyer_without_a_recorded_signature_waits_for_it(heading: str) -> None:
    """A documented non-signatory on the page is news for a person, never a signature."""
    page = shown(buyers=(*BUYERS, "Kroger", "Example Grocer"))
    page = page.replace(b"<h2>Participating Buyers</h2>", heading.encode())
    async with recorded(FFP) as store:
        report = await outcome(store, FFP, FEED, page, confirmed=True)
        unknown = ProblemCode.UNKNOWN_NAME
        assert aside(report) == [(16, unknown), (17, unknown)]
        assert "bound by its own agreement from its own day" in report.problems[0].message
        [known] = await facts(store, Signature, "organization", "wsr:kroger")
        assert not known["signed"]


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
