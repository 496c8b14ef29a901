"""Pooled product: judged by counted volume, not by the physical lot (facts rule r11)."""

from collections.abc import Iterable, Mapping
from itertools import product as every
from typing import Final

from graph_schema.codes import Reason, Verdict, VolumeKind
from graph_schema.days import FOR_EVER
from hub.eligibility.facts import Volume
from hub.eligibility.network import Network
from hub.eligibility.readings import TooManyReadingsError, may
from hub.eligibility.verdict import Outcome

_NO_VOLUMES: Final = Outcome(Verdict.UNKNOWN, Reason.NO_EVIDENCE)
_MOST_UNSURE: Final = 8
"""Periods of unsure days that one balance tries both ways."""

_Period = tuple[int, int, int, int]


def pools_of(network: Network, pooled: Mapping[int, object], subject: int) -> list[int] | None:
    """Return the pools that judge a subject: itself, those it delivers to, or those behind it.

    Args:
        network: The program's ties.
        pooled: Subjects of which the program states volumes.
        subject: Who is asked.

    Returns:
        The nearest pools; empty where the subject is tied by deliveries and no volume is known;
        none where it has nothing to do with a pool.
    """
    if subject in pooled:
        return [subject]
    for step in (network.receivers, network.deliverers):
        seen = {subject}
        frontier = [subject]
        while frontier:
            near = sorted({other for node in frontier for other in step(node)} - seen)
            if found := [node for node in near if node in pooled]:
                return found
            seen.update(near)
            frontier = near
    return [] if network.receivers(subject) or network.deliverers(subject) else None


def balance(
    volumes: Iterable[Volume], kinds: Iterable[int], buyer: int, day: int
) -> frozenset[Outcome]:
    """Return whether a pool's enrolled supply covers a buyer's demand, in every reading.

    Supply and demand are compared over the same period, the shortest that holds the day; the
    product is the one asked or what it is a kind of, the nearest first.

    Args:
        volumes: One pool's volumes in one program.
        kinds: The product asked and all it is a kind of, nearest first.
        buyer: Who asks; the demand of others does not count.
        day: The day asked of.
    """
    candidates = [
        volume
        for volume in volumes
        if volume.kind is VolumeKind.ENROLLED_SUPPLY or volume.buyer == buyer
    ]
    unsure = [volume for volume in candidates if len(_holds(volume, day)) > 1]
    if len(unsure) > _MOST_UNSURE:
        raise TooManyReadingsError
    order = list(kinds)
    found: set[Outcome] = set()
    for choice in every((True, False), repeat=len(unsure)):
        out = {id(volume) for volume, holds in zip(unsure, choice, strict=True) if not holds}
        inside = [v for v in candidates if True in _holds(v, day) and id(v) not in out]
        found.add(_balanced(inside, order))
    return frozenset(found)


def _balanced(volumes: list[Volume], kinds: list[int]) -> Outcome:
    """Compare the two sides over the shortest period that both are known for."""
    sides: dict[tuple[int, _Period], dict[VolumeKind, Volume]] = {}
    for volume in volumes:
        if volume.product in kinds:
            key = (kinds.index(volume.product), _period(volume))
            sides.setdefault(key, {})[volume.kind] = volume
    both = [key for key, found in sides.items() if len(found) == len(VolumeKind)]
    if not both:
        return _NO_VOLUMES
    found = sides[min(both, key=lambda key: (key[0], key[1][3] - key[1][0], key[1]))]
    supply, demand = found[VolumeKind.ENROLLED_SUPPLY], found[VolumeKind.BUYER_DEMAND]
    if supply.unit != demand.unit:
        return _NO_VOLUMES
    if supply.quantity >= demand.quantity:
        share = supply.quantity / demand.quantity if demand.quantity else 1.0
        return Outcome(Verdict.ELIGIBLE, Reason.VOLUME_BALANCED, covered_share=share)
    share = supply.quantity / demand.quantity
    return Outcome(Verdict.NOT_IN_PROGRAM, Reason.VOLUME_BALANCE_SHORT, covered_share=share)


def _period(volume: Volume) -> _Period:
    until = volume.until
    first, last = (until.first, until.last) if until else (FOR_EVER, FOR_EVER)
    return volume.since.first, volume.since.last, first, last


def _holds(volume: Volume, day: int) -> frozenset[bool]:
    """Whether a volume's period holds a day: surely, surely not, or either."""
    begun = may(volume.since, by=day, absent=True)
    ended = may(volume.until, by=day, absent=False)
    return frozenset(b and not e for b in begun for e in ended)
