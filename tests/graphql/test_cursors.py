"""A cursor goes on with the list that gave it, and is refused by every other."""

from dataclasses import replace
from typing import Any, Final

import pytest

from tests.graphql.lists import DEKKO, FFP, LISTS, Listed
from tests.graphql.served import Hub

pytestmark = pytest.mark.anyio

CODE: Final = "INVALID_INPUT"
SAID: Final = "`after` is a cursor of another list, or of other arguments"
OTHERWISE: Final = {
    "Query.programs": "programs(status: ACTIVE)",
    "Query.agreements": 'agreements(program: "ffp")',
    "Query.buyers": 'buyers(asOf: "2024-06-29")',
    "Query.suppliers": "suppliers(effect: [GOOD_STANDING])",
    "Query.worksites": 'worksites(program: "example-garments", country: "BD")',
    "Query.search": 'search(text: "garment")',
    "Query.bindings": 'bindings(supplier: "wsr:example-farm-002", product: "tomatoes")',
    "Query.sharedSuppliers": (
        'sharedSuppliers(programs: ["example-produce", "example-garments"], atLeast: 1)'
    ),
    "Program.agreements": 'agreements(inForceOn: "2020-01-01")',
    "Program.buyers": 'buyers(asOf: "2020-01-02")',
    "Program.standings": 'standings(asOf: "2017-06-01", effect: [GOOD_STANDING])',
    "Agreement.signatures": 'signatures(asOf: "2020-01-01")',
    "Organization.suppliers": 'suppliers(asOf: "2020-01-01")',
    "Organization.worksites": 'worksites(asOf: "2020-01-01")',
    "Organization.buyers": 'buyers(asOf: "2020-01-01")',
    "Worksite.buyers": 'buyers(asOf: "2020-01-01")',
}
"""The same lists with one argument otherwise."""
BY_FIELD: Final = {listed.field: listed for listed in LISTS}


async def end(hub: Hub, listed: Listed) -> str:
    """Return the cursor of a list's first row."""
    return (await listed.page(hub, 1))["pageInfo"]["endCursor"]


async def refused(hub: Hub, listed: Listed, cursor: str) -> None:
    """Show that a list does not take a cursor, and says so."""
    error = await hub.refused(listed.query(), first=1, after=cursor)
    assert (error["extensions"]["code"], error["extensions"]["argument"]) == (CODE, "after")


@pytest.mark.parametrize("listed", LISTS, ids=[listed.field for listed in LISTS])
async def test_a_cursor_is_of_no_other_list(hub: Hub, listed: Listed) -> None:
    cursor = await end(hub, listed)
    for other in LISTS:
        if other is not listed:
            await refused(hub, other, cursor)


@pytest.mark.parametrize("field", OTHERWISE)
async def test_a_cursor_is_of_no_other_arguments(hub: Hub, field: str) -> None:
    listed = BY_FIELD[field]
    other = replace(listed, call=OTHERWISE[field])
    cursor = await end(hub, listed)
    assert (await listed.page(hub, 3, cursor))["pageInfo"]["hasPreviousPage"]
    error = await hub.refused(other.query(), first=1, after=cursor)
    assert error["message"].startswith(SAID)
    assert (error["extensions"]["code"], error["extensions"]["argument"]) == (CODE, "after")


def test_every_list_with_arguments_of_its_own_is_asked_otherwise() -> None:
    assert BY_FIELD.keys() - OTHERWISE.keys() == {
        "Program.figures", "Organization.standingHistory", "Worksite.standingHistory",
        "Query.changes",  # whose cursors are places among all changes, whichever are asked for
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "within"),
    [
        ("Program.figures", FFP.replace("ffp", "lesotho-agreement")),
        ("Agreement.signatures", 'agreement(id: "wsr:accord-2018") { %s }'),
        ("Organization.suppliers", 'organization(id: "wsr:example-brand-02") { %s }'),
        ("Worksite.standingHistory", DEKKO.replace("dekko-garments", "concord")),
    ],
)
async def test_a_cursor_is_of_no_other_parent(hub: Hub, field: str, within: str) -> None:
    listed = BY_FIELD[field]
    other = replace(listed, within=within)
    await refused(hub, other, await end(hub, listed))


async def test_below_several_parents_it_goes_on_with_the_one_whose_it_is(hub: Hub) -> None:
    codes = ["program:bangladesh-accord", "program:international-accord", "program:ffp"]
    query = """query ($ids: [ID!]!, $after: String) { nodes(ids: $ids) { ... on Program {
      agreements(first: 1, after: $after) { nodes { id } pageInfo { endCursor } } } } }"""
    first = (await hub.ask(query, ids=codes))["nodes"]
    cursor = first[1]["agreements"]["pageInfo"]["endCursor"]
    answer = await hub.answer(query, ids=codes, after=cursor)
    assert [found is None for found in answer["data"]["nodes"]] == [True, False, True]
    assert [error["message"].startswith(SAID) for error in answer["errors"]] == [True, True]
    assert {error["extensions"]["code"] for error in answer["errors"]} == {CODE}


async def test_an_argument_may_be_written_null_or_left_out_and_first_be_another(hub: Hub) -> None:
    query = """query ($first: Int!, $after: String, $asOf: Date, $country: CountryCode) {
      list: suppliers(first: $first, after: $after, asOf: $asOf, country: $country) {
        edges { cursor } pageInfo { endCursor } } }"""
    whole = (await hub.ask(query, first=7))["list"]["edges"]
    page = (await hub.ask(query, first=2))["list"]
    given: dict[str, Any] = {"asOf": None, "country": None}
    after = page["pageInfo"]["endCursor"]
    rest = (await hub.ask(query, first=5, after=after, **given))["list"]["edges"]
    assert page["edges"] + rest == whole


async def test_a_score_of_a_search_is_not_to_be_changed(hub: Hub) -> None:
    listed = BY_FIELD["Query.search"]
    cursor = await end(hub, listed)
    await refused(hub, listed, f"{'7fe' + '0' * 13}{cursor[16:]}")
