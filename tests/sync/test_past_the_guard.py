"""Ways past the guard against barring many: invented suppliers, relatives, and much to judge."""

import asyncio
from collections.abc import Set as AbstractSet
from typing import Any

import pytest

from adapters.kit.adapter import Adapter
from graph_schema.exchange import Line
from hub.eligibility.evidence import Evidence
from hub.store.deeds import Actor, By
from hub.store.port import Store
from hub.sync import judging
from hub.sync.barring import LOOKS
from hub.sync.intake import Intake, Origin, Outcome
from hub.sync.judging import Judging
from hub.sync.push import Push, push, pushed
from hub.sync.run import run
from tests.sync.programs import ALPHA, BETA
from tests.sync.steps import begin, noon
from tests.sync.test_barring import DAY, TEN, Office, begun, site, state

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["embedded", "neo4j"])
def either(request: pytest.FixtureRequest) -> Store:
    """Return an empty store, of one kind after the other."""
    return request.getfixturevalue(f"{request.param}_store")


@pytest.fixture
async def office(store: Store, alpha: Adapter) -> Office:
    """Return the office of alpha."""
    return await begun(store, alpha)


@pytest.mark.parametrize("day", ["2020-06-01", "2020-06-26"])
async def test_suppliers_who_came_of_late_make_the_share_no_greater(
    either: Store, alpha: Adapter, day: str
) -> None:
    office = await begun(either, alpha)
    invented = [f"new{n}" for n in range(50)]
    await office.passes(*map(site, invented), at="2020-05-28")
    listed = [state(each, "listed", "2019-01-01") for each in invented]
    await office.passes(*listed, at="2020-05-28")
    why = await office.waits(*map(state, TEN), barring=10, at=day)
    assert why.startswith("it would bar 10 of 10 suppliers, more than 20%"), why
    await office.passes(*map(state, TEN), at="2020-06-28")


async def test_of_a_first_list_the_share_is_of_whom_it_tells(store: Store, alpha: Adapter) -> None:
    await begin(store, alpha)
    office = Office(store, alpha)
    await office.passes(*map(site, TEN))
    listed = [state(n, "listed") for n in range(2, 10)]
    await office.waits(*listed[1:], *map(state, range(3)), barring=3)
    await office.passes(*listed, state(0), state(1))


async def test_what_a_relative_agrees_on_anothers_suppliers_waits(
    office: Office, beta: Adapter
) -> None:
    store = office.store
    await begin(store, beta)
    parent = {"code": BETA, "name": "Beta", "scheme": "exb", "parent": ALPHA}
    lines = [Line.model_validate({"program": BETA, "programRecord": parent})]
    shell = Intake(Origin.ADMINISTRATOR, lines)
    await run(store, shell, now=noon(DAY))
    clause = {
        "agreement": f"wsr:{BETA}-1", "duty": "TERMINATE_INELIGIBLE", "text": "no",
        "unlisted": "PROHIBITED",
    }  # fmt: skip
    own = Push("one", BETA, [{"clause": clause}], "own", "a test")
    assert (await push(store, own, now=noon(DAY))).held == []
    looks = [{"clause": {**clause, "standingProgram": ALPHA}}]
    report = await push(store, Push("one", BETA, looks, "key", "a test"), now=noon(DAY))
    assert (report.outcome, report.bars) == (Outcome.HELD, True)
    assert report.held[0].startswith(f"{LOOKS}; have another client")
    await run(store, pushed(BETA, looks, By(Actor.SHELL)), now=noon(DAY))
    longer = {"reference": f"wsr:{BETA}-1", "name": "One", "inForceFrom": "2012-01-01"}
    changed = Push("one", BETA, [{"agreement": longer}], "longer", "a test")
    report = await push(store, changed, now=noon(DAY))
    assert (report.outcome, report.bars) == (Outcome.HELD, True)


async def _count_turns(turns: list[int]) -> None:
    while True:
        turns.append(1)
        await asyncio.sleep(0)


async def test_a_hostile_push_is_judged_in_few_steps(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    outcomes = Evidence.outcomes

    def counted(self: Evidence, subject: int, *asked: Any, **how: Any) -> Any:  # noqa: ANN401
        steps.append(self.effort(subject))
        return outcomes(self, subject, *asked, **how)

    monkeypatch.setattr(Evidence, "outcomes", counted)
    many = [f"new{n}" for n in range(80)]
    await office.passes(*map(site, many))
    await office.waits(*map(state, many), barring=80)
    assert len(steps) <= 4, "alike words are judged once"
    steps.clear()
    each_its_own = [
        state(each, since="2020", products=["jeans"], confirmedOn=f"2020-04-{1 + at % 30:02}")
        for at, each in enumerate(many)
    ]
    monkeypatch.setattr(judging, "MOST", 300)
    monkeypatch.setattr(judging, "BREATH", 50)
    turns: list[int] = []
    anew = Judging.anew

    async def watched(self: Judging, exposed: AbstractSet[int]) -> AbstractSet[int]:
        others = asyncio.create_task(_count_turns(turns))
        found = await anew(self, exposed)
        others.cancel()
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Judging, "anew", watched)
        await office.waits(*each_its_own, barring=80)
    assert len(turns) >= 2 * (300 // 50 - 1), "others are answered in between"
    assert 0 < sum(steps) <= 2 * 300
    steps.clear()
    monkeypatch.setattr(judging, "MOST_OF_ONE", 250)
    vague = [state(each, since=f"{year}") for each in many for year in range(2014, 2018)]
    await office.waits(*vague, barring=80)
    assert steps == []
