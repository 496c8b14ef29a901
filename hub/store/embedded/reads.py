"""Questions put to one connection: each function is one round trip."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import orjson

from graph_schema.codes import Effect, Kind
from graph_schema.elements import Fact
from graph_schema.standing import Standing
from hub.store.columns import (
    CLOSING_COLUMNS,
    HELD,
    HELD_THEN,
    PLACE_COLUMNS,
    SIGNATURE_COLUMNS,
    STATE_COLUMNS,
    TIE_COLUMNS,
    VOLUME_COLUMNS,
    all_columns,
)
from hub.store.embedded import texts
from hub.store.embedded.schema import lists
from hub.store.port import (
    Around,
    Latest,
    Moment,
    Page,
    Resolved,
    Row,
    Whom,
)

NOTHING: Final = Latest(0, 0, 0)
_ALL: Final = 2**31


def listed(values: Iterable[object]) -> str:
    """Return values as the JSON list that `json_each` reads."""
    return orjson.dumps(list(values)).decode()


def seen(moment: Moment) -> dict[str, Any]:
    """Return the parameters of what is seen at a moment."""
    viewer = moment.viewer
    return {
        "revision": moment.revision,
        "known_at": moment.known_at,
        "everything": viewer.everything,
        "practice": viewer.everything or viewer.answered,
        "speaking": listed(viewer.programs),
        "own": listed(viewer.own),
        "party": viewer.buyer,
    }


def latest(connection: sqlite3.Connection) -> Latest:
    """Return the newest revision."""
    row = connection.execute(texts.LATEST).fetchone()
    return Latest(*row) if row else NOTHING


def key(connection: sqlite3.Connection) -> bytes:
    """Return the key of public ids."""
    [value] = connection.execute("SELECT value FROM meta WHERE name = 'key'").fetchone()
    return value


def resolve(
    connection: sqlite3.Connection, references: Sequence[str], revision: int | None
) -> tuple[Latest, list[Resolved | None]]:
    """Return what references stand for."""
    newest = latest(connection)
    at = {"texts": listed(references), "revision": revision or newest.revision}
    found: list[Resolved | None] = [None] * len(references)
    for index, node, kind, merged in connection.execute(texts.RESOLVE, at):
        found[index] = Resolved(node, Kind(kind), bool(merged))
    return newest, found


def kinds(
    connection: sqlite3.Connection, numbers: Sequence[int], moment: Moment
) -> dict[int, Kind]:
    """Return what nodes are."""
    rows = connection.execute(texts.KINDS, {"nodes": listed(numbers)} | seen(moment))
    return {number: Kind(kind) for number, kind in rows}


def references(connection: sqlite3.Connection, nodes: Sequence[int]) -> list[tuple[int, str, bool]]:
    """Return the references of nodes."""
    rows = connection.execute(texts.REFERENCES, {"nodes": listed(dict.fromkeys(nodes))})
    return [(node, text, bool(merged)) for node, text, merged in rows]


def everything(connection: sqlite3.Connection, kind: type[Fact], revision: int) -> list[Row]:
    """Return all facts that a revision has of a small kind."""
    return facts(kind, connection.execute(texts.everything(kind), {"revision": revision}))


def around(connection: sqlite3.Connection, asked: Whom, moment: Moment) -> Around:
    """Return what bears on buyers and subjects."""
    subjects = [*asked.subjects]
    if asked.company:
        company = {"company": listed(asked.company), "words": listed(asked.words)}
        subjects += numbers(connection, texts.HELD_BY, seen(moment) | company)
    at = seen(moment) | {
        "nodes": listed(dict.fromkeys((*asked.buyers, *subjects))),
        "tied": listed(dict.fromkeys((*asked.buyers, *subjects, *asked.company))),
        "subjects": listed(subjects),
        "buyers": listed(asked.buyers),
    }
    ties = dict.fromkeys(connection.execute(texts.TIES_FROM, at))
    ties |= dict.fromkeys(connection.execute(texts.TIES_TO, at))
    sites = connection.execute(texts.WORKSITE_PLACES_OF, at).fetchall()
    offices = connection.execute(texts.ORGANIZATION_PLACES_OF, at).fetchall()
    shared = len(PLACE_COLUMNS)
    places = [
        *((*row[:shared], _one(row[shared]), *row[shared + 1 :], True) for row in sites),
        *((*row[:shared], _many(row[shared]), None, None, None, False) for row in offices),
    ]
    return Around(
        states=_lists(STATE_COLUMNS, connection.execute(texts.STATES_OF, at).fetchone()[0]),
        places=_columns((*PLACE_COLUMNS, "regions", *CLOSING_COLUMNS, "worksite"), places),
        ties=_columns(TIE_COLUMNS, list(ties)),
        volumes=_columns(VOLUME_COLUMNS, connection.execute(texts.VOLUMES_OF, at).fetchall()),
        signatures=_columns(
            SIGNATURE_COLUMNS, connection.execute(texts.SIGNATURES_OF, at).fetchall()
        ),
    )


def statements(
    connection: sqlite3.Connection, nodes: Sequence[int], moment: Moment
) -> list[tuple[type[Fact], Row]]:
    """Return what programs say of nodes."""
    at = {"nodes": listed(nodes)} | seen(moment)
    return [
        (kind, row)
        for kind in texts.DESCRIBING
        for row in facts(kind, connection.execute(texts.described(kind), at))
    ]


def facts_at(
    connection: sqlite3.Connection,
    kind: type[Fact],
    end: str,
    at: Mapping[str, Any],
    *,
    history: bool,
) -> list[Row]:
    """Return facts at one end of nodes."""
    return facts(kind, connection.execute(texts.at(kind, end, history=history), at))


def parameters(
    nodes: Sequence[int] | Sequence[str],
    moment: Moment,
    *,
    day: int | None,
    page: Page | None = None,
    effects: Sequence[Effect] = (),
    signed: bool | None = None,
) -> dict[str, Any]:
    """Return the parameters of a question about nodes."""
    asked = page or Page(_ALL)
    return seen(moment) | {
        "nodes": listed(dict.fromkeys(nodes)),
        "day": day,
        "after": asked.after,
        "size": asked.size,
        "effects": listed(effects),
        "signed": signed,
    }


def counted(connection: sqlite3.Connection, text: str, at: Mapping[str, Any]) -> dict[int, int]:
    """Return a count for each node."""
    return dict(connection.execute(text, at).fetchall())


def in_force(
    connection: sqlite3.Connection,
    end: str,
    at: Mapping[str, Any],
    effects: Sequence[Effect],
) -> list[Row]:
    """Return standings that really held, with their effects and ends, in the order of numbers."""
    names = (*HELD, *all_columns(Standing))
    found = [
        dict(zip(names, row, strict=True))
        for effect in effects or (None,)
        for row in connection.execute(texts.in_force(end), {**at, "effect": effect})
    ]
    found.sort(key=lambda row: row["in_force"])
    shown: Counter[int] = Counter()
    page: list[Row] = []
    for row in found:
        of = row["number" if end == "fact" else end]
        shown[of] += 1
        if shown[of] <= at["size"]:
            page.append(_row(Standing, row))
    return page


def held_then(
    connection: sqlite3.Connection, facts: Sequence[tuple[int, int]], moment: Moment
) -> list[Row]:
    """Return standings as they were known to hold in revisions of the past."""
    names = (*HELD_THEN, *all_columns(Standing))
    found = connection.execute(texts.HELD_THEN, seen(moment) | {"pairs": listed(facts)})
    return [_row(Standing, dict(zip(names, row, strict=True))) for row in found]


def rows(connection: sqlite3.Connection, text: str, at: Mapping[str, Any]) -> list[Row]:
    """Return the rows of a question that is not about facts."""
    cursor = connection.execute(text, at)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def numbers(connection: sqlite3.Connection, text: str, at: Mapping[str, Any]) -> list[int]:
    """Return the numbers that a question finds."""
    return [row[0] for row in connection.execute(text, at)]


def each_of(
    connection: sqlite3.Connection, text: str, each: Sequence[Mapping[str, Any]]
) -> list[list[int]]:
    """Return the numbers that a question finds for each of several things."""
    return [numbers(connection, text, at) for at in each]


def current(
    connection: sqlite3.Connection, kind: type[Fact], identities: Sequence[str]
) -> list[Row]:
    """Return the open facts of identities."""
    at = {"identities": listed(identities)}
    return facts(kind, connection.execute(texts.current(kind), at))


def closed_by(
    connection: sqlite3.Connection, kind: type[Fact], identities: Sequence[str]
) -> dict[str, int]:
    """Return the newest revisions that closed a row of identities."""
    at = {"identities": listed(identities)}
    return dict(connection.execute(texts.closed_by(kind), at).fetchall())


def exported(connection: sqlite3.Connection, kind: type[Fact], at: Mapping[str, Any]) -> list[Row]:
    """Return the next facts of a kind, open and closed."""
    return facts(kind, connection.execute(texts.exported(kind), at))


def of_feed(connection: sqlite3.Connection, kind: type[Fact], at: Mapping[str, Any]) -> list[Row]:
    """Return the next open facts that a feed brought."""
    return facts(kind, connection.execute(texts.of_feed(kind), at))


def facts(kind: type[Fact], rows: Iterable[Sequence[Any]]) -> list[Row]:
    """Return rows as facts, their lists parsed."""
    names = all_columns(kind)
    return [_row(kind, dict(zip(names, row, strict=False))) for row in rows]


def _row(kind: type[Fact], row: dict[str, Any]) -> Row:
    for name in lists(kind):
        value = row[name]
        if value is not None:
            row[name] = [] if value == "[]" else orjson.loads(value)
    return row


def _columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Mapping[str, Sequence[Any]]:
    """Turn rows into one column per field; lists are parsed where they are not empty."""
    if not rows:
        return dict.fromkeys(names, ())
    return _parsed(dict(zip(names, zip(*rows, strict=True), strict=True)))


def _lists(names: Sequence[str], told: str) -> Mapping[str, Sequence[Any]]:
    """Return columns that SQLite wrote as lists, as `_columns` does."""
    return _parsed(dict(zip(names, orjson.loads(told), strict=True)))


def _parsed(columns: dict[str, Sequence[Any]]) -> Mapping[str, Sequence[Any]]:
    for name in _LISTS.intersection(columns):
        columns[name] = [() if value == "[]" else _many(value) for value in columns[name]]
    return columns


_LISTS: Final = frozenset({"products", "regions", "options"})


def _many(value: Any) -> Any:  # noqa: ANN401
    """Return a list as it is kept: parsed, or none where there is none."""
    return orjson.loads(value) if isinstance(value, str) else value


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()
