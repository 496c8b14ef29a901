"""Milk with Dignity: farms that nobody names in public, and the volumes that balance the pool.

The program publishes totals alone (facts fm120), so its operator's template is its only source.
"""

from datetime import date
from typing import Final

import pytest

from adapters.kit.parsed import ProblemCode
from graph_schema.parties import Worksite
from hub.answers.desk import Desk
from hub.answers.eligibility import eligibility
from hub.errors import UnknownReferenceError
from hub.store.port import PUBLIC, Moment, Store
from hub.sync.intake import Outcome, Report
from tests.adapters.books import lines
from tests.adapters.documents import TABLES, Damage, adapter, aside, recorded, turned_down
from tests.sync.programs import Document, table
from tests.sync.steps import ask, node, push, whole

pytestmark = pytest.mark.anyio

MWD: Final = "milk-with-dignity"
POOL: Final = "wsr:st-albans"
BUYER: Final = "wsr:benjerrys"
FARMS: Final = tuple(f"mwd:{number}" for number in range(1, 7))
DAY: Final = "2026-11-16"
NOW: Final = "2026-11-20"


def farms(*references: str) -> list[Document]:
    """Return farms of Vermont that deliver to the pool."""
    sites = (
        {
            "reference": each,
            "name": f"Example Farm {each}",
            "kind": "farm",
            "country": "US",
            "region": "US-VT",
            "products": "milk",
        }
        for each in references
    )
    ties = ({"kind": "DELIVERS_TO", "from": each, "to": POOL} for each in references)
    return [table("worksites", sites), table("ties", ties)]


def standings(*told: str, confirmed: str = DAY) -> Document:
    """Return a table of standings, each told as `mwd:1 good_standing 2026-01-01`."""
    rows = (
        {
            "subject": subject,
            "state": state.replace("_", " "),
            "since": since,
            "confirmedOn": confirmed,
        }
        for subject, state, since in (each.split() for each in told)
    )
    return table("standings", rows)


GOOD: Final = tuple(f"{farm} good_standing 2026-01-01" for farm in FARMS)


def volumes(supply: int, demand: int, unit: str = "tonnes") -> Document:
    """Return the balance of the year: what enrolled farms supply, what the buyer needs."""
    year = {"pool": POOL, "product": "milk", "since": "2026-01-01", "until": "2027-01-01"}
    return table(
        "volumes",
        [
            {**year, "kind": "ENROLLED_SUPPLY", "quantity": supply, "unit": "tonnes"},
            {**year, "kind": "BUYER_DEMAND", "buyer": BUYER, "quantity": demand, "unit": unit},
        ],
    )


async def sent(store: Store, *documents: Document, dated: str = DAY, yes: bool = False) -> Report:
    """Send tables of the operator's template."""
    return await push(store, adapter(MWD), *documents, dated=dated, at=NOW, confirmed=yes)


async def bought(store: Store, subject: str, on: str = DAY) -> str:
    """Return whether the buyer may buy milk from a farm or the pool."""
    return await ask(store, subject, on, buyer=BUYER, product="milk")


async def public(store: Store, subject: str) -> str:
    """Return what anyone is told of whether the buyer may buy milk from a subject."""
    desk = await Desk.open(store)
    on = date.fromisoformat(DAY)
    sitting = await desk.sit(as_of=on, known_at=None, revision=None, viewer=PUBLIC)
    found = (await eligibility(sitting, BUYER, subject, "milk")).answer
    return f"{found.verdict} {found.reason}"


@pytest.mark.parametrize(
    ("balance", "pool"),
    [
        (volumes(1_000, 900), "ELIGIBLE VOLUME_BALANCED"),
        (volumes(1_000, 1_000), "ELIGIBLE VOLUME_BALANCED"),
        (volumes(900, 1_000), "NOT_IN_PROGRAM VOLUME_BALANCE_SHORT"),
        (volumes(1_000, 900, unit="pounds"), "UNKNOWN NO_EVIDENCE"),
    ],
    ids=["more than needed", "as much as needed", "too little", "other units"],
)
async def test_pooled_milk_is_judged_by_the_volumes_of_the_period(
    balance: Document, pool: str
) -> None:
    async with recorded(MWD) as store:
        report = await sent(store, *farms(*FARMS), standings(*GOOD), balance)
        assert (report.outcome, aside(report)) == (Outcome.APPLIED, [])
        assert await bought(store, POOL) == pool
        assert await bought(store, "mwd:1") == pool
        assert await bought(store, POOL, "2027-01-01") == "UNKNOWN NO_EVIDENCE"


