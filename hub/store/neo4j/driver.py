"""One database of a Neo4j server, every call bounded in time, its errors in one plain line.

No setting of the driver bounds a call to a server that froze. A call without an answer for some
seconds therefore asks on another connection whether the server still answers: a long question
goes on, a dead server is found out.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from math import inf
from typing import Any, Final, LiteralString, TypeVar, cast

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    AsyncDriver,
    AsyncGraphDatabase,
    AsyncSession,
    AsyncTransaction,
    NotificationMinimumSeverity,
    Query,
)
from neo4j.exceptions import DriverError, Neo4jError, ServiceUnavailable, SessionExpired

from hub.errors import StoreLostError, StoreUnavailableError
from hub.spans import span
from hub.store.breaker import Breaker
from hub.store.deadline import current
from hub.store.neo4j.faults import SCHEMES, translated

CONNECT: Final = 2.0
"""Seconds for a connection to be made."""
ACQUIRE: Final = 3.0
"""Seconds for a connection of the pool to be free."""
PATIENCE: Final = 2.5
"""Seconds without an answer after which the server is asked whether it is there."""
ANSWER: Final = 2.0
"""Seconds that it has to say so."""
OPENING: Final = 4.5
"""Seconds for the first contact."""
LONGEST: Final = 600.0
"""Seconds after which a call is given up although the server answers."""

GRACE: Final = 0.2
"""Seconds after its deadline at which a question ends; who waits for it has been told before."""

OLDEST: Final = (5, 23)
"""The first version that knows every word of our texts."""
VERSION: Final = "CALL dbms.components() YIELD versions RETURN versions[0]"

Statement = tuple[LiteralString, Mapping[str, Any]]
"""A text and its parameters."""
_T = TypeVar("_T")
_LOST: Final = (ServiceUnavailable, SessionExpired, OSError)


class Bolt:
    """A pool of connections to one database."""

    def __init__(self, url: str, user: str, password: str | None, database: str) -> None:
        self.url = url
        self.round_trips = 0
        """Questions put to the server so far; tests see that it does not grow with rows."""
        self._user = user
        self._password = password
        self._database = database
        self._driver: AsyncDriver | None = None
        self._breaker = Breaker()

    async def open(self) -> None:
        """Find out that there is a Neo4j that lets us in and is new enough.

        Raises:
            StoreUnavailableError: There is none, or it does not; within five seconds.
        """
        if self.url.partition("://")[0] not in SCHEMES:
            msg = f"{self.url} is no address of a Neo4j; write neo4j://host:7687"
            raise StoreUnavailableError(msg)
        with translated(self.url, self._user):
            self._driver = AsyncGraphDatabase.driver(
                self.url,
                auth=None if self._password is None else (self._user, self._password),
                connection_timeout=CONNECT,
                connection_acquisition_timeout=ACQUIRE,
                max_transaction_retry_time=3,
                liveness_check_timeout=30,
                notifications_min_severity=NotificationMinimumSeverity.OFF,
                telemetry_disabled=True,
            )
            try:
                async with asyncio.timeout(OPENING):
                    [[version]] = await self._run(VERSION, {})
            except BaseException:
                await self.close()
                raise
        if tuple(map(int, version.split(".")[:2])) < OLDEST:
            await self.close()
            msg = f"{self.url} is Neo4j {version}; the hub needs 5.26 or newer"
            raise StoreUnavailableError(msg)

    async def close(self) -> None:
        """Close every connection."""
        driver, self._driver = self._driver, None
        if driver is not None:
            with suppress(DriverError, Neo4jError, OSError, TimeoutError):
                async with asyncio.timeout(ANSWER):
                    await driver.close()

    async def read(self, text: LiteralString, parameters: Mapping[str, Any]) -> Sequence[Any]:
        """Return the values of the one record that a question answers with: one round trip.

        A connection that a restart of the server broke is found out here, and replaced once.

        Raises:
            StoreUnavailableError: The server does not answer.
        """
        self.round_trips += 1
        called, plainly = self._breaker.call(), translated(self.url, self._user)
        with span("store_read", store="neo4j"), called, plainly:
            with suppress(*_LOST):
                return (await self._watched(self._run(text, parameters)))[0]
            return (await self._watched(self._run(text, parameters)))[0]

    async def plan(
        self, text: LiteralString, parameters: Mapping[str, Any], *, profile: bool = False
    ) -> dict[str, Any]:
        """Return how the server would answer a question, or did, with what each step cost."""
        async with self._session(READ_ACCESS) as session:
            how = "PROFILE" if profile else "EXPLAIN"
            summary = await (await session.run(f"{how} {text}", dict(parameters))).consume()
            return cast("dict[str, Any]", summary.profile or summary.plan or {})

    async def apply(self, statements: Sequence[Statement]) -> list[Sequence[Any]]:
        """Apply statements in one transaction, all or none; return the record of each.

        Raises:
            StoreUnavailableError: The server does not answer; whether they were applied is then
                not known.
        """
        async with self.transaction() as transaction:
            answers = [await transaction.run(*statement) for statement in statements]
            await transaction.commit()
            return answers

    async def alone(self, text: LiteralString, parameters: Mapping[str, Any]) -> None:
        """Run a statement that makes its own transactions, or changes the schema."""
        with self._breaker.call(), translated(self.url, self._user):
            await self._watched(self._run(text, parameters, WRITE_ACCESS))

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator["Transaction"]:
        """Begin a transaction; left without a commit it never was."""
        session = self._session(WRITE_ACCESS)
        try:
            with self._breaker.call(), translated(self.url, self._user):
                begun = await self._watched(session.begin_transaction())
            yield Transaction(self, begun)
        except StoreLostError:
            session.cancel()  # a server that is lost is not waited for once more
            raise
        finally:
            with suppress(DriverError, Neo4jError, OSError, StoreUnavailableError):
                await self._watched(session.close())

    async def watched(self, call: Awaitable[_T]) -> _T:
        """Wait for a call for as long as the server answers others."""
        with translated(self.url, self._user):
            return await self._watched(_awaited(call))

    def _session(self, access: str) -> AsyncSession:
        if self._driver is None:
            msg = f"the store at {self.url} is not open"
            raise StoreUnavailableError(msg)
        return self._driver.session(
            database=self._database, default_access_mode=access, fetch_size=-1
        )

    async def _run(
        self, text: LiteralString, parameters: Mapping[str, Any], access: str = READ_ACCESS
    ) -> list[list[Any]]:
        async with self._session(access) as session:
            result = await session.run(_ending(text), dict(parameters))
            return await result.values()

    async def _watched(self, call: Coroutine[Any, Any, _T]) -> _T:
        running = asyncio.ensure_future(call)
        try:
            async with asyncio.timeout(LONGEST):
                while not (await asyncio.wait({running}, timeout=PATIENCE))[0]:
                    await self._answers()
                return running.result()
        except TimeoutError as error:
            msg = f"the store at {self.url} does not answer; is it overloaded, or frozen?"
            raise StoreLostError(msg) from error
        finally:
            if not running.done():
                # It is over before anything else is asked of the same session.
                running.cancel()
                await asyncio.wait({running}, timeout=ANSWER)

    async def _answers(self) -> None:
        """Find out that the server answers.

        Raises:
            TimeoutError: It does not.
        """
        async with asyncio.timeout(ANSWER):
            await self._run("RETURN 1", {})


def _ending(text: LiteralString) -> LiteralString | Query:
    """Return a question that the server ends soon after its deadline, whoever still waits."""
    deadline = current()
    if deadline is None or deadline.until == inf:
        return text
    return Query(text, timeout=max(0.0, deadline.until - time.monotonic()) + GRACE)


class Transaction:
    """An open transaction."""

    def __init__(self, bolt: Bolt, begun: AsyncTransaction) -> None:
        self._bolt = bolt
        self._begun = begun

    async def run(self, text: LiteralString, parameters: Mapping[str, Any]) -> Sequence[Any]:
        """Run a statement in it; return its one record, or nothing where it gives none."""
        rows = await self._bolt.watched(self._run(text, parameters))
        return rows[0] if rows else ()

    async def commit(self) -> None:
        """Make it so."""
        await self._bolt.watched(self._begun.commit())

    async def _run(self, text: LiteralString, parameters: Mapping[str, Any]) -> list[list[Any]]:
        result = await self._begun.run(text, dict(parameters))
        return await result.values()


async def _awaited(call: Awaitable[_T]) -> _T:
    return await call
