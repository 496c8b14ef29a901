"""The yearly table of the Pakistan Accord's signatories: Yes, No, and what neither tells."""

from pathlib import Path
from typing import Final

import pytest

from graph_schema.agreements import Signature
from hub.sync.intake import Outcome
from tests.adapters.books import book
from tests.adapters.documents import TABLES, aside, intake, outcome, recorded, turned_down
from tests.adapters.lists import merged, quoted
from tests.adapters.planted import EMAIL, PERSON, PHONE, assert_nowhere
from tests.sync.steps import answer, ask, facts

pytestmark = pytest.mark.anyio

PAKISTAN: Final = "pakistan-accord"
PROGRAMS: Final = ("international-accord", PAKISTAN)
HEADER: Final = ("Company", "Year", "Pakistan Accord Signatory")
DAY: Final = "2026-11-01"
UNION: Final = "wsr:ws-union-fabrics"


def table(*told: str) -> bytes:
    """Return a table, each row told as `Walmart 2024 Yes`."""
    return quoted(HEADER, *(each.rsplit(" ", 2) for each in told))


WHOLE: Final = table("Carrefour 2024 Yes", "Walmart 2026 No")


def signatures(document: bytes) -> list[tuple[str, str, str, bool]]:
    """Return organisation, agreement, beginning and answer of each signature."""
    found = intake(PAKISTAN, "yearly", document, dated=DAY)
    assert found.problems == []
    told = [line.fact for line in found.lines if isinstance(line.fact, Signature)]
    return [(each.organization, each.agreement, str(each.since), each.signed) for each in told]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["Carrefour 2024 Yes"], [("wsr:pk-2023", "../2024-12-31", True)]),
        (["Carrefour 2022 Yes"], [("wsr:pk-2023", "../2022-12-31", True)]),
        (["Carrefour 2026 YES"], [("wsr:pk-2026", "../2026-11-01", True)]),
        (
            ["Carrefour 2025 Yes", "Carrefour 2024 Yes", "Carrefour 2023 No"],
            [("wsr:pk-2023", "2024-01-01/2024-12-31", True)],
        ),
        (
            ["Carrefour 2023 No", "Carrefour 2025 Yes"],
            [("wsr:pk-2023", "../2025-12-31", True)],
        ),
        (["Carrefour 2023 No", "Carrefour 2024 no"], [("wsr:pk-2023", "2023", False)]),
        (
            ["Carrefour 2025 Yes", "Carrefour 2026 No"],
            [("wsr:pk-2023", "../2025-12-31", True), ("wsr:pk-2026", "2026", False)],
        ),
        (["Carrefour 2024 Yes"] * 2, [("wsr:pk-2023", "../2024-12-31", True)]),
    ],
    ids=["yes", "in the year of its text", "not the future", "no before yes",
         "a year without answer between", "no", "not the next version", "twice"],
)  # fmt: skip
def test_what_the_answers_tell(rows: list[str], told: list[tuple[str, str, bool]]) -> None:
    assert signatures(table(*rows)) == [("wsr:carrefour", *each) for each in told]


def test_a_workbook_is_read_too() -> None:
    document = book(answers=[HEADER, ("Carrefour", 2024, "Yes")])
    assert [each[2] for each in signatures(document)] == ["../2024-12-31"]


async def test_a_yes_binds_and_a_no_is_evidence_of_not_having_signed() -> None:
    document = table("Carrefour 2026 Yes", "Zalando 2026 No")
    async with recorded(*PROGRAMS) as store:
        await outcome(store, PAKISTAN, "yearly", document, dated=DAY)
        bound = await ask(store, UNION, DAY, buyer="wsr:carrefour")
        assert bound == "UNKNOWN STALE_EVIDENCE"
        free = await answer(store, UNION, DAY, buyer="wsr:zalando")
    assert "DOCUMENTED_NON_SIGNATORY" in {notice.code for notice in free.answer.notices}


async def test_the_same_table_again_changes_nothing_and_a_later_one_adds_nothing() -> None:
    async with recorded(*PROGRAMS) as store:
        await outcome(store, PAKISTAN, "yearly", WHOLE, dated=DAY)
        again = b"\xef\xbb\xbf" + table("Walmart 2026 No", "\u200fCarrefour 2024 Yes")
        report = await outcome(store, PAKISTAN, "yearly", again, dated="2026-11-15")
        assert (report.outcome, report.problems) == (Outcome.UNCHANGED, [])
        more = table("Carrefour 2024 Yes", "Carrefour 2025 Yes")
        report = await outcome(store, PAKISTAN, "yearly", more, dated="2026-11-16")
        assert (report.outcome, report.ended) == (Outcome.UNCHANGED, [])


