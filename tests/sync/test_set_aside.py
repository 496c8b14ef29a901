"""A bad row is set aside with its place, its code and a remedy, and takes nothing else along."""

from typing import Final

import pytest

from adapters.kit.adapter import Adapter
from graph_schema.codes import Kind
from graph_schema.standing import CompleteRun
from hub.store.port import OPEN, Store
from hub.sync.intake import Outcome
from hub.sync.run import run
from hub.sync.sources import operator_file
from tests.sync.programs import ALPHA, Document, sites, standings, table
from tests.sync.steps import ask, begin, held, node, now, push

pytestmark = pytest.mark.anyio

SITES: Final = [f"exa:{number}" for number in range(1, 8)]
LISTED: Final = [f"{site} listed 2019-01-01" for site in SITES]

BAD_STANDINGS: Final = {
    "unheard 2019-01-01": (
        "UNKNOWN_WORD", "state",
        "'unheard' is no word of example-alpha; its words are: ",
    ),
    "warned 2019-01-01": (
        "UNKNOWN_WORD", "state",
        "'warned' was no word of example-alpha for a state that began on 2019-01-01",
    ),
    "noted 2019-01-01": (
        "UNKNOWN_WORD", "track",
        "'noted' stands on several tracks; say which: repair or stage",
    ),
    "behind 2012-12-31": (
        "BEFORE_PROGRAM", "since",
        "2012-12-31 lies before the program's first agreement or signature on 2013-01-01",
    ),
    "behind 2019-02-30": (
        "INVALID_INPUT", "since",
        "'2019-02-30' is no day of the calendar; write it like 2016-12-02,",
    ),
    "behind yesterday": (
        "INVALID_INPUT", "since", "'yesterday' is not a date; write it like 2016-12-02,"
    ),
}  # fmt: skip
BAD_CELLS: Final = {
    "products": ("kumquats", "UNKNOWN_PRODUCT", "the product 'kumquats' is not known; the nearest"),
    "regions": ("Dhaka", "INVALID_INPUT", "'Dhaka' is no region of ISO 3166-2; write it like US-"),
    "track": ("listing", "UNKNOWN_WORD", "'behind' is no word of example-alpha on the track 'list"),
    "until": ("2018-05-01", "INVALID_INPUT", "it ends on 2018-05-01 before it begins on 2019-01"),
    "announcedUntil": ("2018-05", "INVALID_INPUT", "the announced period ends on 2018-05 before"),
    "confirmedOn": ("2018-05-01", "INVALID_INPUT", "it was confirmed on 2018-05-01 before it beg"),
    "published": ("maybe", "INVALID_INPUT", "'maybe' is neither true nor false"),
    "sources": ("X9", "UNKNOWN_SOURCE", "the source X9 is not known"),
    "note": ("a\x07b", "INVALID_INPUT", "it holds control characters; save the file as plain UTF"),
}
BAD_ROWS: Final[dict[str, tuple[str, dict[str, str], str, str, str]]] = {
    "a check character is wrong": (
        "worksites", {"reference": "os:BD2020021QK28YA", "name": "Site"},
        "INVALID_REFERENCE", "reference", "the check character of OS ID BD2020021QK28YA is wrong",
    ),
    "no reference": (
        "worksites", {"reference": "Site 9", "name": "Site"},
        "INVALID_REFERENCE", "reference", "'Site 9' is not a reference; write scheme:value",
    ),
    "no country": (
        "worksites", {"reference": "exa:9", "name": "Site", "country": "Bangladesh"},
        "INVALID_INPUT", "country", "'Bangladesh' is no country of ISO 3166-1; write two capitals",
    ),
    "a reference that stands for nothing": (
        "standings", {"subject": "exa:404", "state": "listed", "since": "2019-01-01"},
        "UNKNOWN_REFERENCE", "subject", "nothing goes by exa:404; describe it first, or in the sa",
    ),
    "a company where a site belongs": (
        "clauses",
        {"agreement": f"wsr:{ALPHA}-1", "duty": "PREFER", "text": "x",
         "worksites": f"wsr:{ALPHA}-buyer"},
        "INVALID_REFERENCE", "worksites", "wsr:example-alpha-buyer is a organization; worksites",
    ),
    "a company called a site": (
        "worksites", {"reference": f"wsr:{ALPHA}-buyer", "name": "Site"},
        "IDENTITY_CONFLICT", "reference", "wsr:example-alpha-buyer is a organization, not a work",
    ),
    "a confirmation before the program": (
        "confirmations", {"on": "2012-05-01"},
        "BEFORE_PROGRAM", "on", "2012-05-01 lies before the program's first agreement or signat",
    ),
    "a confirmation of no track": (
        "confirmations", {"on": "2020-02-01", "tracks": "listing|standing"},
        "UNKNOWN_WORD", "tracks", "'standing' is no track of example-alpha; its tracks are: list",
    ),
    "an agreement that ends first": (
        "agreements",
        {"reference": "exa:a9", "name": "Nine", "inForceFrom": "2020", "inForceUntil": "2019"},
        "INVALID_INPUT", "inForceUntil", "it ends on 2019 before it begins on 2020",
    ),
}  # fmt: skip


