"""The hub's questions for lists of nodes in Cypher: subjects sought, shared, signatories, names."""

from typing import Final, LiteralString

from graph_schema.agreements import Signature
from graph_schema.parties import Organization, Worksite
from graph_schema.sourcing import SourcingLink
from hub.store.neo4j.conditions import DERIVED, ON_THE_DAY, THEN, node, seen
from hub.store.neo4j.schema import name, vouched

_SOUGHT: Final = (
    "CALL () { MATCH (p:Program) WHERE size($programs) = 0 RETURN collect(p.number) AS every } "
    "UNWIND $programs + every AS program UNWIND $effects AS effect CALL (program, effect) { "
    "MATCH (s:Node)-[i:IN_FORCE]->() USING INDEX SEEK i:IN_FORCE(program, effect, subject) "
    "WHERE i.program = program AND i.effect = effect AND i.subject > $after "
    f"AND {DERIVED} AND {ON_THE_DAY} AND s.kind = $kind AND s.known_from <= $known_at "
    f"AND {node('s')} AND ($country IS NULL OR s.country = $country) "
    "AND (size($products) = 0 "
    "OR any(product IN i.products WHERE product IN $products) "
    "OR (size(i.products) = 0 AND (size(coalesce(s.products, [])) = 0 "
    "OR any(product IN s.products WHERE product IN $products)))) "
)
FIND: Final = vouched(
    f"{_SOUGHT} WITH i ORDER BY i.program, i.effect, i.subject "
    "WITH DISTINCT i.subject AS subject LIMIT $size RETURN subject } "
    "WITH DISTINCT subject ORDER BY subject LIMIT $size RETURN collect(subject)"
)
COUNT_FOUND: Final = vouched(
    f"{_SOUGHT} RETURN DISTINCT i.subject AS subject }} RETURN count(DISTINCT subject)"
)

_GOOD: Final = "['GOOD_STANDING', 'FINDINGS']"
_BAD: Final = "['AT_RISK', 'RESTRICTED', 'CLOSED', 'INELIGIBLE']"
_NODE_SEEN: Final = (
    "n.number > $after AND n.revision_from <= $revision AND n.known_from <= $known_at "
    f"AND {node('n')} AND ($country IS NULL OR n.country = $country)"
)
_PROGRAMS: Final = (
    "CALL (n) { MATCH (n)-[i:IN_FORCE]->() "
    f"WHERE {DERIVED} AND {ON_THE_DAY} AND (size($programs) = 0 OR i.program IN $programs) "
    f"WITH i.program AS program, max(CASE WHEN i.effect IN {_BAD} THEN 1 ELSE 0 END) AS bad, "
    f"max(CASE WHEN i.effect IN {_GOOD} THEN 1 ELSE 0 END) AS good "
    "RETURN count(program) AS held, "
    "coalesce(max(bad) = 1 AND max(good - bad) = 1, false) AS disagree } "
)
"""In how many programs a node holds a state, and whether one is content and another is not."""
_BUYERS: Final = (
    f"CALL (n) {{ MATCH (n)<-[f:{name(SourcingLink)}]-() "
    f"WHERE {seen(SourcingLink)} AND f.begins_first <= $day "
    "AND (f.until IS NULL OR f.until_last > $day) "
    "AND (size($buyers) = 0 OR f.buyer IN $buyers) "
    "RETURN count(DISTINCT f.buyer) AS bought } "
)
_AGREEING: Final = "($disagreeing IS NULL OR disagree = $disagreeing)"


def _shared(label: str) -> str:
    return (
        f"MATCH (n:{label}) WHERE {_NODE_SEEN} WITH n ORDER BY n.number {_PROGRAMS} "
        f"WITH n, held, disagree WHERE held >= $at_least AND {_AGREEING} "
    )


def _bought(label: str) -> str:
    return (
        f"MATCH (n:{label}) WHERE {_NODE_SEEN} WITH n ORDER BY n.number {_BUYERS} "
        f"WITH n, bought WHERE bought >= $at_least {_PROGRAMS} "
        "WITH n, held, disagree "
        f"WHERE (size($programs) = 0 OR held >= $at_least) AND {_AGREEING} "
    )


_FOUND: Final = {
    (False, False): _shared("Shared"),
    (False, True): _shared("Held"),
    (True, False): _bought("Bought"),
    (True, True): _bought("Supplying"),
}
SHARED: Final[dict[tuple[bool, bool], LiteralString]] = {
    which: vouched(f"{found} WITH n.number AS number LIMIT $size RETURN collect(number)")
    for which, found in _FOUND.items()
}
"""A page, by whether buyers are asked for, and whether one of them is enough."""
COUNT_SHARED: Final[dict[tuple[bool, bool], LiteralString]] = {
    which: vouched(f"{found} RETURN count(n)") for which, found in _FOUND.items()
}

