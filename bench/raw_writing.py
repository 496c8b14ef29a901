"""Raw batch writes: the rows that the hub wrote, written again by a store's own driver alone.

The tables, indexes and texts are the hub's, so that the same is written; nothing is read, checked,
compared or worked out.
"""

# ruff: noqa: S608 - texts are made of names out of the vocabulary, never of values

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, Final

import orjson
from neo4j import GraphDatabase

from graph_schema.codes import Kind
from graph_schema.exchange import FACTS
from hub.store.columns import IN_FORCE
from hub.store.embedded import schema
from hub.store.neo4j import writes
from hub.store.port import Batch
from tests.neo4j.server import Address

BATCH: Final = 5_000
_REFERENCE: Final = 2**40
"""A number of references that the record's own do not reach."""
_WORDS: Final = "words (rowid, names, kind)"


class Written:
    """What the newest revision of a store in a file added."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)
        [self.revision] = self._connection.execute("SELECT max(number) FROM revision").fetchone()
        [self._first] = self._connection.execute(
            "SELECT min(number) FROM node WHERE revision_from = ?", [self.revision]
        ).fetchone()

    def rows(self) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
        """Yield its rows table by table, in batches."""
        made = ["node", "reference", *map(schema.table, FACTS), "in_force"]
        for table in made:
            text = f"SELECT * FROM {table} WHERE revision_from = ?"
            yield from self._batches(table, text, self.revision)
        yield from self._batches(
            _WORDS, "SELECT rowid, names, kind FROM words WHERE rowid >= ?", self._first
        )

    def batches(self) -> Iterator[Batch]:
        """Yield the same as batches of the port."""
        for table, some in self.rows():
            if table == "node":
                yield Batch(nodes=[(row[0], Kind(row[1])) for row in some])
            elif table == "reference":
                yield Batch(references=[(row[0], row[1], bool(row[2])) for row in some])
            elif table == "in_force":
                yield Batch(in_force=[_dict(IN_FORCE, row, {"products"}) for row in some])
            for kind in FACTS:
                if table == schema.table(kind):
                    columns = (*schema.column_types(kind),)
                    rows = [_dict(columns, row, schema.lists(kind)) for row in some]
                    yield Batch(facts={kind: rows})
        named = (
            "SELECT n.number, n.name, n.country, n.products, n.visible, n.told_by, "
            "n.known_from, n.programs_held, n.buyers_held, w.names FROM node n JOIN words w "
            "ON w.rowid = n.number WHERE n.revision_from = ?"
        )
        profiled = ("number", "name", "country", "products", "visible", "told_by", "known_from",
                   "programs_held", "buyers_held", "words")  # fmt: skip
        for _, some in self._batches("", named, self.revision):
            yield Batch(profiles=[_dict(profiled, row, {"products", "told_by"}) for row in some])

    def _batches(self, of: str, text: str, *at: int) -> Iterator[tuple[str, list[Any]]]:
        cursor = self._connection.execute(text, at)
        while some := list(islice(cursor, BATCH)):
            yield of, some


def _dict(columns: tuple[str, ...], row: tuple[Any, ...], listed: Any) -> dict[str, Any]:  # noqa: ANN401
    found = dict(zip(columns, row, strict=False))
    for name in listed:
        found[name] = orjson.loads(found[name]) if found[name] is not None else None
    return found


class SqliteWriter:
    """The standard library's sqlite3: `executemany`, one transaction."""

    def __init__(self, path: Path) -> None:
        for each in path.parent.glob(f"{path.name}*"):
            each.unlink()
        self._path = path

    def write(self, written: Written) -> float:
        """Write it all; return the seconds that took, reading apart."""
        with closing(sqlite3.connect(self._path, isolation_level=None)) as connection:
            for text in (
                "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
                "PRAGMA cache_size = -65536", *schema.tables(), *schema.indexes(),
            ):  # fmt: skip
                connection.execute(text)
            connection.execute("BEGIN IMMEDIATE")
            took = 0.0
            for into, rows in written.rows():
                marks = ", ".join("?" * len(rows[0]))
                began = time.perf_counter()
                connection.executemany(f"INSERT INTO {into} VALUES ({marks})", rows)
                took += time.perf_counter() - began
            began = time.perf_counter()
            connection.execute("COMMIT")
            return took + time.perf_counter() - began


class Neo4jWriter:
    """The driver's synchronous session: `UNWIND`, a transaction for each batch.

    The record of the program is there already, with the indexes and the nodes that facts name.
    """

    def __init__(self, server: Address) -> None:
        self._server = server

    def write(self, written: Written) -> float:
        """Write it all; return the seconds that took, reading apart."""
        took, reference = 0.0, _REFERENCE
        with (
            GraphDatabase.driver(self._server.url, auth=self._server.auth) as driver,
            driver.session(database="neo4j") as session,
        ):
            for batch in written.batches():
                texts = [
                    *writes.staged(batch, written.revision, reference),
                    *writes.profiles(batch.profiles),
                ]
                reference += len(batch.references)
                began = time.perf_counter()
                with session.begin_transaction() as transaction:
                    for text, given in texts:
                        transaction.run(text, dict(given)).consume()
                    transaction.commit()
                took += time.perf_counter() - began
        return took
