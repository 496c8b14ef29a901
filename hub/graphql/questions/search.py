"""Full-text search over names and aliases, and nodes by their ids."""

import struct
from typing import Any, cast

import strawberry
from strawberry.types import Info

from graph_schema.codes import Kind
from hub.errors import HubError, InvalidInputError
from hub.graphql.context import Request
from hub.graphql.cursors import Asked
from hub.graphql.fetched import NOT_GIVEN
from hub.graphql.proposed import programs, visible
from hub.graphql.types.answers import Revision, SearchConnection, SearchEdge
from hub.graphql.types.connections import PageInfo
from hub.graphql.types.nodes import Node
from hub.store.rows import instant

LONGEST_TEXT = 200
MOST_NODES = 500
_EVERY_SCORE = 1e308


@strawberry.type
class Lookups:
    """Questions by text and by id."""

    @strawberry.field(description="Nodes whose names or aliases match a text, best first.")
    async def search(
        self,
        info: Info[Request, None],
        text: str,
        first: int,
        kinds: list[Kind] | None = NOT_GIVEN,
        after: str | None = NOT_GIVEN,
    ) -> SearchConnection | None:
        request = info.context
        if len(text) > LONGEST_TEXT:
            msg = f"the text has {len(text)} characters; search for at most {LONGEST_TEXT}"
            raise InvalidInputError(msg, path=("text",))
        score, sealed = _parted(after or None)
        given = {"first": first, "after": sealed, "text": text, "kinds": kinds}
        page = request.page("search", given, (score,))
        size, place = page.size, (score, page.after)
        sitting = await request.sit()
        found = await request.store.search(text, kinds or (), sitting.moment, size, place)
        nodes = await request.nodes([number for number, _, _ in found], former=False)
        edges = [
            SearchEdge(
                cursor=_cursor(request, page, score, number),
                node=cast("Any", nodes[number]),
                score=score,
            )
            for number, _, score in found[: size - 1]
            if number in nodes
        ]
        return SearchConnection(
            edges=edges,
            page_info=PageInfo(
                has_next_page=len(found) == size,
                has_previous_page=bool(after),
                start_cursor=edges[0].cursor if edges else None,
                end_cursor=edges[-1].cursor if edges else None,
            ),
        )

    @strawberry.field(description="A node by its id or reference.")
    async def node(self, info: Info[Request, None], id: strawberry.ID) -> Node | None:
        [found] = await _nodes(info.context, [id])
        return found

    @strawberry.field(description="Nodes by their ids or references; null for each that is none.")
    async def nodes(self, info: Info[Request, None], ids: list[strawberry.ID]) -> list[Node | None]:
        if len(ids) > MOST_NODES:
            msg = f"{len(ids)} ids are asked for; ask for at most {MOST_NODES} at a time"
            raise InvalidInputError(msg, path=("ids",))
        return await _nodes(info.context, ids)

    @strawberry.field(description="The newest revision of the graph.")
    async def revision(self, info: Info[Request, None]) -> Revision:
        latest = await info.context.latest()
        return Revision(id=str(latest.revision), recorded_at=instant(latest.recorded_at))


async def _nodes(request: Request, ids: list[strawberry.ID]) -> list[Node | None]:
    """Return nodes in the order asked; what is unknown or malformed is null."""
    sitting = await request.sit()
    named = await sitting.all_named(ids, [tuple(Kind)] * len(ids))
    numbers = [None if isinstance(each, HubError) else each.number for each in named]
    found = await request.nodes(numbers)
    nodes = [found.get(number) if number is not None else None for number in numbers]
    others = [each for each, node in zip(ids, nodes, strict=True) if node is None]
    if others and programs(request):
        waiting = iter(await visible(request, others))
        nodes = [node or next(waiting) for node in nodes]
    return [node.twin() if node else None for node in nodes]


def _cursor(request: Request, page: Asked, score: float, number: int) -> str:
    """Return the cursor of a hit: its score and its place, sealed together."""
    [place] = request.cursors([number], page, score)
    return f"{struct.pack('>d', score).hex()}{place}"


def _parted(cursor: str | None) -> tuple[float, str | None]:
    """Return the score and the sealed place of a cursor.

    Raises:
        InvalidInputError: It is no cursor of a search.
    """
    if cursor is None:
        return _EVERY_SCORE, None
    try:
        [score] = struct.unpack(">d", bytes.fromhex(cursor[:16]))
    except (ValueError, struct.error) as error:
        msg = "`after` is no cursor of a search; take one from `pageInfo` or `edges`"
        raise InvalidInputError(msg, path=("after",)) from error
    return score, cursor[16:]
