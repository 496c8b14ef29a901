"""Records beside the graph, as nodes that nothing is tied to."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any, LiteralString

from hub.errors import ConflictError, StoreUnavailableError
from hub.store.deeds import Deed
from hub.store.kept import NOTHING, Kept, Records, by_kind
from hub.store.neo4j.audit import Neo4jLog
from hub.store.neo4j.driver import Bolt, Transaction
from hub.store.neo4j.kept_texts import ALL, DROP, GET, HELD, PUT, PUT_ONCE, PUT_SOME, SOME, SWEEP


class Neo4jRecords(Records):
    """Records in the database of the graph."""

    def __init__(self, bolt: Bolt, audit: Neo4jLog) -> None:
        self._bolt = bolt
        self._audit = audit

    async def put_once(self, record: Kept, *, deed: Deed | None = None) -> bool:
        """Keep a record unless there is one."""
        [kept] = await self._write(PUT_ONCE, asdict(record), deed)
        return kept

    async def put(self, record: Kept, *, deed: Deed | None = None) -> None:
        """Keep a record in the place of the one there may be."""
        await self._write(PUT, asdict(record), deed)

    async def put_all(self, records: Sequence[Kept], *, deed: Deed) -> None:
        """Keep records, all of them or none."""
        now, first = _now(), records[0]
        async with self._bolt.transaction() as transaction:
            [before] = await transaction.run(HELD, _at(first, now))
            await put(transaction, records, now)
            await self._audit.append(transaction, deed.changing(before, first.value), now)
            await transaction.commit()
        await self._sweep(now)

    async def get(self, kind: str, key: str) -> str | None:
        """Return the value of a record."""
        [found] = await self._bolt.read(GET, {"kind": kind, "key": key, "now": _now()})
        return found[0] if found else None

    async def some(self, named: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Return the values of some records."""
        at = {"named": [list(each) for each in named], "now": _now()}
        [found] = await self._bolt.read(SOME, at)
        return {(kind, key): value for kind, key, value in found}

    async def every(self, kinds: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return the values of all records of some kinds."""
        [found] = await self._bolt.read(ALL, {"kinds": list(kinds), "now": _now()})
        return by_kind(kinds, found)

    async def drop(self, kind: str, key: str) -> bool:
        """Forget a record."""
        [there] = await self._write(DROP, {"kind": kind, "key": key})
        return there

    async def _write(
        self, text: LiteralString, at: dict[str, Any], deed: Deed | None = None
    ) -> Any:  # noqa: ANN401
        """Apply a statement, then sweep away a bounded part of what has expired."""
        now = _now()
        at |= {"now": now}
        if deed is None:
            [answer] = await self._bolt.apply([(text, at)])
        else:
            answer = await self._told(text, at, deed, now)
        await self._sweep(now)
        return answer

    async def _sweep(self, now: int) -> None:
        # What cannot be swept now, because others sweep, the next write sweeps.
        with suppress(StoreUnavailableError):
            await self._bolt.apply([(SWEEP, {"now": now})])

    async def _told(self, text: LiteralString, at: dict[str, Any], deed: Deed, now: int) -> Any:  # noqa: ANN401
        """Apply a statement and add a row to the log, unless it says that it changed nothing."""
        async with self._bolt.transaction() as transaction:
            [before] = await transaction.run(HELD, at)
            answer = await transaction.run(text, at)
            if all(answer):
                await self._audit.append(transaction, deed.changing(before, at["value"]), now)
            await transaction.commit()
            return answer


async def put(transaction: Transaction, records: Sequence[Kept], now: int) -> None:
    """Keep records within a transaction.

    Raises:
        ConflictError: Another value is there than one of them is kept instead of.
    """
    for each in records:
        if each.instead_of is None:
            continue
        if each.instead_of == NOTHING:
            [fits] = await transaction.run(PUT_ONCE, {**asdict(each), "now": now})
        else:
            [found] = await transaction.run(HELD, _at(each, now))
            fits = found == each.instead_of
        if not fits:
            msg = "somebody else changed it first; read it again"
            raise ConflictError(msg)
    if records:
        await transaction.run(PUT_SOME, {"records": [asdict(each) for each in records]})


def _at(record: Kept, now: int) -> dict[str, Any]:
    return {"kind": record.kind, "key": record.key, "now": now}


def _now() -> int:
    return time.time_ns() // 1_000
