"""The subscriptions: standings as they change, and what a change does to verdicts."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Final

import strawberry
from strawberry.types import Info

from graph_schema.codes import Kind
from graph_schema.sourcing import SourcingLink
from graph_schema.standing import Standing
from hub.answers.desk import Sitting
from hub.errors import HubError, InvalidInputError
from hub.graphql.changed import changed, page
from hub.graphql.context import Request
from hub.graphql.fetched import NOT_GIVEN
from hub.graphql.questions.changes import spoken
from hub.graphql.types.answers import Eligibility
from hub.graphql.types.changes import GraphChange, Made
from hub.graphql.visitor import Visitor
from hub.graphql.watched import MOST, At, Step, Watched
from hub.identity.references import SUBJECTS
from hub.store.port import PLACES, Latest, Page, place
from hub.sync.effects import effect

_READ: Final = 100
"""Changes that are read at a time."""


@strawberry.type
class Subscription:
    """What is told as it happens."""

    @strawberry.subscription(
        description=(
            "Each change of a standing that you may see: from now on, or from the cursor of a "
            "change on."
        )
    )
    async def standing_changed(
        self,
        info: Info[Request, None],
        programs: list[strawberry.ID] | None = NOT_GIVEN,
        suppliers: list[strawberry.ID] | None = NOT_GIVEN,
        after: str | None = NOT_GIVEN,
    ) -> AsyncGenerator[GraphChange, None]:
        """Tell each change of a standing."""
        request = info.context
        visitor: Visitor = request.visitor
        asked = page(request, 1, after or None)
        sitting = await request.sit()
        chosen = await spoken(sitting, programs or ())
        watched = await _subjects(sitting, suppliers or ())
        newest = sitting.latest
        at = asked.after or _end(newest)
        while True:
            moment = (await request.sit()).moment
            found = await request.store.changes((Standing,), chosen, moment, Page(_READ, at))
            for each in found:
                told = effect(each)
                if not watched or told.subject in watched:
                    await visitor.see(request, newest)
                    if (await request.sit()).moment.viewer != moment.viewer:
                        break  # it is another now: what that one sees is asked anew
                    [change] = changed(request, [(told, Made(each.place // PLACES))])
                    yield change
                at = each.place
            else:
                if len(found) < _READ:
                    at = max(at, _end(newest))
                    newest = await visitor.tail.past(newest.revision)
            await visitor.see(request, newest)

    @strawberry.subscription(
        description=(
            "Each supplier's verdict when it becomes another, by a change or by a new day in UTC: "
            "from now on, or from the cursor of an answer on. Without `suppliers`, of those from "
            "whom the buyer buys today by links that you may see."
        )
    )
    async def eligibility_changed(
        self,
        info: Info[Request, None],
        buyer: strawberry.ID,
        product: str,
        suppliers: list[strawberry.ID] | None = NOT_GIVEN,
        after: str | None = NOT_GIVEN,
    ) -> AsyncGenerator[Eligibility, None]:
        """Tell each verdict that becomes another."""
        request = info.context
        visitor: Visitor = request.visitor
        watched = suppliers or await _bought_from(request, buyer)
        _check_size(watched)
        question = Watched(buyer, product, watched)
        newest = await request.latest()
        day = (await request.sit()).day
        now = At(newest.revision, day)
        step = question.resumed(request, after) if after else Step(now, now, len(watched))
        known = await question.answered(request, step.was)
        question.check(known)
        while True:
            answers = await question.answered(request, step.now)
            for index in question.changed(known, answers, step.told):
                await visitor.see(request, newest)
                told = replace(step, told=index + 1)
                yield await question.shown(request, answers, told)
            known = answers
            now = At(newest.revision, (await request.sit()).day)
            if now == step.now:
                newest = await visitor.tail.past(now.revision, now.day)
                await visitor.see(request, newest)
                now = At(newest.revision, (await request.sit()).day)
            step = Step(step.now, now, 0)


async def _bought_from(request: Request, buyer: str) -> list[str]:
    """Return the suppliers from whom a buyer buys today, by links that the viewer may see.

    Raises:
        InvalidInputError: There are none.
        InvalidReferenceError: The buyer is no reference.
        UnknownReferenceError: Nothing goes by it.
    """
    sitting = await request.sit()
    named = await sitting.named(buyer, Kind.ORGANIZATION, argument="buyer")
    rows = await request.store.facts_at(
        SourcingLink, "buyer", [named.number], sitting.moment, day=sitting.day
    )
    found = sorted({row["supplier"] for row in rows})
    if not found:
        msg = "no link of the buyer is there that you may see; name the suppliers"
        raise InvalidInputError(msg, path=("suppliers",))
    return request.ids.many(found)


def _check_size(references: Sequence[str]) -> None:
    """Refuse to watch too many.

    Raises:
        InvalidInputError: There are too many.
    """
    if len(references) > MOST:
        msg = f"{len(references)} suppliers are watched; watch at most {MOST} at a time"
        raise InvalidInputError(msg, path=("suppliers",))


def _end(latest: Latest) -> int:
    """Return the place before all changes of the revision that comes next."""
    return place(latest.revision + 1, 0)


async def _subjects(sitting: Sitting, references: Sequence[str]) -> frozenset[int]:
    """Return the suppliers and sites that references stand for.

    Raises:
        InvalidInputError: There are too many.
        InvalidReferenceError: One is no reference.
        UnknownReferenceError: Nothing goes by one.
    """
    _check_size(references)
    found = await sitting.all_named(references, [SUBJECTS] * len(references))
    for index, named in enumerate(found):
        if isinstance(named, HubError):
            named.path = ("suppliers", str(index))
            raise named
    return frozenset(each.number for each in found if not isinstance(each, HubError))
