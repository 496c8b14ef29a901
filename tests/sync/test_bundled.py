"""Every bundled record, and the example world: twice is once, any order leaves the same graph."""

from random import Random
from typing import Any, Final

import orjson
import pytest

from adapters.kit.adapter import adapters
from graph_schema.programs import Program
from hub.answers.desk import Desk
from hub.answers.profiles import profiles
from hub.store.port import OPEN, SHELL, Store
from hub.sync.intake import Outcome
from hub.sync.run import run
from hub.sync.sources import record
from tests.sync.conftest import NewStore
from tests.sync.steps import noon, now, whole

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

PROGRAMS: Final = tuple(adapters())
DAY: Final = "2026-11-20"
OF_THE_RUN: Final = frozenset({"retrievedAt"})
"""What an export tells of the run that brought a fact, and not of the fact."""


async def sync(store: Store, *programs: str) -> list[Outcome]:
    """Sync the records of programs in an order."""
    known = adapters()
    return [(await run(store, record(known[each]), now=noon(DAY))).outcome for each in programs]


async def facts(store: Store) -> list[str]:
    """Return what an export tells of facts, in an order of its own."""
    found: list[str] = []
    for line in await whole(store):
        told: dict[str, Any] = orjson.loads(line)
        found.append(str({key: told[key] for key in sorted(told.keys() - OF_THE_RUN)}))
    return sorted(found)


async def derived(store: Store) -> list[tuple[object, ...]]:
    """Return what is derived of facts: names of nodes, and the states they hold and when."""
    programs = [row["program"] for row in await store.everything(Program, OPEN)]
    rows = await store.in_force("program", programs, await now(store), day=None)
    nodes = sorted({row["subject"] for row in rows})
    references: dict[int, set[str]] = {}
    for node, text, _ in await store.references([*nodes, *programs]):
        references.setdefault(node, set()).add(text)
    names = await profiles(await (await Desk.open(store)).sit(viewer=SHELL), nodes)
    return sorted(
        (
            sorted(references[row["program"]]),
            sorted(references[row["subject"]]),
            names[row["subject"]].row["name"],
            *(row[name] for name in ("track", "state", "effect", "begins_first", "ends", "ended")),
        )
        for row in rows
    )


def test_the_example_world_is_among_them() -> None:
    assert {"ffp", "bangladesh-accord", "example-produce", "example-garments"} <= set(PROGRAMS)
    assert len(PROGRAMS) >= 10


async def test_synced_again_no_record_writes_anything(store: Store) -> None:
    assert set(await sync(store, *PROGRAMS)) == {Outcome.APPLIED}
    before, revision = await whole(store), (await store.latest()).revision
    assert set(await sync(store, *PROGRAMS, *reversed(PROGRAMS))) == {Outcome.UNCHANGED}
    assert (await store.latest()).revision == revision
    assert await whole(store) == before


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_in_any_order_they_leave_the_same_graph(new_store: NewStore, seed: int) -> None:
    shuffled = Random(seed).sample(PROGRAMS, len(PROGRAMS))  # noqa: S311 - any order will do
    found: list[tuple[list[str], list[tuple[object, ...]]]] = []
    for order in (PROGRAMS, shuffled):
        async with new_store() as store:
            await sync(store, *order)
            found.append((await facts(store), await derived(store)))
    assert all(len(part) > 200 for part in found[0])
    assert found[0] == found[1]


@pytest.mark.parametrize("program", PROGRAMS)
async def test_a_record_alone_is_whole(new_store: NewStore, program: str) -> None:
    """No record needs another program's to be there first."""
    async with new_store() as store:
        assert await sync(store, program) == [Outcome.APPLIED]
        assert await sync(store, program) == [Outcome.UNCHANGED]
