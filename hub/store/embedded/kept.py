"""Records beside the graph, in a table of the same file."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import orjson

from hub.errors import ConflictError
from hub.store.deeds import Deed
from hub.store.embedded.audit import EmbeddedLog
from hub.store.embedded.database import Database, transaction
from hub.store.embedded.kept_texts import ALL, DROP, GET, PUT, PUT_ONCE, SOME, SWEEP
from hub.store.kept import NOTHING, Kept, Records, by_kind

Tell = Callable[[sqlite3.Connection, str | None], None]
"""Writes into the log what is done, where the value before it is known."""


class EmbeddedRecords(Records):
    """Records in a SQLite file; a write waits for the generation in the making."""

    def __init__(self, database: Database, one_writer: asyncio.Lock, audit: EmbeddedLog) -> None:
        self._database = database
        self._one_writer = one_writer
        self._audit = audit

    async def put_once(self, record: Kept, *, deed: Deed | None = None) -> bool:
        """Keep a record unless there is one."""
        return bool(await self._write(PUT_ONCE, asdict(record), deed))

    async def put(self, record: Kept, *, deed: Deed | None = None) -> None:
        """Keep a record in the place of the one there may be."""
        await self._write(PUT, asdict(record), deed)

    async def put_all(self, records: Sequence[Kept], *, deed: Deed) -> None:
        """Keep records, all of them or none."""
        now = _now()

        def tell(connection: sqlite3.Connection, before: str | None) -> None:
            self._audit.append(connection, deed.changing(before, records[0].value), now)

        async with self._one_writer:
            await self._database.write(_put_all, records, now, tell)

    async def get(self, kind: str, key: str) -> str | None:
        """Return the value of a record."""
        found = await self._database.read(_rows, GET, {"kind": kind, "key": key, "now": _now()})
        return found[0][0] if found else None

    async def some(self, named: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Return the values of some records."""
        at = {"named": orjson.dumps(named).decode(), "now": _now()}
        found = await self._database.read(_rows, SOME, at)
        return {(kind, key): value for kind, key, value in found}

    async def every(self, kinds: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return the values of all records of some kinds."""
        at = {"kinds": orjson.dumps(kinds).decode(), "now": _now()}
        return by_kind(kinds, await self._database.read(_rows, ALL, at))

    async def drop(self, kind: str, key: str) -> bool:
        """Forget a record."""
        return bool(await self._write(DROP, {"kind": kind, "key": key}))

    async def _write(self, text: str, at: Mapping[str, Any], deed: Deed | None = None) -> int:
        now = _now()

        def tell(connection: sqlite3.Connection, before: str | None) -> None:
            if deed is not None:
                self._audit.append(connection, deed.changing(before, at["value"]), now)

        async with self._one_writer:
            return await self._database.write(_written, text, {**at, "now": now}, tell)


def _rows(connection: sqlite3.Connection, text: str, at: Mapping[str, Any]) -> list[Any]:
    return connection.execute(text, at).fetchall()


def _written(connection: sqlite3.Connection, text: str, at: Mapping[str, Any], tell: Tell) -> int:
    """Apply a statement and sweep away a bounded part of what has expired.

    Returns:
        How many records it changed, or what it says of the one that it dropped.

    Raises:
        StoreUnavailableError: Another process has been writing for too long, or the disk fails.
    """
    with transaction(connection):
        before = connection.execute(GET, at).fetchone()
        done = connection.execute(text, at)
        told = done.fetchall()
        changed = sum(row[0] for row in told) if done.description else done.rowcount
        if changed:
            tell(connection, before and before[0])
        connection.execute(SWEEP, {"now": at["now"]})
    return changed


def _put_all(connection: sqlite3.Connection, records: Sequence[Kept], now: int, tell: Tell) -> None:
    """Keep records in one transaction.

    Raises:
        ConflictError: Another value is there than one of them is kept instead of.
        StoreUnavailableError: Another process has been writing for too long, or the disk fails.
    """
    first = records[0]
    at = {"kind": first.kind, "key": first.key, "now": now}
    with transaction(connection):
        before = connection.execute(GET, at).fetchone()
        put(connection, records, now)
        tell(connection, before and before[0])
        connection.execute(SWEEP, {"now": now})


def put(connection: sqlite3.Connection, records: Sequence[Kept], now: int) -> None:
    """Keep records within a transaction.

    Raises:
        ConflictError: Another value is there than one of them is kept instead of.
    """
    for each in records:
        at = {"kind": each.kind, "key": each.key, "now": now}
        if each.instead_of is not None:
            found = connection.execute(GET, at).fetchone()
            if (found[0] if found else NOTHING) != each.instead_of:
                msg = "somebody else changed it first; read it again"
                raise ConflictError(msg)
        connection.execute(PUT, asdict(each))


def _now() -> int:
    return time.time_ns() // 1_000
