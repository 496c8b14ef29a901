"""Questions for lists of nodes put to one connection: each function is one round trip."""

import sqlite3
from collections.abc import Iterable, Sequence
from heapq import merge
from typing import Any, Final

from graph_schema.codes import Effect, Kind
from hub.store.embedded import list_texts, reads
from hub.store.port import Moment, Page, SharedSought, Sought

_ALL: Final = 2**31


def found(connection: sqlite3.Connection, sought: Sought, moment: Moment, page: Page) -> list[int]:
    """Return the subjects that hold a state as sought: one range of an index per effect."""
    ranges = (
        reads.numbers(connection, list_texts.FIND, _sought(sought, moment, page, program, effect))
        for program in _programs(connection, sought)
        for effect in sought.effects or tuple(Effect)
    )
    ordered = merge(*ranges)
    return [number for number, _ in zip(_once(ordered), range(page.size), strict=False)]


def count_found(connection: sqlite3.Connection, sought: Sought, moment: Moment) -> int:
    """Return how many subjects hold a state as sought."""
    everyone: set[int] = set()
    for program in _programs(connection, sought):
        for effect in sought.effects or tuple(Effect):
            at = _sought(sought, moment, Page(_ALL), program, effect)
            everyone.update(reads.numbers(connection, list_texts.FIND_ALL, at))
    return len(everyone)


def _programs(connection: sqlite3.Connection, sought: Sought) -> Sequence[int]:
    """Return the programs that count: those asked for, else all."""
    if sought.programs:
        return sought.programs
    return reads.numbers(connection, list_texts.NODES_OF, {"kind": Kind.PROGRAM.value})


def _sought(
    sought: Sought, moment: Moment, page: Page, program: int, effect: Effect
) -> dict[str, Any]:
    return reads.seen(moment) | {
        "program": program,
        "effect": effect.value,
        "kind": sought.kind.value,
        "products": reads.listed(sorted(sought.products)),
        "country": sought.country,
        "day": sought.day,
        "after": page.after,
        "size": page.size,
    }


def _once(ordered: Iterable[int]) -> Iterable[int]:
    """Yield ordered numbers, each once."""
    last = None
    for number in ordered:
        if number != last:
            yield number
        last = number


def shared_texts(sought: SharedSought) -> tuple[str, str]:
    """Return the text of the page and of the count of shared suppliers."""
    return list_texts.SHARED[sought.buyers is not None, sought.at_least < 2]  # noqa: PLR2004


def shared(sought: SharedSought, moment: Moment, page: Page) -> dict[str, Any]:
    """Return the parameters of a question for shared suppliers."""
    return reads.seen(moment) | {
        "programs": reads.listed(sought.programs),
        "buyers": reads.listed(sought.buyers or ()),
        "at_least": sought.at_least,
        "day": sought.day,
        "disagreeing": sought.disagreeing,
        "country": sought.country,
        "after": page.after,
        "size": page.size,
    }


def signed(
    agreements: Sequence[int], country: str | None, day: int, moment: Moment, page: Page
) -> dict[str, Any]:
    """Return the parameters of a question for signatories."""
    return reads.seen(moment) | {
        "agreements": reads.listed(agreements),
        "country": country,
        "day": day,
        "after": page.after,
        "size": page.size,
    }
