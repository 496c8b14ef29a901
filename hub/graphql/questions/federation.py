"""What a router asks of a subgraph (Apollo Federation): its schema, and entities by their keys."""

from functools import cache
from typing import Annotated, Any, TypeAlias, cast

import strawberry
from strawberry.types import Info

from hub.errors import NotAllowedError, UnauthenticatedError
from hub.graphql.context import Request
from hub.graphql.entities import entities
from hub.graphql.scalars import Representation
from hub.graphql.subgraph import subgraph
from hub.graphql.types.nodes import Agreement, Organization, Program, Worksite

Entity: TypeAlias = Annotated[
    Agreement | Organization | Program | Worksite,
    strawberry.union("_Entity", description="What a router may ask for by its keys."),
]


@strawberry.type(name="_Service")
class Service:
    """The hub as a subgraph."""

    sdl: str = strawberry.field(description="What a router composes.")


@strawberry.type
class RouterQuestions:
    """Questions of routers alone."""

    @strawberry.field(
        name="_entities",
        description=(
            "For routers: entities by their keys, up to 10,000, in the order asked. Null for one "
            "that is not there; the number of a worksite that was merged gives its successor."
        ),
    )
    async def entities(
        self, info: Info[Request, None], representations: list[Representation]
    ) -> list[Entity | None]:
        _check(info.context)
        return cast("Any", await entities(info.context, representations))

    @strawberry.field(name="_service", description="For routers: the hub as a subgraph.")
    def service(self, info: Info[Request, None]) -> Service:
        _check(info.context)
        return Service(sdl=_sdl(info.schema))


@cache
def _sdl(schema: Any) -> str:  # noqa: ANN401 - strawberry's own class of schemas
    return subgraph(schema.as_str())


def _check(request: Request) -> None:
    """Refuse who is no router.

    Raises:
        UnauthenticatedError: Nobody says who asks.
        NotAllowedError: The client may not ask as a router.
    """
    if request.routes:
        return
    if request.principal.client is None:
        msg = "only a router asks for entities here; send its token"
        raise UnauthenticatedError(msg)
    msg = "only a router asks for entities; the token has not the scope `router`"
    raise NotAllowedError(msg)
