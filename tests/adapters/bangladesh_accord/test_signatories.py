"""The Bangladesh Accord's signatories: who signed which version, and what is not read."""

from itertools import permutations
from pathlib import Path
from typing import Final

import pytest

from hub.sync.intake import Outcome
from tests.adapters.documents import PAGES, aside, html, outcome, recorded, tag, turned_down
from tests.adapters.planted import EMAIL, PERSON, PHONE, assert_nowhere
from tests.adapters.signing import signed, since, told
from tests.sync.steps import ask

pytestmark = pytest.mark.anyio

BANGLADESH: Final = "bangladesh-accord"
PROGRAMS: Final = ("international-accord", BANGLADESH)
TITLE: Final = "Signatories to the Accord on Fire and Building Safety in Bangladesh"
COUNTRIES: Final = {"Sweden": ["H&amp;M", "KappAhl"], "Australia": ["Kmart Australia"]}
WHOLE: Final = signed(TITLE, COUNTRIES)
DEKKO: Final = "wsr:ws-dekko-garments"


@pytest.mark.parametrize(
    ("title", "dated", "agreement"),
    [
        (TITLE, "2014-02-20", "wsr:accord-2013"),
        (TITLE, "2020-02-20", "wsr:accord-2018"),
        (TITLE, "2026-11-01", "wsr:bd-2023"),
        (f"{TITLE}, 2013", "2017-09-01", "wsr:accord-2013"),
        (f"{TITLE}: Transition Accord", "2017-09-01", "wsr:accord-2018"),
    ],
    ids=["2013", "2018", "2023", "both open: the first", "both open: the second"],
)
def test_which_version_a_page_is_of(title: str, dated: str, agreement: str) -> None:
    companies = ("wsr:hm", "wsr:kappahl", "wsr:kmartau")
    assert told(BANGLADESH, signed(title, COUNTRIES), dated=dated) == {
        (company, agreement) for company in companies
    }


async def test_a_signature_binds_from_the_day_of_the_page_and_before_it_nobody_knows() -> None:
    async with recorded(*PROGRAMS) as store:
        before = await ask(store, DEKKO, "2026-11-22", buyer="wsr:kappahl")
        assert before == "UNKNOWN RENEWAL_UNKNOWN"
        await outcome(store, BANGLADESH, "signatories", WHOLE, dated="2026-07-20")
        asked = [
            await ask(store, DEKKO, day, buyer="wsr:kappahl")
            for day in ("2026-07-19", "2026-07-20", "2026-11-22")
        ]
    good = "ELIGIBLE IN_GOOD_STANDING"
    assert asked == ["UNKNOWN DATE_PRECISION", good, good]


@pytest.mark.parametrize("days", [*permutations(("2024-01-15", "2025-03-01", "2026-11-15"))])
async def test_of_pages_in_any_order_the_earliest_day_counts(days: tuple[str, ...]) -> None:
    """A later page tells nothing new of the same signature, and costs no fact."""
    async with recorded(*PROGRAMS) as store:
        for day in days:
            await outcome(store, BANGLADESH, "signatories", WHOLE, dated=day)
        assert await since(store, "wsr:kappahl") == ["../2024-01-15"]


async def test_the_same_page_again_changes_nothing_whatever_the_order_of_its_rows() -> None:
    shuffled = {"Australia": ["Kmart Australia"], "Sweden": ["KappAhl", "H&amp;M", "\u200fH&amp;M"]}
    async with recorded(*PROGRAMS) as store:
        await outcome(store, BANGLADESH, "signatories", WHOLE, dated="2026-11-01")
        report = await outcome(
            store, BANGLADESH, "signatories", signed(TITLE, shuffled), dated="2026-11-20"
        )
    assert (report.outcome, report.problems) == (Outcome.UNCHANGED, [])


async def test_a_page_that_shrinks_ends_no_signature() -> None:
    """Whether a company left, and when, no page tells: its operator says so."""
    async with recorded(*PROGRAMS) as store:
        await outcome(store, BANGLADESH, "signatories", WHOLE, dated="2026-11-01")
        half = signed(TITLE, {"Australia": ["Kmart Australia"]})
        report = await outcome(store, BANGLADESH, "signatories", half, dated="2026-11-20")
        assert (report.outcome, report.ended) == (Outcome.UNCHANGED, [])


