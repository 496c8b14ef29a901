"""A generation is all there or not at all, and there is one at a time."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from graph_schema.codes import Kind
from graph_schema.parties import Worksite
from graph_schema.standing import Standing
from hub.store.columns import all_columns
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import OPEN, SHELL, Batch, Page, Series, Sought, Store, Writing
from tests.conftest import AnyStore
from tests.store.worlds import (
    DEED,
    exported,
    moment,
    number,
    numbers,
    plain,
    site,
    standing,
    world,
    write,
)

pytestmark = pytest.mark.anyio
MANY = 12_000
"""More rows than a store keeps back: some of them are on their way before the commit."""


class OnPurposeError(Exception):
    """A writer's own mistake."""


def state(number: int, subject: int, program: int, revision: int) -> dict[str, Any]:
    """Return the row of a standing as the sync engine would make it."""
    empty: dict[str, Any] = dict.fromkeys(all_columns(Standing))
    return empty | {
        "number": number,
        "program": program,
        "identity": f"{number:032x}",
        "content": f"{number:032x}",
        "recorded_from": 1,
        "recorded_until": OPEN,
        "revision_from": revision,
        "revision_until": OPEN,
        "stated_at": 1,
        "max_age": 400,
        "sources": [],
        "visible": True,
        "begins_first": 735_000,
        "begins_last": 735_000,
        "confirmed": 735_000,
        "subject": subject,
        "state": "listed",
        "track": "listing",
        "since": "2013-05-13",
        "since_first": 735_000,
        "since_last": 735_000,
        "products": [],
        "regions": [],
    }


async def stage_everything(store: Store, writing: Writing, count: int) -> None:
    """Stage one of each thing a generation may hold, and many standings."""
    revision = writing.base.revision + 1
    old = await number(store, "alpha:s3")
    program = await number(store, "program:alpha")
    seen = await moment(store, SHELL)
    [closed, *_] = await store.facts_at(Standing, "subject", [old], seen)
    gone = [row["number"] for row in await store.derived([old])]
    node = writing.next_node
    writing.next_node += 1
    first = Batch(
        nodes=[(node, Kind.WORKSITE)],
        dropped_references=["alpha:s2"],
        references=[("alpha:new", node, False), ("alpha:s2", node, False)],
        closed=[(Standing, closed["number"], 7)],
        gone=gone,
    )
    await writing.stage(first)
    numbers = range(writing.next_fact, writing.next_fact + count)
    writing.next_fact += count
    rows = [state(each, old, program, revision) for each in numbers]
    *some, last = rows
    own = ("number", "identity")
    series = Series(last, own, [(last["number"], last["identity"])])
    staged = Batch(facts={Standing: some}, series={Standing: [series]}, held=[node])
    await writing.stage(staged)
    derived: dict[str, Any] = {
        "number": writing.next_fact, "fact": rows[0]["number"], "subject": old,
        "program": program, "track": "listing", "effect": "FINDINGS", "starts": 1, "ends": 10**6,
        "ended": None, "products": [], "visible": True, "whole": True,
        "known_from": 0, "known_until": OPEN,
        "revision_from": revision, "revision_until": OPEN,
    }  # fmt: skip
    writing.next_fact += 1
    profiles: list[dict[str, Any]] = [
        {
            "number": each, "kind": "WORKSITE", "name": "Renamed", "country": "FR", "products": [],
            "visible": True, "told_by": [], "known_from": 0, "programs_held": 1, "buyers_held": 0,
            "words": "Renamed",
        }
        for each in (old, node)
    ]  # fmt: skip
    await writing.stage(Batch(in_force=[derived], profiles=profiles))


async def view(store: Store, revision: int | None = None) -> object:
    """Return all that a reader can see."""
    seen = await moment(store, SHELL, revision=revision)
    nodes = await numbers(store, "alpha:s1", "alpha:s3", "program:alpha")
    references = ["alpha:new", "alpha:s2", "alpha:s3"]
    asked = Sought(Kind.WORKSITE, [], (), 736_500)
    _, resolved = await store.resolve(references, seen.revision)
    return plain(
        [
            (await store.latest()).revision if revision is None else revision,
            [str(each) for each in resolved],
            await store.references(nodes) if revision is None else None,
            [[kind.word, row] for kind, row in await exported(store)] if revision is None else None,
            await store.facts_at(Standing, "subject", nodes, seen, history=True),
            await store.facts_at(Standing, "program", nodes, seen),
            await store.count_at(Standing, "program", nodes, seen),
            await store.in_force("subject", nodes, seen, day=None),
            await store.derived(nodes) if revision is None else None,
            await store.find(asked, seen, Page(20)),
            await store.everything(Worksite, OPEN) if revision is None else None,
            await store.search("renamed", [], seen, 5, (float("inf"), 0)),
        ]
    )


@pytest.mark.parametrize("count", [3, MANY])
async def test_a_generation_left_by_an_exception_never_was(store: AnyStore, count: int) -> None:
    await write(store, world())
    before = await view(store)

    async def fail() -> None:
        async with store.writing() as writing:
            await stage_everything(store, writing, count)
            raise OnPurposeError

    with pytest.raises(OnPurposeError):
        await fail()
    assert await view(store) == before
    await write(store, [site("alpha", 8)])
    assert (await store.latest()).revision == 2
    assert await number(store, "alpha:s8") > 0


