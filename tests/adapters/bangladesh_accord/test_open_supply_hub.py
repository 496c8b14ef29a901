"""Open Supply Hub downloads in Bangladesh: sites and links, never a standing, nobody unmasked."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from adapters.bangladesh_accord import open_supply_hub
from adapters.kit.names import Names, Reading
from graph_schema.parties import Worksite
from graph_schema.sourcing import SourcingLink
from graph_schema.standing import Standing
from hub.sync.intake import Outcome
from tests.adapters.documents import (
    TABLES,
    adapter,
    aside,
    intake,
    outcome,
    recorded,
    turned_down,
    unchanged,
)
from tests.adapters.lists import merged, quoted
from tests.adapters.planted import PLANTED, assert_nowhere
from tests.adapters.platform import CLAIMS, CORE, HEADER, PARTNERS, download, site, workbook
from tests.sync.steps import ask, bring, facts, held

pytestmark = pytest.mark.anyio

BANGLADESH: Final = "bangladesh-accord"
FEED: Final = "open_supply_hub"
PROGRAMS: Final = ("international-accord", BANGLADESH)
DAY: Final = "2026-11-01"
DEKKO: Final = "BD2020021QK28YZ"
OTHER: Final = "BD2021113R7R87P"
THIRD: Final = "BD201915877ME2J"
WHOLE: Final = download(site(OTHER), site(THIRD))


def test_the_shape_is_the_published_one() -> None:
    assert (len(CORE), len(CLAIMS), len(PARTNERS)) == (16, 34, 8)


@pytest.mark.parametrize("make", [download, workbook])
async def test_a_site_in_the_program_is_described_with_its_number(
    make: Callable[..., bytes],
) -> None:
    document = make(
        site(OTHER, claim_name_in_native_language="Example Alias", number_of_workers="900|1-99"),
        site(THIRD, lat="", lng=""),
    )
    async with recorded(*PROGRAMS) as store:
        report = await outcome(store, BANGLADESH, FEED, document, dated=DAY)
        assert (report.outcome, report.problems) == (Outcome.APPLIED, [])
        [found] = await facts(store, Worksite, "reference", f"os:{OTHER}")
        [third] = await facts(store, Worksite, "reference", f"os:{THIRD}")
    assert (found["name"], found["country"], found["address"], found["aliases"]) == (
        "Example Site 87P", "BD", "1 Example Road", ["Example Alias"],
    )  # fmt: skip
    assert (found["latitude"], found["longitude"], found["workers"]) == (24.25, 90.39, None)
    assert (third["latitude"], third["workers"]) == (None, 5300)


async def test_flags_of_the_platform_are_told_and_change_no_standing() -> None:
    """Closed, present, a grievance mechanism: none of them is the program's word."""
    document = download(
        site(DEKKO, closed="True", presence="No|Yes"), site(OTHER, closed="True"), site(THIRD)
    )
    async with recorded(*PROGRAMS) as store:
        before = await ask(store, f"os:{DEKKO}", "2026-11-21", buyer="wsr:hm")
        report = await outcome(store, BANGLADESH, FEED, document, dated=DAY)
        assert before == "ELIGIBLE IN_GOOD_STANDING"
        assert await ask(store, f"os:{DEKKO}", "2026-11-21", buyer="wsr:hm") == before
        assert await ask(store, f"os:{OTHER}", "2026-11-21", buyer="wsr:hm") == (
            "UNKNOWN NO_EVIDENCE"
        )
        assert await facts(store, Standing, "subject", f"os:{OTHER}") == []
    assert report.notes == [
        f"the platform flags 2 sites as closed (os:{DEKKO}, os:{OTHER}); that is no standing, and "
        "changes no verdict: only the program says so",
        f"the platform flags 3 sites as in the program (os:{DEKKO}, os:{OTHER}, os:{THIRD}); that "
        "is no standing, and changes no verdict: only the program says so",
    ]


async def test_what_the_program_describes_itself_stays_as_it_says() -> None:
    """A closing that its operator told would else be lost with the platform's description."""
    told = {"reference": f"os:{OTHER}", "name": "Example Own", "closedOn": "2026-01-01"}
    document = download(site(OTHER), site(DEKKO, name="Example Platform Name"))
    async with recorded(*PROGRAMS) as store:
        await bring(store, {"program": BANGLADESH, "worksite": told}, at="2026-02-01")
        async with unchanged(store):
            report = await outcome(store, BANGLADESH, FEED, document, dated=DAY)
        assert (report.outcome, report.unchanged) == (Outcome.UNCHANGED, 2)
        assert await ask(store, f"os:{OTHER}", "2026-11-21", buyer="wsr:hm") == "CLOSED CLOSED"


