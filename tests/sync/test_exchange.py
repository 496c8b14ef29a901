"""The exchange format: an administrator's lines, applied whole or not at all; exports restored."""

from datetime import date
from typing import Final

import orjson
import pytest

from adapters.kit.adapter import Adapter
from graph_schema.standing import Standing
from hub.errors import BadDocumentError, ConflictError
from hub.store.port import Store
from hub.store.rows import instant
from hub.sync.intake import Outcome
from hub.sync.restore import is_export, restore
from hub.sync.run import run
from hub.sync.sources import exchange_file, operator_file
from tests.sync.conftest import NewStore
from tests.sync.programs import (
    ALPHA,
    BETA,
    BETAS_BUYER,
    BUYER,
    NO_STANDINGS,
    sites,
    standings,
    table,
)
from tests.sync.steps import ask, begin, bring, facts, held, noon, push, whole

pytestmark = pytest.mark.anyio

SITE: Final = b'{"program":"example-alpha","worksite":{"reference":"exa:1","name":"Site"}}'
STANDING: Final = (
    b'{"program":"example-alpha","standing":{"subject":"exa:1","state":"listed","since":"2019"}}'
)
BAD_LINES: Final = {
    "no JSON": (b"{", "line 2: it is not JSON: "),
    "not UTF-8": (b'{"program":"example-alpha\xff"}', "line 2: it is not UTF-8; save the file"),
    "no fact": (b'{"program":"example-alpha"}', "line 2, the line: a line holds a program and one"),
    "two facts": (
        SITE[:-1] + b"," + STANDING[len(b'{"program":"example-alpha",') :],
        "line 2, the line: a line holds a program and one fact: ",
    ),
    "an unknown field": (SITE.replace(b'"name"', b'"nom"'), "line 2, nom: "),
    "a bad reference": (
        SITE.replace(b"exa:1", b"os:BD2020021QK28YA"),
        "line 2, reference: the check character of OS ID BD2020021QK28YA is wrong",
    ),
    "a list": (b"[1]", "line 2, the line: "),
    "NUL": (SITE.replace(b"Site", b"Si\x00te"), "line 2: it is not JSON: "),
    "NUL, escaped": (
        SITE.replace(b"Site", b"Si\\u0000te"),
        "line 2, name: it holds control characters; save the file as plain UTF-8 text",
    ),
    "a mark of direction in a reference": (
        SITE.replace(b"exa:1", "exa:1\u200f".encode()),
        "line 2, reference: '1\\u200f' holds blanks or characters that do not print",
    ),
    "a line that is cut off": (SITE[:-5], "line 2: it is not JSON: "),
}


@pytest.fixture
async def store(store: Store, alpha: Adapter, beta: Adapter) -> Store:
    """Return a store with both records."""
    await begin(store, alpha, beta)
    return store


@pytest.mark.parametrize("name", BAD_LINES)
async def test_a_bad_line_is_named_and_nothing_is_applied(name: str) -> None:
    line, message = BAD_LINES[name]
    with pytest.raises(BadDocumentError) as caught:
        exchange_file(SITE + b"\n" + line)
    assert caught.value.message.startswith("nothing was applied; mend these lines and repeat:\n")
    assert message in caught.value.message


@pytest.mark.parametrize(
    "document",
    [b"\xef\xbb\xbf" + SITE, SITE.replace(b"Site", "\u200fSite\u200e".encode())],
    ids=["a byte order mark", "marks of direction"],
)
def test_what_cannot_be_seen_says_nothing(document: bytes) -> None:
    assert exchange_file(document).lines == exchange_file(SITE).lines


async def test_many_bad_lines_are_counted() -> None:
    with pytest.raises(BadDocumentError, match=r"\n\.\.\. and 5 more$"):
        exchange_file(b"\n".join([b"{"] * 25))


async def test_an_empty_file_says_so() -> None:
    with pytest.raises(BadDocumentError, match="the file has no line; write one fact a line"):
        exchange_file(b"\xef\xbb\xbf\n \n")


