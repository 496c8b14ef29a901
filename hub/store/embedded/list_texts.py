"""The hub's questions for lists of nodes in SQL: subjects sought, shared, signatories, names."""

from typing import Final

from graph_schema.agreements import Signature
from graph_schema.parties import Organization, Worksite
from graph_schema.sourcing import SourcingLink
from hub.store.embedded.conditions import DERIVED, NODE, ON_THE_DAY, THEN, seen
from hub.store.embedded.schema import table

_SOUGHT: Final = (
    "FROM in_force i CROSS JOIN node n ON n.number = i.subject "
    "WHERE i.program = :program AND i.effect = :effect AND i.subject > :after "
    f"AND {DERIVED} AND {ON_THE_DAY} AND n.kind = :kind AND n.known_from <= :known_at "
    f"AND {NODE} AND (:country IS NULL OR n.country = :country) "
    "AND (:products = '[]' OR (i.products = '[]' AND coalesce(n.products, '[]') = '[]') "
    "OR EXISTS (SELECT 1 FROM json_each(i.products) p "
    "WHERE p.value IN (SELECT value FROM json_each(:products))) "
    "OR (i.products = '[]' AND EXISTS (SELECT 1 FROM json_each(n.products) p "
    "WHERE p.value IN (SELECT value FROM json_each(:products)))))"
)
NODES_OF: Final = "SELECT number FROM node WHERE kind = :kind"
FIND: Final = f"SELECT DISTINCT i.subject {_SOUGHT} ORDER BY i.subject LIMIT :size"
FIND_ALL: Final = f"SELECT DISTINCT i.subject {_SOUGHT}"

_PROGRAMS_HELD: Final = (
    "(SELECT count(DISTINCT i.program) FROM in_force i WHERE i.subject = n.number "
    f"AND {DERIVED} AND {ON_THE_DAY} "
    "AND (:programs = '[]' OR i.program IN (SELECT value FROM json_each(:programs))))"
)
_GOOD: Final = "('GOOD_STANDING', 'FINDINGS')"
_BAD: Final = "('AT_RISK', 'RESTRICTED', 'CLOSED', 'INELIGIBLE')"
_DISAGREE: Final = (
    "(SELECT sum(bad) > 0 AND sum(bad = 0 AND good) > 0 FROM ("
    f"SELECT max(i.effect IN {_BAD}) AS bad, max(i.effect IN {_GOOD}) AS good FROM in_force i "
    f"WHERE i.subject = n.number AND {DERIVED} AND {ON_THE_DAY} "
    "AND (:programs = '[]' OR i.program IN (SELECT value FROM json_each(:programs))) "
    "GROUP BY i.program))"
)
_NODE_SEEN: Final = (
    f"n.revision_from <= :revision AND n.known_from <= :known_at AND {NODE} "
    "AND (:country IS NULL OR n.country = :country)"
)
_BUYERS_HELD: Final = (
    "(SELECT count(DISTINCT f.buyer) FROM fact_sourcinglink f WHERE f.supplier = n.number "
    f"AND {seen(SourcingLink)} AND f.begins_first <= :day "
    "AND (f.until IS NULL OR f.until_last > :day) "
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
SHARED: Final[dict[tuple[bool, bool], tuple[str, str]]] = {
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
    f"WHERE f.role = 'BUYER' AND f.signed AND {seen(Signature)} AND f.begins_first <= :day "
    "AND (f.until IS NULL OR f.until_last > :day) AND f.organization > :after "
    f"AND {NODE} AND (:country IS NULL OR n.country = :country)"
)
BUYERS: Final = f"SELECT DISTINCT f.organization {_SIGNED} ORDER BY f.organization LIMIT :size"
COUNT_BUYERS: Final = f"SELECT count(DISTINCT f.organization) {_SIGNED}"

_DESCRIBED: Final = " UNION ALL ".join(
    f"SELECT f.reference AS supplier, f.country, f.number FROM {table(kind)} f "
    f"WHERE f.program = :program AND {THEN}"
    for kind in (Organization, Worksite)
)
SOURCING_COUNTS: Final = (
    f"WITH own AS (SELECT supplier, country, max(number) FROM ({_DESCRIBED}) GROUP BY supplier) "
    "SELECT o.country, f.product, count(DISTINCT f.buyer || ' ' || f.supplier) AS links "
    f"FROM {table(SourcingLink)} f JOIN own o ON o.supplier = f.supplier "
    f"WHERE f.program = :program AND NOT f.visible AND {THEN} AND f.begins_first <= :day "
    "AND (f.until IS NULL OR f.until_last > :day) "
    f"AND NOT EXISTS (SELECT 1 FROM {table(SourcingLink)} p WHERE p.supplier = f.supplier "
    "AND p.buyer = f.buyer AND p.program = f.program "
    f"AND p.visible AND {THEN.replace('f.', 'p.')}) "
    "GROUP BY o.country, f.product HAVING links >= :least ORDER BY o.country, f.product"
)
"""Of the program's own words alone: what others say of the same must not show in its counts."""

_SCORE: Final = "1.0 * :letters / max(:letters, length(n.name))"
"""How much of a name is asked for: of nothing but the name, which others' names do not change."""
SEARCH: Final = (
    f"SELECT w.rowid, w.kind, {_SCORE} AS score "
    "FROM words w CROSS JOIN node n ON n.number = w.rowid "
    "WHERE words MATCH :text "
    "AND (:kinds = '[]' OR w.kind IN (SELECT value FROM json_each(:kinds))) "
    "AND n.revision_from <= :revision AND n.known_from <= :known_at "
    f"AND {NODE} "
    f"AND ({_SCORE} < :score OR ({_SCORE} = :score AND w.rowid > :after)) "
    "ORDER BY score DESC, w.rowid LIMIT :size"
)