@pytest.mark.parametrize("old", ["BD2019086HB8VVT", "BD2024197QKS136"])
async def test_a_merged_number_is_the_site_into_which_it_was_merged(old: str) -> None:
    document = download(site(old, contributors="KappAhl"))
    async with recorded(*PROGRAMS) as store:
        await outcome(store, BANGLADESH, FEED, document, dated=DAY)
        links = await facts(store, SourcingLink, "supplier", f"os:{DEKKO}")
        brought = [link for link in links if link["feed"] == FEED]
        assert [(link["since"], link["published"]) for link in brought] == [(f"../{DAY}", True)]
        assert "covered" in await held(store, f"os:{old}", "2026-11-01")


MASKED: Final = ("other", "abrandretailer", "anauditor", "18brandsretailers", "hmclaimed")
"""What a person might have judged, as names are compared."""


def test_masked_contributors_stay_masked_and_an_owner_is_no_buyer() -> None:
    """Not even a judged name unmasks: the mask may hide a union."""
    masked = ("Other", "A Brand / Retailer", "An Auditor", "18 Brands / Retailers", "KappAhl")
    judged = {(name, ""): "wsr:hm" for name in MASKED}
    names = Names({**adapter(BANGLADESH).names.judged, **judged})
    listed = "|".join((*masked, "H&M (Claimed)", "KappAhl", "Example AG"))
    document = download(site(OTHER, contributors=listed))
    parsed = open_supply_hub(document, Reading(BANGLADESH, names, dated=date.fromisoformat(DAY)))
    links = [line.fact for line in parsed.lines if isinstance(line.fact, SourcingLink)]
    assert [link.buyer for link in links] == ["wsr:kappahl"]


@pytest.mark.parametrize(
    ("row", "note"),
    [
        (site("PK2021354NCSQ0X", "PK"), "1 rows were left out: they are not in BD"),
        (site(OTHER, presence="No"), "1 rows were left out: nothing shows them in the program"),
        (site(OTHER, presence=""), "1 rows were left out: nothing shows them in the program"),
    ],
)
def test_a_site_that_does_not_concern_the_program_is_left_out(
    row: dict[str, str], note: str
) -> None:
    found = intake(BANGLADESH, FEED, download(row, site(THIRD)), dated=DAY)
    assert (len(found.lines), found.problems, found.notes[-1]) == (1, [], note)


ACCEPTED: Final = (
    "BD2021113R7R87P", "BD20202686CK76C", "BD2026083J17380", "BD2020052SV22HT", "BD2020212VEDNJC",
    "LK2019083BRANDX", "bd2020021qk28yz", "BD 2020021-QK28YZ",
)  # fmt: skip
REJECTED: Final = (
    "BD2020052SQBIRI", "BD2019083EPYKNT", "BD2019083TUSDNM", "BD2019083AKHFSH", "BD2019083DEKKNW",
    "IN2019083ARVAHM", "IN2019083ARVARS", "IN2019083SHAHIX", "IN2019083TEXIND", "IN2019083GOKEXP",
    "IN2019083KPRMLL", "IN2019083CLSPOL", "IN2019083SPAPPX", "IN2019083ORCRAFT", "IN2019083ADBFMX",
    "LK2019083HRDAPP", "LK2019083MIAMCL", "LK2019083MASTHR", "LK2019083HELAIN", "LK2019083SLIMLX",
    "LK2019083MASKRD", "LK2019083MASTRD", "LK2019083FSTBBY", "BD2020021QK28YX", "BD2020021QK28Y",
    "XX2020021QK28YZ", "",
)  # fmt: skip
"""Numbers of public copies, real and invented, and what became of each."""


@pytest.mark.parametrize("number", ACCEPTED)
def test_numbers_that_are_taken(number: str) -> None:
    found = intake(BANGLADESH, FEED, download(site(number)), dated=DAY)
    assert (len(found.lines), found.problems) == (1, [])


@pytest.mark.parametrize("number", REJECTED)
def test_numbers_that_are_set_aside(number: str) -> None:
    found = intake(BANGLADESH, FEED, download(site(number)), dated=DAY)
    [problem] = found.problems
    assert (found.lines, problem.code, problem.column) == ([], "INVALID_REFERENCE", "os_id")


