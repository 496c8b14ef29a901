"""What a parser makes of a document: lines to record, and rows that cannot be taken."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, Self

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from adapters.kit.contacts import without_contacts
from adapters.kit.plain import Plain
from graph_schema.elements import Fact
from graph_schema.exchange import Bookkeeping, Line


class ProblemCode(StrEnum):
    """Why a row is set aside."""

    INVALID_INPUT = "INVALID_INPUT"
    INVALID_REFERENCE = "INVALID_REFERENCE"
    UNKNOWN_REFERENCE = "UNKNOWN_REFERENCE"
    UNKNOWN_WORD = "UNKNOWN_WORD"
    UNKNOWN_PRODUCT = "UNKNOWN_PRODUCT"
    UNKNOWN_SOURCE = "UNKNOWN_SOURCE"
    FOREIGN_SCHEME = "FOREIGN_SCHEME"
    BEFORE_PROGRAM = "BEFORE_PROGRAM"
    IDENTITY_CONFLICT = "IDENTITY_CONFLICT"
    CONTRADICTION = "CONTRADICTION"
    NOT_ALLOWED = "NOT_ALLOWED"
    UNKNOWN_NAME = "UNKNOWN_NAME"
    NEEDS_PERSON = "NEEDS_PERSON"
    CONFLICT = "CONFLICT"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that is set aside: where, why, and what would help; it is kept and logged.

    Attributes:
        row: Its number in the document, counted from 1 as a person sees it.
        table: The table or sheet, where the document has several.
        column: The column or field.
        subject: The reference of whom it speaks, where that can be read.
    """

    row: int
    code: ProblemCode
    message: str
    column: str | None = None
    table: str | None = None
    subject: str | None = None

    def __post_init__(self) -> None:
        """Drop how to reach a person out of what it quotes."""
        object.__setattr__(self, "message", without_contacts(self.message))
        if self.subject is not None:
            object.__setattr__(self, "subject", without_contacts(self.subject))

    @property
    def place(self) -> str:
        """Where it is, in words."""
        parts = [self.table, f"row {self.row}", self.column]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Apart:
    """What of a document its parser leaves unread, so that it is not kept either.

    Attributes:
        columns: Names of columns, as the document spells them.
        tags: Elements of a page.
        lines: Numbers of lines of a page that say whom to contact.
        marks: Texts by which the page is known, though they may stand in these.
        numbers: Whether any number may call a supplier, so that all of them stay.
    """

    columns: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    lines: frozenset[int] = frozenset()
    marks: frozenset[str] = frozenset()
    numbers: bool = False

    def __or__(self, other: "Apart") -> "Apart":
        """Return what either leaves unread."""
        return Apart(
            self.columns | other.columns,
            self.tags | other.tags,
            self.lines | other.lines,
            self.marks | other.marks,
            self.numbers or other.numbers,
        )


@dataclass(frozen=True, slots=True)
class Unsure:
    """A statement in prose that its parser is not sure of: never recorded unless a person says so.

    Attributes:
        row: Where it begins.
        words: All that it says, folded, by which it is known again wherever it stands.
        lines: What would be recorded if it is so; one at least.
        why: Why its parser is not sure, each with its place.
    """

    row: int
    words: str
    lines: tuple[Line, ...]
    why: tuple[str, ...]


@dataclass(slots=True)
class Parsed:
    """A document as rows of facts.

    Attributes:
        lines: What it says, each with its row.
        problems: Rows set aside.
        unsure: Statements that a person must decide on.
        kinds: The kinds of facts it speaks of, whether or not it has rows of them.
        columns: Names of the columns that it has.
        missing: Columns that it should have and has not.
        dated: The day of which it speaks, where it says so.
        notes: What else the person who syncs it should know.
        unread: Plain rows that are not read yet, where these are asked for.
        apart: What of the document is left unread.
    """

    lines: list[Line] = field(default_factory=list[Line])
    problems: list[RowProblem] = field(default_factory=list[RowProblem])
    unsure: list[Unsure] = field(default_factory=list[Unsure])
    kinds: set[type[Fact]] = field(default_factory=set[type[Fact]])
    columns: set[str] = field(default_factory=set[str])
    missing: list[str] = field(default_factory=list[str])
    dated: date | None = None
    notes: list[str] = field(default_factory=list[str])
    unread: "Unread | None" = None
    apart: Apart = field(default_factory=Apart)

    @classmethod
    def of(cls, parts: Iterable["Parsed"]) -> Self:
        """Return the parts of a document as one."""
        whole = cls()
        for part in parts:
            whole.add(part)
        return whole

    def add(self, other: "Parsed") -> None:
        """Take in another part of the same document."""
        self.lines += other.lines
        self.problems += other.problems
        self.unsure += other.unsure
        self.kinds |= other.kinds
        self.columns |= other.columns
        self.missing += other.missing
        self.dated = self.dated or other.dated
        self.notes += other.notes
        self.apart |= other.apart


@dataclass(frozen=True, slots=True)
class Unread:
    """Plain rows of a part of a table.

    Attributes:
        kind: The kind of its facts.
        rows: The rows.
        read: Returns what some of them say.
    """

    kind: type[Fact]
    rows: Sequence[Plain]
    read: Callable[[Iterable[Plain]], Parsed]


def line(program: str, fact: type[Fact], given: dict[str, object], about: Bookkeeping) -> Line:
    """Return a line of checked values.

    Raises:
        ValidationError: A value cannot be taken.
    """
    return Line(program=program, fact=fact.model_validate(given), about=about)


def problems(
    error: ValidationError, row: int, *, table: str | None = None, subject: str | None = None
) -> Iterable[RowProblem]:
    """Yield what is wrong with a row, a problem for each value that cannot be taken."""
    for each in error.errors(include_url=False, include_context=False):
        where = [part for part in each["loc"] if isinstance(part, str)]
        reference = each["type"] == "invalid_reference"
        code = ProblemCode.INVALID_REFERENCE if reference else ProblemCode.INVALID_INPUT
        yield RowProblem(row, code, said(each), ".".join(where) or None, table, subject)


def said(error: ErrorDetails) -> str:
    """Return why a value cannot be taken, in words that say what to do."""
    return _SAID.get(error["type"]) or error["msg"].removeprefix("Value error, ")


_SAID: Final[Mapping[str, str]] = {
    "missing": "it is not given; a row cannot do without it",
    "extra_forbidden": "there is no such field; the data dictionary lists those there are",
    "string_too_short": "it is empty; write it, or leave the row out",
    "too_short": "it is empty; write it, or leave the row out",
    "model_type": 'it is no JSON object; write {"program": …, "standing": {…}}',
}
"""What is said of a value, by the type of error; of others the check itself says it."""
