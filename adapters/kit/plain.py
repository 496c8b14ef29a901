"""Plain rows: those of a long table that differ from others of their shape in names alone.

Lists say few things of many suppliers. A row of which every cell is kept as it stands is told apart
into whom it names and what it says of it, its shape; what it says need be read once for each shape.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
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
_MARKS: Final = ('"', "\\", "#", "| ", " |", "  ")
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
        if self._are_plain([cells for _, cells in rows]):
            return [self._plain(number, cells) for number, cells in rows], []
        if len(rows) == 1:
            return [], [*rows]
        middle = len(rows) // 2
        plain, others = self.split(rows[:middle])
        more_plain, more_others = self.split(rows[middle:])
        return plain + more_plain, others + more_others

    def _are_plain(self, rows: Iterable[Sequence[str]]) -> bool:
        """Whether all of some rows are plain; they are looked at as one text."""
        if any(len(cells) != self.width for cells in rows):
            return False
        cells = [*chain.from_iterable(rows)]
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

    def _plain(self, number: int, cells: Sequence[str]) -> Plain:
        reference = cells[self.reference]
        own = tuple([cells[at] for at in self.texts])
        there = "" if all(own) else "".join("-" if text else " " for text in own)
        shape = (reference.partition(":")[0], there, *[cells[at] for at in self.others])
        return Plain(number, cells, reference, own if not there else (*filter(None, own),), shape)
