"""Fields that are fetched for all their parents at once, before any of them is resolved.

A type declares such a field with `@fetched`; a loader named after it brings the values of all
parents in one round trip (`hub.graphql.prefetch` walks the selection). The field's resolver then
only takes what is there, so no resolver does I/O.
"""

import copy
import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, Final, Self, TypeAlias, cast

import strawberry
from strawberry.types import Info

from hub.errors import HubError

Given: TypeAlias = Any
NOT_GIVEN: Final[Given] = strawberry.UNSET
"""Default of an argument that may be left out."""


@strawberry.type
class Fetches:
    """What a type's instances keep of fetched fields, by response key."""

    found: strawberry.Private[dict[str, object]] = field(default_factory=dict[str, object])

    def twin(self) -> Self:
        """Return the same thing for another place of the answer, with its own selection."""
        other = copy.copy(self)
        cast("Fetches", other).found = {}
        return other


def fetched(declared: Callable[..., Any]) -> Any:  # noqa: ANN401 - strawberry's field is untyped
    """Make a field whose values a loader has fetched; the method only declares it."""

    @functools.wraps(declared)
    def take(self: Fetches, info: Info, **_given: object) -> object:
        value = self.found[str(info.path.key)]
        if isinstance(value, HubError):
            raise value
        return value

    # What the method declares is the field's; that it takes `info` is not.
    signature = inspect.signature(declared)
    own = inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Info)
    given = [parameter for name, parameter in signature.parameters.items() if name != "self"]
    this = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    cast("Any", take).__signature__ = signature.replace(parameters=[this, own, *given])
    take.__annotations__ = {**declared.__annotations__, "info": Info}
    name = declared.__name__
    shown = name.removesuffix("_") if name.endswith("_") else None
    return strawberry.field(resolver=take, name=shown, description=inspect.getdoc(declared))


Arguments = Mapping[str, Any]