async def test_a_line_that_names_nobody_stops_the_whole_file(store: Store) -> None:
    before = await whole(store)
    lines = (orjson.loads(SITE), orjson.loads(STANDING.replace(b"exa:1", b"exa:404")))
    with pytest.raises(BadDocumentError, match=r"line 2.*nothing goes by exa:404; describe it"):
        await run(store, exchange_file(b"\n".join(orjson.dumps(line) for line in lines)))
    assert await whole(store) == before


async def test_many_lines_that_name_nobody_are_counted(store: Store) -> None:
    lines = [STANDING.replace(b"exa:1", f"exa:{number}".encode()) for number in range(25)]
    with pytest.raises(BadDocumentError, match=r"\n\.\.\. and 5 more$"):
        await run(store, exchange_file(b"\n".join(lines)))


async def test_a_reference_may_stand_anywhere_in_the_file(store: Store) -> None:
    report = await run(store, exchange_file(STANDING + b"\n" + SITE))
    assert (len(report.added), report.problems) == (2, [])


async def test_what_the_clauses_of_an_agreement_stand_under_may_arrive_later(store: Store) -> None:
    agreement = {
        "reference": "exa:second", "name": "Second", "supersedes": "exa:first",
        "under": "exa:frame", "clauses": [{"duty": "PREFER", "text": "x"}],
    }  # fmt: skip
    report = await bring(store, {"program": ALPHA, "agreement": agreement})
    assert (len(report.added), report.problems) == (2, [])
    first = {"program": ALPHA, "agreement": {"reference": "exa:first", "name": "First"}}
    assert (await bring(store, first)).outcome is Outcome.APPLIED
    _, [known] = await store.resolve(["exa:first"])
    assert known is not None


async def test_an_administrator_may_say_since_when_a_fact_was_known(store: Store) -> None:
    known = {
        "program": ALPHA, "knownOn": "2019-06-01",
        "standing": {"subject": "exa:1", "state": "listed", "since": "2019-01-01"},
    }  # fmt: skip
    await bring(store, {"program": ALPHA, "worksite": {"reference": "exa:1", "name": "S"}}, known)
    assert await ask(store, "exa:1", "2019-07-01", known="2019-05-31") == "UNKNOWN NO_EVIDENCE"
    assert await ask(store, "exa:1", "2019-07-01", known="2019-06-01") == (
        "ELIGIBLE IN_GOOD_STANDING"
    )


async def test_a_document_of_a_day_yet_to_come_is_refused(store: Store, alpha: Adapter) -> None:
    intake = operator_file(alpha, [NO_STANDINGS])
    intake.dated = date(2021, 1, 1)
    with pytest.raises(BadDocumentError, match="it is dated 2021-01-01, which is yet to come"):
        await run(store, intake, now=noon("2020-06-01"))


async def test_a_dry_run_tells_the_difference_and_writes_nothing(
    store: Store, alpha: Adapter
) -> None:
    before = await whole(store)
    rows = standings("exa:1 listed 2019-01-01")
    report = await push(store, alpha, sites("exa:1"), rows, dry_run=True)
    assert (report.outcome, len(report.added)) == (Outcome.DRY_RUN, 2)
    assert await whole(store) == before
    assert (await bring(store, orjson.loads(SITE), dry_run=True)).outcome is Outcome.DRY_RUN
    assert await whole(store) == before


async def filled(store: Store, alpha: Adapter) -> None:
    """Write a world with a withdrawn fact, a corrected one, an ended one and a merged number."""
    numbers = "os:BD2020021QK28YZ"
    await push(store, alpha, sites("exa:1", externalIds=numbers), complete=False, at="2020-02-01")
    rows = standings("exa:1 listed 2019-01-01", "exa:1 behind 2019-06-01", confirmedOn="2020-01-15")
    await push(store, alpha, rows, dated="2020-02-01", at="2020-02-02")
    gone = table(
        "signatures",
        [{"organization": each, "agreement": f"wsr:{ALPHA}-1"} for each in (BUYER, BETAS_BUYER)],
    )
    bare = standings("exa:1 warned 2017-05-01", "exa:1 noted 2017-06-01", track="stage")
    await push(store, alpha, bare, gone, dated="2020-02-05", at="2020-02-06")
    still = (gone[0], gone[1].replace(BETAS_BUYER.encode(), BUYER.encode()))
    only = standings("exa:1 noted 2017-06-01", track="stage")
    await push(store, alpha, only, still, dated="2020-02-15", at="2020-02-16", confirmed=True)
    rows = standings("exa:1 listed 2019-02-01", "exa:1 noted 2020-02-20", track="")
    told = (rows[0], rows[1].replace(b"noted,2020-02-20,", b"noted,2020-02-20,repair"))
    await push(store, alpha, told, dated="2020-03-01", at="2020-03-02", confirmed=True)
    await bring(
        store,
        {
            "program": BETA,
            "worksite": {"reference": "exb:1", "name": "S", "externalIds": [numbers]},
        },
        {
            "program": BETA, "knownOn": "2019-05-05",
            "standing": {"subject": "exb:1", "state": "listed", "since": "2018/2020"},
        },
        at="2020-04-01",
    )  # fmt: skip


