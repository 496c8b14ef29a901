"""Whom a program's clients bar within a day: so many, then another client looks, however told."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from adapters.kit.adapter import Adapter, adapters
from graph_schema.standing import Standing
from hub.errors import HeldError
from hub.store.deeds import Actor, By
from hub.store.port import Store
from hub.sync import judging
from hub.sync.decide import apply
from hub.sync.intake import Outcome, Report
from hub.sync.propose import hold_back
from hub.sync.push import Push, push, pushed
from hub.sync.receipt import Asked
from hub.sync.run import run
from hub.sync.sources import record
from hub.sync.withdraw import Withdrawal, withdraw
from tests.sync.programs import ALPHA, folders
from tests.sync.steps import ask, begin, facts, noon
from tests.sync.test_proposals import deciding

pytestmark = pytest.mark.anyio

Told = Mapping[str, Mapping[str, Any]]
TEN: Final = range(10)
DAY: Final = "2020-06-01"
TODAY: Final = datetime.now(UTC).date().isoformat()
"""A proposal that was sent long ago is forgotten."""
FORBIDS: Final = (
    "agreement,duty,text,products,unlisted\n"
    "wsr:{code}-1,TERMINATE_INELIGIBLE,end business with the barred,garments,PROHIBITED\n"
)
GROUPS: Final = (
    "track,state,effect,reason,group\n"
    "listing,listed,GOOD_STANDING,,\n"
    "stage,terminated,INELIGIBLE,TERMINATED,true\n"
)


def state(number: int | str, word: str = "barred", since: str = "2020-05-01", **more: Any) -> Told:  # noqa: ANN401
    """Return a standing of a site."""
    return {"standing": {"subject": f"exa:{number}", "state": word, "since": since, **more}}


def site(number: int | str, **more: Any) -> Told:  # noqa: ANN401
    """Return a site as its program describes it."""
    reference = f"exa:{number}"
    return {"worksite": {"reference": reference, "name": f"Mill {number}", "country": "BD", **more}}


def company(name: str) -> Told:
    """Return a company as its program describes it."""
    return {"organization": {"reference": f"exa:{name}", "name": f"Mills {name}", "country": "BD"}}


def tie(number: int | str, to: str = "group", kind: str = "PART_OF", **more: Any) -> Told:  # noqa: ANN401
    """Return that a site belongs to a company."""
    return {"tie": {"kind": kind, "from": f"exa:{number}", "to": f"exa:{to}", **more}}


@dataclass
class Office:
    """The clients of alpha's office."""

    store: Store
    alpha: Adapter
    keys: int = 0

    async def send(
        self, *told: Told, client: str = "one", at: str = DAY, hours: int = 0, dry: bool = False
    ) -> Report:
        """Push facts some hours after the noon of a day."""
        sent, now = self.sent(told, client), noon(at) + timedelta(hours=hours)
        return await push(self.store, sent, dry_run=dry, now=now)

    def sent(self, told: Sequence[Told], client: str = "one") -> Push:
        """Return facts as a client pushes them."""
        self.keys += 1
        return Push(client, ALPHA, told, f"key {self.keys}", "a test")

    async def passes(self, *told: Told, **how: Any) -> None:  # noqa: ANN401
        """Push what goes through."""
        report = await self.send(*told, **how)
        assert (report.outcome, report.held) == (Outcome.APPLIED, []), report

    async def waits(self, *told: Told, barring: int, **how: Any) -> str:  # noqa: ANN401
        """Push what is held, as a dry run says; return why."""
        for dry in (True, False):
            report = await self.send(*told, **how, dry=dry)
            assert (report.outcome, report.bars) == (Outcome.HELD, True), report
            assert report.held[0].startswith(f"it would bar {barring} of "), report.held
        return report.held[0]


async def begun(store: Store, alpha: Adapter) -> Office:
    """Return the office of a program that lists ten sites."""
    await begin(store, alpha)
    office = Office(store, alpha)
    await office.passes(*map(site, TEN), company("group"), company("other"), at="2020-05-20")
    await office.passes(*(state(n, "listed", "2019-01-01") for n in TEN), at="2020-05-20")
    return office


@pytest.fixture
async def office(store: Store, alpha: Adapter) -> Office:
    """Return the office of alpha."""
    return await begun(store, alpha)


@pytest.fixture
async def forbidding(store: Store, tmp_path: Path) -> Office:
    """Return the office of alpha, if nobody bought from who is not in the program."""
    return await begun(store, folders(tmp_path, clauses=FORBIDS)[ALPHA])


async def test_small_pushes_one_after_another_are_held_like_a_great_one(office: Office) -> None:
    await office.passes(state(0))
    await office.passes(state(1), client="two")
    for client in ("one", "two"):
        why = await office.waits(state(2), barring=1, client=client, hours=23)
        assert why == (
            "it would bar 1 of 10 suppliers beside the 2 barred within the last day, more than "
            "20%; have another client of the program look at the proposal, and apply it"
        )
    await office.passes(state(1), state(0), state(3, "listed", "2020-05-02"), hours=23)
    await office.passes(state(2), hours=24)
    await office.passes(state(3), hours=47)
    await office.waits(state(4), barring=1, hours=47)


