"""The monthly factory list of the Bangladesh Accord: sightings, and what is not taken."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from adapters.kit.contacts import without_contacts
from adapters.kit.parsed import ProblemCode
from graph_schema.standing import Standing
from hub.errors import BadDocumentError
from hub.sync.intake import Outcome
from tests.adapters.books import book, lines
from tests.adapters.documents import (
    PAGES,
    TABLES,
    aside,
    grid,
    html,
    intake,
    outcome,
    recorded,
    tag,
    turned_down,
)
from tests.adapters.lists import merged, quoted
from tests.adapters.planted import EMAIL, PERSON, PHONE, assert_nowhere
from tests.sync.steps import ask, facts, held

pytestmark = pytest.mark.anyio

BANGLADESH: Final = "bangladesh-accord"
PROGRAMS: Final = ("international-accord", BANGLADESH)
HEADER: Final = (
    "Factory name", "Address", "Storeys", "Multi-purpose building", "Other businesses", "Workers",
    "Number of brands",
)  # fmt: skip
NAMES: Final = (
    "Concord Fashion Export Ltd", "Jeacon", "Liberty Fashion Wears Ltd", "Tuba Garments Ltd",
    "Denier Fashion", "Glare Fashion Ltd", "Camlet Fashions Ltd", "Sidko Limited", "N.A Garments",
    "Prominent Apparels",
)  # fmt: skip
"""Factories of the record, so that identification is shown."""
CONCORD: Final = "wsr:ws-concord"
JUNE: Final = "2026-06-15"


def row(name: str, **cells: str) -> list[str]:
    """Return a factory's row; a cell may be otherwise, by its column."""
    at = f"{NAMES.index(name) if name in NAMES else 99} Example Road, Dhaka"
    usual = dict(zip(HEADER, (name, at, "6", "No", "no", "1,250", "3"), strict=True))
    return list((usual | {key.replace("_", " "): cell for key, cell in cells.items()}).values())


def listed(*rows: Sequence[str], header: Sequence[str] = HEADER) -> bytes:
    """Return a list as CSV."""
    return quoted(header, *rows)


WHOLE: Final = listed(*map(row, NAMES))


async def test_a_listed_factory_is_seen_on_the_day_of_the_list() -> None:
    async with recorded(*PROGRAMS) as store:
        report = await outcome(store, BANGLADESH, "factories", WHOLE, dated=JUNE)
        assert (report.outcome, len(report.added)) == (Outcome.APPLIED, len(NAMES))
        assert await ask(store, CONCORD, "2026-06-14", buyer="wsr:hm") == "UNKNOWN STALE_EVIDENCE"
        assert await ask(store, CONCORD, JUNE, buyer="wsr:hm") == "ELIGIBLE IN_GOOD_STANDING"
        [found] = [
            fact
            for fact in await facts(store, Standing, "subject", CONCORD)
            if fact["state"] == "listed"
        ]
    assert (found["observed"], found["row"], found["feed"]) == (JUNE, 2, "factories")
    assert found["note"] == (
        "storeys 6; multi-purpose building No; other businesses no; workers 1,250; "
        "number of brands 3"
    )


async def test_being_listed_lifts_no_bar() -> None:
    """The list speaks of listing alone; a termination of 2016 still bars, as far as it is fresh."""
    async with recorded(*PROGRAMS) as store:
        await outcome(store, BANGLADESH, "factories", WHOLE, dated=JUNE)
        found = await held(store, "wsr:ws-ev-denier-fashion", "2026-07-01")
    assert found == {"terminated", "listed"}


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(book(**{"June 2026": [HEADER, *map(row, NAMES)]}), id="workbook"),
        pytest.param(
            html(
                tag("h1", "Factories of the Bangladesh Accord, June 2026"),
                grid(HEADER, *map(row, NAMES)),
            ),
            id="page",
        ),
    ],
)
async def test_the_month_that_the_list_prints_is_its_day(document: bytes) -> None:
    found = intake(BANGLADESH, "factories", document)
    assert (str(found.dated), len(found.lines)) == ("2026-06-01", len(NAMES))
    assert {str(line.fact.observed) for line in found.lines if isinstance(line.fact, Standing)} == {
        "2026-06"
    }


