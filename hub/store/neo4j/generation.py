"""A generation in the making: staged where no reader looks, then made the newest all at once.

One transaction holds the write lock on the graph's own node from the first to the last step, so
that there is one writer among all processes. What a generation adds and closes is committed in
transactions of its own, with a revision that no reader asks for yet; the last commit, of the lock's
transaction, makes that revision the newest. Neo4j shows a transaction's changes to readers one by
one while it is being committed: so the newest revision is never told in the same commit as its
facts. A generation that was not committed leaves marks, by which the next writer clears it away.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from secrets import token_hex
from typing import Any, Final

from graph_schema.elements import Fact
from hub.errors import StoreLostError, StoreUnavailableError
from hub.store.deeds import Deed
from hub.store.kept import Kept
from hub.store.neo4j import writes
from hub.store.neo4j.audit import Neo4jLog
from hub.store.neo4j.driver import Bolt, Statement, Transaction
from hub.store.neo4j.kept import put
from hub.store.port import OPEN, SHELL, Batch, Latest, Moment, Resolved, Row, Store, Writing

ROWS: Final = 10_000
"""Rows of one transaction of staging."""
FINDING_OUT: Final = 30
"""Times, a second apart, that a server is asked whether a commit without an answer was made."""


class Generation(Writing):
    """What a writer stages and commits."""

    def __init__(self, bolt: Bolt, store: Store, audit: Neo4jLog, lock: Transaction) -> None:
        self.base = Latest(0, 0, 0)
        self.next_node = 1
        self.next_fact = 1
        self._bolt = bolt
        self._store = store
        self._audit = audit
        self._lock = lock
        self._writer = token_hex(16)
        self._next_reference = 1
        self._first_node = 1
        self._first_fact = 1
        self._waiting: list[Statement] = []
        self._profiles: list[Mapping[str, Any]] = []
        self._sent = False
        self._closing = False
        """Whether the lock's own transaction has begun to write what the generation changes."""

    @classmethod
    @asynccontextmanager
    async def begin(cls, bolt: Bolt, store: Store, audit: Neo4jLog) -> AsyncGenerator["Generation"]:
        """Begin once no other is in the making; leaving it without a commit forgets it."""
        async with bolt.transaction() as lock:
            generation = cls(bolt, store, audit, lock)
            await generation._take_over()
            lost = False
            try:
                yield generation
            except StoreLostError:
                lost = True
                raise
            finally:
                # What cannot be cleared away now, the next writer clears away: also where this
                # one's own transaction holds what clearing would wait for.
                if generation._sent and not generation._closing and not lost:
                    with suppress(StoreUnavailableError):
                        await generation._clear()

    async def stage(self, batch: Batch) -> None:
        """Add to the generation."""
        revision = self.base.revision + 1
        self._waiting += writes.staged(batch, revision, self._next_reference)
        self._next_reference += len(batch.references)
        # Nobody sees a node of this generation yet: what it is called need not wait.
        new = [each for each in batch.profiles if each["number"] >= self._first_node]
        self._profiles += [each for each in batch.profiles if each["number"] < self._first_node]
        self._waiting += writes.profiles(new)
        self._waiting += writes.held(batch.held)
        if sum(map(_size, self._waiting)) > ROWS:
            await self._send()

    async def resolve(self, references: Sequence[str]) -> list[Resolved | None]:
        """Return what references stand for, those staged so far included."""
        await self._send()
        return (await self._store.resolve(references, self.base.revision + 1))[1]

    async def facts_at(self, kind: type[Fact], end: str, nodes: Sequence[int]) -> list[Row]:
        """Return the facts that ever named nodes, those staged so far included."""
        await self._send()
        moment = Moment(self.base.revision + 1, OPEN - 1, SHELL)
        return await self._store.facts_at(kind, end, nodes, moment, history=True)

    async def commit(
        self, recorded_at: int, *, law_changed: bool, deed: Deed, kept: Sequence[Kept] = ()
    ) -> Latest:
        """Make the generation the newest revision."""
        revision = self.base.revision + 1
        law = revision if law_changed else self.base.law_revision
        made = {"revision": revision, "recorded_at": recorded_at}
        whose = {"writer": self._writer, "first_fact": self._first_fact}
        self._waiting.append((writes.MADE, {**made, **whose}))
        await self._send()
        self._closing = True
        for statement in writes.profiles(self._profiles):
            await self._lock.run(*statement)
        free = {"next_node": self.next_node, "next_fact": self.next_fact}
        flip = {**made, **free, "next_reference": self._next_reference, "law_revision": law}
        await self._lock.run(writes.FLIP, flip)
        await put(self._lock, kept, time.time_ns() // 1_000)
        await self._lock.run(writes.CLEAR_MARKS, {})
        # The last lock of all, so that who waits for it holds nothing that is wanted here.
        await self._audit.append(self._lock, replace(deed, revision=revision), recorded_at)
        try:
            await self._lock.commit()
        except StoreUnavailableError as error:
            if not await self._was_committed(revision):
                raise
            error.add_note("the commit was made, its answer was lost")
        return Latest(revision, recorded_at, law)

    async def _take_over(self) -> None:
        """Wait for the lock, clear away what a killed writer left, and read what is free."""
        await self._lock.run(writes.LOCK, {"writer": self._writer})
        [left] = await self._lock.run(writes.STAGED, {})
        if left:
            await self._clear()
        revision, recorded_at, law, node, fact, reference = await self._lock.run(writes.BASE, {})
        self.base = Latest(revision, recorded_at, law)
        self.next_node = self._first_node = node
        self.next_fact = self._first_fact = fact
        self._next_reference = reference

    async def _send(self) -> None:
        """Commit what waits, out of readers' sight, in transactions of a bounded size."""
        if self._waiting and not self._sent:
            self._waiting.insert(0, writes.BEGUN)
            self._sent = True
        while self._waiting:
            some, size = [self._waiting.pop(0)], 0
            while self._waiting and (size := size + _size(some[-1])) < ROWS:
                some.append(self._waiting.pop(0))
            answers = await self._bolt.apply(some)
            for (_, parameters), answer in zip(some, answers, strict=True):
                if answer and answer[0] != len(parameters["rows"]):
                    msg = "a staged fact names a node that is neither known nor staged before it"
                    raise ValueError(msg)

    async def _clear(self) -> None:
        for text in writes.undone():
            await self._bolt.alone(text, {})
        await self._bolt.apply([(writes.CLEAR_MARKS, {})])

    async def _was_committed(self, revision: int) -> bool:
        """Find out whether a commit was made whose answer never came.

        The lock is taken again: once it is had, the lost transaction is over, one way or other.
        """
        for _ in range(FINDING_OUT):
            with suppress(StoreUnavailableError):
                async with self._bolt.transaction() as lock:
                    await lock.run(writes.LOCK, {"writer": self._writer})
                    asked = {"revision": revision, "writer": self._writer}
                    [committed] = await lock.run(writes.WRITTEN, asked)
                    return bool(committed)
            await asyncio.sleep(1)
        msg = (
            f"the store at {self._bolt.url} went away while revision {revision} was committed, and "
            "whether it was is not known; repeat the run: what is known already costs nothing"
        )
        raise StoreUnavailableError(msg)


def _size(statement: Statement) -> int:
    return len(statement[1].get("rows", ()))
