"""Plain rows: those of a long table that differ from others of their shape in names alone.

Lists say few things of many suppliers. A row of which every cell is kept as it stands is told apart
into whom it names and what it says of it, its shape; what it says need be read once for each shape.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, repeat
from typing import Final, NamedTuple, Self

from graph_schema.elements import Fact, fields
from graph_schema.parties import Organization, Worksite
from graph_schema.references import LONGEST, UNIVERSAL
from graph_schema.standing import Standing

KINDS: Final[tuple[type[Fact], ...]] = (Organization, Worksite, Standing)
"""Facts of which a list may tell a million."""
Cells = tuple[int, Sequence[str]]
"""A row as it stands in the file: its number and its cells."""

_LONGEST_CELL: Final = 300
"""Characters that any text may have."""
_MARKS: Final = ('"', "\\", "#", "@", "| ", " |", "  ")
"""What stands in cells that are kept otherwise, may be errors, or are written with escapes."""
_REFERENCES: Final = re.compile(
    rf"(?:(?!(?:{'|'.join(sorted(UNIVERSAL))}):)[a-z][a-z0-9-]{{1,23}}:[!-~]+\n)+"
)
"""References that are kept as they stand, each on a line."""


class Plain(NamedTuple):
    """A row of which every cell is kept as it stands.

    Attributes:
        row: Its number.
        cells: Its cells, one for each column.
        reference: How it calls whom it speaks of.
        texts: Its names of it, such as `name` and `city`, in the order of these; none is empty.
        shape: All else that it says.
    """

    row: int
    cells: Sequence[str]
    reference: str
    texts: tuple[str, ...]
    shape: tuple[str, ...]


@cache
def named(kind: type[Fact]) -> str:
    """Return the field by which a fact names whom it speaks of."""
    return kind.begins_at or kind.ends_at


@cache
def texts(kind: type[Fact]) -> tuple[str, ...]:
    """Return the fields of one text each that tell one from another, in the order of names."""
    single = {field.name for field in fields(kind) if not field.many}
    return tuple(sorted(single & {*kind.searched}))


@dataclass(frozen=True, slots=True)
class Plainly:
    """Where the cells of a table's plain rows stand.

    Attributes:
        width: How many there are.
        reference: Where the reference stands.
        texts: Where the texts stand.
        others: Where all else stands.
        blank: Where further references stand, of which plain rows have none.
    """

    width: int
    reference: int
    texts: tuple[int, ...]
    others: tuple[int, ...]
    blank: tuple[int, ...]

    @classmethod
    def of(cls, kind: type[Fact], header: Sequence[str]) -> Self | None:
        """Return it for a header; none where no row of the table is plain."""
        at = {field.name: header.index(field.alias) for field in fields(kind)
              if field.alias in header}  # fmt: skip
        if kind not in KINDS or named(kind) not in at or "" in header:
            return None
        own = tuple(at[name] for name in texts(kind) if name in at)
        reference = at[named(kind)]
        others = tuple(i for i in range(len(header)) if i not in (*own, reference))
        blank = tuple(at[name] for name in ("external_ids",) if name in at)
        return cls(len(header), reference, own, others, blank)

    def split(self, rows: Sequence[Cells]) -> tuple[list[Plain], list[Cells]]:
        """Return which rows are plain, and the others, each in their order."""
        if not rows:
            return [], []
        cells = [*chain.from_iterable(cells for _, cells in rows)]
        if all(len(each) == self.width for _, each in rows) and self._are_plain(cells):
            return [*self._plain(rows, cells)], []
        if len(rows) == 1:
            return [], [*rows]
        middle = len(rows) // 2
        plain, others = self.split(rows[:middle])
        more_plain, more_others = self.split(rows[middle:])
        return plain + more_plain, others + more_others

    def _are_plain(self, cells: Sequence[str]) -> bool:
        """Whether all of some rows are plain, whose cells are looked at as one text."""
        text = f"|{'|'.join(cells)}|"
        if not (text.isascii() and text.isprintable()) or any(mark in text for mark in _MARKS):
            return False
        references = cells[self.reference :: self.width]
        return (
            max(map(len, cells)) <= _LONGEST_CELL
            and max(map(len, references)) <= LONGEST
            and _REFERENCES.fullmatch("\n".join((*references, ""))) is not None
            and not any(any(cells[at :: self.width]) for at in self.blank)
        )

    def _plain(self, rows: Sequence[Cells], cells: Sequence[str]) -> Iterator[Plain]:
        references = cells[self.reference :: self.width]
        texts = _rows((cells[at :: self.width] for at in self.texts), len(rows))
        others = _rows((cells[at :: self.width] for at in self.others), len(rows))
        for (number, whole), reference, own, other in zip(
            rows, references, texts, others, strict=True
        ):
            scheme = reference.partition(":")[0]
            if all(own):
                yield Plain(number, whole, reference, own, (scheme, "", *other))
            else:
                there = "".join("-" if text else " " for text in own)
                given = tuple(filter(None, own))
                yield Plain(number, whole, reference, given, (scheme, there, *other))


def _rows(columns: Iterable[Sequence[str]], rows: int) -> Iterable[tuple[str, ...]]:
    """Return columns as rows, though there may be no column."""
    given = (*columns,)
    return zip(*given, strict=True) if given else repeat((), rows)
