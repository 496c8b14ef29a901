"""The question for changes, put to one connection: what revisions made of facts."""

import sqlite3
from collections.abc import Mapping, Sequence
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import Any

import orjson

from graph_schema.codes import Kind
from graph_schema.elements import Fact
from hub.store.columns import BEARING, told
from hub.store.embedded import change_texts, list_texts, reads
from hub.store.embedded.schema import lists
from hub.store.port import PLACES, Change, Moment, Page, Row, place


def changes(
    connection: sqlite3.Connection,
    kinds: Sequence[type[Fact]],
    programs: Sequence[int],
    moment: Moment,
    page: Page,
) -> list[Change]:
    """Return what revisions made of facts: of each kind a range of its indexes."""
    since, number = divmod(page.after, PLACES)
    first = connection.execute(change_texts.FLOOR, {"since": since}).fetchone()
    spoken = programs or reads.numbers(
        connection, list_texts.NODES_OF, {"kind": Kind.PROGRAM.value}
    )
    at = reads.seen(moment) | {
        "programs": reads.listed(dict.fromkeys(spoken)),
        "since": since,
        "floor": max(number, first[0] - 1 if first else 0),
        "after": page.after,
        "until": place(moment.revision + 1, 0) - 1,
        "size": page.size,
    }
    ranges = [each for kind in kinds for each in _ranges(connection, kind, at)]
    found = list(islice(merge(*ranges, key=attrgetter("place")), page.size))
    return _corrected(connection, found, at)


def touched(
    connection: sqlite3.Connection, since: int, revision: int, most: int
) -> set[int] | None:
    """Return the nodes at which revisions changed a fact that bears on questions."""
    first = connection.execute(change_texts.FLOOR, {"since": since + 1}).fetchone()
    if not first or not first[0]:
        return None
    at = {
        "first": first[0],
        "since": since,
        "revision": revision,
        "after": place(since + 1, 0),
        "until": place(revision + 1, 0),
        "size": most + 1,
    }
    found = [
        nodes
        for kind in BEARING
        for nodes in connection.execute(change_texts.touched(kind), at).fetchall()
    ]
    return {node for nodes in found for node in nodes} if len(found) <= most else None


def _ranges(
    connection: sqlite3.Connection, kind: type[Fact], at: Mapping[str, Any]
) -> tuple[list[Change], list[Change]]:
    """Return the next facts of a kind that are new, and the next that are known no more."""
    new, gone = [
        [(revision, _row(kind, told_)) for revision, *told_ in connection.execute(text, at)]
        for text in (change_texts.new(kind), change_texts.withdrawn(kind))
    ]
    return (
        [Change(kind, place(revision, row["number"]), row, None) for revision, row in new],
        [Change(kind, place(revision, row["number"]), None, row) for revision, row in gone],
    )


def _corrected(
    connection: sqlite3.Connection, found: Sequence[Change], at: Mapping[str, Any]
) -> list[Change]:
    """Return changes, those that correct something with what it was before."""
    new: dict[type[Fact], list[int]] = {}
    for each in found:
        if each.row is not None:
            new.setdefault(each.kind, []).append(each.row["number"])
    known = {
        (kind, number): _row(kind, former)
        for kind, numbers in new.items()
        for number, *former in connection.execute(
            change_texts.before(kind), {**at, "nodes": reads.listed(numbers)}
        )
    }
    return [
        each
        if each.row is None
        else Change(each.kind, each.place, each.row, known.get((each.kind, each.row["number"])))
        for each in found
    ]


def _row(kind: type[Fact], values: Sequence[Any]) -> Row:
    """Return what a change tells of a fact, its lists parsed."""
    row = dict(zip(told(kind), values, strict=True))
    return {
        name: orjson.loads(value) if name in lists(kind) and value is not None else value
        for name, value in row.items()
    }