@pytest.fixture
async def store(store: Store, alpha: Adapter) -> Store:
    """Return a store with alpha's record and a complete list of seven sites."""
    await begin(store, alpha)
    rows = standings(*LISTED, confirmedOn="2020-02-01")
    await push(store, alpha, sites(*SITES), rows, dated="2020-02-01")
    return store


async def set_aside(store: Store, alpha: Adapter, document: Document) -> tuple[str, ...]:
    """Send a partial list with one bad row; return what is said of it."""
    report = await push(store, alpha, document, complete=False, confirmed=True)
    [problem] = report.problems
    assert (f"{problem.table}.csv", problem.row) == (document[0], 2)
    return (problem.code, problem.column or "", problem.message)


@pytest.mark.parametrize("told", BAD_STANDINGS)
async def test_a_bad_standing(store: Store, alpha: Adapter, told: str) -> None:
    code, column, message = BAD_STANDINGS[told]
    rows = standings(f"exa:1 {told}", "exa:2 behind 2019-06-01")
    found = await set_aside(store, alpha, rows)
    assert found[:2] == (code, column)
    assert message in found[2]
    assert await held(store, "exa:1", "2020-05-01") == {"listed"}
    assert await held(store, "exa:2", "2020-05-01") == {"listed", "behind"}


@pytest.mark.parametrize("column", BAD_CELLS)
async def test_a_bad_cell(store: Store, alpha: Adapter, column: str) -> None:
    value, code, message = BAD_CELLS[column]
    rows = standings("exa:1 behind 2019-01-01", **{column: value})
    found = await set_aside(store, alpha, rows)
    assert found[0] == code
    assert found[1] in (column, "state")
    assert message in found[2]


@pytest.mark.parametrize("name", BAD_ROWS)
async def test_a_bad_row(store: Store, alpha: Adapter, name: str) -> None:
    where, row, code, column, message = BAD_ROWS[name]
    found = await set_aside(store, alpha, table(where, [row]))
    assert found[:2] == (code, column)
    assert message in found[2]


async def test_the_nearest_words_come_first_and_known_products_are_named(
    store: Store, alpha: Adapter
) -> None:
    rows = table(
        "standings",
        [
            {"subject": "exa:1", "state": "bared", "since": "2019"},
            {"subject": "exa:1", "state": "behind", "since": "2019", "products": "garment"},
        ],
    )
    report = await push(store, alpha, rows, complete=False, confirmed=True)
    word, product = (problem.message for problem in report.problems)
    assert "its words are: barred (stage), " in word
    assert product.endswith("the nearest are: garments")


async def test_words_are_folded_and_kept_as_the_program_spells_them(
    store: Store, alpha: Adapter
) -> None:
    rows = standings("exa:1 ON-Track! 2019-06-01", "exa:2 Noted 2019-06-01", track="RE PAIR")
    await push(store, alpha, rows, complete=False)
    assert await held(store, "exa:1", "2020-05-01") == {"listed", "on track"}
    assert await held(store, "exa:2", "2020-05-01") == {"listed", "noted"}


