"""Who may write what: every mutation of the schema, by every role, of its own and others' programs.

The calls are made of the schema (SECURITY.md, C5), so that a new mutation is in the matrix at once,
or its new argument fails here. The door for documents is one more way to write.
"""

# What the library tells of types is of many unions, and partly unknown.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, product
from typing import Any, Final, cast

import orjson
import pytest
from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

from adapters.kit.adapter import adapters
from hub.graphql.rules import Rule, rule
from hub.graphql.schema import text
from hub.oauth.principal import Role, Scope
from hub.sync.run import run
from hub.sync.sources import record
from tests.oauth.senders import Sender, sender
from tests.oauth.served import Hub
from tests.oauth.test_pushes import whole

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

SCHEMES: Final = {"ffp": "ffp", "milk-with-dignity": "mwd"}
"""The programs of the matrix."""
OTHER: Final = "lesotho-agreement"
"""A program whose operator has a part in none of them."""
DENIED: Final = {
    "UNAUTHENTICATED", "NOT_ALLOWED", "UNKNOWN_REFERENCE", "FOREIGN_SCHEME",
}  # fmt: skip
BOUND: Final = ("program", "fact", "facts", "id")
"""Arguments that say of which program something is written."""
KEYS: Final = count(1)
Told = dict[str, Any]


def mutations() -> Mapping[str, GraphQLField]:
    """Return the mutations of the schema by name."""
    found = build_schema(text()).mutation_type
    assert found is not None
    return found.fields


@dataclass(frozen=True)
class World:
    """What there is of a program to be written, each good where its operator writes it."""

    program: str
    fact: str
    id: str
    facts: Sequence[Told]


def grower(scheme: str, number: int) -> Told:
    """Return what is said of a supplier."""
    described = {"name": f"Example Farms {number}", "roles": ["SUPPLIER"], "country": "US"}
    return {"organization": {"reference": f"{scheme}:{number}", **described}}


def document(scheme: str, number: int) -> bytes:
    """Return a document that says it."""
    return orjson.dumps([grower(scheme, number)])


async def world(operator: Sender, program: str) -> World:
    """Return what there is of a program, by its operator."""
    number, scheme = next(KEYS), SCHEMES[program]
    done = await operator.push(f"k{number}", [grower(scheme, 1000 + number)], program=program)
    [fact] = done["recorded"]
    sent = await operator.sends(
        f"d{number}", document(scheme, 2000 + number), program=program, media="application/json"
    )
    return World(program, fact["id"], sent["id"], [grower(scheme, 3000 + number)])


def bound(of: GraphQLField) -> list[str]:
    """Return the arguments of a mutation that say of which program it writes."""
    return [name for name in BOUND if name in set(_names(of))]


def _names(of: GraphQLField) -> Iterator[str]:
    for name, argument in of.args.items():
        inner = get_named_type(argument.type)
        yield name
        if isinstance(inner, GraphQLInputObjectType) and name not in BOUND:
            yield from inner.fields


def arguments(of: GraphQLField, good: Mapping[str, Any]) -> Told:
    """Return the arguments that a mutation needs; what they may be stands in `good` by name."""

    def value(name: str, kind: Any) -> Any:  # noqa: ANN401 - a type of the library's many
        inner: Any = get_named_type(kind)
        if name in good or not isinstance(inner, GraphQLInputObjectType):
            return good[name]
        return {
            each: value(each, field.type)
            for each, field in inner.fields.items()
            if is_required_input_field(field)
        }

    return {n: value(n, each.type) for n, each in of.args.items() if is_required_argument(each)}


async def called(who: Sender, name: str, of: GraphQLField, good: Mapping[str, Any]) -> Told:
    """Return the payload of a mutation."""
    given = arguments(of, {"reason": "a slip", "idempotencyKey": f"m{next(KEYS)}", **good})
    declared = ", ".join(f"${each}: {of.args[each].type}" for each in given)
    passed = ", ".join(f"{each}: ${each}" for each in given)
    payload = cast("GraphQLObjectType", get_named_type(of.type))
    selected = " ".join(_selected(each, field) for each, field in payload.fields.items())
    query = f"mutation({declared}) {{ done: {name}({passed}) {{ {selected} }} }}"
    return (await who.ask(query, **given))["done"]


