"""Logs of several days, and hands that tamper with them beside the hub."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import date, timedelta
from typing import Any, Final, LiteralString

import orjson

from hub.audit.chain import Chain
from hub.audit.verify import Kept, verify
from hub.oauth.keys import Seal
from hub.settings import Settings
from hub.store.audit import FIRST, Entry, canonical
from hub.store.deeds import sha256
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import Store
from tests.conftest import AnyStore
from tests.store.worlds import program, site, write

SETTINGS: Final = Settings()
FIRST_DAY: Final = date(2020, 1, 1)
MOST: Final = 1_000
"""More rows than any log here has."""


async def written(store: Store, days: int = 3) -> list[Entry]:
    """Write on several days, two times on each; return the rows."""
    await write(store, program("alpha"), on=FIRST_DAY.isoformat())
    for number in range(1, 2 * days):
        on = FIRST_DAY + timedelta(days=number // 2)
        await write(store, [site("alpha", number)], on=on.isoformat())
    return await store.audit.page(0, MOST)


def said(entry: Entry) -> dict[str, Any]:
    """Return what a row says."""
    return orjson.loads(entry.text)


def saying(entry: Entry, **changed: object) -> Entry:
    """Return a row that says something else, with the hash of that."""
    text = canonical(said(entry) | changed)
    return Entry(entry.seq, text, sha256(text), entry.programs)


def rewritten(rows: Sequence[Entry]) -> list[Entry]:
    """Return rows as a chain of their own, all numbers and hashes as they should be."""
    before, made = FIRST, list[Entry]()
    for seq, row in enumerate(rows, start=1):
        told = saying(row, seq=seq, previousHash=before)
        made.append(Entry(seq, told.text, told.hash, row.programs))
        before = told.hash
    return made


async def found(store: Store, *elsewhere: Kept, settings: Settings = SETTINGS) -> list[str]:
    """Return all that verification finds."""
    seal = Seal(settings, await store.key())
    return [told async for told in verify(store, seal, elsewhere, Chain())]


async def replace(store: AnyStore, rows: Sequence[Entry], *, head: bool = True) -> None:
    """Have a store hold these rows in the place of all that it holds, as a hand would do it."""
    await run(store, "DELETE FROM audit", "MATCH (a:Audit) DELETE a")
    await run(store, "DELETE FROM audit_of", "MATCH (a:AuditOf) DELETE a")
    for row in rows:
        at = {"seq": row.seq, "text": row.text, "hash": row.hash}
        await run(
            store,
            "INSERT INTO audit (seq, text, hash) VALUES (:seq, :text, :hash)",
            "CREATE (:Audit {seq: $seq, text: $text, hash: $hash})",
            **at,
        )
        for code in row.programs:
            await run(
                store,
                "INSERT INTO audit_of VALUES (:program, :seq)",
                "CREATE (:AuditOf {program: $program, seq: $seq})",
                program=code,
                seq=row.seq,
            )
    if head and rows:
        await run(
            store,
            "UPDATE audit_head SET seq = :seq, hash = :hash",
            "MATCH (h:AuditHead) SET h.seq = $seq, h.hash = $hash",
            seq=rows[-1].seq,
            hash=rows[-1].hash,
        )


async def forget_heads(store: AnyStore) -> None:
    """Take the signed heads and their keys from a store."""
    await run(
        store,
        "DELETE FROM kept WHERE kind LIKE 'audit-%'",
        "MATCH (k:Kept) WHERE k.kind STARTS WITH 'audit-' DELETE k",
    )


async def run(store: AnyStore, sql: str, cypher: LiteralString, **at: object) -> None:
    """Do something to the store, past the hub."""
    if not isinstance(store, EmbeddedStore):
        await store.bolt.apply([(cypher, at)])
        return
    with closing(sqlite3.connect(store.database.path)) as connection, connection:
        for change in ("UPDATE", "DELETE"):
            connection.execute(f"DROP TRIGGER IF EXISTS audit_stays_{change}")
        connection.execute(sql, at)
