"""Steps of a write as statements: what a batch adds, and what it closes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, LiteralString

from graph_schema.elements import Fact
from graph_schema.exchange import FACTS
from hub.store.columns import IN_FORCE, PROBLEM, all_columns, tokens
from hub.store.columns import RUN as RUN_COLUMNS
from hub.store.neo4j import schema
from hub.store.neo4j.driver import Bolt, Statement
from hub.store.neo4j.schema import (
    PROFILED,
    begin_and_end,
    joins,
    labels,
    name,
    pattern,
    vouched,
)
from hub.store.port import OPEN, PLACES, Batch, Row

BATCH: Final = 5_000
"""Rows of one statement."""

LOCK: Final[LiteralString] = "MATCH (m:Meta {name: 'meta'}) SET m.writer = $writer"
BASE: Final[LiteralString] = (
    "MATCH (m:Meta {name: 'meta'}) RETURN m.revision, m.recorded_at, m.law_revision, "
    "m.next_node, m.next_fact, m.next_reference"
)
STAGED: Final[LiteralString] = "MATCH (s:Staged) RETURN count(s)"
MARK: Final[LiteralString] = "CREATE (:Staged {of: $of, numbers: $rows})"
"""Leaves word of what is closed before its generation is committed, so that it can be undone."""
BEGUN: Final[Statement] = (MARK, {"of": "", "rows": []})
"""Leaves word that there is a generation that was not committed."""
MADE: Final[LiteralString] = (
    "CREATE (:Revision {number: $revision, recorded_at: $recorded_at, first_fact: $first_fact, "
    "writer: $writer})"
)
FLIP: Final[LiteralString] = (
    "MATCH (m:Meta {name: 'meta'}) SET m.revision = $revision, m.recorded_at = $recorded_at, "
    "m.law_revision = $law_revision, m.next_node = $next_node, m.next_fact = $next_fact, "
    "m.next_reference = $next_reference"
)
CLEAR_MARKS: Final[LiteralString] = "MATCH (s:Staged) DELETE s"
WRITTEN: Final[LiteralString] = (
    "MATCH (m:Meta {name: 'meta'}) OPTIONAL MATCH (r:Revision {number: $revision}) "
    "RETURN m.revision >= $revision AND r.writer = $writer"
)

COUNT_RUN: Final[LiteralString] = (
    "MATCH (c:Counter {name: 'run'}) SET c.runs = c.runs + 1, c.problems = c.problems + $problems "
    "RETURN c.runs, c.problems - $problems"
)
RUN: Final[LiteralString] = "CREATE (r:Run:Newest) SET r = $run"
OLDER: Final[LiteralString] = (
    "MATCH (r:Newest) USING INDEX SEEK r:Newest(program, feed) "
    "WHERE r.program = $program AND r.feed = $feed REMOVE r:Newest"
)
"""Runs are counted one after the other, so that of each feed one run is the newest."""
PROBLEMS: Final[LiteralString] = "UNWIND $rows AS row CREATE (p:Problem) SET p = row"

_REFERENCES: Final = vouched(
    "UNWIND $rows AS row MATCH (n:Node {number: row[1]}) "
    "CREATE (:Reference {text: row[0], merged: row[2], number: row[3], "
    f"revision_from: $revision, revision_until: {OPEN}}})-[:OF]->(n) RETURN count(*)"
)
_DROPPED: Final = vouched(
    "UNWIND $rows AS text MATCH (r:Reference {text: text}) "
    f"WHERE r.revision_until = {OPEN} SET r.revision_until = $revision "
    "WITH collect(r.number) AS numbers WHERE size(numbers) > 0 "
    "CREATE (:Staged {of: 'Reference', numbers: numbers})"
)
_GONE: Final[LiteralString] = (
    "UNWIND $rows AS number MATCH ()-[i:IN_FORCE]->() USING INDEX SEEK i:IN_FORCE(number) "
    "WHERE i.number = number SET i.revision_until = $revision"
)
HELD: Final = vouched(
    "UNWIND $rows AS number MATCH (n:Node {number: number}) SET n.programs_held = 1"
    + "".join(
        f", n:{label}"
        for label, (counted, least) in PROFILED.items()
        if counted == "programs_held" and least == 1
    )
)
PROFILE: Final = vouched(
    "UNWIND $rows AS row MATCH (n:Node {number: row.number}) SET n += row "
    + " ".join(
        f"FOREACH (_ IN CASE WHEN row.{counted} >= {least} THEN [1] ELSE [] END | SET n:{label}) "
        f"FOREACH (_ IN CASE WHEN row.{counted} < {least} THEN [1] ELSE [] END | REMOVE n:{label})"
        for label, (counted, least) in PROFILED.items()
    )
)
_PROFILE: Final = (
    "number", "name", "country", "products", "visible", "told_by", "known_from",
    "programs_held", "buyers_held",
)  # fmt: skip


@cache
def _nodes(kind: str) -> LiteralString:
    return vouched(
        f"UNWIND $rows AS row CREATE (n:{kind} {{number: row[0], kind: row[1], visible: false, "
        "told_by: [], known_from: 0, programs_held: 0, buyers_held: 0, revision_from: $revision}) "
        "RETURN count(*)"
    )


@cache
def _create(of: str, begin: str, end: str, columns: tuple[str, ...]) -> LiteralString:
    """The statement that creates facts or derived rows from lists of their columns."""
    values = ", ".join(f"`{column}`: row[{at}]" for at, column in enumerate(columns))
    if not begin:
        return vouched(f"UNWIND $rows AS row CREATE (:{of}:Fact {{{values}}}) RETURN count(*)")
    return vouched(
        f"UNWIND $rows AS row MATCH (a:Node {{number: row[{columns.index(begin)}]}}) "
        f"MATCH (b:Node {{number: row[{columns.index(end)}]}}) "
        f"CREATE (a)-[:{of} {{{values}}}]->(b) RETURN count(*)"
    )


@cache
def _close(kind: type[Fact]) -> LiteralString:
    return vouched(
        f"UNWIND $rows AS row MATCH {pattern(kind)} USING INDEX SEEK f:{name(kind)}(number) "
        "WHERE f.number = row[0] SET f.revision_until = $revision, f.recorded_until = row[1]"
    )


@cache
def _withdraw(kind: type[Fact]) -> LiteralString:
    return vouched(
        f"UNWIND $rows AS number MATCH {pattern(kind)} USING INDEX SEEK f:{name(kind)}(number) "
        f"WHERE f.number = number SET f.{schema.GONE} = $revision * {PLACES} + number"
    )


def gone_before(kind: type[Fact]) -> LiteralString:
    """Return the statement that gives places to what was withdrawn before they were kept.

    Of what was corrected some get one, too; the question for changes finds that out.
    """
    return vouched(
        f"MATCH {pattern(kind)} WHERE f.revision_until < {OPEN} "
        "AND f.revision_until > f.revision_from "
        f"CALL (f) {{ SET f.{schema.GONE} = f.revision_until * {PLACES} + f.number }} "
        f"IN TRANSACTIONS OF {BATCH} ROWS"
    )


def staged(batch: Batch, revision: int, next_reference: int) -> Iterator[Statement]:
    """Yield the statements that add a batch, none of which a reader sees before the commit.

    Profiles are not among them: those of nodes that readers know wait for the commit.
    """
    yield from _made(batch, revision, next_reference)
    for kind, rows in batch.facts.items():
        yield from _rows(_new(kind), _listed(rows, all_columns(kind)), revision)
    for kind, series in batch.series.items():
        columns = all_columns(kind)
        wholes = _listed((each.row for each in series), columns)
        flat = (each.flat(columns, whole) for each, whole in zip(series, wholes, strict=True))
        rows = [
            one[at : at + len(columns)] for one in flat for at in range(0, len(one), len(columns))
        ]
        yield from _rows(_new(kind), rows, revision)
    closed: dict[type[Fact], list[list[int]]] = {}
    for kind, number, until in batch.closed:
        closed.setdefault(kind, []).append([number, until])
    for kind, numbers in closed.items():
        yield from _marks(name(kind), [number for number, _ in numbers])
        yield from _rows(_close(kind), numbers, revision)
    withdrawn: dict[type[Fact], list[int]] = {}
    for kind, number in batch.withdrawn:
        withdrawn.setdefault(kind, []).append(number)
    for kind, gone in withdrawn.items():
        yield from _rows(_withdraw(kind), gone, revision)
    yield from _marks("IN_FORCE", batch.gone)
    yield from _rows(_GONE, batch.gone, revision)
    text = _create("IN_FORCE", "subject", "program", IN_FORCE)
    yield from _rows(text, _listed(batch.in_force, IN_FORCE), revision)


def _new(kind: type[Fact]) -> LiteralString:
    """Return the statement that creates facts of a kind."""
    begin, end = begin_and_end(kind) if joins(kind) else ("", "")
    return _create(name(kind), begin, end, all_columns(kind))


def _made(batch: Batch, revision: int, next_reference: int) -> Iterator[Statement]:
    """Yield the statements that make nodes and references."""
    by_kind: dict[str, list[list[Any]]] = {}
    for number, kind in batch.nodes:
        by_kind.setdefault(labels(kind), []).append([number, kind.value])
    for labelled, nodes in by_kind.items():
        yield from _rows(_nodes(labelled), nodes, revision)
    yield from _rows(_DROPPED, batch.dropped_references, revision)
    references = [
        [text, node, merged, number]
        for number, (text, node, merged) in enumerate(batch.references, next_reference)
    ]
    yield from _rows(_REFERENCES, references, revision)


def profiles(given: Iterable[Mapping[str, Any]]) -> Iterator[Statement]:
    """Yield the statements that keep what nodes are called and where they are."""
    yield from _rows(PROFILE, [_profile(each) for each in given], 0)


def held(nodes: Sequence[int]) -> Iterator[Statement]:
    """Yield the statements that keep of which new nodes one program tells a state."""
    yield from _rows(HELD, nodes, 0)


def _profile(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a node's properties; one without words keeps those it has."""
    kept = {column: given[column] for column in _PROFILE}
    words: str | None = given["words"]
    return kept if words is None else kept | {"words": " ".join(tokens(words))}


