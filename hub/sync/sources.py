"""Where lines come from: a program's record, an operator's file, an exchange file."""

from codecs import BOM_UTF8
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import islice
from typing import Final

import orjson
from pydantic import ValidationError

from adapters.kit.adapter import OPERATOR, RECORD, Adapter
from adapters.kit.parsed import Parsed, said
from adapters.kit.tables import UnreadableError
from graph_schema.exchange import FACTS, Line
from graph_schema.programs import FactSource, Program, feed_source
from hub.errors import BadDocumentError, HubError, InvalidInputError
from hub.store.port import OPEN, Store
from hub.sync.feeds import feed_of
from hub.sync.intake import Intake, Long, Origin
from hub.sync.refused import whole_or_not

SLICE: Final = 5_000
"""Rows of a long table that are in memory at a time."""
_LONGEST_TITLE: Final = 300


async def known(store: Store, adapter: Adapter) -> bool:
    """Whether the store knows a program, so that its words are known."""
    said = await store.everything(Program, OPEN)
    return any(row["code"] == adapter.program and row["revision_until"] == OPEN for row in said)


async def first(store: Store, adapter: Adapter, *, dry_run: bool) -> Sequence[Intake]:
    """Return what comes before a program's documents: its record, where it is not known yet.

    Raises:
        InvalidInputError: Nothing is to be written, so there is nothing to compare them with.
        BadDocumentError: The record is broken.
    """
    if await known(store, adapter):
        return ()
    if dry_run:
        msg = (
            f"{adapter.program} is not known yet, so its file cannot be compared; first sync its "
            f"record: hub sync {adapter.program}"
        )
        raise InvalidInputError(msg)
    return (record(adapter),)


def record(adapter: Adapter) -> Intake:
    """Return the bundled record of a program.

    Raises:
        BadDocumentError: It is broken; the message names the file and the row.
    """
    try:
        parsed = adapter.record()
    except UnreadableError as error:
        raise BadDocumentError(str(error)) from error
    if parsed.problems:
        problem = parsed.problems[0]
        msg = f"the record of {adapter.program}, {problem.place}: {problem.message}"
        raise BadDocumentError(msg)
    return Intake(
        origin=Origin.RECORD,
        lines=[*_itself(adapter, parsed), *_feeds(adapter), *parsed.lines],
        program=adapter.program,
        feed=RECORD,
        complete=True,
        kinds=frozenset(FACTS),
    )


def _itself(adapter: Adapter, parsed: Parsed) -> Sequence[Line]:
    """Return the program's own line out of its manifest, where the record states none."""
    if any(line.fact.word == "programRecord" for line in parsed.lines):
        return ()
    manifest = adapter.manifest
    stated = {
        "code": manifest.code,
        "name": manifest.name,
        "example": manifest.example,
        "scheme": manifest.scheme,
    }
    given = {name: value for name, value in stated.items() if value is not None}
    return (Line.model_validate({"program": manifest.code, "programRecord": given}),)


def _feeds(adapter: Adapter) -> Iterator[Line]:
    """Yield the program's feeds as sources of what they bring, out of its manifest."""
    manifest = adapter.manifest
    for name, feed in adapter.feeds().items():
        source = FactSource(
            reference=feed_source(name),
            title=f"{manifest.name}: {feed.about or name}"[:_LONGEST_TITLE],
            publisher=manifest.name,
            url=feed.url,
            licence=feed.licence,
        )
        yield Line(program=manifest.code, fact=source)


def operator_file(adapter: Adapter, documents: Sequence[tuple[str, bytes]]) -> Intake:
    """Return what files of a program's template say, all of them as one run.

    Raises:
        BadDocumentError: A file is not what it should be; the message names it and the remedy.
    """
    return feed_file(adapter, OPERATOR, documents)


