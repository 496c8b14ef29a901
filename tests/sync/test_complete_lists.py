"""What a complete list ends by leaving out, what it lets be, and what it confirms."""

import pytest

from adapters.kit.adapter import Adapter
from graph_schema.agreements import Signature
from graph_schema.parties import Tie
from graph_schema.sourcing import SourcingLink
from hub.store.port import Store
from hub.sync.intake import Outcome
from tests.sync.programs import ALPHA, NO_STANDINGS, Document, sites, standings, table
from tests.sync.steps import ask, begin, bring, facts, held, push

pytestmark = pytest.mark.anyio

SITES = [f"exa:{number}" for number in range(1, 8)]
LISTED = [f"{site} listed 2019-01-01" for site in SITES]


async def start(store: Store, alpha: Adapter, *told: str, **columns: str) -> None:
    """Sync a record, and a first complete list dated 2020-02-01."""
    await begin(store, alpha)
    rows = standings(*(told or LISTED), **columns)
    await push(store, alpha, sites(*SITES), rows, dated="2020-02-01")


async def test_absence_ends_a_state_on_the_day_of_the_list(store: Store, alpha: Adapter) -> None:
    await start(store, alpha)
    report = await push(store, alpha, standings(*LISTED[1:]), dated="2020-03-01")
    assert [(change.what, change.summary) for change in report.ended] == [
        ("exa:1", "listed ended on 2020-03-01")
    ]
    assert await held(store, "exa:1", "2020-02-29") == {"listed"}
    assert await held(store, "exa:1", "2020-03-01") == set()
    assert await held(store, "exa:2", "2020-03-01") == {"listed"}


async def test_a_partial_list_ends_nothing(store: Store, alpha: Adapter) -> None:
    await start(store, alpha)
    rows = standings(LISTED[6])
    report = await push(store, alpha, rows, dated="2020-03-01", complete=False)
    assert (report.ended, report.outcome) == ([], Outcome.UNCHANGED)
    assert await held(store, "exa:1", "2020-05-01") == {"listed"}


async def test_absence_never_ends_a_bar_that_must_be_lifted(store: Store, alpha: Adapter) -> None:
    await start(store, alpha, "exa:1 barred 2019-12-01", "exa:2 cleared 2019-12-01")
    report = await push(store, alpha, standings("exa:2 cleared 2019-12-01"), dated="2020-03-01")
    assert report.ended == []
    assert await ask(store, "exa:1", "2020-05-01") == "INELIGIBLE SUSPENDED"


async def test_a_bar_that_the_list_shows_no_more_is_not_confirmed_by_it(
    store: Store, alpha: Adapter
) -> None:
    """A bar that nobody confirms fades to UNKNOWN after its feed's age."""
    told = ["exa:1 barred 2019-12-01", "exa:2 barred 2019-12-01", "exa:3 cleared 2019-12-01"]
    await start(store, alpha, *told, confirmedOn="2020-02-01")
    rows = standings(*told[1:], confirmedOn="2020-02-01")
    await push(store, alpha, rows, dated="2020-05-30")
    assert await ask(store, "exa:1", "2020-05-11") == "INELIGIBLE SUSPENDED"
    assert await ask(store, "exa:1", "2020-05-12") == "UNKNOWN STALE_BAR"
    assert await ask(store, "exa:2", "2020-05-12") == "INELIGIBLE SUSPENDED"


async def test_a_lifted_bar_does_not_keep_a_list_from_confirming(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha, LISTED[0], "exa:1 barred 2019-12-01", confirmedOn="2020-02-01")
    told = standings("exa:1 cleared 2020-02-10")
    await push(store, alpha, told, dated="2020-03-01", complete=False)
    rows = standings(LISTED[0], "exa:2 cleared 2020-01-01", confirmedOn="2020-02-01")
    await push(store, alpha, rows, dated="2020-05-30", confirmed=True)
    assert await ask(store, "exa:1", "2020-08-01") == "ELIGIBLE IN_GOOD_STANDING"


