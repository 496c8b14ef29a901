"""The subscriptions: standings as they change, and what a change does to verdicts."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Annotated, Final

import strawberry
from strawberry.types import Info

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
Behind = Annotated[
    str | None,
    strawberry.argument(
        description="Cursor of the last one you were told; left out: you are told from now on."
    ),
]


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
        after: Behind = NOT_GIVEN,
    ) -> AsyncGenerator[GraphChange, None]:
        """Tell each change of a standing."""
        request = info.context
        visitor: Visitor = request.visitor
        visitor.spend(request.cost or 1)
        asked = page(request, 1, after or None)
        sitting = await request.sit()
        chosen = await spoken(sitting, programs or ())
        watched = await _subjects(sitting, suppliers or ())
        newest = sitting.latest
        at = asked.after or _end(newest)
        while True:
            moment = (await request.sit()).moment
            found = await request.store.changes((Standing,), chosen, moment, Page(_READ, at))
            visitor.spend(max(1, len(found)))
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
            "Each supplier's verdict when it, or its reason, becomes another, by a change or by a "
            "new day in UTC: of those named, or of all from whom the buyer buys as far as you see "
            "its links; from now on, or from the cursor of an answer on."
        )
    )
    async def eligibility_changed(
        self,
        info: Info[Request, None],
        buyer: strawberry.ID,
        product: str,
        suppliers: list[strawberry.ID] | None = NOT_GIVEN,
        after: Behind = NOT_GIVEN,
    ) -> AsyncGenerator[Eligibility, None]:
        """Tell each verdict that becomes another."""
        request = info.context
        visitor: Visitor = request.visitor
        visitor.spend(request.cost or 1)
        watched = Watched(buyer, product, suppliers or None)
        await watched.check(request)
        newest = await request.latest()
        now = At(newest.revision, (await request.sit()).day)
        step = watched.resumed(request, after) if after else Step(now, now)
        while True:
            async with visitor.tail.turns:
                changed_now = await watched.changed(request, step)
            for number, told in changed_now:
                principal = request.principal
                await visitor.see(request, newest)
                if request.principal != principal:
                    break  # it is another now: what is still to be told is asked anew
                yield told
                step = replace(step, told=number)
            else:
                now = At(newest.revision, (await request.sit()).day)
                if now == step.now:
                    newest = await visitor.tail.past(now.revision, now.day)
                    await visitor.see(request, newest)
                    now = At(newest.revision, (await request.sit()).day)
                step = Step(step.now, now)


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
