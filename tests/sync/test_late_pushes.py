"""Pushes that arrive late, twice, or in another order: what is newer by its own days stays."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.kit.adapter import Adapter
from hub.store.port import Store
from hub.sync.intake import Outcome
from hub.sync.push import Push, push
from tests.sync.conftest import NewStore
from tests.sync.programs import ALPHA
from tests.sync.steps import ask, begin, held, noon

pytestmark = pytest.mark.anyio

Told = dict[str, Any]
ASKED: Final = ("2019-06-15", "2019-12-15", "2020-02-15", "2020-04-15", "2020-06-15", "2021-03-01")


def state(word: str, since: str, **more: str) -> Told:
    """Return a standing of a mill."""
    return {"standing": {"subject": "exa:mill", "state": word, "since": since, **more}}


async def say(store: Store, told: Sequence[Told], key: str, at: str = "2020-06-01") -> Outcome:
    """Push facts."""
    sent = Push("one", ALPHA, told, key, "a test")
    return (await push(store, sent, now=noon(at))).outcome


async def begun(store: Store, alpha: Adapter) -> None:
    """Describe a mill."""
    await begin(store, alpha)
    mill = {"reference": "exa:mill", "name": "Example Mill", "country": "BD"}
    await say(store, [{"worksite": mill}], "mill")


async def by_day(store: Store) -> Sequence[tuple[str, set[str], str]]:
    """Return what the mill holds, and whether one may buy from it, day by day."""
    return [
        (day, await held(store, "exa:mill", day), await ask(store, "exa:mill", day))
        for day in ASKED
    ]


WORDS: Final = st.sampled_from(["listed", "left", "barred"])
BEGINNINGS: Final = st.sampled_from(["2019-01-01", "2020-01-01"])
ENDS: Final = st.sampled_from([{}, {}, {"until": "2020-04-01"}, {"until": "2020-05-20"}])


@st.composite
def pushes(draw: st.DrawFn) -> tuple[Sequence[Told], Sequence[Told]]:
    """Return pushes that confirm distinct days, and the same in another order."""
    days = draw(st.lists(st.integers(2, 30), min_size=2, max_size=6, unique=True))
    told = [
        state(draw(WORDS), draw(BEGINNINGS), confirmedOn=f"2020-05-{day:02}", **draw(ENDS))
        for day in days
    ]
    return told, draw(st.permutations(told))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(orders=pushes())
async def test_pushes_in_any_order_leave_the_same(
    new_store: NewStore, alpha: Adapter, orders: tuple[Sequence[Told], Sequence[Told]]
) -> None:
    found: list[Sequence[Mapping[str, Any] | tuple[str, set[str], str]]] = []
    for order in orders:
        async with new_store() as store:
            await begun(store, alpha)
            for key, told in enumerate([*order, order[0]]):
                await say(store, [told], str(key))
            found.append(await by_day(store))
    assert found[0] == found[1]


async def test_an_old_statement_undoes_no_end(store: Store, alpha: Adapter) -> None:
    await begun(store, alpha)
    old = state("listed", "2019-01-01", confirmedOn="2020-02-01")
    await say(store, [old], "1")
    await say(store, [state("listed", "2019-01-01", until="2020-03-01")], "2")
    assert await say(store, [old], "3") is Outcome.UNCHANGED
    assert await held(store, "exa:mill", "2020-04-01") == set()
    newer = state("listed", "2019-01-01", confirmedOn="2020-05-01")
    assert await say(store, [newer], "4") is Outcome.APPLIED
    assert await held(store, "exa:mill", "2020-04-01") == {"listed"}
    assert await say(store, [old], "5") is Outcome.UNCHANGED


async def test_an_old_statement_does_not_hide_a_newer_confirmation(
    store: Store, alpha: Adapter
) -> None:
    await begun(store, alpha)
    await say(store, [state("barred", "2019-01-01", confirmedOn="2020-05-01")], "1")
    late = state("barred", "2019-01-01", confirmedOn="2019-02-01")
    assert await say(store, [late], "2") is Outcome.UNCHANGED
    assert await ask(store, "exa:mill", "2020-06-01") == "INELIGIBLE SUSPENDED"
    said = state("barred", "2019-01-01")
    assert await say(store, [said], "3", "2020-06-03") is Outcome.APPLIED
