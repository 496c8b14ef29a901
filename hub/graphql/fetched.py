"""Fields that are fetched for all their parents at once, before any of them is resolved.

A type declares such a field with `@fetched`; a loader named after it brings the values of all
parents in one round trip (`hub.graphql.prefetch` walks the selection). The executor then takes what
is there, so no resolver does I/O.
"""

import functools
import inspect
from collections.abc import Callable
from dataclasses import field
from typing import Any, Final, Self, TypeAlias

import strawberry

Given: TypeAlias = Any
NOT_GIVEN: Final[Given] = strawberry.UNSET
"""Default of an argument that may be left out."""


@strawberry.type
class Fetches:
    """What a type's instances keep of fetched fields, by response key."""

    found: strawberry.Private[dict[str, object]] = field(default_factory=dict[str, object])

    def twin(self) -> Self:
        """Return the same thing for another place of the answer, with its own selection."""
        other = object.__new__(type(self))  # `copy.copy` takes as long as all else done with it
        vars(other).update(vars(self), found={})
        return other


def fetched(declared: Callable[..., Any]) -> Any:  # noqa: ANN401 - strawberry's field is untyped
    """Make a field whose values a loader has fetched; the method only declares it."""

    @functools.wraps(declared)
    def missing(self: Fetches, **_given: object) -> object:
        """Say that there is no loader; where there is one, the executor takes what it brought."""
        msg = f"{type(self).__name__}.{declared.__name__} was not fetched"
        raise LookupError(msg)

    name = declared.__name__
    shown = name.removesuffix("_") if name.endswith("_") else None
    return strawberry.field(resolver=missing, name=shown, description=inspect.getdoc(declared))
