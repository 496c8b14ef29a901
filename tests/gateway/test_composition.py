"""The hub composes with others, in Apollo's composer and in The Guild's."""

import re
from pathlib import Path
from typing import Final

import pytest
from graphql import build_schema

from tests.gateway.catalogue import catalogue
from tests.gateway.conftest import DEPLOYED, PAGE, System, composed, shown
from tests.outside import ended, serving

pytestmark = [pytest.mark.anyio, pytest.mark.drill]

COMPOSERS: Final = ("compose.mjs", "apollo/compose.mjs")


@pytest.mark.parametrize("script", COMPOSERS)
async def test_the_hub_composes_alone(node: Path, system: System, script: str) -> None:
    supergraph = await composed(node, system, script, system.words()[0])
    for key in ("id", "code"):
        assert joined("Program", supergraph, key)
    assert joined("Worksite", supergraph, "osId")
    assert "input FactInput" in supergraph
    build_schema(supergraph, assume_valid_sdl=True)


@pytest.mark.parametrize("script", COMPOSERS)
async def test_the_hub_composes_beside_a_relay_neighbour(
    node: Path, system: System, script: str
) -> None:
    supergraph = await composed(node, system, script, *system.words())
    query = supergraph.partition("\ntype Query")[2].partition("\n}")[0]
    # The neighbour keeps its own node; the hub's is not there to disturb it.
    assert re.search(
        r"^  node\(id: ID!.*\): Node @join__field\(graph: CATALOGUE\)", query, re.MULTILINE
    )
    fields = set(re.findall(r"^  (\w+)\b(?=[(:])", query, re.MULTILINE))
    assert {"products", "node", "nodes", "worksite"} <= fields
    assert not fields & {"revision", "_entities", "_service"}
    assert {"HUB", "CATALOGUE"} <= graphs("type PageInfo", supergraph)
    assert {"HUB", "CATALOGUE"} <= graphs("interface Node", supergraph)
    assert {"HUB", "CATALOGUE"} <= graphs("type Worksite", supergraph)


@pytest.mark.parametrize("script", COMPOSERS)
async def test_a_neighbour_that_does_not_fit_is_told_of(
    node: Path, system: System, script: str
) -> None:
    """So that a composer that takes everything would show."""
    sdl = shown("catalogue.graphql").replace("PageInfo @shareable", "PageInfo")
    hub, _ = system.words()
    async with serving(lambda _: catalogue(sdl, ())) as url:
        words = (hub, f"catalogue={url}/graphql")
        code, out, err = await ended(node, script, *words, env=system.env)
    assert (code, out) == (1, "")
    assert "PageInfo.hasNextPage" in err


async def test_the_hub_in_production_tells_its_schema_to_routers_alone(
    node: Path, system: System
) -> None:
    env = {**system.env, "HUB_CLIENT": ""}
    code, out, err = await ended(node, "compose.mjs", system.words()[0], env=env)
    assert (code, out) == (1, "")
    assert "only a router asks" in err


def joined(name: str, supergraph: str, key: str) -> bool:
    """Whether a type of the hub is found by a key."""
    return f'@join__type(graph: HUB, key: "{key}"' in head(f"type {name}", supergraph)


def graphs(declared: str, supergraph: str) -> set[str]:
    """Return the subgraphs that have a type."""
    return set(re.findall(r"@join__type\(graph: (\w+)", head(declared, supergraph)))


def head(declared: str, supergraph: str) -> str:
    """Return a declaration up to its fields."""
    found = re.search(rf"^{declared}\b[^{{]*", supergraph, re.MULTILINE)
    assert found is not None, declared
    return found[0]


def test_the_scripts_that_pages_name_are_there() -> None:
    for page in (PAGE, DEPLOYED / "README.md"):
        named = re.findall(r"\b((?:apollo/)?[a-z.]+\.mjs)\b", page.read_text(encoding="utf-8"))
        assert set(named) >= {"compose.mjs", "serve.mjs", "token.mjs"}
        assert all((DEPLOYED / each).is_file() for each in named)
