"""What the stores' answers are made of, derived from `graph_schema`: the same in every store."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final

from graph_schema.agreements import Agreement
from graph_schema.codes import Kind
from graph_schema.elements import Fact, Form, fields
from graph_schema.parties import Organization, Tie, Worksite
from graph_schema.programs import Commodity, Program
from graph_schema.sourcing import SourcingLink, Volume
from graph_schema.standing import Standing
from hub.store.rows import LOG, columns

DESCRIBING: Final[tuple[type[Fact], ...]] = (
    Program,
    Organization,
    Worksite,
    Agreement,
    Commodity,
)
"""The facts that say what a node is."""
BEARING: Final[Mapping[type[Fact], tuple[str, ...]]] = {
    Standing: ("subject",),
    Tie: ("from_", "to"),
    Volume: ("pool",),
    Worksite: ("reference",),
    Organization: ("reference",),
}
"""The facts that bear on questions, and the columns of the nodes about which they are looked up."""
PRACTICE: Final[tuple[type[Fact], ...]] = (Standing, Organization, Worksite, Tie)
"""Facts that are public where their program publishes its standings."""
_HIDDEN: Final = frozenset({Kind.ORGANIZATION, Kind.WORKSITE})
"""Nodes that a program may describe without publishing them."""
OWN: Final[Mapping[type[Fact], str]] = {
    Standing: "subject",
    Organization: "reference",
    Worksite: "reference",
}
"""Facts that are seen, published or not, by whom they concern, by the column that names whom."""
PARTY: Final[Mapping[type[Fact], str]] = {SourcingLink: "buyer", Volume: "buyer"}
"""Facts that the buyer they name sees, published or not, by the column that names it."""

STATE_COLUMNS: Final = (
    "number", "subject", "program", "track", "state", "begins_first", "begins_last", "confirmed",
    "max_age", "until", "until_first", "until_last", "announced_until", "announced_until_first",
    "announced_until_last", "products", "regions", "feed",
    "since", "observed",
)  # fmt: skip
PLACE_COLUMNS: Final = ("reference", "program", "name", "country", "recorded_from", "stated_at")
CLOSING_COLUMNS: Final = ("closed_on", "closed_on_first", "closed_on_last")
TIE_COLUMNS: Final = (
    "program", "kind", "from_", "to", "begins_first", "begins_last", "until", "until_first",
    "until_last",
)  # fmt: skip
VOLUME_COLUMNS: Final = (
    "program", "pool", "buyer", "product", "kind", "since", "since_first", "since_last", "until",
    "until_first", "until_last", "quantity", "unit",
)  # fmt: skip
SIGNATURE_COLUMNS: Final = (
    "number", "program", "organization", "agreement", "begins_first", "begins_last", "until",
    "until_first", "until_last", "options", "covers_group", "signed", "confidence",
)  # fmt: skip
IN_FORCE: Final = (
    "number", "fact", "subject", "program", "track", "effect", "starts", "ends", "ended",
    "products", "visible", "whole", "known_from", "known_until", "revision_from",
    "revision_until",
)  # fmt: skip
"""A standing over the days it really held, `[starts, ends)`, as known in `[known_from, ...)`."""
HELD: Final = ("effect", "ends", "ended", "in_force")
"""What a standing in force has before its own columns: of the derived row, and its place."""
HELD_THEN: Final = ("then", *HELD)
"""What a standing in force in a revision of the past has before its own columns."""
_TOLD: Final = ("number", "program", "called", "state", "kind", "name", "until", "external_ids")
RUN: Final = (
    "program", "feed", "started_at", "finished_at", "outcome", "complete", "added", "changed",
    "ended", "unchanged", "set_aside", "revision", "read_at", "address", "etag", "modified", "why",
    "unseen_added", "unseen_changed", "unseen_ended", "unseen_unchanged",
)  # fmt: skip
PROBLEM: Final = ("row", "field", "code", "message")


def tokens(text: str) -> list[str]:
    """Return the words of a text as full-text search compares them: no case, no diacritics."""
    plain = unicodedata.normalize("NFD", text.lower())
    bare = "".join(symbol for symbol in plain if not unicodedata.combining(symbol))
    return _TOKEN.findall(bare)


_TOKEN: Final = re.compile(r"[^\W_]+")


@cache
def all_columns(kind: type[Fact]) -> tuple[str, ...]:
    """Return a fact's columns: those of the log, then its own."""
    return (*LOG, *(column.name for column in columns(kind)))


@cache
def told(kind: type[Fact]) -> tuple[str, ...]:
    """Return the columns of a fact that a change of it tells: what it is, and of whom."""
    about = kind.begins_at or kind.ends_at
    known = all_columns(kind)
    return tuple(name for name in (*_TOLD, *filter(None, [about])) if name in known)


@cache
def ends(kind: type[Fact]) -> tuple[str, ...]:
    """Return the fields of a fact that name one node each: it is looked up by any of them."""
    return tuple(f.name for f in fields(kind) if f.form is Form.NODE and not f.many)


@cache
def others(kind: type[Fact], end: str) -> tuple[str, ...]:
    """Return the fields but one in which a fact names a supplier, a buyer or a site.

    A fact is not there for who may not see whom it names. What describes a node shows it.
    """
    if kind in DESCRIBING:
        return ()
    named = (field for field in fields(kind) if field.name in ends(kind) and field.name != end)
    return tuple(field.name for field in named if field.refers and _HIDDEN & {*field.refers.kinds})


@cache
def bounds(kind: type[Fact]) -> tuple[str | None, str | None]:
    """Return the column of the first day on which a fact may hold, and the field of its end.

    None stands for a fact that does not begin, or does not end.
    """
    partial = {field.name for field in fields(kind) if field.form is Form.PARTIAL_DATE}
    if kind is Agreement:
        return "in_force_from_first", None
    return (
        "begins_first" if "since" in partial else None,
        "until" if "until" in partial else None,
    )
