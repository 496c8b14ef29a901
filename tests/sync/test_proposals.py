"""Proposals: what clients send waits, and is applied as somebody looked at it, once."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import pytest

from adapters.kit.adapter import OPERATOR, Adapter
from hub.errors import BadDocumentError, ConflictError
from hub.store.deeds import By
from hub.store.port import Store
from hub.sync import alike, difference, plan, proposal, sources
from hub.sync.decide import Deciding, apply, reject
from hub.sync.document import Document, Form
from hub.sync.intake import Outcome, Report
from hub.sync.making import Sending
from hub.sync.proposal import Proposal, State, every, found
from hub.sync.propose import hold_back, propose
from hub.sync.push import Push, push
from hub.sync.receipt import Asked
from hub.sync.run import run
from hub.sync.sources import operator_file
from tests.store.worlds import exported
from tests.sync.programs import ALPHA, table
from tests.sync.steps import begin

pytestmark = pytest.mark.anyio

SITES: Final = [
    {"reference": f"exa:{n}", "name": f"Example Mill {n}", "country": "BD"} for n in range(12)
]
LISTED: Final = [
    {"subject": f"exa:{n}", "state": "listed", "since": "2019-01-01"} for n in range(12)
]


def sending(rows: Sequence[dict[str, str]], key: str = "1", **given: Any) -> Sending:  # noqa: ANN401
    """Return rows as a client of alpha sends them; what they are is told by their columns."""
    client = given.pop("client", "office")
    name, content = table("worksites" if "name" in rows[0] else "standings", rows)
    document = Document(Form.DOCUMENT, OPERATOR, name, given.pop("dated", None))
    asked = Asked.of(client, key, ["document", content.decode(), str(given)])
    return Sending(ALPHA, document, content, By.of(client, "a test"), asked, **given)


async def deciding(store: Store, of: Proposal, key: str = "2", client: str = "office") -> Deciding:
    """Return a client that decides a proposal as it is now."""
    known = await found(store, [of.number], [ALPHA])
    head, text = known[of.number]
    asked = Asked.of(client, key, ["decide", of.number])
    return Deciding(head, text, "its name", By.of(client, "a test"), asked)


def fact(word: str, number: int, **said: str) -> dict[str, Any]:
    """Return a fact as a client pushes it."""
    reference = "reference" if word == "worksite" else "subject"
    return {word: {reference: f"exa:{number}", **said}}


def pushed(key: str, *facts: dict[str, Any], client: str = "office") -> Push:
    """Return facts as a client pushes them."""
    return Push(client, ALPHA, facts, key, "a test")


BARS: Final = [fact("standing", n, state="barred", since="2020-01-01") for n in range(12)]


async def barred(store: Store, alpha: Adapter) -> Proposal:
    """Return a push that is held, in a store that knows the sites."""
    await begin(store, alpha)
    await propose(store, alpha, sending(SITES, "sites", apply=True))
    await propose(store, alpha, sending(LISTED, "listed", apply=True))
    sent = pushed("bars", *BARS)
    report = await push(store, sent)
    assert report.outcome is Outcome.HELD
    return await hold_back(store, sent, report)


async def test_a_long_list_waits_like_a_short_one(
    store: Store, alpha: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(store, alpha)
    await propose(store, alpha, sending(SITES, "sites", apply=True))
    whole = await propose(store, alpha, sending(LISTED, "whole"))
    bars = [row | {"state": "barred"} for row in LISTED]
    short = await propose(store, alpha, sending(bars, "bars"))
    for where in (plan, alike.plan, difference):
        monkeypatch.setattr(where, "MOST_SHOWN", 2)
    monkeypatch.setattr(sources, "SLICE", 4)
    sliced = await propose(store, alpha, sending(LISTED, "sliced"))
    assert sliced.difference == whole.difference != ""
    assert sliced.counts == whole.counts
    shown = (await proposal.effects(store, [sliced.number]))[sliced.number]
    assert len(shown.effects) == len(shown.planned) == 2
    sliced_bars = await propose(store, alpha, sending(bars, "sliced bars"))
    assert (sliced_bars.bars, sliced_bars.difference) == (True, short.difference)
    applied = await apply(store, {ALPHA: alpha}, await deciding(store, sliced))
    assert applied.revision == (await store.latest()).revision
    mills = [row | {"reference": f"exa:a{n}"} for n, row in enumerate(SITES)]
    new = await propose(store, alpha, sending(mills, "new", apply=True))
    assert (new.state, new.counts["added"]) == (State.APPLIED, 12)


async def test_what_may_bar_by_absence_is_for_another_client(
    store: Store, listing: Adapter
) -> None:
    await begin(store, listing)
    await propose(store, listing, sending(SITES, "sites", apply=True))
    await propose(store, listing, sending(LISTED, "all", apply=True, dated=None))
    # As of the next day, for a list of the same day tells the same.
    few = await propose(store, listing, sending(LISTED[:6], "few", apply=True))
    assert (few.state, few.bars) == (State.PENDING, True)


async def test_the_same_request_twice_at_once_has_one_effect(store: Store, alpha: Adapter) -> None:
    await begin(store, alpha)
    for rows, key, at_once in ((SITES, "1", True), (LISTED, "2", False)):
        sent = sending(rows, key, apply=at_once)
        made = await asyncio.gather(*(propose(store, alpha, sent) for _ in range(4)))
        assert len({each.number for each in made}) == 1
    assert len(await every(store, ALPHA)) == 2
    waits = made[0]
    twice = [await deciding(store, waits, "3")] * 3
    told = await asyncio.gather(*(apply(store, {ALPHA: alpha}, each) for each in twice))
    assert len({(each.revision, each.proposal, each.recorded_at) for each in told}) == 1
    unchanged = await propose(store, alpha, sending(SITES, "4"))
    again = [await deciding(store, unchanged, "5")] * 3
    told = await asyncio.gather(*(apply(store, {ALPHA: alpha}, each) for each in again))
    assert len({(each.revision, each.proposal, each.recorded_at) for each in told}) == 1
    gone = await propose(store, alpha, sending(SITES, "6"))
    rejects = [await deciding(store, gone, "7")] * 3
    told = await asyncio.gather(*(reject(store, each, "no") for each in rejects))
    assert len({(each.revision, each.proposal, each.recorded_at) for each in told}) == 1


async def test_of_two_that_read_it_before_one_decides(store: Store, alpha: Adapter) -> None:
    await begin(store, alpha)
    waits = await propose(store, alpha, sending(SITES))
    first, second = await deciding(store, waits, "2"), await deciding(store, waits, "3", "other")
    await reject(store, first, "no")
    before = await exported(store)
    with pytest.raises(ConflictError, match="decided already"):
        await apply(store, {ALPHA: alpha}, second)
    with pytest.raises(ConflictError, match="decided already"):
        await reject(store, second, "no")
    assert await exported(store) == before


async def test_a_decision_that_comes_between_is_found_out_at_the_commit(
    store: Store, alpha: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(store, alpha)
    waits = await propose(store, alpha, sending(SITES))
    first, second = await deciding(store, waits, "2"), await deciding(store, waits, "3", "other")
    read = proposal.document

    async def slow(*given: Any) -> bytes | None:  # noqa: ANN401
        found = await read(*given)
        monkeypatch.undo()
        await reject(store, first, "no")
        return found

    monkeypatch.setattr(proposal, "document", slow)
    before = await exported(store)
    with pytest.raises(ConflictError, match="somebody else"):
        await apply(store, {ALPHA: alpha}, second)
    assert await exported(store) == before
    [head] = await every(store, ALPHA)
    assert head.state is State.REJECTED


async def test_its_sender_lets_nothing_through_that_came_to_bar_many(
    store: Store, alpha: Adapter
) -> None:
    await begin(store, alpha)
    await propose(store, alpha, sending(SITES, "sites", apply=True))
    await propose(store, alpha, sending(LISTED, "listed", apply=True))
    two = pushed("bars", *BARS[:2])
    assert (await push(store, two, dry_run=True)).outcome is Outcome.DRY_RUN
    lines = [row | {"state": "barred"} for row in LISTED[:2]]
    waits = await propose(store, alpha, sending(lines, "two"))
    assert not waits.bars
    left = [fact("standing", n, state="listed", since="2019-01-01", until="2019-02-01")
            for n in range(2, 12)]  # fmt: skip
    assert (await push(store, pushed("left", *left))).outcome is Outcome.APPLIED
    with pytest.raises(ConflictError, match="look at its changes again"):
        await apply(store, {ALPHA: alpha}, await deciding(store, waits))
    [shown] = [each for each in await every(store, ALPHA) if each.number == waits.number]
    assert shown.bars
    done = await apply(store, {ALPHA: alpha}, await deciding(store, waits, client="other"))
    assert done.revision == (await store.latest()).revision


async def test_facts_that_cannot_be_recorded_any_more_are_not(store: Store, alpha: Adapter) -> None:
    waits = await barred(store, alpha)
    same = fact("standing", 0, state="barred", since="2020-01-01", until="2020-02-01")
    await push(store, pushed("same", same), now=None)
    with pytest.raises(ConflictError):
        await apply(store, {ALPHA: alpha}, await deciding(store, waits, client="other"))
    nobody = pushed("nobody", fact("standing", 99, state="barred", since="2020-01-01"), *BARS)
    refused = await push(store, nobody)
    assert refused.outcome is Outcome.REFUSED
    kept = await hold_back(store, nobody, refused)
    with pytest.raises(BadDocumentError, match="nothing was applied"):
        await apply(store, {ALPHA: alpha}, await deciding(store, kept, client="other"))


async def test_so_many_wait_and_so_many_are_remembered(
    store: Store, alpha: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.sync.making.MOST_WAITING", 2)
    monkeypatch.setattr(proposal, "MOST_DECIDED", 3)
    await begin(store, alpha)
    first = await propose(store, alpha, sending(SITES, "1"))
    second = await propose(store, alpha, sending(SITES, "2"))
    with pytest.raises(ConflictError, match="2 proposals of the program wait"):
        await propose(store, alpha, sending(SITES, "3"))
    assert [each.number for each in await every(store, ALPHA)] == [first.number, second.number]
    for number, each in enumerate((first, second)):
        await reject(store, await deciding(store, each, f"r{number}"), "no")
    made = [
        await propose(store, alpha, sending(SITES, f"a{number}", apply=True))
        for number in range(3, 7)
    ]
    left = [each.number for each in await every(store, ALPHA)]
    assert (len(left), left[-1]) == (4, made[-1].number)
    assert first.number not in left
    assert first.number not in await proposal.shown(store, [first.number])
    with pytest.raises(ConflictError, match="is forgotten"):
        await propose(store, alpha, sending(SITES, "1"))


async def test_a_parser_that_fails_says_nothing_of_the_document(
    store: Store, alpha: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(store, alpha)

    def fails(*_given: object, **_more: object) -> None:
        msg = "a cell that is nobody's to read"
        raise RuntimeError(msg)

    monkeypatch.setattr(Adapter, "parts", fails)
    with pytest.raises(BadDocumentError, match=r"its parser fails, with RuntimeError$"):
        await propose(store, alpha, sending(SITES))


async def test_rows_that_are_like_others_count_as_every_line_does(
    store: Store, alpha: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(store, alpha)
    bars = [row | {"state": "barred"} for row in LISTED]
    documents = [table("worksites", SITES), table("standings", bars)]

    async def looked_at() -> Report:
        intake = operator_file(alpha, documents)
        intake.by = By.of("office", "a test")
        return await run(store, intake, dry_run=True)

    whole = await looked_at()
    for where in (plan, alike.plan, difference):
        monkeypatch.setattr(where, "MOST_SHOWN", 2)
    monkeypatch.setattr(sources, "SLICE", 4)
    sliced = await looked_at()
    assert (sliced.difference, sliced.held) == (whole.difference, whole.held)
    assert "would bar 12" in whole.held[0]


async def test_two_proposals_never_share_a_number(
    store: Store, alpha: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(store, alpha)
    monkeypatch.setattr(proposal, "new_number", lambda: 7)
    first = await propose(store, alpha, sending(SITES, "1"))
    with pytest.raises(ConflictError):
        await propose(store, alpha, sending(LISTED, "2"))
    assert await every(store, ALPHA) == [first]
