"""Steps of a write: one transaction from the first to the commit, so a killed one never was."""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any, Final

import orjson

from hub.store.columns import IN_FORCE, RUN, all_columns
from hub.store.embedded import reads
from hub.store.embedded.database import transaction
from hub.store.embedded.kept import put
from hub.store.embedded.schema import GONE, lists, table
from hub.store.kept import Kept
from hub.store.port import OPEN, Batch, Latest, Row, place

_PROFILE: Final = (
    "name", "country", "products", "visible", "told_by", "known_from", "programs_held",
    "buyers_held",
)  # fmt: skip
_UNSEEN: Final = (None, None, None, 0, "[]", 0, 0, 0)
_NODE: Final = (*_PROFILE, "number", "kind", "revision_from")
_REFERENCE: Final = ("text", "node", "merged", "revision_from", "revision_until")
_PRODUCTS: Final = frozenset({"products"})
_CALLED: Final = frozenset({"products", "told_by"})
_TOGETHER: Final = 512
"""Rows of one statement, at most."""
_HELD: Final = (
    "UPDATE node SET programs_held = 1 WHERE number IN (SELECT value FROM json_each(:nodes))"
)


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
    new = dict(batch.nodes)
    profiled = {row["number"]: row for row in batch.profiles if row["number"] in new}
    called = dict(zip(profiled, _called(profiled.values()), strict=True))
    nodes = [
        (*called.get(number, _UNSEEN), number, kind.value, revision) for number, kind in batch.nodes
    ]
    insert(connection, "node", _NODE, _flat(nodes))
    connection.executemany(
        "UPDATE reference SET revision_until = ? WHERE text = ? AND revision_until = ?",
        ((revision, text, OPEN) for text in batch.dropped_references),
    )
    references = [(*each, revision, OPEN) for each in batch.references]
    insert(connection, "reference", _REFERENCE, _flat(references))
    for kind, number, until in batch.closed:
        connection.execute(
            f"UPDATE {table(kind)} SET revision_until = ?, recorded_until = ? WHERE number = ?",
            (revision, until, number),
        )
    for kind, number in batch.withdrawn:
        connection.execute(
            f"UPDATE {table(kind)} SET {GONE} = ? WHERE number = ?",
            (place(revision, number), number),
        )
    for kind, rows in batch.facts.items():
        values = _values(rows, all_columns(kind), lists(kind))
        insert(connection, table(kind), all_columns(kind), _flat(values))
    for kind, series in batch.series.items():
        columns, listed = all_columns(kind), lists(kind)
        wholes = _values((each.row for each in series), columns, listed)
        flat = (each.flat(columns, whole) for each, whole in zip(series, wholes, strict=True))
        insert(connection, table(kind), columns, [*chain.from_iterable(flat)])
    connection.executemany(
        "UPDATE in_force SET revision_until = ? WHERE number = ?",
        ((revision, number) for number in batch.gone),
    )
    in_force = _flat(_values(batch.in_force, IN_FORCE, _PRODUCTS))
    insert(connection, "in_force", IN_FORCE, in_force)
    _profile(connection, batch.profiles, profiled)
    connection.execute(_HELD, {"nodes": reads.listed(batch.held)})