async def test_a_suspended_farm_is_barred_whatever_the_balance_until_in_good_standing() -> None:
    told = standings(*GOOD, "mwd:1 suspended 2026-11-01")
    async with recorded(MWD) as store:
        await sent(store, *farms(*FARMS), told, volumes(1_000, 900))
        assert await bought(store, "mwd:1") == "INELIGIBLE SUSPENDED"
        assert await bought(store, "mwd:2") == "ELIGIBLE VOLUME_BALANCED"
        lifted = ("mwd:1 good_standing 2026-11-18", *GOOD[1:])
        await sent(store, standings(*lifted, confirmed="2026-11-18"), dated="2026-11-18")
        assert await bought(store, "mwd:1", "2026-11-17") == "INELIGIBLE SUSPENDED"
        assert await bought(store, "mwd:1", "2026-11-18") == "ELIGIBLE VOLUME_BALANCED"


async def test_the_public_sees_no_farm_and_no_standing_while_the_balance_counts_for_all() -> None:
    told = standings(*GOOD, "mwd:1 suspended 2026-11-01")
    async with recorded(MWD) as store:
        await sent(store, *farms(*FARMS), told, volumes(1_000, 900))
        latest = await store.latest()
        seen = Moment(latest.revision, latest.recorded_at, PUBLIC)
        farm = await node(store, "mwd:1")
        day = date.fromisoformat(DAY).toordinal()
        assert await store.in_force("subject", [farm], seen, day=day) == []
        assert await store.facts_at(Worksite, "reference", [farm], seen) == []
        with pytest.raises(UnknownReferenceError):
            await public(store, "mwd:1")
        assert await public(store, POOL) == "ELIGIBLE VOLUME_BALANCED"


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ("mwd:7 good_standing 2026-01-01", ProblemCode.UNKNOWN_REFERENCE),
        ("mwd:1 in_compliance 2026-01-01", ProblemCode.UNKNOWN_WORD),
        ("mwd:1 good_standing 2016-01-01", ProblemCode.BEFORE_PROGRAM),
        ("mwd:1 good_standing 10.02.2026", ProblemCode.INVALID_INPUT),
    ],
    ids=["a farm nobody described", "another program's word", "before the program", "ambiguous"],
)
async def test_a_bad_row_is_set_aside_and_takes_no_other_along(
    bad: str, problem: ProblemCode
) -> None:
    async with recorded(MWD) as store:
        report = await sent(store, *farms(*FARMS), standings(*GOOD, bad), yes=True)
        assert aside(report) == [(8, problem)]
        assert (await bought(store, "mwd:2")) == "UNKNOWN NO_EVIDENCE"


BALANCE: Final = volumes(1_000, 900)[1]


@pytest.mark.parametrize("damage", TABLES.values(), ids=TABLES)
async def test_a_broken_table_is_refused(damage: tuple[Damage, str]) -> None:
    broken, why = damage
    async with recorded(MWD) as store:
        assert why in await turned_down(store, MWD, "operator", broken(BALANCE), dated=DAY)


async def test_a_balance_without_quantities_is_held_and_the_same_again_writes_nothing() -> None:
    bare = lines("pool,product,kind,since,unit", f"{POOL},milk,ENROLLED_SUPPLY,2026,tonnes")
    async with recorded(MWD) as store:
        await sent(store, *farms(*FARMS), standings(*GOOD), volumes(1_000, 900))
        before = await whole(store)
        held = await sent(store, ("volumes.csv", bare))
        assert held.outcome is Outcome.HELD
        assert "the column volumes: quantity is missing" in held.held[0]
        again = await sent(store, *farms(*FARMS), standings(*GOOD), volumes(1_000, 900))
        assert (again.outcome, await whole(store)) == (Outcome.UNCHANGED, before)


async def test_a_list_shrunk_by_half_is_held() -> None:
    async with recorded(MWD) as store:
        await sent(store, *farms(*FARMS), standings(*GOOD))
        report = await sent(store, standings(*GOOD[:3]), dated="2026-11-18")
        assert report.held == [
            "3 of 6 listed standings are gone, more than 20%; confirm that they ended"
        ]
