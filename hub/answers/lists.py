"""A buyer's list as people keep them: which column names the supplier, which the product."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from adapters.kit import gate
from adapters.kit.tables import BadRow, Table
from graph_schema.texts import folded
from hub.errors import BadDocumentError
from hub.identity.ids import well_formed

SUPPLIER: Final = (
    "reference", "os id", "osid", "os_id", "supplier id", "worksite id", "factory id", "farm id",
    "id", "lei", "gln", "duns", "imo", "supplier", "worksite", "factory", "farm", "vessel",
    "supplier name", "factory name", "facility name", "farm name", "company", "name",
)  # fmt: skip
"""What the column of the supplier is called; of several the first that a row fills counts."""
PRODUCT: Final = ("product", "commodity", "crop", "product name", "category", "item")
"""What the column of the product is called."""
_SCHEMES: Final = {"os id": "os", "osid": "os", "lei": "lei", "gln": "gln", "duns": "duns",
                   "imo": "imo"}  # fmt: skip


class MissingColumnError(BadDocumentError):
    """A list without a column.

    Attributes:
        of: What the column is of.
    """

    def __init__(self, found: Sequence[Sequence[str]], wanted: str, of: str) -> None:
        columns = ", ".join(dict.fromkeys(name for header in found for name in header if name))
        super().__init__(f"there is no column {wanted}; the columns are {columns or 'none'}")
        self.of = of


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a list say.

    Attributes:
        header: Names of all its columns.
        naming: Names of those that say who supplies; the first that a row fills counts.
        product: Name of the one that says what; none where the list has none.
    """

    header: Sequence[str]
    naming: Sequence[str]
    product: str | None

    def supplier(self, cells: Mapping[str, str]) -> str:
        """Return how a row calls its supplier, with the scheme that its column implies."""
        column = next((each for each in self.naming if cells.get(each)), self.naming[0])
        scheme, text = _SCHEMES.get(_plain(column)), cells.get(column, "")
        return f"{scheme}:{text}" if scheme and text and ":" not in text else text

    def what(self, cells: Mapping[str, str]) -> str:
        """Return what a row is about; nothing, where it does not say."""
        return cells.get(self.product, "") if self.product else ""


@dataclass(frozen=True, slots=True)
class BuyerList:
    """A list of suppliers.

    Attributes:
        columns: What its columns say.
        sheet: Name of the sheet, where the workbook has several.
        rows: Each row's number and its cells by column.
        problems: Why rows cannot be taken, by number; the cell that is to blame is left out.
    """

    columns: Columns
    sheet: str | None
    rows: Sequence[tuple[int, Mapping[str, str]]]
    problems: Mapping[int, str]

    def suppliers(self) -> Iterator[str]:
        """Yield how each row calls its supplier."""
        return (self.columns.supplier(cells) for _, cells in self.rows)


def columns(
    header: Sequence[str], supplier: str | None = None, product: str | None = None
) -> Columns:
    """Return what the columns of a header say.

    Args:
        header: Their names.
        supplier: The column of the supplier; guessed where not given.
        product: The column of the product; guessed where not given.

    Raises:
        MissingColumnError: None says who supplies, or none is called as is given.
    """
    naming = _named(header, supplier, SUPPLIER)
    if not naming:
        wanted = repr(supplier) if supplier else "that says who supplies"
        raise MissingColumnError([header], wanted, "supplier")
    what = next(iter(_named(header, product, PRODUCT)), None)
    if product is not None and what is None:
        raise MissingColumnError([header], repr(product), "product")
    return Columns(header, naming, what)


def listed(
    found: Sequence[Table], supplier: str | None = None, product: str | None = None
) -> BuyerList:
    """Return the list that tables hold: of a workbook the one sheet that names suppliers.

    Args:
        found: The tables of a document, rows that cannot be taken set aside.
        supplier: The column of the supplier; guessed where not given.
        product: The column of the product; guessed where not given.

    Raises:
        MissingColumnError: No column says who supplies, or none is called as is given.
        BadDocumentError: There is no row, or several sheets name suppliers.
    """
    naming = [each for each in found if _named(each.header, supplier, SUPPLIER)]
    if not naming:
        wanted = repr(supplier) if supplier else "that says who supplies"
        raise MissingColumnError([each.header for each in found], wanted, "supplier")
    filled = [each for each in naming if each.rows or each.bad]
    if not filled:
        msg = "there is no row below the header"
        raise BadDocumentError(msg)
    if len(filled) > 1:
        sheets = " and ".join(repr(table.name) for table in filled)
        msg = f"the sheets {sheets} name suppliers; check one at a time, as a file"
        raise BadDocumentError(msg)
    [table] = filled
    told = columns(table.header, supplier, product)
    bad = [(each.row, others(each)) for each in table.bad]
    rows = [
        (number, {column: cells.get(column, "") for column in table.header})
        for number, cells in sorted([*table.rows, *bad], key=lambda row: row[0])
    ]
    problems = {each.row: problem(each) for each in table.bad}
    return BuyerList(told, table.name if len(found) > 1 else None, rows, problems)


def is_reference(text: str) -> bool:
    """Whether a text is written as a reference or a hub id, not as a name."""
    scheme, colon, value = text.partition(":")
    return well_formed(text) or bool(
        colon and scheme.isalnum() and scheme.islower() and value.strip() == value
    )


def others(row: BadRow) -> Mapping[str, str]:
    """Return the cells of a row that cannot be taken, without the one that is to blame."""
    return {column: text for column, text in row.cells.items() if column != row.column}


def problem(row: BadRow) -> str:
    """Return why a row cannot be taken."""
    return f"{gate.place('', row.row, row.column)}: {row.message}"


def _named(header: Sequence[str], given: str | None, guesses: Sequence[str]) -> list[str]:
    """Return the column that is given, or those of the guesses that there are, in order."""
    plain = {_plain(name): name for name in reversed(header) if name}
    wanted = guesses if given is None else (_plain(given),)
    return list(dict.fromkeys(plain[each] for each in map(_plain, wanted) if each in plain))


def _plain(name: str) -> str:
    return folded(name.replace("_", " "))
