"""The operator's template: one table per kind of fact, columns named as in the exchange format."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import islice
from typing import Final, cast

from pydantic import ValidationError

from adapters.kit.gate import UnreadableError, is_workbook, listed, place, shown
from adapters.kit.parsed import Apart, Parsed, ProblemCode, RowProblem, Unread, problems
from adapters.kit.plain import Plain, Plainly
from adapters.kit.tables import BadRow, Streamed, Taken, streamed, tables
from graph_schema.elements import Fact, Field, Form, fields
from graph_schema.exchange import FACTS, OPERATORS, Bookkeeping, Line, Provenance

SEPARATOR: Final = "|"
"""Joins the values of a list in one cell."""
CHOICES: Final = "choices"
"""The sheet of an empty template that holds what its drop-down lists offer; it says nothing."""
_NOTHING: Final = Bookkeeping()
_APART: Final = Apart(numbers=True)
_SUBJECTS: Final = ("subject", "reference", "organization", "from", "supplier", "pool")
"""Columns that say of whom a row speaks, where it is set aside."""
_TRUTH: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_PROVENANCE: Final = tuple(field.alias or name for name, field in Provenance.model_fields.items())
_BESIDE: Final = frozenset(_PROVENANCE)


@cache
def columns(kind: type[Fact]) -> dict[str, Field]:
    """Return the columns of a fact's table by name."""
    return {field.alias: field for field in fields(kind)}


def parse(program: str, document: bytes, *, name: str = "", record: bool = False) -> Parsed:
    """Return what a filled-in template says: one CSV file, or a workbook with a sheet per table.

    A sheet that holds its header alone says nothing where another is filled: an operator leaves
    the rest of the template blank, and that must end nothing.

    Args:
        program: Code of the program that says it.
        document: The file.
        name: Its name; `standings.csv` says which table it is where the columns do not.
        record: Whether it is a bundled record, which has further tables and says since when a
            fact is known.

    Raises:
        UnreadableError: It is no table, or none of the template's.
    """
    return Parsed.of(parts(program, document, name=name, record=record))


def parts(
    program: str,
    document: bytes,
    *,
    name: str = "",
    record: bool = False,
    size: int | None = None,
    plainly: bool = False,
) -> Iterator[Parsed]:
    """Yield what a filled-in template says in parts, so that a long file is never whole in memory.

    A CSV file comes in parts of so many rows, each read when it is asked for; of a workbook each
    sheet is a part. The first part of a table has its columns.

    Args:
        program: Code of the program that says it.
        document: The file.
        name: Its name.
        record: Whether it is a bundled record.
        size: How many rows of a CSV file are a part; none: all.
        plainly: Whether plain rows of a CSV file are left unread.

    Raises:
        UnreadableError: As `parse` does; a row that ends the file, when its part is asked for.
    """
    known = {kind.table: kind for kind in (FACTS if record else OPERATORS)}
    if not is_workbook(document):
        file = streamed(document)
        kind = _kind("", file.header, name, known)
        plain = Plainly.of(kind, file.header) if plainly else None
        if plain is None or size is None:
            rows = file.taken()
            yield from _of_table(program, file.header, rows, kind, record=record, size=size)
        else:
            yield from _plainly(program, file, kind, plain, size)
        return
    said = (table for table in tables(document, aside=True) if table.name != CHOICES)
    found = [table for table in said if table.header]
    if not found:
        msg = f"no sheet of the workbook holds anything; fill one of: {', '.join(known)}"
        raise UnreadableError(msg)
    filled = any(table.rows or table.bad for table in found)
    for table in found:
        kind = _kind(table.name, table.header, name, known)
        rows = (*table.bad, *table.rows)
        says = [*_of_table(program, table.header, rows, kind, record=record)]
        # A sheet left blank beside filled ones is not a complete list of nothing.
        if rows or not filled:
            yield from says


