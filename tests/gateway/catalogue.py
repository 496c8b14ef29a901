"""A neighbour of the hub: a catalogue whose products carry OS IDs, with Relay's own Node and pages.

Its schema is the one that the page about gateways shows.
"""

import base64
from collections.abc import Sequence
from typing import Any, Final

from graphql import build_schema, graphql_sync  # pyright: ignore[reportUnknownVariableType]
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

_ROUTERS: Final = """
extend type Query { _service: _Service! _entities(representations: [_Any!]!): [_Entity]! }
type _Service { sdl: String! }
scalar _Any
union _Entity = Product
"""
Told = dict[str, Any]


def catalogue(sdl: str, products: Sequence[tuple[str, str | None]]) -> Starlette:
    """Return a subgraph of products, each with its name and the OS ID of its site."""
    schema = build_schema(f"{sdl}\n{_ROUTERS}", assume_valid_sdl=True)
    listed = [_product(n, name, os_id) for n, (name, os_id) in enumerate(products)]
    by_id = {each["id"]: each for each in listed}

    def page(_info: object, first: int, after: str | None = None) -> Told:
        start = 0 if after is None else int(base64.b64decode(after)) + 1
        shown = listed[start : start + first]
        edges = [
            {"cursor": base64.b64encode(str(start + n).encode()).decode(), "node": each}
            for n, each in enumerate(shown)
        ]
        info = {
            "hasNextPage": start + first < len(listed),
            "hasPreviousPage": start > 0,
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
        }
        return {"edges": edges, "nodes": shown, "pageInfo": info}

    def node(_info: object, id: str) -> Told | None:  # noqa: A002 - the schema's name
        return by_id.get(id)

    def nodes(_info: object, ids: Sequence[str]) -> list[Told | None]:
        return [by_id.get(each) for each in ids]

    def entities(_info: object, representations: Sequence[Told]) -> list[Told | None]:
        return [by_id.get(each["id"]) for each in representations]

    root = {
        "products": page,
        "node": node,
        "nodes": nodes,
        "_service": {"sdl": sdl},
        "_entities": entities,
    }

    async def answer(request: Request) -> Response:
        asked = await request.json()
        done = graphql_sync(
            schema,
            asked["query"],
            root,
            variable_values=asked.get("variables"),
            operation_name=asked.get("operationName"),
        )
        return JSONResponse(done.formatted)

    return Starlette(routes=[Route("/graphql", answer, methods=["POST"])])


def _product(number: int, name: str, os_id: str | None) -> Told:
    site = {"__typename": "Worksite", "osId": os_id} if os_id else None
    return {"__typename": "Product", "id": f"product:{number}", "name": name, "site": site}
