"""Totals of reports: a small table becomes figures with their documents, or says what is wrong."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pytest

from graph_schema.elements import Fact
from graph_schema.programs import FactSource, Figure, Program
from hub.store.port import OPEN, Store
from hub.sync.intake import Outcome
from tests.adapters.books import book, lines
from tests.adapters.documents import (
    TABLES,
    adapter,
    aside,
    outcome,
    recorded,
    turned_down,
    unchanged,
)
from tests.sync.steps import now

pytestmark = pytest.mark.anyio

FEED: Final = "totals"
HEADER: Final = "metric,subject,qualifier,value,unit,since,until,source,title,publisher,published"
MWD: Final = "milk-with-dignity"
REPORT: Final = "mwd:report-2025,Example report of 2025,Example Council,2025-10"
ROWS: Final[Mapping[str, Sequence[str]]] = {
    MWD: (
        f"farms enrolled,,,52,farms,,2025-10,{REPORT}",
        "workers covered,program,~,250,workers,2018,2025-10,mwd:report-2025,,,",
        "share of Vermont dairy,,>,20.5,percent,,2025-10,mwd:report-2025,,,",
        "money invested by the buyer,,=,6000000,USD,2018,2025-10,S057,,,",
    ),
    "lesotho-agreement": (
        "workers trained,,,7000,workers,2021-02,2023-12,les:report-3,Example report 3,,",
        "investigations finished,,,50,investigations,2021-02,2023-12,les:report-3,,,",
        "factories covered,,,2,factories,,2023-12,S167,,,",
    ),
    "dindigul-agreement": (
        '"grievances raised, year 3",,,190,grievances,2024-01,2024-12,din:year-3,Example year 3,,',
        '"grievances resolved in two weeks, year 3",,,81,percent,2024-01,2024-12,din:year-3,,,',
        "shop-floor monitors,,,60,people,,2024-12,din:year-3,,,",
    ),
}
"""Rows of the published kind: totals alone, each with the document that prints it."""


def table(*rows: str, header: str = HEADER) -> bytes:
    """Return rows as a table of totals."""
    return lines(header, *rows)


async def told(store: Store, kind: type[Fact], program: str) -> list[dict[str, Any]]:
    """Return the facts of a kind that a program states and that are known now."""
    known = await store.everything(Program, OPEN)
    [number] = {row["program"] for row in known if row["code"] == program}
    return await store.facts_at(kind, "program", [number], await now(store))


async def figures(store: Store, program: str, metric: str) -> list[tuple[Any, ...]]:
    """Return the figures of a metric that are known now, with the documents they come from."""
    return [
        (row["qualifier"], row["value"], row["unit"], row["since"], row["until"], row["sources"])
        for row in await told(store, Figure, program)
        if row["metric"] == metric
    ]


@pytest.mark.parametrize("program", ROWS)
async def test_a_table_of_totals_becomes_figures_and_the_same_one_changes_nothing(
    program: str,
) -> None:
    rows = ROWS[program]
    async with recorded(program) as store:
        report = await outcome(store, program, FEED, table(*rows))
        assert (report.outcome, report.problems, report.ended) == (Outcome.APPLIED, [], [])
        assert [change.kind for change in report.added] == [*["figure"] * len(rows), "source"]
        async with unchanged(store):
            again = await outcome(store, program, FEED, table(*reversed(rows)), at="2026-11-21")
            assert again.outcome is Outcome.UNCHANGED


async def test_a_figure_keeps_its_unit_its_period_and_its_document() -> None:
    async with recorded(MWD) as store:
        await outcome(store, MWD, FEED, table(*ROWS[MWD]))
        assert ("~", 250.0, "workers", "2018", "2025-10", ["mwd:report-2025"]) in (
            await figures(store, MWD, "workers covered")
        )
        described = await told(store, FactSource, MWD)
        [report] = [row for row in described if row["reference"] == "mwd:report-2025"]
        assert (report["title"], report["publisher"], report["published"]) == (
            "Example report of 2025", "Example Council", "2025-10",
        )  # fmt: skip


async def test_figures_of_several_documents_stand_beside_each_other() -> None:
    async with recorded(MWD) as store:
        other = "farms enrolled,,~,60,farms,2018,2024-10,mwd:letter,Example letter,,"
        await outcome(store, MWD, FEED, table(other))
        assert {each for each in await values(store) if each[2] == "2024-10"} == {
            ("=", 54.0, "2024-10", "S057"),
            ("~", 60.0, "2024-10", "mwd:letter"),
        }


async def values(store: Store) -> set[tuple[Any, ...]]:
    """Return how many farms are enrolled, by the end of the period and the first document."""
    found = await figures(store, MWD, "farms enrolled")
    return {(row[0], row[1], row[4], row[5][0]) for row in found}


async def test_a_part_of_the_totals_ends_nothing_and_twice_as_many_only_add() -> None:
    rows = ROWS[MWD]
    async with recorded(MWD) as store:
        await outcome(store, MWD, FEED, table(*rows))
        before = await values(store)
        report = await outcome(store, MWD, FEED, table(*rows[:2]), at="2026-11-21")
        assert (report.outcome, report.ended) == (Outcome.UNCHANGED, [])
        more = [row.replace("2025-10", "2026-10", 1) for row in rows[1:3]]
        report = await outcome(store, MWD, FEED, table(*rows, *more), at="2026-11-22")
        assert (len(report.added), report.ended, report.problems) == (2, [], [])
        assert await values(store) == before


async def test_a_workbook_says_the_same_as_a_file() -> None:
    cells = [row.split(",") for row in (HEADER, *ROWS[MWD])]
    numbers = [[float(cell) if cell[:1].isdigit() and at == 3 else cell for at, cell in
                enumerate(row)] for row in cells]  # fmt: skip
    async with recorded(MWD) as store:
        await outcome(store, MWD, FEED, table(*ROWS[MWD]))
        async with unchanged(store):
            report = await outcome(store, MWD, FEED, book(totals=numbers), at="2026-11-21")
            assert (report.outcome, report.problems) == (Outcome.UNCHANGED, [])


GOOD: Final = "farms enrolled,,,52,farms,,2025-10,S057,,,"
BAD: Final[Mapping[str, tuple[str, str, str | None, str]]] = {
    "another program's metric": (
        "audits,,,7,audits,,2025,S057,,,", "UNKNOWN_WORD", "metric", "is no metric of the program",
    ),
    "a slip of the pen": (
        "farms enroled,,,52,farms,,2025,S057,,,",
        "UNKNOWN_WORD", "metric", "the nearest are: farms enrolled",
    ),
    "another unit": (
        "farms enrolled,,,52,workers,,2025,S057,,,",
        "INVALID_INPUT", "unit", "'farms enrolled' is counted in farms, not in 'workers'",
    ),
    "a number in words": (
        "farms enrolled,,,nearly 70,farms,,2025,S057,,,",
        "INVALID_INPUT", "value", "'nearly 70' is no number",
    ),
    "a comma that may be a point": (
        'workers covered,,,"1,250",workers,,2025,S057,,,',
        "INVALID_INPUT", "value", "write digits and a point",
    ),
    "a negative number": (
        "farms enrolled,,,-5,farms,,2025,S057,,,", "INVALID_INPUT", "value", "is no number",
    ),
    "a spreadsheet's large number": (
        "workers covered,,,1E+05,workers,,2025,S057,,,", "INVALID_INPUT", "value", "is no number",
    ),
    "more than the whole": (
        "share of Vermont dairy,,,120,percent,,2025,S057,,,",
        "INVALID_INPUT", "value", "more than the whole",
    ),
    "a percent sign": (
        "share of Vermont dairy,,,20%,percent,,2025,S057,,,", "INVALID_INPUT", "value", "20%",
    ),
    "no period": (
        "farms enrolled,,,52,farms,2018,,S057,,,", "INVALID_INPUT", "until", "is empty",
    ),
    "no document": ("farms enrolled,,,52,farms,,2025,,,,", "INVALID_INPUT", "source", "is empty"),
    "an ambiguous day": (
        "farms enrolled,,,52,farms,,10.02.2025,S057,,,", "INVALID_INPUT", "until", "10.02.2025",
    ),
    "a period that ends before it begins": (
        "farms enrolled,,,52,farms,2026,2025,S057,,,", "INVALID_INPUT", "until", "before it begins",
    ),
    "an unknown qualifier": (
        "farms enrolled,,about,52,farms,,2025,S057,,,", "INVALID_INPUT", "qualifier", "pattern",
    ),
    "an unknown document": (
        "farms enrolled,,,52,farms,,2025,S999,,,",
        "UNKNOWN_SOURCE", "sources", "the source S999 is not known",
    ),
    "a document without a name": (
        "farms enrolled,,,52,farms,,2025,mwd:new,,Example Council,",
        "INVALID_INPUT", "title", "it is not given",
    ),
    "control characters": (
        "farms enrolled,,,5\x1b2,farms,,2025,S057,,,", "INVALID_INPUT", "value", "control",
    ),
    "an error of a formula": (
        "farms enrolled,,,#REF!,farms,,2025,S057,,,", "INVALID_INPUT", "value", "the error #REF!",
    ),
    "a cell too many": (
        "farms enrolled,,,52,farms,,2025,S057,,,,,more", "INVALID_INPUT", None, "more cells",
    ),
    "the header again": (HEADER, "UNKNOWN_WORD", "metric", "'metric' is no metric"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
async def test_a_row_that_cannot_be_taken_is_set_aside_and_takes_no_other_along(name: str) -> None:
    row, code, column, why = BAD[name]
    async with recorded(MWD) as store:
        report = await outcome(store, MWD, FEED, table(GOOD, row), confirmed=True)
        [problem] = report.problems
        assert (problem.row, problem.code, problem.column) == (3, code, column)
        assert why in problem.message
        assert [change.row for change in report.added] == [2]


async def test_a_document_of_the_record_is_not_described_anew() -> None:
    rows = (GOOD, "workers covered,,,9,workers,,2025,S051,Another title,,")
    foreign = "workers covered,,,9,workers,,2025,les:report,Example report,,"
    async with recorded(MWD, "lesotho-agreement") as store:
        report = await outcome(store, MWD, FEED, table(*rows, foreign), confirmed=True)
        assert aside(report) == [
            (4, "UNKNOWN_SOURCE"), (3, "FOREIGN_SCHEME"), (4, "FOREIGN_SCHEME"),
        ]  # fmt: skip
        assert "call yours mwd:…" in report.problems[1].message
        described = await told(store, FactSource, MWD)
        assert "Another title" not in {row["title"] for row in described}
        assert "les:report" not in {row["reference"] for row in described}


async def test_rows_that_contradict_each_other_are_set_aside_together() -> None:
    rows = (
        GOOD,
        "workers covered,,,250,workers,,2025,S057,,,",
        "Workers Covered,,~,251,workers,,2025,S057,,,",
        "states,,,2,states,,2025,mwd:a,One title,,",
        "farms enrolled,,,60,farms,,2024,mwd:a,Another title,,",
        GOOD,
    )
    async with recorded(MWD) as store:
        report = await outcome(store, MWD, FEED, table(*rows), confirmed=True)
        assert aside(report) == [
            (3, "CONTRADICTION"), (4, "CONTRADICTION"), (5, "CONTRADICTION"), (6, "CONTRADICTION"),
        ]  # fmt: skip
        assert "rows 3, 4 say otherwise of the same figure" in report.problems[0].message
        assert [change.row for change in report.added] == [2]
        assert report.unchanged == 1


async def test_marks_of_direction_and_a_byte_order_mark_do_not_matter() -> None:
    async with recorded(MWD) as store:
        marked = "\ufeff".encode() + table(
            GOOD.replace("farms enrolled", "\u200ffarms enrolled\u200e")
        )
        report = await outcome(store, MWD, FEED, marked)
        assert (report.outcome, report.problems) == (Outcome.APPLIED, [])
        assert ("=", 52.0, "farms", None, "2025-10", ["S057"]) in (
            await figures(store, MWD, "farms enrolled")
        )


WRONG: Final[Mapping[str, tuple[Callable[[bytes], bytes], str]]] = {
    **TABLES,
    "a column is missing": (
        lambda document: document.replace(b"unit", b"confidence"),
        "the column unit is missing",
    ),
    "a renamed column": (
        lambda document: document.replace(b"value", b"amount"),
        "the columns 'amount' are none of a table of totals",
    ),
    "a line above the header": (
        lambda document: b"Totals of 2025,,\n" + document, "none of a table of totals",
    ),
    "another program's table": (
        lambda _: lines("subject,state,since", "ffp:1,participating,2026-01-01"),
        "the columns 'state' are none of a table of totals",
    ),
    "a column of contacts": (
        lambda document: document.replace(b"published", b"email"),
        "the columns 'email' are none of a table of totals",
    ),
    "two headers": (
        lambda document: document.partition(b"\n")[0] + b"\n" + document,
        "1 of 6 rows were set aside, more than 5%",
    ),
    "the header alone": (
        lambda document: document.partition(b"\n")[0] + b"\n", "it has 0 rows; 1 to 500",
    ),
    "too many rows": (
        lambda document: document + b"".join(
            f"states,,,{n},states,,2025,S057,,,\n".encode() for n in range(1, 500)
        ),
        "it has ",
    ),
    "two sheets": (
        lambda _: book(a=[["metric"], ["x"]], b=[["metric"], ["y"]]),
        "the workbook has 2 sheets that hold something",
    ),
    "merged cells": (
        lambda _: book(totals=[HEADER.split(","), *merged()]),
        "rows were set aside, more than 5%",
    ),
    "another program's numbers": (
        lambda _: table(*ROWS["lesotho-agreement"]), "3 of ",
    ),
}  # fmt: skip


def merged() -> Sequence[Sequence[str]]:
    """Return rows of which only the first has the cells that all of them share."""
    first, *others = [row.split(",") for row in ROWS[MWD]]
    for each in others:
        each[0] = ""
    return [first, *others]


@pytest.mark.parametrize("name", WRONG)
async def test_a_document_that_is_not_what_it_should_be_changes_nothing(name: str) -> None:
    damage, why = WRONG[name]
    async with recorded(MWD, "lesotho-agreement") as store:
        assert why in await turned_down(store, MWD, FEED, damage(table(*ROWS[MWD])))


async def test_totals_come_through_their_own_feed_alone() -> None:
    async with recorded(MWD) as store:
        document = table(*ROWS[MWD])
        assert "are no table of the template" in await turned_down(store, MWD, "operator", document)


@pytest.mark.parametrize("program", ROWS)
def test_every_metric_of_the_feed_is_one_of_the_record_in_its_unit(program: str) -> None:
    told = {
        line.fact.metric.partition(", year ")[0]: line.fact.unit
        for line in adapter(program).record().lines
        if isinstance(line.fact, Figure)
    }
    metrics = adapter(program).feed(FEED).metrics
    assert metrics
    assert {metric: told.get(metric) for metric in metrics} == dict(metrics)
