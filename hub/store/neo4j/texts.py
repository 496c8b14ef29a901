"""The hub's questions about facts in Cypher. Names come from `graph_schema`.

Each answers with one record whose values are lists, however many rows there are: a record a row
costs more than all the rest. A part that matches nothing gives an empty list and swallows nothing.
Whole facts come as they are kept, without the properties they have not.
"""

from collections.abc import Iterator
from functools import cache
from typing import Final, LiteralString

from graph_schema.agreements import Signature
from graph_schema.elements import Fact
from graph_schema.exchange import FACTS
from graph_schema.parties import Organization, Tie, Worksite
from graph_schema.sourcing import Volume
from graph_schema.standing import Standing
from hub.store.columns import (
    CLOSING_COLUMNS,
    DESCRIBING,
    PLACE_COLUMNS,
    SIGNATURE_COLUMNS,
    STATE_COLUMNS,
    TIE_COLUMNS,
    VOLUME_COLUMNS,
    bounds,
    ends,
)
from hub.store.neo4j import change_texts, conditions, list_texts
from hub.store.neo4j.conditions import (
    DERIVED,
    ON_THE_DAY,
    THEN,
    ever,
    names_seen,
    node,
    placed,
    seen,
    there,
)
from hub.store.neo4j.schema import name, pattern, vouched

_LATEST: Final = "MATCH (m:Meta {name: 'meta'})"

_NODE: Final = "USING INDEX SEEK n:Node(number)"

LATEST: Final[LiteralString] = f"{_LATEST} RETURN m.revision, m.recorded_at, m.law_revision"
KEY: Final[LiteralString] = f"{_LATEST} RETURN m.key"
RECORDED_AT: Final[LiteralString] = (
    f"{_LATEST} UNWIND $revisions AS revision MATCH (r:Revision {{number: revision}}) "
    "WHERE r.number <= m.revision RETURN collect(r.number), collect(r.recorded_at)"
)
RESOLVE: Final[LiteralString] = (
    f"{_LATEST} WITH m, coalesce($revision, m.revision) AS revision "
    "CALL (revision) { UNWIND range(0, size($texts) - 1) AS at "
    "MATCH (r:Reference)-[:OF]->(n:Node) USING INDEX SEEK r:Reference(text) "
    "WHERE r.text = $texts[at] AND r.revision_from <= revision AND r.revision_until > revision "
    "RETURN collect([at, n.number, n.kind, r.merged]) AS found } "
    "RETURN m.revision, m.recorded_at, m.law_revision, found"
)
KINDS: Final[LiteralString] = (
    f"UNWIND $nodes AS node MATCH (n:Node {{number: node}}) {_NODE} "
    f"WHERE n.revision_from <= $revision AND n.name IS NOT NULL AND {node('n')} "
    "RETURN collect(n.number), collect(n.kind)"
)
REFERENCES: Final[LiteralString] = (
    f"{_LATEST} UNWIND $nodes AS node MATCH (n:Node {{number: node}})<-[:OF]-(r:Reference) "
    f"{_NODE} "
    "WHERE r.revision_from <= m.revision AND r.revision_until > m.revision "
    "WITH n, r ORDER BY n.number, r.number RETURN collect([n.number, r.text, r.merged])"
)


