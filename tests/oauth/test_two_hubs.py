"""Two hubs on one Neo4j: what one of them is told, the other's very next answer has."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.store.neo4j.store import Neo4jStore
from tests.cli.commands import free_port
from tests.neo4j.server import Address
from tests.oauth.test_kills import Pushing, asking, prepared, serving

pytestmark = pytest.mark.anyio
ASKED = '{ suppliers(program: "ffp", first: 500) { nodes { externalIds { scheme value } } } }'


async def known(http: httpx.AsyncClient) -> set[str]:
    """Return the program's own numbers of suppliers that a hub shows to everybody."""
    answer = await http.post("/graphql", json={"query": ASKED})
    nodes: list[Any] = answer.json()["data"]["suppliers"]["nodes"]
    ids = (each for node in nodes for each in node["externalIds"])
    return {each["value"] for each in ids if each["scheme"] == "ffp"}


async def test_a_push_through_one_is_seen_through_the_other(
    neo4j_server: Address, tmp_path: Path
) -> None:
    server = neo4j_server
    server.empty()
    client = await prepared(Neo4jStore(server.url, server.user, server.password))
    variables = {"HUB_STORE": server.url, "HUB_NEO4J_USER": server.user}
    if server.password is not None:
        variables["HUB_NEO4J_PASSWORD"] = server.password
    urls = [f"http://127.0.0.1:{free_port()}" for _ in range(2)]
    one, other = urls
    with serving(tmp_path, one, variables), serving(tmp_path, other, variables):
        async with asking(one) as writer, asking(other) as reader:
            pushing = Pushing(writer, one, client)
            assert await known(reader) == set()
            for number in range(1, 6):
                await pushing.push(number)
                assert str(number) in await known(reader)
