"""Steps of a write: one transaction from the first to the commit, so a killed one never was."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from operator import itemgetter
from typing import Any, Final

import orjson

from hub.store.columns import IN_FORCE, RUN, all_columns
from hub.store.embedded import reads
from hub.store.embedded.kept_texts import PUT
from hub.store.embedded.schema import lists, table
from hub.store.kept import Kept
from hub.store.port import OPEN, Batch, Latest, Row

_PROFILE: Final = (
    "name", "country", "products", "visible", "told_by", "known_from", "programs_held",
    "buyers_held", "number",
)  # fmt: skip


def begin(connection: sqlite3.Connection) -> tuple[Latest, int, int]:
    """Take the write lock; return the newest revision and the first free numbers."""
    connection.execute("BEGIN IMMEDIATE")
    return (
        reads.latest(connection),
        _meta(connection, "next_node", 1),
        _meta(connection, "next_fact", 1),
    )


def stage(connection: sqlite3.Connection, batch: Batch, revision: int, first_node: int) -> None:
    """Add a batch to the generation, whose new nodes have numbers from a first one on."""
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
        _insert(connection, table(kind), all_columns(kind), rows, lists(kind))
    connection.executemany(
        "UPDATE in_force SET revision_until = ? WHERE number = ?",
        ((revision, number) for number in batch.gone),
    )
    _insert(connection, "in_force", IN_FORCE, batch.in_force, frozenset({"products"}))
    _profile(connection, batch.profiles, first_node)


def commit(
    connection: sqlite3.Connection,
    revision: int,
    recorded_at: int,
    free: tuple[int, int],
    *,
    law_changed: bool,
    kept: Sequence[Kept],
    tell: Callable[[sqlite3.Connection], None],
) -> None:
    """Make the generation the newest revision; `tell` writes what the audit log tells of it."""
    connection.execute("INSERT INTO revision VALUES (?, ?)", (revision, recorded_at))
    _set_meta(connection, "next_node", free[0])
    _set_meta(connection, "next_fact", free[1])
    if law_changed:
        _set_meta(connection, "law_revision", revision)
    connection.executemany(PUT, map(asdict, kept))
    tell(connection)
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


def _profile(
    connection: sqlite3.Connection, profiles: Sequence[Mapping[str, Any]], first_node: int
) -> None:
    """Keep what nodes are called and where they are, and make them searchable."""
    connection.executemany(
        "UPDATE node SET name = ?, country = ?, products = ?, visible = ?, told_by = ?, "
        "known_from = ?, programs_held = ?, buyers_held = ? WHERE number = ?",
        _values(profiles, _PROFILE, frozenset({"products", "told_by"})),
    )
    worded = [profile for profile in profiles if profile["words"] is not None]
    known = [(each["number"],) for each in worded if each["number"] < first_node]
    connection.executemany("DELETE FROM words WHERE rowid = ?", known)
    connection.executemany(
        "INSERT INTO words (rowid, names, kind) VALUES (?, ?, ?)",
        _values(worded, ("number", "words", "kind"), frozenset()),
    )


def _insert(
    connection: sqlite3.Connection,
    into: str,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    listed: frozenset[str],
) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join("?" * len(columns))
    values = _values(rows, columns, listed)
    connection.executemany(f"INSERT INTO {into} ({names}) VALUES ({marks})", values)


def _values(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], listed: frozenset[str]
) -> Iterator[Sequence[Any]]:
    """Yield the values of columns of each row, lists as JSON."""
    chosen = itemgetter(*columns)
    lists_at = [at for at, column in enumerate(columns) if column in listed]
    for row in rows:
        values = list(chosen(row))
        for at in lists_at:
            if values[at] is not None:
                values[at] = orjson.dumps(values[at]).decode() if values[at] else "[]"
        yield values


def _meta(connection: sqlite3.Connection, name: str, default: int) -> int:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return int(row[0]) if row else default


def _set_meta(connection: sqlite3.Connection, name: str, value: int) -> None:
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))
