"""The operator's template: one table per kind of fact, columns named as in the exchange format."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Final, cast

from adapters.kit.gate import UnreadableError, admit, is_workbook, listed, place
from adapters.kit.parsed import Parsed
from adapters.kit.sliced import PROVENANCE, SEPARATOR, columns, headed, sliced, take
from adapters.kit.streams import sheets, streamed
from adapters.kit.workbook import Told
from graph_schema.elements import Fact, fields
from graph_schema.exchange import FACTS, OPERATORS, Line

CHOICES: Final = "choices"
"""The sheet of an empty template that holds what its drop-down lists offer; it says nothing."""


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

    A CSV file comes in parts of so many rows, each read when it is asked for; a workbook is one
    part, for `book` reads long ones. The first part of a table has its columns.

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
    if is_workbook(document):
        yield book(program, document, name=name, record=record).parsed
        return
    file = streamed(document)
    kind = _kind("", file.header, name, _known(record=record))
    yield from sliced(program, file, kind, size, plainly=plainly, record=record)


@dataclass(frozen=True, slots=True)
class LongSheet:
    """A sheet of more rows than are held in memory.

    Attributes:
        kind: The kind of its facts.
        rows: How many rows it has, about.
        parts: Reads it from its beginning, its plain rows left unread.
    """

    kind: type[Fact]
    rows: int
    parts: Callable[[], Iterator[Parsed]]


@dataclass(slots=True)
class Book:
    """A filled-in workbook.

    Attributes:
        parsed: What it says, but for the rows of long sheets.
        long: These.
    """

    parsed: Parsed = field(default_factory=Parsed)
    long: list[LongSheet] = field(default_factory=list[LongSheet])


def book(
    program: str,
    document: bytes,
    *,
    name: str = "",
    record: bool = False,
    size: int | None = None,
) -> Book:
    """Return what a workbook of the template says; sheets of more rows than `size` apart.

    Raises:
        UnreadableError: As `parse` does.
    """
    admit(document)
    known = _known(record=record)
    told, found = Told(document), Book()
    blank: list[Parsed] = []
    for sheet in sheets(told):
        if sheet.name == CHOICES:
            continue
        kind = _kind(sheet.name, sheet.header, name, known)
        about = headed(sheet.header, kind, record=record)
        some = list(islice(sheet.taken(), None if size is None else size + 1))
        if size is not None and len(some) > size:
            again = partial(_again, program, told, sheet.name, kind, size)
            found.long.append(LongSheet(kind, len(some) + sheet.pass_over(), again))
        for row in some if size is None or len(some) <= size else ():
            take(about, program, kind, row)
        if some:
            found.parsed.add(about)
        else:
            blank.append(about)
    if not found.parsed.kinds and not blank:
        msg = f"no sheet of the workbook holds anything; fill one of: {', '.join(known)}"
        raise UnreadableError(msg)
    # A sheet left blank beside filled ones is not a complete list of nothing.
    for each in blank if not found.parsed.kinds else ():
        found.parsed.add(each)
    return found


def _again(program: str, told: Told, name: str, kind: type[Fact], size: int) -> Iterator[Parsed]:
    """Yield the parts of a sheet, its plain rows unread."""
    for sheet in sheets(told):
        if sheet.name == name:
            yield from sliced(program, sheet, kind, size, plainly=True)


def _known(*, record: bool) -> Mapping[str, type[Fact]]:
    """Return the kinds of facts that a template has, by the names of their tables."""
    return {kind.table: kind for kind in (FACTS if record else OPERATORS)}


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
        if named_columns <= {*columns(kind), *PROVENANCE}
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
