"""The hub's question for changes in Cypher: what revisions made of facts, as a viewer sees it.

As in the embedded store there is no second log: what is new in a revision is found by its numbers,
which only grow, and what was withdrawn by the place that it keeps of that.
"""

from functools import cache
from typing import Final, LiteralString

from graph_schema.elements import Fact
from hub.store.columns import BEARING, told
from hub.store.neo4j.conditions import by_viewer
from hub.store.neo4j.schema import GONE, name, pattern, vouched
from hub.store.port import PLACES

_ASKED: Final = (
    "CALL () { MATCH (p:Program) WHERE size($programs) = 0 RETURN collect(p.number) AS every } "
    "CALL () { OPTIONAL MATCH (r:Revision {number: $since}) "
    "RETURN coalesce(max(r.first_fact), 0) - 1 AS first } "
    "WITH $programs + every AS programs, "
    "CASE WHEN first > $number THEN first ELSE $number END AS floor "
)
"""The programs that count, and the number past which facts are new; of a revision that an older
hub made its first one is not known."""


@cache
def changes(kind: type[Fact]) -> LiteralString:
    """The next changes of facts of a kind: those that are new, and those withdrawn."""
    return vouched(f"{_ASKED}{_new(kind)}{_withdrawn(kind)}RETURN new, withdrawn")


TOUCHED: Final = vouched(
    "OPTIONAL MATCH (r:Revision {number: $since + 1}) "
    "MATCH (m:Meta {name: 'meta'}) "
    "WITH coalesce(max(r.first_fact), 0) AS first, max(m.next_fact) AS next "
    "CALL () { MATCH (p:Program) RETURN collect(p.number) AS programs } "
    + "".join(
        f"CALL (first, next) {{ MATCH {pattern(kind)} USING INDEX SEEK f:{name(kind)}(number) "
        "WHERE f.number >= first AND f.number < next AND first > 0 "
        "AND f.revision_from > $since AND f.revision_from <= $revision "
        f"WITH f LIMIT $size RETURN collect({nodes}) AS new_{name(kind)} }} "
        "CALL (programs) { UNWIND programs AS program "
        f"MATCH {pattern(kind)} USING INDEX SEEK f:{name(kind)}(program, {GONE}) "
        f"WHERE f.program = program AND f.{GONE} >= $after AND f.{GONE} < $until "
        f"WITH f LIMIT $size RETURN collect({nodes}) AS gone_{name(kind)} }} "
        for kind, nodes in (
            (kind, f"[{', '.join(f'f.`{each}`' for each in BEARING[kind])}]") for kind in BEARING
        )
    )
    + "RETURN first, "
    + " + ".join(f"new_{name(kind)} + gone_{name(kind)}" for kind in BEARING)
)
"""The nodes of facts that revisions made or withdrew; what is being written is not walked over."""


def _new(kind: type[Fact]) -> str:
    """The next facts of a kind that programs say, each with what it was as known before."""
    return (
        "CALL (programs, floor) { UNWIND programs AS program CALL (program, floor) { "
        f"MATCH {pattern(kind)} USING INDEX SEEK f:{name(kind)}(program, number) "
        "WHERE f.program = program AND f.number > floor "
        "AND f.revision_from >= $since AND f.revision_from <= $revision "
        "AND f.revision_until > f.revision_from "
        f"AND {by_viewer(kind)} "
        "RETURN f ORDER BY f.program, f.number LIMIT $size } "
        "WITH f ORDER BY f.number LIMIT $size CALL (f) { "
        f"MATCH {pattern(kind, 'g')} USING INDEX SEEK g:{name(kind)}(identity) "
        "WHERE g.identity = f.identity AND g.revision_until = f.revision_from "
        f"AND g.revision_from < g.revision_until AND {by_viewer(kind, 'g')} "
        f"RETURN collect({_told(kind, 'g')})[0] AS before }} "
        f"RETURN collect([f.revision_from * {PLACES} + f.number, {_told(kind, 'f')}, before]) "
        "AS new } "
    )


def _withdrawn(kind: type[Fact]) -> str:
    """The next facts of a kind that are known no more."""
    return (
        "CALL (programs) { UNWIND programs AS program CALL (program) { "
        f"MATCH {pattern(kind)} USING INDEX SEEK f:{name(kind)}(program, {GONE}) "
        f"WHERE f.program = program AND f.{GONE} > $after AND f.{GONE} <= $until "
        f"AND {by_viewer(kind)} AND NOT EXISTS {{ "
        f"MATCH {pattern(kind, 'g')} USING INDEX SEEK g:{name(kind)}(identity) "
        "WHERE g.identity = f.identity AND g.revision_from = f.revision_until "
        f"AND g.revision_until > g.revision_from AND {by_viewer(kind, 'g')} }} "
        f"RETURN f ORDER BY f.program, f.{GONE} LIMIT $size }} "
        f"WITH f ORDER BY f.{GONE} LIMIT $size "
        f"RETURN collect([f.{GONE}, {_told(kind, 'f')}]) AS withdrawn }} "
    )


def _told(kind: type[Fact], of: str) -> str:
    return "[" + ", ".join(f"{of}.`{column}`" for column in told(kind)) + "]"
