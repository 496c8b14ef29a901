"""Tables whose rows are read when they are asked for: a long one is never whole in memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from adapters.kit import separated
from adapters.kit.gate import EMPTY, UnreadableError, admit
from adapters.kit.tables import Making, Taken
from adapters.kit.workbook import Told


@dataclass(frozen=True, slots=True)
class Streamed:
    """A table whose rows are read when they are asked for.

    Attributes:
        name: Of the sheet; empty where the document is one table.
        header: The names of its columns.
        rows: The number of each row below it, and its cells as they stand there.
        take: Returns a row as it is taken; none where it is blank.
        count: Takes in how many rows were taken otherwise, with how many filled cells.
    """

    name: str
    header: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]
    take: Callable[[int, Sequence[str]], Taken | None]
    count: Callable[[int, int], None]

    def taken(self) -> Iterator[Taken]:
        """Yield the rows as they are taken."""
        made = (self.take(number, cells) for number, cells in self.rows)
        return (row for row in made if row is not None)

    def pass_over(self) -> int:
        """Count the rows that are left, and return how many there are."""
        passed = 0
        for _, cells in self.rows:
            self.count(1, len(cells) - cells.count(""))
            passed += 1
        return passed


def streamed(document: bytes) -> Streamed:
    """Return a CSV file whose rows are read when they are asked for.

    Raises:
        UnreadableError: It is empty, too large, not UTF-8, or not a table; what stands further
            down is found out when it is read.
    """
    admit(document)
    making = Making(aside=True)
    making.begin("")
    lines = separated.rows(document)
    for number, cells in lines:
        making.take(number, cells)
        header = making.tables[0].header
        if header:
            return Streamed("", header, lines, partial(making.row, header), making.count)
    raise UnreadableError(EMPTY)


def sheets(told: Told) -> Iterator[Streamed]:
    """Yield the sheets of a workbook that have a header, whose rows are read when asked for.

    Those of one sheet that are not asked for before the next sheet is are passed over.

    Raises:
        UnreadableError: It is damaged, or not of tables.
    """
    making = Making(aside=True)
    for name, below in told.sheets():
        making.begin(name)
        for number, cells in below:
            making.take(number, cells)
            header = making.tables[-1].header
            if header:
                yield Streamed(name, header, below, partial(making.row, header), making.count)
                break
