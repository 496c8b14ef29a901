"""Plain rows of a long table: which are, and that read later they say what they say at once."""

from collections.abc import Sequence
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.kit import tables, template
from adapters.kit.parsed import Parsed
from adapters.kit.tables import UnreadableError
from tests.adapters.books import lines

CODE: Final = "example-alpha"
HEADER: Final = "reference,name,city,country,externalIds"
CELLS: Final = (
    ("exa:1", "exa:é", "exa:1 ", "os:BD2020021QK28YZ", "EXA:1", "exa:", f"exa:{'1' * 130}", ""),
    ("Mill", "Mill Two", "Mill  Two", " Mill", "“Mill”", "#N/A", "M|ll", "M\\ll", "x" * 301, ""),
    ("", "Town", "Town\u00a0", "T\x07wn"),
    ("BD", "Bangladesh", ""),
    ("", "", "exa:2", "gln:4000000000001"),
)


def parted(*rows: str, size: int = 3) -> list[Parsed]:
    """Return the parts of a file with its plain rows unread."""
    return [*template.parts(CODE, lines(*rows), size=size, plainly=True)]


def plain(*rows: str) -> list[int]:
    """Return the numbers of the rows of a file that are plain."""
    return [row.row for part in parted(*rows) for row in (part.unread.rows if part.unread else ())]


@given(rows=st.lists(st.tuples(*map(st.sampled_from, CELLS)), max_size=12), size=st.integers(1, 5))
def test_rows_read_later_say_what_they_say_at_once(
    rows: Sequence[Sequence[str]], size: int
) -> None:
    told = [HEADER, *(",".join(f'"{cell}"' for cell in row) for row in rows)]
    at_once, later = template.parse(CODE, lines(*told)), Parsed()
    for part in parted(*told, size=size):
        later.add(part)
        if part.unread is not None:
            later.add(part.unread.read(part.unread.rows))
    later.lines.sort(key=lambda line: line.about.row or 0)
    later.problems.sort(key=lambda problem: problem.row)
    assert (later.lines, later.problems) == (at_once.lines, at_once.problems)
    assert later.columns == at_once.columns


def test_a_row_is_plain_whose_cells_are_all_kept_as_they_stand() -> None:
    rows = ("exa:1,Mill,Town,BD,", "exa:2,Mill  Two,,BD,", "exa:3,Mill,,BD,", ",,,,",
            "exa:4,Mill,,BD,exa:5", "exa:6,“Mill”,,BD,", "lei:1,Mill,,BD,", "exa:7,Mill",
            "exa:8,Mill,Town,no country,")  # fmt: skip
    assert plain(HEADER, *rows) == [2, 4, 10]


def test_rows_that_differ_in_names_alone_are_of_one_shape() -> None:
    rows = ("exa:1,Mill,Town,BD,", "exa:2,Other,Other Town,BD,", "exa:3,Mill,,BD,",
            "exa:4,Mill,Town,PK,", "exb:5,Mill,Town,BD,", "exa:6,,Town,BD,")  # fmt: skip
    [part] = parted(HEADER, *rows, size=9)
    assert part.unread is not None
    shapes = [row.shape for row in part.unread.rows]
    assert (shapes[0] == shapes[1], len(set(shapes))) == (True, 5)
    assert [row.texts for row in part.unread.rows[1:3]] == [("Other Town", "Other"), ("Mill",)]


@pytest.mark.parametrize(
    "rows",
    [
        ("kind,from,to", "PART_OF,exa:1,exa:2"),
        ("name,country", "Mill,BD"),
        ("reference,,name", "exa:1,,Mill"),
    ],
)
def test_of_other_tables_no_row_is_plain(rows: Sequence[str]) -> None:
    found = [*template.parts(CODE, lines(*rows), name="worksites.csv" if "name" in rows[0] else "",
                             size=3, plainly=True)]  # fmt: skip
    assert [part.unread for part in found] == [None]


def test_plain_rows_count_as_any(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (HEADER, *(f"exa:{number},Mill,,BD," for number in range(4)))
    monkeypatch.setattr(tables, "MOST_CELLS", 12)
    assert len(plain(*rows)) == 4
    monkeypatch.setattr(tables, "MOST_CELLS", 11)
    with pytest.raises(UnreadableError, match="more than 1,000,000 rows or 11 filled cells"):
        plain(*rows)