def _kind(
    table: str, header: tuple[str, ...], name: str, known: Mapping[str, type[Fact]]
) -> type[Fact]:
    """Return which table it is: by the sheet's or the file's name, else by its columns."""
    named = known.get(table or name.rpartition("/")[2].partition(".")[0])
    if named:
        return named
    if table:
        msg = f"{place(table)} is none of the template's; its sheets are {', '.join(known)}"
        raise UnreadableError(msg)
    named_columns = set(filter(None, header))
    fitting = [
        kind
        for kind in known.values()
        if named_columns <= {*columns(kind), *_PROVENANCE}
        and {field.alias for field in fields(kind) if field.required} <= named_columns
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = " or ".join(f"{kind.table}.csv" for kind in fitting)
        msg = f"the columns fit several tables; name the file {names}"
    else:
        msg = (
            f"the columns {listed(header)} are no table of the template; name the file, or "
            f"the columns of its first row, as the template does; its tables are {', '.join(known)}"
        )
    raise UnreadableError(msg)


def _of_table(
    program: str,
    header: tuple[str, ...],
    rows: Iterable[Taken],
    kind: type[Fact],
    *,
    record: bool,
    size: int | None = None,
) -> Iterator[Parsed]:
    """Yield the parts of a table; one at least, which has its columns."""
    parsed, rest = _headed(header, kind, record=record), iter(rows)
    while True:
        some = list(islice(rest, size))
        for row in some:
            _take(parsed, program, kind, row)
        if some or parsed.columns:
            yield parsed
        if size is None or len(some) < size:
            return
        parsed = Parsed(kinds={kind})


def _plainly(
    program: str, file: Streamed, kind: type[Fact], plain: Plainly, size: int
) -> Iterator[Parsed]:
    """Yield the parts of a table with their plain rows unread."""

    def read(rows: Iterable[Plain]) -> Parsed:
        found = Parsed(kinds={kind})
        for row in rows:
            cells = zip(file.header, row.cells, strict=True)
            _take(found, program, kind, (row.row, {name: cell for name, cell in cells if cell}))
        return found

    parsed = _headed(file.header, kind, record=False)
    while True:
        some = list(islice(file.rows, size))
        rows, others = plain.split(some)
        file.count(len(rows), sum(plain.width - row.cells.count("") for row in rows))
        for row in (file.take(*each) for each in others):
            if row is not None:
                _take(parsed, program, kind, row)
        parsed.unread = Unread(kind, rows, read)
        if some or parsed.columns:
            yield parsed
        if len(some) < size:
            return
        parsed = Parsed(kinds={kind})


def _headed(header: tuple[str, ...], kind: type[Fact], *, record: bool) -> Parsed:
    """Return what the header of a table says."""
    known = columns(kind)
    beside = set(_PROVENANCE) if record else {"sources", "confidence"}
    unknown = [name for name in header if name and name not in known and name not in beside]
    if unknown:
        msg = (
            f"{kind.table}: column {shown(unknown[0])} is not known; "
            f"the first row names the columns: {', '.join([*known, *sorted(beside)])}"
        )
        raise UnreadableError(msg)
    parsed = Parsed(kinds={kind}, columns=set(filter(None, header)), apart=_APART)
    parsed.missing = [
        f"{kind.table}: {field.alias}"
        for field in fields(kind)
        if field.required and field.alias not in header
    ]
    return parsed


def _take(parsed: Parsed, program: str, kind: type[Fact], row: Taken) -> None:
    """Add a row to what a table says."""
    if isinstance(row, BadRow):
        parsed.problems.append(_problem(kind, row))
        return
    number, cells = row
    if "" in cells:
        msg = f"{kind.table}, row {number}: a cell stands under no name; name or empty its column"
        raise UnreadableError(msg)
    try:
        parsed.lines.append(_line(program, kind, columns(kind), number, cells))
    except ValidationError as error:
        subject = _subject(cells)
        parsed.problems += problems(error, number, table=kind.table, subject=subject)
    except _CellError as error:
        bad = BadRow(number, error.column, error.message, cells)
        parsed.problems.append(_problem(kind, bad))


def _problem(kind: type[Fact], bad: BadRow) -> RowProblem:
    code, subject = ProblemCode.INVALID_INPUT, _subject(bad.cells)
    return RowProblem(bad.row, code, bad.message, bad.column, kind.table, subject)


def _subject(cells: Mapping[str, str]) -> str | None:
    return next((cells[name] for name in _SUBJECTS if name in cells), None)


class _CellError(ValueError):
    """A cell that is neither true nor false."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column
        self.message = message


def _line(
    program: str,
    kind: type[Fact],
    known: Mapping[str, Field],
    number: int,
    cells: Mapping[str, str],
) -> Line:
    given: dict[str, object] = {name: text for name, text in cells.items() if name in known}
    for name, field in _converted(kind):
        if name in given:
            given[name] = _value(field, cells[name])
    if _BESIDE.isdisjoint(cells):
        about = _NOTHING.changed(row=number)
        return _blank(program, kind).changed(fact=kind.model_validate(given), about=about)
    about_cells: dict[str, object] = {
        name: _parts(text) if name == "sources" else text
        for name, text in cells.items()
        if name in _PROVENANCE
    }
    return Line(
        program=program,
        fact=kind.model_validate(given),
        about=Bookkeeping.model_validate({**about_cells, "row": number}),
    )


@cache
def _converted(kind: type[Fact]) -> Sequence[tuple[str, Field]]:
    """Return the columns whose cells are not validated as the text that they are."""
    found = columns(kind).items()
    return [(name, field) for name, field in found if field.many or field.form is Form.BOOLEAN]


@cache
def _blank(program: str, kind: type[Fact]) -> Line:
    """Return a line of a program whose fact is still to come."""
    return Line(program=program, fact=kind.model_construct())


def _value(field: Field, text: str) -> object:
    """Return a cell as the value that the field is validated from."""
    if field.many:
        return _parts(text)
    if field.form is Form.BOOLEAN:
        if text.casefold() not in _TRUTH:
            msg = f"{shown(text)} is neither true nor false"
            raise _CellError(field.alias, msg)
        return _TRUTH[text.casefold()]
    return text


@lru_cache(maxsize=4_096)
def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(SEPARATOR) if part.strip())


def written(facts: Sequence[Line], kind: type[Fact]) -> Iterator[list[str]]:
    """Yield the rows of a table, its header first, as a template holds them."""
    yield list(columns(kind))
    for each in facts:
        if isinstance(each.fact, kind):
            yield list(cells(each.fact).values())


def cells(fact: Fact) -> dict[str, str]:
    """Return a fact as the cells of its row, by column."""
    values = fact.model_dump(mode="json", by_alias=True)
    return {name: _cell(values.get(name)) for name in columns(type(fact))}


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return SEPARATOR.join(str(part) for part in cast("list[object]", value))
    return str(value)