async def test_rows_of_a_page_that_are_longer_or_empty() -> None:
    rows = [[*row(NAMES[0]), "more"], [""] * len(HEADER), *map(row, NAMES[1:])]
    page = html(tag("h1", "Bangladesh factories"), grid(HEADER, *rows))
    async with recorded(*PROGRAMS) as store:
        report = await outcome(store, BANGLADESH, "factories", page, dated=JUNE, confirmed=True)
    assert (aside(report), len(report.added)) == ([(2, "INVALID_INPUT")], len(NAMES) - 1)


async def test_the_list_of_the_next_month_takes_the_place_of_the_last() -> None:
    async with recorded(*PROGRAMS) as store:
        await outcome(store, BANGLADESH, "factories", WHOLE, dated=JUNE)
        july = listed(*map(row, NAMES[1:]))
        report = await outcome(store, BANGLADESH, "factories", july, dated="2026-07-15")
        assert [(each.what, each.summary) for each in report.ended] == [
            (CONCORD, "listed ended on 2026-07-15")
        ]
        assert await ask(store, CONCORD, "2026-07-15", buyer="wsr:hm") == "UNKNOWN STALE_EVIDENCE"
        jeacon = await ask(store, "wsr:ws-jeacon", "2026-07-15", buyer="wsr:hm")
        assert jeacon == "ELIGIBLE IN_GOOD_STANDING"


async def test_columns_are_known_by_their_names_and_numbers_of_the_monitor_are_not_read() -> None:
    header = ("Number of workers", "NAME", "RSC Factory Number", "Number of signatories", "address")
    document = listed(["900", NAMES[0], "9001", "2", "1 Road"], header=header)
    async with recorded(*PROGRAMS) as store:
        report = await outcome(store, BANGLADESH, "factories", document, dated=JUNE)
    assert [each.summary for each in report.added] == [
        f"subject {CONCORD}, state listed, track listing, observed {JUNE}, "
        "note workers 900; number of brands 2"
    ]


@pytest.mark.parametrize("broken", TABLES)
async def test_a_broken_table_changes_nothing(broken: str) -> None:
    damage, reason = TABLES[broken]
    async with recorded(*PROGRAMS) as store:
        told = await turned_down(store, BANGLADESH, "factories", damage(WHOLE), dated=JUNE)
    alone = {"HTML": "it is not the page that the feed is about"}
    assert alone.get(broken, reason) in told


@pytest.mark.parametrize("broken", PAGES)
async def test_a_broken_page_changes_nothing(broken: str) -> None:
    damage, reason = PAGES[broken]
    page = html(tag("h1", "Bangladesh factories"), grid(HEADER, *map(row, NAMES)))
    async with recorded(*PROGRAMS) as store:
        told = await turned_down(store, BANGLADESH, "factories", damage(page), dated=JUNE)
    tables = {
        "nothing": "the file is empty",
        "a mark alone": "the file is empty",
        "UTF-16": "the file is UTF-16",
        "a table": "the name of column 2 is not known",
    }
    assert tables.get(broken, reason) in told


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        pytest.param(
            listed(*(each[:-1] for each in map(row, NAMES)), header=HEADER[:-1]),
            "the column number of brands is missing",
            id="missing column",
        ),
        pytest.param(
            listed(*map(row, NAMES), header=("Producer", *HEADER[1:])),
            "the name of column 1 is not known; the first row names the columns: name, address",
            id="renamed column",
        ),
        pytest.param(
            listed(*map(row, NAMES), header=("Name", "Factory name", *HEADER[2:])),
            "the column name stands twice",
            id="one column twice",
        ),
        pytest.param(
            lines("Factory,,Building,,,,") + WHOLE, "the name of column", id="two header rows"
        ),
        pytest.param(
            listed(*map(row, NAMES))[len(",".join(HEADER)) + 15 :], "column", id="no head"
        ),
        pytest.param(
            listed(list(HEADER), *map(row, NAMES)),
            "1 of 11 rows were set aside, more than 5%",
            id="the header again",
        ),
        pytest.param(merged(), "the cells A1:B1 are merged", id="merged cells of a workbook"),
        pytest.param(
            html(
                tag("h1", "Bangladesh factories"),
                grid(HEADER, row(NAMES[0])).replace("<td>", "<td rowspan='2'>", 1),
            ),
            "merged cells",
            id="merged cells of a page",
        ),
        pytest.param(
            html(tag("h1", "Bangladesh factories"), grid(HEADER) * 2),
            "the page has 2 tables",
            id="two tables",
        ),
        pytest.param(
            html(tag("h1", "Factories of the Pakistan Accord"), grid(HEADER, row(NAMES[0]))),
            "it is not the page that the feed is about: 'Bangladesh'",
            id="the page of another program",
        ),
        pytest.param(
            book(one=[HEADER, row(NAMES[0])], two=[HEADER, row(NAMES[1])]),
            "the workbook holds 2 tables",
            id="two sheets",
        ),
        pytest.param(
            listed(*(row(f"Example Factory {n}") for n in range(9)), row(NAMES[0])),
            "9 of 10 rows were set aside, more than 5%",
            id="names that nobody knows",
        ),
        pytest.param(listed(), "it has 0 rows", id="no rows"),
    ],
)
async def test_what_is_no_such_list_changes_nothing(document: bytes, reason: str) -> None:
    async with recorded(*PROGRAMS) as store:
        assert reason in await turned_down(store, BANGLADESH, "factories", document, dated=JUNE)


