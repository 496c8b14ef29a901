"""Entities: the nodes that a router joins with what other subgraphs know, each by its keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from graph_schema.codes import Kind
from hub.errors import HubError, InvalidInputError
from hub.graphql.context import Request
from hub.graphql.limits import at_most
from hub.graphql.types.nodes import Node

MOST: Final = 10_000
"""Representations of one question."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A type whose nodes are found by keys.

    Attributes:
        keys: Its keys, and the scheme of the references whose value each is; "" where a key is a
            reference itself.
    """

    kind: Kind
    keys: Mapping[str, str]


ENTITIES: Final[Mapping[str, Entity]] = {
    "Agreement": Entity(Kind.AGREEMENT, {"id": ""}),
    "Organization": Entity(Kind.ORGANIZATION, {"id": ""}),
    "Program": Entity(Kind.PROGRAM, {"id": "", "code": "program:"}),
    "Worksite": Entity(Kind.WORKSITE, {"id": "", "osId": "os:"}),
}


@dataclass(frozen=True, slots=True)
class _Sought:
    """What a representation stands for."""

    reference: str
    kind: Kind


async def entities(
    request: Request, representations: Sequence[object]
) -> list[Node | HubError | None]:
    """Return what representations stand for, in their order and for whoever asks.

    All are looked up together: so many round trips, however many and of whatever types they are.
    One whose keys are null or unknown is null, one that is malformed the error that says so.

    Raises:
        LimitExceededError: There are too many.
    """
    at_most(MOST, len(representations), "representations", "ask in parts")
    read = [_read(index, each) for index, each in enumerate(representations)]
    sought = [each for each in read if isinstance(each, _Sought)]
    sitting = await request.sit()
    named = await sitting.all_named(
        [each.reference for each in sought], [(each.kind,) for each in sought]
    )
    found = iter(named)
    rows = [next(found) if isinstance(each, _Sought) else each for each in read]
    numbers = [None if each is None or isinstance(each, HubError) else each.number for each in rows]
    nodes = await request.nodes(numbers)
    return [
        each if isinstance(each, InvalidInputError) else _twin(nodes, number)
        for each, number in zip(rows, numbers, strict=True)
    ]


def _twin(nodes: Mapping[int, Node], number: int | None) -> Node | None:
    node = nodes.get(number) if number is not None else None
    return node.twin() if node else None


def _read(index: int, given: object) -> _Sought | InvalidInputError | None:
    """Return what a representation stands for; none where all its keys are null."""
    of = cast("Mapping[str, object]", given if isinstance(given, dict) else {})
    name = of.get("__typename")
    entity = ENTITIES.get(name) if isinstance(name, str) else None
    if entity is None:
        return _refused(index, f"`__typename` is none of {', '.join(ENTITIES)}")
    keys = {key: of[key] for key in entity.keys if key in of}
    if not keys:
        return _refused(index, f"there is no key of {name}: {' or '.join(entity.keys)}")
    for key, value in keys.items():
        if isinstance(value, str):
            return _Sought(f"{entity.keys[key]}{value}", entity.kind)
        if value is not None:
            return _refused(index, f"`{key}` is no string")
    return None


def _refused(index: int, why: str) -> InvalidInputError:
    return InvalidInputError(f"representation {index}: {why}", path=("representations",))