async def test_what_another_client_let_through_counts_no_more(office: Office) -> None:
    sent = office.sent([state(n) for n in range(6)])
    report = await push(office.store, sent, now=noon(TODAY))
    waits = await hold_back(office.store, sent, report)
    another = await deciding(office.store, waits, client="two")
    await apply(office.store, {ALPHA: office.alpha}, another, now=noon(TODAY))
    assert await ask(office.store, "exa:5", TODAY) == "INELIGIBLE SUSPENDED"
    await office.passes(state(6), at=TODAY)
    await office.passes(state(7), at=TODAY)
    await office.waits(state(8), barring=1, at=TODAY)


async def test_what_its_sender_applies_counts(office: Office) -> None:
    sent = office.sent([state(0), state(1)])
    report = await push(office.store, sent, dry_run=True, now=noon(TODAY))
    waits = await hold_back(office.store, sent, report)
    own = await deciding(office.store, waits, client="one")
    await apply(office.store, {ALPHA: office.alpha}, own, now=noon(TODAY))
    await office.waits(state(2), barring=1, at=TODAY)


async def test_of_pushes_at_once_no_more_go_through(office: Office) -> None:
    told = (office.send(state(n), client=f"client {n}") for n in range(6))
    outcomes = [report.outcome for report in await asyncio.gather(*told)]
    assert outcomes.count(Outcome.APPLIED) == 2
    assert outcomes.count(Outcome.HELD) == 4


async def test_who_is_tied_to_one_who_is_barred_counts(office: Office) -> None:
    await office.passes(state("group"))
    await office.passes(tie(0), tie(1, kind="MOVED_TO"))
    await office.waits(tie(1), tie(2, kind="OPERATED_BY"), barring=2)
    await office.waits(tie(1, since="2021-01-01"), barring=1)  # the bar waits for the day
    assert await ask(office.store, "exa:0", DAY) == "INELIGIBLE SUSPENDED"


async def test_a_bar_counts_for_all_who_are_tied_to_it(office: Office) -> None:
    await office.passes(*map(tie, TEN), tie("group", "other"))
    await office.waits(state("other"), barring=11)
    ten = [state("group", "listed", "2020-01-02"), state("other", "listed", "2020-01-02")]
    await office.passes(*ten)
    await office.waits(state("other"), barring=12)


async def test_what_is_said_or_unsaid_of_ones_own_state_may_let_a_bar_through(
    office: Office,
) -> None:
    own = [state(n, "cleared", "2020-03-01") for n in range(3)]
    await office.passes(*own, *map(tie, range(3)), *(tie(n, "other") for n in range(3)))
    await office.passes(state("other", since="2020-01-01"))  # what is one's own and later hides it
    assert await ask(office.store, "exa:0", DAY) == "ELIGIBLE IN_GOOD_STANDING"
    for until in ("2020-05-01", "2030-01-01"):
        ended = [state(n, "cleared", "2020-03-01", until=until) for n in range(3)]
        await office.waits(*ended, barring=3)
    await office.passes(*(tie(n, until="2020-05-01") for n in range(3)))
    closer = [state("group", "cleared", "2020-03-01"), tie("group", "other", since="2020-03-01")]
    await office.passes(*closer)


async def test_parts_of_a_supplier_are_no_suppliers(office: Office) -> None:
    farms = [f"farm{n}" for n in range(8)]
    await office.passes(*map(site, farms), *(tie(each, "0", "OPERATED_BY") for each in farms))
    await office.passes(state(0))
    assert await ask(office.store, "exa:farm7", DAY) == "INELIGIBLE SUSPENDED"


async def test_a_confirmation_that_makes_bars_count_again_counts(office: Office) -> None:
    stale = [state(n, since="2018-01-01", confirmedOn="2018-02-01") for n in range(4)]
    await office.passes(*stale)
    assert await ask(office.store, "exa:0", DAY) == "UNKNOWN STALE_BAR"
    confirmed = {"on": "2020-05-30", "tracks": ["stage"]}
    await office.waits({"confirmation": confirmed}, barring=4)
    some = ["exa:0", "exa:1"]
    await office.passes({"confirmation": {**confirmed, "except": some}})
    assert await ask(office.store, "exa:3", DAY) == "INELIGIBLE SUSPENDED"
    again = [state(n, since="2018-01-01", confirmedOn="2020-05-01") for n in range(2)]
    await office.waits(*again, barring=2)


async def test_a_bar_of_some_products_or_of_later_counts(office: Office) -> None:
    await office.waits(*(state(n, products=["jeans"]) for n in range(3)), barring=3)
    await office.waits(*(state(n, since="2020-07-01") for n in range(3)), barring=3)
    await office.waits(*(state(n, since="2020") for n in range(3)), barring=3)
    await office.waits(*(state(n, until="2020-05-02") for n in range(3)), barring=3)
    await office.passes(*(state(n, "cleared", "2020-05-03") for n in range(3)))
    await office.passes(*map(state, range(3)))  # it was lifted by then


