"""Disagreement: a supplier that stands well in one program and at risk or worse in another."""

from collections.abc import Iterable
from typing import Final

from graph_schema.codes import Effect
from hub.store.port import Row

_GOOD: Final = frozenset({Effect.GOOD_STANDING, Effect.FINDINGS})
_BAD: Final = frozenset({Effect.AT_RISK, Effect.RESTRICTED, Effect.CLOSED, Effect.INELIGIBLE})


def disagreeing(standings: Iterable[Row]) -> bool:
    """Whether programs disagree on whoever holds these standings."""
    effects: dict[int, set[str]] = {}
    for row in standings:
        effects.setdefault(row["program"], set()).add(row["effect"])
    bad = [bool(found & _BAD) for found in effects.values()]
    good = [bool(found & _GOOD) and not found & _BAD for found in effects.values()]
    return any(bad) and any(good)
