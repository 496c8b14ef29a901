"""Weekly: the list of participating growers that is brought up to date each week (facts S017).

A report of 2015 speaks of it and no file of it is public (facts fm118), so it is read in the one
shape that the program's lists are known to have: a name, a crop and a state a row. Any other column
stops the file, for it may change what a row means, such as that a grower is suspended; columns of
persons to contact are left out unread. It is a complete list: who stood on the former and not on
this one has left it.
"""

from collections.abc import Mapping
from typing import Final

from adapters.fair_food_program.growers import Growers
from adapters.kit.columns import Columns, unread
from adapters.kit.contacts import published
from adapters.kit.gate import UnreadableError, shown
from adapters.kit.names import Reading
from adapters.kit.parsed import Parsed, ProblemCode, RowProblem
from adapters.kit.tables import own_tables

_NEEDED: Final = ("name", "crop", "state")
_COLUMNS: Final = Columns(spelled={name: (name,) for name in _NEEDED}, needed=_NEEDED)


def weekly(document: bytes, reading: Reading) -> Parsed:
    """Return the growers of a weekly list, each as seen on its day, which a person gives.

    Raises:
        UnreadableError: It is no table, it has several or a column that nobody knows, or its day
            is not given.
    """
    filled = [table for table in own_tables(document) if table.header]
    if len(filled) != 1:
        many = f"{len(filled)} sheets that hold" if filled else "no sheet that holds"
        msg = f"the workbook has {many} anything; send the one that names the growers"
        raise UnreadableError(msg)
    [table] = filled
    header = _COLUMNS.header(table.header, table.name)
    known = {column: name for column, name in zip(table.header, header, strict=True) if name}
    growers = Growers(reading, reading.day(None))
    parsed = growers.parsed
    parsed.columns = set(known.values())
    parsed.apart = unread(dict(zip(table.header, header, strict=True)))
    parsed.missing = [name for name in _COLUMNS.needed if name not in parsed.columns]
    for bad in table.bad:
        cells = _cells(bad.cells, known)
        subject = reading.names.who(cells.get("name", ""))
        code, column = ProblemCode.INVALID_INPUT, known.get(bad.column or "")
        parsed.problems.append(RowProblem(bad.row, code, bad.message, column, subject=subject))
    if not parsed.missing:
        for number, cells in table.rows:
            _row(growers, number, cells, _cells(cells, known))
    return parsed


def _cells(cells: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Return the cells of a row that are read, by what their columns are called."""
    return {
        known[column]: published(known[column], text)
        for column, text in cells.items()
        if column in known
    }


def _row(growers: Growers, number: int, whole: Mapping[str, str], cells: Mapping[str, str]) -> None:
    """Take in a row, or set it aside."""
    reading = growers.reading
    empty = next((name for name in _NEEDED if name not in cells), None)
    if empty is None and "" not in whole:
        growers.take(number, cells["name"], cells["crop"], cells["state"])
        return
    message = (
        f"the cell is empty; without it, nobody can tell what {shown(cells.get('name', ''))} "
        "stands for"
        if empty
        else "a cell stands under no name; name or empty its column"
    )
    subject = reading.names.who(cells.get("name", ""))
    code = ProblemCode.INVALID_INPUT
    growers.parsed.problems.append(RowProblem(number, code, message, empty, subject=subject))