async def test_the_record_of_a_non_signature_stays_beside_it() -> None:
    async with recorded(*PROGRAMS) as store:
        before = await facts(store, Signature, "organization", "wsr:walmart")
        await outcome(store, PAKISTAN, "yearly", table("Walmart 2023 No"), dated=DAY)
        found = await facts(store, Signature, "organization", "wsr:walmart")
    assert [row for row in found if row["feed"] == "record"] == before
    assert [row["since"] for row in found if row["feed"] == "yearly"] == ["2023"]


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        (["Carrefour 2024 Yes", "Carrefour 2025 No"], [(3, "NEEDS_PERSON")]),
        (
            ["Carrefour 2024 Yes", "Carrefour 2024 No"],
            [(2, "CONTRADICTION"), (3, "CONTRADICTION")],
        ),
        (["Example AG 2024 Yes"], [(2, "UNKNOWN_NAME")]),
        (["Carrefour 2021 Yes"], [(2, "INVALID_INPUT")]),
        (["Carrefour 2027 Yes"], [(2, "INVALID_INPUT")]),
        (["Carrefour 24 Yes"], [(2, "INVALID_INPUT")]),
        (["Carrefour \u0662\u0660\u0662\u0664 Yes"], [(2, "INVALID_INPUT")]),
        (["Carrefour 2024 Unknown"], [(2, "INVALID_INPUT")]),
        ([" 2024 Yes"], [(2, "INVALID_INPUT")]),
        (["Carre\x1bfour 2024 Yes"], [(2, "INVALID_INPUT")]),
    ],
    ids=["no after yes", "both", "unknown name", "before the agreement", "to come", "no year",
         "other digits", "unknown answer", "no name", "control character"],
)  # fmt: skip
async def test_what_cannot_be_taken_is_set_aside_and_takes_no_other_along(
    rows: list[str], problems: list[tuple[int, str]]
) -> None:
    document = table(*rows, "Asda Stores 2024 Yes")
    async with recorded(*PROGRAMS) as store:
        report = await outcome(store, PAKISTAN, "yearly", document, dated=DAY, confirmed=True)
    assert aside(report) == problems
    assert [each.what for each in report.added] == ["wsr:asda"]


@pytest.mark.parametrize("broken", TABLES)
async def test_a_broken_table_changes_nothing(broken: str) -> None:
    damage, reason = TABLES[broken]
    async with recorded(*PROGRAMS) as store:
        assert reason in await turned_down(store, PAKISTAN, "yearly", damage(WHOLE), dated=DAY)


@pytest.mark.parametrize(
    ("document", "dated", "reason"),
    [
        pytest.param(WHOLE, None, "say the day of which it speaks", id="no day"),
        pytest.param(
            quoted(HEADER[:2], ("Carrefour", "2024")),
            DAY,
            "the column answer is missing",
            id="short",
        ),
        pytest.param(
            WHOLE.replace(b"Year", b"Period"),
            DAY,
            "the name of column 2 is not known",
            id="renamed",
        ),
        pytest.param(
            quoted(("Signatories", "", ""), HEADER, ("Carrefour", "2024", "Yes")),
            DAY,
            "the name of column 1 is not known",
            id="two header rows",
        ),
        pytest.param(merged(), DAY, "the cells A1:B1 are merged", id="merged cells"),
        pytest.param(quoted(HEADER), DAY, "it has 0 rows", id="empty"),
        pytest.param(
            table("Example AG 2024 Yes", "Carrefour 2024 Yes"), DAY, "1 of 2 rows", id="unknown"
        ),
    ],
)
async def test_what_is_no_such_table_changes_nothing(
    document: bytes, dated: str | None, reason: str
) -> None:
    async with recorded(*PROGRAMS) as store:
        assert reason in await turned_down(store, PAKISTAN, "yearly", document, dated=dated)


async def test_contacts_are_kept_and_told_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    header = (*HEADER, "Contact name", "E-mail", "Telephone")
    contact = (PERSON, EMAIL, PHONE)
    documents = [
        quoted(header, ("Carrefour", "2024", "Yes", *contact)),
        quoted(header, ("Carrefour", "2024", EMAIL, *contact)),
        quoted(header, (f"Example {PHONE}", "2024", "Yes", *contact)),
        quoted(("Carrefour", "2024", "Yes", *contact), ("Carrefour", "2024", "Yes", *contact)),
    ]
    reports = await assert_nowhere(tmp_path, caplog, PAKISTAN, "yearly", documents, dated=DAY)
    assert [len(report.added) for report in reports] == [1, 0, 0]
