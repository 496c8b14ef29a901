"""What programs say of suppliers besides their standing: descriptions, farms, buyers, pools."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from bench import buyers
from bench.chances import Chances
from bench.law import Program
from bench.suppliers import BLOCK, Supplier
from graph_schema.codes import Role, TieKind, VolumeKind
from graph_schema.days import PartialDate
from graph_schema.elements import Fact
from graph_schema.parties import Organization, Tie, Worksite
from graph_schema.sourcing import SourcingLink, Volume

POOLED = "bench-dairy"
"""The program whose farms deliver to pools."""
_POOL = 10 * BLOCK
"""Suppliers among whom dairy farms deliver to one pool."""
_LINKS = ((0, 0.35), (1, 0.3), (2, 0.2), (3, 0.1), (4, 0.05))
_FARMS = ((1, 0.6), (2, 0.3), (3, 0.1))
_PUBLISHED = 0.6


def tie(kind: TieKind, begin: str, end: str) -> Tie:
    """Return a tie that always held."""
    return Tie.model_validate({"kind": kind, "from": begin, "to": end})


def described(each: Supplier, program: Program) -> Organization | Worksite:
    """Return a supplier as a program describes it: the first one says most."""
    first = program is each.programs[0]
    known = () if first and each.organization else (each.external_id,)
    if each.organization:
        return Organization(
            reference=each.called(program),
            name=f"Bench Growers {each.number}",
            roles=(Role.SUPPLIER,),
            country=each.country,
            external_ids=known,
        )
    kind = "factory" if each.clothes else "farm"
    return Worksite(
        reference=each.called(program),
        name=f"Bench {kind.capitalize()} {each.number}" if first else f"Site {each.number}",
        kind=kind,
        city=f"Town {each.number % 97}" if first else None,
        country=each.country,
        region="US-FL" if each.country == "US" and first else None,
        products=program.products[: 1 + each.number % len(program.products)] if first else (),
        workers=50 + each.number % 1_950 if first else None,
        external_ids=known,
    )


def farms(each: Supplier, chances: Chances) -> Iterator[Fact]:
    """Yield the farms of a grower, which hold no standing of their own."""
    for farm in range(chances.of(_FARMS)):
        reference = f"{each.reference}-{farm + 1}"
        name = f"Bench Farm {each.number}-{farm + 1}"
        yield Worksite(reference=reference, name=name, kind="farm", country=each.country)
        yield tie(TieKind.OPERATED_BY, reference, each.reference)


def links(each: Supplier, chances: Chances) -> Iterator[Fact]:
    """Yield who buys from it, as buyers' lists show it."""
    for taker in chances.some(range(buyers.COUNT), chances.of(_LINKS)):
        yield SourcingLink(
            buyer=buyers.reference(taker),
            supplier=each.reference,
            product=each.programs[0].products[0],
            since=PartialDate.parse(f"{2021 + each.number % 5}-{1 + taker % 12:02}"),
            published=chances.comes(_PUBLISHED),
        )


def pool_of(number: int) -> int:
    """Return the number of the pool that a supplier delivers to, if it is a dairy farm."""
    return number // _POOL


def pool(number: int) -> str:
    """Return the reference of a pool."""
    return f"wsr:bench-pool-{number}"


def balance(seed: int, number: int) -> Iterator[Fact]:
    """Yield a pool of milk, and its balance over two years."""
    chances = Chances(seed, "pool", number)
    yield Organization(reference=pool(number), name=f"Bench Pool {number}", country="US")
    takers = chances.some(range(buyers.COUNT), 3)
    for year in (2025, 2026):
        volume = partial(
            Volume,
            pool=pool(number),
            product="milk",
            unit="t",
            since=PartialDate.on(date(year, 1, 1)),
            until=PartialDate.on(date(year + 1, 1, 1)),
        )
        supply = round(1_000 + 2_000 * chances.share())
        yield volume(kind=VolumeKind.ENROLLED_SUPPLY, quantity=supply)
        for taker in takers:
            taken, buyer = round(1_500 * chances.share()), buyers.reference(taker)
            yield volume(kind=VolumeKind.BUYER_DEMAND, quantity=taken, buyer=buyer)
