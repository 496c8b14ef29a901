"""A fact as a row: the same names and plain values in every store, derived from `graph_schema`."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Final, cast

import orjson

from graph_schema.days import PartialDate
from graph_schema.elements import Fact, Field, Form, fields

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
ALWAYS: Final = 0
"""The instant of what was known before the hub: the record's facts that state no day."""

LOG: Final[Mapping[str, type]] = {
    "number": int,
    "program": int,
    "identity": str,
    "content": str,
    "recorded_from": int,
    "recorded_until": int,
    "revision_from": int,
    "revision_until": int,
    "stated_at": int,
    "feed": str,
    "max_age": int,
    "retrieved_at": int,
    "row": int,
    "called": str,
    "sources": list,
    "confidence": str,
    "known_on": int,
    "visible": bool,
    "begins_first": int,
    "begins_last": int,
    "confirmed": int,
}
"""The columns that every fact has beside its fields.

`identity` is a digest of what the fact is about, `content` of all it says; two statements of one
identity are one fact, the later of which corrects the former. `begins_*` bound the first day it
holds, `confirmed` is the last day it was confirmed by itself. `called` is the reference by which
a fact calls what it describes.
"""

Node = Callable[[Field, str], int]
"""Gives the number of the node that a reference, code or product name stands for."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a fact's row."""

    name: str
    type: type
    field: Field


@cache
def columns(kind: type[Fact]) -> tuple[Column, ...]:
    """Return the columns that a fact's own fields need; a partial date needs three."""
    found: list[Column] = []
    for field in fields(kind):
        if field.form is Form.PARTIAL_DATE:
            found.append(Column(field.name, str, field))
            found += (Column(f"{field.name}_{end}", int, field) for end in ("first", "last"))
        else:
            found.append(Column(field.name, list if field.many else _TYPES[field.form], field))
    return tuple(found)


_TYPES: Final = {
    Form.TEXT: str,
    Form.INTEGER: int,
    Form.NUMBER: float,
    Form.BOOLEAN: bool,
    Form.DAY: int,
    Form.NODE: int,
}


def encoded(fact: Fact, node: Node) -> dict[str, Any]:
    """Return a fact's fields as plain values, its references as numbers of nodes."""
    found: dict[str, Any] = {}
    stated = fact.__dict__
    for field, name, first, last in _encoding(type(fact)):
        value = stated[name]
        if first:
            found[name], found[first], found[last] = (
                (value.text, value.first, value.last) if value else (None, None, None)
            )
        elif value is None:
            found[name] = None
        elif field.many:
            found[name] = [_plain(field, v, node) for v in value]
        else:
            found[name] = _plain(field, value, node)
    return found


@cache
def _encoding(kind: type[Fact]) -> tuple[tuple[Field, str, str, str], ...]:
    """Return each field of a fact with its name, and the names of the ends of a partial date."""
    dates = {field.name for field in fields(kind) if field.form is Form.PARTIAL_DATE}
    return tuple(
        (field, name, f"{name}_first", f"{name}_last") if name in dates else (field, name, "", "")
        for field in fields(kind)
        for name in [field.name]
    )


def _plain(field: Field, value: Any, node: Node) -> Any:  # noqa: ANN401
    match field.form:
        case Form.NODE:
            return node(field, value)
        case Form.DAY:
            return value.toordinal()
        case Form.TEXT:
            return value if type(value) is str else str(value)
        case _:
            return value


def restored(kind: type[Fact], row: Mapping[str, Any], name: Callable[[Field, int], str]) -> Fact:
    """Return the fact that a row holds; `name` gives the reference of a node's number."""
    given: dict[str, Any] = {}
    for field in fields(kind):
        value = row[field.name]
        if value is None:
            continue
        given[field.name] = (
            [_given(field, v, name) for v in value] if field.many else _given(field, value, name)
        )
    return kind.model_validate(given)


def _given(field: Field, value: Any, name: Callable[[Field, int], str]) -> Any:  # noqa: ANN401
    match field.form:
        case Form.NODE:
            return name(field, value)
        case Form.DAY:
            return date.fromordinal(value)
        case Form.BOOLEAN:
            return bool(value)
        case _:
            return value


def partial(row: Mapping[str, Any], name: str) -> PartialDate | None:
    """Return the partial date that a row holds under a field's name."""
    text = row[name]
    return PartialDate(row[f"{name}_first"], row[f"{name}_last"], text) if text else None


def digest(*parts: object) -> str:
    """Return a digest by which equal things are found equal; 32 hexadecimal digits."""
    return digested(plain(*parts))


def plain(*parts: object) -> bytes:
    """Return things as the text of which their digest is."""
    return orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)


def digested(text: bytes) -> str:
    """Return the digest of such a text."""
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def identity(fact: Fact | type[Fact], program: int, values: Mapping[str, Any]) -> str:
    """Return the digest of what a fact is about."""
    return digest(*about(fact, program, values))


def about(fact: Fact | type[Fact], program: int, values: Mapping[str, Any]) -> tuple[object, ...]:
    """Return what a fact is about: its kind, its program and its key."""
    return (fact.word, program, [unordered(values[name]) for name in fact.key])


def content(values: Mapping[str, Any], sources: Iterable[str], confidence: str | None) -> str:
    """Return the digest of all that a fact says."""
    return digest(*says(values, sources, confidence))


def says(
    values: Mapping[str, Any], sources: Iterable[str], confidence: str | None
) -> tuple[object, ...]:
    """Return all that a fact says; where in which document it stood is not in it."""
    return (values, list(sources), confidence)


def unordered(value: Any) -> Any:  # noqa: ANN401
    """Return a value so that lists of the same values are the same."""
    return sorted(cast("list[Any]", value)) if isinstance(value, list) else value


def micros(instant: datetime | date) -> int:
    """Return an instant in microseconds since 1970; a day as its beginning in UTC."""
    if not isinstance(instant, datetime):
        instant = datetime(instant.year, instant.month, instant.day, tzinfo=UTC)
    return (instant - EPOCH) // timedelta(microseconds=1)


def instant(micros: int) -> datetime:
    """Return the instant of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=micros)


def day_of(micros: int) -> int:
    """Return the day in UTC of an instant, as `date.toordinal`."""
    return instant(micros).toordinal()
