"""Texts of Cypher for the records beside the graph.

A write first takes the node's lock and then looks whether the record has expired: of two that find
the same expired one, the second sees what the first made of it.
"""

from typing import Final, LiteralString

PUT_ONCE: Final[LiteralString] = (
    "MERGE (k:Kept {kind: $kind, key: $key}) ON CREATE SET k.expires_at = 0 "
    "SET k.locked = true WITH k, k.expires_at <= $now AS free "
    "SET k.value = CASE WHEN free THEN $value ELSE k.value END, "
    "k.expires_at = CASE WHEN free THEN $expires_at ELSE k.expires_at END "
    "RETURN free"
)
PUT: Final[LiteralString] = (
    "MERGE (k:Kept {kind: $kind, key: $key}) SET k.value = $value, k.expires_at = $expires_at"
)
PUT_SOME: Final[LiteralString] = (
    "UNWIND $records AS record MERGE (k:Kept {kind: record.kind, key: record.key}) "
    "SET k.value = record.value, k.expires_at = record.expires_at"
)
HELD: Final[LiteralString] = (
    "OPTIONAL MATCH (k:Kept {kind: $kind, key: $key}) SET k.locked = true "
    "WITH k RETURN CASE WHEN k.expires_at > $now THEN k.value END"
)
"""Takes the lock of a record that there may be, and tells its value."""
GET: Final[LiteralString] = (
    "MATCH (k:Kept {kind: $kind, key: $key}) WHERE k.expires_at > $now RETURN collect(k.value)"
)
SOME: Final[LiteralString] = (
    "UNWIND $named AS named MATCH (k:Kept {kind: named[0], key: named[1]}) "
    "WHERE k.expires_at > $now RETURN collect([k.kind, k.key, k.value])"
)
ALL: Final[LiteralString] = (
    "UNWIND $kinds AS kind MATCH (k:Kept {kind: kind}) WHERE k.expires_at > $now "
    "WITH k ORDER BY k.key RETURN collect([k.kind, k.key, k.value])"
)
DROP: Final[LiteralString] = (
    "MATCH (k:Kept {kind: $kind, key: $key}) WITH k, k.expires_at > $now AS there "
    "DELETE k RETURN any(each IN collect(there) WHERE each)"
)
SWEEP: Final[LiteralString] = (
    "MATCH (k:Kept) WHERE k.expires_at <= $now WITH k LIMIT 100 SET k.locked = true "
    "WITH k WHERE k.expires_at <= $now DELETE k"
)