async def test_a_site_that_is_told_as_closed_counts(office: Office) -> None:
    await office.waits(*(site(n, closedOn="2020-05-01") for n in range(3)), barring=3)
    await office.waits(*(state(n, "closed") for n in range(3)), barring=3)
    await office.passes(site(0, closedOn="2020-05-01"))
    await office.passes(site(0, closedOn="2020-05-02"), site(1, closedOn="2020-05-01"))
    new = [site(f"new{n}", closedOn="2019-05-01") for n in range(5)]
    await office.passes(*new, *(state(f"new{n}", "closed", "2019-05-01") for n in range(5)))
    await office.passes(*(state(n, "left") for n in range(2, 10)))


async def test_who_left_counts_where_nobody_buys_outside(forbidding: Office) -> None:
    left = [state(n, "left") for n in TEN]
    await forbidding.waits(*left, barring=10)
    await forbidding.passes(*left[:2])
    assert await ask(forbidding.store, "exa:0", DAY) == "INELIGIBLE LEFT"
    outside = [f"out{n}" for n in range(5)]
    await forbidding.passes(*map(site, outside), *(state(each, "left") for each in outside))


async def test_what_an_agreement_comes_to_forbid_counts(office: Office) -> None:
    await office.passes(*(state(n, "left") for n in range(5)))
    agreement = {
        "reference": "exa:agreement", "name": "Agreement", "term": "OPEN",
        "clauses": [{"agreement": "exa:agreement", "duty": "TERMINATE_INELIGIBLE", "text": "no",
                     "unlisted": "PROHIBITED"}],
    }  # fmt: skip
    await office.waits({"agreement": agreement}, barring=5)


async def test_who_is_absent_counts_where_nobody_buys_outside(store: Store, tmp_path: Path) -> None:
    listing = folders(tmp_path, clauses=FORBIDS, manifest="listing = true\nmay_shrink = 0.2\n")
    office = await begun(store, listing[ALPHA])
    listed = [state(n, "listed", "2019-01-01") for n in TEN]
    whole = pushed(ALPHA, listed, By(Actor.SCHEDULE))
    whole.complete, whole.whole, whole.feed = True, False, "operator"
    whole.bounds = listing[ALPHA].feed("operator")
    assert (await run(store, whole, now=noon("2020-05-25"))).outcome is Outcome.APPLIED
    ended = [state(n, "listed", "2019-01-01", until="2020-05-28") for n in range(3)]
    await office.waits(*ended, barring=3)


async def test_what_is_lifted_no_more_counts(office: Office) -> None:
    three = range(3)
    lifted = [state(n, "cleared", "2020-05-02") for n in three]
    await office.passes(*lifted)
    await office.passes(*map(state, three))
    rows = [
        row for n in three for row in await facts(office.store, Standing, "subject", f"exa:{n}")
    ]
    program = rows[0]["program"]
    cleared = [row["number"] for row in rows if row["state"] == "cleared"]
    for at, fact in enumerate(cleared):
        sent = Withdrawal(program, fact, "a fact", "a request", "a slip")
        asked = Asked.of("one", f"w{at}", at)
        if at < 2:
            await withdraw(office.store, sent, asked, now=noon(DAY))
            continue
        before = await office.store.latest()
        with pytest.raises(HeldError, match="it would bar 1 of 10 suppliers beside the 2 barred"):
            await withdraw(office.store, sent, asked, now=noon(DAY))
        assert await office.store.latest() == before
    await office.waits(state(3), barring=1)


async def test_what_a_feed_brings_counts_with_what_clients_push(office: Office) -> None:
    await office.passes(state(0), state(1))
    fed = pushed(ALPHA, [state(2)], By(Actor.SCHEDULE))
    report = await run(office.store, fed, now=noon(DAY))
    assert (report.outcome, report.bars) == (Outcome.HELD, True)


async def test_a_word_that_reaches_groups_counts_for_all_of_them(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = await begun(store, folders(tmp_path, state_rules=GROUPS)[ALPHA])
    await office.passes(*map(tie, range(5)))
    await office.waits(state(0, "terminated"), barring=5)
    await office.passes(state(9, "terminated"))
    for bound in ("MOST", "MOST_OF_ONE"):
        with monkeypatch.context() as patched:
            patched.setattr(judging, bound, 3)
            await office.waits(state(0, "terminated"), barring=5)


async def test_dates_that_allow_too_many_readings_bar_nobody(office: Office) -> None:
    unsure = [
        state(n, word, f"{year}", track="stage")
        for n in range(3)
        for year in range(2014, 2020)
        for word in ("barred", "cleared", "noted")
    ]
    await office.passes(*unsure)
    assert await ask(office.store, "exa:0", DAY) == "UNKNOWN DATE_PRECISION"


async def test_a_program_that_is_not_known_yet_bars_nobody(embedded_store: Store) -> None:
    first = record(adapters()["ffp"])
    first.by = By(Actor.SCHEDULE)
    report = await run(embedded_store, first)
    assert (report.outcome, report.bars) == (Outcome.APPLIED, False)
