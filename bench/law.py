"""What the made-up programs are: their words, agreements and clauses, read from `law.toml`."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from graph_schema.exchange import Bookkeeping, Line
from graph_schema.standing import Confirmation

FILE: Final = Path(__file__).with_name("law.toml")
TODAY: Final = date(2026, 6, 30)
"""The day on which every world of the bench ends, and of which its questions ask."""
CONFIRMED_FROM: Final = date(2024, 7, 1)
"""From then on each program confirms its states by the month."""


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """One made-up program, as the worlds need it.

    Attributes:
        shape: Which story its suppliers live: grower, factory or unit.
        began: The first whole year in which it holds standings.
        agreements: The first day in force of each of its agreements, oldest first.
        about: Where its facts come from.
    """

    code: str
    scheme: str
    shape: str
    began: int
    countries: tuple[str, ...]
    products: tuple[str, ...]
    agreements: Mapping[str, date]
    about: Bookkeeping


@cache
def programs() -> Mapping[str, Program]:
    """Return the programs by code."""
    return {
        each["code"]: Program(
            each["code"],
            each["scheme"],
            each["shape"],
            each["began"] + 1,
            tuple(each["countries"]),
            tuple(each["products"]),
            {a["reference"]: date.fromisoformat(a["inForceFrom"]) for a in each["agreements"]},
            Bookkeeping(sources=(_source(each),)),
        )
        for each in _read()["programs"]
    }


def lines() -> Iterator[Line]:
    """Yield what holds for every question: programs, words, products, agreements, confirmations."""
    law = _read()
    for each in law["programs"]:
        code, own = each["code"], programs()[each["code"]]
        yield _line(code, "programRecord", _program(each))
        source = {"reference": _source(each), "title": f"List of the {each['name']}"}
        yield _line(code, "source", source)
        for commodity in law["commodities"]:
            yield _line(code, "commodity", commodity)
        for rule in law["shapes"][each["shape"]]:
            yield _line(code, "stateRule", rule)
        for agreement in each["agreements"]:
            yield _line(code, "agreement", agreement)
        for day in _first_days():
            yield Line(program=code, fact=Confirmation(on=day), about=own.about)


def _first_days() -> Iterator[date]:
    """Yield the first day of each month in which states are confirmed."""
    day = CONFIRMED_FROM
    while day <= TODAY:
        yield day
        day = (day + timedelta(days=31)).replace(day=1)


def _program(each: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": each["code"],
        "name": each["name"],
        "scheme": each["scheme"],
        "countries": each["countries"],
        "started": str(each["began"]),
        "example": True,
    }


def _line(code: str, word: str, fact: Mapping[str, Any]) -> Line:
    return Line.model_validate({"program": code, word: fact})


def _source(each: Mapping[str, Any]) -> str:
    return f"{each['scheme'].upper()}1"


@cache
def _read() -> Mapping[str, Sequence[Any] | Any]:
    return tomllib.loads(FILE.read_text("utf-8"))
