"""The made-up world of the bench: the same for the same seed, linear in its size, and right."""

from collections import Counter
from itertools import chain

import pytest

from bench.law import TODAY
from bench.loading import holds, load
from bench.sample import asking
from bench.suppliers import Supplier
from bench.world import World
from graph_schema.exchange import Line
from hub.answers.desk import Desk
from hub.answers.eligibility import eligibility_list
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import Page, SharedSought
from tests.store.worlds import moment, numbers

SMALL = 400


def told(world: World, size: int = SMALL) -> list[Line]:
    return list(chain.from_iterable(world.chunks(size)))


def suppliers(world: World) -> list[Supplier]:
    return [world.supplier(number) for number in range(world.suppliers)]


def by_kind(lines: list[Line]) -> Counter[str]:
    return Counter(line.fact.word for line in lines)


def test_the_same_seed_tells_the_same_world_and_another_seed_another() -> None:
    first = [line.unfolded() for line in told(World(SMALL, seed=7))]
    assert [line.unfolded() for line in told(World(SMALL, seed=7))] == first
    assert [line.unfolded() for line in told(World(SMALL, seed=8))] != first


def test_a_smaller_world_is_the_beginning_of_a_larger() -> None:
    larger = World(3 * SMALL).chunks(SMALL)
    assert [next(larger), next(larger)] == list(World(SMALL).chunks(SMALL))


def test_facts_of_every_kind_grow_in_proportion_to_suppliers() -> None:
    law, *some = World(4_000).chunks(1_000)
    quarter, whole = by_kind(some[0]), by_kind(list(chain.from_iterable(some)))
    assert by_kind(law).keys() >= {"programRecord", "agreement", "stateRule", "signature"}
    assert whole.keys() == quarter.keys() >= {"worksite", "standing", "tie", "sourcing", "volume"}
    for word, count in whole.items():
        assert 0.7 * count < 4 * quarter[word] < 1.3 * count, word


def test_a_tenth_of_suppliers_and_more_are_shared_by_programs_that_partly_disagree() -> None:
    everyone = suppliers(World(4_000))
    shared = [each for each in everyone if len(each.programs) > 1]
    assert 0.10 < len(shared) / len(everyone) < 0.15
    assert {len(each.programs) for each in shared} == {2, 3}
    assert 0.2 < sum(each.disagreed for each in shared) / len(shared) < 0.4
    assert len({program.code for each in everyone for program in each.programs}) == 7


@pytest.mark.anyio
async def test_the_engine_takes_every_fact_and_every_supplier_has_a_verdict(
    embedded_store: EmbeddedStore,
) -> None:
    world = World(SMALL)
    assert not await holds(embedded_store, world)
    loaded = await load(embedded_store, world, chunk=SMALL // 2)
    assert (loaded.set_aside, loaded.facts) == (0, len(told(world, SMALL // 2)))
    assert await holds(embedded_store, world)

    sitting = await (await Desk.open(embedded_store)).sit()
    references = [each.reference for each in suppliers(world)]
    answers = await eligibility_list(sitting, asking(world)[0], references, "garments")
    assert not any(answers.problems)
    assert len(answers.counts()) > 3


@pytest.mark.anyio
async def test_the_store_finds_the_shared_suppliers_that_were_told(
    embedded_store: EmbeddedStore,
) -> None:
    world = World(SMALL)
    await load(embedded_store, world)
    at = await moment(embedded_store)
    day = TODAY.toordinal()
    shared = [each for each in suppliers(world) if len(each.programs) > 1]
    for disagreeing, told_of in ((None, shared), (True, [s for s in shared if s.disagreed])):
        sought = SharedSought([], None, 2, day, disagreeing=disagreeing)
        found = await embedded_store.find_shared(sought, at, Page(SMALL))
        assert set(await numbers(embedded_store, *(s.reference for s in told_of))) <= set(found)
