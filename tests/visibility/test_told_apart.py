"""What is not seen leaves no trace, and what is one's own is told the same wherever it is asked."""

from collections.abc import Sequence
from typing import Any, Final

import pytest

from adapters.kit.adapter import Feed
from adapters.kit.parsed import ProblemCode, RowProblem
from graph_schema.exchange import Line
from graph_schema.parties import Organization
from graph_schema.standing import Standing
from hub.store.embedded.database import MEMORY
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import SHELL
from hub.sync.intake import Intake, Origin
from hub.sync.receipt import Asked
from hub.sync.run import run
from hub.sync.withdraw import Withdrawal, withdraw
from tests.oauth.served import served
from tests.store.worlds import company, moment, numbers, program, said, standing
from tests.visibility.world import FARMS, RIVAL, SHOP, WORLD, client, tell

pytestmark = pytest.mark.anyio

FARM: Final = FARMS[1]
CALLED: Final = '{ organization(id: "alpha:farm2") { name externalIds { scheme value } } }'
BOUND: Final = """query ($supplier: ID!) {
  bindings(supplier: $supplier, product: "garments", first: 9) {
    nodes { buyer { name } eligibility { verdict rulings { standings { state } } } } } }"""


async def asked(lines: Sequence[Any], who: str, query: str, **variables: Any) -> Any:  # noqa: ANN401
    """Return what a client is answered in the world in which so much more was said."""
    async with served(EmbeddedStore(MEMORY)) as hub:
        await tell(hub.store, WORLD)
        await tell(hub.store, lines)
        return await (await client(hub, who)).ask(query, **variables)


async def test_what_ended_a_standing_unseen_does_not_move_it_in_its_list() -> None:
    query = """{ program(id: "alpha") { standings(first: 2, effect: [GOOD_STANDING]) {
      nodes { subject { ... on Organization { name } } } pageInfo { endCursor } } } }"""
    hidden = standing("alpha", FARMS[0], "closed", "2016-01-01", published=False)
    found = (await asked([hidden], "anonymous", query))["program"]["standings"]
    assert [each["subject"]["name"] for each in found["nodes"]] == ["Farm1", "Farm2"]


@pytest.mark.parametrize(("who", "seen"), [("anonymous", False), ("gamma", False), ("beta", True)])
async def test_a_reference_of_an_unpublished_statement_is_its_programs(
    who: str, *, seen: bool
) -> None:
    hidden = company("beta", "hidden", externalIds=[FARM], roles=["SUPPLIER"])
    found = (await asked([hidden], who, CALLED))["organization"]["externalIds"]
    told = [f"{each['scheme']}:{each['value']}" for each in found]
    assert told == [FARM, *(["beta:hidden"] if seen else [])]


async def test_a_node_that_was_published_stays_when_only_an_unpublished_word_is_left() -> None:
    async with served(EmbeddedStore(MEMORY)) as hub:
        await tell(hub.store, WORLD)
        await tell(hub.store, [company("beta", "hidden", externalIds=[FARM], roles=["SUPPLIER"])])
        farm, alpha = await numbers(hub.store, FARM, "program:alpha")
        rows = await hub.store.facts_at(
            Organization, "reference", [farm], await moment(hub.store, SHELL)
        )
        [fact] = [row["number"] for row in rows if row["program"] == alpha]
        said_so = Withdrawal(alpha, fact, "it", "request", "wrong")
        await withdraw(hub.store, said_so, Asked.of("somebody", "key", "it"))
        found = await (await client(hub, "anonymous")).ask(CALLED)
        assert found["organization"]["name"] == "Farm2"


async def test_a_buyers_own_answer_rests_on_what_counts_in_it_beside_others() -> None:
    hidden = standing("beta", FARM, "barred", "2016-01-01", published=False)
    found = await asked([hidden], "a rival", BOUND, supplier=FARM)
    told = {
        each["buyer"]["name"]: [
            held["state"] for of in each["eligibility"]["rulings"] for held in of["standings"]
        ]
        for each in found["bindings"]["nodes"]
    }
    assert told == {"Shop": ["listed"], "Rival": ["barred", "listed"]}


