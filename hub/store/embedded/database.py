"""The SQLite file: one writer, readers in threads, and a count of the questions put to it."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar

from hub.errors import StoreUnavailableError
from hub.spans import span
from hub.store.deadline import current, exceeded
from hub.store.embedded import schema

MEMORY: Final = ":memory:"
_READERS: Final = 4
_MAPPED: Final = 2**30
"""Bytes of the file that are read as memory, which makes many small reads quicker."""
_OURS: Final = frozenset({"meta", "revision", "node", "reference", "in_force"})
"""Tables that every store has had from its first generation on."""
_GRACE: Final = 0.2
"""Seconds after its deadline at which a question ends; who waits for it has been told before."""
_LOOKED_AT: Final = 10_000
"""Steps of SQLite after which the time is looked at."""
_P = ParamSpec("_P")
_T = TypeVar("_T")


class Database:
    """Connections to one file, each used by the thread that made it.

    A store in memory has one connection that all share: what a generation stages there is not
    seen by readers, because they ask for facts of the newest revision.
    """

    def __init__(self, path: str, *, mapped: bool = True) -> None:
        self.path = path
        self._mapped = _MAPPED if mapped else 0
        self.round_trips = 0
        """Questions put to the file so far; tests see that it does not grow with rows."""
        self._in_memory = path == MEMORY
        self._writer = ThreadPoolExecutor(1, "hub-writer")
        self._readers = self._writer if self._in_memory else ThreadPoolExecutor(_READERS, "hub")
        self._mine = threading.local()
        self._made: list[sqlite3.Connection] = []
        self._guard = threading.Lock()

    async def open(self) -> None:
        """Make the tables and indexes of the present vocabulary.

        Raises:
            StoreUnavailableError: The file cannot be opened, is no database, or was written by a
                newer hub.
        """
        try:
            version = await self.write(_prepare)
        except sqlite3.Error as error:
            msg = f"cannot use {self.path} as a store: {error}"
            raise StoreUnavailableError(msg) from error
        if version > schema.VERSION:
            msg = f"{self.path} was written by a newer hub; update this one"
            raise StoreUnavailableError(msg)

    async def close(self) -> None:
        """Close every connection."""
        await asyncio.to_thread(self._readers.shutdown)
        await asyncio.to_thread(self._writer.shutdown)
        for connection in self._made:
            connection.close()
        self._made.clear()

    async def read(
        self,
        question: Callable[Concatenate[sqlite3.Connection, _P], _T],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> _T:
        """Put a question to the file, in a reader's thread: one round trip."""
        self.round_trips += 1
        with span("store_read", store="sqlite"):
            return await self._run(self._readers, _ending(question), *args, **kwargs)

    def write(
        self,
        step: Callable[Concatenate[sqlite3.Connection, _P], _T],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> asyncio.Future[_T]:
        """Begin a step of a write, in the writer's thread; it goes on whoever waits for it."""
        return self._run(self._writer, step, *args, **kwargs)

    def _run(
        self,
        threads: ThreadPoolExecutor,
        step: Callable[Concatenate[sqlite3.Connection, _P], _T],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> asyncio.Future[_T]:
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(threads, lambda: step(self._connection(), *args, **kwargs))

    def _connection(self) -> sqlite3.Connection:
        """Return this thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._mine, "connection", None)
        if connection is None:
            connection = _connected(self.path, self._mapped)
            self._mine.connection = connection
            with self._guard:
                self._made.append(connection)
        return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Generator[None]:
    """Write all that is written within, or nothing of it.

    Raises:
        StoreUnavailableError: Another process has been writing for too long, or the disk fails.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        msg = f"the store does not take a write now: {error}"
        raise StoreUnavailableError(msg) from error


def _ending(
    question: Callable[Concatenate[sqlite3.Connection, _P], _T],
) -> Callable[Concatenate[sqlite3.Connection, _P], _T]:
    """Return a question that ends soon after its deadline, whoever still waits for it."""
    deadline = current()
    if deadline is None:
        return question

    def late() -> bool:
        return time.monotonic() > deadline.until + _GRACE

    def ending(connection: sqlite3.Connection, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        connection.set_progress_handler(late, _LOOKED_AT)
        try:
            return question(connection, *args, **kwargs)
        except sqlite3.OperationalError as error:
            if late():
                raise exceeded(deadline.seconds) from error
            raise
        finally:
            connection.set_progress_handler(None, 0)

    return ending


def _connected(path: str, mapped: int) -> sqlite3.Connection:
    if path != MEMORY:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # which SQLite tells in its own words
            # It holds keys, and what is not published: a new one is its owner's alone.
            Path(path).touch(mode=0o600)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    try:
        _check_ours(connection, path)
    except BaseException:
        connection.close()
        raise
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA cache_size = -65536")
    connection.execute(f"PRAGMA mmap_size = {mapped}")
    return connection


def _check_ours(connection: sqlite3.Connection, path: str) -> None:
    """Refuse a file that something else keeps its tables in, before anything of it is changed.

    Raises:
        StoreUnavailableError: It is one.
    """
    tables = {name for [name] in connection.execute("SELECT name FROM sqlite_master")}
    if tables and not tables >= _OURS:
        msg = f"{path} is a database of something else; name a file of the hub's own"
        raise StoreUnavailableError(msg)


def _prepare(connection: sqlite3.Connection) -> int:
    """Make what is not there yet; return the version of the file, which may be a newer hub's."""
    [version] = connection.execute("PRAGMA user_version").fetchone()
    if version > schema.VERSION:
        return version
    connection.execute("BEGIN IMMEDIATE")
    for statement in schema.tables():
        connection.execute(statement)
    for kind in schema.FACTS:
        if schema.GONE in _add_new_columns(
            connection, schema.table(kind), schema.column_types(kind)
        ):
            connection.execute(schema.gone_before(kind))
    for table, columns in schema.LATER.items():
        _add_new_columns(connection, table, columns)
    for statement in schema.indexes():
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {schema.VERSION}")
    connection.execute("COMMIT")
    return schema.VERSION


def _add_new_columns(
    connection: sqlite3.Connection, table: str, wanted: dict[str, str]
) -> list[str]:
    """Add the columns of fields that came into the vocabulary after the file was made."""
    known = {row[1] for row in connection.execute("SELECT * FROM pragma_table_info(?)", [table])}
    added = [column for column in wanted if column not in known]
    for column in added:
        connection.execute(f'ALTER TABLE {table} ADD COLUMN "{column}" {wanted[column]}')
    return added
