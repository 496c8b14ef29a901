"""What a program does not publish decides no public answer, and no figure of it is told."""

from datetime import date
from typing import Any, Final

import pytest

from hub.answers.desk import Desk
from hub.answers.eligibility import eligibility
from hub.eligibility.explain import summary
from hub.store.port import SHELL
from tests.graphql.served import Hub

pytestmark = pytest.mark.anyio

MWD: Final = "milk-with-dignity"
FARM, SEEN = "mwd:quiet", "mwd:named"
"""A farm that the program alone tells of, and one that another program names in public."""
POOL: Final = "wsr:st-albans"


def volume(kind: str, quantity: int, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the line of a pool's volume in 2019."""
    given = {"pool": POOL, "product": "milk", "kind": kind, "quantity": quantity, "unit": "t"}
    period = {"since": "2019-01-01", "until": "2020-01-01"}
    return {"program": MWD, "volume": given | period | fields}


@pytest.fixture(scope="module")
async def told(hub: Hub) -> Hub:
    """Return the hub once the program told of two farms, and of a pool that is short."""
    place = {"name": "Example Farm", "country": "US", "regions": ["US-VT"]}
    state = {"state": "good standing", "since": "2019-01-01", "confirmedOn": "2019-07-01"}
    await hub.tell(
        *({"program": MWD, "organization": {"reference": farm, **place}} for farm in (FARM, SEEN)),
        {"program": "ffp", "organization": {"reference": SEEN, **place}},
        *({"program": MWD, "standing": {"subject": farm, **state}} for farm in (FARM, SEEN)),
        volume("ENROLLED_SUPPLY", 80),
        volume("BUYER_DEMAND", 100, buyer="wsr:benjerrys"),
    )
    return hub


async def public(hub: Hub, supplier: str) -> dict[str, Any]:
    """Return what anybody is answered."""
    query = """query ($id: ID!) {
      eligibility(buyer: "wsr:benjerrys", supplier: $id, product: "milk", asOf: "2019-08-01") {
        verdict reason summary rulings { explanation standings { state } }
      }
      organization(id: $id) {
        standings(asOf: "2019-08-01") { state } standingHistory(first: 9) { totalCount }
      }
    }"""
    return await hub.ask(query, id=supplier)


async def shell(hub: Hub, supplier: str) -> tuple[str, str]:
    """Return the verdict and the sentence that the shell's user is given."""
    desk = await Desk.open(hub.store)
    sitting = await desk.sit(as_of=date(2019, 8, 1), viewer=SHELL)
    found = await eligibility(sitting, "wsr:benjerrys", supplier, "milk")
    return found.answer.verdict, summary(found.answer, found.facts, figures=True)


async def test_a_farm_that_nobody_names_in_public_is_not_there(told: Hub) -> None:
    query = """query ($id: ID!) {
      eligibility(buyer: "wsr:benjerrys", supplier: $id, product: "milk") { verdict } }"""
    error = await told.refused(query, id=FARM)
    assert error["extensions"]["code"] == "UNKNOWN_REFERENCE"
    assert (await shell(told, FARM))[0] == "ELIGIBLE"


async def test_an_unpublished_standing_is_no_evidence_to_everybody(told: Hub) -> None:
    found = await public(told, SEEN)
    answer = found["eligibility"]
    assert (answer["verdict"], answer["reason"]) == ("UNKNOWN", "NO_EVIDENCE")
    assert all(ruling["standings"] == [] for ruling in answer["rulings"])
    held = found["organization"]
    assert (held["standings"], held["standingHistory"]["totalCount"]) == ([], 0)
    assert (await shell(told, SEEN))[0] == "ELIGIBLE"


async def test_a_volume_counts_for_everybody_and_its_figures_are_told_to_few(told: Hub) -> None:
    answer = (await public(told, POOL))["eligibility"]
    assert (answer["verdict"], answer["reason"]) == ("NOT_IN_PROGRAM", "VOLUME_BALANCE_SHORT")
    assert "80" not in str(answer)
    verdict, sentence = await shell(told, POOL)
    assert verdict == "NOT_IN_PROGRAM"
    assert "80 %" in sentence


@pytest.mark.parametrize("program", ["milk-with-dignity", "uk-fishing-pilot"])
async def test_the_states_of_such_a_program_are_published_where_a_document_says_so(
    told: Hub, program: str
) -> None:
    """The record publishes what public documents say, of all of its farms or boats together."""
    query = """query ($program: ID!) { program(id: $program) {
      standings(first: 500, asOf: "2024-11-01") { nodes { evidence { row } } } } }"""
    nodes = (await told.ask(query, program=program))["program"]["standings"]["nodes"]
    assert len(nodes) == 1
    assert nodes[0]["evidence"]