@pytest.mark.parametrize(
    ("who", "bound"),
    [
        ("anonymous", []),
        ("the shop", ["Shop"]),
        ("a rival", ["Rival"]),
        ("beta", ["Shop", "Rival"]),
    ],
)
async def test_who_is_bound_by_an_unpublished_site_is_told_so(who: str, bound: list[str]) -> None:
    lines = [*program("alpha"), *program("beta", publishesStandings=False)]
    for each in lines:
        if "agreement" in each:
            each["agreement"]["clauses"][0]["countries"] = ["LK"]
    lines += [
        said("beta", "worksite", reference="beta:s1", name="Hidden", country="LK"),
        said("beta", "tie", kind="OPERATED_BY", from_="beta:s1", to=FARM),
        standing("beta", FARM, "barred", "2016-01-01", published=False),
    ]
    query = """query ($supplier: ID!, $shop: ID!, $rival: ID!) {
      bindings(supplier: $supplier, product: "garments", first: 9) { nodes { buyer { name } } }
      Shop: eligibility(buyer: $shop, supplier: $supplier, product: "garments") { verdict }
      Rival: eligibility(buyer: $rival, supplier: $supplier, product: "garments") { verdict } }"""
    found = await asked(lines, who, query, supplier=FARM, shop=SHOP, rival=RIVAL)
    told = [each["buyer"]["name"] for each in found["bindings"]["nodes"]]
    barred = [name for name in ("Shop", "Rival") if found[name]["verdict"] == "INELIGIBLE"]
    assert told == barred == bound


@pytest.mark.parametrize(
    ("who", "told"),
    [("anonymous", "NO_EVIDENCE"), ("a rival", "NO_EVIDENCE"), ("gamma", "NO_EVIDENCE"),
     ("the shop", "NOT_LISTED"), ("beta", "NOT_LISTED")],
)  # fmt: skip
async def test_not_to_be_on_an_unpublished_list_tells_only_those_who_may_see_it(
    who: str, told: str
) -> None:
    query = """query ($supplier: ID!) {
      eligibility(buyer: "alpha:shop", supplier: $supplier, product: "garments") {
        rulings { reason program { code } } } }"""
    listed = standing("beta", FARMS[0], "listed", "2015-01-01")
    async with served(EmbeddedStore(MEMORY)) as hub:
        await tell(hub.store, WORLD)
        complete = Intake(
            origin=Origin.OPERATOR,
            lines=[Line.model_validate(listed)],
            program="beta",
            feed="list",
            bounds=Feed(listing=True),
            complete=True,
            kinds=frozenset({Standing}),
        )
        await run(hub.store, complete, confirmed=True)
        found = await (await client(hub, who)).ask(query, supplier=FARM)
    reasons = {each["program"]["code"]: each["reason"] for each in found["eligibility"]["rulings"]}
    assert reasons["beta"] == told


@pytest.mark.parametrize(
    ("who", "counted"), [("anonymous", [1, 1, 0]), ("gamma", [1, 1, 0]), ("beta", [3, 2, 1])]
)
async def test_a_run_counts_what_each_may_see(who: str, counted: list[int]) -> None:
    query = '{ program(id: "beta") { lastSync { added unchanged setAsideCount } } }'
    shown = company("beta", "buyer", roles=["BUYER"])
    hidden, *others = [
        standing("beta", farm, "listed", "2015-01-01", published=False) for farm in FARMS[:3]
    ]
    more = [company("beta", "monitor", roles=["MONITOR"]), *others]
    problem = RowProblem(9, ProblemCode.UNKNOWN_WORD, "no word")
    async with served(EmbeddedStore(MEMORY)) as hub:
        await tell(hub.store, WORLD)
        for lines in ([shown, hidden], [shown, hidden, *more]):
            intake = Intake(
                origin=Origin.OPERATOR,
                lines=[Line.model_validate(line) for line in lines],
                program="beta",
                feed="list",
                problems=[problem],
            )
            await run(hub.store, intake, confirmed=True)
        found = (await (await client(hub, who)).ask(query))["program"]["lastSync"]
    assert [*found.values()] == counted


async def test_a_score_tells_of_no_namesake() -> None:
    query = """{ search(text: "farm2", first: 9) {
      edges { score node { ... on Organization { name } } } } }"""
    told = {"name": "Farm2 Namesake", "roles": ["SUPPLIER"]}
    hidden = [said("beta", "organization", reference=f"beta:x{n}", **told) for n in range(5)]
    without, beside = [await asked(lines, "anonymous", query) for lines in ([], hidden)]
    assert without == beside
    assert [each["score"] for each in without["search"]["edges"]] == [1.0]