class Taken(list[tuple[int, Kind]]):
    """Nodes that tell when somebody looks at them."""

    def __init__(self) -> None:
        super().__init__()
        self.looked_at = threading.Event()

    def __iter__(self) -> Iterator[tuple[int, Kind]]:
        self.looked_at.set()
        return super().__iter__()


async def test_what_is_staged_is_being_written_while_its_writer_waits_for_nothing(
    embedded_store: EmbeddedStore,
) -> None:
    nodes = Taken()
    async with embedded_store.writing() as writing:
        await writing.stage(Batch(nodes=nodes))
        # Nothing else of this loop can run now: a writer that plans does not give it back, either.
        assert nodes.looked_at.wait(10)


@pytest.mark.parametrize("leaves", [False, True])
async def test_what_cannot_be_written_is_told_by_the_next_step_and_never_was(
    embedded_store: EmbeddedStore, *, leaves: bool
) -> None:
    await write(embedded_store, world())
    before = await view(embedded_store)

    async def fail() -> None:
        async with embedded_store.writing() as writing:
            await writing.stage(Batch(nodes=[(1, Kind.WORKSITE)]))
            if leaves:
                raise OnPurposeError
            await writing.resolve(["alpha:s1"])

    with pytest.raises(OnPurposeError if leaves else sqlite3.IntegrityError):
        await fail()
    assert await view(embedded_store) == before
    await write(embedded_store, [site("alpha", 8)])
    assert await number(embedded_store, "alpha:s8") > 0


@pytest.mark.parametrize("count", [3, MANY])
async def test_readers_see_the_old_revision_until_the_commit(store: AnyStore, count: int) -> None:
    await write(store, world())
    before = await view(store)
    async with store.writing() as writing:
        await stage_everything(store, writing, count)
        assert await view(store) == before
        latest = await writing.commit(writing.base.recorded_at + 1, law_changed=False, deed=DEED)
    assert latest == await store.latest()
    assert (latest.revision, latest.law_revision) == (2, 1)
    program, node, new = await numbers(store, "program:alpha", "alpha:s3", "alpha:new")
    now = await moment(store, SHELL)
    counted = await store.count_at(Standing, "program", [program], now)
    assert counted == {program: 5 - 1 + count}
    assert await numbers(store, "alpha:s2") == [new]
    assert await store.kinds([node, new], now) == dict.fromkeys([node, new], Kind.WORKSITE)
    found = await store.search("renamed", [], now, 5, (float("inf"), 0))
    assert [each for each, _, _ in found] == sorted([node, new])
    [held] = await store.in_force("subject", [node], now, day=736_500)
    assert held["effect"] == "FINDINGS"


async def test_a_revision_is_whole_whenever_it_is_the_newest(store: AnyStore) -> None:
    await write(store, world())
    [program] = await numbers(store, "program:alpha")
    seen: list[tuple[int, int]] = []
    over = asyncio.Event()

    async def read() -> None:
        while not over.is_set():
            at = await moment(store, SHELL)
            counted = await store.count_at(Standing, "program", [program], at)
            seen.append((at.revision, counted[program]))

    reading = asyncio.create_task(read())
    for size in (400, 900, 1_700):
        sites = [site("alpha", f"{size}-{n}") for n in range(size)]
        states = [standing("alpha", f"alpha:s{size}-{n}", "listed", "2018-01-01")
                  for n in range(size)]  # fmt: skip
        await write(store, [*sites, *states])
    over.set()
    await reading
    expected = {1: 5, 2: 405, 3: 1_305, 4: 3_005}
    assert set(seen) <= set(expected.items())
    assert {revision for revision, _ in seen} >= {1, 2, 3}


async def test_a_second_writer_waits_for_the_first(store: AnyStore) -> None:
    await write(store, world())
    entered = asyncio.Event()
    go_on = asyncio.Event()
    order: list[str] = []

    async def first() -> None:
        async with store.writing() as writing:
            entered.set()
            await go_on.wait()
            order.append("first")
            await writing.commit(writing.base.recorded_at + 1, law_changed=False, deed=DEED)

    async def second() -> int:
        async with store.writing() as writing:
            order.append("second")
            return writing.base.revision

    one = asyncio.create_task(first())
    await entered.wait()
    other = asyncio.create_task(second())
    await store.latest()
    assert order == []
    go_on.set()
    await one
    assert await other == 2
    assert order == ["first", "second"]


async def test_numbers_go_on_where_the_last_commit_left_them(store: AnyStore) -> None:
    await write(store, world())
    async with store.writing() as writing:
        node, fact = writing.next_node, writing.next_fact
        writing.next_node += 5
        writing.next_fact += 5
    async with store.writing() as writing:
        assert (writing.next_node, writing.next_fact) == (node, fact)
        writing.next_node += 5
        writing.next_fact += 7
        await writing.commit(writing.base.recorded_at + 1, law_changed=False, deed=DEED)
    async with store.writing() as writing:
        assert (writing.next_node, writing.next_fact) == (node + 5, fact + 7)


async def test_what_is_known_costs_no_write(store: AnyStore) -> None:
    await write(store, world())
    before = await view(store)
    report = await write(store, world())
    assert report.outcome == "unchanged"
    assert await view(store) == before
