"""Programs side by side: who drives and watches them, whom they reach, what they report."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from graph_schema.codes import Kind
from graph_schema.elements import Fact
from graph_schema.programs import FactSource, Figure, Mechanism
from hub.answers.desk import Sitting
from hub.answers.profile import Profile
from hub.answers.profiles import profiles
from hub.eligibility.facts import Agreement
from hub.eligibility.term import may_run
from hub.store.port import Row, Sought

_LAST: Final = "9999"
"""Sorts what has no date behind what has one."""


@dataclass(frozen=True, slots=True)
class Side:
    """A program as it is compared with others.

    Attributes:
        row: Its fields by name.
        code: Its code.
        parent: Code of the program whose framework it stands under.
        workers: Names of the organisations of workers that drive it.
        monitor: Name of the body that monitors suppliers.
        buyers: How many organisations have a signature that may hold on the day.
        suppliers: How many organisations hold a standing of it on the day.
        sites: How many worksites do.
        agreements: Its agreements, and whether each may be in force on the day.
        mechanisms: Its elements.
        figures: What it reports; figures of one metric stand beside each other, oldest first.
        sources: The documents that its mechanisms and figures come from, by reference.
    """

    row: Mapping[str, Any]
    code: str
    parent: str | None
    workers: Sequence[str]
    monitor: str | None
    buyers: int
    suppliers: int
    sites: int
    agreements: Sequence[tuple[Agreement, bool]]
    mechanisms: Sequence[Row]
    figures: Sequence[Row]
    sources: Mapping[str, Row]


async def compared(sitting: Sitting, numbers: Sequence[int]) -> list[Side]:
    """Return programs by number, as known at a moment and on its day; those unseen are left out."""
    store, moment, law = sitting.desk.store, sitting.moment, sitting.law
    found = await profiles(sitting, numbers)
    shown = [number for number in numbers if number in found]
    bodies = await profiles(sitting, sorted({b for n in shown for b in _bodies(found[n])}))
    groups = [signed_in(sitting, number) for number in shown]
    buyers = await store.count_buyers(groups, None, sitting.day, moment)
    mechanisms = await _of(sitting, Mechanism, shown)
    figures = await _of(sitting, Figure, shown)
    sources = await _sources(sitting, (row for rows in mechanisms + figures for row in rows))
    sides: list[Side] = []
    for at, number in enumerate(shown):
        row = found[number].row
        suppliers, sites = [
            await store.count(Sought(kind, [number], (), sitting.day), moment)
            for kind in (Kind.ORGANIZATION, Kind.WORKSITE)
        ]
        parent = law.programs.get(row["parent"])
        monitor = bodies.get(row["monitor"])
        side = Side(
            row=row,
            code=row["code"],
            parent=parent.code if parent else None,
            workers=[
                bodies[b].row["name"] for b in row["worker_organizations"] or () if b in bodies
            ],
            monitor=monitor.row["name"] if monitor else None,
            buyers=buyers[at],
            suppliers=suppliers,
            sites=sites,
            agreements=[
                (law.agreements[each], may_run(law, law.agreements[each], sitting.day))
                for each in agreements_of(sitting, {number}, None)
            ],
            mechanisms=sorted(mechanisms[at], key=lambda row: row["name"]),
            figures=sorted(figures[at], key=_place),
            sources=sources,
        )
        sides.append(side)
    return sides


def agreements_of(sitting: Sitting, programs: Collection[int], on: date | None) -> list[int]:
    """Return the agreements that programs state, in force on a day where one is given."""
    return sorted(
        number
        for number, agreement in sitting.law.agreements.items()
        if (not programs or agreement.program in programs)
        and (on is None or may_run(sitting.law, agreement, on.toordinal()))
    )


def signed_in(sitting: Sitting, program: int | None) -> list[int]:
    """Return the agreements that may bind signatories in a program on the day; none is all of them.

    A signature belongs to its agreement's program and to its clauses' standing programs, and binds
    nobody before the agreement is in force or after it ended.
    """
    law = sitting.law
    return [
        agreement.number
        for agreement in law.agreements.values()
        if (program is None or program in agreement.programs)
        and may_run(law, agreement, sitting.day)
    ]


def _bodies(program: Profile) -> Iterable[int]:
    """Yield the organisations that a program's record names."""
    yield from program.row["worker_organizations"] or ()
    if program.row["monitor"] is not None:
        yield program.row["monitor"]


async def _of(sitting: Sitting, kind: type[Fact], programs: Sequence[int]) -> list[list[Row]]:
    """Return the facts of a kind that each of some programs states."""
    rows = await sitting.desk.store.facts_at(kind, "program", programs, sitting.moment)
    return [[row for row in rows if row["program"] == number] for number in programs]


async def _sources(sitting: Sitting, rows: Iterable[Row]) -> dict[str, Row]:
    """Return the documents that facts come from, by reference."""
    wanted = list(dict.fromkeys(s for row in rows for s in row["sources"] or ()))
    if not wanted:
        return {}
    found = await sitting.desk.store.facts_at(FactSource, "reference", wanted, sitting.moment)
    return {row["reference"]: row for row in reversed(found)}


def _place(figure: Row) -> tuple[str, str, str, str, float]:
    """Return where a figure stands: beside those of its metric and subject, in their order."""
    return (
        figure["metric"],
        figure["subject"],
        figure["until"] or _LAST,
        figure["since"] or "",
        figure["value"],
    )
