"""Example Garments Agreement: made up, for demonstrations; no factory, brand or notice is real."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from adapters.kit.example import (
    FIBRE_FARMS,
    HOLDINGS,
    Series,
    Teller,
    held,
    horizon,
    reference,
)
from adapters.kit.example_history import NEW, Course, Turn, histories, silent
from graph_schema.codes import TieKind
from graph_schema.exchange import Line

_CITIES: Final = (("BD", "BD-C"), ("BD", "BD-C"), ("BD", "BD-B"), ("PK", "PK-SD"), ("IN", "IN-TN"))
_FACTORIES: Final = Series(
    code="apparel",
    naming="Example Apparel {number:03} Ltd",
    numbers=range(27, 93),
    places=_CITIES,
    products=("garments", "knitwear", "jeans"),
    own="exg:F{number:04}",
    kind="factory",
)
_MILLS: Final = Series(
    code="mill",
    naming="Example Mill {number:03}",
    numbers=range(2, 11),
    places=(("PK", "PK-PB"), ("IN", "IN-TN")),
    products=("home textiles",),
    own="exg:M{number:04}",
    kind="mill",
)
_COMPANIES: Final = Series(
    code="apparel-company",
    naming="Example Apparel Company {number:02} Ltd",
    numbers=range(4, 16),
    places=_CITIES,
    products=_FACTORIES.products,
    own="exg:A{number:02}",
)
_GROUPS: Final = Series(
    code="apparel-group",
    naming="Example Apparel Group {number:02}",
    numbers=range(3, 9),
    places=_CITIES,
    products=_FACTORIES.products,
    own="exg:G{number:02}",
)
_FIBRE_FARMS: Final = FIBRE_FARMS.called(
    "Example Fibre Farm No. {number} {town}", "exg:C{number:04}"
)
_HOLDINGS: Final = HOLDINGS.called("Example Holdings {number:02} (cotton)", "exg:H{number:02}")
_PER_COMPANY: Final = 5
_PER_GROUP: Final = 2
_BRANDS: Final = tuple(reference("brand", number) for number in range(1, 15))
_RETAILERS: Final = tuple(reference("retailer", number) for number in range(1, 9))
_NEVER_VISITED: Final = ("wsr:example-apparel-014", "wsr:example-apparel-015")
"""The cast's stale ones: their tables say when they were last confirmed."""

_LISTING: Final = "listing"
_REMEDIATION: Final = "remediation"
_ESCALATION: Final = "escalation"
_ON_TRACK: Final = (_REMEDIATION, "on track")
_EASED: Final = ((_ESCALATION, "de-escalated"), _ON_TRACK)
_CLOSED: Final = ((_LISTING, "closed"), (_REMEDIATION, "not monitored"))
_INACTIVE: Final = ((_LISTING, "inactive"), (_REMEDIATION, "not monitored"))
COURSE: Final[Course] = {
    NEW: (Turn(1.0, ((_LISTING, "covered"), (_REMEDIATION, "CAP pending")), to="listed"),),
    "listed": (Turn(0.6, (_ON_TRACK,), to="plan"),),
    "plan": (
        Turn(0.2, ((_REMEDIATION, "initial CAP completed"),), to="done"),
        Turn(0.12, ((_REMEDIATION, "behind schedule"),), to="late"),
        Turn(0.003, _CLOSED, to="closed"),
    ),
    "done": (
        Turn(0.03, ((_REMEDIATION, "behind schedule"),), to="late"),
        Turn(0.006, _INACTIVE, to="inactive"),
        Turn(0.002, _CLOSED, to="closed"),
    ),
    "late": (
        Turn(0.35, (_ON_TRACK,), to="plan"),
        Turn(0.3, ((_ESCALATION, "stage 1"),), to="stage 1"),
    ),
    "stage 1": (
        Turn(0.35, _EASED, to="plan"),
        Turn(0.3, ((_ESCALATION, "stage 2"),), to="stage 2"),
    ),
    "stage 2": (
        Turn(0.35, _EASED, to="plan"),
        Turn(0.3, ((_ESCALATION, "stage 3"),), to="stage 3"),
    ),
    "stage 3": (Turn(0.12, ((_ESCALATION, "requalified"), _ON_TRACK), to="plan"),),
    "inactive": (Turn(0.12, ((_LISTING, "covered"), _ON_TRACK), to="plan"),),
}
"""What may become of a factory, mill or cotton farm in a quarter."""


def record(today: date | None = None) -> Iterator[Line]:
    """Yield what the program says beside the cast of its tables.

    Args:
        today: The day for which the world is made; the present day where not given.
    """
    teller = Teller("example-garments", "EXG", horizon(today))
    monitored = (_FACTORIES, _MILLS, _FIBRE_FARMS, _HOLDINGS)
    yield from teller.described(*monitored, _COMPANIES, _GROUPS)
    yield from _ties(teller)
    yield from histories(teller, COURSE, *monitored)
    yield from teller.confirmed(silent(teller, *monitored), _NEVER_VISITED)
    yield from teller.sourced(_FACTORIES, (*_BRANDS, *_RETAILERS))
    yield from teller.sourced(_MILLS, (*_BRANDS, *_RETAILERS))
    yield from teller.sourced(_FIBRE_FARMS, _BRANDS)


def _ties(teller: Teller) -> Iterator[Line]:
    """Yield who runs which site, which company belongs to which group, who delivers to whom."""
    factory = _FACTORIES.numbers.start
    run: list[tuple[str, str]] = []
    for company in _COMPANIES.numbers:
        mine = range(factory, factory + _PER_COMPANY)
        run += ((_FACTORIES.reference(n), _COMPANIES.reference(company)) for n in mine)
        factory += _PER_COMPANY
    for company in _HOLDINGS.numbers:
        run += ((_FIBRE_FARMS.reference(n), _HOLDINGS.reference(company)) for n in held(company))
    yield from teller.tied(TieKind.OPERATED_BY, run)
    parts = zip(
        _COMPANIES.numbers,
        (group for group in _GROUPS.numbers for _ in range(_PER_GROUP)),
        strict=True,
    )
    yield from teller.tied(
        TieKind.PART_OF,
        ((_COMPANIES.reference(company), _GROUPS.reference(group)) for company, group in parts),
    )
    mills = list(_MILLS.numbers)
    free = range(held(_HOLDINGS.numbers.stop)[0], _FIBRE_FARMS.numbers.stop)
    to_mills = (
        (_FIBRE_FARMS.reference(farm), _MILLS.reference(mills[at % len(mills)]))
        for at, farm in enumerate(free)
    )
    to_factories = (
        (_MILLS.reference(mill), _FACTORIES.reference(_FACTORIES.numbers.start + 7 * at))
        for at, mill in enumerate(mills)
    )
    yield from teller.tied(TieKind.DELIVERS_TO, (*to_mills, *to_factories))
