"""Through Apollo's gateway and Hive Gateway: one question asks the hub and a neighbour."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from tests.gateway.conftest import GATEWAYS, System, asked, composed, shown
from tests.outside import started

pytestmark = [pytest.mark.anyio, pytest.mark.drill]

ON: Final = 'asOf: "2026-10-15"'


@pytest.fixture(scope="package")
async def supergraph(node: Path, system: System, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of the supergraph."""
    path = tmp_path_factory.mktemp("supergraph") / "supergraph.graphql"
    path.write_text(await composed(node, system, "compose.mjs", *system.words()), "utf-8")
    return path


@pytest.fixture(scope="module", params=GATEWAYS)
def script(request: pytest.FixtureRequest) -> str:
    """Return the script of a gateway."""
    return GATEWAYS[request.param]


def begun(
    node: Path, system: System, supergraph: Path, script: str, **env: str
) -> AbstractAsyncContextManager[str]:
    """Run a gateway before the hub and the catalogue."""
    return started(node, script, {**system.env, "SUPERGRAPH": str(supergraph), **env})


@pytest.fixture(scope="module")
async def gateway(node: Path, system: System, supergraph: Path, script: str) -> AsyncGenerator[str]:
    """Yield the address of a gateway."""
    async with begun(node, system, supergraph, script) as url:
        yield url


async def data(gateway: str, query: str, **variables: object) -> Any:  # noqa: ANN401
    """Return the data of an answer without errors."""
    answer = await asked(gateway, query, **variables)
    assert "errors" not in answer, answer
    return answer["data"]


async def test_products_get_verdicts_of_their_sites_in_one_question(
    gateway: str, system: System
) -> None:
    before = system.counted.asked
    found = await data(gateway, shown("products.graphql"))
    assert {"data": found} == orjson.loads(shown("answer.json"))
    assert system.counted.asked == before + 1


async def test_a_typing_error_in_a_catalogue_spoils_no_other_product(gateway: str) -> None:
    answer = await asked(gateway, "{ products(first: 9) { nodes { name site { name } } } }")
    sites = [each["site"] for each in answer["data"]["products"]["nodes"]]
    assert sites[:2] == [{"name": "Dekko Garments Ltd."}] * 2
    assert sites[2] is None
    assert sites[3] is None  # for its name is never null
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "INVALID_REFERENCE"
    assert "check character" in error["message"]


async def test_a_neighbours_own_node_leads_to_the_hub(gateway: str) -> None:
    found = await data(
        gateway,
        """query ($id: ID!) {
          node(id: $id) { id ... on Product { name site { osId country operator { name } } } }
          nodes(ids: [$id, "product:99"]) { id }
        }""",
        id="product:1",
    )
    assert found == {
        "node": {
            "id": "product:1",
            "name": "Jacket",
            # The catalogue's number: who asks for it alone is not sent to the hub.
            "site": {"osId": "BD2019086HB8VVT", "country": "BD", "operator": None},
        },
        "nodes": [{"id": "product:1"}, None],
    }


async def test_the_hubs_own_questions_are_answered_as_by_itself(gateway: str) -> None:
    found = await data(
        gateway,
        f"""{{
          eligibility(buyer: "wsr:hm", supplier: "os:BD2020021QK28YZ", product: "jeans", {ON}) {{
            verdict supplier {{ __typename name ... on Worksite {{ osId }} }} product {{ name }}
            rulings {{ agreement {{ name program {{ code }} }} standings {{ state }} }}
          }}
          programs(first: 2) {{ edges {{ cursor node {{ code }} }} pageInfo {{ hasNextPage }} }}
          search(text: "dekko garments", kinds: [WORKSITE], first: 1) {{
            edges {{ node {{ ... on Worksite {{ name }} }} }}
          }}
        }}""",
    )
    answer = found["eligibility"]
    assert answer["verdict"] == "ELIGIBLE"
    assert answer["supplier"] == {
        "__typename": "Worksite", "name": "Dekko Garments Ltd.", "osId": "BD2020021QK28YZ",
    }  # fmt: skip
    assert "covered" in {each["state"] for of in answer["rulings"] for each in of["standings"]}
    assert len(found["programs"]["edges"]) == 2
    assert found["search"]["edges"] == [{"node": {"name": "Dekko Garments Ltd."}}]


async def test_an_error_of_the_hub_keeps_its_code(gateway: str) -> None:
    query = '{ worksite(id: "os:BD2020021QK28YX") { name } products(first: 1) { nodes { name } } }'
    answer = await asked(gateway, query)
    assert answer["data"] == {"worksite": None, "products": {"nodes": [{"name": "Jeans"}]}}
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "INVALID_REFERENCE"


async def test_a_gateway_that_is_not_known_gets_what_is_not_the_hubs(
    node: Path, system: System, supergraph: Path, script: str
) -> None:
    async with begun(node, system, supergraph, script, HUB_CLIENT="") as url:
        answer = await asked(url, "{ products(first: 2) { nodes { name site { name } } } }")
    names = [each["name"] for each in answer["data"]["products"]["nodes"]]
    assert names == ["Jeans", "Jacket"]
    assert {each["extensions"]["code"] for each in answer["errors"]} == {"UNAUTHENTICATED"}