def _marks(of: str, numbers: Sequence[int]) -> Iterator[Statement]:
    for text, parameters in _rows(MARK, numbers, 0):
        yield text, {**parameters, "of": of}


def _rows(text: LiteralString, rows: Sequence[Any], revision: int) -> Iterator[Statement]:
    for first in range(0, len(rows), BATCH):
        yield text, {"rows": rows[first : first + BATCH], "revision": revision}


def _listed(rows: Iterable[Mapping[str, Any]], columns: tuple[str, ...]) -> list[list[Any]]:
    return [[row[column] for column in columns] for row in rows]


def undone() -> Iterator[LiteralString]:
    """Yield the statements that clear away a generation that was never committed.

    What was closed is found by the marks it left, what was added by numbers never given out.
    """
    reopened = f"SET f.revision_until = {OPEN}"
    yield _reopen("Reference", "(f:Reference)", reopened)
    yield _reopen("IN_FORCE", "()-[f:IN_FORCE]->()", reopened)
    for kind in FACTS:
        open_ = f"{reopened}, f.recorded_until = {OPEN} REMOVE f.{schema.GONE}"
        yield _reopen(name(kind), pattern(kind), open_)
        yield _drop(pattern(kind), name(kind), "next_fact")
    yield _drop("()-[f:IN_FORCE]->()", "IN_FORCE", "next_fact")
    yield _drop("(f:Reference)", "Reference", "next_reference")
    yield _drop("(f:Node)", "Node", "next_node")
    yield vouched(
        "MATCH (m:Meta {name: 'meta'}) MATCH (f:Revision) WHERE f.number > m.revision DELETE f"
    )