async def test_a_list_without_a_day_is_refused_with_the_remedy() -> None:
    with pytest.raises(BadDocumentError) as caught:
        intake(BANGLADESH, "factories", WHOLE)
    assert "say the day of which it speaks (--dated)" in str(caught.value)


@pytest.mark.parametrize(
    ("headings", "dated", "reason"),
    [
        (("May 2026", "June 2026"), None, "it prints several months (2026-05, 2026-06)"),
        (
            ("May 2026",),
            JUNE,
            "it prints 2026-05 as its day, which does not hold the day given, 2026-06-15",
        ),
    ],
)
async def test_months_that_contradict_each_other_are_refused(
    headings: tuple[str, ...], dated: str | None, reason: str
) -> None:
    page = html(tag("h2", "Bangladesh factories", *headings), grid(HEADER, row(NAMES[0])))
    async with recorded(*PROGRAMS) as store:
        assert reason in await turned_down(store, BANGLADESH, "factories", page, dated=dated)


@pytest.mark.parametrize(
    ("bad", "code", "message"),
    [
        (row("Example Mill"), "UNKNOWN_NAME", "nobody has said who 'Example Mill' at '99 Example"),
        (row(""), "INVALID_INPUT", "the factory has no name"),
        (row(NAMES[0], Workers="many"), "INVALID_INPUT", "'many' is not a count"),
        (row(NAMES[0], Storeys="-2"), "INVALID_INPUT", "'-2' is not a count"),
        (row(NAMES[0], Other_businesses="maybe"), "INVALID_INPUT", "'maybe' is not yes or no"),
        (row(NAMES[0], Number_of_brands="0"), "NEEDS_PERSON", "the list shows it with no brand"),
        (row(NAMES[0], Workers="1\x1b"), "INVALID_INPUT", "it holds control characters"),
        ([*row(NAMES[0]), "more"], "INVALID_INPUT", "it has more cells than there are columns"),
    ],
)
async def test_a_bad_row_is_set_aside_and_takes_no_other_along(
    bad: list[str], code: str, message: str
) -> None:
    document = listed(bad, *map(row, NAMES[1:]))
    async with recorded(*PROGRAMS) as store:
        report = await outcome(store, BANGLADESH, "factories", document, dated=JUNE, confirmed=True)
        assert (aside(report), len(report.added)) == ([(2, code)], len(NAMES) - 1)
        assert report.problems[0].message.startswith(message)
        assert await held(store, CONCORD, JUNE) == {"initial CAP completed"}


async def test_a_row_set_aside_does_not_end_what_an_older_list_shows() -> None:
    async with recorded(*PROGRAMS) as store:
        await outcome(store, BANGLADESH, "factories", WHOLE, dated=JUNE)
        document = listed(row(NAMES[0], Workers="many"), *map(row, NAMES[1:]))
        report = await outcome(
            store, BANGLADESH, "factories", document, dated="2026-07-15", confirmed=True
        )
        assert (report.problems[0].subject, report.ended) == (CONCORD, [])
        assert "listed" in await held(store, CONCORD, "2026-08-01")


async def test_one_name_at_two_addresses_is_two_factories_of_which_none_is_known() -> None:
    document = listed(row(NAMES[0]), row(NAMES[0], Address="2 Other Road"), *map(row, NAMES[1:]))
    async with recorded(*PROGRAMS) as store:
        report = await outcome(store, BANGLADESH, "factories", document, dated=JUNE, confirmed=True)
    assert aside(report) == [(2, "UNKNOWN_NAME"), (3, "UNKNOWN_NAME")]


