"""The raw queries in SQL, over the standard library's sqlite3."""

# ruff: noqa: S608 - texts are made of names out of the vocabulary, never of values

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Final

import orjson

from bench.raw import OFFICE, SHOWN, SITE, Fetched, held, seen
from graph_schema.agreements import Signature
from graph_schema.elements import Fact
from graph_schema.parties import Organization, Tie, Worksite
from graph_schema.standing import Standing
from hub.store.columns import SIGNATURE_COLUMNS, STATE_COLUMNS, TIE_COLUMNS
from hub.store.embedded.schema import table
from hub.store.port import OPEN


class RawSqlite:
    """The standard library's sqlite3, one connection, as the hub sets its own."""

    def __init__(self, path: str, revision: int) -> None:
        self._revision = revision
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA cache_size = -65536")
        self._connection.execute("PRAGMA mmap_size = 1073741824")

    def facts(self, buyer: int, subjects: Sequence[int]) -> Fetched:
        """Return what bears on subjects and a buyer."""
        at = {"nodes": _listed(subjects), "buyers": _listed([buyer]), "revision": self._revision}
        ask = self._connection.execute
        ties = {*ask(_TIES_FROM, at), *ask(_TIES_TO, at)}
        found = [ask(text, at).fetchall() for text in (_STATES, _SITES, _OFFICES)]
        return [*found, list(ties), ask(_SIGNATURES, at).fetchall()]

    def named(self, references: Sequence[str]) -> Sequence[int]:
        """Return the numbers of nodes that go by references."""
        rows = self._connection.execute(_NAMED, {"texts": _listed(references)})
        return [number for (number,) in rows]

    def shared(self, after: int, size: int, day: int) -> Fetched:
        """Return a page of shared subjects."""
        at: dict[str, Any] = {"after": after, "size": size, "day": day, "revision": self._revision}
        ask = self._connection.execute
        numbers = [number for (number,) in ask(_SHARED, at)]
        at["nodes"] = _listed(numbers)
        found = [ask(text, at).fetchall() for text in (_IN_FORCE, _SITES, _OFFICES)]
        return [numbers, *found]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _listed(values: Iterable[object]) -> str:
    return orjson.dumps(list(values)).decode()


def _select(columns: Sequence[str], kind: type[Fact], end: str, nodes: str = "nodes") -> str:
    chosen = ", ".join(f'f."{column}"' for column in columns)
    return (
        f"SELECT {chosen} FROM json_each(:{nodes}) j "
        f'CROSS JOIN {table(kind)} f ON f."{end}" = j.value WHERE {seen(":")}'
    )


_STATES: Final = _select(STATE_COLUMNS, Standing, "subject")
_SITES: Final = _select(SITE, Worksite, "reference")
_OFFICES: Final = _select(OFFICE, Organization, "reference")
_TIES_FROM: Final = _select(TIE_COLUMNS, Tie, "from_")
_TIES_TO: Final = _select(TIE_COLUMNS, Tie, "to")
_SIGNATURES: Final = _select(SIGNATURE_COLUMNS, Signature, "organization", "buyers")
_NAMED: Final = (
    "SELECT r.node FROM json_each(:texts) j "
    f"CROSS JOIN reference r ON r.text = j.value AND r.revision_until = {OPEN}"
)
_SHARED: Final = (
    "SELECT n.number FROM node n WHERE n.programs_held > 1 AND n.number > :after AND n.visible "
    "AND (SELECT count(DISTINCT i.program) FROM in_force i "
    f"WHERE i.subject = n.number AND {held(':')}) > 1 ORDER BY n.number LIMIT :size"
)
_IN_FORCE: Final = (
    f"SELECT i.effect, i.ended, {', '.join(f'f.{column}' for column in SHOWN)} "
    "FROM json_each(:nodes) j CROSS JOIN in_force i ON i.subject = j.value "
    f"CROSS JOIN {table(Standing)} f ON f.number = i.fact WHERE {held(':')}"
)
