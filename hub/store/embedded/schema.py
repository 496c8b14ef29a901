"""Tables and indexes, written from `graph_schema`: no field of a fact is named here."""

from functools import cache
from typing import Final

from graph_schema.elements import Fact
from graph_schema.exchange import FACTS
from hub.store.columns import ends
from hub.store.port import OPEN, PLACES
from hub.store.rows import LOG, columns

VERSION: Final = 1
"""Of the form of the file; a hub refuses one that a newer hub wrote."""

GONE: Final = "gone"
"""The column of a fact's place among changes, where it was withdrawn for somebody at least."""
_FORMER: Final = ("identity", "revision", "closed")
"""Indexes that a fact's table had once."""
_SQL: Final = {int: "INTEGER", str: "TEXT", float: "REAL", bool: "INTEGER", list: "TEXT"}

_TOLD_BY: Final = "TEXT NOT NULL DEFAULT '[]'"
_WHOLE: Final = "INTEGER NOT NULL DEFAULT 1"

DERIVED: Final = (
    "number INTEGER PRIMARY KEY",
    "fact INTEGER NOT NULL",
    "subject INTEGER NOT NULL",
    "program INTEGER NOT NULL",
    "track TEXT NOT NULL",
    "effect TEXT NOT NULL",
    "starts INTEGER NOT NULL",
    "ends INTEGER NOT NULL",
    "ended TEXT",
    "products TEXT NOT NULL",
    "visible INTEGER NOT NULL",
    f"whole {_WHOLE}",
    "known_from INTEGER NOT NULL",
    "known_until INTEGER NOT NULL",
    "revision_from INTEGER NOT NULL",
    "revision_until INTEGER NOT NULL",
)
"""A standing over the days it really held, `[starts, ends)`, as known in `[known_from, ...)`."""

RUN: Final = {
    "number": "INTEGER PRIMARY KEY",
    "program": "INTEGER NOT NULL",
    "feed": "TEXT NOT NULL",
    "started_at": "INTEGER NOT NULL",
    "finished_at": "INTEGER",
    "outcome": "TEXT NOT NULL",
    "complete": "INTEGER NOT NULL",
    "added": "INTEGER NOT NULL",
    "changed": "INTEGER NOT NULL",
    "ended": "INTEGER NOT NULL",
    "unchanged": "INTEGER NOT NULL",
    "set_aside": "INTEGER NOT NULL",
    "revision": "INTEGER NOT NULL",
    "read_at": "INTEGER",
    "address": "TEXT",
    "etag": "TEXT",
    "modified": "TEXT",
    "why": "TEXT",
    "unseen_added": "INTEGER",
    "unseen_changed": "INTEGER",
    "unseen_ended": "INTEGER",
    "unseen_unchanged": "INTEGER",
}
"""The columns of a run, with their types; one that came later may be empty."""
LATER: Final = {
    "run": RUN,
    "node": {"told_by": _TOLD_BY},
    "in_force": {"whole": _WHOLE},
    "revision": {"first_fact": "INTEGER"},
    "audit": {"revision": "INTEGER"},
}
"""The columns that came into the store's own tables after some files were made."""

