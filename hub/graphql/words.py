"""The closed lists of words as GraphQL enums, described where the vocabulary declares them."""

import ast
import inspect
from enum import StrEnum
from textwrap import dedent
from typing import Any

import strawberry

from graph_schema import codes

_ENUMS: tuple[type[StrEnum], ...] = (
    codes.Kind,
    codes.ProgramStatus,
    codes.Role,
    codes.Term,
    codes.Duty,
    codes.Unlisted,
    codes.TieKind,
    codes.VolumeKind,
    codes.Presence,
    codes.Effect,
    codes.Verdict,
    codes.Reason,
)


def _documented(enum: type[StrEnum]) -> dict[str, str]:
    """Return the docstring below each value of an enum."""
    [body] = ast.parse(dedent(inspect.getsource(enum))).body
    found: dict[str, str] = {}
    last = ""
    for node in body.body if isinstance(body, ast.ClassDef) else ():
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            last = node.targets[0].id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and last:
            found[last] = str(node.value.value)
    return found


def described(enum: type[StrEnum], name: str | None = None) -> type[StrEnum]:
    """Make a GraphQL enum of a closed list, each word described by its docstring."""
    made = strawberry.enum(enum, name=name, description=inspect.getdoc(enum))
    definition: Any = vars(enum)["__strawberry_definition__"]
    said = _documented(enum)
    for value in definition.values:
        value.description = said.get(value.name)
    return made


def declare() -> None:
    """Make GraphQL enums of the lists of the vocabulary."""
    for enum in _ENUMS:
        described(enum)


declare()
