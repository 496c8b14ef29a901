"""What a query costs the store does not depend on how many rows it brings.

Every list of the schema, and every field that is fetched for its parents, is asked for with one
row, with ten and with a hundred alike; the store counts the questions that are put to it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

import pytest
from graphql import (
    GraphQLField,
    GraphQLNamedType,
    build_schema,
    get_named_type,
    is_composite_type,
    is_object_type,
)

from hub.graphql.prefetch import ANY_TYPE, loaded_fields
from hub.graphql.schema import text
from tests.graphql.lists import LISTS, Listed
from tests.graphql.served import Hub
from tests.store.worlds import company, program, said, site, standing

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.uncounted,
    pytest.mark.usefixtures("nothing_kept"),
]

SCHEMA: Final = build_schema(text())
ROWS: Final = (1, 10, 100)
ALL: Final = range(100)
FIELDS: Final = {
    # How many parents of each type are reached, the more the larger the page.
    "Agreement": 'agreements(program: "wide", first: $first) { nodes { %s } }',
    "Binding": 'bindings(supplier: "wide:s0", product: "jeans", first: $first) { nodes { %s } }',
    "Clause": 'agreements(program: "wide", first: $first) { nodes { clauses { %s } } }',
    "Commodity": 'worksites(program: "wide", first: $first) { nodes { products { %s } } }',
    "Eligibility": (
        'worksites(program: "wide", first: $first) { nodes { '
        'eligibility(buyer: "wide:o0", product: "jeans", asOf: "2015-06-01") { %s } } }'
    ),
    "EligibilityNotice": (
        'worksites(program: "wide", first: $first) { nodes { '
        'eligibility(buyer: "wide:o0", product: "jeans") { notices { %s } } } }'
    ),
    "Evidence": 'program(id: "wide") { standings(first: $first) { nodes { evidence { %s } } } }',
    "Figure": 'program(id: "bangladesh-accord") { figures(first: $first) { nodes { %s } } }',
    "GraphChange": 'changes(programs: ["wide"], first: $first) { nodes { %s } }',
    "Mechanism": "programs(first: $first) { nodes { mechanisms { %s } } }",
    "Organization": 'suppliers(program: "wide", first: $first) { nodes { %s } }',
    "Program": "programs(first: $first) { nodes { %s } }",
    "Ruling": (
        'worksites(program: "wide", first: $first) { nodes { '
        'eligibility(buyer: "wide:o0", product: "jeans", asOf: "2015-06-01") { rulings { %s } } } }'
    ),
    "SharedSupplier": (
        'sharedSuppliers(programs: ["wide"], atLeast: 1, country: BD, first: $first) '
        "{ nodes { %s } }"
    ),
    "Signature": 'agreement(id: "wide:a1") { signatures(first: $first) { nodes { %s } } }',
    "SourcingLink": 'organization(id: "wide:o0") { suppliers(first: $first) { nodes { %s } } }',
    "Standing": 'program(id: "wide") { standings(first: $first) { nodes { %s } } }',
    "StateRule": "programs(first: $first) { nodes { stateRules { %s } } }",
    "SyncRun": "programs(first: $first) { nodes { lastSync { %s } } }",
    "Tie": 'worksites(program: "wide", first: $first) { nodes { ties { %s } } }',
    "Worksite": 'worksites(program: "wide", first: $first) { nodes { %s } }',
}
LATER: Final = {("GraphChange", "subject")}
"""What the first row of a list has not: what a program says first is about nobody."""
ARGUMENTS: Final = {"eligibility": '(buyer: "wide:o0", product: "jeans")'}


def wide() -> Iterator[dict[str, Any]]:
    """Yield a program with a hundred of everything, each like the others."""
    code = "wide"
    *before, signed = program(code)
    yield from before
    yield said(code, "source", reference="W1", title="A list")
    for n in ALL:
        yield company(code, f"o{n}", country="BD", roles=["BUYER", "SUPPLIER"])
        yield site(code, n, products=["jeans"])
        yield site(code, f"new{n}")
        yield said(
            code,
            "agreement",
            reference=f"wide:b{n}",
            name=f"Unsigned agreement {n}",
            under="wide:a1",
            supersedes="wide:a1",
            inForceFrom="2013-01-01",
            term="OPEN",
            clauses=[
                {
                    "duty": "PREFER",
                    "text": "Prefer.",
                    "products": ["jeans"],
                    "worksites": [f"wide:s{n}"],
                }
            ],
        ) | {"sources": ["W1"]}
        for kind, to in (("OPERATED_BY", f"wide:o{n}"), ("MOVED_TO", f"wide:snew{n}")):
            yield said(code, "tie", kind=kind, from_=f"wide:s{n}", to=to) | {"sources": ["W1"]}
        for subject in (f"wide:s{n}", f"wide:o{n}"):
            yield standing(code, subject, "listed", "2015-01-01", products=["jeans"]) | {
                "sources": ["W1"]
            }
        yield said(
            code, "signature", organization=f"wide:o{n}", agreement="wide:a1", since="2014-01-01"
        ) | {"sources": ["W1"]}
        for buyer, supplier in {("wide:o0", f"wide:s{n}"), (f"wide:o{n}", "wide:s0")}:
            yield said(
                code,
                "sourcing",
                buyer=buyer,
                supplier=supplier,
                product="jeans",
                since="2015-01-01",
                published=True,
            ) | {"sources": ["W1"]}
        yield said(
            code,
            "sourcing",
            buyer="wide:o0" if n else "wide:o1",
            supplier=f"wide:o{n}",
            since="2015-01-01",
            published=True,
        )
    yield signed  # last, so that the first of the list is like the others


def fetched() -> list[tuple[str, str]]:
    """Return every field that is fetched for its parents, as type and field."""
    found: list[tuple[str, str]] = []
    for name, each in SCHEMA.type_map.items():
        if is_object_type(each) and name in FIELDS:
            found += [
                (name, field)
                for field in each.fields
                if {(name, field), (ANY_TYPE, field)} & loaded_fields() - LATER
            ]
    return found


def selected(name: str, field: GraphQLField) -> str:
    """Return a field as it is selected, whatever is fetched below it selected, too."""
    given = "(first: 2)" if "first" in field.args else ARGUMENTS.get(name, "")
    of = cast("GraphQLNamedType", get_named_type(cast("Any", field).type))
    if not is_composite_type(of):
        return f"{name}{given}"
    if of.name == "RowProblemConnection":
        return f"{name}{given} {{ nodes {{ row }} }}"
    inside = "totalCount nodes { id }" if of.name.endswith("Connection") else "__typename"
    return f"{name}{given} {{ {inside} }}"


@pytest.fixture(scope="module")
async def of_wide(hub: Hub) -> Hub:
    """Return the hub once it knows the wide program, too."""
    await hub.tell(*wide())
    return hub


async def same(hub: Hub, query: str, given: Sequence[Mapping[str, Any]]) -> None:
    """Check that a query costs as many round trips for many rows as for one."""
    await hub.ask(query, **given[0])  # what is kept from one question to the next is there now
    trips, answers = zip(*[await hub.counted(query, **each) for each in given], strict=True)
    assert len(set(trips)) == 1, trips
    assert len(str(answers[-1])) > len(str(answers[0]))


def test_every_fetched_field_is_asked_for() -> None:
    reached = {name for name, _ in loaded_fields()} - {ANY_TYPE}
    # A list's rows are asked for below; what waits with the documents, counts where they are told.
    assert reached - {"EligibilityRow", "Proposal", "SourcingCount"} <= FIELDS.keys()
    anywhere = {field for name, field in loaded_fields() if name == ANY_TYPE}
    assert anywhere == {"evidence", "totalCount"}
    with_evidence = {
        name
        for name, each in SCHEMA.type_map.items()
        if is_object_type(each) and "evidence" in each.fields
    }
    assert with_evidence <= FIELDS.keys()


@pytest.mark.parametrize(("of", "name"), fetched(), ids=lambda name: name)
async def test_a_field_costs_as_much_for_many_parents_as_for_one(
    of_wide: Hub, of: str, name: str
) -> None:
    parent = SCHEMA.type_map[of]
    assert is_object_type(parent)
    query = FIELDS[of] % selected(name, parent.fields[name])
    await same(of_wide, f"query ($first: Int!) {{ {query} }}", [{"first": n} for n in ROWS])


@pytest.mark.parametrize("listed", LISTS, ids=[listed.field for listed in LISTS])
async def test_a_list_costs_as_much_for_many_rows_as_for_one(hub: Hub, listed: Listed) -> None:
    await same(hub, listed.query(), [{"first": n, "after": None} for n in ROWS])


async def test_whom_changes_are_about_costs_as_much_for_many_as_for_some(of_wide: Hub) -> None:
    query = """query ($first: Int!) {
      changes(programs: ["wide"], first: $first) { nodes { subject { __typename } } }
    }"""
    await same(of_wide, query, [{"first": n} for n in (50, 200, 500)])


async def test_a_list_of_suppliers_costs_as_much_for_many_as_for_one(of_wide: Hub) -> None:
    query = """
    query ($suppliers: [ID!]!) {
      eligibilityList(buyer: "wide:o1", suppliers: $suppliers, product: "jeans") {
        rows { verdict problem { code } eligibility { rulings { standings { evidence { row } } } } }
      }
    }
    """
    for kind in ("wide:s{}", "wide:o{}", "wide:nobody{}"):
        await same(
            of_wide, query, [{"suppliers": [kind.format(n) for n in ALL[:many]]} for many in ROWS]
        )


async def test_what_is_never_null_costs_no_more_than_what_may_be(hub: Hub) -> None:
    selected = "... on Worksite { standings { state } ties { kind } }"
    given = {"id": "wsr:ws-dekko-garments"}
    one = f"query ($id: ID!) {{ node(id: $id) {{ {selected} }} }}"
    many = f"query ($id: ID!) {{ nodes(ids: [$id]) {{ {selected} }} }}"
    await hub.ask(one, **given)
    trips, found = await hub.counted(one, **given)
    assert await hub.counted(many, **given) == (trips, {"nodes": [found["node"]]})
