"""The suppliers of a world: who and where they are, and in which programs.

What is true of a supplier depends on the seed and its number alone, so that a smaller world is the
beginning of a larger one, and a sample can be drawn without making the rest.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

from bench.chances import Chances
from bench.law import Program, programs

BLOCK: Final = 40
"""Suppliers whose operators are made together."""
_RUNS: Final = (1,) * 12 + (2,) * 6 + (4,) * 2 + (8,)
"""How many sites of a block each of its operators runs."""
_COUNTRIES: Final = (
    ("BD", 0.42), ("PK", 0.17), ("IN", 0.13), ("LS", 0.02),
    ("US", 0.19), ("CL", 0.03), ("ZA", 0.02), ("MX", 0.02),
)  # fmt: skip
_AT_HOME: Final = {
    "BD": (("bench-fire", 0.86), ("bench-units", 0.08), ("bench-spinning", 0.06)),
    "PK": (("bench-mills", 0.86), ("bench-units", 0.07), ("bench-spinning", 0.07)),
    "IN": (("bench-spinning", 0.7), ("bench-units", 0.3)),
    "LS": (("bench-units", 1.0),),
    "US": (("bench-produce", 0.5), ("bench-dairy", 0.3), ("bench-harvest", 0.2)),
    "CL": (("bench-produce", 0.6), ("bench-harvest", 0.4)),
    "ZA": (("bench-produce", 1.0),),
    "MX": (("bench-harvest", 1.0),),
}
_CLOTHES: Final = frozenset({"BD", "PK", "IN", "LS"})
_SHARED: Final = 0.13
_BY_THREE: Final = 0.15
_DISAGREEING: Final = 0.3
_TROUBLED: Final = 0.07
_ORGANIZATION: Final = 0.7
"""Share of the growers outside dairy that hold their standing as a company, not as one farm."""
_OS_SYMBOLS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Supplier:
    """One supplier.

    Attributes:
        number: Of the supplier, from 0.
        programs: Those in which it holds states, the one that describes it first before others.
        organization: Whether it is a company; else a worksite.
        operator: Number of the company that runs it.
        troubled: For each program, whether it is at risk or worse in it today.
        disagreed: Whether it was chosen to be well in the first program and troubled in the second.
    """

    number: int
    country: str
    programs: tuple[Program, ...]
    organization: bool
    operator: int
    troubled: tuple[bool, ...]
    disagreed: bool

    @property
    def clothes(self) -> bool:
        """Whether it makes garments."""
        return self.country in _CLOTHES

    @property
    def reference(self) -> str:
        """What the first program calls it."""
        return self.called(self.programs[0])

    @property
    def external_id(self) -> str:
        """A number by which every program knows a worksite; of a company, its first reference."""
        return self.reference if self.organization else f"os:{_os_id(self.country, self.number)}"

    def called(self, program: Program) -> str:
        """Return what a program calls it."""
        return f"{program.scheme}:{self.number:07}"


def supplier(seed: int, number: int) -> Supplier:
    """Return a supplier by number."""
    operator = _operator(number)
    country, home = _place(seed, operator)
    chances = Chances(seed, "supplier", number)
    held = (programs()[home], *_others(chances, country, home))
    disagreed = len(held) > 1 and chances.comes(_DISAGREEING)
    troubled = [chances.comes(_TROUBLED) for _ in held]
    if disagreed:
        troubled[:2] = [False, True]
    grower = programs()[home].shape == "grower" and home != "bench-dairy"
    return Supplier(
        number=number,
        country=country,
        programs=held,
        organization=grower and chances.comes(_ORGANIZATION),
        operator=operator,
        troubled=tuple(troubled),
        disagreed=disagreed,
    )


def _others(chances: Chances, country: str, home: str) -> list[Program]:
    """Return the further programs that know it."""
    others = [code for code, _ in _AT_HOME[country] if code != home]
    if not others or not chances.comes(_SHARED):
        return []
    second = chances.pick(others)
    third = [code for code in others if code != second and chances.comes(_BY_THREE)]
    return [programs()[code] for code in (second, *third)]


def _operator(number: int) -> int:
    """Return the number of the company that runs a supplier's sites."""
    block, place = divmod(number, BLOCK)
    return block * BLOCK + _first_of_run(place)


@cache
def _first_of_run(place: int) -> int:
    begin = 0
    for length in _RUNS:
        if place < begin + length:
            break
        begin += length
    return begin


@cache
def run_length(operator: int) -> int:
    """Return how many sites a company runs."""
    return sum(_operator(number) == operator for number in range(operator, operator + max(_RUNS)))


def _place(seed: int, operator: int) -> tuple[str, str]:
    """Return the country of a company's sites, and the program that describes them first."""
    chances = Chances(seed, "operator", operator)
    country = chances.of(_COUNTRIES)
    return country, chances.of(_AT_HOME[country])


def _os_id(country: str, number: int) -> str:
    """Return a made-up OS ID with the right check character (facts source S211)."""
    day = date(2019, 1, 1) + timedelta(days=number % 2_000)
    symbols = "".join(_OS_SYMBOLS[number >> shift & 31] for shift in (20, 15, 10, 5, 0))
    plain = f"{country}{day.year}{day.timetuple().tm_yday:03}{symbols}"
    total = sum(map(ord, plain[:2])) + sum(map(_OS_SYMBOLS.index, plain[2:]))
    return plain + _OS_SYMBOLS[total % 32]
