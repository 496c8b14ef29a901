"""What is not believable waits for a person: held, nothing changed; confirmed, applied."""

from dataclasses import replace

import pytest

from adapters.kit.adapter import Adapter
from graph_schema.programs import Program
from hub.store.port import OPEN, Page, Store
from hub.sync.intake import Outcome
from hub.sync.run import run
from hub.sync.sources import operator_file
from tests.sync.programs import ALPHA, BETA, NO_STANDINGS, sites, standings, table
from tests.sync.steps import ask, begin, held, noon, push, whole

pytestmark = pytest.mark.anyio

TEN = [f"exa:{number}" for number in range(1, 11)]
LISTED = [f"{site} listed 2019-01-01" for site in TEN]


@pytest.fixture
async def store(store: Store, alpha: Adapter) -> Store:
    """Return a store with alpha's record and a complete list of ten sites."""
    await begin(store, alpha)
    await push(store, alpha, sites(*TEN), standings(*LISTED), dated="2020-02-01")
    return store


async def test_a_list_that_shrinks_by_half_is_held(store: Store, alpha: Adapter) -> None:
    before = await whole(store)
    report = await push(store, alpha, standings(*LISTED[5:]), dated="2020-03-01")
    assert report.outcome is Outcome.HELD
    assert report.held == [
        "5 of 10 listed standings are gone, more than 20%; confirm that they ended"
    ]
    assert [change.summary for change in report.ended] == ["listed ended on 2020-03-01"] * 5
    assert await whole(store) == before
    assert await held(store, "exa:1", "2020-05-01") == {"listed"}


async def test_a_held_list_is_applied_when_a_person_says_yes(store: Store, alpha: Adapter) -> None:
    rows = standings(*LISTED[5:])
    await push(store, alpha, rows, dated="2020-03-01")
    report = await push(store, alpha, rows, dated="2020-03-01", confirmed=True)
    assert (report.outcome, len(report.ended), len(report.held)) == (Outcome.APPLIED, 5, 1)
    assert await held(store, "exa:1", "2020-05-01") == set()


@pytest.mark.parametrize(("gone", "outcome"), [(2, Outcome.APPLIED), (3, Outcome.HELD)])
async def test_a_fifth_may_be_gone_at_once(
    store: Store, alpha: Adapter, gone: int, outcome: Outcome
) -> None:
    report = await push(store, alpha, standings(*LISTED[gone:]), dated="2020-03-01")
    assert report.outcome is outcome


async def test_what_ended_long_ago_does_not_hide_that_a_list_shrinks(
    store: Store, alpha: Adapter
) -> None:
    for at in range(1, 6):
        dated = f"2020-02-{2 * at:02}"
        rows = standings(*LISTED[at:])
        assert (await push(store, alpha, rows, dated=dated)).outcome is Outcome.APPLIED
    report = await push(store, alpha, standings(*LISTED[7:]), dated="2020-03-01")
    assert report.held == [
        "2 of 5 listed standings are gone, more than 20%; confirm that they ended"
    ]


async def test_one_table_does_not_hide_that_another_shrinks(store: Store, alpha: Adapter) -> None:
    links = ({"kind": "MOVED_TO", "from": TEN[0], "to": each} for each in TEN[1:])
    ties = table("ties", links)
    await push(store, alpha, standings(*LISTED), ties, dated="2020-03-01")
    rows = standings(*LISTED[3:])
    report = await push(store, alpha, rows, ties, dated="2020-04-01")
    assert report.held == [
        "3 of 10 listed standings are gone, more than 20%; confirm that they ended"
    ]


async def test_a_partial_list_may_be_short(store: Store, alpha: Adapter) -> None:
    rows = standings("exa:1 behind 2019-06-01")
    report = await push(store, alpha, rows, dated="2020-03-01", complete=False)
    assert report.outcome is Outcome.APPLIED


@pytest.mark.parametrize(("bad", "outcome"), [(1, Outcome.APPLIED), (2, Outcome.HELD)])
async def test_one_bad_row_in_twenty_is_borne(
    store: Store, alpha: Adapter, bad: int, outcome: Outcome
) -> None:
    good = [f"{site} on_track 2019-01-01" for site in TEN] + LISTED
    rows = standings(*good[bad:], *["exa:1 unheard 2019-01-01"] * bad)
    report = await push(store, alpha, rows, dated="2020-03-01")
    assert (report.outcome, len(report.problems)) == (outcome, bad)
    if outcome is Outcome.HELD:
        assert report.held == [
            "2 of 20 rows were set aside, more than 5%; mend them, or confirm the rest"
        ]


