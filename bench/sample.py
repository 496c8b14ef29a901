"""Who asks, and about whom: buyers that are bound today, and suppliers drawn from a world."""

from random import Random
from typing import Final

from bench import buyers
from bench.suppliers import Supplier
from bench.world import World

_ASKING: Final = 12
"""Buyers that ask in turn."""
_AGREEMENT: Final = ("bench-fire", "bfi:2023")


def asking(world: World) -> list[str]:
    """Return the references of buyers of garments that are bound on the last day of a world."""
    program, agreement = _AGREEMENT
    everyone = (buyers.buyer(world.seed, number) for number in range(buyers.COUNT))
    bound = [each.reference for each in everyone if agreement in each.signed.get(program, ())]
    return bound[:_ASKING]


def drawn(world: World, size: int, chance: Random) -> list[str]:
    """Return references of suppliers drawn anew."""
    return [each.reference for each in some(world, size, chance)]


def some(world: World, size: int, chance: Random) -> list[Supplier]:
    """Return suppliers drawn anew: makers of garments, where there are enough."""
    found: dict[int, Supplier] = {}
    while len(found) < size:
        each = world.supplier(chance.randrange(world.suppliers))
        if each.clothes or world.suppliers < 2 * size:
            found[each.number] = each
    return list(found.values())