_OWN: Final = (
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS revision ("
    "number INTEGER PRIMARY KEY, recorded_at INTEGER, first_fact INTEGER)",
    "CREATE TABLE IF NOT EXISTS node ("
    "number INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT, country TEXT, products TEXT, "
    "visible INTEGER NOT NULL DEFAULT 0, "
    f"told_by {_TOLD_BY}, "
    "known_from INTEGER NOT NULL DEFAULT 0, "
    "programs_held INTEGER NOT NULL DEFAULT 0, buyers_held INTEGER NOT NULL DEFAULT 0, "
    "revision_from INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS node_kind ON node (kind, number)",
    "CREATE INDEX IF NOT EXISTS node_shared ON node (number) WHERE programs_held > 1",
    "CREATE INDEX IF NOT EXISTS node_bought ON node (number) WHERE buyers_held > 1",
    "CREATE TABLE IF NOT EXISTS reference ("
    "text TEXT NOT NULL, node INTEGER NOT NULL, merged INTEGER NOT NULL, "
    "revision_from INTEGER NOT NULL, revision_until INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS reference_text ON reference (text, revision_until)",
    "CREATE INDEX IF NOT EXISTS reference_node ON reference (node)",
    f"CREATE TABLE IF NOT EXISTS in_force ({', '.join(DERIVED)})",
    "CREATE INDEX IF NOT EXISTS in_force_subject ON in_force (subject, program)",
    "CREATE INDEX IF NOT EXISTS in_force_fact ON in_force (fact)",
    "CREATE INDEX IF NOT EXISTS in_force_place ON in_force (program, fact)",
    "CREATE INDEX IF NOT EXISTS in_force_effect ON in_force (program, effect, subject)",
    f"CREATE TABLE IF NOT EXISTS run ({', '.join(f'{name} {of}' for name, of in RUN.items())})",
    "CREATE INDEX IF NOT EXISTS run_feed ON run (program, feed, number)",
    "CREATE INDEX IF NOT EXISTS run_revision ON run (revision)",
    "CREATE TABLE IF NOT EXISTS problem ("
    "number INTEGER PRIMARY KEY, run INTEGER NOT NULL, row INTEGER NOT NULL, "
    "field TEXT, code TEXT NOT NULL, message TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS problem_run ON problem (run, number)",
    "CREATE TABLE IF NOT EXISTS kept ("
    "kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, expires_at INTEGER NOT NULL, "
    "PRIMARY KEY (kind, key)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS kept_expires ON kept (expires_at)",
    "CREATE TABLE IF NOT EXISTS audit ("
    "seq INTEGER PRIMARY KEY, text TEXT NOT NULL, hash TEXT NOT NULL, revision INTEGER)",
    "CREATE INDEX IF NOT EXISTS audit_revision ON audit (revision) WHERE revision IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS audit_head ("
    "one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, at INTEGER NOT NULL, "
    "hash TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS audit_of ("
    "program TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (program, seq)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS audit_of_seq ON audit_of (seq)",
    *(
        f"CREATE TRIGGER IF NOT EXISTS audit_stays_{change} BEFORE {change} ON audit "
        "BEGIN SELECT RAISE(ABORT, 'a row of the audit log stays as it is'); END"
        for change in ("UPDATE", "DELETE")
    ),
    "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 ("
    "names, kind UNINDEXED, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3')",
)


@cache
def table(kind: type[Fact]) -> str:
    """Return the name of a fact's table."""
    return f"fact_{kind.__name__.lower()}"


@cache
def column_types(kind: type[Fact]) -> dict[str, str]:
    """Return the SQL type of each of a fact's columns."""
    log = {
        name: "INTEGER PRIMARY KEY" if name == "number" else _SQL[type_]
        for name, type_ in LOG.items()
    }
    own = {column.name: _SQL[column.type] for column in columns(kind)}
    return log | own | {GONE: "INTEGER"}


@cache
def lists(kind: type[Fact]) -> frozenset[str]:
    """Return the columns that hold lists, kept as JSON."""
    own = {column.name for column in columns(kind) if column.type is list}
    return frozenset(own | {name for name, type_ in LOG.items() if type_ is list})


def gone_before(kind: type[Fact]) -> str:
    """Return the statement that gives places to what was withdrawn before they were kept.

    Of what was corrected some get one, too; the question for changes finds that out.
    """
    return (
        f"UPDATE {table(kind)} SET {GONE} = revision_until * {PLACES} + number "
        f"WHERE revision_until < {OPEN} AND revision_until > revision_from AND {GONE} IS NULL"
    )


def tables() -> list[str]:
    """Return the statements that make the tables, each without effect when repeated."""
    made = [statement for statement in _OWN if not statement.startswith("CREATE INDEX")]
    for kind in FACTS:
        made_of = ", ".join(f'"{column}" {type_}' for column, type_ in column_types(kind).items())
        made.append(f"CREATE TABLE IF NOT EXISTS {table(kind)} ({made_of})")
    return made


def indexes() -> list[str]:
    """Return the statements that make the indexes; the tables must have their columns by then."""
    made = [statement for statement in _OWN if statement.startswith("CREATE INDEX")]
    for kind in FACTS:
        name = table(kind)
        made += (f"DROP INDEX IF EXISTS {name}_{former}" for former in _FORMER)
        made.append(f"CREATE INDEX IF NOT EXISTS {name}_about ON {name} (identity)")
        made.append(f"CREATE INDEX IF NOT EXISTS {name}_program ON {name} (program)")
        made.append(f"CREATE INDEX IF NOT EXISTS {name}_feed ON {name} (program, feed)")
        made.append(
            f"CREATE INDEX IF NOT EXISTS {name}_gone ON {name} (program, {GONE}) "
            f"WHERE {GONE} IS NOT NULL"
        )
        made.extend(
            f'CREATE INDEX IF NOT EXISTS {name}_{end} ON {name} ("{end}")'
            for end in dict.fromkeys((*ends(kind), *kind.indexed))
        )
    return made