_SIGNED: Final = (
    "UNWIND range(0, size($groups) - 1) AS at CALL (at) { "
    f"UNWIND $groups[at] AS agreement MATCH (o:Node)-[f:{name(Signature)}]->() "
    f"USING INDEX SEEK f:{name(Signature)}(agreement, number) "
    "WHERE f.agreement = agreement AND f.number > 0 AND f.organization > $after "
    f"AND f.role = 'BUYER' AND f.signed AND {seen(Signature)} "
    "AND f.begins_first <= $day "
    "AND CASE WHEN f.until IS NULL THEN true ELSE f.until_last > $day END "
    f"AND {node('o')} AND ($country IS NULL OR o.country = $country) "
)
BUYERS: Final = vouched(
    f"{_SIGNED} WITH DISTINCT f.organization AS buyer ORDER BY buyer LIMIT $size "
    "RETURN collect(buyer) AS buyers } WITH at, buyers ORDER BY at RETURN collect(buyers)"
)
COUNT_BUYERS: Final = vouched(
    f"{_SIGNED} RETURN count(DISTINCT f.organization) AS buyers }} "
    "WITH at, buyers ORDER BY at RETURN collect(buyers)"
)

SOURCING_COUNTS: Final = vouched(
    f"MATCH ()-[f:{name(SourcingLink)}]->(s:Node) "
    f"USING INDEX SEEK f:{name(SourcingLink)}(program, number) "
    "WHERE f.program = $program AND f.number > 0 AND NOT f.visible "
    f"AND {THEN} AND f.begins_first <= $day "
    "AND CASE WHEN f.until IS NULL THEN true ELSE f.until_last > $day END "
    f"AND NOT EXISTS {{ MATCH ()-[p:{name(SourcingLink)}]->(s) WHERE p.buyer = f.buyer "
    f"AND p.program = f.program AND p.visible AND {THEN.replace('f.', 'p.')} }} "
    f"CALL (s) {{ MATCH ()-[d:{name(Organization)}|{name(Worksite)}]->(s) "
    f"WHERE d.program = $program AND {THEN.replace('f.', 'd.')} "
    "RETURN d.country AS country ORDER BY d.number DESC LIMIT 1 } "
    "WITH country, f.product AS product, "
    "count(DISTINCT [f.buyer, f.supplier]) AS links WHERE links >= $least "
    "WITH country, product, links ORDER BY coalesce(country, ''), coalesce(product, 0) "
    "RETURN collect([country, product, links])"
)
"""Of the program's own words alone: what others say of the same must not show in its counts."""

SEARCH: Final[LiteralString] = (
    "CALL db.index.fulltext.queryNodes('words', $text) YIELD node AS n "
    # How much of a name is asked for: of nothing but the name, which others' names do not change.
    "WITH n, 1.0 * $letters / CASE WHEN size(n.name) > $letters THEN size(n.name) "
    "ELSE $letters END AS score "
    "WHERE (size($kinds) = 0 OR n.kind IN $kinds) "
    "AND n.revision_from <= $revision AND n.known_from <= $known_at "
    f"AND {node('n')} "
    "AND (score < $score OR (score = $score AND n.number > $after)) "
    "WITH n, score ORDER BY score DESC, n.number LIMIT $size "
    "RETURN collect([n.number, n.kind, score])"
)
RUNS: Final[LiteralString] = (
    "UNWIND $programs AS program MATCH (r:Newest) USING INDEX SEEK r:Newest(program) "
    "WHERE r.program = program WITH DISTINCT r ORDER BY r.number RETURN collect(properties(r))"
)
RUNS_THAT_MADE: Final[LiteralString] = (
    "UNWIND $revisions AS revision MATCH (r:Run) USING INDEX SEEK r:Run(revision) "
    "WHERE r.revision = revision AND r.outcome = 'applied' "
    "WITH r ORDER BY r.number RETURN collect(properties(r))"
)
PROBLEMS: Final[LiteralString] = (
    "UNWIND $runs AS run CALL (run) { MATCH (p:Problem) USING INDEX SEEK p:Problem(run, number) "
    "WHERE p.run = run AND p.number > $after RETURN p ORDER BY p.run, p.number LIMIT $size } "
    "WITH p ORDER BY p.number RETURN collect(properties(p))"
)
