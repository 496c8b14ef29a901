"""Making a database ready: constraints, indexes, and the node that holds the graph's own state."""

from typing import Final, LiteralString

from graph_schema.exchange import FACTS
from hub.errors import StoreUnavailableError
from hub.store.audit import FIRST
from hub.store.neo4j import schema
from hub.store.neo4j.driver import Bolt
from hub.store.neo4j.writes import gone_before

_WRITTEN_BY: Final[LiteralString] = (
    "OPTIONAL MATCH (m:Meta {name: 'meta'}) RETURN coalesce(max(m.version), 0)"
)
_KNOWN: Final[LiteralString] = "SHOW INDEXES YIELD name RETURN collect(name)"
_NEWEST: Final[LiteralString] = (
    "MATCH (r:Run) WITH r.program AS program, r.feed AS feed, max(r.number) AS newest "
    "MATCH (r:Run {number: newest}) SET r:Newest"
)
"""Once, where runs were kept before their newest was marked, as its index tells."""
_INDEX: Final = "newest_program_feed"
_READY: Final[LiteralString] = "CALL db.awaitIndexes(600)"
_META: Final[LiteralString] = (
    "MERGE (m:Meta {name: 'meta'}) ON CREATE SET m.key = $key, m.revision = 0, m.recorded_at = 0, "
    "m.law_revision = 0, m.next_node = 1, m.next_fact = 1, m.next_reference = 1 "
    "SET m.version = $version"
)
_COUNTER: Final[LiteralString] = (
    "MERGE (c:Counter {name: 'run'}) ON CREATE SET c.runs = 0, c.problems = 0"
)

_AUDIT: Final[LiteralString] = (
    "MERGE (h:AuditHead {name: 'audit'}) ON CREATE SET h.seq = 0, h.at = 0, h.hash = $first"
)


async def prepare(bolt: Bolt, key: bytes) -> None:
    """Make what is not there yet.

    Args:
        bolt: An open connection.
        key: Of public ids, where the database has none yet.

    Raises:
        StoreUnavailableError: The database was written by a newer hub.
    """
    [version] = await bolt.read(_WRITTEN_BY, {})
    if version > schema.VERSION:
        msg = f"the store at {bolt.url} was written by a newer hub; update this one"
        raise StoreUnavailableError(msg)
    [known] = await bolt.read(_KNOWN, {})
    if _INDEX not in known:
        await bolt.alone(_NEWEST, {})
    if version:
        for kind in FACTS:
            if schema.gone_index(kind) not in known:
                await bolt.alone(gone_before(kind), {})
    missing: list[LiteralString] = [
        text for name, text in schema.statements().items() if name not in known
    ]
    for text in missing:
        await bolt.alone(text, {})
    if missing:
        await bolt.alone(_READY, {})
    made = {"key": key, "version": schema.VERSION}
    await bolt.apply([(_META, made), (_COUNTER, {}), (_AUDIT, {"first": FIRST})])
