"""`hub programs`: programs side by side."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, repeat
from typing import Annotated, Any, Final

import orjson
import typer
from rich.table import Table
from rich.text import Text

from graph_schema.codes import Kind, Presence
from hub.answers.programs import Side, compared
from hub.cli.console import (
    OUT,
    AsOfOption,
    KnownAtOption,
    StoreOption,
    day,
    moment,
    plain,
    run,
    sitting,
)
from hub.eligibility.facts import Agreement
from hub.store.port import Row

_COUNTED: Final = ("buyers", "suppliers", "sites", "agreements")
_NOTHING: Final = "-"
_WHOLE: Final = frozenset({"program", "source", "published", "period", *_COUNTED})
"""Columns of a terminal's tables that are not folded."""


def programs(
    programs: Annotated[
        list[str] | None, typer.Argument(help="Which, such as ffp; default: all.")
    ] = None,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
    store: StoreOption = None,
) -> None:
    """How do programs compare: whom do they reach, how do they work, what do they report?

    Buyers, suppliers and sites are counted as of the day: signatures and standings in force on it.
    Figures that contradict each other stand beside each other, each with its sources.

    Example: `hub programs lesotho-agreement dindigul-agreement`

    Exit codes: 0 answered, 2 bad input or no store.
    """
    on, known = day(as_of, "as-of"), moment(known_at, "known-at")

    async def answer() -> list[Side]:
        async with sitting(store, as_of=on, known_at=known) as asked:
            named = [(await asked.named(each, Kind.PROGRAM)).number for each in programs or ()]
            every = asked.law.programs
            codes = sorted(every, key=lambda number: every[number].code)
            return await compared(asked, list(dict.fromkeys(named)) or codes)

    sides = run(answer)
    if json:
        written = orjson.dumps([*map(_json, sides)], option=orjson.OPT_INDENT_2)
        OUT.file.write(written.decode() + "\n")
    elif not sides:
        plain("no program was known then")
    elif OUT.is_terminal:
        for table in _tables(sides):
            OUT.print(table)
    else:
        plain(*(text for side in sides for text in _lines(side)))


def _json(side: Side) -> dict[str, Any]:
    """Return a program as plain values."""
    row = side.row
    return {
        "code": side.code,
        "name": row["name"],
        "status": row["status"],
        "example": bool(row["example"]),
        "parent": side.parent,
        "sectors": row["sectors"] or [],
        "countries": row["countries"] or [],
        "started": row["started"],
        "website": row["website"],
        "workerOrganizations": [*side.workers],
        "monitor": side.monitor,
        "buyers": side.buyers,
        "suppliers": side.suppliers,
        "sites": side.sites,
        "agreements": [_agreement(each, runs=runs) for each, runs in side.agreements],
        "mechanisms": [
            {name: each[name] for name in ("name", "presence", "how")} | _evidence(side, each)
            for each in side.mechanisms
        ],
        "figures": [
            {
                name: each[name]
                for name in ("metric", "subject", "qualifier", "value", "unit", "since", "until")
            }
            | _evidence(side, each)
            for each in side.figures
        ],
    }