async def test_a_name_with_an_address_stands_for_that_place_alone() -> None:
    """Dekko Garments is judged with its address: the same name elsewhere is somebody else."""
    at = "MAWNA, Sreepur,  Gazipur 1740"
    for address, told in ((at, []), ("2 Other Road", [(2, "UNKNOWN_NAME")])):
        document = listed(row("Dekko Garments Ltd", Address=address))
        async with recorded(*PROGRAMS) as store:
            report = await outcome(
                store, BANGLADESH, "factories", document, dated="2026-08-15", confirmed=True
            )
        assert aside(report) == told


async def test_a_row_that_stands_twice_counts_once() -> None:
    async with recorded(*PROGRAMS) as store:
        document = listed(*map(row, (*NAMES, NAMES[0])))
        report = await outcome(store, BANGLADESH, "factories", document, dated=JUNE)
    assert (len(report.added), report.unchanged, report.problems) == (len(NAMES), 1, [])


async def test_rows_that_contradict_each_other_are_set_aside() -> None:
    document = listed(*map(row, NAMES), row(NAMES[0], Workers="7"))
    async with recorded(*PROGRAMS) as store:
        report = await outcome(store, BANGLADESH, "factories", document, dated=JUNE, confirmed=True)
        assert {problem.code for problem in report.problems} == {ProblemCode.CONTRADICTION}
        assert await held(store, CONCORD, JUNE) == {"initial CAP completed"}


async def test_the_order_of_rows_and_marks_of_direction_do_not_matter() -> None:
    rows = [row(name, Address=f"{at} Example Road") for at, name in enumerate(NAMES)]
    shuffled = [["\u202b" + each[0] + "\u200f", *each[1:]] for each in reversed(rows)]
    async with recorded(*PROGRAMS) as store:
        await outcome(store, BANGLADESH, "factories", listed(*rows), dated=JUNE)
        again = b"\xef\xbb\xbf" + listed(*shuffled)
        report = await outcome(store, BANGLADESH, "factories", again, dated=JUNE)
    assert (report.outcome, report.problems) == (Outcome.UNCHANGED, [])


async def test_a_list_shrunk_by_half_is_held_and_a_doubled_one_counts_once() -> None:
    async with recorded(*PROGRAMS) as store:
        await outcome(store, BANGLADESH, "factories", WHOLE, dated=JUNE)
        half = listed(*map(row, NAMES[:5]))
        told = await turned_down(store, BANGLADESH, "factories", half, dated="2026-07-15")
        assert told == ("5 of 10 listed standings are gone, more than 20%; confirm that they ended")
        double = WHOLE + WHOLE.partition(b"\n")[2]
        report = await outcome(store, BANGLADESH, "factories", double, dated="2026-07-15")
        assert (report.added, report.ended) == ([], [])


async def test_contacts_are_kept_and_told_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    header = (*HEADER, "Contact person", "E-mail", "Phone number")
    contact = [PERSON, EMAIL, PHONE]
    good = listed([*row(NAMES[0]), *contact], header=header)
    reports = await assert_nowhere(
        tmp_path,
        caplog,
        BANGLADESH,
        "factories",
        [
            good,
            listed([*row(NAMES[0], Workers="many"), *contact], header=header),
            listed([*row("Example Mill"), PERSON, f"{EMAIL}\x1b", PHONE], header=header),
            listed([*row("Example Mill", Address=f"1 Road, {EMAIL}, {PHONE}"), PERSON, "", ""],
                   header=header),
            listed([*row(NAMES[0], Workers=f"900 ({PHONE})"), PERSON, EMAIL, ""], header=header),
            # Without its header, the first row is taken for one.
            listed([*row(NAMES[0]), *contact], header=(*row(NAMES[1]), *contact)),
            good.replace(b"Factory name", b"Who"),
            good[:-30],
        ],
        dated=JUNE,
    )  # fmt: skip
    assert [len(report.added) for report in reports] == [1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Plot 302/547, Gazipur 1710, 10.02.2025", "Plot 302/547, Gazipur 1710, 10.02.2025"),
        (f"1 Road, {EMAIL}; {PHONE}", "1 Road, …; …"),
        ("call (02) 555-0100-42 or 01700000042.", "call … or …."),
        ("BD2020021QK28YZ", "BD2020021QK28YZ"),
    ],
)
def test_contacts_are_taken_out_of_texts(text: str, left: str) -> None:
    assert without_contacts(text) == left