async def test_rows_that_contradict_each_other_are_all_set_aside(
    store: Store, alpha: Adapter
) -> None:
    rows = table(
        "standings",
        [
            {"subject": "exa:1", "state": "behind", "since": "2019", "note": "one"},
            {"subject": "exa:2", "state": "behind", "since": "2019", "note": ""},
            {"subject": "exa:1", "state": "behind", "since": "2019", "note": "two"},
        ],
    )
    report = await push(store, alpha, rows, complete=False, confirmed=True)
    assert [(each.row, each.code, each.subject) for each in report.problems] == [
        (2, "CONTRADICTION", "exa:1"),
        (4, "CONTRADICTION", "exa:1"),
    ]
    assert "rows 2, 4 speak of the same" in report.problems[0].message
    assert await held(store, "exa:1", "2020-05-01") == {"listed"}
    assert await held(store, "exa:2", "2020-05-01") == {"listed", "behind"}


async def test_nothing_goes_by_a_reference_that_is_described_in_two_ways(
    store: Store, alpha: Adapter
) -> None:
    rows = table(
        "worksites", [{"reference": "exa:9", "name": name} for name in ("Nine", "Ninth", "Nine")]
    )
    state = standings("exa:9 listed 2019-01-01")
    report = await push(store, alpha, rows, state, complete=False, confirmed=True)
    codes = [(each.table, each.row, each.code) for each in report.problems]
    assert codes == [
        ("standings", 2, "UNKNOWN_REFERENCE"),
        ("worksites", 2, "CONTRADICTION"),
        ("worksites", 3, "CONTRADICTION"),
        ("worksites", 4, "CONTRADICTION"),
    ]
    assert report.outcome is Outcome.UNCHANGED
    assert (await store.resolve(["exa:9"]))[1] == [None]


async def test_the_same_row_twice_is_one_fact(store: Store, alpha: Adapter) -> None:
    rows = standings(*["exa:1 behind 2019-01-01"] * 3)
    report = await push(store, alpha, rows, complete=False)
    assert (len(report.added), report.unchanged, report.problems) == (1, 2, [])


async def test_a_row_set_aside_neither_ends_nor_confirms_what_was_known(
    store: Store, alpha: Adapter
) -> None:
    bad = "exa:1 unheard 2019-01-01"
    rows = standings(bad, *LISTED[1:], confirmedOn="2020-02-01")
    report = await push(store, alpha, rows, dated="2020-05-30", confirmed=True)
    assert (report.ended, report.notes) == ([], [])
    assert await ask(store, "exa:1", "2020-05-12") == "UNKNOWN STALE_EVIDENCE"
    assert await ask(store, "exa:2", "2020-05-12") == "ELIGIBLE IN_GOOD_STANDING"


async def test_a_subject_is_known_however_its_reference_is_written(
    store: Store, alpha: Adapter
) -> None:
    numbered = sites("exa:1", externalIds="os:BD2020021QK28YZ")
    await push(store, alpha, numbered, complete=False)
    rows = standings("os:bd-2020021-qk28yz unheard 2019-01-01", *LISTED[1:])
    report = await push(store, alpha, rows, dated="2020-03-01", confirmed=True)
    assert (report.ended, report.notes) == ([], [])


async def test_rows_of_nobody_known_end_nothing_and_let_nothing_be_confirmed_unseen(
    store: Store, alpha: Adapter
) -> None:
    """The row may be that of any supplier that the list does not show."""
    rows = standings("exa:77 listed 2019-01-01", *LISTED[2:], confirmedOn="2020-02-01")
    report = await push(store, alpha, rows, dated="2020-05-30", confirmed=True)
    assert report.ended == []
    assert report.notes == [
        "rows set aside that name nobody known: 1; nothing was ended by absence"
    ]
    assert await ask(store, "exa:1", "2020-05-01") == "ELIGIBLE IN_GOOD_STANDING"
    assert await ask(store, "exa:1", "2020-05-12") == "UNKNOWN STALE_EVIDENCE"
    assert await ask(store, "exa:3", "2020-05-12") == "ELIGIBLE IN_GOOD_STANDING"


