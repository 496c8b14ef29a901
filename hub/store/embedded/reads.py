"""Questions put to one connection: each function is one round trip."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from heapq import merge
from typing import Any, Final

import orjson

from graph_schema.codes import Effect, Kind
from graph_schema.elements import Fact
from graph_schema.standing import Standing
from hub.store.embedded import texts
from hub.store.embedded.schema import all_columns, lists
from hub.store.port import (
    Around,
    Latest,
    Moment,
    Page,
    Resolved,
    Row,
    SharedSought,
    Sought,
)

NOTHING: Final = Latest(0, 0, 0)
_ALL: Final = 2**31


def listed(values: Iterable[object]) -> str:
    """Return values as the JSON list that `json_each` reads."""
    return orjson.dumps(list(values)).decode()


def seen(moment: Moment) -> dict[str, Any]:
    """Return the parameters of what is seen at a moment."""
    return {
        "revision": moment.revision,
        "known_at": moment.known_at,
        "everything": moment.viewer.everything,
    }


def latest(connection: sqlite3.Connection) -> Latest:
    """Return the newest revision."""
    row = connection.execute(texts.LATEST).fetchone()
    return Latest(*row) if row else NOTHING


def revision_at(connection: sqlite3.Connection, revision: int) -> int | None:
    """Return when a revision was committed."""
    row = connection.execute(texts.REVISION, {"revision": revision}).fetchone()
    return row[0] if row else None


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
    rows = connection.execute(texts.REFERENCES, {"nodes": listed(nodes)})
    return [(node, text, bool(merged)) for node, text, merged in rows]


def everything(connection: sqlite3.Connection, kind: type[Fact], revision: int) -> list[Row]:
    """Return all facts that a revision has of a small kind."""
    return facts(kind, connection.execute(texts.everything(kind), {"revision": revision}))


def around(
    connection: sqlite3.Connection, buyers: Sequence[int], subjects: Sequence[int], moment: Moment
) -> Around:
    """Return what bears on buyers and subjects."""
    nodes = list(dict.fromkeys((*buyers, *subjects)))
    at = seen(moment) | {
        "nodes": listed(nodes),
        "subjects": listed(subjects),
        "buyers": listed(buyers),
    }
    ties = dict.fromkeys(connection.execute(texts.TIES_FROM, at))
    ties |= dict.fromkeys(connection.execute(texts.TIES_TO, at))
    sites = connection.execute(texts.WORKSITE_PLACES_OF, at).fetchall()
    offices = connection.execute(texts.ORGANIZATION_PLACES_OF, at).fetchall()
    shared = len(texts.PLACE_COLUMNS)
    places = [
        *((*row[:shared], _one(row[shared]), *row[shared + 1 :], True) for row in sites),
        *((*row[:shared], _many(row[shared]), None, None, None, False) for row in offices),
    ]
    return Around(
        states=_columns(texts.STATE_COLUMNS, connection.execute(texts.STATES_OF, at).fetchall()),
        places=_columns(
            (*texts.PLACE_COLUMNS, "regions", *texts.CLOSING_COLUMNS, "worksite"), places
        ),
        ties=_columns(texts.TIE_COLUMNS, list(ties)),
        volumes=_columns(texts.VOLUME_COLUMNS, connection.execute(texts.VOLUMES_OF, at).fetchall()),
        signatures=_columns(
            texts.SIGNATURE_COLUMNS, connection.execute(texts.SIGNATURES_OF, at).fetchall()
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
    nodes: Sequence[int],
    moment: Moment,
    *,
    day: int | None,
    page: Page | None = None,
    effects: Sequence[Effect] = (),
) -> dict[str, Any]:
    """Return the parameters of a question about nodes."""
    asked = page or Page(_ALL)
    return seen(moment) | {
        "nodes": listed(nodes),
        "day": day,
        "after": asked.after,
        "size": asked.size,
        "effects": listed(effects),
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
    own = ("effect", "ends", "ended", "in_force")
    names = (*own, *all_columns(Standing))
    found = [
        dict(zip(names, row, strict=True))
        for effect in effects or (None,)
        for row in connection.execute(texts.in_force(end), {**at, "effect": effect})
    ]
    found.sort(key=lambda row: row["in_force"])
    return [_row(Standing, row) for row in found]


def rows(connection: sqlite3.Connection, text: str, at: Mapping[str, Any]) -> list[Row]:
    """Return the rows of a question that is not about facts."""
    cursor = connection.execute(text, at)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def numbers(connection: sqlite3.Connection, text: str, at: Mapping[str, Any]) -> list[int]:
    """Return the numbers that a question finds."""
    return [row[0] for row in connection.execute(text, at)]


def current(
    connection: sqlite3.Connection, kind: type[Fact], identities: Sequence[str]
) -> list[Row]:
    """Return the open facts of identities."""
    at = {"identities": listed(identities)}
    return facts(kind, connection.execute(texts.current(kind), at))


def of_feed(connection: sqlite3.Connection, kind: type[Fact], program: int, feed: str) -> list[Row]:
    """Return the open facts that a feed brought."""
    return facts(kind, connection.execute(texts.of_feed(kind), {"program": program, "feed": feed}))


def facts(kind: type[Fact], rows: Iterable[Sequence[Any]]) -> list[Row]:
    """Return rows as facts, their lists parsed."""
    names = all_columns(kind)
    return [_row(kind, dict(zip(names, row, strict=False))) for row in rows]


def _row(kind: type[Fact], row: dict[str, Any]) -> Row:
    for name in lists(kind):
        if row[name] is not None:
            row[name] = orjson.loads(row[name])
    return row


def _columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Mapping[str, Sequence[Any]]:
    """Turn rows into one column per field; lists are parsed where they are not empty."""
    if not rows:
        return dict.fromkeys(names, ())
    found: dict[str, Sequence[Any]] = dict(zip(names, zip(*rows, strict=True), strict=True))
    for name in _LISTS.intersection(names):
        found[name] = [_many(value) for value in found[name]]
    return found


_LISTS: Final = frozenset({"products", "regions", "options"})


def _many(value: Any) -> Any:  # noqa: ANN401
    """Return a list as it is kept: parsed, or none where there is none."""
    if value == "[]":
        return ()
    return orjson.loads(value) if isinstance(value, str) else value


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def found(connection: sqlite3.Connection, sought: Sought, moment: Moment, page: Page) -> list[int]:
    """Return the subjects that hold a state as sought: one range of an index per effect."""
    ranges = (
        numbers(connection, texts.FIND, _sought(sought, moment, page, program, effect))
        for program in sought.programs
        for effect in sought.effects or tuple(Effect)
    )
    ordered = merge(*ranges)
    return [number for number, _ in zip(_once(ordered), range(page.size), strict=False)]


def count_found(connection: sqlite3.Connection, sought: Sought, moment: Moment) -> int:
    """Return how many subjects hold a state as sought."""
    everyone: set[int] = set()
    for program in sought.programs:
        for effect in sought.effects or tuple(Effect):
            at = _sought(sought, moment, Page(_ALL), program, effect)
            everyone.update(numbers(connection, texts.FIND_ALL, at))
    return len(everyone)


def _sought(
    sought: Sought, moment: Moment, page: Page, program: int, effect: Effect
) -> dict[str, Any]:
    return seen(moment) | {
        "program": program,
        "effect": effect.value,
        "kind": sought.kind.value,
        "products": listed(sorted(sought.products)),
        "country": sought.country,
        "day": sought.day,
        "after": page.after,
        "size": page.size,
    }


def _once(ordered: Iterable[int]) -> Iterable[int]:
    """Yield ordered numbers, each once."""
    last = None
    for number in ordered:
        if number != last:
            yield number
        last = number


def shared_texts(sought: SharedSought) -> tuple[str, str]:
    """Return the text of the page and of the count of shared suppliers."""
    return texts.SHARED[sought.buyers is not None, sought.at_least < 2]  # noqa: PLR2004


def shared(sought: SharedSought, moment: Moment, page: Page) -> dict[str, Any]:
    """Return the parameters of a question for shared suppliers."""
    return seen(moment) | {
        "programs": listed(sought.programs),
        "buyers": listed(sought.buyers or ()),
        "at_least": sought.at_least,
        "day": sought.day,
        "disagreeing": sought.disagreeing,
        "country": sought.country,
        "after": page.after,
        "size": page.size,
    }


def signed(
    agreements: Sequence[int], country: str | None, day: int, moment: Moment, page: Page
) -> dict[str, Any]:
    """Return the parameters of a question for signatories."""
    return seen(moment) | {
        "agreements": listed(agreements),
        "country": country,
        "day": day,
        "after": page.after,
        "size": page.size,
    }
