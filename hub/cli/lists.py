"""A buyer's list as people keep them: which column names the supplier, which the product."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from adapters.kit import gate
from adapters.kit.tables import Table, UnreadableError, tables
from graph_schema.texts import folded
from hub.errors import BadDocumentError

_SUPPLIER: Final = (
    "reference", "os id", "osid", "os_id", "supplier id", "worksite id", "factory id", "farm id",
    "id", "lei", "gln", "duns", "imo", "supplier", "worksite", "factory", "farm", "vessel",
    "supplier name", "factory name", "facility name", "farm name", "company", "name",
)  # fmt: skip
_PRODUCT: Final = ("product", "commodity", "crop", "product name", "category", "item")
_SCHEMES: Final = {"os id": "os", "osid": "os", "lei": "lei", "gln": "gln", "duns": "duns",
                   "imo": "imo"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BuyerList:
    """A list of suppliers.

    Attributes:
        header: Names of all its columns.
        sheet: Name of the sheet, where the workbook has several.
        naming: Names of the columns that say who supplies; the first that a row fills counts.
        product: Name of the column that says what; none where the list has none.
        rows: Each row's number and its cells by column.
        problems: Why rows cannot be taken, by number; the cell that is to blame is left out.
    """

    header: Sequence[str]
    sheet: str | None
    naming: Sequence[str]
    product: str | None
    rows: Sequence[tuple[int, Mapping[str, str]]]
    problems: Mapping[int, str]

    def suppliers(self) -> Iterator[str]:
        """Yield how each row calls its supplier, with the scheme that its column implies."""
        for _, cells in self.rows:
            column = next((each for each in self.naming if cells[each]), self.naming[0])
            scheme, text = _SCHEMES.get(_plain(column)), cells[column]
            yield f"{scheme}:{text}" if scheme and text and ":" not in text else text


def read(path: Path, supplier: str | None, product: str | None) -> BuyerList:
    """Return the list of a CSV or XLSX file; of a workbook the one sheet that names suppliers.

    Args:
        path: The file.
        supplier: The column of the supplier; guessed where not given.
        product: The column of the product; guessed where not given.

    Raises:
        BadDocumentError: It cannot be read, no column says who supplies, or several sheets do.
    """
    try:
        document = gate.read(path)
        found = tables(document, aside=True)
    except OSError as error:
        msg = f"cannot read {path}: {error.strerror}"
        raise BadDocumentError(msg) from error
    except UnreadableError as error:
        msg = f"{path.name}: {error}"
        raise BadDocumentError(msg) from error
    naming = [(each, named) for each in found if (named := _columns(each, supplier, _SUPPLIER))]
    if not naming:
        if path.suffix.lower() == ".xlsx" and not gate.is_workbook(document):
            msg = f"{path.name} is no XLSX workbook; save it as one, or as “CSV UTF-8”"
            raise BadDocumentError(msg)
        wanted = repr(supplier) if supplier else "that says who supplies"
        raise BadDocumentError(_lacking(path, found, wanted, "--supplier-column"))
    filled = [each for each in naming if each[0].rows or each[0].bad]
    if not filled:
        msg = f"{path.name}: there is no row below the header"
        raise BadDocumentError(msg)
    if len(filled) > 1:
        sheets = " and ".join(repr(table.name) for table, _ in filled)
        msg = f"{path.name}: the sheets {sheets} name suppliers; check one at a time, as a file"
        raise BadDocumentError(msg)
    [(table, named)] = filled
    what = next(iter(_columns(table, product, _PRODUCT)), None)
    if product is not None and what is None:
        raise BadDocumentError(_lacking(path, [table], repr(product), "--product-column"))
    bad = [
        (each.row, {c: t for c, t in each.cells.items() if c != each.column}) for each in table.bad
    ]
    rows = [
        (number, {column: cells.get(column, "") for column in table.header})
        for number, cells in sorted([*table.rows, *bad], key=lambda row: row[0])
    ]
    problems = {
        each.row: f"{gate.place('', each.row, each.column)}: {each.message}" for each in table.bad
    }
    sheet = table.name if len(found) > 1 else None
    return BuyerList(table.header, sheet, named, what, rows, problems)


def _lacking(path: Path, found: Sequence[Table], wanted: str, option: str) -> str:
    """Return what is said of a list without a column."""
    columns = ", ".join(dict.fromkeys(name for table in found for name in table.header if name))
    return (
        f"{path.name}: there is no column {wanted}; "
        f"the columns are {columns or 'none'}; name one with {option}"
    )


def _columns(table: Table, given: str | None, guesses: Sequence[str]) -> list[str]:
    """Return the column that is given, or those of the guesses that the table has, in order."""
    plain = {_plain(name): name for name in reversed(table.header) if name}
    wanted = guesses if given is None else (_plain(given),)
    return list(dict.fromkeys(plain[each] for each in map(_plain, wanted) if each in plain))


def _plain(name: str) -> str:
    return folded(name.replace("_", " "))
