"""What is written at once is written as the executor would have, and errors are told alike."""

from typing import Any, Final

import pytest
from graphql.execution import Executor

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


class Counted:
    """How often a method of the executor is called."""

    def __init__(self, patched: pytest.MonkeyPatch, of: object, name: str) -> None:
        self.times = 0
        called = getattr(of, name)

        def counted(*given: Any) -> Any:  # noqa: ANN401
            self.times += 1
            return called(*given)

        patched.setattr(of, name, counted)

    def taken(self) -> int:
        """Return how often it was called since this was asked."""
        times, self.times = self.times, 0
        return times


async def test_as_many_steps_are_taken_however_many_entities_there_are(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = Counted(monkeypatch, HubExecutor, "execute_field")
    for many in (1, 100):
        answer = await hub.answer(PLAIN, representations=[FOUND[0]] * many)
        assert len(answer["data"]["_entities"]) == many
        assert steps.taken() == 1


@pytest.mark.parametrize("query", [*QUERIES, ENTITIES])
async def test_nothing_of_a_well_formed_query_is_written_step_by_step(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    items = Counted(monkeypatch, Executor, "complete_list_item_value")
    given = {"representations": FOUND, "without": False} if query == ENTITIES else {}
    assert "errors" not in await hub.answer(query, **given)
    assert items.taken() == 0


async def test_what_is_wrong_with_one_makes_no_steps_for_the_others(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = Counted(monkeypatch, HubExecutor, "execute_field")
    looks = Counted(monkeypatch, executor, "render")
    taken: list[tuple[int, int]] = []
    for many in (1, 100):
        rows = [*[FOUND[2]] * many, FOUND[1], BAD, *[FOUND[4]] * many]
        answer = await hub.answer(ENTITIES, representations=rows, without=False)
        assert [error["path"] for error in answer["errors"]] == [["_entities", many + 1]]
        assert answer["data"]["_entities"][-1]["kind"] == "Worksite"
        taken.append((steps.taken(), looks.taken()))
    assert taken[0] == taken[1]


async def test_a_fault_of_what_writes_at_once_is_told(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(*_: object) -> Any:  # noqa: ANN401
        def write(_: object) -> None:
            raise ZeroDivisionError

        return write

    monkeypatch.setattr(executor, "render", faulty)
    error = await hub.refused(PLAIN, representations=[FOUND[0]])
    assert error["extensions"]["code"] == "INTERNAL"
