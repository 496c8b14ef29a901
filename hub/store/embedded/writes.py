"""Steps of a write: one transaction from the first to the commit, so a killed one never was."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from hub.store.columns import IN_FORCE, RUN, all_columns
from hub.store.embedded import reads
from hub.store.embedded.schema import lists, table
from hub.store.port import OPEN, Batch, Latest, Row


def begin(connection: sqlite3.Connection) -> tuple[Latest, int, int]:
    """Take the write lock; return the newest revision and the first free numbers."""
    connection.execute("BEGIN IMMEDIATE")
    return (
        reads.latest(connection),
        _meta(connection, "next_node", 1),
        _meta(connection, "next_fact", 1),
    )


def stage(connection: sqlite3.Connection, batch: Batch, revision: int) -> None:
    """Add a batch to the generation."""
    connection.executemany(
        "INSERT INTO node (number, kind, revision_from) VALUES (?, ?, ?)",
        ((number, kind.value, revision) for number, kind in batch.nodes),
    )
    connection.executemany(
        "UPDATE reference SET revision_until = ? WHERE text = ? AND revision_until = ?",
        ((revision, text, OPEN) for text in batch.dropped_references),
    )
    connection.executemany(
        "INSERT INTO reference VALUES (?, ?, ?, ?, ?)",
        ((text, node, merged, revision, OPEN) for text, node, merged in batch.references),
    )
    for kind, number, until in batch.closed:
        connection.execute(
            f"UPDATE {table(kind)} SET revision_until = ?, recorded_until = ? WHERE number = ?",
            (revision, until, number),
        )
    for kind, rows in batch.facts.items():
        columns = all_columns(kind)
        _insert(connection, table(kind), columns, _kept(rows, lists(kind)))
    connection.executemany(
        "UPDATE in_force SET revision_until = ? WHERE number = ?",
        ((revision, number) for number in batch.gone),
    )
    _insert(connection, "in_force", IN_FORCE, _kept(batch.in_force, frozenset({"products"})))
    _profile(connection, batch.profiles)


def commit(
    connection: sqlite3.Connection,
    revision: int,
    recorded_at: int,
    free: tuple[int, int],
    *,
    law_changed: bool,
) -> None:
    """Make the generation the newest revision."""
    connection.execute("INSERT INTO revision VALUES (?, ?)", (revision, recorded_at))
    _set_meta(connection, "next_node", free[0])
    _set_meta(connection, "next_fact", free[1])
    if law_changed:
        _set_meta(connection, "law_revision", revision)
    connection.execute("COMMIT")


def abandon(connection: sqlite3.Connection) -> None:
    """Forget the generation."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def record_run(connection: sqlite3.Connection, run: Row, problems: Sequence[Row]) -> int:
    """Keep what became of a sync run."""
    connection.execute("BEGIN IMMEDIATE")
    marks = ", ".join("?" * len(RUN))
    cursor = connection.execute(
        f"INSERT INTO run ({', '.join(RUN)}) VALUES ({marks})", [run[name] for name in RUN]
    )
    number = cursor.lastrowid or 0
    connection.executemany(
        "INSERT INTO problem (run, row, field, code, message) VALUES (?, ?, ?, ?, ?)",
        ((number, p["row"], p["field"], p["code"], p["message"]) for p in problems),
    )
    connection.execute("COMMIT")
    return number


def make_key(connection: sqlite3.Connection, key: bytes) -> None:
    """Keep the key of public ids, unless there is one."""
    connection.execute("INSERT OR IGNORE INTO meta VALUES ('key', ?)", (key,))


def _profile(connection: sqlite3.Connection, profiles: Iterable[Mapping[str, Any]]) -> None:
    """Keep what nodes are called and where they are, and make them searchable."""
    for profile in profiles:
        connection.execute(
            "UPDATE node SET name = :name, country = :country, products = :products, "
            "visible = :visible, known_from = :known_from, programs_held = :programs_held, "
            "buyers_held = :buyers_held WHERE number = :number",
            {**profile, "products": orjson.dumps(profile["products"]).decode()},
        )
        if profile["words"] is not None:
            connection.execute("DELETE FROM words WHERE rowid = :number", profile)
            connection.execute(
                "INSERT INTO words (rowid, names, kind) VALUES (:number, :words, :kind)", profile
            )


def _insert(
    connection: sqlite3.Connection,
    into: str,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join(f":{column}" for column in columns)
    connection.executemany(f"INSERT INTO {into} ({names}) VALUES ({marks})", rows)


def _kept(rows: Iterable[Mapping[str, Any]], listed: frozenset[str]) -> Iterable[Mapping[str, Any]]:
    """Yield rows with their lists as JSON."""
    for row in rows:
        texts = {name: orjson.dumps(row[name]).decode() for name in listed if row[name] is not None}
        yield {**row, **texts}


def _meta(connection: sqlite3.Connection, name: str, default: int) -> int:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return int(row[0]) if row else default


def _set_meta(connection: sqlite3.Connection, name: str, value: int) -> None:
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))