def _chosen(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(f"f.`{column}`" for column in names) + "]"


def _part(of: str, matched: str, kind: type[Fact], seen: str, columns: tuple[str, ...]) -> str:
    """A part of `AROUND`: columns of facts at nodes, read from the store in one go."""
    return (
        f"CALL ({of}) {{ UNWIND {of} AS n MATCH {matched.format(name(kind))} "
        f"WITH properties(f) AS f WHERE {seen} WITH f ORDER BY f.number "
        f"RETURN collect({_chosen(columns)}) AS `{name(kind)}` }} "
    )


AROUND: Final = vouched(
    "WITH $buyers AS buyers, $subjects AS subjects, $both AS nodes, $company AS company "
    + "".join(
        f"CALL ({asked}) {{ UNWIND {asked} AS number MATCH (n:Node {{number: number}}) {_NODE} "
        f"RETURN collect(n) AS {asked}_found }} "
        for asked in ("buyers", "subjects", "nodes", "company")
    )
    + "CALL (company_found) { UNWIND company_found AS n "
    f"MATCH (n)-[f:{name(Standing)}]->() WHERE f.state IN $words AND {seen(Standing)} "
    "RETURN collect(DISTINCT n) AS held_by } "
    "WITH buyers_found AS buyers, subjects_found + held_by AS subjects, "
    "nodes_found + held_by AS nodes, nodes_found + company_found AS tied "
    + _part("subjects", "(n)-[f:{}]->()", Standing, seen(Standing), STATE_COLUMNS)
    + _part(
        "nodes",
        "(n)<-[f:{}]-()",
        Worksite,
        placed(Worksite),
        (*PLACE_COLUMNS, "region", *CLOSING_COLUMNS),
    )
    + _part(
        "nodes", "(n)<-[f:{}]-()", Organization, placed(Organization), (*PLACE_COLUMNS, "regions")
    )
    + _part("tied", "(n)-[f:{}]-()", Tie, seen(Tie), TIE_COLUMNS)
    # A volume counts in every answer; only its figures are not for everyone (SECURITY.md C2).
    + _part("subjects", "(n)-[f:{}]->()", Volume, THEN, VOLUME_COLUMNS)
    + _part(
        "buyers",
        "(n)-[f:{}]->()",
        Signature,
        f"f.role = 'BUYER' AND {seen(Signature)}",
        SIGNATURE_COLUMNS,
    )
    + "RETURN "
    + ", ".join(f"`{name(kind)}`" for kind in (Standing, Worksite, Organization, Tie, Volume))
    + f", `{name(Signature)}`"
)


@cache
def everything(kind: type[Fact]) -> LiteralString:
    """All facts of a small kind, withdrawn ones included."""
    return vouched(
        f"{_LATEST} "
        "WITH CASE WHEN m.revision < $revision THEN m.revision ELSE $revision END AS revision "
        f"MATCH {pattern(kind)} {_by(kind, 'number')} "
        "WHERE f.number > 0 AND f.revision_from <= revision "
        "WITH f ORDER BY f.number RETURN collect(properties(f))"
    )


def _by(kind: type[Fact], *properties: str) -> str:
    """The index to seek: a plan made while the store was empty must serve when it is full."""
    return f"USING INDEX SEEK f:{name(kind)}({', '.join(f'`{each}`' for each in properties)})"


def _named(kind: type[Fact], end: str) -> str:
    """The index and the condition by which facts are found that have a node in a field."""
    properties = ("number",) if end == "number" else (end, "number")
    return f"{_by(kind, *properties)} WHERE f.`{end}` = node"


def _described() -> Iterator[str]:
    yield "WITH $nodes AS nodes "
    for kind in DESCRIBING:
        end = kind.ends_at or "program"
        yield (
            f"CALL (nodes) {{ UNWIND nodes AS node MATCH {pattern(kind)} {_named(kind, end)} "
            f"AND f.number > 0 AND {seen(kind)} "
            f"WITH f ORDER BY f.number RETURN collect(properties(f)) AS `{name(kind)}` }} "
        )
    yield "RETURN " + ", ".join(f"`{name(kind)}`" for kind in DESCRIBING)


STATEMENTS: Final = vouched("".join(_described()))


@cache
def at(kind: type[Fact], end: str, *, history: bool) -> LiteralString:
    """A page of the facts at one end of each of some nodes."""
    order = "f.number" if end == "number" else f"f.`{end}`, f.number"
    return vouched(
        f"UNWIND $nodes AS node CALL (node) {{ MATCH {pattern(kind)} {_named(kind, end)} "
        "AND f.number > $after "
        f"AND {ever(kind) if history else seen(kind)}"
        f"{_asked_for(kind)}{names_seen(kind, end)} "
        f"RETURN f ORDER BY {order} LIMIT $size }} "
        "WITH f ORDER BY f.number RETURN collect(properties(f))"
    )


@cache
def count_at(kind: type[Fact], end: str, *, history: bool) -> LiteralString:
    """How many facts there are at one end of some nodes."""
    return vouched(
        f"UNWIND $nodes AS node MATCH {pattern(kind)} {_named(kind, end)} "
        f"AND f.number > 0 AND {ever(kind) if history else seen(kind)}"
        f"{_asked_for(kind)}{names_seen(kind, end)} "
        "WITH node, count(*) AS facts RETURN collect(node), collect(facts)"
    )


def _asked_for(kind: type[Fact]) -> str:
    """The condition that a fact is asked for: valid on a day, given where it is a signature."""
    first, end = bounds(kind)
    conditions = ""
    if first:
        conditions += f" AND ($day IS NULL OR f.{first} IS NULL OR f.{first} <= $day)"
    if end:
        conditions += f" AND ($day IS NULL OR f.{end} IS NULL OR f.{end}_last > $day)"
    if kind is Signature:
        conditions += " AND ($signed IS NULL OR f.signed = $signed)"
    return conditions


_HELD: Final = (
    f"WHERE i.`{{end}}` = node AND i.`{{place}}` > {{after}} "
    f"AND {DERIVED} AND {ON_THE_DAY}{{shown}} "
    "AND (size($effects) = 0 OR i.effect IN $effects) "
)


def _shown(end: str) -> str:
    """The condition that holders are there for the viewer, where they are not asked about."""
    return "" if end == "subject" else f" AND {there('subject', of='i')}"


@cache
def in_force(end: str) -> LiteralString:
    """A page of the standings that really held, with the day they ended.

    Their place is the standing's own number: that of a derived row tells of what ended others.
    """
    place, after = ("number", "0") if end == "fact" else ("fact", "$after")
    return vouched(
        "UNWIND $nodes AS node CALL (node) { MATCH ()-[i:IN_FORCE]->() "
        f"USING INDEX SEEK i:IN_FORCE(`{end}`, {place}) "
        f"{_HELD.format(end=end, place=place, after=after, shown=_shown(end))} "
        f"RETURN i ORDER BY i.`{end}`, i.{place} LIMIT $size }} "
        f"MATCH {pattern(Standing)} {_by(Standing, 'number')} WHERE f.number = i.fact "
        "WITH i, f ORDER BY i.fact "
        "RETURN collect([i.effect, i.ends, i.ended, i.fact, properties(f)])"
    )


@cache
def count_in_force(end: str) -> LiteralString:
    """How many standings really held on a day."""
    place = "number" if end == "fact" else "fact"
    return vouched(
        "UNWIND $nodes AS node MATCH ()-[i:IN_FORCE]->() "
        f"USING INDEX SEEK i:IN_FORCE(`{end}`, {place}) "
        f"{_HELD.format(end=end, place=place, after='0', shown=_shown(end))} "
        "WITH node, count(*) AS held RETURN collect(node), collect(held)"
    )


HELD_THEN: Final = vouched(
    "UNWIND $pairs AS pair CALL (pair) { "
    "MATCH ()-[i:IN_FORCE]->() USING INDEX SEEK i:IN_FORCE(fact, number) "
    f"WHERE i.fact = pair[0] AND i.number > 0 AND {DERIVED.replace('$revision', 'pair[1]')} "
    "RETURN i ORDER BY i.fact, i.number LIMIT 1 } "
    f"MATCH {pattern(Standing)} {_by(Standing, 'number')} WHERE f.number = i.fact "
    "RETURN collect([pair[1], i.effect, i.ends, i.ended, i.fact, properties(f)])"
)
DERIVED_OF: Final = vouched(
    f"{_LATEST} UNWIND $subjects AS subject MATCH ()-[i:IN_FORCE]->() "
    "USING INDEX SEEK i:IN_FORCE(subject, fact) WHERE i.subject = subject AND i.fact > 0 "
    "AND i.revision_from <= m.revision AND i.revision_until > m.revision "
    "RETURN collect(properties(i))"
)


def _identified(kind: type[Fact]) -> str:
    """The rows of some identities, with the newest revision."""
    return (
        f"{_LATEST} WITH m.revision AS revision UNWIND $identities AS identity "
        f"MATCH {pattern(kind)} {_by(kind, 'identity')} WHERE f.identity = identity "
    )


@cache
def current(kind: type[Fact]) -> LiteralString:
    """The open facts of some identities."""
    return vouched(
        f"{_identified(kind)}AND f.revision_from <= revision AND f.revision_until > revision "
        "RETURN collect(properties(f))"
    )


@cache
def closed_by(kind: type[Fact]) -> LiteralString:
    """The newest revisions that closed a row of some identities."""
    return vouched(
        f"{_identified(kind)}AND f.revision_until <= revision "
        "WITH f.identity AS identity, max(f.revision_until) AS last "
        "RETURN collect([identity, last])"
    )


@cache
def of_feed(kind: type[Fact]) -> LiteralString:
    """The next open facts that a feed brought."""
    return vouched(
        f"{_LATEST} WITH m.revision AS revision CALL (revision) {{ MATCH {pattern(kind)} "
        f"{_by(kind, 'program', 'number')} WHERE f.program = $program AND f.number > $after "
        "AND f.feed = $feed AND f.revision_from <= revision AND f.revision_until > revision "
        "RETURN f ORDER BY f.program, f.number LIMIT $size } "
        "WITH f ORDER BY f.number RETURN collect(properties(f))"
    )


@cache
def exported(kind: type[Fact]) -> LiteralString:
    """The next facts of a kind, open and closed."""
    return vouched(
        f"MATCH {pattern(kind)} {_by(kind, 'number')} "
        "WHERE f.number > $after AND f.revision_from <= $revision "
        "WITH f ORDER BY f.number LIMIT $size RETURN collect(properties(f))"
    )


def every_text() -> Iterator[tuple[str, LiteralString]]:
    """Yield every question by name, so that a test can read each one's plan."""
    for module in (globals(), vars(list_texts)):
        named: dict[str, object] = {key: of for key, of in module.items() if key[0].isupper()}
        for key, text in named.items():
            if isinstance(text, str) and key not in vars(conditions):
                yield key, vouched(text)
    for (by_buyers, few), text in list_texts.SHARED.items():
        yield f"SHARED({by_buyers}, {few})", text
    for (by_buyers, few), text in list_texts.COUNT_SHARED.items():
        yield f"COUNT_SHARED({by_buyers}, {few})", text
    yield "TOUCHED", change_texts.TOUCHED
    yield from _made_texts()


def _made_texts() -> Iterator[tuple[str, LiteralString]]:
    """Yield the questions that are made for each kind of fact."""
    for end in ("subject", "program", "fact"):
        yield f"in_force({end})", in_force(end)
        yield f"count_in_force({end})", count_in_force(end)
    for kind in FACTS:
        yield f"everything({kind.word})", everything(kind)
        yield f"current({kind.word})", current(kind)
        yield f"closed_by({kind.word})", closed_by(kind)
        yield f"of_feed({kind.word})", of_feed(kind)
        yield f"changes({kind.word})", change_texts.changes(kind)
        yield f"exported({kind.word})", exported(kind)
        for end in dict.fromkeys((*ends(kind), *kind.indexed, "program", "number")):
            yield f"at({kind.word}, {end})", at(kind, end, history=False)
        yield f"at({kind.word}, program, history)", at(kind, "program", history=True)
        yield f"count_at({kind.word}, program)", count_at(kind, "program", history=False)
