"""Every golden scenario over HTTP: verdict and reason, as of the revision that knows its facts."""

import json
from typing import Any, Final

import pytest

from tests.eligibility.test_cases import CASES, lines, placed
from tests.graphql.served import Hub

pytestmark = pytest.mark.anyio

GOLDEN: Final = [case for case in CASES if case["name"].startswith("gs")]
QUESTION: Final = """
query ($buyer: ID!, $supplier: ID!, $product: String!, $on: Date!, $known: DateTime, $at: String) {
  eligibility(
    buyer: $buyer, supplier: $supplier, product: $product,
    asOf: $on, knownAt: $known, atRevision: $at
  ) {
    verdict reason asOf revision rulings { verdict reason } notices { code }
  }
}
"""


def own(case: dict[str, Any]) -> dict[str, Any]:
    """Return a case whose made-up suppliers have references that no other case has."""
    text = json.dumps(case)
    made = [*case.get("farms", ()), *case.get("factories", ()), *case.get("companies", ())]
    for entry in made:
        reference, _ = placed(entry, "")
        scheme, _, value = reference.partition(":")
        text = text.replace(f'"{reference}', f'"{scheme}:golden-{GOLDEN.index(case)}-{value}')
    return json.loads(text)


@pytest.fixture(scope="module")
async def revisions(hub: Hub) -> dict[str, str]:
    """Return the revision at which each scenario is asked; its own facts are the newest in it.

    Scenarios without facts of their own are asked of the bundled record as it is.
    """
    start = (await hub.ask("{ revision { id } }"))["revision"]["id"]
    found: dict[str, str] = {}
    for case in GOLDEN:
        given = lines(own(case))
        found[case["name"]] = str((await hub.record(given)).revision) if given else start
    return found


@pytest.mark.parametrize("case", GOLDEN, ids=[case["name"] for case in GOLDEN])
async def test_a_golden_scenario_is_right(
    hub: Hub, revisions: dict[str, str], case: dict[str, Any]
) -> None:
    ask, expect = own(case)["ask"], case["expect"]
    given = {
        "buyer": ask["buyer"],
        "supplier": ask["supplier"],
        "product": ask["product"],
        "on": ask["on"],
        "known": ask.get("knownAt"),
        "at": revisions[case["name"]],
    }
    if "error" in expect:
        error = await hub.refused(QUESTION, **given)
        assert error["extensions"]["code"] == expect["error"]
        return
    found = (await hub.ask(QUESTION, **given))["eligibility"]
    assert (found["verdict"], found["reason"]) == (expect["verdict"], expect["reason"])
    assert found["asOf"] == ask["on"]
    assert found["revision"] == given["at"]
    assert set(expect.get("notices", [])) <= {notice["code"] for notice in found["notices"]}


def test_there_are_all_of_them() -> None:
    numbers = {case["name"].split()[0] for case in GOLDEN}
    assert len(GOLDEN) == 32
    assert len(numbers) == 22
