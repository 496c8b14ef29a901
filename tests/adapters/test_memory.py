"""The worst documents of each form take less memory than a small machine has.

Each is the largest that is read at all: whatever takes more is refused before anything parses it.
A process of its own reads it, so that no other test counts.
"""

import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

import orjson
import pytest

from adapters.kit.gate import MOST_ROWS
from adapters.kit.markup import MOST_ATTRIBUTES, MOST_BYTES, MOST_OPEN, MOST_REPEATED, MOST_TAGS
from tests.adapters.books import packed, parts
from tests.adapters.documents import html

pytestmark = pytest.mark.drill

MOST_MEMORY: Final = 512_000_000

_MEASURE: Final = """
import resource, sys
from pathlib import Path
from adapters.kit.pages import page
from adapters.kit.workbook import rows
path = Path(sys.argv[1])
if path.suffix == ".xlsx":
    count = sum(1 for _ in rows(path.read_bytes()))
else:
    read = page(path.read_bytes())
    count = len(read.lines) + sum(len(grid.rows) for grid in read.grids)
of = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
print([count, *(resource.getrusage(each).ru_maxrss * 1024 for each in of)])
"""
_TEMPLATE: Final = """
import resource, sys
from pathlib import Path
from adapters.kit.adapter import adapters
from hub.sync.sources import feed_file
path = Path(sys.argv[1])
intake = feed_file(adapters()["ffp"], "operator", [(path.name, path.read_bytes())])
parts = (part for table in intake.long for part in table.parts())
count = sum(len(part.lines) + len(part.unread.rows) for part in parts)
of = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
print([count, *(resource.getrusage(each).ru_maxrss * 1024 for each in of)])
"""
"""Reads a filled-in template as a sync does."""
_ROOM: Final = 20
"""Tags that each page has beside those that are many."""
TAGS: Final = MOST_TAGS - _ROOM


def _attributes() -> str:
    one = "<p " + " ".join(f"a{n}" for n in range(MOST_ATTRIBUTES)) + ">x"
    return one * (MOST_BYTES // len(one) - 1)


PAGES: Final[dict[str, Callable[[], str]]] = {
    "a list": lambda: "<ul>" + "<li>Example Farms" * TAGS,
    "a table": lambda: "<table>" + "<tr><td>Example<td>1 Example Road<td>2" * (TAGS // 4),
    "tables in tables": lambda: (
        "<table><tr><td>" * MOST_REPEATED + "<td>Example Farms" * (TAGS - 3 * MOST_REPEATED)
    ),
    "elements in elements": lambda: "<div>" * MOST_OPEN + "</x>" * (TAGS - MOST_OPEN) + "x",
    "styles opened anew in each paragraph": lambda: (
        "<p>" + "".join(f"<b a={n}>" for n in range(MOST_REPEATED)) + "<p>x" * (TAGS - 10)
    ),
    "attributes": _attributes,
    "text": lambda: "<p>" + "\u0430 " * (MOST_BYTES // 3 - 100),
}
"""Pages up to every bound."""


def measured(path: Path, measure: str = _MEASURE) -> tuple[int, int, int]:
    """Return how many lines and rows a file has, and the bytes that it and its reader took."""
    # A process counts what the one that began it took: between stands one that takes nothing.
    between = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))"
    done = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", between, sys.executable, "-c", measure, str(path)],
        check=True,
        stdout=subprocess.PIPE,
    )
    count, own, reader = orjson.loads(done.stdout)
    return count, own, reader


@pytest.mark.parametrize("form", PAGES)
def test_the_worst_page_that_is_read_takes_little(form: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(html(PAGES[form]()))
    count, own, _ = measured(path)
    assert count
    assert own < MOST_MEMORY


def long_sheet(header: str, row: Callable[[int], Sequence[str]], rows: int = MOST_ROWS) -> str:
    """Return a sheet of so many rows of texts below a header."""
    cell = '<c t="inlineStr"><is><t>{}</t></is></c>'
    told = chain([header.split(",")], map(row, range(rows)))
    return "".join(f"<row>{''.join(map(cell.format, each))}</row>" for each in told)


def test_the_longest_workbook_that_is_read_takes_little(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    cell = '<c t="inlineStr"><is><t>{}</t></is></c>'
    sheet = "".join(
        f"<row>{cell.format(f'exa:{n}')}{cell.format(n * 13 % 9973)}<c><v>{n % 7}</v></c></row>"
        for n in range(MOST_ROWS)
    )
    path.write_bytes(packed(parts(sheet)))
    count, own, reader = measured(path)
    assert count == MOST_ROWS + 1
    assert own + reader < MOST_MEMORY


def test_the_longest_workbook_of_the_template_takes_little(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    sheet = long_sheet(
        "reference,name,roles", lambda n: (f"ffp:x{n:07}", f"Example Farm {n:07}", "SUPPLIER")
    )
    path.write_bytes(packed(parts(sheet, names=("organizations",))))
    count, own, reader = measured(path, _TEMPLATE)
    assert count == MOST_ROWS
    assert own + reader < MOST_MEMORY
