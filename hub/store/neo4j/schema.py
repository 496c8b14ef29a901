"""Labels, types, constraints and indexes, written from `graph_schema`: no field is named here.

A fact whose model names a node at either end is a relationship, from the node it is about to the
node at its other end; where one of them is the program itself, from or to the program's node. A
fact that names none is a node. Either way its columns are its properties, nodes among them as
their numbers, so that an index answers whatever field a question looks up by.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, LiteralString, cast

from graph_schema.codes import Kind
from graph_schema.elements import Fact
from graph_schema.exchange import FACTS
from hub.store.columns import ends

VERSION: Final = 1
"""Of the form of the graph; a hub refuses one that a newer hub wrote."""
SUBJECTS: Final = (Kind.ORGANIZATION, Kind.WORKSITE)
PROFILED: Final = {
    "Held": ("programs_held", 1),
    "Shared": ("programs_held", 2),
    "Supplying": ("buyers_held", 1),
    "Bought": ("buyers_held", 2),
}
"""Labels by which shared suppliers are found, and of which count at least how many they need."""
GONE: Final = "gone"
"""The property of a fact's place among changes, where it was withdrawn for somebody at least."""
NEWEST: Final = "Newest"
"""Label of the newest run of each feed."""
WORDS: Final = "words"
"""The full-text index; its texts are folded before they are kept, so blanks part their words."""

_OWN: Final = {
    "Meta": ("name",),
    "Node": ("number",),
    "Reference": ("number",),
    "Revision": ("number",),
    "Run": ("number",),
    "Problem": ("number",),
    "Counter": ("name",),
    "Kept": ("kind", "key"),
    "Audit": ("seq",),
    "AuditHead": ("name",),
    "AuditOf": ("program", "seq"),
}
"""Labels of the store itself, and the properties that are unique."""
_OWN_INDEXES: Final = {
    "Reference": (("text",),),
    "Audit": (("revision",),),
    "Run": (("revision",),),
    NEWEST: (("program",), ("program", "feed")),
    "Problem": (("run", "number"),),
    "Kept": (("expires_at",), ("kind",)),
    "AuditOf": (("seq",),),
    **dict.fromkeys(PROFILED, (("number",),)),
}
_IN_FORCE: Final = (
    ("subject", "fact"),
    ("fact", "number"),
    ("program", "fact"),
    ("program", "effect", "subject"),
)


@cache
def joins(kind: type[Fact]) -> bool:
    """Whether a fact joins two nodes; else it is a node itself."""
    return bool(kind.begins_at or kind.ends_at)


@cache
def name(kind: type[Fact]) -> str:
    """Return the type of the relationships, or the label of the nodes, that facts of a kind are."""
    if joins(kind):
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).upper()
    taken = kind.__name__.upper() in [each.value for each in Kind]
    return f"{kind.__name__}Record" if taken else kind.__name__


@cache
def pattern(kind: type[Fact], f: str = "f") -> str:
    """Return the pattern that matches facts of a kind; `f` is what a question calls them."""
    return f"()-[{f}:{name(kind)}]->()" if joins(kind) else f"({f}:{name(kind)})"


@cache
def begin_and_end(kind: type[Fact]) -> tuple[str, str]:
    """Return the columns of the nodes that a fact leads from and to."""
    return kind.begins_at or "program", kind.ends_at or "program"


def gone_index(kind: type[Fact]) -> str:
    """Return the name of the index by which withdrawn facts of a kind are found."""
    return _index(pattern(kind), name(kind), ("program", GONE))[0]


def labels(kind: Kind) -> str:
    """Return the labels of a node."""
    also = ":Subject" if kind in SUBJECTS else ""
    return f"Node:{kind.capitalize()}{also}"


def statements() -> dict[str, LiteralString]:
    """Return the statements that make constraints and indexes, by the name of what they make."""
    made = dict(_indexes())
    made[WORDS] = (
        f"CREATE FULLTEXT INDEX {WORDS} FOR (n:Node) ON EACH [n.words] "
        "OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}"
    )
    return {named: vouched(text) for named, text in made.items()}


def _indexes() -> Iterator[tuple[str, str]]:
    for label, unique in _OWN.items():
        yield _unique(f"(f:{label})", label, unique)
    for label, indexes in _OWN_INDEXES.items():
        yield from (_index(f"(f:{label})", label, properties) for properties in indexes)
    in_force = ("()-[f:IN_FORCE]-()", "IN_FORCE")
    yield _unique(*in_force, ("number",))
    yield from (_index(*in_force, properties) for properties in _IN_FORCE)
    for kind in FACTS:
        matched = pattern(kind).replace("->", "-")
        yield _unique(matched, name(kind), ("number",))
        yield _index(matched, name(kind), ("identity",))
        yield _index(matched, name(kind), ("program", GONE))
        for end in dict.fromkeys(("program", *ends(kind), *kind.indexed)):
            yield _index(matched, name(kind), (end, "number"))


def _unique(matched: str, of: str, properties: tuple[str, ...]) -> tuple[str, str]:
    made = "_".join((of.lower(), *properties, "unique"))
    listed = ", ".join(f"f.`{each}`" for each in properties)
    return (
        made,
        f"CREATE CONSTRAINT {made} IF NOT EXISTS FOR {matched} REQUIRE ({listed}) IS UNIQUE",
    )


def _index(matched: str, of: str, properties: tuple[str, ...]) -> tuple[str, str]:
    made = "_".join((of.lower(), *properties))
    listed = ", ".join(f"f.`{each}`" for each in properties)
    return made, f"CREATE INDEX {made} IF NOT EXISTS FOR {matched} ON ({listed})"


def vouched(text: str) -> LiteralString:
    """Vouch that a text is made of nothing but names out of `graph_schema`: the one cast."""
    return cast("LiteralString", text)
