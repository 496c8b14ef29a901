"""A fact as it is kept: what it says, and the record of when and from where it is known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graph_schema.elements import Fact, Form, fields
from hub.store.port import OPEN
from hub.store.rows import content
from hub.sync.intake import Item
from hub.sync.interval import interval
from hub.sync.resolve import called


@dataclass(frozen=True, slots=True)
class Keeping:
    """When and from where a fact is known, in the words of `hub.store.rows.LOG`."""

    recorded_from: int
    stated_at: int
    retrieved_at: int | None
    feed: str | None
    max_age: int | None
    visible: bool
    recorded_until: int = OPEN
    revision_until: int = OPEN


def kept(item: Item, keeping: Keeping) -> dict[str, Any]:
    """Return the row of a fact; its number and first revision come when it is written."""
    about = item.line.about
    row = {
        **item.values,
        "program": item.program,
        "identity": item.identity,
        "content": stated(item),
        "recorded_from": keeping.recorded_from,
        "recorded_until": keeping.recorded_until,
        "revision_until": keeping.revision_until,
        "stated_at": keeping.stated_at,
        "retrieved_at": keeping.retrieved_at,
        "feed": keeping.feed,
        "max_age": keeping.max_age,
        "row": about.row,
        "called": called(item.fact),
        "sources": list(about.sources),
        "confidence": about.confidence.value if about.confidence else None,
        "known_on": about.known_on.toordinal() if about.known_on else None,
        "visible": keeping.visible,
    }
    return row | interval(row)


def stated(item: Item) -> str:
    """Return the digest of all that an item says."""
    about = item.line.about
    return content(item.values, about.sources, about.confidence)


def named(kind: type[Fact], row: Mapping[str, Any]) -> Iterator[int]:
    """Yield the nodes that a kept fact names, its program among them."""
    yield row["program"]
    for declared in fields(kind):
        value = row[declared.name]
        if declared.form is Form.NODE and value is not None:
            yield from value if declared.many else [value]
