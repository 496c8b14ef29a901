"""A bundled record: synced again it changes nothing; corrected, it leaves no orphans behind."""

from pathlib import Path

import pytest

from adapters.kit.adapter import Adapter
from graph_schema.codes import Confidence
from graph_schema.standing import Standing
from hub.errors import BadDocumentError
from hub.store.port import Store
from hub.sync.intake import Outcome
from hub.sync.run import run
from hub.sync.sources import known, operator_file, record
from tests.sync.conftest import NewStore
from tests.sync.programs import ALPHA, BETA, RECORD, folders, sites
from tests.sync.steps import answer, ask, begin, bring, facts, held, noon, now, push, whole

pytestmark = pytest.mark.anyio

SITES = "reference,name,country\nexa:1,One,BD\nexa:2,Two,BD\n"


def alpha_with(path: Path, **changes: str) -> Adapter:
    """Return alpha with other tables in its record."""
    return folders(path, worksites=SITES, **changes)[ALPHA]


async def again(store: Store, adapter: Adapter, at: str = "2020-03-01") -> Outcome:
    """Sync a record once more."""
    return (await run(store, record(adapter), now=noon(at))).outcome


async def test_a_record_synced_twice_changes_nothing(store: Store, alpha: Adapter) -> None:
    assert not await known(store, alpha)
    await begin(store, alpha)
    assert await known(store, alpha)
    before = await whole(store)
    assert await again(store, alpha) is Outcome.UNCHANGED
    assert await whole(store) == before


async def test_records_in_any_order_leave_the_same_facts(
    new_store: NewStore, alpha: Adapter, beta: Adapter
) -> None:
    found: list[list[bytes]] = []
    for order in ((alpha, beta), (beta, alpha)):
        async with new_store() as store:
            for adapter in order:
                await run(store, record(adapter), now=noon("2020-01-01"))
            found.append(sorted(await whole(store)))
    plain = [[line.partition(b'"recordedAt"')[0] for line in lines] for lines in found]
    assert plain[0] == plain[1]


async def test_what_a_corrected_record_says_no_more_is_withdrawn(
    store: Store, tmp_path: Path
) -> None:
    told = "subject,state,since\nexa:1,listed,2014-01-01\nexa:2,listed,2014-01-01\n"
    await begin(store, alpha_with(tmp_path, standings=told))
    told = "subject,state,since\nexa:1,listed,2014-01-01\n"
    report = await run(store, record(alpha_with(tmp_path, standings=told)), now=noon("2020-03-01"))
    assert [(change.what, change.summary) for change in report.ended] == [
        ("exa:2", "listed withdrawn")
    ]
    assert await held(store, "exa:2", "2014-06-01") == set()
    assert await held(store, "exa:1", "2014-06-01") == {"listed"}
    past = (await answer(store, "exa:2", "2014-06-01", revision=1)).answer
    assert past.verdict == "ELIGIBLE"


async def test_a_corrected_day_of_becoming_public_leaves_what_was_believed(
    store: Store, tmp_path: Path
) -> None:
    told = "subject,state,since,knownOn\nexa:1,listed,2014-01-01,2014-05-01\n"
    await begin(store, alpha_with(tmp_path, standings=told))
    assert await ask(store, "exa:1", "2014-06-01", known="2014-03-01") == "UNKNOWN NO_EVIDENCE"
    told = told.replace("2014-05-01", "2014-02-01")
    assert await again(store, alpha_with(tmp_path, standings=told)) is Outcome.APPLIED
    assert await ask(store, "exa:1", "2014-06-01", known="2014-06-01") == (
        "ELIGIBLE IN_GOOD_STANDING"
    )
    past = await answer(store, "exa:1", "2014-06-01", known="2014-03-01", revision=1)
    assert past.answer.verdict == "UNKNOWN"


async def test_a_row_of_the_record_that_names_nobody_lets_everything_be(
    store: Store, tmp_path: Path
) -> None:
    """Nobody knows whose row it is; so nothing is withdrawn."""
    told = "subject,state,since\nexa:1,listed,2014-01-01\n"
    await begin(store, alpha_with(tmp_path, standings=told))
    wrong = "subject,state,since\nexa:404,listed,2014-01-01\n"
    report = await run(store, record(alpha_with(tmp_path, standings=wrong)), now=noon("2020-03-01"))
    assert (report.ended, len(report.problems)) == ([], 1)
    assert await held(store, "exa:1", "2014-06-01") == {"listed"}


async def test_statements_of_different_sources_about_one_event_are_one(
    store: Store, tmp_path: Path
) -> None:
    told = (
        "subject,state,since,sources,confidence,knownOn\n"
        "exa:1,barred,2014-05,X1,high,2014-06-01\n"
        "exa:1,Barred,2014-04-20/2014-05-10,X2,low,2014-07-01\n"
        "exa:2,barred,2014-05-01,X1,,\n"
        "exa:2,barred,2014-05-01,X2,medium,\n"
    )
    await begin(store, alpha_with(tmp_path, standings=told))
    [row] = await facts(store, Standing, "subject", "exa:1")
    assert (row["since"], row["sources"], row["confidence"]) == (
        "2014-04-20/2014-05-31", ["X2", "X1"], Confidence.LOW,
    )  # fmt: skip
    [row] = await facts(store, Standing, "subject", "exa:2")
    assert (row["since"], row["confidence"]) == ("2014-05-01", Confidence.MEDIUM)
    assert await ask(store, "exa:1", "2014-06-01", known="2014-06-15") == "UNKNOWN NO_EVIDENCE"


