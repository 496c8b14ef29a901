"""Lists of names, dated anew each week, tell the same in whatever order they come."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adapters.kit.adapter import Adapter
from hub.sync.intake import Outcome
from tests.sync.conftest import NewStore
from tests.sync.steps import held, whole
from tests.sync.weekly import (
    DAYS,
    ONE,
    SITES,
    listed,
    start,
    states,
)

pytestmark = pytest.mark.anyio


def weeks() -> st.SearchStrategy[list[list[str | None]]]:
    """What each site was shown as on each list; none: not on it."""
    words = st.sampled_from((None, "listed", "closed"))
    return st.lists(
        st.lists(words, min_size=len(DAYS), max_size=len(DAYS)),
        min_size=len(SITES),
        max_size=len(SITES),
    )


def shown(history: list[list[str | None]], at: int) -> list[str]:
    """Return what a list shows."""
    told = zip(SITES, history, strict=True)
    return [f"{site} {words[at]}" for site, words in told if words[at]]


def spans(site: str, words: Sequence[str | None]) -> set[tuple[str, str, str, str | None]]:
    """Return the states that a site held, where each list is true until the next one."""
    found: set[tuple[str, str, str, str | None]] = set()
    began = 0
    for at, word in enumerate(words):
        if at == 0 or words[at - 1] != word:
            began = at
        last = at + 1 == len(words)
        if word is not None and (last or words[at + 1] != word):
            found.add((site, word, DAYS[began], None if last else DAYS[at + 1]))
    return found


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=weeks(), order=st.permutations(range(len(DAYS))))
async def test_weekly_lists_in_any_order_tell_the_same_states(
    new_store: NewStore, alpha: Adapter, history: list[list[str | None]], order: list[int]
) -> None:
    async with new_store() as store:
        await start(store, alpha)
        for at in order:
            await listed(store, alpha, DAYS[at], *shown(history, at))
        true = [spans(site, words) for site, words in zip(SITES, history, strict=True)]
        assert await states(store) == set[tuple[str, str, str, str | None]]().union(*true)
        assert await states(store, "exa:9") == {("exa:9", "listed", ONE, None)}
        before = await whole(store)
        for at in order:
            assert (
                await listed(store, alpha, DAYS[at], *shown(history, at))
            ).outcome is Outcome.UNCHANGED
        assert await whole(store) == before


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(
    history=[["listed", "closed", None, None, "closed"], [None] * 5, [None] * 5],
    unknown=[False, True, False, False, True],
    order=[0, 1, 4, 3, 2],
)
@example(
    history=[["listed", "closed", "listed", "closed", None], [None] * 5, [None] * 5],
    unknown=[True, True, False, True, False],
    order=[3, 1, 0, 2, 4],
)
@given(
    history=weeks(),
    unknown=st.lists(st.booleans(), min_size=len(DAYS), max_size=len(DAYS)),
    order=st.permutations(range(len(DAYS))),
)
async def test_lists_that_name_somebody_unknown_tell_the_same_in_any_order(
    new_store: NewStore,
    alpha: Adapter,
    history: list[list[str | None]],
    unknown: list[bool],
    order: list[int],
) -> None:
    found: list[list[set[str]]] = []
    for each in (list(range(len(DAYS))), order):
        async with new_store() as store:
            await start(store, alpha)
            for at in each:
                nobody = ["exa:404"] if unknown[at] else []
                await listed(store, alpha, DAYS[at], *shown(history, at), *nobody)
            found.append([await held(store, site, day) for site in SITES for day in DAYS])
    assert found[0] == found[1]
