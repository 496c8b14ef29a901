"""Seen: a state as lists show it: what it is of, whether it was only seen, and until when."""

from collections.abc import Mapping
from typing import Any

from graph_schema.days import BEGINNING, FOR_EVER
from hub.store.port import Row
from hub.store.rows import day_of

Scope = tuple[int, int, str, frozenset[int], frozenset[str]]
"""What a state is of; another of the same replaces it."""


def scope(row: Mapping[str, Any]) -> Scope:
    """Return what a state is of: its subject, program and track, its products and regions."""
    products, regions = frozenset(row["products"]), frozenset(row["regions"])
    return row["subject"], row["program"], row["track"], products, regions


def seen_only(row: Row) -> bool:
    """Whether a state is only seen: nobody says when it began."""
    return row["since"] is None


def over(row: Row) -> int:
    """Return the day by which lists no longer show a state; none does whose end is stated."""
    if row["until"] is None:
        return FOR_EVER
    return row["until_first"] if left_out(row) else BEGINNING


def left_out(row: Mapping[str, Any]) -> bool:
    """Whether a fact was ended by a list that left it out: it ends on the list's own day."""
    day = day_of(row["stated_at"])
    return (row["until_first"], row["until_last"]) == (day, day)
