"""The guard against barring many on each store: its record, its lock, and the ties it follows."""

import asyncio
from pathlib import Path

import pytest

from hub.store.port import Store
from hub.sync.intake import Outcome
from tests.sync.programs import ALPHA, folders
from tests.sync.test_barring import begun, state, tie

pytestmark = pytest.mark.anyio


async def test_writers_at_once_bar_no_more_than_one_could(store: Store, tmp_path: Path) -> None:
    office = await begun(store, folders(tmp_path)[ALPHA])
    told = (office.send(state(n), client=f"client {n}") for n in range(4))
    outcomes = [report.outcome for report in await asyncio.gather(*told)]
    assert outcomes.count(Outcome.APPLIED) == 2
    assert outcomes.count(Outcome.HELD) == 2
    await office.passes(state(8), state(9), hours=25)


async def test_ties_and_confirmations_count_as_states_do(store: Store, tmp_path: Path) -> None:
    office = await begun(store, folders(tmp_path)[ALPHA])
    await office.passes(state("group"))
    await office.waits(*(tie(n) for n in range(4)), barring=4)
    stale = [state(n, since="2018-01-01", confirmedOn="2018-02-01") for n in range(4)]
    await office.passes(*stale)
    await office.waits({"confirmation": {"on": "2020-05-30"}}, barring=4)