async def test_a_link_whose_row_is_bad_does_not_end(store: Store, alpha: Adapter) -> None:
    links = [{"buyer": f"wsr:{ALPHA}-buyer", "supplier": site, "since": "2019"} for site in SITES]
    await push(store, alpha, table("sourcing", links), dated="2020-03-01")
    bad = [links[0] | {"since": "2019-13"}, *links[1:]]
    report = await push(store, alpha, table("sourcing", bad), dated="2020-04-01", confirmed=True)
    assert [problem.subject for problem in report.problems] == ["exa:1"]
    assert report.ended == []


async def test_two_files_of_one_table_do_not_share_their_rows(store: Store, alpha: Adapter) -> None:
    """A conflict in row 2 of one file leaves row 2 of the other alone."""
    conflict = sites("exa:8", externalIds="exa:1|exa:2")
    files = [("north/worksites.csv", conflict[1]), ("south/worksites.csv", sites("exa:9")[1])]
    report = await run(store, operator_file(alpha, files), confirmed=True)
    assert [problem.code for problem in report.problems] == ["IDENTITY_CONFLICT"]
    assert [change.what for change in report.added] == ["exa:9"]


async def test_a_bad_agreement_row_excepts_no_supplier(store: Store, alpha: Adapter) -> None:
    rows = table("agreements", [{"reference": f"wsr:{ALPHA}-1", "name": "One", "term": "FOREVER"}])
    report = await push(
        store, alpha, rows, standings(*LISTED[1:]), dated="2020-03-01", confirmed=True
    )
    assert [change.what for change in report.ended] == ["exa:1"]
    runs = await store.everything(CompleteRun, OPEN)
    assert [row["except_"] for row in runs] == [[], []]


@pytest.mark.parametrize(
    "rows",
    [standings("exa:1 unheard 2019-01-01"), ("standings.csv", b"subject,state,since\n")],
    ids=["none is taken", "none is there"],
)
async def test_a_list_without_a_row_that_counts_is_still_one_of_its_program(
    store: Store, alpha: Adapter, rows: Document
) -> None:
    await begin(store, alpha)
    await push(store, alpha, sites("exa:1"))
    program = await node(store, f"program:{ALPHA}")
    report = await push(store, alpha, rows, confirmed=True)
    assert report.outcome is Outcome.APPLIED
    assert await node(store, f"program:{ALPHA}") == program
    assert await store.kinds([program], await now(store)) == {program: Kind.PROGRAM}
    assert {row["program"] for row in await store.everything(CompleteRun, OPEN)} == {program}


@pytest.mark.parametrize(
    ("rows", "column", "why"),
    [
        (standings("exa:1 listed 2019-01-01", confirmedOn="2020-06-03"), "confirmedOn", "yet to"),
        (
            table("standings", [{"subject": "exa:1", "state": "listed", "observed": "2020-07"}]),
            "observed",
            "2020-07-01 is yet to come; give the day on which it was so",
        ),
        (table("confirmations", [{"on": "2020-06-03"}]), "on", "2020-06-03 is yet to come"),
        (
            table("ties", [{"from": "exa:1", "kind": "MOVED_TO", "to": "exa:1"}]),
            "to",
            "both ends of it are exa:1; name two",
        ),
        (
            table(
                "volumes",
                [
                    {
                        "pool": "exa:1", "product": "garments", "kind": "BUYER_DEMAND",
                        "since": "2020", "quantity": "5", "unit": "t",
                    }
                ],
            ),
            "buyer",
            "a demand is some buyer's; say whose",
        ),
    ],
    ids=["confirmed", "seen", "a confirmation", "a tie to itself", "a demand of nobody"],
)  # fmt: skip
async def test_what_cannot_be_so_is_set_aside_with_its_reason(
    store: Store, alpha: Adapter, rows: Document, column: str, why: str
) -> None:
    report = await push(store, alpha, rows, complete=False, confirmed=True)
    [problem] = report.problems
    assert (problem.code, problem.column) == ("INVALID_INPUT", column)
    assert why in problem.message


async def test_what_is_confirmed_today_where_it_is_tomorrow_already_is_taken(
    store: Store, alpha: Adapter
) -> None:
    rows = standings("exa:1 listed 2019-01-01", confirmedOn="2020-06-02")
    assert not (await push(store, alpha, rows, complete=False)).problems
