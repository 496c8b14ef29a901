"""Documents: what was sent, apart from its bytes."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Form(StrEnum):
    """What a client sent."""

    DOCUMENT = "document"
    """A document of a feed, as its parser reads it."""
    LINES = "lines"
    """Facts as lines of the exchange format; bad ones are set aside."""
    FACTS = "facts"
    """Facts that are recorded all or not at all."""
    UNSURE = "unsure"
    """What a statement would say of which the parser of its feed is not sure, as lines."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a client sent, apart from its bytes.

    Attributes:
        feed: The feed whose document it is; none of facts.
        name: What its file is called.
        dated: The day of which it speaks.
        partial: Whether it leaves things out, though documents of its feed do not.
        fetched: Whether it was fetched, so that it speaks of that day where it prints none.
        sha256: Of its bytes.
        statement: Of a statement, a digest by which it is known again.
        why: Then also why somebody must look at it, whatever it would do.
    """

    form: Form
    feed: str | None = None
    name: str = ""
    dated: date | None = None
    partial: bool = False
    fetched: bool = False
    sha256: str = ""
    statement: str = ""
    why: tuple[str, ...] = ()