async def test_a_list_speaks_only_of_the_tracks_that_it_shows(store: Store, alpha: Adapter) -> None:
    await start(store, alpha, *LISTED, "exa:1 behind 2019-06-01")
    report = await push(store, alpha, standings(*LISTED), dated="2020-03-01")
    assert report.ended == []
    assert await held(store, "exa:1", "2020-05-01") == {"listed", "behind"}


async def test_a_table_without_rows_neither_ends_nor_confirms_standings(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha, *LISTED, confirmedOn="2020-02-01")
    report = await push(store, alpha, sites(*SITES), NO_STANDINGS, dated="2020-05-30")
    assert report.ended == []
    assert await ask(store, "exa:1", "2020-05-12") == "UNKNOWN STALE_EVIDENCE"


async def test_a_list_of_sites_alone_says_nothing_of_standings(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    report = await push(store, alpha, sites(*SITES), dated="2020-03-01")
    assert (report.outcome, report.ended) == (Outcome.UNCHANGED, [])


async def test_a_complete_list_confirms_what_it_still_shows(store: Store, alpha: Adapter) -> None:
    await start(store, alpha, *LISTED, confirmedOn="2020-02-01")
    assert await ask(store, "exa:1", "2020-05-12") == "UNKNOWN STALE_EVIDENCE"
    rows = standings(*LISTED, confirmedOn="2020-02-01")
    report = await push(store, alpha, rows, dated="2020-05-30")
    assert (report.added, report.changed, report.unchanged) == ([], [], len(SITES))
    assert await ask(store, "exa:1", "2020-09-07") == "ELIGIBLE IN_GOOD_STANDING"
    assert await ask(store, "exa:1", "2020-09-08") == "UNKNOWN STALE_EVIDENCE"


async def test_another_feeds_facts_are_not_ended(store: Store, alpha: Adapter) -> None:
    await start(store, alpha)
    await bring(
        store,
        {
            "program": ALPHA,
            "standing": {"subject": "exa:1", "state": "on track", "since": "2019-05-01"},
        },
    )
    await push(store, alpha, standings(*LISTED, "exa:2 behind 2020-01-01"), dated="2020-03-01")
    assert await held(store, "exa:1", "2020-05-01") == {"listed", "on track"}


async def test_another_programs_facts_are_not_ended(
    store: Store, alpha: Adapter, beta: Adapter
) -> None:
    await start(store, alpha)
    await begin(store, beta)
    rows = standings("exa:1 listed 2019-01-01", "exa:2 listed 2019-01-01")
    await push(store, beta, rows, dated="2020-02-01", confirmed=True)
    rows = standings("exa:1 listed 2019-01-01")
    report = await push(store, beta, rows, dated="2020-03-01", confirmed=True)
    assert [change.what for change in report.ended] == ["exa:2"]
    assert await held(store, "exa:2", "2020-05-01") == {"listed"}
    assert await ask(store, "exa:2", "2020-05-01") == "ELIGIBLE IN_GOOD_STANDING"


async def test_ties_signatures_and_links_end_by_absence_too(store: Store, alpha: Adapter) -> None:
    await begin(store, alpha)
    companies = table(
        "organizations",
        (
            {"reference": f"exa:{name}", "name": f"Example {name}", "roles": "BUYER"}
            for name in ("north", "south")
        ),
    )

    def documents(*names: str) -> list[Document]:
        return [
            table(
                "ties",
                (
                    {"kind": "OPERATED_BY", "from": "exa:1", "to": f"exa:{name}", "since": "2019"}
                    for name in names
                ),
            ),
            table(
                "signatures",
                (
                    {"organization": f"exa:{name}", "agreement": f"wsr:{ALPHA}-1", "since": "2019"}
                    for name in names
                ),
            ),
            table(
                "sourcing",
                ({"buyer": f"exa:{name}", "supplier": "exa:1", "since": "2019"} for name in names),
            ),
        ]

    await push(
        store, alpha, sites("exa:1"), companies, *documents("north", "south"), dated="2020-02-01"
    )
    report = await push(store, alpha, *documents("south"), dated="2020-03-01", confirmed=True)
    assert sorted(change.kind for change in report.ended) == ["signature", "sourcing", "tie"]
    for kind, end in ((Tie, "to"), (Signature, "organization"), (SourcingLink, "buyer")):
        [gone] = await facts(store, kind, end, "exa:north")
        [still] = await facts(store, kind, end, "exa:south")
        assert (gone["until"], still["until"]) == ("2020-03-01", None)


async def test_a_signature_with_another_beginning_is_the_old_one_corrected(
    store: Store, alpha: Adapter
) -> None:
    await begin(store, alpha)
    company = table("organizations", [{"reference": "exa:north", "name": "Example", "roles": ""}])
    for since, dated in (("2019", "2020-02-01"), ("2018-05", "2020-03-01")):
        row = {"organization": "exa:north", "agreement": f"wsr:{ALPHA}-1", "since": since}
        report = await push(store, alpha, company, table("signatures", [row]), dated=dated)
        assert report.ended == []
    [found] = await facts(store, Signature, "organization", "exa:north")
    assert (found["since"], found["until"]) == ("2018-05", None)


async def test_a_state_that_begins_after_the_list_is_not_ended_by_it(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha, *LISTED[1:], "exa:1 listed 2020-03-01")
    report = await push(store, alpha, standings(*LISTED[1:]), dated="2020-03-01")
    assert report.ended == []


async def test_a_state_with_another_beginning_is_the_old_one_corrected(
    store: Store, alpha: Adapter
) -> None:
    await start(store, alpha)
    rows = standings(*LISTED[1:], "exa:1 listed 2019-03-01")
    report = await push(store, alpha, rows, dated="2020-03-01", at="2020-06-02")
    assert (len(report.added), report.ended) == (1, [])
    assert await held(store, "exa:1", "2019-02-01") == set()
    assert await held(store, "exa:1", "2019-03-01") == {"listed"}
    known = "2020-06-01"
    assert await ask(store, "exa:1", "2019-02-01", known=known) == "ELIGIBLE IN_GOOD_STANDING"


async def test_who_comes_back_was_there_before(store: Store, alpha: Adapter) -> None:
    """A second episode corrects nothing: the first ended before it began."""
    await start(store, alpha)
    await push(store, alpha, standings(*LISTED[1:]), dated="2020-03-01")
    rows = standings(*LISTED[1:], "exa:1 listed 2020-04-15")
    await push(store, alpha, rows, dated="2020-05-01")
    days = ("2019-05-01", "2020-03-15", "2020-04-15")
    words = [await held(store, "exa:1", day) for day in days]
    assert words == [{"listed"}, set(), {"listed"}]


async def test_who_is_not_on_a_complete_listing_is_not_in_the_program(
    store: Store, listing: Adapter
) -> None:
    await begin(store, listing)
    rows = standings("exa:1 listed 2019-01-01")
    await push(store, listing, sites("exa:1", "exa:2"), rows, dated="2020-05-30")
    assert await ask(store, "exa:2", "2020-05-29") == "UNKNOWN NO_EVIDENCE"
    assert await ask(store, "exa:2", "2020-05-30") == "NOT_IN_PROGRAM NOT_LISTED"
    assert await ask(store, "exa:2", "2020-09-08") == "UNKNOWN NO_EVIDENCE"


async def test_a_listing_without_standings_says_nothing_of_who_is_missing(
    store: Store, listing: Adapter
) -> None:
    await begin(store, listing)
    ties = table("ties", [{"kind": "MOVED_TO", "from": "exa:1", "to": "exa:2"}])
    await push(store, listing, NO_STANDINGS, sites("exa:1", "exa:2"), ties, dated="2020-05-30")
    assert await ask(store, "exa:2", "2020-06-01") == "UNKNOWN NO_EVIDENCE"