def commit(
    connection: sqlite3.Connection,
    revision: int,
    recorded_at: int,
    numbers: tuple[int, int, int],
    *,
    law_changed: bool,
    kept: Sequence[Kept],
    tell: Callable[[sqlite3.Connection], None],
) -> None:
    """Make the generation the newest revision.

    Args:
        connection: The transaction.
        revision: Its number.
        recorded_at: The instant.
        numbers: The next free one of nodes, the first one of its facts, and the next of those.
        law_changed: Whether it changes what holds for every question.
        kept: Records that are kept with it.
        tell: Writes what the audit log tells of it.
    """
    next_node, first_fact, next_fact = numbers
    connection.execute(
        "INSERT INTO revision (number, recorded_at, first_fact) VALUES (?, ?, ?)",
        (revision, recorded_at, first_fact),
    )
    _set_meta(connection, "next_node", next_node)
    _set_meta(connection, "next_fact", next_fact)
    if law_changed:
        _set_meta(connection, "law_revision", revision)
    put(connection, kept, time.time_ns() // 1_000)
    tell(connection)
    connection.execute("COMMIT")


def abandon(connection: sqlite3.Connection) -> None:
    """Forget the generation."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def record_run(connection: sqlite3.Connection, run: Row, problems: Sequence[Row]) -> int:
    """Keep what became of a sync run.

    Raises:
        StoreUnavailableError: Another process has been writing for too long, or the disk fails.
    """
    marks = ", ".join("?" * len(RUN))
    with transaction(connection):
        cursor = connection.execute(
            f"INSERT INTO run ({', '.join(RUN)}) VALUES ({marks})", [run[name] for name in RUN]
        )
        number = cursor.lastrowid or 0
        connection.executemany(
            "INSERT INTO problem (run, row, field, code, message) VALUES (?, ?, ?, ?, ?)",
            ((number, p["row"], p["field"], p["code"], p["message"]) for p in problems),
        )
    return number


def make_key(connection: sqlite3.Connection, key: bytes) -> None:
    """Keep the key of public ids, unless there is one."""
    connection.execute("INSERT OR IGNORE INTO meta VALUES ('key', ?)", (key,))


def _profile(
    connection: sqlite3.Connection,
    profiles: Sequence[Mapping[str, Any]],
    made: Mapping[int, object],
) -> None:
    """Keep what nodes are called and where they are, and make them searchable.

    Args:
        connection: The transaction.
        profiles: Of nodes.
        made: Nodes that were made with theirs.
    """
    known = [each for each in profiles if each["number"] not in made]
    connection.executemany(
        "UPDATE node SET name = ?, country = ?, products = ?, visible = ?, told_by = ?, "
        "known_from = ?, programs_held = ?, buyers_held = ? WHERE number = ?",
        ((*of, each["number"]) for each, of in zip(known, _called(known), strict=True)),
    )
    connection.executemany(
        "DELETE FROM words WHERE rowid = ?",
        ((each["number"],) for each in known if each["words"] is not None),
    )
    worded = [
        (each["number"], each["words"], each["kind"])
        for each in profiles
        if each["words"] is not None
    ]
    insert(connection, "words", ("rowid", "names", "kind"), _flat(worded))


def _called(profiles: Iterable[Mapping[str, Any]]) -> Iterator[Sequence[Any]]:
    """Yield what nodes are called and where they are."""
    return _values(profiles, _PROFILE, _CALLED)


def _flat(rows: Iterable[Sequence[Any]]) -> list[Any]:
    """Return the values of rows, one row behind the other."""
    return [*chain.from_iterable(rows)]


def insert(
    connection: sqlite3.Connection, into: str, columns: Sequence[str], values: Sequence[Any]
) -> None:
    """Insert rows, many in one statement: while it runs, other threads of Python do.

    Args:
        connection: The transaction.
        into: A table.
        columns: Its columns.
        values: Those of the rows, one row behind the other.
    """
    names, width = ", ".join(f'"{column}"' for column in columns), len(columns)
    most = connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // width
    size, left, at = min(most, _TOGETHER), len(values) // width, 0
    while left:
        if size > left:  # few sizes, so that statements are known already
            size = 1 << left.bit_length() - 1
        some = values[at : at + size * width]
        connection.execute(_inserting(into, names, width, size), some)
        at += size * width
        left -= size


@cache
def _inserting(into: str, names: str, columns: int, rows: int) -> str:
    """Return the statement that inserts so many rows."""
    marks = f"({', '.join('?' * columns)})"
    return f"INSERT INTO {into} ({names}) VALUES {', '.join([marks] * rows)}"


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
