"""Sent: what a client sends of its program, read as what comes in; now, and when it is applied."""

from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import orjson
from pydantic import ValidationError

from adapters.kit import redact
from adapters.kit.adapter import OPERATOR, Adapter, Feed
from adapters.kit.contacts import DROPPED, without_mail_in
from adapters.kit.parsed import Apart, ProblemCode, RowProblem, problems
from graph_schema.exchange import Line
from hub.errors import BadDocumentError
from hub.store.deeds import By
from hub.store.rows import instant
from hub.sync.document import Document, Form
from hub.sync.intake import Intake, Origin
from hub.sync.push import pushed
from hub.sync.sources import feed_document

MOST_FACTS: Final = 10_000
"""Facts that are sent as JSON at a time; longer lists are sent as CSV."""


def read(
    program: str,
    adapter: Adapter | None,
    document: Document,
    content: bytes,
    by: By,
    sent_at: int | None = None,
) -> Intake:
    """Return what a client's document says.

    Args:
        program: Code of the program whose client sends it.
        adapter: The program's folder, where the document is one of a feed.
        document: What it is.
        content: Its bytes.
        by: Who sends it, or applies it.
        sent_at: When it was sent, where it has waited since.

    Raises:
        InvalidInputError: The program has no such feed.
        BadDocumentError: It is not what it should be; the message says what to do.
    """
    if document.form is Form.FACTS:
        intake = pushed(program, orjson.loads(content), by)
    elif document.form is Form.UNSURE:
        intake = _unsure(program, adapter, document, content)
    elif adapter is None or document.form is Form.LINES:
        intake = _lines(program, content)
    else:
        fetched = instant(sent_at).date() if document.fetched and sent_at else None
        feed, named = document.feed or OPERATOR, (document.name, content)
        intake = feed_document(adapter, feed, named, document.dated, fetched=fetched)
    intake.complete = intake.complete and not document.partial
    intake.dated = intake.dated or document.dated
    intake.by, intake.sent_at = by, sent_at
    return intake


def redacted(document: Document, content: bytes, apart: Apart) -> bytes:
    """Return a document that was read as it is kept: without what must not be, it reads the same.

    Args:
        document: What it is.
        content: Its bytes.
        apart: What of it was left unread.
    """
    if document.form is Form.DOCUMENT:
        return redact.redacted(content, apart)
    plain = content.removeprefix(BOM_UTF8).strip()
    if plain.startswith(b"["):
        return orjson.dumps(without_mail_in(orjson.loads(plain)))
    return b"\n".join(map(_line_redacted, plain.split(b"\n")))


def _line_redacted(text: bytes) -> bytes:
    """Return a line of JSON as it is kept; one that is none stays none."""
    try:
        return orjson.dumps(without_mail_in(orjson.loads(text)))
    except orjson.JSONDecodeError:
        return DROPPED.encode() if text.strip() else b""


def _unsure(program: str, adapter: Adapter | None, document: Document, content: bytes) -> Intake:
    """Return what a statement would say, with the feed and the row that it comes from."""
    lines = [Line.model_validate(orjson.loads(text)) for text in content.split(b"\n")]
    feed = document.feed or OPERATOR
    return Intake(
        origin=Origin.OPERATOR,
        lines=lines,
        program=program,
        feed=feed,
        bounds=adapter.feed(feed) if adapter else Feed(),
        kinds=frozenset(type(line.fact) for line in lines),
        why=document.why,
    )


def _lines(program: str, content: bytes) -> Intake:
    """Return facts as the exchange format has them, each with the number of its line.

    They leave things out: nothing ends by its absence.

    Raises:
        BadDocumentError: It is no JSON, or too much of it.
    """
    lines: list[Line] = []
    refused: list[RowProblem] = []
    for number, said in _each(content.removeprefix(BOM_UTF8).strip()):
        if number > MOST_FACTS:
            msg = f"there are more than {MOST_FACTS:,} facts; send them in parts, or as CSV"
            raise BadDocumentError(msg)
        try:
            line = Line.model_validate({"program": program, **_object(said)})
        except orjson.JSONDecodeError as error:
            message = f"it is not JSON: {error}"
            refused.append(RowProblem(number, ProblemCode.INVALID_INPUT, message))
        except ValidationError as error:
            refused += problems(error, number)
        else:
            about = line.about.model_copy(update={"row": number})
            lines.append(line.model_copy(update={"number": number, "about": about}))
    return Intake(
        origin=Origin.OPERATOR,
        lines=lines,
        program=program,
        feed=OPERATOR,
        kinds=frozenset(type(line.fact) for line in lines),
        problems=refused,
    )


def _each(content: bytes) -> Iterator[tuple[int, Any]]:
    """Yield facts with their numbers: lines as they stand, or members of a list."""
    if not content.startswith(b"["):
        yield from ((n, text) for n, text in enumerate(content.split(b"\n"), 1) if text.strip())
        return
    try:
        yield from enumerate(orjson.loads(content), start=1)
    except orjson.JSONDecodeError as error:
        msg = f"it is not JSON: {error}"
        raise BadDocumentError(msg) from error


def _object(said: Any) -> Mapping[str, Any]:  # noqa: ANN401 - any JSON
    """Return a fact as it is written; what is none has no field that a line may have.

    Raises:
        JSONDecodeError: It is a line that is no JSON.
    """
    given = without_mail_in(orjson.loads(said) if isinstance(said, bytes) else said)
    return cast("Mapping[str, Any]", given) if isinstance(given, dict) else {"": given}
