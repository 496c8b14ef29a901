"""Names find, and never decide: a former name finds its company, a short name several.

The companies are those of the bundled record.
"""

from typing import Any, Final

import pytest

from tests.graphql.served import Hub

pytestmark = pytest.mark.anyio

FOUND: Final = {
    "Six L's": {"Lipman Family Farms"},
    "Sunripe Certified Brands": {"Pacific Tomato Growers"},
    "Wrangler": {"Kontoor Brands"},
    "Kmart": {"Kmart Australia"},
    "Haesong Knitwear": {"Haesong Knitwear Ltd"},
}
"""What is searched, and who must be among those found."""


async def search(hub: Hub, text: str) -> list[dict[str, Any]]:
    """Return what a search finds."""
    query = """query ($text: String!) { search(text: $text, first: 50) { edges { node {
      ... on Organization { id name } ... on Worksite { id name } } } } }"""
    found = (await hub.ask(query, text=text))["search"]["edges"]
    return [edge["node"] for edge in found if edge["node"]]


@pytest.mark.parametrize("text", FOUND)
async def test_a_name_finds_whom_it_stands_for(hub: Hub, text: str) -> None:
    assert {node["name"] for node in await search(hub, text)} >= FOUND[text]


@pytest.mark.parametrize(
    ("text", "least"), [("Target", 2), ("Haesong", 5), ("Haesong Corporation", 2)]
)
async def test_a_name_that_several_share_finds_each_as_one_of_its_own(
    hub: Hub, text: str, least: int
) -> None:
    found = await search(hub, text)
    assert len(found) >= least
    assert len({node["id"] for node in found}) == len(found)


@pytest.mark.parametrize("name", [*FOUND, "Target", "Dekko Garments Ltd."])
async def test_a_name_is_no_reference(hub: Hub, name: str) -> None:
    """Whoever asks by a name is told so, and is not answered for somebody of that name."""
    query = """query ($id: ID!) { eligibility(
      buyer: "wsr:hm", supplier: $id, product: "garments") { verdict } }"""
    error = await hub.refused(query, id=name)
    assert error["extensions"]["code"] == "INVALID_REFERENCE"