async def test_an_export_restored_into_an_empty_store_is_exported_alike(
    store: Store, alpha: Adapter, new_store: NewStore
) -> None:
    await filled(store, alpha)
    lines = await whole(store)
    intake = exchange_file(b"".join(lines))
    assert is_export(intake)
    async with new_store() as other:
        dry = await restore(other, intake, dry_run=True)
        assert (dry.outcome, await whole(other)) == (Outcome.DRY_RUN, [])
        report = await restore(other, intake)
        assert (report.outcome, len(report.added)) == (Outcome.RESTORED, len(lines))
        assert sorted(await whole(other)) == sorted(lines)
        for day, known in (
            ("2020-05-01", None),
            ("2019-03-01", "2020-02-15"),
            ("2019-01-15", None),
        ):
            for site in ("exa:1", "exb:1"):
                told = await ask(store, site, day, known=known)
                assert await ask(other, site, day, known=known) == told


async def test_an_export_is_the_same_however_many_facts_are_named_at_a_time(
    store: Store, alpha: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(store, alpha)
    lines = await whole(store)
    monkeypatch.setattr("hub.sync.export._CHUNK", 3)
    assert await whole(store) == lines


async def test_an_export_is_imported_into_an_empty_store_alone(
    store: Store, alpha: Adapter
) -> None:
    await filled(store, alpha)
    intake = exchange_file(b"".join(await whole(store)))
    with pytest.raises(ConflictError, match="import it into an empty store"):
        await restore(store, intake)


async def test_a_broken_export_restores_nothing(
    store: Store, alpha: Adapter, new_store: NewStore
) -> None:
    await filled(store, alpha)
    lines = await whole(store)
    plain = [*lines, SITE + b"\n"]
    nobody = [line for line in lines if b'"worksite"' not in line]
    async with new_store() as other:
        with pytest.raises(BadDocumentError, match="it states no recordedAt or visible"):
            await restore(other, exchange_file(b"".join(plain)))
        with pytest.raises(BadDocumentError, match="nothing goes by exa:1"):
            await restore(other, exchange_file(b"".join(nobody)))
        assert await whole(other) == []


async def test_an_export_of_what_is_yet_to_come_restores_nothing(
    store: Store, alpha: Adapter, new_store: NewStore
) -> None:
    await filled(store, alpha)
    intake = exchange_file(b"".join(await whole(store)))
    last = (await store.latest()).recorded_at
    async with new_store() as other:
        with pytest.raises(BadDocumentError, match=r"^line \d+: .* is yet to come; set the clock"):
            await restore(other, intake, now=instant(last - 1))
        assert await whole(other) == []
        await restore(other, intake, now=instant(last))
        assert (await other.latest()).recorded_at >= last


async def test_an_older_days_interval_is_kept_by_the_export(
    store: Store, alpha: Adapter, new_store: NewStore
) -> None:
    """What a fact's first statement told of its beginning outlives the export."""
    await filled(store, alpha)
    intake = exchange_file(b"".join(await whole(store)))
    async with new_store() as other:
        await restore(other, intake)
        assert await held(other, "exb:1", "2019-06-01") == await held(store, "exb:1", "2019-06-01")
        mine = await facts(store, Standing, "subject", "exb:1")
        theirs = await facts(other, Standing, "subject", "exb:1")
        assert [row["begins_last"] for row in mine] == [row["begins_last"] for row in theirs]
