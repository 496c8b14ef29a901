"""Rows of the template's tables as lines, so many at a time: what each cell becomes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import islice
from typing import Final

from pydantic import ValidationError

from adapters.kit.gate import UnreadableError, shown
from adapters.kit.parsed import Apart, Parsed, ProblemCode, RowProblem, Unread, problems
from adapters.kit.plain import Plain, Plainly
from adapters.kit.streams import Streamed
from adapters.kit.tables import BadRow, Taken
from graph_schema.elements import Fact, Field, Form, fields
from graph_schema.exchange import Bookkeeping, Line, Provenance

SEPARATOR: Final = "|"
"""Joins the values of a list in one cell."""
_NOTHING: Final = Bookkeeping()
_APART: Final = Apart(numbers=True)
_SUBJECTS: Final = ("subject", "reference", "organization", "from", "supplier", "pool")
"""Columns that say of whom a row speaks, where it is set aside."""
_TRUTH: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
PROVENANCE: Final = tuple(field.alias or name for name, field in Provenance.model_fields.items())
_BESIDE: Final = frozenset(PROVENANCE)


@cache
def columns(kind: type[Fact]) -> dict[str, Field]:
    """Return the columns of a fact's table by name."""
    return {field.alias: field for field in fields(kind)}


def sliced(
    program: str,
    file: Streamed,
    kind: type[Fact],
    size: int | None,
    *,
    plainly: bool,
    record: bool = False,
) -> Iterator[Parsed]:
    """Yield a table in parts of so many rows."""
    plain = Plainly.of(kind, file.header) if plainly else None
    if plain is None or size is None:
        yield from _of_table(program, file.header, file.taken(), kind, record=record, size=size)
    else:
        yield from _plainly(program, file, kind, plain, size)


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
    parsed, rest = headed(header, kind, record=record), iter(rows)
    while True:
        some = list(islice(rest, size))
        for row in some:
            take(parsed, program, kind, row)
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
            take(found, program, kind, (row.row, {name: cell for name, cell in cells if cell}))
        return found

    parsed = headed(file.header, kind, record=False)
    while True:
        some = list(islice(file.rows, size))
        rows, others = plain.split(some)
        file.count(len(rows), sum(plain.width - row.cells.count("") for row in rows))
        for row in (file.take(*each) for each in others):
            if row is not None:
                take(parsed, program, kind, row)
        parsed.unread = Unread(kind, rows, read)
        if some or parsed.columns:
            yield parsed
        if len(some) < size:
            return
        parsed = Parsed(kinds={kind})


def headed(header: tuple[str, ...], kind: type[Fact], *, record: bool) -> Parsed:
    """Return what the header of a table says."""
    known = columns(kind)
    beside = set(PROVENANCE) if record else {"sources", "confidence"}
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


def take(parsed: Parsed, program: str, kind: type[Fact], row: Taken) -> None:
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
        if name in PROVENANCE
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