def feed_file(
    adapter: Adapter,
    name: str,
    documents: Sequence[tuple[str, bytes]],
    dated: date | None = None,
    *,
    fetched: date | None = None,
) -> Intake:
    """Return what documents of a feed say, all of them as one run.

    Args:
        adapter: The program.
        name: Of the feed.
        documents: Name and bytes of each file.
        dated: The day of which they speak, where a person says so; it goes before what they print.
        fetched: The day on which they were fetched, of which they speak where they print none.

    Raises:
        InvalidInputError: The program has no such feed.
        BadDocumentError: A file is not what it should be; the message names it and the remedy.
    """
    feed = feed_of(adapter, name)
    parsed = Parsed()
    long: list[Long] = []
    for file, document in documents:
        with _named(file):
            book = adapter.book(name, document, file, SLICE)
        if book is not None:
            parsed.add(book.parsed)
            long += (
                Long(each.kind, each.rows, partial(_told, file, each.parts)) for each in book.long
            )
            continue
        parts = partial(
            _told, file, partial(adapter.parts, name, document, file, dated, fetched, size=SLICE)
        )
        begun = list(islice(parts(), 2))
        kinds = [*begun[0].kinds]
        if len(begun) > 1 and kinds == [*begun[1].kinds]:
            parsed.add(replace(begun[0], lines=[], problems=[]))
            long.append(Long(kinds[0], document.count(b"\n"), partial(parts, plainly=True)))
        else:
            for part in begun if len(begun) == 1 else parts():
                parsed.add(part)
    missing = [*parsed.missing]
    missing += [column for column in feed.required if column not in parsed.columns]
    return Intake(
        origin=Origin.OPERATOR,
        lines=parsed.lines,
        program=adapter.program,
        feed=name,
        bounds=feed,
        complete=feed.complete,
        dated=dated or parsed.dated,
        kinds=frozenset(parsed.kinds),
        problems=parsed.problems,
        unsure=parsed.unsure,
        missing=missing,
        notes=parsed.notes,
        long=long,
        apart=parsed.apart,
    )


def _told(file: str, parts: Callable[..., Iterator[Parsed]], **how: bool) -> Iterator[Parsed]:
    """Yield the parts of a file, whose name is told where it cannot be read.

    Raises:
        BadDocumentError: It cannot be.
    """
    with _named(file):
        yield from parts(**how)


@contextmanager
def _named(file: str) -> Generator[None]:
    try:
        yield
    except UnreadableError as error:
        msg = f"{file}: {error}"
        raise BadDocumentError(msg) from error


def feed_document(
    adapter: Adapter,
    name: str,
    document: tuple[str, bytes],
    dated: date | None = None,
    *,
    fetched: date | None = None,
) -> Intake:
    """Return what one document of a feed says, as `feed_file`, whatever becomes of its parser.

    Raises:
        InvalidInputError: The program has no such feed.
        BadDocumentError: It is not what it should be, or its parser fails.
    """
    try:
        return feed_file(adapter, name, [document], dated, fetched=fetched)
    except HubError:
        raise
    except Exception as error:
        # What it says of the error may hold a cell of the document, and so a person.
        msg = f"{document[0]}: its parser fails, with {type(error).__name__}"
        raise BadDocumentError(msg) from error


def exchange_file(document: bytes) -> Intake:
    """Return what an exchange file says: NDJSON, one fact a line.

    Raises:
        BadDocumentError: A line is bad; the message names each with its number and reason.
    """
    lines: list[Line] = []
    problems: list[str] = []
    for number, text in enumerate(document.removeprefix(BOM_UTF8).split(b"\n"), start=1):
        if not text.strip():
            continue
        try:
            lines.append(_line(text, number))
        except UnicodeDecodeError:
            problems.append(f"line {number}: it is not UTF-8; save the file as UTF-8")
        except orjson.JSONDecodeError as error:
            problems.append(f"line {number}: it is not JSON: {error}")
        except ValidationError as error:
            problems += (f"line {number}, {problem}" for problem in _problems(error))
    if problems:
        raise BadDocumentError(whole_or_not(problems))
    if not lines:
        msg = "the file has no line; write one fact a line, as JSON"
        raise BadDocumentError(msg)
    return Intake(origin=Origin.ADMINISTRATOR, lines=lines)


def _line(text: bytes, number: int) -> Line:
    """Return a line with its number, which is its row unless it is one of an export."""
    line = Line.model_validate(orjson.loads(text.decode()))
    about = line.about
    if about.row is None and about.recorded_at is None:
        about = about.model_copy(update={"row": number})
    return line.model_copy(update={"number": number, "about": about})


def _problems(error: ValidationError) -> Sequence[str]:
    return [
        f"{'.'.join(str(part) for part in each['loc']) or 'the line'}: {said(each)}"
        for each in error.errors(include_url=False)
    ]
