"""Contacts in documents of any feed, and in what clients push: kept and told nowhere."""

import zlib
from base64 import b64decode
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from hub.store.deeds import By
from hub.store.port import Store
from hub.sync import proposal
from hub.sync.decide import Deciding, apply
from hub.sync.document import Document, Form
from hub.sync.making import Sending
from hub.sync.propose import hold_back, propose
from hub.sync.push import Push, push
from hub.sync.receipt import Asked
from tests.adapters.books import book, lines
from tests.adapters.documents import adapter, recorded
from tests.adapters.fair_food_program.pages import shown
from tests.adapters.planted import EMAIL, PERSON, PHONE, PLANTED, assert_nowhere
from tests.adapters.signing import signed
from tests.sync.steps import whole

pytestmark = pytest.mark.anyio

IN_CELLS: Final = (EMAIL, PHONE)
"""What is told apart from a name wherever it stands."""
FORM: Final = f"<form><p>{PERSON} {PHONE} {EMAIL}</p></form><footer>{PERSON}: {EMAIL}</footer>"
PARTED: Final = f"<p><strong>Sweden</strong><br>{EMAIL[:6]}<i>{EMAIL[6:]}</i> {PHONE}</p>"
HIDDEN: Final = f"<!-- {PERSON} {EMAIL} --><script>{PHONE}</script><a href='mailto:{EMAIL}'> </a>"
BELOW: Final = f"<p><b>Sweden</b><br>{EMAIL}, {PHONE}</p><p><b>{EMAIL} {PHONE}</b></p>{HIDDEN}"
CELL: Final = f"Example {EMAIL} {PHONE}"
WEEKLY: Final = ["name", "crop", "state", "Contact person", "Phone"]
GROWER: Final = ["Ag-Mart", "Tomatoes", "Florida", PERSON, PHONE]
TOTALS: Final = "metric,value,unit,until,source,title"


def signatures(title: str) -> list[bytes]:
    """Return pages of signatories with contacts beside them and among them."""
    countries = {"Germany": ["Puma"]}
    return [signed(title, countries, more) for more in (FORM, FORM + BELOW, PARTED + HIDDEN)]


