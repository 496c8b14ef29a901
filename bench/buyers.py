"""The buyers of a world: who they are, whose house they belong to, and what they signed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bench.chances import Chances
from bench.law import TODAY, Program, programs
from graph_schema.agreements import Signature
from graph_schema.codes import Role, TieKind
from graph_schema.days import PartialDate
from graph_schema.exchange import Line
from graph_schema.parties import Organization, Tie

COUNT: Final = 400
_HOUSES: Final = 40
_COUNTRIES: Final = ("US", "GB", "DE", "SE", "ES", "FR", "NL", "CA", "JP", "AU")
_FOOD: Final = (("bench-produce", 0.8), ("bench-harvest", 0.45), ("bench-dairy", 0.12))
_CLOTHES: Final = (
    ("bench-fire", 0.75),
    ("bench-mills", 0.45),
    ("bench-units", 0.12),
    ("bench-spinning", 0.18),
)
_SELLS_CLOTHES: Final = 0.6
_IN_A_HOUSE: Final = 0.15
_DOCUMENTED_NOT: Final = 0.03
_ONE_OF_SEVERAL: Final = ("bench-units",)
"""Programs whose agreements are beside each other, not one after the other."""
_SIGNS_AGAIN: Final = 0.8
"""Share of signatories that sign the next version, too."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """A buyer, and what it signed.

    Attributes:
        clothes: Whether it sells garments; else food.
        signed: The agreements it signed, oldest first, in each program that knows it.
    """

    reference: str
    country: str
    house: str | None
    clothes: bool
    signed: dict[str, tuple[str, ...]]


def buyer(seed: int, number: int) -> Buyer:
    """Return a buyer by number."""
    chances = Chances(seed, "buyer", number)
    country = chances.pick(_COUNTRIES)
    clothes = chances.comes(_SELLS_CLOTHES)
    house = chances.pick(range(_HOUSES)) if chances.comes(_IN_A_HOUSE) else None
    signed = {
        code: _versions(chances, programs()[code])
        for code, share in (_CLOTHES if clothes else _FOOD)
        if chances.comes(share)
    }
    if not signed:
        signed = {(_CLOTHES if clothes else _FOOD)[0][0]: ()}
    named = None if house is None else f"wsr:bench-house-{house:02}"
    return Buyer(reference(number), country, named, clothes, signed)


def reference(number: int) -> str:
    """Return the reference of a buyer."""
    return f"wsr:bench-buyer-{number:03}"


def lines(seed: int) -> Iterator[Line]:
    """Yield what the programs say of buyers."""
    houses: dict[tuple[str, str], None] = {}
    for number in range(COUNT):
        each = buyer(seed, number)
        for code, versions in each.signed.items():
            program, chances = programs()[code], Chances(seed, "signatures", number, code)
            yield _line(program, _described(each.reference, f"Bench Buyer {number}", each.country))
            for version in versions:
                yield _line(program, _signature(chances, program, each.reference, version))
            if each.house:
                houses[code, each.house] = None
                tie = Tie.model_validate(
                    {"kind": TieKind.PART_OF, "from": each.reference, "to": each.house}
                )
                yield _line(program, tie)
    for code, house in houses:
        program, chances = programs()[code], Chances(seed, "house", code, house)
        yield _line(program, _described(house, f"Bench House {house[-2:]}", "US"))
        covers = chances.of(((True, 0.7), (None, 0.3)))
        signature = _signature(chances, program, house, list(program.agreements)[-1])
        yield _line(program, signature.model_copy(update={"covers_group": covers}))


def _versions(chances: Chances, program: Program) -> tuple[str, ...]:
    """Return the agreements that a buyer of a program signed: from some version on, with gaps."""
    versions = list(program.agreements)
    if program.code in _ONE_OF_SEVERAL:
        return (chances.pick(versions),)
    first = chances.pick(range(len(versions)))
    again = [each for each in versions[first + 1 :] if chances.comes(_SIGNS_AGAIN)]
    return (versions[first], *again)


def _signature(chances: Chances, program: Program, organization: str, agreement: str) -> Signature:
    first = program.agreements[agreement].toordinal()
    since = PartialDate.on(min(chances.day(first, first + 240), TODAY.toordinal()))
    options = chances.of(((("home-textiles",), 0.4), ((), 0.35), (None, 0.25)))
    return Signature(
        organization=organization,
        agreement=agreement,
        since=None if chances.comes(0.04) else since,
        options=options,
        signed=not chances.comes(_DOCUMENTED_NOT),
    )


def _described(reference: str, name: str, country: str) -> Organization:
    return Organization(reference=reference, name=name, roles=(Role.BUYER,), country=country)


def _line(program: Program, fact: Organization | Tie | Signature) -> Line:
    return Line(program=program.code, fact=fact, about=program.about)
