"""Which facts of a log are seen at a moment, and by whom, in Cypher: as in the embedded store.

What is either so or so is written as a CASE: of an OR the planner makes two searches and joins
them, which reads all there is for a page.
"""

from typing import Final, LiteralString

from graph_schema.elements import Fact
from hub.store.columns import OWN, PARTY, PRACTICE, others
from hub.store.neo4j.schema import vouched

THEN: Final[LiteralString] = (
    "f.revision_from <= $revision AND f.recorded_from <= $known_at "
    "AND CASE WHEN f.revision_until > $revision THEN true ELSE f.recorded_until > $known_at END"
)
"""What was known, whoever asks."""
_PLACED: Final[LiteralString] = (
    "f.revision_from <= $revision "
    "AND CASE WHEN f.revision_until > $revision THEN true ELSE f.recorded_until > $known_at END"
)
DERIVED: Final[LiteralString] = (
    "i.revision_from <= $revision AND i.revision_until > $revision "
    "AND i.known_from <= $known_at AND i.known_until > $known_at "
    "AND CASE WHEN $practice OR i.program IN $speaking OR i.subject IN $own "
    "THEN coalesce(i.whole, true) ELSE i.visible END"
)
ON_THE_DAY: Final[LiteralString] = "($day IS NULL OR (i.starts <= $day AND i.ends > $day))"
_NODE: Final[LiteralString] = (
    "CASE WHEN {n}.visible OR $everything THEN true "
    "ELSE {n}.number IN $own OR any(teller IN {n}.told_by WHERE teller IN $speaking) END"
)


def node(name: str) -> LiteralString:
    """Which nodes are there for a viewer: those that somebody describes to it."""
    return vouched(_NODE.replace("{n}", name))


def by_viewer(kind: type[Fact], f: str = "f") -> LiteralString:
    """Which facts of a kind a viewer may see; `f` is what a question calls them."""
    least = "$practice" if kind in PRACTICE else "$everything"
    allowed = [f"{f}.program IN $speaking"]
    if kind in OWN:
        allowed.append(f"{f}.{OWN[kind]} IN $own")
    if kind in PARTY:
        allowed.append(f"coalesce({f}.{PARTY[kind]} = $party, false)")
    shown = f"CASE WHEN {f}.visible OR {least} THEN true ELSE {' OR '.join(allowed)} END"
    return vouched(shown)


def seen(kind: type[Fact]) -> LiteralString:
    """What is known of facts of a kind."""
    return vouched(f"{THEN} AND {by_viewer(kind)}")


def placed(kind: type[Fact]) -> LiteralString:
    """Where a subject is said to be: where nothing was known of that yet, what came later."""
    return vouched(f"{_PLACED} AND {by_viewer(kind)}")


def ever(kind: type[Fact]) -> LiteralString:
    """What was ever known, withdrawn since or not."""
    return vouched(f"f.revision_from <= $revision AND {by_viewer(kind)}")


def names_seen(kind: type[Fact], end: str) -> LiteralString:
    """Whom else facts found by one field name: nobody whom the viewer may not see."""
    return vouched("".join(f" AND {there(other, of='f')}" for other in others(kind, end)))


def there(column: str, *, of: str) -> LiteralString:
    """That the node whose number stands in a property, if any, is there for the viewer."""
    return vouched(
        f"CASE WHEN $everything OR {of}.`{column}` IS NULL THEN true "
        f"ELSE EXISTS {{ MATCH (n:Node {{number: {of}.`{column}`}}) WHERE {node('n')} }} END"
    )
