"""Lists that tests check, as files, and the answered lists read back."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

import orjson
import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]
from pyarrow import parquet  # pyright: ignore[reportMissingTypeStubs]
from python_calamine import CalamineWorkbook

from tests.cli.commands import Ran, hub
from tests.cli.worlds import BUYER, DAY

ANSWERS: Final = ["verdict", "reason", "summary", "problem"]
Rows = list[dict[str, Any]]


def listed(*rows: str, name: str = "list.csv") -> Path:
    """Write a list in the present folder, a text a row, the header first."""
    path = Path(name)
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def workbook(path: Path, **sheets: Sequence[Sequence[object]]) -> Path:
    """Write a workbook."""
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def check(path: Path, *options: object, product: str | None = "jeans") -> Ran:
    """Check a list for the buyer."""
    what = [] if product is None else ["--product", product]
    return hub("check", path, "--buyer", BUYER, "--as-of", DAY, *what, *options)


def answers(found: Ran) -> Rows:
    """Return what a check printed through a pipe."""
    return from_csv(found.out)


def verdicts(found: Ran) -> list[str]:
    """Return the verdict of each row, or `problem`."""
    return [row["verdict"] or "problem" for row in answers(found)]


def counts(found: Ran) -> list[str]:
    """Return the lines in which a check counts, after the one about columns."""
    _, *lines = found.err.splitlines()
    return [line.strip() for line in lines]


def from_csv(text: str) -> Rows:
    """Return the rows of a CSV text; an empty cell of an answer is none."""
    return [_plain(row) for row in csv.DictReader(io.StringIO(text, newline=""))]


def from_xlsx(path: Path) -> Rows:
    """Return the rows of a workbook of one sheet."""
    [name] = (book := CalamineWorkbook.from_path(str(path))).sheet_names
    header, *rows = book.get_sheet_by_name(name).to_python()
    return [_plain(dict(zip(map(str, header), map(str, row), strict=True))) for row in rows]


def from_json(path: Path) -> Rows:
    """Return the rows of a JSON file."""
    return orjson.loads(path.read_bytes())


def from_ndjson(path: Path) -> Rows:
    """Return the rows of an NDJSON file."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def from_parquet(path: Path) -> Rows:
    """Return the rows of a Parquet file."""
    return cast("Any", parquet).read_table(str(path)).to_pylist()


def _plain(row: Mapping[str, str]) -> dict[str, Any]:
    return {name: (value or None) if name in ANSWERS else value for name, value in row.items()}
