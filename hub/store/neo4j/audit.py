"""The audit log as nodes that nothing is tied to.

Whoever adds a row holds the lock on the head's node until its transaction is over: so there is one
who adds among all processes, and who has the lock sees every row before the head.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, LiteralString

from hub.store.audit import KEYS, Entry, Head, Log, Notary, clients, ends_day, follow, made_key
from hub.store.deeds import Deed
from hub.store.kept import FOREVER, by_kind
from hub.store.neo4j import texts
from hub.store.neo4j.driver import Bolt, Transaction
from hub.store.neo4j.kept_texts import ALL, PUT

HEAD: Final[LiteralString] = (
    "MATCH (h:AuditHead {name: 'audit'}) SET h.locked = true RETURN h.seq, h.at, h.hash"
)
MOVE_HEAD: Final[LiteralString] = (
    "MATCH (h:AuditHead {name: 'audit'}) SET h.seq = $seq, h.at = $at, h.hash = $hash"
)
ADD: Final[LiteralString] = (
    "CREATE (a:Audit {seq: $seq, text: $text, hash: $hash, revision: $revision}) "
    "WITH a UNWIND $programs AS program CREATE (:AuditOf {program: program, seq: a.seq})"
)
_ROWS: Final = (
    "OPTIONAL MATCH (o:AuditOf) WHERE o.seq = a.seq WITH a, collect(o.program) AS programs "
    "ORDER BY a.seq RETURN collect([a.seq, a.text, a.hash, programs])"
)
PAGE: Final[LiteralString] = (
    "MATCH (a:Audit) WHERE a.seq > $after WITH a ORDER BY a.seq LIMIT $size " + _ROWS
)
OF_PROGRAM: Final[LiteralString] = (
    "MATCH (p:AuditOf) WHERE p.program = $program AND p.seq > $after "
    "WITH p ORDER BY p.program, p.seq LIMIT $size MATCH (a:Audit) WHERE a.seq = p.seq " + _ROWS
)
CLIENTS: Final[LiteralString] = (
    "UNWIND $revisions AS revision MATCH (a:Audit) USING INDEX SEEK a:Audit(revision) "
    "WHERE a.revision = revision RETURN collect([a.revision, a.text])"
)
COUNT: Final[LiteralString] = (
    "MATCH (a:Audit) WHERE NOT coalesce(a.seq > $up_to, false) RETURN count(a)"
)


class Neo4jLog(Log):
    """The rows in the database of the graph."""

    def __init__(self, bolt: Bolt) -> None:
        self._bolt = bolt
        self.notary: Notary | None = None

    async def head(self) -> Head:
        """Return the newest row, once who adds one now is done."""
        async with self._bolt.transaction() as lock:
            return Head(*await lock.run(HEAD, {}))

    async def page(self, after: int, size: int) -> list[Entry]:
        """Return the rows that follow a number."""
        return await self._entries(PAGE, {"after": after, "size": size})

    async def of_program(self, program: str, after: int, size: int) -> list[Entry]:
        """Return the rows that concern a program and follow a number."""
        return await self._entries(OF_PROGRAM, {"program": program, "after": after, "size": size})

    async def count(self, up_to: int) -> int:
        """Return how many rows there are whose number is not past another, or is none."""
        [number] = await self._bolt.read(COUNT, {"up_to": up_to})
        return number

    async def clients(self, revisions: Sequence[int]) -> dict[int, str]:
        """Return the ids of the clients that made revisions."""
        [found] = await self._bolt.read(CLIENTS, {"revisions": list(revisions)})
        return clients((revision, text) for revision, text in found)

    async def append(self, transaction: Transaction, deed: Deed, now: int) -> None:
        """Add the row of a deed to the transaction that does it.

        Raises:
            StoreUnavailableError: A day is over, and its head cannot be signed; or the server does
                not answer.
        """
        head = Head(*await transaction.run(HEAD, {}))
        made = await _add(transaction, head, deed, now)
        if self.notary is not None and ends_day(head, made.at):
            [found] = await transaction.run(ALL, {"kinds": [KEYS], "now": FOREVER - 1})
            keys = by_kind([KEYS], found)[KEYS]
            [store_key] = await transaction.run(texts.KEY, {})
            for kept in self.notary(head, keys, bytes(store_key)):
                await transaction.run(PUT, asdict(kept))
                if kept.kind == KEYS:
                    await _add(transaction, made, made_key().changing(None, kept.value), now)

    async def _entries(self, text: LiteralString, at: Mapping[str, Any]) -> list[Entry]:
        [found] = await self._bolt.read(text, at)
        return [Entry(*row) for row in found]


async def _add(transaction: Transaction, head: Head, deed: Deed, now: int) -> Head:
    """Add a row behind a head; return the head that it makes."""
    made, entry = follow(head, deed, now)
    await transaction.run(ADD, {**asdict(entry), "revision": deed.revision})
    await transaction.run(MOVE_HEAD, asdict(made))
    return made
