"""Records beside the graph, as nodes that nothing is tied to.

A write first takes the node's lock and then looks whether the record has expired: of two that find
the same expired one, the second sees what the first made of it.
"""

import time
from contextlib import suppress
from typing import Any, Final, LiteralString

from hub.errors import StoreUnavailableError
from hub.store.kept import FOREVER, Records
from hub.store.neo4j.driver import Bolt

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
GET: Final[LiteralString] = (
    "MATCH (k:Kept {kind: $kind, key: $key}) WHERE k.expires_at > $now RETURN collect(k.value)"
)
ALL: Final[LiteralString] = (
    "MATCH (k:Kept {kind: $kind}) WHERE k.expires_at > $now "
    "WITH k.key AS key, k.value AS value ORDER BY key RETURN collect([key, value])"
)
DROP: Final[LiteralString] = (
    "MATCH (k:Kept {kind: $kind, key: $key}) WITH k, k.expires_at > $now AS there "
    "DELETE k RETURN any(each IN collect(there) WHERE each)"
)
SWEEP: Final[LiteralString] = (
    "MATCH (k:Kept) WHERE k.expires_at <= $now WITH k LIMIT 100 SET k.locked = true "
    "WITH k WHERE k.expires_at <= $now DELETE k"
)


class Neo4jRecords(Records):
    """Records in the database of the graph."""

    def __init__(self, bolt: Bolt) -> None:
        self._bolt = bolt

    async def put_once(self, kind: str, key: str, value: str, expires_at: int = FOREVER) -> bool:
        """Keep a record unless there is one."""
        at = {"kind": kind, "key": key, "value": value, "expires_at": expires_at}
        [kept] = await self._write(PUT_ONCE, at)
        return kept

    async def put(self, kind: str, key: str, value: str, expires_at: int = FOREVER) -> None:
        """Keep a record in the place of the one there may be."""
        at = {"kind": kind, "key": key, "value": value, "expires_at": expires_at}
        await self._write(PUT, at)

    async def get(self, kind: str, key: str) -> str | None:
        """Return the value of a record."""
        [found] = await self._bolt.read(GET, {"kind": kind, "key": key, "now": _now()})
        return found[0] if found else None

    async def all(self, kind: str) -> dict[str, str]:
        """Return the values of all records of a kind."""
        [found] = await self._bolt.read(ALL, {"kind": kind, "now": _now()})
        return dict(found)

    async def drop(self, kind: str, key: str) -> bool:
        """Forget a record."""
        [there] = await self._write(DROP, {"kind": kind, "key": key})
        return there

    async def _write(self, text: LiteralString, at: dict[str, Any]) -> Any:  # noqa: ANN401
        """Apply a statement, then sweep away a bounded part of what has expired."""
        [answer] = await self._bolt.apply([(text, at | {"now": _now()})])
        # What cannot be swept now, because others sweep, the next write sweeps.
        with suppress(StoreUnavailableError):
            await self._bolt.apply([(SWEEP, {"now": _now()})])
        return answer


def _now() -> int:
    return time.time_ns() // 1_000
