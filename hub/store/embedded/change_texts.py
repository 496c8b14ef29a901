"""The hub's question for changes in SQL: what revisions made of facts, as a viewer sees it.

There is no second log: what is new in a revision is found by its numbers, which only grow, and
what was withdrawn by the place that it keeps of that.
"""

from functools import cache
from typing import Final

from graph_schema.codes import Kind
from graph_schema.elements import Fact
from hub.store.columns import BEARING, told
from hub.store.embedded.conditions import by_viewer
from hub.store.embedded.schema import GONE, table

FLOOR: Final = "SELECT coalesce(first_fact, 0) FROM revision WHERE number = :since"
"""The first number of a revision's facts; of one that an older hub made it is not known."""


@cache
def new(kind: type[Fact]) -> str:
    """The next facts of a kind that programs say, in the order in which they came."""
    return (
        f"SELECT f.revision_from, {_told(kind)} FROM json_each(:programs) j "
        f"CROSS JOIN {table(kind)} f ON f.number IN ("
        f"SELECT f.number FROM {table(kind)} f WHERE f.program = j.value AND f.number > :floor "
        "AND f.revision_from >= :since AND f.revision_from <= :revision "
        "AND f.revision_until > f.revision_from "
        f"AND {by_viewer(kind)} "
        "ORDER BY f.number LIMIT :size) ORDER BY f.number LIMIT :size"
    )


@cache
def withdrawn(kind: type[Fact]) -> str:
    """The next facts of a kind that are known no more, in the order in which they went."""
    return (
        f"SELECT f.revision_until, {_told(kind)} FROM json_each(:programs) j "
        f"CROSS JOIN {table(kind)} f ON f.number IN ("
        f"SELECT f.number FROM {table(kind)} f WHERE f.program = j.value "
        f"AND f.{GONE} > :after AND f.{GONE} <= :until "
        f"AND {by_viewer(kind)} "
        f"AND NOT EXISTS (SELECT 1 FROM {table(kind)} g WHERE g.identity = f.identity "
        "AND g.revision_from = f.revision_until AND g.revision_until > g.revision_from "
        f"AND {by_viewer(kind, 'g')}) "
        f"ORDER BY f.{GONE} LIMIT :size) ORDER BY f.{GONE} LIMIT :size"
    )


@cache
def before(kind: type[Fact]) -> str:
    """What facts of a kind were as they were known before, by their numbers."""
    return (
        f"SELECT f.number, {_told(kind, 'g')} FROM json_each(:nodes) j "
        f"CROSS JOIN {table(kind)} f ON f.number = j.value "
        f"CROSS JOIN {table(kind)} g ON g.identity = f.identity "
        "WHERE g.revision_until = f.revision_from AND g.revision_from < g.revision_until "
        f"AND {by_viewer(kind, 'g')}"
    )


@cache
def touched(kind: type[Fact]) -> str:
    """The nodes of facts of a kind that revisions made or withdrew: a row for each fact."""
    columns = ", ".join(f'f."{name}"' for name in BEARING[kind])
    made = (
        f"{table(kind)} f WHERE f.number >= :first AND f.number < "
        "(SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'next_fact') "
        "AND f.revision_from > :since AND f.revision_from <= :revision"
    )
    withdrawn = (
        f"node p CROSS JOIN {table(kind)} f ON f.program = p.number "
        f"AND f.{GONE} >= :after AND f.{GONE} < :until WHERE p.kind = '{Kind.PROGRAM.value}'"
    )
    each = (f"SELECT * FROM (SELECT {columns} FROM {of} LIMIT :size)" for of in (made, withdrawn))
    return " UNION ALL ".join(each)


def _told(kind: type[Fact], of: str = "f") -> str:
    return ", ".join(f'{of}."{name}"' for name in told(kind))
