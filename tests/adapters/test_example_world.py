"""The example world through the engine: every verdict, shared suppliers, the past, the label."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import pytest

from graph_schema.codes import Reason, Verdict
from hub.answers.desk import Desk, Sitting
from hub.answers.eligibility import Answered, eligibility, eligibility_list
from hub.identity.references import SUBJECTS
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import Page, SharedSought
from hub.sync.intake import Outcome, Report
from hub.sync.run import run
from hub.sync.sources import record
from tests.adapters.example_world import (
    LATER,
    PRESENT,
    PROGRAMS,
    SHOWN,
    TRAVELLED,
    buyers,
    generated_on,
    lines,
    noon,
    suppliers,
)

pytestmark = pytest.mark.anyio

NEVER_SHOWN: Final = {Reason.NO_BINDING_DUTY}
"""It needs a program without a clause that binds a buyer; both have some."""


async def synced(store: EmbeddedStore, day: date) -> list[Report]:
    with generated_on(day) as found:
        return [await run(store, record(each), now=noon(day)) for each in found.values()]


@dataclass(frozen=True)
class World:
    """A store in which the world was synced on one day, then again, and what became of that."""

    day: date
    store: EmbeddedStore
    desk: Desk
    reports: list[Report]

    async def sitting(self, as_of: date | None = None, known: date | None = None) -> Sitting:
        """Return a moment at the desk; both days are the day of the world where not given."""
        known_at = noon(known) if known else None
        return await self.desk.sit(as_of=as_of, known_at=known_at, now=noon(self.day))


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module", params=[PRESENT, LATER], ids=str)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """A world of today, and one that was today's and has been made anew years later."""
    store = EmbeddedStore(":memory:")
    await store.open()
    reports = await synced(store, PRESENT)
    if request.param != PRESENT:
        reports += await synced(store, request.param)
    yield World(request.param, store, await Desk.open(store), reports)
    await store.close()


async def ask(sitting: Sitting, buyer: str, supplier: str, product: str) -> Answered:
    return await eligibility(sitting, f"wsr:example-{buyer}", f"wsr:example-{supplier}", product)


def codes(answered: Answered) -> set[str]:
    return {notice.code for notice in answered.answer.notices}


async def test_both_records_apply_and_a_later_one_only_adds(world: World) -> None:
    assert all(report.outcome is Outcome.APPLIED for report in world.reports)
    for report in world.reports:
        assert (report.changed, report.ended, report.problems) == ([], [], [])


async def test_a_second_sync_changes_nothing(world: World) -> None:
    again = await synced(world.store, world.day)
    assert [report.outcome for report in again] == [Outcome.UNCHANGED, Outcome.UNCHANGED]


@pytest.mark.parametrize(("buyer", "supplier", "product", "verdict", "reason"), SHOWN)
async def test_the_cast_shows(
    world: World, buyer: str, supplier: str, product: str, verdict: Verdict, reason: Reason
) -> None:
    answered = await ask(await world.sitting(), buyer, supplier, product)
    assert (answered.answer.verdict, answered.answer.reason) == (verdict, reason)
    assert "EXAMPLE_DATA" in codes(answered)


def test_every_verdict_and_reason_is_shown() -> None:
    assert {verdict for *_, verdict, _ in SHOWN} == set(Verdict)
    assert {reason for *_, reason in SHOWN} == set(Reason) - NEVER_SHOWN


@pytest.mark.parametrize(("buyer", "supplier", "product", "as_of", "known", "verdict"), TRAVELLED)
async def test_the_past_is_answered_as_it_was_known(
    world: World, buyer: str, supplier: str, product: str, as_of: str, known: str, verdict: Verdict
) -> None:
    sitting = await world.sitting(date.fromisoformat(as_of), date.fromisoformat(known))
    answered = await ask(sitting, buyer, supplier, product)
    assert answered.answer.verdict == verdict


async def test_notices_are_shown(world: World) -> None:
    sitting = await world.sitting()
    shown = {
        "GROUP_SIGNATURE": ("retailer-01", "farm-001", "tomatoes"),
        "RENEWAL_ASSUMED": ("grocer-01", "farm-001", "tomatoes"),
        "SIGNATURE_ASSUMED": ("grocer-09", "farm-001", "tomatoes"),
        "SITE_MOVED": ("grocer-01", "farm-014", "tomatoes"),
        "SIGNATORY_LIST_INCOMPLETE": ("grocer-11", "farm-001", "tomatoes"),
        "DOCUMENTED_NON_SIGNATORY": ("brand-09", "apparel-001", "garments"),
    }
    for code, (buyer, supplier, product) in shown.items():
        assert code in codes(await ask(sitting, buyer, supplier, product))


async def test_programs_share_suppliers_and_disagree(world: World) -> None:
    sitting = await world.sitting()
    both = [n for n, program in sitting.law.programs.items() if program.code in PROGRAMS]

    async def found(*, disagreeing: bool | None) -> set[int]:
        sought = SharedSought(both, None, 2, sitting.day, disagreeing)
        return set(await world.store.find_shared(sought, sitting.moment, Page(1_000)))

    shared, disagreed = await found(disagreeing=None), await found(disagreeing=True)
    assert len(shared) >= 50
    assert len(disagreed) >= 7
    assert disagreed < shared
    asked = [f"wsr:example-fibre-farm-{number:03}" for number in range(1, 7)]
    for reference in (*asked, "wsr:example-holdings-01"):
        assert (await sitting.named(reference, *SUBJECTS)).number in disagreed


@pytest.mark.parametrize("known", [None, date(2019, 1, 1)])
async def test_every_answer_says_that_it_is_made_up(world: World, known: date | None) -> None:
    found = lines(world.day)
    sitting = await world.sitting(known=known)
    asked = suppliers(found)[::3]
    for buyer, product in (("grocer-01", "tomatoes"), ("brand-10", "garments")):
        answers = await eligibility_list(sitting, f"wsr:example-{buyer}", asked, product)
        for index in range(len(asked)):
            answered = answers.answered(index)
            assert answered is not None
            assert "EXAMPLE_DATA" in codes(answered)
    for buyer in buyers(found):
        assert "EXAMPLE_DATA" in codes(await eligibility(sitting, buyer, asked[0], "cotton"))


@pytest.mark.parametrize(("buyer", "product"), [("grocer-01", "tomatoes"), ("brand-01", "cotton")])
async def test_evidence_is_fresh_for_most(world: World, buyer: str, product: str) -> None:
    asked = suppliers(lines(world.day))
    sitting = await world.sitting()
    answers = await eligibility_list(sitting, f"wsr:example-{buyer}", asked, product)
    stale = [
        reason for reason in answers.reasons if reason in (Reason.STALE_BAR, Reason.STALE_EVIDENCE)
    ]
    assert len(stale) < 0.1 * len(asked)
    good = [verdict for verdict in answers.verdicts if verdict is Verdict.ELIGIBLE]
    assert len(good) > 0.2 * len(asked)
