"""Example Produce Program: made up, for demonstrations; no grower, buyer or notice is real."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from adapters.kit.example import (
    BEGAN,
    FIBRE_FARMS,
    HOLDINGS,
    REPORTS,
    Series,
    Teller,
    held,
    horizon,
    reference,
)
from adapters.kit.example_history import NEW, Course, Turn, histories, silent
from graph_schema.codes import TieKind, VolumeKind
from graph_schema.days import PartialDate
from graph_schema.exchange import Line
from graph_schema.sourcing import Volume

_FIELDS: Final = (("US", "US-FL"), ("US", "US-GA"), ("US", "US-CA"), ("MX", "MX-SIN"))
_FARMS: Final = Series(
    code="farm",
    naming="Example Farm {number:03} ({town})",
    numbers=range(29, 93),
    places=_FIELDS,
    products=("tomatoes", "tomatoes", "peppers", "strawberries"),
    own="exp:{number:04}",
    kind="farm",
)
_GROWERS: Final = Series(
    code="growers",
    naming="Example Growers {number:02} Inc",
    numbers=range(5, 23),
    places=_FIELDS,
    products=_FARMS.products,
    own="exp:G{number:02}",
)
_PACKING_HOUSES: Final = Series(
    code="packing-house",
    naming="Example Packing House {number:02}",
    numbers=range(3, 9),
    places=_FIELDS,
    products=("tomatoes",),
    own="exp:90{number:02}",
    kind="packing house",
)
_BROKERS: Final = Series(
    code="broker",
    naming="Example Broker {number:02}",
    numbers=range(2, 5),
    places=_FIELDS,
    products=("tomatoes",),
    own="exp:B{number:02}",
)
_PER_GROWER: Final = 3
_GROCERS: Final = tuple(reference("grocer", number) for number in range(1, 13))
_RETAILERS: Final = tuple(reference("retailer", number) for number in range(1, 9))
_NEVER_VISITED: Final = ("wsr:example-farm-008", "wsr:example-farm-009")
"""The cast's stale ones: their tables say when they were last confirmed."""

_MEMBERSHIP: Final = "membership"
_STANDING: Final = "standing"
_AUDIT: Final = "audit"
_BACK: Final = ((_AUDIT, "re-entry audit passed"), (_STANDING, "in compliance"))
_AWAY: Final = ((_MEMBERSHIP, "left"), (_STANDING, "not monitored"))
COURSE: Final[Course] = {
    NEW: (
        Turn(0.05, ((_MEMBERSHIP, "outside"),), to="outside"),
        Turn(0.95, ((_MEMBERSHIP, "participating"),), to="joined"),
    ),
    "joined": (Turn(0.8, ((_STANDING, "in compliance"),), to="good"),),
    "good": (
        Turn(0.06, ((_STANDING, "corrective action plan"),), to="plan"),
        Turn(0.006, _AWAY, to="left"),
    ),
    "plan": (
        Turn(0.5, ((_STANDING, "in compliance"),), to="good"),
        Turn(0.2, ((_STANDING, "suspended"),), to="suspended", announced=(30, 60, 90, 180)),
    ),
    "suspended": (
        Turn(0.5, _BACK, to="good"),
        Turn(0.2, ((_AUDIT, "re-entry audit failed"),), to="suspended"),
    ),
    "left": (Turn(0.1, ((_MEMBERSHIP, "participating"),), to="joined"),),
}
"""What may become of a grower in a quarter."""


def record(today: date | None = None) -> Iterator[Line]:
    """Yield what the program says beside the cast of its tables.

    Args:
        today: The day for which the world is made; the present day where not given.
    """
    teller = Teller("example-produce", "EXP", horizon(today))
    monitored = (_FARMS, FIBRE_FARMS, HOLDINGS)
    yield from teller.described(*monitored, _GROWERS, _PACKING_HOUSES, _BROKERS)
    yield from _ties(teller)
    yield from histories(teller, COURSE, *monitored)
    yield from teller.confirmed(silent(teller, *monitored), _NEVER_VISITED)
    yield from teller.sourced(_FARMS, (*_GROCERS, *_RETAILERS))
    yield from teller.sourced(_PACKING_HOUSES, _GROCERS)
    yield from teller.sourced(FIBRE_FARMS, _RETAILERS)
    yield from _volumes(teller)


def _ties(teller: Teller) -> Iterator[Line]:
    """Yield who runs which farm, and who delivers to whom."""
    farm = _FARMS.numbers.start
    run: list[tuple[str, str]] = []
    for grower in _GROWERS.numbers:
        mine = range(farm, farm + _PER_GROWER)
        run += ((_FARMS.reference(n), _GROWERS.reference(grower)) for n in mine)
        farm += _PER_GROWER
    for company in HOLDINGS.numbers:
        run += ((FIBRE_FARMS.reference(n), HOLDINGS.reference(company)) for n in held(company))
    yield from teller.tied(TieKind.OPERATED_BY, run)
    chains: list[tuple[str, str]] = []
    houses, brokers = list(_PACKING_HOUSES.numbers), list(_BROKERS.numbers)
    for at, free in enumerate(range(farm, _FARMS.numbers.stop)):
        broker = _BROKERS.reference(brokers[at % len(brokers)])
        chains.append((_FARMS.reference(free), broker))
    for at, house in enumerate(houses):
        packing = _PACKING_HOUSES.reference(house)
        if at < len(brokers):
            chains.append((_BROKERS.reference(brokers[at]), packing))
        chains += ((_FARMS.reference(_FARMS.numbers.start + 2 * at + n), packing) for n in (0, 1))
    yield from teller.tied(TieKind.DELIVERS_TO, chains)


def _volumes(teller: Teller) -> Iterator[Line]:
    """Yield each year's plan of the pool: enough for one buyer's demand, too little for another's.

    A year's plan is known on its first day.
    """
    pool = reference("pool", 1)
    for year in range(BEGAN.year + 1, teller.until.year + 1):
        supply = 1_000.0 + 40 * (year - BEGAN.year)
        sides = (
            (VolumeKind.ENROLLED_SUPPLY, None, supply),
            (VolumeKind.BUYER_DEMAND, reference("grocer", 3), 0.8 * supply),
            (VolumeKind.BUYER_DEMAND, reference("grocer", 4), 1.25 * supply),
        )
        for kind, buyer, quantity in sides:
            volume = Volume(
                pool=pool,
                buyer=buyer,
                product="repacked tomatoes",
                kind=kind,
                since=PartialDate.on(date(year, 1, 1)),
                until=PartialDate.on(date(year + 1, 1, 1)),
                quantity=quantity,
                unit="tonnes",
            )
            yield teller.line(volume, date(year, 1, 1), REPORTS)