def _reopen(of: str, matched: str, how: str) -> LiteralString:
    return vouched(
        f"MATCH (s:Staged {{of: '{of}'}}) UNWIND s.numbers AS number MATCH {matched} "
        f"USING INDEX SEEK f:{of}(number) WHERE f.number = number "
        f"CALL (f) {{ {how} }} IN TRANSACTIONS OF {BATCH} ROWS"
    )


def _drop(matched: str, of: str, free: str) -> LiteralString:
    detached = "" if matched.startswith("()") else "DETACH "
    return vouched(
        f"MATCH (m:Meta {{name: 'meta'}}) WITH m.{free} AS free MATCH {matched} "
        f"USING INDEX SEEK f:{of}(number) WHERE f.number >= free "
        f"CALL (f) {{ {detached}DELETE f }} IN TRANSACTIONS OF {BATCH} ROWS"
    )


def every_text() -> Iterator[tuple[str, LiteralString]]:
    """Yield every statement of a write by name, so that a test can read each one's plan."""
    named: dict[str, object] = dict(globals())
    for key, text in named.items():
        if key.strip("_").isupper() and isinstance(text, str):
            yield key.strip("_"), vouched(text)
    for at, text in enumerate(undone()):
        yield f"undone({at})", text
    for kind in FACTS:
        yield f"create({kind.word})", _new(kind)
        yield f"close({kind.word})", _close(kind)
        yield f"withdraw({kind.word})", _withdraw(kind)
    yield "create(in force)", _create("IN_FORCE", "subject", "program", IN_FORCE)


async def record_run(bolt: Bolt, run: Mapping[str, Any], problems: Sequence[Row]) -> int:
    """Keep what became of a sync run; return its number."""
    async with bolt.transaction() as transaction:
        counted = await transaction.run(COUNT_RUN, {"problems": len(problems)})
        number, first = counted
        kept = {column: run[column] for column in RUN_COLUMNS}
        await transaction.run(OLDER, {"program": run["program"], "feed": run["feed"]})
        await transaction.run(RUN, {"run": kept | {"number": number}})
        rows = [
            {column: problem[column] for column in PROBLEM} | {"number": at, "run": number}
            for at, problem in enumerate(problems, first + 1)
        ]
        for statement in _rows(PROBLEMS, rows, 0):
            await transaction.run(*statement)
        await transaction.commit()
        return number
