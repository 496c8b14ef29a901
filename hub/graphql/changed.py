"""Changes as the API shows them, the same whether a write or the feed tells of them."""

from collections.abc import Sequence
from typing import Final

import strawberry

from hub.graphql.context import Request
from hub.graphql.cursors import ROOT, Asked
from hub.graphql.types.changes import GraphChange, Made
from hub.identity.ids import Numbered
from hub.store.port import place
from hub.sync.receipt import Effect

_NAME: Final = "changes"


def page(request: Request, first: int, after: str | None) -> Asked:
    """Return a page of the feed, one row longer.

    A cursor is a place among all changes, whichever of them are asked for: so one of a page is
    good for a page of fewer, or of more.

    Raises:
        InvalidInputError: `first` is out of bounds, or `after` no cursor of the feed.
    """
    return request.page(_NAME, {"first": first, "after": after}, (ROOT,))


def changed(request: Request, effects: Sequence[tuple[Effect, Made]]) -> list[GraphChange]:
    """Return changes as they are shown."""
    # A fact changes twice at most: it becomes known, and is known no more.
    twice = [2 * _number(effect) + (effect.fact is None) for effect, _ in effects]
    ids = request.ids.many(twice, Numbered.CHANGE)
    places = [place(made.revision, _number(effect)) for effect, made in effects]
    cursors = request.cursors(places, page(request, 1, None))
    return [
        _shown(request, strawberry.ID(public), cursor, effect, made)
        for public, cursor, (effect, made) in zip(ids, cursors, effects, strict=True)
    ]


def waiting(
    request: Request, effects: Sequence[tuple[Effect, Made]], numbers: Sequence[int]
) -> list[GraphChange]:
    """Return what would be made of facts as it is shown, each by a number of its own."""
    ids = request.ids.many(numbers, Numbered.CHANGE)
    return [
        _shown(request, strawberry.ID(public), None, effect, made)
        for public, (effect, made) in zip(ids, effects, strict=True)
    ]


def _shown(
    request: Request, public: strawberry.ID, cursor: str | None, effect: Effect, made: Made
) -> GraphChange:
    fact = effect.fact if made.written else None
    return GraphChange(
        id=public,
        effect=effect,
        made=made,
        cursor=cursor,
        revision=str(made.revision) if made.written else "",
        kind=effect.becomes,
        fact=None if fact is None else strawberry.ID(request.ids.of(fact, Numbered.FACT)),
        fact_kind=effect.word,
        summary=effect.summary,
    )


def _number(effect: Effect) -> int:
    """Return the number of the fact that is new, or else of the one that is known no more."""
    number = effect.before if effect.fact is None else effect.fact
    assert number is not None  # noqa: S101 - a change is of a fact
    return number
