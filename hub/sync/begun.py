"""Begun: what documents without dates say had begun by their day; the earliest such day counts.

A page that shows the same signatory month after month tells nothing new, and a later "by that day"
is contained in the earlier. Were each page's statement kept, every question would try them all.
"""

from collections.abc import Iterable
from typing import Final

from graph_schema.agreements import Signature
from graph_schema.days import BEGINNING
from graph_schema.elements import Fact
from graph_schema.sourcing import SourcingLink
from hub.store.port import Row
from hub.sync.intake import Intake, Item, Origin
from hub.sync.lists import event

LISTED: Final = (Signature, SourcingLink)
"""Facts that documents without dates tell."""


def said_by_a_day(intake: Intake, items: Iterable[Item]) -> bool:
    """Whether some items of a partial document are facts of which only a last day is known."""
    partial = intake.origin is Origin.OPERATOR and not intake.complete
    facts = (item.fact for item in items)
    return partial and any(
        isinstance(fact, LISTED) and fact.since is not None and fact.since.first == BEGINNING
        for fact in facts
    )


class Begun:
    """The facts that a feed has brought with a last day alone."""

    def __init__(self, brought: Iterable[tuple[type[Fact], Row]] = ()) -> None:
        self._known = {event(kind, row): row for kind, row in brought if _by_a_day(row)}

    def same(self, kind: type[Fact], row: Row) -> Row | None:
        """Return the statement of the same fact, if both have a last day alone."""
        return self._known.get(event(kind, row)) if kind in LISTED and _by_a_day(row) else None


def _by_a_day(row: Row) -> bool:
    return row["since"] is not None and row["begins_first"] == BEGINNING and row["until"] is None
