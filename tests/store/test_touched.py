"""Where revisions changed something: whatever is told of another node is as it was before."""

from typing import Any, Final

import pytest

from graph_schema.parties import Organization, Tie, Worksite
from graph_schema.sourcing import Volume
from graph_schema.standing import Standing
from hub.store.port import PUBLIC, SHELL, Moment, Viewer, Whom
from tests.conftest import AnyStore
from tests.store.test_changes import eventful
from tests.store.worlds import (
    by_row,
    company,
    moment,
    numbers,
    plain,
    said,
    standing,
    withdrawn,
    world,
    write,
)

pytestmark = pytest.mark.anyio

MANY: Final = 1_000
REFERENCES: Final = (
    "alpha:s1", "alpha:s2", "alpha:s3", "alpha:s4", "alpha:pool", "alpha:group",
    "alpha:buyer",
)  # fmt: skip


async def told(store: AnyStore, node: int, revision: int, viewer: Viewer) -> object:
    """Return all that a revision tells of a node, to which nothing is known of when."""
    moment = Moment(revision, (await store.latest()).recorded_at, viewer)
    around = await store.around(Whom(subjects=[node]), moment)
    said = await store.statements([node], moment)
    columns = (around.states, around.places, around.ties, around.volumes)
    return (
        [by_row(each) for each in columns],
        sorted(((kind.word, plain(row)) for kind, row in said), key=repr),
    )


@pytest.mark.parametrize("viewer", [SHELL, PUBLIC], ids=["all", "public"])
async def test_what_is_told_of_other_nodes_is_as_it_was(store: AnyStore, viewer: Viewer) -> None:
    await eventful(store)
    await write(
        store,
        [
            said("alpha", "tie", kind="OPERATED_BY", from_="alpha:s4", to="alpha:group"),
            said("alpha", "organization", reference="alpha:buyer", name="Renamed", country="SE"),
        ],
        on="2020-01-07",
    )
    more: dict[str, Any] = {"since": "2019-01-01", "quantity": 0.1, "unit": "t"}
    supply = said(
        "alpha", "volume", pool="alpha:pool", product="jeans", kind="ENROLLED_SUPPLY", **more
    )
    await write(store, [supply], on="2020-01-08")
    last = (await store.latest()).revision
    nodes = dict(zip(await numbers(store, *REFERENCES), REFERENCES, strict=True))
    seen = {
        revision: {node: await told(store, node, revision, viewer) for node in nodes}
        for revision in range(1, last + 1)
    }
    found: dict[int, set[str]] = {}
    for since in range(1, last):
        for revision in range(since + 1, last + 1):
            touched = await store.touched(since, revision, MANY)
            assert touched is not None
            changed = {node for node in nodes if seen[since][node] != seen[revision][node]}
            assert changed <= touched
        found[since + 1] = {nodes[n] for n in await _touched(store, since) if n in nodes}
    assert found[3] == {"alpha:s1", "alpha:s2", "alpha:s4"}
    assert found[4] == {"alpha:s1"}
    assert found[last - 1] == {"alpha:s4", "alpha:group", "alpha:buyer"}
    assert found[last] == {"alpha:pool"}


async def _touched(store: AnyStore, since: int) -> set[int]:
    touched = await store.touched(since, since + 1, MANY)
    assert touched is not None
    return touched


async def test_where_something_is_withdrawn_is_touched(store: AnyStore) -> None:
    await write(store, world())
    await write(store, [company("alpha", "firm")])
    for kind, column, reference, others in (
        (Tie, "from_", "alpha:s2", ["alpha:pool"]),
        (Volume, "pool", "alpha:pool", []),
        (Worksite, "reference", "alpha:s3", []),
        (Organization, "reference", "alpha:firm", []),
        (Standing, "subject", "alpha:s3", []),
    ):
        nodes = await numbers(store, reference, *others)
        [row, *_] = await store.facts_at(kind, column, nodes[:1], await moment(store, SHELL))
        since = (await store.latest()).revision
        await withdrawn(store, row["number"])
        assert await _touched(store, since) == set(nodes)


async def test_a_tie_counts_once(store: AnyStore) -> None:
    await write(store, world())
    await write(
        store, [said("alpha", "tie", kind="OPERATED_BY", from_="alpha:s2", to="alpha:group")]
    )
    assert await store.touched(1, 2, 1) == set(await numbers(store, "alpha:s2", "alpha:group"))


async def test_of_too_many_it_is_not_told(store: AnyStore) -> None:
    await write(store, world())
    states = [standing("alpha", "alpha:s1", "listed", f"2016-01-{day:02}") for day in range(1, 9)]
    await write(store, states)
    assert await store.touched(1, 2, 7) is None
    assert await store.touched(1, 2, 8) == set(await numbers(store, "alpha:s1"))


async def test_nor_of_revisions_that_there_are_not(store: AnyStore) -> None:
    await write(store, world())
    assert await store.touched(1, 2, MANY) is None


async def test_what_left_facts_as_they_were_touched_nothing(store: AnyStore) -> None:
    await write(store, world())
    source: dict[str, Any] = {"reference": "S2", "title": "Another list"}
    await write(store, [said("alpha", "source", **source)])
    latest = await store.latest()
    assert latest.revision == 2
    assert await store.touched(1, 2, MANY) == set()
