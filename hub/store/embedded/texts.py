"""The hub's questions in SQL. Names of tables and columns come from `graph_schema`."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from graph_schema.agreements import Signature
from graph_schema.elements import Fact
from graph_schema.exchange import FACTS
from graph_schema.parties import Organization, Tie, Worksite
from graph_schema.sourcing import Volume
from graph_schema.standing import Standing
from hub.store.columns import (
    BEARING,
    CLOSING_COLUMNS,
    DESCRIBING,
    PLACE_COLUMNS,
    RUN,
    SIGNATURE_COLUMNS,
    STATE_COLUMNS,
    TIE_COLUMNS,
    VOLUME_COLUMNS,
    all_columns,
    bounds,
    ends,
)
from hub.store.embedded import change_texts, conditions, list_texts
from hub.store.embedded.conditions import (
    DERIVED,
    NODE,
    ON_THE_DAY,
    THEN,
    ever,
    names_seen,
    placed,
    seen,
    there,
)
from hub.store.embedded.schema import table
from hub.store.port import OPEN

LATEST: Final = (
    "SELECT number, recorded_at, "
    "coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'law_revision'), 0) "
    "FROM revision WHERE number = (SELECT max(number) FROM revision)"
)
RECORDED_AT: Final = (
    "SELECT r.number, r.recorded_at FROM json_each(:revisions) j "
    "CROSS JOIN revision r ON r.number = j.value"
)
_NEWEST: Final = "(SELECT max(number) FROM revision)"
"""A store in memory has one connection, to which the rows of a generation being staged show."""

RESOLVE: Final = (
    "SELECT j.key, r.node, n.kind, r.merged FROM json_each(:texts) j "
    "CROSS JOIN reference r ON r.text = j.value AND r.revision_until > :revision "
    "CROSS JOIN node n ON n.number = r.node WHERE r.revision_from <= :revision"
)
KINDS: Final = (
    "SELECT n.number, n.kind FROM json_each(:nodes) j CROSS JOIN node n ON n.number = j.value "
    f"WHERE n.revision_from <= :revision AND n.name IS NOT NULL AND {NODE}"
)
REFERENCES: Final = (
    "SELECT r.node, r.text, r.merged FROM json_each(:nodes) j "
    "CROSS JOIN reference r ON r.node = j.value "
    f"WHERE r.revision_until = {OPEN} AND r.revision_from <= (SELECT max(number) FROM revision) "
    "ORDER BY r.node, r.rowid"
)


def _chosen(names: tuple[str, ...]) -> str:
    return ", ".join(f'f."{name}"' for name in names)


def _whole(kind: type[Fact], revision: str = ":revision") -> str:
    """All columns of a fact as a revision has it: what was closed later is open in it."""
    return ", ".join(
        f"iif(f.revision_until > {revision}, {OPEN}, f.{name})"
        if name in _CLOSED
        else f'f."{name}"'
        for name in all_columns(kind)
    )


_CLOSED: Final = ("recorded_until", "revision_until")


_LISTS: Final = ", ".join(f'json_group_array(f."{name}")' for name in STATE_COLUMNS)
STATES_OF: Final = (
    f"SELECT json_array({_LISTS}) FROM json_each(:subjects) j "
    f"CROSS JOIN {table(Standing)} f ON f.subject = j.value WHERE {seen(Standing)}"
)
"""One list for each column, all in one text: SQLite writes it without Python's lock, and it is read
at once, which takes half as long as reading thousands of rows one by one."""
WORKSITE_PLACES_OF: Final = (
    f"SELECT {_chosen(PLACE_COLUMNS)}, f.region, {_chosen(CLOSING_COLUMNS)} "
    f"FROM json_each(:nodes) j CROSS JOIN {table(Worksite)} f ON f.reference = j.value "
    f"WHERE {placed(Worksite)}"
)
ORGANIZATION_PLACES_OF: Final = (
    f"SELECT {_chosen(PLACE_COLUMNS)}, f.regions "
    f"FROM json_each(:nodes) j CROSS JOIN {table(Organization)} f ON f.reference = j.value "
    f"WHERE {placed(Organization)}"
)
HELD_BY: Final = (
    "SELECT DISTINCT f.subject FROM json_each(:company) j "
    f"CROSS JOIN {table(Standing)} f ON f.subject = j.value "
    f"WHERE f.state IN (SELECT value FROM json_each(:words)) AND {seen(Standing)}"
)
TIES_FROM: Final = (
    f"SELECT {_chosen(TIE_COLUMNS)} FROM json_each(:tied) j "
    f"CROSS JOIN {table(Tie)} f ON f.from_ = j.value WHERE {seen(Tie)}"
)
TIES_TO: Final = (
    f"SELECT {_chosen(TIE_COLUMNS)} FROM json_each(:tied) j "
    f'CROSS JOIN {table(Tie)} f ON f."to" = j.value WHERE {seen(Tie)}'
)
VOLUMES_OF: Final = (
    f"SELECT {_chosen(VOLUME_COLUMNS)} FROM json_each(:subjects) j "
    f"CROSS JOIN {table(Volume)} f ON f.pool = j.value "
    f"WHERE {THEN}"
)
"""A volume counts in every answer; only its figures are not for everyone (SECURITY.md C2)."""
SIGNATURES_OF: Final = (
    f"SELECT {_chosen(SIGNATURE_COLUMNS)} FROM json_each(:buyers) j "
    f"CROSS JOIN {table(Signature)} f ON f.organization = j.value "
    f"WHERE f.role = 'BUYER' AND {seen(Signature)}"
)


@cache
def everything(kind: type[Fact]) -> str:
    """All facts of a small kind, withdrawn ones included."""
    return (
        f"SELECT {_whole(kind)} FROM {table(kind)} f "
        "WHERE f.revision_from <= :revision ORDER BY f.number"
    )


@cache
def described(kind: type[Fact]) -> str:
    """What is said of nodes by one kind of describing fact."""
    end = kind.ends_at or "program"
    return (
        f"SELECT {_whole(kind)} FROM json_each(:nodes) j "
        f'CROSS JOIN {table(kind)} f ON f."{end}" = j.value WHERE {seen(kind)} ORDER BY f.number'
    )


@cache
def at(kind: type[Fact], end: str, *, history: bool) -> str:
    """A page of the facts at one end of each of some nodes."""
    return (
        f"SELECT {_whole(kind)} FROM json_each(:nodes) j "
        f"CROSS JOIN {table(kind)} f ON f.number IN ("
        f'SELECT f.number FROM {table(kind)} f WHERE f."{end}" = j.value '
        f"AND f.number > :after AND {ever(kind) if history else seen(kind)}"
        f"{_asked_for(kind)}{names_seen(kind, end)} "
        "ORDER BY f.number LIMIT :size) ORDER BY f.number"
    )


@cache
def count_at(kind: type[Fact], end: str, *, history: bool) -> str:
    """How many facts there are at one end of some nodes."""
    return (
        f'SELECT f."{end}", count(*) FROM json_each(:nodes) j '
        f'CROSS JOIN {table(kind)} f ON f."{end}" = j.value '
        f"WHERE {ever(kind) if history else seen(kind)}{_asked_for(kind)}{names_seen(kind, end)} "
        f'GROUP BY f."{end}"'
    )


def _asked_for(kind: type[Fact]) -> str:
    """The condition that a fact is asked for: valid on a day, given where it is a signature."""
    first, end = bounds(kind)
    conditions = ""
    if first:
        conditions += f" AND (:day IS NULL OR f.{first} IS NULL OR f.{first} <= :day)"
    if end:
        conditions += f" AND (:day IS NULL OR f.{end} IS NULL OR f.{end}_last > :day)"
    if kind is Signature:
        conditions += " AND (:signed IS NULL OR f.signed = :signed)"
    return conditions


@cache
def in_force(end: str) -> str:
    """A page of the standings of one effect that really held, with the day they ended.

    Their place is the standing's own number: that of a derived row tells of what ended others.
    """
    return (
        f"SELECT i.effect, i.ends, i.ended, i.fact, {_whole(Standing)} "
        "FROM json_each(:nodes) j CROSS JOIN in_force i ON i.number IN ("
        f"SELECT i.number FROM in_force i WHERE i.{end} = j.value "
        f"AND (:effect IS NULL OR i.effect = :effect) AND i.fact > :after "
        f"AND {DERIVED} AND {ON_THE_DAY}{_shown(end)} ORDER BY i.fact LIMIT :size) "
        f"CROSS JOIN {table(Standing)} f ON f.number = i.fact ORDER BY i.fact"
    )


_THEN: Final = "json_extract(j.value, '$[1]')"
HELD_THEN: Final = (
    f"SELECT {_THEN}, i.effect, i.ends, i.ended, i.fact, {_whole(Standing, _THEN)} "
    "FROM json_each(:pairs) j CROSS JOIN in_force i ON i.fact = json_extract(j.value, '$[0]') "
    f"CROSS JOIN {table(Standing)} f ON f.number = i.fact "
    f"WHERE {DERIVED.replace(':revision', _THEN)} ORDER BY i.fact, i.number"
)
_EFFECTS: Final = "AND (:effects = '[]' OR i.effect IN (SELECT value FROM json_each(:effects)))"


@cache
def count_in_force(end: str) -> str:
    """How many standings really held on a day."""
    return (
        f"SELECT i.{end}, count(*) FROM json_each(:nodes) j "
        f"CROSS JOIN in_force i ON i.{end} = j.value "
        f"WHERE {DERIVED} AND {ON_THE_DAY}{_shown(end)} {_EFFECTS} GROUP BY i.{end}"
    )


def _shown(end: str) -> str:
    """The condition that holders are there for the viewer, where they are not asked about."""
    return "" if end == "subject" else f" AND {there('subject', of='i')}"


_RUN: Final = "number, " + ", ".join(RUN)
_NEXT_FEED: Final = "(SELECT min(feed) FROM run WHERE program = {0} AND feed > {1})"
RUNS: Final = (
    "WITH RECURSIVE each (program, feed) AS ("
    f"SELECT j.value, {_NEXT_FEED.format('j.value', repr(''))} FROM json_each(:programs) j "
    f"UNION SELECT program, {_NEXT_FEED.format('each.program', 'each.feed')} FROM each "
    "WHERE feed IS NOT NULL) "
    f"SELECT {_RUN} FROM run WHERE number IN (SELECT (SELECT max(number) FROM run "
    "WHERE program = each.program AND feed = each.feed) FROM each) ORDER BY number"
)
"""From each feed of a program to the next, so that old runs are not read."""
RUNS_THAT_MADE: Final = (
    f"SELECT {_RUN} FROM json_each(:revisions) j CROSS JOIN run ON revision = j.value "
    "WHERE outcome = 'applied' ORDER BY number"
)
PROBLEMS: Final = (
    "SELECT p.* FROM json_each(:runs) j CROSS JOIN problem p ON p.number IN ("
    "SELECT p.number FROM problem p WHERE p.run = j.value AND p.number > :after "
    "ORDER BY p.number LIMIT :size) ORDER BY p.number"
)
DERIVED_OF: Final = (
    "SELECT i.* FROM json_each(:subjects) j CROSS JOIN in_force i ON i.subject = j.value "
    f"WHERE i.revision_until = {OPEN}"
)


@cache
def current(kind: type[Fact]) -> str:
    """The open facts of some identities."""
    return (
        f"SELECT {_chosen(all_columns(kind))} FROM json_each(:identities) j "
        f"CROSS JOIN {table(kind)} f ON f.identity = j.value AND f.revision_until = {OPEN} "
        f"AND f.revision_from <= {_NEWEST}"
    )


@cache
def closed_by(kind: type[Fact]) -> str:
    """The newest revisions that closed a row of some identities."""
    return (
        "SELECT f.identity, max(f.revision_until) FROM json_each(:identities) j "
        f"CROSS JOIN {table(kind)} f ON f.identity = j.value AND f.revision_until <= {_NEWEST} "
        "GROUP BY f.identity"
    )


@cache
def exported(kind: type[Fact]) -> str:
    """The next facts of a kind, open and closed."""
    return (
        f"SELECT {_whole(kind)} FROM {table(kind)} f "
        "WHERE f.number > :after AND f.revision_from <= :revision ORDER BY f.number LIMIT :size"
    )


@cache
def of_feed(kind: type[Fact]) -> str:
    """The next open facts that a feed brought."""
    return (
        f"SELECT {_chosen(all_columns(kind))} FROM {table(kind)} f "
        "WHERE f.program = :program AND f.feed = :feed AND f.number > :after "
        f"AND f.revision_from <= {_NEWEST} AND f.revision_until > {_NEWEST} "
        "ORDER BY f.number LIMIT :size"
    )


def every_text() -> Iterator[tuple[str, str]]:
    """Yield every question by name, so that a test can read each one's plan."""
    for module in (globals(), vars(list_texts)):
        named = {name: text for name, text in module.items() if name[0].isupper()}
        yield from (
            (name, text)
            for name, text in named.items()
            if isinstance(text, str) and name not in vars(conditions)
        )
    yield "FLOOR", change_texts.FLOOR
    for key, (page, count) in list_texts.SHARED.items():
        yield f"SHARED{key}", page
        yield f"COUNT_SHARED{key}", count
    yield from _made_texts()


def _made_texts() -> Iterator[tuple[str, str]]:
    """Yield the questions that are made for each kind of fact."""
    for end in ("subject", "program", "fact"):
        yield f"in_force({end})", in_force(end)
        yield f"count_in_force({end})", count_in_force(end)
    for kind in FACTS:
        yield f"current({kind.word})", current(kind)
        yield f"closed_by({kind.word})", closed_by(kind)
        yield f"of_feed({kind.word})", of_feed(kind)
        yield f"exported({kind.word})", exported(kind)
        yield f"new({kind.word})", change_texts.new(kind)
        yield f"withdrawn({kind.word})", change_texts.withdrawn(kind)
        yield f"before({kind.word})", change_texts.before(kind)
        for end in dict.fromkeys((*ends(kind), *kind.indexed, "program", "number")):
            for history in (False, True):
                yield f"at({kind.word}, {end}, {history})", at(kind, end, history=history)
            yield f"count_at({kind.word}, {end})", count_at(kind, end, history=False)
    for kind in BEARING:
        yield f"touched({kind.word})", change_texts.touched(kind)
    for kind in DESCRIBING:
        yield f"described({kind.word})", described(kind)
