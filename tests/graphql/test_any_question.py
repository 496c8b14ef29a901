"""Whatever the schema lets anybody ask is answered as it says, and nothing internal is told."""

from collections.abc import AsyncGenerator, Sequence
from itertools import cycle

import pytest
from hypothesis_graphql import Mode, mutations, queries

from hub.store.embedded.store import EmbeddedStore
from tests.conftest import unopened
from tests.graphql.conforming import amiss
from tests.oauth.served import Hub, served
from tests.visibility.pairs import UNHURRIED, questions
from tests.visibility.world import AFTER, CLIENTS, WORLD, client, tell

pytestmark = pytest.mark.anyio


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
        wrong = amiss(document, await who.response(document))
        if wrong:
            return [(name, wrong, document)]
    return []


async def test_whatever_is_asked_is_answered_as_the_schema_says(hub: Hub) -> None:
    assert await misfits(hub, questions(20), *CLIENTS) == []
    assert await misfits(hub, questions(20, mutations), "alpha", "anonymous") == []


@pytest.mark.drill
async def test_thousands_of_questions(hub: Hub) -> None:
    """More than those that the two worlds are asked, which are answered as they should be, too."""
    step = 1 if isinstance(hub.store, EmbeddedStore) else 8
    wild = questions(1200, queries, allow_null=True, allow_x00=True)
    assert await misfits(hub, wild[::step], "anonymous", "researcher", "alpha") == []
    assert await misfits(hub, questions(200, mutations)[::step], "alpha", "beta") == []
    wrong = questions(400, queries, mode=Mode.NEGATIVE)
    assert await misfits(hub, wrong[::step], "anonymous", "alpha") == []
