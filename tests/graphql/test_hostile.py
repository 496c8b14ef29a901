"""Hostile requests: each is refused with 4xx, in few steps, and the hub goes on answering."""

import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from types import FrameType
from typing import Any, Final

import pytest
from graphql import GraphQLError, OperationDefinitionNode, build_schema

from hub.errors import HubError
from hub.graphql import cost, guard, limits
from hub.graphql.prices import prices
from hub.graphql.schema import text
from hub.settings import Settings
from hub.store.embedded.store import EmbeddedStore
from tests.graphql.hostile import BODIES, QUERIES, REVISION
from tests.graphql.served import JSON, URL, Hub, served

pytestmark = pytest.mark.anyio
SIZES: Final = (50, 100, 400, 1_000, 20_000)
GUARDS: Final = frozenset({str(Path(each.__file__ or "")) for each in (guard, cost, limits)})
PRICES: Final = prices(build_schema(text()))
MOST_STEPS: Final = 200_000
ENDING: Final = (
    "LONGEST", "MOST_TOKENS", "MOST_FRAGMENTS", "MOST_OPERATIONS", "MOST_ALIASES", "MOST_ALIKE",
    "MOST_DIRECTIVES", "MOST_ROOT_FIELDS", "DEEPEST", "MOST_NESTED",
)  # fmt: skip
"""Limits that end the guard's walk before it has seen a large query."""
UNREAD: Final = frozenset({"types", "deep among values", "deep among types"})
"""Hostile queries that hold no operation, or that the parser does not take."""


@pytest.fixture(scope="module")
async def usual() -> AsyncGenerator[Hub]:
    """Serve an empty store with the limits that hold where nothing is set, and all often."""
    settings = Settings(anonymous_cost_per_second=1_000_000_000)
    async with served(EmbeddedStore(":memory:"), settings) as hub:
        yield hub


async def alive(hub: Hub) -> None:
    """See that a question is answered."""
    assert (await hub.ask(f"{{ {REVISION} }}"))["revision"] == {"id": "0"}


@pytest.mark.parametrize("name", QUERIES)
async def test_a_hostile_query_is_refused(usual: Hub, name: str) -> None:
    for size in SIZES:
        response = await usual.http.post(URL, json={"query": QUERIES[name](size)})
        assert response.status_code == 400, (size, response.text[:300])
        answer = response.json()
        assert answer.keys() == {"errors"}
        assert 1 <= len(answer["errors"]) <= 5
        codes = {error["extensions"]["code"] for error in answer["errors"]}
        assert codes <= {"LIMIT_EXCEEDED", "INVALID_QUERY", "INVALID_INPUT"}
        assert len(response.content) < 12_000
    await alive(usual)


@pytest.mark.parametrize("name", BODIES)
async def test_a_hostile_body_is_refused(usual: Hub, name: str) -> None:
    response = await usual.http.post(URL, content=BODIES[name], headers={"content-type": JSON})
    assert 400 <= response.status_code < 500, response.text[:300]
    assert len(response.content) < 5_000
    assert "Traceback" not in response.text
    await alive(usual)


class EndlessError(Exception):
    """More steps than any query may take."""


def steps(query: str) -> int:
    """Return how many calls the guard makes until it lets a query pass, or does not."""
    made = 0

    def count(frame: FrameType, event: str, _argument: Any) -> None:  # noqa: ANN401
        nonlocal made
        made += event in {"call", "c_call"} and frame.f_code.co_filename in GUARDS
        if made > MOST_STEPS:
            raise EndlessError

    document = guard.parsed(query)
    operation = next(n for n in document.definitions if isinstance(n, OperationDefinitionNode))
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        guard.check(document)
        cost.cost(document, operation, PRICES, "Query", {})
    except (HubError, GraphQLError):
        pass
    finally:
        sys.setprofile(before)
    return made


@pytest.mark.parametrize("name", sorted(QUERIES.keys() - UNREAD))
def test_the_guard_takes_as_many_steps_as_a_query_has_parts(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the limits that end it early its steps still grow no faster than the text."""
    for limit in ENDING:
        monkeypatch.setattr(limits, limit, 10**9)
    small, large = QUERIES[name](8), QUERIES[name](48)
    assert steps(large) <= 1.5 * steps(small) * len(large) / len(small) + 50
