"""Two worlds that differ in a secret, and questions made of the schema, asked in both."""

import re
import shutil
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import httpx
from graphql import ValueNode, build_schema, parse_value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from hub.graphql.schema import text
from hub.store.embedded.store import EmbeddedStore
from tests.oauth.served import served
from tests.visibility.world import (
    AFTER,
    DECOY,
    FARMS,
    OUTSIDERS,
    RIVAL,
    SHOP,
    WORLD,
    Client,
    client,
    secret,
    tell,
)

World = Mapping[str, Client]
"""The clients of one of the worlds."""
Made = Callable[..., st.SearchStrategy[str]]
"""A strategy of the library, of a schema."""
UNHURRIED: Final[dict[str, Any]] = {"cost_per_second": 10**9, "anonymous_cost_per_second": 10**9}
"""Settings of a hub that is asked as much as anybody likes."""
_REFERENCES: Final = (
    *FARMS, SHOP, RIVAL, DECOY, "alpha", "beta", "gamma", "alpha:a1", "wsr:garments",
    "alpha:nobody",
)  # fmt: skip
_CHOSEN: Final[Mapping[str, st.SearchStrategy[str]]] = {
    "Ref": st.sampled_from(_REFERENCES),
    "Product": st.sampled_from(("garments", "jeans", "pears")),
    "Text": st.sampled_from(("farm", "decoy", "program", "shop", "site")),
    "Revision": st.just("2"),
    "CountryCode": st.sampled_from(("BD", "PK", "SE")),
    "Date": st.sampled_from(("2015-06-30", "2017-01-01", "2026-01-01")),
    "DateTime": st.just("2025-01-01T00:00:00Z"),
    "PartialDate": st.sampled_from(("2015", "2016-01-01")),
}
_SIZES: Final = st.sampled_from((1, 2, 9))
_ARGUMENTS: Final = (
    (r"\bID\b", "Ref"),
    (r"\bproduct: String", "product: Product"),
    (r"\btext: String", "text: Text"),
    (r"\batRevision: String", "atRevision: Revision"),
    (r"\bfirst: Int", "first: Size"),
    (r", after: String\b", ""),
)
"""Arguments whose values are chosen: made up ones would find nothing, and no cursor can be."""
_NOW: Final = re.compile(rb'"20(2[6-9]|[3-9]\d)-\d\d-\d\dT[^"]*"')
_REQUEST: Final = re.compile(rb'"requestId":"[^"]*"')


@cache
def questions(most: int, made_by: Made = queries, **how: Any) -> list[str]:  # noqa: ANN401
    """Return so many questions of any shape that the schema allows, about what is in the worlds.

    Args:
        most: How many.
        made_by: What makes them: the library's queries, or its mutations.
        how: Further arguments of what makes them.
    """
    asked: list[str] = []

    @settings(
        max_examples=most,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(question=_questions(made_by, how))
    def ask(question: str) -> None:
        asked.append(question)

    ask()
    return asked


def _questions(made_by: Made, how: Mapping[str, Any]) -> st.SearchStrategy[str]:
    sdl = text()
    for pattern, name in _ARGUMENTS:
        sdl = re.sub(pattern, name, sdl)
    scalars = " ".join(f"scalar {name}" for name in ("Ref", "Product", "Text", "Revision", "Size"))
    made = build_schema(f"{sdl} {scalars}", assume_valid=True)
    values: dict[str, st.SearchStrategy[ValueNode]] = {
        name: cast("st.SearchStrategy[ValueNode]", chosen.map(nodes.String))
        for name, chosen in _CHOSEN.items()
    }
    values["_Any"] = st.builds(_represented, st.sampled_from(_REFERENCES))
    values["Size"] = cast("st.SearchStrategy[ValueNode]", _SIZES.map(nodes.Int))
    return made_by(made, custom_scalars=values, **{"allow_null": False, **how})


def _represented(reference: str) -> ValueNode:
    """Return what a router names an entity by."""
    scheme, _, _ = reference.partition(":")
    name = "Program" if scheme == reference else "Organization"
    return parse_value(f'{{__typename: "{name}", id: "{reference}"}}', no_location=True)


@asynccontextmanager
async def two_worlds(folder: Path) -> AsyncGenerator[tuple[World, World]]:
    """Serve the world with the secret, and the same without it, to whoever may not see it.

    Without it the same is said of a supplier that none of them knows, so that revisions, numbers
    and ids are the same in both.
    """
    base = folder / "base.db"
    store = EmbeddedStore(str(base))
    await store.open()
    await tell(store, WORLD)
    await store.close()
    async with AsyncExitStack() as stack:
        worlds: list[World] = []
        for name, about in (("with", FARMS[1]), ("without", DECOY)):
            path = folder / f"{name}.db"
            shutil.copy(base, path)
            hub = await stack.enter_async_context(served(EmbeddedStore(str(path)), **UNHURRIED))
            await tell(hub.store, [*secret(about), *AFTER])
            worlds.append({who: await client(hub, who) for who in OUTSIDERS})
        yield worlds[0], worlds[1]


def plain(answer: httpx.Response) -> bytes:
    """Return the bytes of an answer, but for the present and the request's own id."""
    return _REQUEST.sub(b'"requestId":0', _NOW.sub(b'"now"', answer.content))
