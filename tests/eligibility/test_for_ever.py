"""Day, instant and revision give the same answer for ever, whatever arrives later."""

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from hub.answers.desk import Desk
from hub.answers.eligibility import eligibility
from hub.eligibility.explain import explanation, summary
from hub.errors import HubError
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import SHELL
from hub.store.rows import instant
from hub.sync.intake import Intake, Origin
from hub.sync.run import run
from tests.eligibility.test_cases import CASES, lines, recorded

pytestmark = pytest.mark.anyio

__all__ = ["recorded"]  # the fixture, used below

AT_A_TIME: Final = 12
"""Cases whose facts arrive between two rounds of questions."""
FACTS: Final = [case for case in CASES if "facts" in case and "error" not in case["expect"]]


async def answer(
    store: EmbeddedStore, case: dict[str, Any], revision: int, known: int
) -> Sequence[str]:
    """Return all that is said to a case's question, as of a revision and an instant."""
    ask = case["ask"]
    day, desk = date.fromisoformat(ask["on"]), await Desk.open(store)
    sitting = await desk.sit(as_of=day, known_at=instant(known), revision=revision, viewer=SHELL)
    try:
        found = await eligibility(sitting, ask["buyer"], ask["supplier"], ask["product"])
    except HubError as error:
        return (error.code,)
    told, facts = found.answer, found.facts
    notices = [f"{notice.code} {notice.text}" for notice in told.notices]
    rulings = [
        f"{ruling.agreement.name}: {ruling.verdict} {ruling.reason} "
        f"{explanation(ruling, facts, day.toordinal())}"
        for ruling in told.rulings
    ]
    return (told.verdict, told.reason, summary(told, facts, figures=True), *rulings, *notices)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_what_arrives_later_changes_no_answer(
    recorded: Path, tmp_path: Path, seed: int
) -> None:
    random = Random(seed)  # noqa: S311 - only an order
    copy = tmp_path / "hub.db"
    shutil.copy(recorded, copy)
    store = EmbeddedStore(str(copy))
    await store.open()
    asked = random.sample(CASES, 25)
    first: dict[tuple[int, int, int], Sequence[str]] = {}
    for _ in range(3):
        latest = await store.latest()
        for number, case in enumerate(asked):
            key = (number, latest.revision, latest.recorded_at)
            first[key] = await answer(store, case, latest.revision, latest.recorded_at)
        arriving = random.sample(asked, AT_A_TIME // 2) + random.sample(FACTS, AT_A_TIME // 2)
        for case in arriving:
            try:
                await run(store, Intake(origin=Origin.ADMINISTRATOR, lines=lines(case)))
            except HubError:
                continue  # what it says contradicts what another case said
    latest = await store.latest()
    changed = 0
    for (number, revision, known), told in first.items():
        assert await answer(store, asked[number], revision, known) == told
        now = await answer(store, asked[number], latest.revision, latest.recorded_at)
        changed += now != told
    assert changed >= AT_A_TIME
    await store.close()