@pytest.mark.parametrize(
    ("countries", "code", "message"),
    [
        ({"Sweden": ["H&amp;M", "Example AG"]}, "UNKNOWN_NAME", "nobody has said who 'Example AG'"),
        ({"Australia": ["H&amp;M", "Target"]}, "UNKNOWN_NAME", "nobody has said who 'Target' at"),
        ({"Unions": ["Example Union"], "Sweden": ["H&amp;M"]}, None, ""),
        (
            {"Sweden": ["H&amp;M"], "Unions": ["Example"]},
            "NEEDS_PERSON",
            "it stands in bold and is",
        ),
    ],
    ids=["unknown", "a short name", "other names before the first country", "unions"],
)
async def test_names_that_nobody_knows_are_set_aside(
    countries: dict[str, list[str]], code: str | None, message: str
) -> None:
    page = signed(TITLE, countries)
    async with recorded(*PROGRAMS) as store:
        report = await outcome(
            store, BANGLADESH, "signatories", page, dated="2026-11-01", confirmed=True
        )
    assert [each for _, each in aside(report)] == ([code] if code else [])
    assert [each.what for each in report.added] == ["wsr:hm"]
    assert all(problem.message.startswith(message) for problem in report.problems)


async def test_a_company_under_two_countries_is_set_aside() -> None:
    page = signed(TITLE, COUNTRIES | {"Denmark": ["H&amp;M"]})
    async with recorded(*PROGRAMS) as store:
        report = await outcome(
            store, BANGLADESH, "signatories", page, dated="2026-11-01", confirmed=True
        )
    assert [code for _, code in aside(report)] == ["CONTRADICTION"] * 2
    assert len(report.added) == 2


@pytest.mark.parametrize("broken", PAGES)
async def test_a_broken_page_changes_nothing(broken: str) -> None:
    damage, reason = PAGES[broken]
    async with recorded(*PROGRAMS) as store:
        page = damage(WHOLE)
        reply = await turned_down(store, BANGLADESH, "signatories", page, dated="2026-11-01")
    assert reason in reply


@pytest.mark.parametrize(
    ("page", "dated", "reason"),
    [
        pytest.param(WHOLE, None, "say the day of which it speaks", id="no day"),
        pytest.param(WHOLE, "2017-09-01", "it may be of wsr:accord-2013 or", id="two versions"),
        pytest.param(WHOLE, "2022-09-01", "it may be of no agreement of the", id="no version"),
        pytest.param(
            signed("Signatories to the Pakistan Accord", COUNTRIES),
            "2026-11-01",
            "it is filtered by Pakistan: the agreement of another program",
            id="another country agreement",
        ),
        pytest.param(
            signed("Signatories to the Accord", COUNTRIES),
            "2026-11-01",
            "no heading of it says Bangladesh",
            id="no country agreement",
        ),
        pytest.param(
            html(tag("h1", TITLE), tag("li", "H&M", "KappAhl")),
            "2026-11-01",
            "no country stands in bold in it",
            id="another layout",
        ),
        pytest.param(
            signed(TITLE, {"Sweden": []}), "2026-11-01", "it has 0 rows", id="no companies"
        ),
        pytest.param(
            signed(TITLE, {"Sweden": [f"Example {n}" for n in range(9)] + ["KappAhl"]}),
            "2026-11-01",
            "9 of 10 rows were set aside",
            id="unknown names",
        ),
        pytest.param(
            signed(TITLE, COUNTRIES), "2026-12-01", "which is yet to come", id="a day to come"
        ),
    ],
)
async def test_what_is_no_such_page_changes_nothing(
    page: bytes, dated: str | None, reason: str
) -> None:
    async with recorded(*PROGRAMS) as store:
        assert reason in await turned_down(store, BANGLADESH, "signatories", page, dated=dated)


async def test_contacts_are_kept_and_told_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    form = f"<form><p>{PERSON} {PHONE} {EMAIL}</p></form><footer>{PERSON}: {EMAIL}</footer>"
    below = f"<p><b>Sweden</b><br>{EMAIL}, {PHONE}</p><p><b>{EMAIL}</b></p>"
    reports = await assert_nowhere(
        tmp_path,
        caplog,
        BANGLADESH,
        "signatories",
        [signed(TITLE, COUNTRIES, form), signed(TITLE, COUNTRIES, form, below)],
        dated="2026-11-01",
    )
    assert [len(report.problems) for report in reports] == [0, 2]
