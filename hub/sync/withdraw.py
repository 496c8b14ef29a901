"""Withdraw: a fact that was recorded in error is known no more; history keeps it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from adapters.kit.adapter import Feed
from adapters.kit.contacts import without_contacts
from graph_schema.elements import Fact
from graph_schema.exchange import FACTS
from hub.errors import ConflictError, HeldError, UnknownReferenceError
from hub.store.deeds import Action, By, Deed
from hub.store.port import OPEN, Row, Store
from hub.sync.barring import Barring
from hub.sync.effects import receipt
from hub.sync.made import Made
from hub.sync.plan import Plan
from hub.sync.receipt import Asked, Receipt
from hub.sync.world import World
from hub.sync.write import Generation, instant

INSTEAD: Final = (
    "a withdrawal waits for nobody: push what bars them as facts, for another client of the "
    "program to apply, or withdraw it a day later"
)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a client asks to be withdrawn.

    Attributes:
        program: Number of the program that said it.
        fact: Number of the fact's row, as the client read it.
        name: What the client calls the fact.
        request: Id of the request.
        reason: Why.
    """

    program: int
    fact: int
    name: str
    request: str
    reason: str


async def withdraw(
    store: Store, sent: Withdrawal, asked: Asked, *, now: datetime | None = None
) -> Receipt:
    """Close the recorded interval of a fact, and return what the client is told.

    Raises:
        UnknownReferenceError: The program said no such fact.
        ConflictError: It was withdrawn or corrected since it was read, or the key was used.
        HeldError: It would bar too many suppliers within a day.
    """
    async with store.writing() as writing:
        before = await asked.before(store)
        if before is not None:
            return before
        world = await World.load(store, writing.base)
        kind, row = await _said(store, sent, world)
        if row["revision_until"] < OPEN:
            msg = f"{sent.name} was withdrawn or corrected since it was read; read it again"
            raise ConflictError(msg, path=("input", "fact"))
        plan = Plan()
        started = instant(now, writing.base)
        plan.withdraw(kind, row, started)
        generation = Generation(store, writing, world)
        generation.number(plan)
        barring = Barring(generation, world.codes[sent.program], Feed().may_shrink, started)
        barring.touched.take(plan)
        why = await barring.too_many(plan)
        if why is not None:
            msg = f"{why}; {INSTEAD}"
            raise HeldError(msg, path=("input", "fact"))
        await generation.stage(plan, Made())
        told = receipt(asked, plan, writing.base.revision + 1, started)
        deed = Deed(
            By.of(asked.client, sent.request),
            Action.WITHDRAW_FACT,
            subject=sent.name,
            reason=without_contacts(sent.reason),
        )
        await generation.write(started, deed, [asked.kept(told), *barring.kept()])
        return told


async def _said(store: Store, sent: Withdrawal, world: World) -> tuple[type[Fact], Row]:
    """Return the row of a fact, of whatever kind."""
    for kind in FACTS:
        if kind.sent:
            found = await store.facts_at(kind, "number", [sent.fact], world.moment, history=True)
            for row in found:
                if row["program"] == sent.program:
                    return kind, row
    raise UnknownReferenceError(sent.name, path=("input", "fact"))
