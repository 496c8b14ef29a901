"""Allowed: what an operator may make, name and speak of, so that it changes no other's answers.

An operator makes references in its own scheme alone, and speaks of its own agreements. What others
will make it may not name before they do: the reference would be taken when they come.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any, Final

from adapters.kit.parsed import ProblemCode
from graph_schema.agreements import Agreement, Clause, Signature
from graph_schema.codes import Kind
from graph_schema.elements import Fact, Field, naming
from graph_schema.exchange import Line
from graph_schema.programs import Program
from graph_schema.references import UNIVERSAL
from hub.sync.world import World

_NUMBERED: Final[Mapping[str, Sequence[Kind]]] = dict.fromkeys(
    UNIVERSAL, (Kind.ORGANIZATION, Kind.WORKSITE)
) | {"os": (Kind.WORKSITE,), "imo": (Kind.WORKSITE,)}
"""What the numbers that belong to no program are numbers of."""


class Unresolved(Exception):  # noqa: N818 - it sets a line aside and never leaves the run
    """A line whose references stand for nothing that it may name; says where and why."""

    def __init__(self, code: ProblemCode, column: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.column = column
        self.message = message


def to_make(texts: Iterable[str], line: Line, kind: Kind, world: World) -> None:
    """Refuse references that are not the operator's to make.

    Args:
        texts: Those of the line that nobody knows yet.
        line: What describes a node by them.
        kind: Of the node.
        world: Who owns which scheme.

    Raises:
        Unresolved: One is of another scheme, or numbers nothing of this kind.
    """
    own, owners = world.programs[line.program].scheme, world.schemes()
    for text in texts:
        scheme = text.partition(":")[0]
        if scheme == own or kind in _NUMBERED.get(scheme, ()):
            continue
        message = f"{text} is not known; make your own reference as {own or 'yours'}:…"
        if scheme in owners:
            message = f"{text} is not known, and only {owners[scheme]} makes it; leave it out"
        if scheme in UNIVERSAL:
            message = f"{text} is a number of something else than a {kind.lower()}; leave it out"
        first = text == getattr(line.fact, "reference", None)
        raise Unresolved(
            ProblemCode.FOREIGN_SCHEME, "reference" if first else "externalIds", message
        )


def to_name_early(
    fact: Fact, line: Line, unknown: Callable[[Field, str], bool], world: World
) -> None:
    """Refuse to name, before it is known, what others will make.

    Args:
        fact: What names it.
        line: The line of the fact.
        unknown: Tells whether nothing goes yet by what a field names.
        world: Who owns which scheme.

    Raises:
        Unresolved: It names what is not known and not of the operator's scheme.
    """
    own = world.programs[line.program].scheme
    for field in _early(type(fact)):
        value: str | None = getattr(fact, field.name)
        if value is None:
            continue
        if unknown(field, value) and value.partition(":")[0] != own:
            message = f"nothing goes by {value} yet; name it once it is known what it is"
            raise Unresolved(ProblemCode.UNKNOWN_REFERENCE, field.alias, message)


@cache
def _early(kind: type[Fact]) -> Sequence[Field]:
    """Return the fields that may name what is not known yet."""
    return [field for field in naming(kind) if field.refers and field.refers.early]


def to_speak_of(fact: Fact, values: Mapping[str, Any], program: int, world: World) -> None:
    """Refuse an operator who speaks of another program's agreement, or for its standings.

    Args:
        fact: What it says.
        values: Its fields as they are kept.
        program: Who says it.
        world: Who said what of agreements.

    Raises:
        Unresolved: It is not the operator's to say.
    """
    if not isinstance(fact, Agreement | Clause | Signature):
        return
    agreement = values["reference" if isinstance(fact, Agreement) else "agreement"]
    said = [row for row in world.law_rows[Agreement] if row["reference"] == agreement]
    speaking = {row["program"] for row in said}
    if isinstance(fact, Signature):
        clauses = world.law_rows[Clause]
        speaking |= {c["standing_program"] for c in clauses if c["agreement"] == agreement}
    if said and program not in speaking:
        owner = world.codes.get(said[0]["program"], "another program")
        message = f"the agreement is {owner}'s; only that program speaks of it"
        raise Unresolved(ProblemCode.NOT_ALLOWED, "agreement", message)
    if isinstance(fact, Agreement) and not said:
        _to_begin(fact, program, world)
    if isinstance(fact, Clause) and values["standing_program"] not in _family(program, world):
        message = f"only the record says that it looks at the standings of {fact.standing_program}"
        raise Unresolved(ProblemCode.NOT_ALLOWED, "standingProgram", message)


def _to_begin(fact: Agreement, program: int, world: World) -> None:
    """Refuse to describe, as the first, an agreement that others named early."""
    own = world.programs[world.codes[program]].scheme
    if fact.reference.partition(":")[0] != own:
        message = f"{fact.reference} is not yours; make your own reference as {own or 'yours'}:…"
        raise Unresolved(ProblemCode.FOREIGN_SCHEME, "reference", message)


def _family(program: int, world: World) -> AbstractSet[int]:
    """Return a program with its parent and its children, which may share agreements."""
    rows = world.law_rows[Program]
    parents = {row["parent"] for row in rows if row["program"] == program}
    return {program} | parents | {r["program"] for r in rows if r["parent"] == program}
