"""A number of a supplier that a program may not see is given as if nobody had it, and stays."""

import pytest

from hub.store.port import Store
from hub.sync.export import export
from hub.sync.intake import Outcome
from hub.sync.push import Push, push
from hub.sync.restore import restore
from hub.sync.sources import exchange_file
from tests.oauth.test_hidden_numbers import HIDDEN, LEI, OWN, PROBES
from tests.sync.conftest import NewStore
from tests.sync.steps import node
from tests.visibility.world import WORLD, tell

pytestmark = pytest.mark.anyio


async def test_what_was_given_leaves_the_number_where_it_is(
    store: Store, new_store: NewStore
) -> None:
    for lines in (WORLD, OWN, [HIDDEN]):
        await tell(store, lines)
    for key, facts in PROBES.items():
        report = await push(store, Push("one", "gamma", facts, key, "a test"), dry_run=True)
        assert report.outcome in {Outcome.DRY_RUN, Outcome.REFUSED}, key
    given = Push("one", "gamma", PROBES["of one's own"], "1", "a test")
    assert (await push(store, given)).outcome is Outcome.APPLIED
    assert (await push(store, given)).outcome is Outcome.APPLIED
    assert await node(store, LEI) == await node(store, "beta:hidden")
    lines = b"".join([line async for line in export(store)])
    async with new_store() as other:
        await restore(other, exchange_file(lines))
        assert await node(other, LEI) == await node(other, "beta:hidden")
        assert await node(other, LEI) != await node(other, "gamma:own")