@pytest.mark.parametrize("program", ["international-accord", "pakistan-accord"])
async def test_signatories(program: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    pakistan = program == "pakistan-accord"
    title = "Signatories: Pakistan" if pakistan else "International Accord signatories"
    reports = await assert_nowhere(
        tmp_path, caplog, program, "signatories", signatures(title), dated="2026-11-01"
    )
    assert [len(report.problems) for report in reports] == [0, 2, 1]


async def test_participants(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    documents = [
        shown(FORM, HIDDEN),
        shown(growers=["Ag-Mart", CELL]),
        shown(f"<h3>Tomatoes - {CELL}</h3><ul><li>{CELL}</li></ul>", buyers=["Walmart", CELL]),
        shown(f"<h3>{CELL} - Florida</h3><ul><li>Ag-Mart</li></ul>"),
    ]
    reports = await assert_nowhere(tmp_path, caplog, "ffp", "participants", documents)
    assert [len(report.problems) for report in reports] == [0, 1, 2, 1]


async def test_weekly(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    tables = [
        [WEEKLY, GROWER],
        [WEEKLY, GROWER, [CELL, *GROWER[1:]], ["Ag-Mart", CELL, "Florida"], [*GROWER[:2], CELL]],
        [["name", "crop", "state", ""], ["", CELL, "Florida", PERSON], [CELL, "Corn", "", PERSON]],
    ]
    documents = [book(list=table) for table in tables]
    documents += [lines(*map(",".join, table)) for table in tables]
    reports = await assert_nowhere(tmp_path, caplog, "ffp", "weekly", documents, dated="2026-11-02")
    assert [len(report.problems) for report in reports] == [0, 3, 2] * 2


async def test_totals(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rows = [
        f"farms enrolled,52,farms,2025-10,mwd:report-2025,Report of {CELL}",
        f"{CELL},52,farms,2025-10,mwd:report-2025,",
        f"farms enrolled,{CELL},farms,2025-10,mwd:report-2025,",
        f"farms enrolled,52,{CELL},2025-10,mwd:report-2025,",
        f"farms enrolled,52,farms,{CELL},mwd:report-2025,",
    ]
    documents = [lines(TOTALS, *rows), lines(f"{TOTALS},{CELL}", *rows)]
    reports = await assert_nowhere(tmp_path, caplog, "milk-with-dignity", "totals", documents)
    assert [len(report.problems) for report in reports] == [4]


async def test_the_template(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    header = "subject,state,since,visible"
    good = f"wsr:ag-mart,participating,2026-01-01,{CELL}"
    rows = [
        f"wsr:ag-mart,{CELL},2026-01-01,",
        f"{CELL},participating,2026-01-01,",
        f"wsr:ag-mart,participating,{CELL},",
    ]
    documents = [
        lines(header.removesuffix(",visible"), *(row.removesuffix(",") for row in rows)),
        lines(header, good, *rows),
    ]
    documents.append(book(standings=[row.split(",") for row in (header[:19], *rows)]))
    reports = await assert_nowhere(tmp_path, caplog, "ffp", "operator", documents, planted=IN_CELLS)
    assert all(len(report.problems) == 3 for report in reports)
    assert reports


FACTS: Final[list[dict[str, Any]]] = [
    {"standing": {"subject": "wsr:ag-mart", "state": "participating", "since": "2026-01-01",
                  "note": f"by {EMAIL}"}},
    {"standing": {"subject": EMAIL, "state": "participating"}},
    {"standing": {"subject": "wsr:ag-mart", "state": EMAIL, "contactPerson": PERSON}},
]  # fmt: skip


@pytest.mark.parametrize("listed", [True, False])
async def test_facts_as_json(listed: bool) -> None:
    each = [*map(orjson.dumps, FACTS), f"{{{EMAIL}".encode()]
    content = orjson.dumps(FACTS) if listed else b"\n\n".join(each)
    ffp, by = adapter("ffp"), By.of("office", "a test")
    async with recorded("ffp") as store:
        sent = Sending("ffp", Document(Form.LINES), content, by, Asked.of("office", "1", "facts"))
        made = await propose(store, ffp, sent)
        kept = await _texts(store)
        known = await proposal.found(store, [made.number], ["ffp"])
        head, text = known[made.number]
        asked = Asked.of("office", "2", "apply")
        deciding = Deciding(head, text, "its name", by, asked)
        await apply(store, {"ffp": ffp}, deciding)
        kept += [line.decode() for line in await whole(store)]
    assert any("by …" in each for each in kept)
    assert not [text for each in kept for text in PLANTED if text in each]


async def test_facts_that_are_pushed_and_held() -> None:
    bars = [
        {"standing": {"subject": f"wsr:{name}", "state": "suspended", "since": "2026-01-01",
                      "note": f"by {EMAIL}"}}
        for name in ("ag-mart", "lipman", "tuxedo-corn")
    ]  # fmt: skip
    async with recorded("ffp") as store:
        sent = Push("office", "ffp", bars, "1", "a test")
        report = await push(store, sent, dry_run=True)
        await hold_back(store, sent, report)
        kept = await _texts(store)
    assert any("by …" in each for each in kept)
    assert not [text for each in kept for text in PLANTED if text in each]


async def _texts(store: Store) -> list[str]:
    """Return all that is kept of proposals, their documents unpacked."""
    kinds = (proposal.kind("ffp"), proposal.DIFFERENCE, proposal.EFFECTS)
    records = [text for kind in kinds for text in (await store.kept.all(kind)).values()]
    packed = (await store.kept.all(proposal.DOCUMENT)).values()
    return records + [zlib.decompress(b64decode(orjson.loads(each))).decode() for each in packed]
