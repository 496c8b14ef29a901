"""The operator's template of a program, damaged: what each damage does to a table of standings.

A program whose only source is the template shows with it that its folder takes no harm:

    @pytest.mark.parametrize("name", BROKEN)
    async def test_a_broken_table_changes_nothing(name: str) -> None:
        await assert_turned_down(PROGRAM, TOLD, name)
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from hub.sync.intake import Outcome, Report
from tests.adapters.books import lines
from tests.adapters.documents import (
    TABLES,
    Damage,
    aside,
    outcome,
    recorded,
    turned_down,
    unchanged,
)
from tests.adapters.lists import merged

HEADER: Final = "subject,state,track,since,until"
DAY: Final = "2026-11-01"
Told = Sequence[str]
"""Rows of a table of standings: at least two, each of a subject of its own."""


def table(told: Told) -> bytes:
    """Return rows as a table of standings."""
    return lines(HEADER, *told)


BROKEN: Final[Mapping[str, tuple[Damage, str]]] = {
    **TABLES,
    "a renamed column": (
        lambda document: document.replace(b"subject", b"factory", 1), "are no table of the template"
    ),
    "a missing column": (
        lambda _: lines("track,since", "listing,2026"), "are no table of the template"
    ),
    "two header rows": (
        lambda document: b"Example list,,,,\n" + document, "are no table of the template"
    ),
    "the header twice": (
        lambda document: document.partition(b"\n")[0] + b"\n" + document, "rows were set aside"
    ),
    "merged cells": (lambda _: merged(), "the cells A1:B1 are merged"),
    "no rows": (lambda document: document.partition(b"\n")[0] + b"\n", "it has 0 rows"),
    "a word that is none of the program's": (
        lambda document: document.replace(document.split(b"\n")[1].split(b",")[1], b"fine", 1),
        "rows were set aside",
    ),
    "a page": (lambda _: b"<!doctype html><html></html>", "the file is HTML or XML, no table"),
}  # fmt: skip
"""Ways to break a table of standings, each with a part of why it is turned down."""

SAME: Final[Mapping[str, Callable[[Told], bytes]]] = {
    "again": table,
    "a byte order mark": lambda told: b"\xef\xbb\xbf" + table(told),
    "marks of direction": lambda told: table([row.replace(",", ",\u200f", 1) for row in told]),
    "shuffled": lambda told: table(told[::-1]),
    "doubled": lambda told: table([*told, *told]),
}
"""What changes nothing that a table says."""


async def assert_turned_down(program: str, told: Told, name: str) -> None:
    """See to it that a broken table of the template is refused or held, and changes nothing."""
    damage, why = BROKEN[name]
    async with recorded(program) as store:
        assert why in await turned_down(store, program, "operator", damage(table(told)), dated=DAY)


async def assert_the_same(program: str, told: Told, name: str) -> None:
    """See to it that a table that differs in nothing that is said changes nothing."""
    async with recorded(program) as store:
        first = await outcome(store, program, "operator", table(told), dated=DAY, confirmed=True)
        assert (first.outcome, first.problems) == (Outcome.APPLIED, [])
        async with unchanged(store):
            report = await outcome(store, program, "operator", SAME[name](told), dated=DAY)
        assert (report.outcome, report.problems) == (Outcome.UNCHANGED, [])


async def assert_half_is_held(program: str, told: Told) -> None:
    """See to it that a table with a part of its rows gone waits for a person."""
    async with recorded(program) as store:
        await outcome(store, program, "operator", table(told), dated=DAY, confirmed=True)
        half = table(told[: len(told) // 2])
        assert "standings are gone, more than 20%" in await turned_down(
            store, program, "operator", half, dated="2026-11-15"
        )


async def contradicted(program: str, told: Told, against: str) -> Report:
    """Return what becomes of a table with a row that contradicts its first."""
    async with recorded(program) as store:
        document = table([*told, against])
        report = await outcome(store, program, "operator", document, dated=DAY, confirmed=True)
    assert aside(report) == [(2, "CONTRADICTION"), (len(told) + 2, "CONTRADICTION")]
    return report
