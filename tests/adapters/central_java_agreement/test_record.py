"""The Central Java Agreement: a folder that was added to the others, and what it answers."""

import pytest

from graph_schema.agreements import Signature
from hub.store.port import Store
from hub.sync.intake import Outcome
from hub.sync.run import run
from hub.sync.sources import record
from tests.adapters.books import lines
from tests.adapters.documents import TODAY, adapter, outcome, recorded, unchanged
from tests.sync.steps import answer, ask, facts, held, noon, whole

pytestmark = pytest.mark.anyio

PROGRAM = "central-java-agreement"
BATANG, SEMARANG = "wsr:ws-id-batang", "wsr:ws-id-semarang"
FANATICS, NIKE, GROUP = "wsr:fanatics", "wsr:nike", "wsr:ontide"
SEEN = "2025-06-01"
"""A day on which what was seen in March 2025 is fresh."""


async def fanatics(store: Store, supplier: str, on: str, product: str = "sportswear") -> str:
    """Return what the one buyer that signed is told."""
    return await ask(store, supplier, on, buyer=FANATICS, product=product)


async def test_its_record_syncs_alone_and_a_second_time_changes_nothing() -> None:
    async with recorded(PROGRAM) as store, unchanged(store):
        report = await run(store, record(adapter(PROGRAM)), now=noon(TODAY))
        assert (report.outcome, report.problems) == (Outcome.UNCHANGED, [])


async def test_the_buyer_that_signed_may_buy_from_the_units_that_are_named() -> None:
    async with recorded(PROGRAM) as store:
        for supplier in (BATANG, SEMARANG, GROUP):
            assert await fanatics(store, supplier, SEEN) == "ELIGIBLE IN_GOOD_STANDING"
        assert await fanatics(store, BATANG, "2026-05-05") == "ELIGIBLE IN_GOOD_STANDING"
        assert await fanatics(store, BATANG, "2026-05-06") == "UNKNOWN STALE_EVIDENCE"
        assert await fanatics(store, BATANG, "2024-06-30") == ("NOT_BOUND AGREEMENT_NOT_IN_FORCE")


async def test_the_brand_made_under_licence_is_documented_as_not_bound() -> None:
    async with recorded(PROGRAM) as store:
        found = (await answer(store, BATANG, SEEN, buyer=NIKE, product="sportswear")).answer
        assert (found.verdict, found.reason) == ("NOT_BOUND", "NO_SIGNATURE")
        assert [notice.code for notice in found.notices] == ["DOCUMENTED_NON_SIGNATORY"]
        [row] = await facts(store, Signature, "organization", NIKE)
        assert not row["signed"]


async def test_its_operator_may_say_that_the_employer_does_not_comply() -> None:
    async with recorded(PROGRAM) as store:
        said = lines("subject,state,since", f"{GROUP},non-compliant,2025-05-01")
        await outcome(store, PROGRAM, "operator", said, at="2025-05-20")
        assert await held(store, GROUP, SEEN) == {"non-compliant"}
        for supplier in (BATANG, SEMARANG, GROUP):
            assert await fanatics(store, supplier, SEEN) == "RESTRICTED NON_COMPLIANT"


async def test_what_other_programs_say_and_answer_stays_as_it_was() -> None:
    asked = {"buyer": FANATICS, "product": "garments"}
    async with recorded("pakistan-accord", "dindigul-agreement") as store:
        before = await whole(store)
        said = await ask(store, "wsr:ws-union-fabrics", SEEN, **asked)
        assert said == "ELIGIBLE IN_GOOD_STANDING"
        report = await run(store, record(adapter(PROGRAM)), now=noon(TODAY))
        assert (report.outcome, report.changed, report.ended) == (Outcome.APPLIED, [], [])
        assert set(before) <= set(await whole(store))
        assert await ask(store, "wsr:ws-union-fabrics", SEEN, **asked) == said
