"""Lists over HTTP: what is taken, what comes back, and that it is what the API says."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

import pytest
from pyarrow import parquet  # pyright: ignore[reportMissingTypeStubs]
from python_calamine import CalamineWorkbook

from adapters.kit import gate
from hub.answers import checked as checked_module
from hub.jobs import reading
from tests.cli.worlds import BARRED, BUYER, DAY, GOOD, SILENT, WRONG_OS_ID
from tests.jobs.clients import (
    CSV,
    HEADER,
    NDJSON,
    ROWS,
    XLSX,
    Sender,
    as_csv,
    as_ndjson,
    as_xlsx,
    brand,
    from_ndjson,
    problem,
)
from tests.oauth.served import Hub

pytestmark = pytest.mark.anyio
ANSWERS: Final = ["verdict", "reason", "problem", "problemCode"]
LIST: Final = (
    "query($buyer: ID!, $suppliers: [ID!]!, $product: String!, $asOf: Date!) { eligibilityList("
    "buyer: $buyer, suppliers: $suppliers, product: $product, asOf: $asOf) { revision rows { "
    "verdict reason problem { code message } } } }"
)
INPUTS: Final[dict[str, Callable[..., bytes]]] = {
    CSV: as_csv, NDJSON: as_ndjson, XLSX: as_xlsx,
}  # fmt: skip
Rows = list[dict[str, Any]]


async def test_each_row_is_answered_as_the_api_answers_it(hub: Hub) -> None:
    asks = await brand(hub)
    asked = [GOOD, BARRED, SILENT, "wsr:nobody", WRONG_OS_ID, "alpha:s3", "beta:s9", GOOD]
    job = await asks.sends(as_csv([(each, "jeans", "") for each in asked]))
    answer = await asks.call(
        "POST",
        "/graphql",
        json={
            "query": LIST,
            "variables": {"buyer": BUYER, "suppliers": asked, "product": "jeans", "asOf": DAY},
        },
    )
    told = answer.json()["data"]["eligibilityList"]
    rows = from_ndjson(await asks.answers(job["id"]))
    assert [row["Supplier"] for row in rows] == asked
    assert [
        {
            "verdict": row["verdict"],
            "reason": row["reason"],
            "problem": row["problem"] and {"code": row["problemCode"], "message": row["problem"]},
        }
        for row in rows
    ] == told["rows"]
    assert job["revision"] == told["revision"]
    assert {row["verdict"] for row in rows} > {"ELIGIBLE", "INELIGIBLE", "UNKNOWN", None}


@pytest.mark.parametrize("media", INPUTS)
async def test_a_list_is_the_same_whatever_it_is_sent_as(buyer: Sender, media: str) -> None:
    job = await buyer.sends(INPUTS[media](ROWS), media)
    assert (job["rows"], job["done"]) == (len(ROWS), 0)
    rows = from_ndjson(await buyer.answers(job["id"]))
    assert [list(row) for row in rows] == [[*HEADER, *ANSWERS]] * len(ROWS)
    assert [tuple(row[name] for name in HEADER) for row in rows] == [*ROWS]
    assert [row["verdict"] or row["problemCode"] for row in rows] == [
        "ELIGIBLE", "INELIGIBLE", "UNKNOWN", "UNKNOWN_REFERENCE", "INVALID_REFERENCE",
        "INVALID_INPUT", "ELIGIBLE",
    ]  # fmt: skip
    over = await buyer.job(job["id"])
    assert over["counts"] == {"INELIGIBLE": 1, "UNKNOWN": 1, "ELIGIBLE": 2}
    assert (over["state"], over["done"], over["problems"]) == ("done", len(ROWS), 3)


def _csv(body: bytes) -> Rows:
    text = body.decode("utf-8-sig")
    return [
        {name: value or None if name in ANSWERS else value for name, value in row.items()}
        for row in csv.DictReader(io.StringIO(text, newline=""))
    ]


def _xlsx(body: bytes) -> Rows:
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    header, *rows = book.get_sheet_by_index(0).to_python()
    found = [dict(zip(map(str, header), map(str, row), strict=True)) for row in rows]
    return [{n: v or None if n in ANSWERS else v for n, v in row.items()} for row in found]


def _parquet(body: bytes) -> Rows:
    return cast("Any", parquet).read_table(io.BytesIO(body)).to_pylist()


@pytest.mark.parametrize(
    ("form", "media", "read"),
    [
        ("csv", CSV, _csv),
        ("xlsx", XLSX, _xlsx),
        ("parquet", "application/vnd.apache.parquet", _parquet),
    ],
)
async def test_answers_are_the_same_in_every_format(
    buyer: Sender, form: str, media: str, read: Callable[[bytes], Rows]
) -> None:
    job = await buyer.sends(as_csv(ROWS))
    rows = [dict(row) for row in from_ndjson(await buyer.answers(job["id"]))]
    for asked in ({"params": {"format": form}}, {"headers": {"accept": f"{media}, */*;q=0.1"}}):
        answer = await buyer.call("GET", f"/jobs/{job['id']}/result", **asked)
        assert answer.headers["content-type"].partition(";")[0] == media
        assert f'filename="eligibility-{job["id"]}.{form}"' in answer.headers["content-disposition"]
        found = read(answer.content)
        if form != "parquet":  # what a spreadsheet would take for a formula
            assert found[1]["Note"] == "'=1+1"
            found[1]["Note"] = "=1+1"
        assert found == rows


async def test_a_format_that_is_not_written_is_refused(buyer: Sender) -> None:
    job = await buyer.sends(as_csv(ROWS))
    await buyer.over(job["id"])
    for asked in ({"params": {"format": "pdf"}}, {"headers": {"accept": "text/html"}}):
        answer = await buyer.call("GET", f"/jobs/{job['id']}/result", **asked)
        assert problem(answer)[:2] == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    ("body", "media", "said"),
    [
        (b"a,b\n1,2\n", CSV, "there is no column that says who supplies; the columns are a, b; "
         "call the one of the supplier one of: reference, os id, "),
        (b"supplier\n", CSV, "there is no row below the header"),
        (b"", CSV, "the file is empty"),
        (b"", NDJSON, "the file is empty"),
        (b'{"a": 1}\n', NDJSON, "there is no column that says who supplies; the columns are a; "),
        (b"[1]\n", NDJSON, "the file is empty"),
        (as_xlsx([]), CSV, "the list is not what its type says, csv"),
        (b"supplier\nx\n", XLSX, "the list is not what its type says, xlsx"),
        (b"PK\x03\x04no workbook", XLSX, "the workbook is cut off or damaged"),
        (b"supplier\nx\x00\n", CSV, "line 2 holds a NUL byte"),
    ],
)  # fmt: skip
async def test_a_list_that_cannot_be_read_is_refused(
    buyer: Sender, tmp_path: Path, body: bytes, media: str, said: str
) -> None:
    status, code, detail = await buyer.refused(body, media)
    assert (status, code) == (422, "BAD_DOCUMENT")
    assert detail.startswith(said)
    assert [*(tmp_path / "jobs").glob(".*/*")] == []


async def test_a_list_that_names_no_product_needs_one(buyer: Sender) -> None:
    listed = as_csv([(GOOD,)], ("supplier",))
    assert (await buyer.refused(listed, product=""))[:2] == (422, "BAD_DOCUMENT")
    job = await buyer.sends(as_csv([(GOOD, ""), (GOOD, "jeans")], ("supplier", "item")), product="")
    rows = from_ndjson(await buyer.answers(job["id"]))
    assert [row["problemCode"] for row in rows] == ["INVALID_INPUT", None]


async def test_rows_that_cannot_be_taken_spoil_no_other(buyer: Sender) -> None:
    broken = b"supplier,note\n%b,x\n%b,a,b,c\n%b,#REF!\n" % ((GOOD.encode(),) * 3)
    first, *others = from_ndjson(await buyer.answers((await buyer.sends(broken))["id"]))
    assert first["verdict"] == "ELIGIBLE"
    assert [(row["verdict"], row["problemCode"]) for row in others] == [(None, "BAD_DOCUMENT")] * 2
    assert [row["problem"].partition(":")[0] for row in others] == ["row 3", "row 4, column 'note'"]
    lines = (
        b'{"supplier": "%b"}\nno JSON\n\n{"supplier": ["x"]}\n{"os id": 7, "note": true}\n'
        b'{"supplier": "%b", "note": null}\n' % ((GOOD.encode(),) * 2)
    )
    rows = from_ndjson(await buyer.answers((await buyer.sends(lines, NDJSON))["id"]))
    assert [list(row)[:3] for row in rows] == [["supplier", "os id", "note"]] * 5
    assert [row["verdict"] or row["problem"] for row in rows] == [
        "ELIGIBLE",
        "line 2: this is no JSON object",
        "line 4: 'supplier' holds no text or number",
        rows[3]["problem"],
        "ELIGIBLE",
    ]
    assert (rows[3]["os id"], rows[3]["note"]) == ("7", "true")
    assert rows[3]["problemCode"] == "INVALID_REFERENCE"


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"buyer": ""}, 400, "INVALID_INPUT"),
        ({"buyer": "wsr:nobody"}, 404, "UNKNOWN_REFERENCE"),
        ({"buyer": WRONG_OS_ID}, 400, "INVALID_REFERENCE"),
        ({"product": "spaceships"}, 400, "INVALID_INPUT"),
        ({"product": "x" * 301}, 400, "INVALID_INPUT"),
        ({"asOf": "tomorrow"}, 400, "INVALID_INPUT"),
        ({"knownAt": "now"}, 400, "INVALID_INPUT"),
        ({"knownAt": "9999-12-31T23:59:59-14:00"}, 400, "INVALID_INPUT"),
        ({"knownAt": "0001-01-01T00:00:00+14:00"}, 400, "INVALID_INPUT"),
        ({"colour": "red"}, 400, "INVALID_INPUT"),
        ({"media": "application/json"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"key": "k" * 256}, 400, "INVALID_INPUT"),
    ],
)
async def test_what_asks_for_nothing_there_is_is_refused(
    buyer: Sender, asked: dict[str, str], status: int, code: str
) -> None:
    assert (await buyer.refused(as_csv(ROWS), **asked))[:2] == (status, code)


async def test_a_list_is_no_larger_than_a_file_may_be(buyer: Sender) -> None:
    answer = await buyer.call(
        "POST",
        "/jobs/eligibility",
        params={"buyer": BUYER},
        headers={"content-type": CSV, "content-length": "200000001"},
        content=b"",
    )
    assert problem(answer)[:2] == (413, "TOO_LARGE")


async def test_the_instant_is_the_one_that_is_asked_of(buyer: Sender) -> None:
    listed = as_csv([(BARRED, "jeans", "")])
    job = await buyer.sends(listed, knownAt="2020-06-14")
    assert (job["knownAt"], job["asOf"]) == ("2020-06-14T00:00:00+00:00", DAY)
    [row] = from_ndjson(await buyer.answers(job["id"]))
    assert row["verdict"] == "UNKNOWN"
    job = await buyer.sends(listed, knownAt="2020-06-14T05:30:17+05:30:17")
    assert job["knownAt"] == "2020-06-14T00:00:00+00:00"
    assert (await buyer.job(job["id"]))["knownAt"] == job["knownAt"]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["x" * 201], f"the column {'x' * 10}"),
        ([f"{at:03}{'é' * 160}" for at in range(201)], "the names of the columns take more than"),
    ],
)
@pytest.mark.parametrize("media", INPUTS)
async def test_names_of_columns_are_no_longer_than_they_may_be(
    buyer: Sender, media: str, names: list[str], said: str
) -> None:
    """Each answered row has them all."""
    listed = INPUTS[media]([(GOOD, *map(str, range(len(names))))], ("supplier", *names))
    status, code, detail = await buyer.refused(listed, media)
    assert (status, code) == (422, "BAD_DOCUMENT")
    assert detail.replace("'", "").startswith(said)
    assert len(detail) < 300


async def test_answers_are_no_longer_than_they_may_be(tmp_path: Path) -> None:
    names = ["supplier", *(f"{at:03}{'x' * 120}" for at in range(510))]
    (tmp_path / "list").write_bytes(as_csv([("a", *["b"] * 510)] * 30, names))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "MOST_WRITTEN", 1_000_000)
        told = reading.told("csv", tmp_path / "list", tmp_path / "rows")
    assert told["problem"].startswith("the answers would take more than 1,000,000 bytes; shorten")
    assert (tmp_path / "rows").stat().st_size < 100_000
    told = reading.told("csv", tmp_path / "list", tmp_path / "rows")
    assert told["rows"] == 30
    assert (tmp_path / "rows").stat().st_size < 100_000


@pytest.mark.parametrize("line", [b"{}\n", b"\n", b"[]\n"])
def test_lines_that_say_nothing_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: bytes
) -> None:
    monkeypatch.setattr(gate, "MOST_ROWS", 100)
    (tmp_path / "list").write_bytes(b'{"supplier": "a"}\n' + line * 100)
    told = reading.told("ndjson", tmp_path / "list", tmp_path / "rows")
    assert told == {"problem": "the list has more than 100 lines; send it in parts"}


async def test_names_are_searched_for_no_more_often_than_may_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_NAMES", 2)
    listed, rows = tmp_path / "list", tmp_path / "rows"
    known = [(GOOD,), (BARRED,), (SILENT,), ("One",), ("Other",), ("One",)]
    listed.write_bytes(as_csv(known, ("supplier",)))
    assert reading.told("csv", listed, rows)["names"] == 2
    listed.write_bytes(as_csv([*known, ("Third",)], ("supplier",)))
    told = reading.told("csv", listed, rows)
    assert told["problem"].startswith("the list has more than 2 different names of suppliers; give")


async def test_a_product_is_one_however_it_is_spelled(
    buyer: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, ask = list[int](), checked_module.eligibility_list

    async def counted(*given: Any) -> Any:  # noqa: ANN401
        asked.append(len(given[2]))
        return await ask(*given)

    monkeypatch.setattr(checked_module, "eligibility_list", counted)
    spelled = ("jeans", "jeans ", "JEANS", "jeAns", "no such thing", "nor  this")
    listed = as_ndjson([(GOOD, each, "") for each in spelled])
    rows = from_ndjson(await buyer.answers((await buyer.sends(listed, NDJSON))["id"]))
    assert [row["verdict"] or row["problemCode"] for row in rows] == [
        *["ELIGIBLE"] * 4, *["INVALID_INPUT"] * 2,
    ]  # fmt: skip
    assert asked == [4]
