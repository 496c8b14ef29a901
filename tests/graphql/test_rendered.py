"""What is written at once is written as the executor would have, and errors are told alike."""

from typing import Any, Final

import pytest

from hub.graphql import executor
from hub.graphql.executor import HubExecutor
from hub.graphql.rendered import UnusualError
from tests.graphql.served import Hub

pytestmark = pytest.mark.anyio

BUYER: Final = "wsr:example-grocer-01"
ENTITIES: Final = """query ($representations: [_Any!]!, $without: Boolean!) {
  _entities(representations: $representations) {
    kind: __typename
    ... on Organization { name names: aliases country @skip(if: $without) }
    ... on Worksite { ...Site }
    ... on Program { code name agreements(first: 2) { nodes { name inForceFrom } } }
  }
}
fragment Site on Worksite { name products { name } eligibility(
  buyer: "wsr:example-grocer-01", product: "garments") { verdict reason rulings { verdict } } }
"""
PLAIN: Final = """query ($representations: [_Any!]!) {
  _entities(representations: $representations) { __typename ... on Program { code name } } }"""
QUERIES: Final = (
    "{ programs(first: 9) { nodes { code name agreements(first: 3) { nodes { id name } } } } }",
    """{ sharedSuppliers(first: 9, programs: ["example-produce"], atLeast: 1) { edges { cursor
         node { supplier { __typename id ... on Organization { name aliases country } } } } } }""",
    """{ eligibilityList(buyer: "wsr:example-grocer-01", product: "tomatoes", suppliers: [
         "wsr:example-farm-001", "wsr:nobody", "os:BD2020021QK28YX", "wsr:example-farm-003"]) {
         rows { index verdict problem { __typename code } eligibility { summary asOf
           rulings { agreement { name } verdict evidenceAgeDays } notices { code } } } } }""",
    """{ changes(first: 30) { nodes { id kind recordedAt subject { __typename
         ... on Organization { name } } after { state since published products { name }
         program { code } } } } }""",
)
FOUND: Final = (
    {"__typename": "Program", "code": "ffp"},
    {"__typename": "Program", "code": "nobody"},
    {"__typename": "Worksite", "osId": None},
    {"__typename": "Organization", "id": BUYER},
    {"__typename": "Worksite", "osId": "BD2020021QK28YZ"},
)
BAD: Final = {"__typename": "Program"}


async def alike(
    hub: Hub,
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    **variables: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """Return the answer to a query, which is the same where the executor writes everything."""

    def nothing(*_: object) -> None:
        raise UnusualError

    found = await hub.answer(query, **variables)
    with monkeypatch.context() as patched:
        patched.setattr(executor, "render", nothing)
        again = await hub.answer(query, **variables)
    for answer in (found, again):
        for error in answer.get("errors", ()):
            del error["extensions"]["requestId"]
    assert again == found
    return found


@pytest.mark.parametrize("query", QUERIES)
async def test_lists_are_written_alike(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    assert "errors" not in await alike(hub, monkeypatch, query)


@pytest.mark.parametrize("without", [True, False])
async def test_entities_are_written_alike(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, *, without: bool
) -> None:
    found = await alike(hub, monkeypatch, ENTITIES, representations=FOUND, without=without)
    kinds = [each and each["kind"] for each in found["data"]["_entities"]]
    assert kinds == ["Program", None, None, "Organization", "Worksite"]
    assert ("country" in found["data"]["_entities"][3]) is not without


async def test_an_error_within_a_list_is_told_at_its_place(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [*FOUND, BAD]
    found = await alike(hub, monkeypatch, ENTITIES, representations=rows, without=False)
    assert [error["path"] for error in found["errors"]] == [["_entities", 5]]
    assert found["data"]["_entities"][0]["code"] == "ffp"
    query = ENTITIES.replace("garments", "nonsense")
    found = await alike(hub, monkeypatch, query, representations=FOUND, without=False)
    assert [error["path"][:2] for error in found["errors"]] == [["_entities", 4]]


async def test_as_many_steps_are_taken_however_many_entities_there_are(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = 0
    executes = HubExecutor.execute_field

    def counted(*given: Any) -> Any:  # noqa: ANN401
        nonlocal steps
        steps += 1
        return executes(*given)

    monkeypatch.setattr(HubExecutor, "execute_field", counted)
    taken: list[int] = []
    for many in (1, 100):
        steps = 0
        answer = await hub.answer(PLAIN, representations=[FOUND[0]] * many)
        assert len(answer["data"]["_entities"]) == many
        taken.append(steps)
    assert taken == [1, 1]
