"""`hub shared`: the suppliers that programs or buyers share."""

from typing import Annotated, Any

import orjson
import typer
from rich.table import Table
from rich.text import Text

from graph_schema.codes import Kind
from hub.answers.desk import Desk
from hub.answers.profiles import profiles
from hub.cli.console import OUT, StoreOption, day, opened, plain, run
from hub.errors import InvalidInputError
from hub.store.port import SHELL, Page, SharedSought


def shared(
    programs: Annotated[
        str | None, typer.Option("--programs", help="Programs that count, comma-separated codes.")
    ] = None,
    buyers: Annotated[
        str | None, typer.Option("--buyers", help="Buyers that count, comma-separated.")
    ] = None,
    at_least: Annotated[int, typer.Option("--at-least", help="In how many of them.")] = 2,
    disagreeing: Annotated[
        bool, typer.Option("--disagreeing", help="Only those on whom programs disagree.")
    ] = False,
    as_of: Annotated[str | None, typer.Option("--as-of", help="The day; default: today.")] = None,
    first: Annotated[int, typer.Option("--first", help="At most so many.")] = 50,
    json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
    store: StoreOption = None,
) -> None:
    """Which suppliers do programs, or buyers, share, with their standings side by side?

    Example: `hub shared --programs example-produce,example-garments --disagreeing`

    Exit codes: 0 answered, 2 bad input or no store.
    """
    on = day(as_of, "as-of")

    async def answer() -> list[dict[str, Any]]:
        async with opened(store) as open_store:
            desk = await Desk.open(open_store)
            sitting = await desk.sit(as_of=on, viewer=SHELL)
            if at_least < 1 or first < 1:
                msg = "--at-least and --first must be 1 or more"
                raise InvalidInputError(msg)
            sought = SharedSought(
                programs=[(await sitting.named(p, Kind.PROGRAM)).number for p in _parts(programs)],
                buyers=[(await sitting.named(b, Kind.ORGANIZATION)).number for b in _parts(buyers)]
                if buyers
                else None,
                at_least=at_least,
                day=sitting.day,
                disagreeing=True if disagreeing else None,
            )
            numbers = await open_store.find_shared(sought, sitting.moment, Page(first))
            names = await profiles(sitting, numbers)
            rows = await open_store.in_force("subject", numbers, sitting.moment, day=sitting.day)
            codes = sitting.law.programs
            return [
                {
                    "id": desk.ids.of(number),
                    "name": names[number].row["name"],
                    "country": names[number].row["country"],
                    "standings": [
                        {
                            "program": codes[row["program"]].code,
                            "track": row["track"],
                            "state": row["state"],
                            "effect": row["effect"],
                        }
                        for row in rows
                        if row["subject"] == number
                    ],
                }
                for number in numbers
                if number in names
            ]

    found = run(answer)
    if json:
        OUT.file.write(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n")
        return
    if not OUT.is_terminal:
        plain(*map(_line, found))
        return
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    for column in ("supplier", "country", "standings"):
        table.add_column(column, overflow="fold")
    for each in found:
        standings = (
            f"{s['program']}: {s['state']} ({s['track']}, {s['effect']})" for s in _sides(each)
        )
        table.add_row(Text(each["name"]), each["country"] or "", Text("\n".join(standings)))
    OUT.print(table if found else "no supplier is shared so")


def _sides(each: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(each["standings"], key=lambda s: (s["program"], s["track"]))


def _line(each: dict[str, Any]) -> str:
    standings = (f"{s['program']} {s['track']}: {s['state']} ({s['effect']})" for s in _sides(each))
    return f"{each['name']} ({each['country'] or 'country unknown'}): {'; '.join(standings)}"


def _parts(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]
