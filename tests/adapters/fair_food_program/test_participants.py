"""The page of participating buyers and growers: what it says, and what is set aside."""

import pytest

from adapters.kit.parsed import ProblemCode
from graph_schema.agreements import Signature
from graph_schema.standing import Standing
from hub.sync.intake import Outcome
from tests.adapters.documents import (
    aside,
    intake,
    outcome,
    recorded,
    tag,
)
from tests.adapters.fair_food_program.pages import BUYERS, FEED, FFP, FLORIDA, bought, shown
from tests.sync.steps import facts

pytestmark = pytest.mark.anyio


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


async def test_headings_before_the_lists_are_passed_over() -> None:
    page = shown().replace(b"<h1>", b"<h1>Welcome</h1><p>Worker-driven.</p><h1>", 1)
    found = intake(FFP, FEED, page)
    assert (len(found.lines), found.problems) == (len(FLORIDA), [])


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
