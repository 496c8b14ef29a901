"""What a parser is not sure of: kept once, beside the graph, whatever becomes of its document."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from adapters.kit.adapter import OPERATOR, Adapter
from adapters.kit.parsed import ProblemCode, Unsure, line
from graph_schema.exchange import Bookkeeping
from graph_schema.standing import Standing
from hub.store.deeds import By
from hub.store.port import Store
from hub.store.rows import micros
from hub.sync import proposal
from hub.sync.decide import Deciding, apply, reject
from hub.sync.intake import Intake, Origin
from hub.sync.proposal import State, every, found
from hub.sync.receipt import Asked
from hub.sync.unsure import wait
from tests.sync.programs import ALPHA, sites
from tests.sync.steps import begin, held, push, whole

pytestmark = pytest.mark.anyio

WHY: Final = "row 4: a sentence is not understood"


def unsure(number: int = 1, words: str = "a statement", row: int = 3, **said: Any) -> Unsure:  # noqa: ANN401
    """Return a statement that would bar a site."""
    given: dict[str, object] = {
        "subject": f"exa:{number}", "state": "barred", "since": "2020-02-01", **said,
    }  # fmt: skip
    fact = line(ALPHA, Standing, given, Bookkeeping(row=row))
    return Unsure(row, words, (fact,), (WHY,))


async def waited(store: Store, *statements: Unsure, dry_run: bool = False) -> Intake:
    """Return a document of some statements once they were let wait."""
    intake = Intake(Origin.OPERATOR, (), ALPHA, OPERATOR, unsure=statements)
    await wait(store, intake, dry_run=dry_run)
    return intake


async def deciding(store: Store, key: str) -> Deciding:
    """Return a client that decides the one proposal that waits."""
    [head] = [each for each in await every(store, ALPHA) if each.state is State.PENDING]
    known = (await found(store, [head.number], [ALPHA]))[head.number]
    return Deciding(*known, "its name", By.of("office", "t"), Asked.of("office", key, "decide"))


@pytest.fixture
async def known(store: Store, alpha: Adapter) -> Store:
    """Return a store that knows two sites of alpha."""
    await begin(store, alpha)
    await push(store, alpha, sites("exa:1", "exa:2"))
    return store


async def test_a_statement_is_known_again_by_what_it_says(known: Store) -> None:
    before = await whole(known)
    for each in (unsure(), unsure(row=9), unsure(words="another"), unsure(2), unsure(note="more")):
        [note] = (await waited(known, each)).notes
        assert note.startswith(f"row {each.row} is not recorded, it is the proposal ")
        assert note.endswith(f", pending: {WHY}")
    heads = await every(known, ALPHA)
    assert [(each.client, each.held, each.document.feed) for each in heads] == [
        ("shell", (WHY,), OPERATOR)
    ] * 4
    assert await whole(known) == before


async def test_what_nobody_may_say_is_set_aside_and_what_is_known_does_not_wait(
    known: Store,
) -> None:
    intake = await waited(known, unsure(state="unheard"), unsure(9))
    assert [(each.row, each.code) for each in intake.problems] == [
        (3, ProblemCode.UNKNOWN_WORD), (3, ProblemCode.UNKNOWN_REFERENCE),
    ]  # fmt: skip
    [note] = (await waited(known, unsure(), dry_run=True)).notes
    assert "it would wait for a person, as a proposal" in note
    assert await every(known, ALPHA) == []


async def test_what_is_applied_is_recorded_once_with_its_feed_and_row(
    known: Store, alpha: Adapter
) -> None:
    await waited(known, unsure())
    await apply(known, {ALPHA: alpha}, await deciding(known, "1"))
    assert "barred" in await held(known, "exa:1", "2020-02-01")
    assert b'"feed":"operator","maxAgeDays":100,"visible":true,"row":3' in b"".join(
        await whole(known)
    )
    [note] = (await waited(known, unsure(words="in other words"))).notes
    assert "what it would say is known already" in note
    [note] = (await waited(known, unsure())).notes
    assert ", applied: " in note


async def test_a_decision_is_known_for_longer_than_its_proposal(
    known: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await waited(known, unsure())
    await reject(known, await deciding(known, "1"), "it is over")
    await waited(known, unsure(2))
    later = micros(datetime.now(UTC) + timedelta(days=100))
    monkeypatch.setattr("hub.store.embedded.kept._now", lambda: later)
    assert await every(known, ALPHA) == []
    [note] = (await waited(known, unsure())).notes
    assert ", decided long ago: " in note
    # What nobody decided waits anew.
    [note] = (await waited(known, unsure(2))).notes
    assert ", pending: " in note


async def test_too_many_do_not_wait_and_leave_room_for_documents(
    known: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.sync.making.MOST_UNSURE", 1)
    intake = await waited(known, unsure(), unsure(2))
    [problem] = intake.problems
    assert (problem.row, problem.code) == (3, ProblemCode.NEEDS_PERSON)
    assert problem.message == (
        f"{WHY}; 1 proposals of the program wait; apply or reject them first"
    )
    assert len(await every(known, ALPHA)) == 1


async def test_of_two_that_let_it_wait_at_once_one_does(
    known: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = proposal.every

    async def slow(*given: Any) -> Any:  # noqa: ANN401
        found = await read(*given)
        monkeypatch.undo()
        await waited(known, unsure())
        return found

    monkeypatch.setattr(proposal, "every", slow)
    intake = await waited(known, unsure())
    [head] = await every(known, ALPHA)
    assert (intake.problems, len(intake.notes)) == ((), 1)
    assert head.state is State.PENDING
