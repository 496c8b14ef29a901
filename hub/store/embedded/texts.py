"""The hub's questions in SQL. Names of tables and columns come from `graph_schema`."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from graph_schema.agreements import Agreement, Signature
from graph_schema.elements import Fact, Form, fields
from graph_schema.exchange import FACTS
from graph_schema.parties import Organization, Tie, Worksite
from graph_schema.programs import Commodity, Program
from graph_schema.sourcing import Volume
from graph_schema.standing import Standing
from hub.store.embedded.schema import all_columns, ends, table
from hub.store.port import OPEN

DESCRIBING: Final = (Program, Organization, Worksite, Agreement, Commodity)
"""The facts that say what a node is."""

_SEEN: Final = (
    "f.revision_from <= :revision AND f.recorded_from <= :known_at "
    "AND (f.revision_until > :revision OR f.recorded_until > :known_at) "
    "AND (f.visible OR :everything)"
)
_PLACED: Final = (
    "f.revision_from <= :revision "
    "AND (f.revision_until > :revision OR f.recorded_until > :known_at) "
    "AND (f.visible OR :everything)"
)
"""Where a subject is said to be: where nothing was known of that yet, what was learned later."""
_EVER: Final = "f.revision_from <= :revision AND (f.visible OR :everything)"
_DERIVED: Final = (
    "i.revision_from <= :revision AND i.revision_until > :revision "
    "AND i.known_from <= :known_at AND i.known_until > :known_at AND (i.visible OR :everything)"
)
_ON_THE_DAY: Final = "(:day IS NULL OR (i.starts <= :day AND i.ends > :day))"

LATEST: Final = (
    "SELECT number, recorded_at, "
    "coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'law_revision'), 0) "
    "FROM revision WHERE number = (SELECT max(number) FROM revision)"
)
REVISION: Final = "SELECT recorded_at FROM revision WHERE number = :revision"
RESOLVE: Final = (
    "SELECT j.key, r.node, n.kind, r.merged FROM json_each(:texts) j "
    "CROSS JOIN reference r ON r.text = j.value AND r.revision_until > :revision "
    "CROSS JOIN node n ON n.number = r.node WHERE r.revision_from <= :revision"
)
KINDS: Final = (
    "SELECT n.number, n.kind FROM json_each(:nodes) j CROSS JOIN node n ON n.number = j.value "
    "WHERE n.revision_from <= :revision AND n.name IS NOT NULL AND (n.visible OR :everything)"
)
REFERENCES: Final = (
    "SELECT r.node, r.text, r.merged FROM json_each(:nodes) j "
    "CROSS JOIN reference r ON r.node = j.value "
    f"WHERE r.revision_until = {OPEN} AND r.revision_from <= (SELECT max(number) FROM revision) "
    "ORDER BY r.node, r.rowid"
)

STATE_COLUMNS: Final = (
    "number", "subject", "program", "track", "state", "begins_first", "begins_last", "confirmed",
    "max_age", "until", "until_first", "until_last", "announced_until", "announced_until_first",
    "announced_until_last", "products", "regions", "feed",
    "since", "observed",
)  # fmt: skip
PLACE_COLUMNS: Final = ("reference", "program", "name", "country", "recorded_from", "stated_at")
TIE_COLUMNS: Final = (
    "program", "kind", "from_", "to", "begins_first", "begins_last", "until", "until_first",
    "until_last",
)  # fmt: skip
VOLUME_COLUMNS: Final = (
    "program", "pool", "buyer", "product", "kind", "since", "since_first", "since_last", "until",
    "until_first", "until_last", "quantity", "unit",
)  # fmt: skip
SIGNATURE_COLUMNS: Final = (
    "number", "program", "organization", "agreement", "begins_first", "begins_last", "until",
    "until_first", "until_last", "options", "covers_group", "signed", "confidence",
)  # fmt: skip
CLOSING_COLUMNS: Final = ("closed_on", "closed_on_first", "closed_on_last")


def _chosen(names: tuple[str, ...]) -> str:
    return ", ".join(f'f."{name}"' for name in names)


STATES_OF: Final = (
    f"SELECT {_chosen(STATE_COLUMNS)} FROM json_each(:subjects) j "
    f"CROSS JOIN {table(Standing)} f ON f.subject = j.value WHERE {_SEEN}"
)
WORKSITE_PLACES_OF: Final = (
    f"SELECT {_chosen(PLACE_COLUMNS)}, f.region, {_chosen(CLOSING_COLUMNS)} "
    f"FROM json_each(:nodes) j CROSS JOIN {table(Worksite)} f ON f.reference = j.value "
    f"WHERE {_PLACED}"
)
ORGANIZATION_PLACES_OF: Final = (
    f"SELECT {_chosen(PLACE_COLUMNS)}, f.regions "
    f"FROM json_each(:nodes) j CROSS JOIN {table(Organization)} f ON f.reference = j.value "
    f"WHERE {_PLACED}"
)
TIES_FROM: Final = (
    f"SELECT {_chosen(TIE_COLUMNS)} FROM json_each(:nodes) j "
    f"CROSS JOIN {table(Tie)} f ON f.from_ = j.value WHERE {_SEEN}"
)
TIES_TO: Final = (
    f"SELECT {_chosen(TIE_COLUMNS)} FROM json_each(:nodes) j "
    f'CROSS JOIN {table(Tie)} f ON f."to" = j.value WHERE {_SEEN}'
)
VOLUMES_OF: Final = (
    f"SELECT {_chosen(VOLUME_COLUMNS)} FROM json_each(:subjects) j "
    f"CROSS JOIN {table(Volume)} f ON f.pool = j.value "
    f"WHERE {_SEEN.replace('f.visible', '1')}"
)
"""A volume counts in every answer; only its figures are not for everyone (SECURITY.md C2)."""
SIGNATURES_OF: Final = (
    f"SELECT {_chosen(SIGNATURE_COLUMNS)} FROM json_each(:buyers) j "
    f"CROSS JOIN {table(Signature)} f ON f.organization = j.value "
    f"WHERE f.role = 'BUYER' AND {_SEEN}"
)


@cache
def everything(kind: type[Fact]) -> str:
    """All facts of a small kind, withdrawn ones included."""
    return (
        f"SELECT {_chosen(all_columns(kind))} FROM {table(kind)} f "
        "WHERE f.revision_from <= :revision ORDER BY f.number"
    )


@cache
def described(kind: type[Fact]) -> str:
    """What is said of nodes by one kind of describing fact."""
    end = kind.ends_at or "program"
    return (
        f"SELECT {_chosen(all_columns(kind))} FROM json_each(:nodes) j "
        f'CROSS JOIN {table(kind)} f ON f."{end}" = j.value WHERE {_SEEN} ORDER BY f.number'
    )


@cache
def at(kind: type[Fact], end: str, *, history: bool) -> str:
    """A page of the facts at one end of each of some nodes."""
    return (
        f"SELECT {_chosen(all_columns(kind))} FROM json_each(:nodes) j "
        f"CROSS JOIN {table(kind)} f ON f.number IN ("
        f'SELECT f.number FROM {table(kind)} f WHERE f."{end}" = j.value '
        f"AND f.number > :after AND {_EVER if history else _SEEN}{_valid(kind)} "
        "ORDER BY f.number LIMIT :size) ORDER BY f.number"
    )


@cache
def count_at(kind: type[Fact], end: str, *, history: bool) -> str:
    """How many facts there are at one end of some nodes."""
    return (
        f'SELECT f."{end}", count(*) FROM json_each(:nodes) j '
        f'CROSS JOIN {table(kind)} f ON f."{end}" = j.value '
        f'WHERE {_EVER if history else _SEEN}{_valid(kind)} GROUP BY f."{end}"'
    )


def _valid(kind: type[Fact]) -> str:
    """The condition that a fact may be valid on a day, for those that begin or end."""
    partial = {f.name for f in fields(kind) if f.form is Form.PARTIAL_DATE}
    begin, end = ("since", "until") if kind is not Agreement else ("in_force_from", "")
    conditions = ""
    if begin in partial:
        first = "begins_first" if begin == "since" else f"{begin}_first"
        conditions += f" AND (:day IS NULL OR f.{first} IS NULL OR f.{first} <= :day)"
    if end in partial:
        conditions += f" AND (:day IS NULL OR f.{end} IS NULL OR f.{end}_last > :day)"
    return conditions


@cache
def in_force(end: str) -> str:
    """A page of the standings of one effect that really held, with the day they ended."""
    return (
        f"SELECT i.effect, i.ends, i.ended, i.number, {_chosen(all_columns(Standing))} "
        "FROM json_each(:nodes) j CROSS JOIN in_force i ON i.number IN ("
        f"SELECT i.number FROM in_force i WHERE i.{end} = j.value "
        f"AND (:effect IS NULL OR i.effect = :effect) AND i.number > :after "
        f"AND {_DERIVED} AND {_ON_THE_DAY} ORDER BY i.number LIMIT :size) "
        f"CROSS JOIN {table(Standing)} f ON f.number = i.fact ORDER BY i.number"
    )


_EFFECTS: Final = "AND (:effects = '[]' OR i.effect IN (SELECT value FROM json_each(:effects)))"


@cache
def count_in_force(end: str) -> str:
    """How many standings really held on a day."""
    return (
        f"SELECT i.{end}, count(*) FROM json_each(:nodes) j "
        f"CROSS JOIN in_force i ON i.{end} = j.value "
        f"WHERE {_DERIVED} AND {_ON_THE_DAY} {_EFFECTS} GROUP BY i.{end}"
    )


_SOUGHT: Final = (
    "FROM in_force i CROSS JOIN node n ON n.number = i.subject "
    "WHERE i.program = :program AND i.effect = :effect AND i.subject > :after "
    f"AND {_DERIVED} AND {_ON_THE_DAY} AND n.kind = :kind AND n.known_from <= :known_at "
    "AND (n.visible OR :everything) AND (:country IS NULL OR n.country = :country) "
    "AND (:products = '[]' OR (i.products = '[]' AND coalesce(n.products, '[]') = '[]') "
    "OR EXISTS (SELECT 1 FROM json_each(i.products) p "
    "WHERE p.value IN (SELECT value FROM json_each(:products))) "
    "OR (i.products = '[]' AND EXISTS (SELECT 1 FROM json_each(n.products) p "
    "WHERE p.value IN (SELECT value FROM json_each(:products)))))"
)
FIND: Final = f"SELECT DISTINCT i.subject {_SOUGHT} ORDER BY i.subject LIMIT :size"
FIND_ALL: Final = f"SELECT DISTINCT i.subject {_SOUGHT}"

_PROGRAMS_HELD: Final = (
    "(SELECT count(DISTINCT i.program) FROM in_force i WHERE i.subject = n.number "
    f"AND {_DERIVED} AND {_ON_THE_DAY} "
    "AND (:programs = '[]' OR i.program IN (SELECT value FROM json_each(:programs))))"
)
_GOOD: Final = "('GOOD_STANDING', 'FINDINGS')"
_BAD: Final = "('AT_RISK', 'RESTRICTED', 'CLOSED', 'INELIGIBLE')"
_DISAGREE: Final = (
    "(SELECT sum(bad) > 0 AND sum(bad = 0 AND good) > 0 FROM ("
    f"SELECT max(i.effect IN {_BAD}) AS bad, max(i.effect IN {_GOOD}) AS good FROM in_force i "
    f"WHERE i.subject = n.number AND {_DERIVED} AND {_ON_THE_DAY} "
    "AND (:programs = '[]' OR i.program IN (SELECT value FROM json_each(:programs))) "
    "GROUP BY i.program))"
)
_NODE_SEEN: Final = (
    "n.revision_from <= :revision AND n.known_from <= :known_at AND (n.visible OR :everything) "
    "AND (:country IS NULL OR n.country = :country)"
)
_BUYERS_HELD: Final = (
    "(SELECT count(DISTINCT f.buyer) FROM fact_sourcinglink f WHERE f.supplier = n.number "
    f"AND {_SEEN} AND f.begins_first <= :day AND (f.until IS NULL OR f.until_last > :day) "
    "AND (:buyers = '[]' OR f.buyer IN (SELECT value FROM json_each(:buyers))))"
)
_AGREEING: Final = f"(:disagreeing IS NULL OR coalesce({_DISAGREE}, 0) = :disagreeing)"
_SHARED: Final = (
    f"FROM node n WHERE n.programs_held > 1 AND n.number > :after AND {_NODE_SEEN} "
    f"AND {_PROGRAMS_HELD} >= :at_least AND {_AGREEING}"
)
_BOUGHT: Final = (
    f"FROM node n WHERE n.buyers_held > 1 AND n.number > :after AND {_NODE_SEEN} "
    f"AND {_BUYERS_HELD} >= :at_least "
    f"AND (:programs = '[]' OR {_PROGRAMS_HELD} >= :at_least) AND {_AGREEING}"
)
_ANY_SHARED: Final = (
    f"FROM node n WHERE n.number > :after AND n.programs_held > 0 AND {_NODE_SEEN} "
    f"AND {_PROGRAMS_HELD} >= :at_least AND {_AGREEING}"
)
_ANY_BOUGHT: Final = _BOUGHT.replace("n.buyers_held > 1", "n.buyers_held > 0")
SHARED: Final = {
    (by_buyers, few): (
        f"SELECT n.number {source} ORDER BY n.number LIMIT :size",
        f"SELECT count(*) {source}",
    )
    for (by_buyers, few), source in {
        (False, False): _SHARED,
        (False, True): _ANY_SHARED,
        (True, False): _BOUGHT,
        (True, True): _ANY_BOUGHT,
    }.items()
}
"""The page and the count, by whether buyers are asked for, and whether one of them is enough."""

_SIGNED: Final = (
    f"FROM json_each(:agreements) j CROSS JOIN {table(Signature)} f ON f.agreement = j.value "
    "CROSS JOIN node n ON n.number = f.organization "
    f"WHERE f.role = 'BUYER' AND f.signed AND {_SEEN} AND f.begins_first <= :day "
    "AND (f.until IS NULL OR f.until_last > :day) AND f.organization > :after "
    "AND (n.visible OR :everything) AND (:country IS NULL OR n.country = :country)"
)
BUYERS: Final = f"SELECT DISTINCT f.organization {_SIGNED} ORDER BY f.organization LIMIT :size"
COUNT_BUYERS: Final = f"SELECT count(DISTINCT f.organization) {_SIGNED}"

SEARCH: Final = (
    "SELECT w.rowid, w.kind, -w.rank AS score FROM words w CROSS JOIN node n ON n.number = w.rowid "
    "WHERE words MATCH :text "
    "AND (:kinds = '[]' OR w.kind IN (SELECT value FROM json_each(:kinds))) "
    "AND n.revision_from <= :revision AND n.known_from <= :known_at "
    "AND (n.visible OR :everything) "
    "AND (-w.rank < :score OR (-w.rank = :score AND w.rowid > :after)) "
    "ORDER BY score DESC, w.rowid LIMIT :size"
)
RUNS: Final = (
    "SELECT r.* FROM json_each(:programs) j CROSS JOIN run r ON r.program = j.value "
    "WHERE r.number = (SELECT max(number) FROM run WHERE program = j.value)"
)
PROBLEMS: Final = (
    "SELECT * FROM problem WHERE run = :run AND number > :after ORDER BY number LIMIT :size"
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
        f"CROSS JOIN {table(kind)} f ON f.identity = j.value AND f.revision_until = {OPEN}"
    )


@cache
def of_feed(kind: type[Fact]) -> str:
    """The open facts that a feed brought."""
    return (
        f"SELECT {_chosen(all_columns(kind))} FROM {table(kind)} f "
        f"WHERE f.program = :program AND f.feed = :feed AND f.revision_until = {OPEN} "
        "ORDER BY f.number"
    )


def every_text() -> Iterator[tuple[str, str]]:
    """Yield every question by name, so that a test can read each one's plan."""
    named = {name: text for name, text in globals().items() if name[0].isupper()}
    yield from ((name, text) for name, text in named.items() if isinstance(text, str))
    for key, (page, count) in SHARED.items():
        yield f"SHARED{key}", page
        yield f"COUNT_SHARED{key}", count
    yield from _made_texts()


def _made_texts() -> Iterator[tuple[str, str]]:
    """Yield the questions that are made for each kind of fact."""
    for end in ("subject", "program"):
        yield f"in_force({end})", in_force(end)
        yield f"count_in_force({end})", count_in_force(end)
    for kind in FACTS:
        yield f"current({kind.word})", current(kind)
        yield f"of_feed({kind.word})", of_feed(kind)
        for end in dict.fromkeys((*ends(kind), "program")):
            for history in (False, True):
                yield f"at({kind.word}, {end}, {history})", at(kind, end, history=history)
            yield f"count_at({kind.word}, {end})", count_at(kind, end, history=False)
    for kind in DESCRIBING:
        yield f"described({kind.word})", described(kind)
