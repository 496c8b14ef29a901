"""`hub shared`: the suppliers that programs or buyers share."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

import orjson
import typer
from rich.table import Table
from rich.text import Text

from graph_schema.codes import Kind
from hub.answers.desk import Sitting
from hub.answers.disagreement import disagreeing as disagreeing_on
from hub.answers.profiles import profiles
from hub.cli.console import ERR, OUT, AsOfOption, StoreOption, day, plain, run, sitting
from hub.errors import InvalidInputError
from hub.store.port import Page, Row, SharedSought

MOST_AT_LEAST: Final = 100
_MOST: Final = 100_000
"""Suppliers of the longest answer."""
_NONE: Final = "no supplier is shared so"


def shared(
    programs: Annotated[
        list[str] | None,
        typer.Option("--programs", help="Programs that count: codes with commas, or repeated."),
    ] = None,
    buyers: Annotated[
        list[str] | None, typer.Option("--buyers", help="Buyers that count, likewise.")
    ] = None,
    at_least: Annotated[
        int, typer.Option("--at-least", help="In how many of them.", min=1, max=MOST_AT_LEAST)
    ] = 2,
    disagreeing: Annotated[
        bool, typer.Option("--disagreeing", help="Only those on whom programs disagree.")
    ] = False,
    as_of: AsOfOption = None,
    first: Annotated[int, typer.Option("--first", help="At most so many.", min=1, max=_MOST)] = 50,
    json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
    store: StoreOption = None,
) -> None:
    """Which suppliers do programs, or buyers, share, with their standings side by side?

    Example: `hub shared --programs example-produce,example-garments --disagreeing`

    Exit codes: 0 answered, 2 bad input or no store.
    """
    on = day(as_of, "as-of")

    async def answer() -> tuple[list[dict[str, Any]], bool]:
        async with sitting(store, as_of=on) as asked:
            desk, moment = asked.desk, asked.moment
            named, bought = _parts(programs, "--programs"), _parts(buyers, "--buyers")
            sought = SharedSought(
                programs=[(await asked.named(p, Kind.PROGRAM)).number for p in named],
                buyers=[(await asked.named(b, Kind.ORGANIZATION)).number for b in bought] or None,
                at_least=at_least,
                day=asked.day,
                disagreeing=True if disagreeing else None,
            )
            further = await desk.store.find_shared(sought, moment, Page(first + 1))
            numbers = further[:first]
            names = await profiles(asked, numbers)
            held: dict[int, list[Row]] = {number: [] for number in numbers}
            for row in await desk.store.in_force("subject", numbers, moment, day=asked.day):
                held[row["subject"]].append(row)
            told_of = [
                {
                    "id": desk.ids.of(number),
                    "name": names[number].row["name"],
                    "country": names[number].row["country"],
                    "disagree": disagreeing_on(held[number]),
                    "standings": [_standing(asked, row) for row in held[number]],
                }
                for number in numbers
                if number in names
            ]
            return told_of, len(further) > first

    found, more = run(answer)
    _show(found, json=json)
    if more:
        ERR.print(f"[dim]the first {first:,} are shown and there are more; --first shows more[/]")


def _standing(asked: Sitting, row: Row) -> dict[str, Any]:
    """Return a standing as it is told: whose word it is, and what it means."""
    told = {name: row[name] for name in ("track", "state", "effect")}
    return {"program": asked.law.programs[row["program"]].code, **told}


def _show(found: list[dict[str, Any]], *, json: bool) -> None:
    """Print the suppliers: JSON, a table on a terminal, else a line each."""
    if json:
        OUT.file.write(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n")
        return
    if not OUT.is_terminal:
        plain(*map(_line, found))
        if not found:
            ERR.print(_NONE)
        return
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    for column in ("supplier", "country", "standings"):
        table.add_column(column, overflow="fold")
    for each in found:
        standings = (
            f"{s['program']}: {s['state']} ({s['track']}, {s['effect']})" for s in _sides(each)
        )
        name = f"{each['name']}\nthey disagree" if each["disagree"] else each["name"]
        table.add_row(Text(name), each["country"] or "", Text("\n".join(standings)))
    OUT.print(table if found else _NONE)


def _sides(each: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(each["standings"], key=lambda s: (s["program"], s["track"]))


def _line(each: dict[str, Any]) -> str:
    standings = (f"{s['program']} {s['track']}: {s['state']} ({s['effect']})" for s in _sides(each))
    disagree = ", they disagree" if each["disagree"] else ""
    place = each["country"] or "country unknown"
    return f"{each['name']} ({place}{disagree}): {'; '.join(standings)}"


def _parts(given: Sequence[str] | None, option: str) -> list[str]:
    """Return the parts of an option.

    Raises:
        InvalidInputError: It is given, and names nothing.
    """
    found = [part.strip() for text in given or () for part in text.split(",") if part.strip()]
    if given and not found:
        msg = f"{option} names nothing; leave it out to mean all"
        raise InvalidInputError(msg)
    return found
