"""The hub's schema as a subgraph of Apollo Federation 2.9: what a router composes with others'."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, cast

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DirectiveNode,
    DocumentNode,
    NamedTypeNode,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

from hub.graphql.entities import ENTITIES

LINK: Final = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", '
    'import: ["@key", "@shareable", "@cost", "@listSize"])'
)
OWN: Final = frozenset({"node", "nodes", "revision", "_entities", "_service"})
"""Questions that only the hub itself answers: other subgraphs have their own of these names."""
_IMPORTED: Final = frozenset({"cost", "listSize"})
"""Directives that the federation brings; that for inputs of one field it does not."""
_SHARED: Final = "PageInfo"
"""The type that other subgraphs have alike."""
_ROOTS: Final = frozenset({"Query", "Mutation", "Subscription"})


def subgraph(text: str) -> str:
    """Return the subgraph of a whole schema's text: the same for everybody who may ask as it.

    It has the keys of entities, and not what the hub answers outside a federation alone. Its
    prices are the federation's own directives, so that a router can count them, too.
    """
    given = parse(text, no_location=True).definitions
    kept = [_as_subgraph(each) for each in given if not _imported(each)]
    named = _Named()
    visit(DocumentNode(definitions=tuple(kept)), named)
    needed = tuple(each for each in kept if _needed(each, named.names))
    return f"{LINK}\n\n{print_ast(DocumentNode(definitions=needed))}\n"


class _Named(Visitor):
    """Collects the names of types that something refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_named_type(self, node: NamedTypeNode, *_: object) -> None:
        """Take a name."""
        self.names.add(node.name.value)


def _imported(node: DefinitionNode) -> bool:
    return isinstance(node, DirectiveDefinitionNode) and node.name.value in _IMPORTED


def _as_subgraph(node: DefinitionNode) -> DefinitionNode:
    """Return a definition with what makes it a subgraph's, without what is the hub's own."""
    if not isinstance(node, ObjectTypeDefinitionNode):
        return node
    name = node.name.value
    if name == "Query":
        fields = node.fields or ()
        return replace(node, fields=tuple(each for each in fields if each.name.value not in OWN))
    marks: list[str] = []
    if name in ENTITIES:
        marks = [f'@key(fields: "{key}")' for key in ENTITIES[name].keys]
    elif name == _SHARED:
        marks = ["@shareable"]
    directives = (*_directives(marks), *(node.directives or ()))
    return replace(node, directives=directives)


def _directives(written: Sequence[str]) -> Sequence[DirectiveNode]:
    """Return directives as nodes."""
    if not written:
        return ()
    [holder] = parse(f"scalar Any {' '.join(written)}", no_location=True).definitions
    return cast("ScalarTypeDefinitionNode", holder).directives or ()


def _needed(node: Any, names: set[str]) -> bool:  # noqa: ANN401 - any definition
    """Whether a definition is a root, is referred to, or is a kind of what may be."""
    if isinstance(node, DirectiveDefinitionNode):
        return True
    name = node.name.value
    return name in _ROOTS or name in names or bool(getattr(node, "interfaces", ()))
