"""Answered lists as files: alike in each format, harmless in a spreadsheet, whole or not at all."""

import csv
import io
import resource
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

import pytest

from hub.written import write
from tests.cli.commands import line
from tests.cli.lists import (
    ANSWERS,
    Rows,
    answers,
    check,
    from_csv,
    from_json,
    from_ndjson,
    from_parquet,
    from_xlsx,
    listed,
)
from tests.cli.worlds import BARRED, GOOD

pytestmark = pytest.mark.usefixtures("store")


def digest(number: int) -> str:
    """Return a text that does not pack well."""
    return sha256(str(number).encode()).hexdigest()


@contextmanager
def small_files() -> Generator[None]:
    """Let no file grow large, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _csv(path: Path) -> Rows:
    text = path.read_bytes().decode()
    assert text.startswith("\ufeff"), "a spreadsheet takes it for something else than UTF-8"
    return from_csv(text.removeprefix("\ufeff"))


READ: Final[Mapping[str, Callable[[Path], Rows]]] = {
    ".csv": _csv,
    ".xlsx": from_xlsx,
    ".json": from_json,
    ".ndjson": from_ndjson,
    ".parquet": from_parquet,
}
FORMATS: Final = list(READ)
HARMFUL: Final = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff20x",
]


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_holds_what_the_pipe_gets(suffix: str) -> None:
    path = listed("Supplier,Größe", f"{GOOD},ø", f"{BARRED},", "wsr:nobody,”")
    piped = check(path)
    found = check(path, "--output", f"answers{suffix}")
    assert (found.code, found.err) == (piped.code, piped.err)
    assert not found.out
    rows = READ[suffix](Path(f"answers{suffix}"))
    assert rows == answers(piped)
    assert [list(row) for row in rows] == [["Supplier", "Größe", *ANSWERS]] * 3
    assert [row["verdict"] for row in rows] == ["ELIGIBLE", "INELIGIBLE", None]


def test_the_name_may_be_in_capitals() -> None:
    check(listed("supplier", GOOD), "--output", "ANSWERS.CSV")
    assert [row["verdict"] for row in _csv(Path("ANSWERS.CSV"))] == ["ELIGIBLE"]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_no_cell_begins_as_a_formula_does(folder: Path, suffix: str) -> None:
    path = folder / f"answers{suffix}"
    columns = ["own", "=column"]
    write([{"own": text, "=column": "x=1"} for text in HARMFUL], columns, path)
    rows = READ[suffix](path)
    assert [row["own"] for row in rows] == [f"'{text}" for text in HARMFUL]
    assert [list(row) for row in rows] == [["own", "'=column"]] * len(HARMFUL)
    assert {row["'=column"] for row in rows} == {"x=1"}


def test_a_pipe_gets_no_formula_either() -> None:
    found = check(listed("supplier,=note", f"{GOOD},=1+1", f"{GOOD},-1", f"{GOOD},a=b"))
    assert [row["'=note"] for row in answers(found)] == ["'=1+1", "'-1", "a=b"]


@pytest.mark.parametrize("suffix", [".json", ".ndjson", ".parquet"])
def test_formats_of_programs_keep_each_text_as_it_is(folder: Path, suffix: str) -> None:
    path = folder / f"answers{suffix}"
    write([{"own": text} for text in HARMFUL], ["own"], path)
    assert [row["own"] for row in READ[suffix](path)] == HARMFUL


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_address_that_cannot_be_written_is_told_in_one_line(folder: Path, suffix: str) -> None:
    (folder / f"taken{suffix}").mkdir()
    for name, why in (
        (f"taken{suffix}", "Is a directory"),
        (f"missing/answers{suffix}", "No such file or directory"),
    ):
        found = check(listed("supplier", GOOD), "--output", name)
        assert found.code == 2
        assert line(found.err.splitlines()[-1]) == f"cannot write {name}: {why}"


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_that_does_not_fit_is_told_in_one_line(folder: Path, suffix: str) -> None:
    path = listed("supplier,number", *(f"{GOOD},{digest(number)}" for number in range(5_000)))
    (folder / f"answers{suffix}").write_text("of yesterday", "utf-8")
    before = sorted(folder.iterdir())
    with small_files():
        found = check(path, "--output", f"answers{suffix}")
    assert found.code == 2
    said = line(found.err.splitlines()[-1])
    assert said == f"cannot write answers{suffix}: File too large"
    assert (folder / f"answers{suffix}").read_text("utf-8") == "of yesterday"
    assert sorted(folder.iterdir()) == before


def test_a_file_that_cannot_be_written_anew_stays_as_it_was(folder: Path) -> None:
    path = folder / "answers.ndjson"
    path.write_text("of yesterday", "utf-8")
    rows = [{"own": "first"}, {"own": object()}]
    with pytest.raises(TypeError):
        write(rows, ["own"], path)
    assert path.read_text("utf-8") == "of yesterday"
    assert [each.name for each in folder.glob(".*")] == []


def test_a_link_stays_a_link(folder: Path) -> None:
    (folder / "kept").mkdir()
    (folder / "answers.json").symlink_to("kept/answers.json")
    check(listed("supplier", GOOD), "--output", "answers.json")
    assert (folder / "answers.json").is_symlink()
    assert from_json(folder / "kept" / "answers.json")[0]["verdict"] == "ELIGIBLE"


@pytest.mark.parametrize("end", [";", "\t", "|", "\n", "\r\n"])
@pytest.mark.parametrize("first", ["", "x, y", 'say "x"'])
def test_no_formula_begins_where_another_sign_ends_a_cell(
    folder: Path, end: str, first: str
) -> None:
    """For who reads it with another separator, cells are not kept together by quotation marks."""
    path = folder / "answers.csv"
    write([{"first": first, "own": f"a{end}=1+1{end}-2{end}b-c"}], ["first", "own"], path)
    text = path.read_text(encoding="utf-8-sig")
    read = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=end[0])
            for cell in row] if end[0] in ";\t|" else text.splitlines()  # fmt: skip
    assert [cell for cell in read if cell.lstrip('"').startswith(("=", "-"))] == []
    assert READ[".csv"](path) == [{"first": first, "own": f"a{end}'=1+1{end}'-2{end}b-c"}]
