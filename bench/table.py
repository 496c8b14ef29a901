"""The table: medians, 95th percentiles and ratios of medians, and whether the bars are met."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from bench.measure import SIZES, Cell

BULK: Final = f"eligibilityList, {SIZES[-1]:,}"
FIRST: Final = "sharedSuppliers, first page"
DEEP: Final = "sharedSuppliers, after "
TIMES_RAW: Final = 5.0
"""Under so many times the raw query: eligibility of 10,000 in one call."""
TIMES_FIRST: Final = 1.5
"""At most so many times the first page: a page far in."""


@dataclass(frozen=True, slots=True)
class Row:
    """One question on one store, in milliseconds."""

    store: str
    question: str
    count: int
    hub: float
    hub_p95: float
    raw: float
    raw_p95: float
    facts: int

    @property
    def ratio(self) -> float:
        """The hub's median, in medians of the raw query."""
        return self.hub / self.raw


@dataclass(frozen=True, slots=True)
class Bar:
    """What is asked of a ratio, and whether it is so."""

    store: str
    what: str
    found: float
    wanted: str
    met: bool


def row(cell: Cell) -> Row:
    """Return what a cell comes to."""
    return Row(
        cell.store,
        cell.question,
        len(cell.hub),
        1_000 * median(cell.hub),
        1_000 * percentile(cell.hub, 0.95),
        1_000 * median(cell.raw),
        1_000 * percentile(cell.raw, 0.95),
        round(cell.facts),
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def bars(rows: Sequence[Row]) -> Iterator[Bar]:
    """Yield the bars that these rows can be held against."""
    medians = {(each.store, each.question): each for each in rows}
    for store in dict.fromkeys(each.store for each in rows):
        bulk = medians.get((store, BULK))
        if bulk:
            met = bulk.ratio < TIMES_RAW
            yield Bar(store, f"{BULK}, against raw", bulk.ratio, f"under {TIMES_RAW:g}", met)
        deep = next((r for r in rows if r.store == store and r.question.startswith(DEEP)), None)
        if deep:
            found = deep.hub / medians[store, FIRST].hub
            met = found <= TIMES_FIRST
            yield Bar(store, "deep page, against first", found, f"at most {TIMES_FIRST:g}", met)


def show(console: Console, rows: Sequence[Row], title: str) -> None:
    """Print the table and the bars."""
    table = Table(title=title, title_justify="left")
    table.add_column("store")
    table.add_column("question")
    for name in ("n", "hub p50 ms", "p95", "raw p50 ms", "p95", "hub/raw", "raw rows"):
        table.add_column(name, justify="right")
    for at, each in enumerate(rows):
        ends = at + 1 < len(rows) and rows[at + 1].store != each.store
        shown = (each.hub, each.hub_p95, each.raw, each.raw_p95)
        table.add_row(
            each.store,
            each.question,
            str(each.count),
            *(f"{value:,.2f}" for value in shown),
            f"{each.ratio:.2f}",
            f"{each.facts:,}",
            end_section=ends,
        )
    console.print(table)
    for bar in bars(rows):
        said = "[green]met[/]" if bar.met else "[bold red]not met[/]"
        console.print(f"{said}  {bar.store}: {bar.what} {bar.found:.2f}, wanted {bar.wanted}")


def plain(rows: Sequence[Row]) -> list[Mapping[str, Any]]:
    """Return the rows as JSON takes them."""
    names = ("store", "question", "count", "hub", "hub_p95", "raw", "raw_p95", "facts", "ratio")
    return [{name: getattr(each, name) for name in names} for each in rows]