def _selected(name: str, of: GraphQLField) -> str:
    if name == "problems":
        return "problems { code }"
    return name if is_leaf_type(get_named_type(of.type)) else f"{name} {{ __typename }}"


async def written(hub: Hub) -> list[Any]:
    """Return all that a write could change."""
    rows = [(row.seq, row.hash) for row in await hub.store.audit.page(0, 10_000)]
    kinds = ("receipt", *(f"proposal {program}" for program in SCHEMES))
    return [await whole(hub), rows, *[await hub.store.kept.all(kind) for kind in kinds]]


@dataclass(frozen=True)
class Cast:
    """Everybody, and what there is to be written."""

    hub: Hub
    operators: Mapping[str, Sender]
    others: Mapping[str, Sender]


@pytest.fixture
async def everybody(giving: Hub) -> Cast:
    """Serve the programs to a client of every role."""
    for program in (*SCHEMES, OTHER):
        await run(giving.store, record(adapters()[program]))
    operators = {each: await sender(giving, id=each, programs=(each,)) for each in SCHEMES}
    others = {"reads": await sender(giving, programs=tuple(SCHEMES), scopes=(Scope.READ,))}
    others["of another"] = await sender(giving, programs=(OTHER,))
    parties = {Role.BRAND: "wsr:walmart", Role.SUPPLIER: "wsr:ag-mart"}
    for role in Role:
        if role is Role.ANONYMOUS:
            others[role] = Sender(giving, None)
        elif role is not Role.OPERATOR:
            scope = Scope.ADMIN if role is Role.ADMIN else Scope.READ
            given: Told = {"programs": (), "scopes": (scope,)}
            others[role] = await sender(giving, role=role, organization=parties.get(role), **given)
    return Cast(giving, operators, others)


async def test_every_role_writes_its_own_programs_alone(everybody: Cast) -> None:
    hub, operators = everybody.hub, everybody.operators
    there = {each: await world(operator, each) for each, operator in operators.items()}
    before = await written(hub)
    denied: list[tuple[str, str, Sequence[str]]] = []

    async def is_denied(name: str, who: Sender, of: Sequence[str], said: str) -> None:
        field = mutations()[name]
        told = zip(bound(field), of, strict=True)
        good = {each: getattr(there[program], each) for each, program in told}
        payload = await called(who, name, field, good)
        codes = {each["code"] for each in payload.pop("problems")}
        assert codes, (name, said, of)
        assert codes <= DENIED, (name, said, of, codes)
        assert not any(payload.values()), (name, said, of, payload)
        denied.append((name, said, of))

    for name, field in mutations().items():
        for of in product(SCHEMES, repeat=len(bound(field))):
            for said, who in everybody.others.items():
                await is_denied(name, who, of, said)
            for own, who in operators.items():
                if set(of) != {own}:
                    await is_denied(name, who, of, own)
    assert await written(hub) == before
    assert {name for name, _, _ in denied} == mutations().keys()
    assert all(bound(field) for field in mutations().values())
    assert {rule("Mutation", name) for name in mutations()} == {Rule.OPERATOR}


async def test_every_role_sends_documents_of_its_own_programs_alone(everybody: Cast) -> None:
    operators, before = everybody.operators, await written(everybody.hub)
    for program, scheme in SCHEMES.items():
        foreign = {own: who for own, who in operators.items() if own != program}
        for said, who in {**everybody.others, **foreign}.items():
            content = document(scheme, 9)
            status, code = await who.refused(
                "x", content, program=program, media="application/json", apply="true"
            )
            assert (status in {401, 403}, code in DENIED) == (True, True), (program, said)
    assert await written(everybody.hub) == before
    for program, operator in operators.items():
        content = document(SCHEMES[program], 9)
        await operator.sends("x", content, program=program, media="application/json")


async def test_each_of_these_calls_is_good_where_it_is_its_operators(everybody: Cast) -> None:
    for program, operator in everybody.operators.items():
        for name, field in mutations().items():
            there = await world(operator, program)
            before = await written(everybody.hub)
            good = {each: getattr(there, each) for each in bound(field)}
            payload = await called(operator, name, field, good)
            assert payload["problems"] == [], (name, program)
            assert await written(everybody.hub) != before, (name, program)
