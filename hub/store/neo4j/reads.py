"""What questions are asked with, and what their answers are made into."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, TypeVar

from graph_schema.codes import Effect
from graph_schema.elements import Fact
from graph_schema.standing import Standing
from hub.store.columns import (
    CLOSING_COLUMNS,
    HELD,
    PLACE_COLUMNS,
    SIGNATURE_COLUMNS,
    STATE_COLUMNS,
    TIE_COLUMNS,
    VOLUME_COLUMNS,
    all_columns,
    told,
)
from hub.store.port import OPEN, Around, Change, Moment, Page, Row

PIECE: Final = 10_000
"""Most rows of one node, and most references or identities, of one round trip."""
Ask = Callable[[Sequence[int] | Sequence[str], int], Awaitable[list[Row]]]
_T = TypeVar("_T")


def seen(moment: Moment) -> dict[str, Any]:
    """Return the parameters of what is seen at a moment."""
    viewer = moment.viewer
    return {
        "revision": moment.revision,
        "known_at": moment.known_at,
        "everything": viewer.everything,
        "practice": viewer.everything or viewer.answered,
        "speaking": list(viewer.programs),
        "own": list(viewer.own),
        "party": viewer.buyer,
    }


def parameters(
    nodes: Sequence[int] | Sequence[str],
    moment: Moment,
    *,
    day: int | None,
    page: Page,
    effects: Sequence[Effect] = (),
    signed: bool | None = None,
) -> dict[str, Any]:
    """Return the parameters of a question about nodes."""
    return seen(moment) | {
        "nodes": list(dict.fromkeys(nodes)),
        "day": day,
        "after": page.after,
        "size": page.size,
        "effects": [effect.value for effect in effects],
        "signed": signed,
    }


def facts(kind: type[Fact], found: Iterable[Mapping[str, Any]], revision: int) -> list[Row]:
    """Return facts as a revision has them: what was closed later is open in it."""
    names = all_columns(kind)
    rows: list[Row] = [{name: kept.get(name) for name in names} for kept in found]
    for row in rows:
        if row["revision_until"] > revision:
            row["revision_until"] = row["recorded_until"] = OPEN
    return rows


def held(found: Iterable[Sequence[Any]], revision: int) -> list[Row]:
    """Return standings that really held, with their effects and ends."""
    return [
        dict(zip(HELD, own, strict=True)) | row
        for *own, kept in found
        for row in facts(Standing, [kept], revision)
    ]


def held_then(found: Iterable[Sequence[Any]]) -> list[Row]:
    """Return standings as they held in revisions of the past, each with its revision."""
    return [{"then": then, **row} for then, *kept in found for row in held([kept], then)]


def changes(kind: type[Fact], answer: Sequence[Any]) -> list[Change]:
    """Return what revisions made of facts of a kind."""
    new, gone = answer
    return [
        *(Change(kind, at, _told(kind, row), _told(kind, before)) for at, row, before in new),
        *(Change(kind, at, None, _told(kind, row)) for at, row in gone),
    ]


def _told(kind: type[Fact], values: Sequence[Any] | None) -> Row | None:
    """Return what a change tells of a fact."""
    return None if values is None else dict(zip(told(kind), values, strict=True))


def around(answer: Sequence[list[list[Any]]]) -> Around:
    """Return the columns of what bears on buyers and subjects."""
    states, sites, offices, ties, volumes, signatures = answer
    shared = len(PLACE_COLUMNS)
    places = [
        *((*row[:shared], _one(row[shared]), *row[shared + 1 :], True) for row in sites),
        *((*row, None, None, None, False) for row in offices),
    ]
    return Around(
        states=_columns(STATE_COLUMNS, states),
        places=_columns((*PLACE_COLUMNS, "regions", *CLOSING_COLUMNS, "worksite"), places),
        ties=_columns(TIE_COLUMNS, list(dict.fromkeys(map(tuple, ties)))),
        volumes=_columns(VOLUME_COLUMNS, volumes),
        signatures=_columns(SIGNATURE_COLUMNS, signatures),
    )


def _columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Mapping[str, Sequence[Any]]:
    """Turn rows into one column per field."""
    if not rows:
        return dict.fromkeys(names, ())
    return dict(zip(names, zip(*rows, strict=True), strict=True))


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


async def rest(ask: Ask, found: list[Row], end: str, number: str) -> list[Row]:
    """Return rows with those that a first piece of a node had no room for.

    Args:
        ask: Gives the next piece of nodes after a number.
        found: The first piece of each node.
        end: Column of the node.
        number: Column of the number by which they are ordered.
    """
    pieces = Counter(row[end] for row in found)
    full = [node for node, rows in pieces.items() if rows == PIECE]
    for node in full:
        more = [row for row in found if row[end] == node]
        while len(more) == PIECE:
            more = await ask([node], more[-1][number])
            found += more
    return sorted(found, key=itemgetter(number)) if full else found


def pieces(values: Sequence[_T]) -> Iterator[list[_T]]:
    """Yield values by the piece; an empty piece where there are none."""
    for first in range(0, len(values) or 1, PIECE):
        yield list(values[first : first + PIECE])
