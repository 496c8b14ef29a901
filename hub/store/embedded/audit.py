"""The audit log in tables of the same file; triggers refuse to change or remove its rows."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import orjson

from hub.store.audit import KEYS, Entry, Head, Log, Notary, clients, ends_day, follow, made_key
from hub.store.deeds import Deed
from hub.store.embedded import reads
from hub.store.embedded.database import Database
from hub.store.embedded.kept_texts import ALL, PUT
from hub.store.kept import FOREVER, by_kind

HEAD: Final = "SELECT seq, at, hash FROM audit_head WHERE one = 1"
MOVE_HEAD: Final = (
    "INSERT INTO audit_head (one, seq, at, hash) VALUES (1, :seq, :at, :hash) "
    "ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, at = excluded.at, hash = excluded.hash"
)
ADD: Final = "INSERT INTO audit (seq, text, hash, revision) VALUES (:seq, :text, :hash, :revision)"
ADD_OF: Final = "INSERT INTO audit_of (program, seq) VALUES (:program, :seq)"
_ROW: Final = (
    "SELECT a.seq, a.text, a.hash, "
    "(SELECT json_group_array(program) FROM audit_of o WHERE o.seq = a.seq) FROM "
)
PAGE: Final = f"{_ROW} audit a WHERE a.seq > :after ORDER BY a.seq LIMIT :size"
OF_PROGRAM: Final = (
    f"{_ROW} audit_of p JOIN audit a ON a.seq = p.seq "
    "WHERE p.program = :program AND p.seq > :after ORDER BY p.seq LIMIT :size"
)
CLIENTS: Final = (
    "SELECT a.revision, a.text FROM json_each(:revisions) j CROSS JOIN audit a "
    "ON a.revision = j.value"
)
COUNT: Final = "SELECT count(*) FROM audit WHERE seq <= :up_to"


class EmbeddedLog(Log):
    """The rows in a SQLite file."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.notary: Notary | None = None

    async def head(self) -> Head:
        """Return the newest row."""
        return await self._database.read(_head)

    async def page(self, after: int, size: int) -> list[Entry]:
        """Return the rows that follow a number."""
        return await self._database.read(_entries, PAGE, {"after": after, "size": size})

    async def of_program(self, program: str, after: int, size: int) -> list[Entry]:
        """Return the rows that concern a program and follow a number."""
        at = {"program": program, "after": after, "size": size}
        return await self._database.read(_entries, OF_PROGRAM, at)

    async def count(self, up_to: int) -> int:
        """Return how many rows there are whose number is not past another."""
        [number] = await self._database.read(reads.numbers, COUNT, {"up_to": up_to})
        return number

    async def clients(self, revisions: Sequence[int]) -> dict[int, str]:
        """Return the ids of the clients that made revisions."""
        at = {"revisions": reads.listed(revisions)}
        return clients((await self._database.read(reads.counted, CLIENTS, at)).items())

    def append(self, connection: sqlite3.Connection, deed: Deed, now: int) -> None:
        """Add the row of a deed to the transaction that does it.

        Raises:
            StoreUnavailableError: A day is over, and its head cannot be signed.
        """
        head = _head(connection)
        made = _add(connection, head, deed, now)
        if self.notary is not None and ends_day(head, made.at):
            at = {"kinds": f'["{KEYS}"]', "now": FOREVER - 1}
            keys = by_kind([KEYS], connection.execute(ALL, at))[KEYS]
            for kept in self.notary(head, keys, reads.key(connection)):
                connection.execute(PUT, asdict(kept))
                if kept.kind == KEYS:
                    _add(connection, made, made_key().changing(None, kept.value), now)


def _add(connection: sqlite3.Connection, head: Head, deed: Deed, now: int) -> Head:
    """Add a row behind a head; return the head that it makes."""
    made, entry = follow(head, deed, now)
    row = {"seq": entry.seq, "text": entry.text, "hash": entry.hash, "revision": deed.revision}
    connection.execute(ADD, row)
    of = [{"program": program, "seq": entry.seq} for program in entry.programs]
    connection.executemany(ADD_OF, of)
    connection.execute(MOVE_HEAD, asdict(made))
    return made


def _head(connection: sqlite3.Connection) -> Head:
    found = connection.execute(HEAD).fetchone()
    return Head(*found) if found else Head()


def _entries(connection: sqlite3.Connection, text: str, at: Mapping[str, Any]) -> list[Entry]:
    return [
        Entry(seq, said, hash_, orjson.loads(programs))
        for seq, said, hash_, programs in connection.execute(text, at)
    ]
