"""Whatever the schema lets anybody ask is answered as it says, and nothing internal is told."""

import re
from collections.abc import AsyncGenerator, Sequence
from itertools import cycle
from typing import Final

import orjson
import pytest
from graphql import build_schema
from hypothesis_graphql import Mode, mutations, queries

from hub.graphql.schema import text
from hub.store.embedded.store import EmbeddedStore
from tests.conftest import unopened
from tests.graphql.conforming import misfit
from tests.oauth.served import Hub, served
from tests.visibility.pairs import UNHURRIED, questions
from tests.visibility.world import AFTER, CLIENTS, WORLD, client, tell

pytestmark = pytest.mark.anyio
SCHEMA: Final = build_schema(text(), assume_valid=True)
INTERNAL: Final = re.compile(
    r"traceback|sqlite|cypher|neo4j|\.py\b|object at 0x|went wrong", re.IGNORECASE
)
"""What a message says that was not written for users, and that of our own faults."""


@pytest.fixture(scope="module", params=["sqlite", "neo4j"])
async def hub(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Hub]:
    """Serve a small world."""
    store = unopened(request, tmp_path_factory.mktemp("any"))
    async with served(store, **UNHURRIED) as hub:
        await tell(hub.store, [*WORLD, *AFTER])
        yield hub


async def misfits(hub: Hub, asked: Sequence[str], *names: str) -> list[tuple[str, ...]]:
    """Return the first document that is not answered as it should be, and what is wrong.

    Each is asked by one of the clients, in turn.
    """
    clients = cycle([(name, await client(hub, name)) for name in names])
    for document, (name, who) in zip(asked, clients, strict=False):
        answer = await who.response(document)
        told = orjson.loads(answer.content)
        wrong = misfit(SCHEMA, document, told)
        if answer.status_code not in {200, 400}:
            wrong = f"status {answer.status_code}"
        for error in told.get("errors", ()):
            code = error["extensions"]["code"]
            if code == "INTERNAL" or INTERNAL.search(error["message"]):
                wrong = f"{code}: {error['message']}"
        if wrong:
            return [(name, wrong, document)]
    return []


async def test_whatever_is_asked_is_answered_as_the_schema_says(hub: Hub) -> None:
    assert await misfits(hub, questions(20), *CLIENTS) == []
    assert await misfits(hub, questions(20, mutations), "alpha", "anonymous") == []


@pytest.mark.drill
async def test_thousands_of_questions(hub: Hub) -> None:
    few = not isinstance(hub.store, EmbeddedStore)
    share = 10 if few else 1
    assert await misfits(hub, questions(2000 // share), *CLIENTS) == []
    wild = questions(2000 // share, queries, allow_null=True, allow_x00=True)
    assert await misfits(hub, wild, "anonymous", "researcher", "alpha") == []
    assert await misfits(hub, questions(600 // share, mutations), "alpha", "beta") == []
    wrong = questions(600 // share, queries, mode=Mode.NEGATIVE)
    assert await misfits(hub, wrong, "anonymous", "alpha") == []