async def test_a_row_with_two_bad_cells_is_one_bad_row(store: Store, alpha: Adapter) -> None:
    good = [f"{site} on_track 2019-01-01" for site in TEN] + LISTED[1:]
    bad = b"exa:1,listed,2019-02-30,2019-02-31\n"
    name, rows = standings(*good, until="")
    report = await push(store, alpha, (name, rows + bad), dated="2020-03-01")
    assert (report.outcome, len(report.problems)) == (Outcome.APPLIED, 2)


async def test_a_list_without_a_required_column_is_held(store: Store, alpha: Adapter) -> None:
    rows = table("standings", ({"subject": site, "since": "2019-01-01"} for site in TEN))
    report = await push(store, alpha, rows, dated="2020-03-01")
    assert report.outcome is Outcome.HELD
    assert report.held == [
        "the column standings: state is missing; add it, or take the template again",
        "10 of 10 rows were set aside, more than 5%; mend them, or confirm the rest",
    ]


async def test_a_column_that_the_feed_requires_is_missed(store: Store, alpha: Adapter) -> None:
    intake = operator_file(alpha, [standings(*LISTED)])
    feed = alpha.feed("operator").model_copy(update={"required": ("confirmedOn", "state")})
    asked = replace(intake, bounds=feed, missing=["confirmedOn"])
    report = await run(store, asked, now=noon("2020-06-01"))
    assert report.held == ["the column confirmedOn is missing; add it, or take the template again"]


async def test_more_rows_than_are_believable_are_held(store: Store, alpha: Adapter) -> None:
    rows = sites(*(f"exa:{number}" for number in range(1, 42)))
    report = await push(store, alpha, rows)
    assert report.outcome is Outcome.HELD
    assert report.held == ["it has 41 rows; 1 to 40 are believable"]


async def test_a_list_without_rows_is_held(store: Store, alpha: Adapter) -> None:
    report = await push(store, alpha, NO_STANDINGS)
    assert report.outcome is Outcome.HELD
    assert report.held == ["it has 0 rows; 1 to 40 are believable"]


async def test_a_file_of_another_program_is_held_and_says_whose_it_is(
    store: Store, beta: Adapter
) -> None:
    await begin(store, beta)
    before = await whole(store)
    report = await push(store, beta, sites(*TEN), standings(*LISTED))
    assert report.outcome is Outcome.HELD
    assert report.held[0] == (
        f"most of it names references of {ALPHA}; if it is a file of {ALPHA}, sync it there"
    )
    told = {problem.message for problem in report.problems}
    assert "exa:1 is a reference of example-alpha; make your own as exb:…" in told
    assert await whole(store) == before


async def test_lines_of_another_program_are_refused_by_name(
    store: Store, alpha: Adapter, beta: Adapter
) -> None:
    await begin(store, beta)
    intake = operator_file(alpha, [standings("exa:1 behind 2019-01-01")])
    report = await run(store, replace(intake, program=BETA))
    assert report.outcome is Outcome.HELD
    [problem] = report.problems
    assert (problem.code, problem.column) == ("NOT_ALLOWED", "program")
    assert problem.message == f"it is of the program {ALPHA}, the file of {BETA}"


async def test_a_held_run_is_remembered_with_what_was_set_aside(
    store: Store, alpha: Adapter
) -> None:
    rows = standings("exa:1 unheard 2019-01-01")
    await push(store, alpha, rows, dated="2020-03-01")
    [program] = await store.everything(Program, OPEN)
    [_, kept] = await store.runs([program["program"]])
    assert (kept["outcome"], kept["set_aside"], kept["feed"]) == ("held", 1, "operator")
    [problem] = await store.run_problems([kept["number"]], Page(10))
    assert (problem["row"], problem["field"], problem["code"]) == (2, "state", "UNKNOWN_WORD")
    assert problem["message"].startswith("standings: 'unheard' is no word of example-alpha")
    assert await ask(store, "exa:1", "2020-05-01") == "ELIGIBLE IN_GOOD_STANDING"