def _agreement(agreement: Agreement, *, runs: bool) -> dict[str, Any]:
    return {
        "name": agreement.name,
        "runs": runs,
        "inForceFrom": _text(agreement.in_force_from),
        "inForceUntil": _text(agreement.in_force_until),
        "term": agreement.term,
        "clauses": [{"duty": each.duty, "text": each.text} for each in agreement.clauses],
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _evidence(side: Side, row: Row) -> dict[str, Any]:
    """Return the sources of a fact, each with its title, and how sure it is."""
    sources = [side.sources[each] for each in row["sources"] or () if each in side.sources]
    shown = ("reference", "title", "publisher", "published")
    return {
        "sources": [{name: each[name] for name in shown} for each in sources],
        "confidence": row["confidence"],
    }


def _lines(side: Side) -> Iterator[str]:
    """Yield a program as lines, each of which begins with its code."""
    row = side.row
    counted = ", ".join(f"{what} {number}" for what, number in _counts(side).items())
    yield f"{side.code}: {row['name']}; {_status(side)}; {counted}"
    if side.parent:
        yield f"{side.code} parent: {side.parent}"
    for worker in side.workers:
        yield f"{side.code} worker organisation: {worker}"
    if side.monitor:
        yield f"{side.code} monitor: {side.monitor}"
    for agreement, runs in side.agreements:
        force = "in force" if runs else "not in force"
        yield f"{side.code} agreement: {agreement.name}; {force}; {_duties(agreement)}"
    for each in side.mechanisms:
        how = f", {each['how']}" if each["how"] else ""
        yield f"{side.code} {each['name']}: {each['presence'].lower()}{how}"
    for each in side.figures:
        yield (
            f"{side.code} {_metric(each)}: {_value(each)}; {_period(each)}; "
            f"source {', '.join(_titles(side, each)) or 'not stated'}"
        )


def _status(side: Side) -> str:
    return f"{side.row['status']} (made up)" if side.row["example"] else side.row["status"]


def _counts(side: Side) -> dict[str, int]:
    numbers = (side.buyers, side.suppliers, side.sites, len(side.agreements))
    return dict(zip(_COUNTED, numbers, strict=True))


def _duties(agreement: Agreement) -> str:
    duties = dict.fromkeys(str(each.duty) for each in agreement.clauses)
    return ", ".join(duties) or "no buyer's duty"


def _metric(figure: Row) -> str:
    subject = figure["subject"]
    return figure["metric"] if subject == "program" else f"{figure['metric']} ({subject})"


def _value(figure: Row) -> str:
    qualifier = figure["qualifier"]
    exact = "" if qualifier in (None, "=") else f"{qualifier} "
    return f"{exact}{figure['value']:,.12g} {figure['unit']}"


def _period(figure: Row) -> str:
    since, until = figure["since"], figure["until"]
    return f"{since} to {until}" if since and until else until or since or "no date"


def _titles(side: Side, row: Row) -> list[str]:
    return [
        f"{each} {side.sources[each]['title']}" if each in side.sources else each
        for each in row["sources"] or ()
    ]


def _tables(sides: Sequence[Side]) -> Iterator[Table]:
    """Yield what is compared, a table for each part of it, programs below each other."""
    yield _table(("program", "status", *_COUNTED), sides, _summary)
    yield _table(("program", "worker organisations", "monitor", "parent"), sides, _bodies)
    yield _table(("program", "agreement", "in force", "duties"), sides, _agreements)
    yield _table(("program", "mechanisms", "which"), sides, _mechanisms)
    figures = (row for side in sides for row in _figures(side))
    yield _grid(("figure", "value", "period", "source"), figures)
    sources = {name: row for side in sides for name, row in side.sources.items()}
    yield _grid(
        ("source", "title", "publisher", "published"),
        (
            (name, row["title"], row["publisher"] or _NOTHING, row["published"] or _NOTHING)
            for name, row in sorted(sources.items())
        ),
    )


def _summary(side: Side) -> Iterator[Sequence[str]]:
    yield _status(side), *map(str, _counts(side).values())


def _bodies(side: Side) -> Iterator[Sequence[str]]:
    yield (
        "\n".join(side.workers) or _NOTHING,
        side.monitor or _NOTHING,
        side.parent or _NOTHING,
    )


def _agreements(side: Side) -> Iterator[Sequence[str]]:
    for each, runs in side.agreements:
        yield each.name, "yes" if runs else "no", _duties(each)


def _mechanisms(side: Side) -> Iterator[Sequence[str]]:
    for presence in Presence:
        names = [each["name"] for each in side.mechanisms if each["presence"] == presence]
        if names:
            yield presence.lower(), ", ".join(names)


def _figures(side: Side) -> Iterator[Sequence[str]]:
    if side.figures:
        yield f"{side.code}:", "", "", ""
    for each in side.figures:
        sources = ", ".join(each["sources"] or ())
        yield _metric(each), _value(each), _period(each), sources


def _table(
    columns: Sequence[str],
    sides: Sequence[Side],
    part: Callable[[Side], Iterator[Sequence[str]]],
) -> Table:
    """Return a table of a part of each program, its code beside the first row."""
    rows = (
        (side.code if first else "", *row)
        for side in sides
        for first, row in zip(chain([True], repeat(False)), part(side), strict=False)
    )
    return _grid(columns, rows)


def _grid(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in _WHOLE)
    for row in rows:
        table.add_row(*map(Text, row))
    table.add_row()
    return table
