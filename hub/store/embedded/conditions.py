"""Which rows of a log are seen at a moment, and by whom, in SQL."""

from typing import Final

from graph_schema.elements import Fact
from hub.store.columns import OWN, PARTY, PRACTICE, others

THEN: Final = (
    "f.revision_from <= :revision AND f.recorded_from <= :known_at "
    "AND (f.revision_until > :revision OR f.recorded_until > :known_at)"
)
"""What was known, whoever asks."""
_PLACED: Final = (
    "f.revision_from <= :revision "
    "AND (f.revision_until > :revision OR f.recorded_until > :known_at)"
)
_SPEAKS: Final = "IN (SELECT value FROM json_each(:speaking))"
_OWNS: Final = "IN (SELECT value FROM json_each(:own))"
DERIVED: Final = (
    "i.revision_from <= :revision AND i.revision_until > :revision "
    "AND i.known_from <= :known_at AND i.known_until > :known_at "
    f"AND CASE WHEN :practice OR i.program {_SPEAKS} OR i.subject {_OWNS} "
    "THEN i.whole ELSE i.visible END"
)
ON_THE_DAY: Final = "(:day IS NULL OR (i.starts <= :day AND i.ends > :day))"
NODE: Final = (
    f"(n.visible OR :everything OR n.number {_OWNS} "
    f"OR EXISTS (SELECT 1 FROM json_each(n.told_by) t WHERE t.value {_SPEAKS}))"
)
"""Which nodes are there for a viewer: those that somebody describes to it."""


def by_viewer(kind: type[Fact], f: str = "f") -> str:
    """Which facts of a kind a viewer may see; `f` is what a question calls them."""
    least = ":practice" if kind in PRACTICE else ":everything"
    allowed = [f"{f}.visible", least, f"{f}.program {_SPEAKS}"]
    if kind in OWN:
        allowed.append(f"{f}.{OWN[kind]} {_OWNS}")
    if kind in PARTY:
        allowed.append(f"{f}.{PARTY[kind]} = :party")
    return f"({' OR '.join(allowed)})"


def seen(kind: type[Fact]) -> str:
    """What is known of facts of a kind."""
    return f"{THEN} AND {by_viewer(kind)}"


def placed(kind: type[Fact]) -> str:
    """Where a subject is said to be: where nothing was known of that yet, what came later."""
    return f"{_PLACED} AND {by_viewer(kind)}"


def ever(kind: type[Fact]) -> str:
    """What was ever known, withdrawn since or not."""
    return f"f.revision_from <= :revision AND {by_viewer(kind)}"


def names_seen(kind: type[Fact], end: str) -> str:
    """Whom else facts found by one field name: nobody whom the viewer may not see."""
    return "".join(f" AND {there(other, of='f')}" for other in others(kind, end))


def there(column: str, *, of: str) -> str:
    """That the node whose number stands in a column, if any, is there for the viewer."""
    place = f'{of}."{column}"'
    return (
        f"(:everything OR {place} IS NULL "
        f"OR EXISTS (SELECT 1 FROM node n WHERE n.number = {place} AND {NODE}))"
    )