@pytest.mark.parametrize(
    ("bad", "code", "column"),
    [
        (site(OTHER, name=""), "INVALID_INPUT", "name"),
        (site(OTHER, lat="240"), "INVALID_INPUT", "latitude"),
        (site(OTHER, lat="north"), "INVALID_INPUT", "latitude"),
        (site(OTHER, closed="perhaps"), "INVALID_INPUT", "is_closed"),
        (site(OTHER, presence="Yes|maybe"), "INVALID_INPUT", PARTNERS[1]),
        (site(OTHER, address="1\x1b"), "INVALID_INPUT", "address"),
    ],
    ids=["no name", "out of the world", "no number", "closed", "presence", "control character"],
)
async def test_a_bad_row_is_set_aside_and_takes_no_other_along(
    bad: dict[str, str], code: str, column: str
) -> None:
    document = download(bad, site(THIRD))
    async with recorded(*PROGRAMS) as store:
        report = await outcome(store, BANGLADESH, FEED, document, confirmed=True, dated=DAY)
    assert (aside(report), report.problems[0].column) == ([(2, code)], column)
    assert len(report.added) == 1


async def test_rows_that_repeat_or_contradict_each_other() -> None:
    async with recorded(*PROGRAMS) as store:
        twice = download(site(OTHER), site(THIRD), site(OTHER))
        report = await outcome(store, BANGLADESH, FEED, twice, dated=DAY)
        assert (len(report.added), report.problems) == (2, [])
        shuffled = download(site(THIRD), site(OTHER))
        assert (
            await outcome(store, BANGLADESH, FEED, shuffled, dated=DAY)
        ).outcome is Outcome.UNCHANGED
        against = download(site(OTHER, name="Example One"), site(OTHER, name="Example Two"))
        report = await outcome(store, BANGLADESH, FEED, against, confirmed=True, dated=DAY)
        assert {code for _, code in aside(report)} == {"CONTRADICTION"}
        half = await outcome(store, BANGLADESH, FEED, download(site(THIRD)), dated=DAY)
        assert (half.outcome, half.ended) == (Outcome.UNCHANGED, [])


@pytest.mark.parametrize("broken", TABLES)
async def test_a_broken_table_changes_nothing(broken: str) -> None:
    damage, reason = TABLES[broken]
    async with recorded(*PROGRAMS) as store:
        assert reason in await turned_down(store, BANGLADESH, FEED, damage(WHOLE), dated=DAY)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        pytest.param(
            download(site(OTHER), header=tuple(c for c in HEADER if c != "is_closed")),
            "the column is_closed is missing",
            id="missing column",
        ),
        pytest.param(
            download(site(OTHER), header=("os_id", *CORE[2:8])),
            "the column contributor (list) is missing",
            id="the small download",
        ),
        pytest.param(
            WHOLE.replace(b"os_id", b"number", 1), "the name of column 1 is not known", id="renamed"
        ),
        pytest.param(
            quoted(("Facilities", *("" for _ in HEADER[1:])), HEADER),
            "the name of column 1 is not known",
            id="two header rows",
        ),
        pytest.param(merged(), "the cells A1:B1 are merged", id="merged cells"),
        pytest.param(download(), "it has 0 rows", id="empty"),
        pytest.param(
            download(site("PK2021354NCSQ0X", "PK")), "it has 0 rows", id="of another country"
        ),
        pytest.param(
            download(*(site(number) for number in REJECTED), site(OTHER)),
            "27 of 28 rows were set aside",
            id="invented numbers",
        ),
    ],
)
async def test_what_is_no_such_download_changes_nothing(document: bytes, reason: str) -> None:
    async with recorded(*PROGRAMS) as store:
        assert reason in await turned_down(store, BANGLADESH, FEED, document, dated=DAY)


async def test_contacts_and_numbers_of_the_monitor_are_kept_and_told_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    numbered = (*HEADER, "rsc_factory_number", "rsc_factory.number")
    internal = "90019001"
    mine = {"rsc_factory_number": internal, "rsc_factory.number": internal}
    inside = site(OTHER, address=f"1 Road, {PLANTED[0]} {PLANTED[1]}", name="Example", **mine)
    documents = [
        download(site(OTHER, **mine), header=numbered),
        download(site(REJECTED[0], **mine), header=numbered),
        download(inside, header=numbered),
        download(site(OTHER, closed=PLANTED[0], **mine), header=numbered),
        download(site(OTHER, lat=PLANTED[1], **mine), header=numbered),
        download(site(OTHER, **mine), header=numbered)[:-40],
        download(site(OTHER, **mine), header=numbered).partition(b"\n")[2],
    ]
    reports = await assert_nowhere(
        tmp_path, caplog, BANGLADESH, FEED, documents, planted=(*PLANTED, internal), dated=DAY
    )
    assert [len(report.added) for report in reports] == [1, 0, 0, 0, 0]
    assert len(reports[2].changed) == 1
