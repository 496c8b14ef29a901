"""Pushes that arrive late, twice, or in another order: what is newer by its own days stays."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.kit.adapter import Adapter
from graph_schema.standing import Standing
from hub.errors import ConflictError
from hub.store.deeds import Action, By, Deed
from hub.store.kept import NOTHING, Kept
from hub.store.port import Store
from hub.sync.intake import Outcome
from hub.sync.push import Push, push, pushed
from hub.sync.receipt import Asked, Receipt
from hub.sync.run import Decision, How, carry_out
from tests.sync.conftest import NewStore
from tests.sync.programs import ALPHA
from tests.sync.steps import ask, begin, facts, held, noon

pytestmark = pytest.mark.anyio

Told = dict[str, Any]
ASKED: Final = ("2019-06-15", "2019-12-15", "2020-02-15", "2020-04-15", "2020-06-15", "2021-03-01")

LATER: Final = "2021-03-01"


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
END: Final = {"until": "2020-05-20"}
ENDS: Final = st.sampled_from([{}, {}, {"until": "2020-04-01"}, END])


@st.composite
def pushes(draw: st.DrawFn) -> tuple[Sequence[Told], Sequence[Told]]:
    """Return pushes that confirm distinct days, one end of a state at most; and another order."""
    days = draw(st.lists(st.integers(10, 25), min_size=2, max_size=6, unique=True))
    ends: dict[tuple[str, str], dict[str, str]] = {("listed", "2019-01-01"): END}
    told: list[Told] = [
        state("listed", "2019-01-01", confirmedOn=f"2020-05-{day:02}", **says)
        for day, says in zip(days[:2], ({}, END), strict=True)
    ]
    for day in days[2:]:
        word, since = draw(WORDS), draw(BEGINNINGS)
        end = ends.setdefault((word, since), draw(ENDS))
        says = end if draw(st.booleans()) else {}
        told.append(state(word, since, confirmedOn=f"2020-05-{day:02}", **says))
    return told, draw(st.permutations(told))


def over(told: Sequence[Told], word: str) -> bool:
    """Whether all that is told of a word has ended, and nothing confirms it from its end on.

    A bar is over once it is lifted.
    """
    mine = [each["standing"] for each in told if each["standing"]["state"] == word]
    for since in {each["since"] for each in mine}:
        same = sorted(
            (each for each in mine if each["since"] == since), key=lambda each: each["confirmedOn"]
        )
        end = ""
        for each in same:
            end = each.get("until") or (end if each["confirmedOn"] < end else "")
        if not end:
            return False
    return True


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
            lasting = await held(store, "exa:mill", LATER)
            assert not any(over(order, word) for word in lasting - {"barred"}), lasting
    assert found[0] == found[1]


async def test_the_same_sent_twice_at_once_has_one_answer(store: Store, alpha: Adapter) -> None:
    await begun(store, alpha)
    listed = state("listed", "2019-01-01")
    over = state("listed", "2019-01-01", until="2020-03-01")
    await say(store, [listed], "1")

    async def told(key: str, fact: Told) -> Receipt | None:
        return (await push(store, Push("one", ALPHA, [fact], key, "a test"))).receipt

    for number in range(10):
        key, between = f"same {number}", f"other {number}"
        first, _, second = await asyncio.gather(
            told(key, listed), told(between, over), told(key, listed)
        )
        assert first == second == await told(key, listed)


async def test_who_finds_out_while_writing_that_the_same_was_answered_is_answered_so(
    store: Store, alpha: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begun(store, alpha)
    over = [state("listed", "2019-01-01", until="2020-03-01")]
    first = await push(store, Push("one", ALPHA, over, "same", "a test"))
    await push(store, Push("one", ALPHA, [state("listed", "2019-01-01")], "other", "a test"))
    before, looked, look = await store.latest(), iter([None]), Asked.before

    async def late(asked: Asked, at: Store) -> Receipt | None:
        return await look(asked, at) if next(looked, at) is at else None

    monkeypatch.setattr(Asked, "before", late)
    second = await push(store, Push("one", ALPHA, over, "same", "a test"))
    assert second.receipt == first.receipt
    assert await store.latest() == before


async def test_what_somebody_decided_first_is_not_decided_otherwise(
    store: Store, alpha: Adapter
) -> None:
    await begun(store, alpha)
    await store.kept.put(Kept("example", "a", '"first"'))
    by = By.of("one", "a test")
    second = Decision(
        Deed(by, Action.APPLY_PROPOSAL), lambda _: [Kept("example", "a", "1", instead_of=NOTHING)]
    )
    before = await store.latest()
    intake = pushed(ALPHA, [state("listed", "2019-01-01")], by)
    with pytest.raises(ConflictError):
        await carry_out(store, intake, How(decision=second))
    assert await store.latest() == before
    assert await store.kept.get("example", "a") == '"first"'


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


@pytest.mark.parametrize("order", [(0, 1, 0), (1, 0, 1)])
async def test_a_confirmation_from_before_an_end_leaves_it(
    store: Store, alpha: Adapter, order: Sequence[int]
) -> None:
    await begun(store, alpha)
    told = (
        state("listed", "2019-01-01", confirmedOn="2020-02-01", until="2020-03-01"),
        state("listed", "2019-01-01", confirmedOn="2020-02-15"),
    )
    outcomes = [await say(store, [told[each]], str(key)) for key, each in enumerate(order)]
    assert outcomes == [Outcome.APPLIED, Outcome.APPLIED, Outcome.UNCHANGED]
    assert await held(store, "exa:mill", "2020-02-20") == {"listed"}
    assert await held(store, "exa:mill", "2020-04-01") == set()
    [known] = await facts(store, Standing, "subject", "exa:mill")
    assert known["confirmed_on"] == date(2020, 2, 15).toordinal()
    again = state("listed", "2019-01-01", confirmedOn="2020-03-01")
    assert await say(store, [again], "again") is Outcome.APPLIED
    assert await held(store, "exa:mill", "2020-04-01") == {"listed"}


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