async def test_statements_of_one_source_are_two_events(store: Store, tmp_path: Path) -> None:
    told = (
        "subject,state,since,sources\n"
        "exa:1,barred,2014-05-01,X1\nexa:1,barred,2014-06-01,X1\nexa:1,barred,2014-07-01,\n"
    )
    await begin(store, alpha_with(tmp_path, standings=told))
    assert len(await facts(store, Standing, "subject", "exa:1")) == 3


async def test_an_agreement_that_comes_with_other_clauses_keeps_no_old_one(
    store: Store, alpha: Adapter
) -> None:
    await begin(store, alpha)
    inside = {
        "reference": f"wsr:{ALPHA}-1", "name": "Agreement", "inForceFrom": "2013-01-01",
        "term": "OPEN", "clauses": [{"duty": "PREFER", "text": "prefer", "countries": ["PK"]}],
    }  # fmt: skip
    report = await bring(store, {"program": ALPHA, "agreement": inside})
    assert [change.kind for change in report.ended] == ["clause"]
    await bring(
        store, {"program": ALPHA, "worksite": {"reference": "exa:1", "name": "S", "country": "BD"}}
    )
    assert await ask(store, "exa:1", "2014-06-01") == "NOT_BOUND NO_SIGNATURE"


async def test_a_word_that_changes_its_meaning_is_judged_anew(store: Store, tmp_path: Path) -> None:
    told = "subject,state,since\nexa:1,noted,2014-01-01\n"
    told_track = told.replace("since\n", "since,track\n").replace("01-01\n", "01-01,repair\n")
    await begin(store, alpha_with(tmp_path, standings=told_track))
    moment = await now(store)
    _, [site] = await store.resolve(["exa:1"])
    assert site is not None
    rows = await store.in_force("subject", [site.node], moment, day=noon("2014-06-01").toordinal())
    assert [row["effect"] for row in rows] == ["NO_EFFECT"]
    words = RECORD["state_rules.csv"].replace("repair,noted,NO_EFFECT", "repair,noted,FINDINGS")
    changed = alpha_with(tmp_path, standings=told_track, state_rules=words)
    assert await again(store, changed) is Outcome.APPLIED
    moment = await now(store)
    rows = await store.in_force("subject", [site.node], moment, day=noon("2014-06-01").toordinal())
    assert [row["effect"] for row in rows] == ["FINDINGS"]


async def test_a_supplier_with_very_many_vague_days_is_kept_all_the_same(
    store: Store, alpha: Adapter
) -> None:
    """When each state really held cannot be told; so each may have held since its first day."""
    await begin(store, alpha)
    rows = [
        {
            "program": ALPHA,
            "standing": {"subject": "exa:1", "state": "behind", "since": f"2014-0{month}/2019-06"},
        }
        for month in range(1, 10)
    ]
    words = ["on track", "behind"] * 5
    for row, word in zip(rows, words, strict=False):
        row["standing"] = {**dict(row["standing"]), "state": word}  # pyright: ignore[reportArgumentType, reportCallIssue]
    await bring(store, {"program": ALPHA, "worksite": {"reference": "exa:1", "name": "S"}}, *rows)
    assert await held(store, "exa:1", "2014-01-01") == {"on track"}
    assert await held(store, "exa:1", "2016-01-01") == {"on track", "behind"}
    warned = [
        {
            "program": ALPHA,
            "standing": {"subject": "exa:1", "state": "warned", "since": f"2014-0{month}/2019-06"},
        }
        for month in range(1, 10)
    ]
    await bring(store, *warned)
    assert "warned" not in await held(store, "exa:1", "2016-01-01")


async def test_a_state_that_ended_on_the_day_it_began_held_on_no_day(
    store: Store, alpha: Adapter
) -> None:
    await begin(store, alpha)
    day = "2019-06-01"
    standing = {"subject": "exa:1", "state": "behind", "since": day, "until": day}
    site = {"reference": "exa:1", "name": "S"}
    await bring(
        store, {"program": ALPHA, "worksite": site}, {"program": ALPHA, "standing": standing}
    )
    assert await held(store, "exa:1", day) == set()


async def test_what_becomes_of_a_push_for_a_program_not_yet_synced(
    store: Store, alpha: Adapter
) -> None:
    report = await push(store, alpha, sites("exa:1"))
    assert report.outcome is Outcome.HELD
    assert "the program example-alpha is not known" in report.problems[0].message
    assert await whole(store) == []


def test_an_operators_file_that_cannot_be_read_is_named(alpha: Adapter) -> None:
    with pytest.raises(BadDocumentError, match=r"^empty\.csv: "):
        operator_file(alpha, [("empty.csv", b"")])


async def test_a_folder_whose_record_does_not_say_what_it_is_is_what_its_manifest_says(
    store: Store, tmp_path: Path
) -> None:
    adapter = folders(tmp_path, programs="", manifest='\n[feeds.other]\nabout = "x"\n')[ALPHA]
    report = await run(store, record(adapter), now=noon("2020-01-01"))
    assert "programRecord" in {change.kind for change in report.added}


@pytest.mark.parametrize(
    ("table", "text", "message"),
    [
        ("standings", "subject,state,since\nexa:1,listed,2014-02-30\n", "standings, row 2"),
        ("standings", "subject\x00", "example_alpha/record/standings.csv: "),
        ("unheard", "a,b\n1,2\n", "unheard"),
    ],
)
def test_a_broken_record_names_the_file_and_the_place(
    tmp_path: Path, table: str, text: str, message: str
) -> None:
    adapter = folders(tmp_path, **{table: text})[ALPHA]
    with pytest.raises(BadDocumentError) as caught:
        record(adapter)
    assert message in caught.value.message


async def test_another_program_is_not_known_by_this_ones_record(
    store: Store, alpha: Adapter, beta: Adapter
) -> None:
    await begin(store, alpha)
    assert not await known(store, beta)
    assert beta.program == BETA
