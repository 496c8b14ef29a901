"""A buyer's watched suppliers: which verdicts are others than those that were told last.

A subscription goes in steps, each from one revision and day to another; in a step suppliers come in
the order of their numbers. The cursor of an answer tells its step and its supplier, so that who
subscribes again is told the rest of the step first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from graph_schema.codes import Kind
from graph_schema.sourcing import SourcingLink
from hub.answers.desk import Sitting
from hub.answers.eligibility import Answers, eligibility_list
from hub.errors import HubError, InvalidInputError
from hub.graphql.answered import shown
from hub.graphql.context import Request
from hub.graphql.cursors import ROOT, Asked, of_another_question
from hub.graphql.types.answers import Eligibility
from hub.store.port import NOBODY

MOST: Final = 500
"""Suppliers of one subscription."""
_DAYS: Final = 2**22
_PART: Final = 32
"""Letters of one of the three parts of a cursor."""


@dataclass(frozen=True, slots=True)
class At:
    """As of when verdicts are known: a revision, and a day."""

    revision: int
    day: int


@dataclass(frozen=True, slots=True)
class Step:
    """What is told from one state of the graph to another.

    Attributes:
        told: The number of the supplier up to which it was told already.
    """

    was: At
    now: At
    told: int = NOBODY


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched.

    Attributes:
        suppliers: Whose verdicts; none: of those from whom the buyer buys, as far as who asks
            sees its links.
    """

    buyer: str
    product: str
    suppliers: Sequence[str] | None

    async def check(self, request: Request) -> None:
        """Refuse what cannot be watched; each verdict that is worked out costs 1.

        Raises:
            HubError: The first problem with the buyer, the product or a supplier.
        """
        sitting = await request.sit()
        names = await self._names(request, sitting)
        request.visitor.spend(len(names))
        answers = await self._answers(sitting, names)
        for index, problem in enumerate(answers.problems):
            if problem is not None:
                problem.path = ("suppliers", str(index))
                raise problem

    async def changed(self, request: Request, step: Step) -> list[tuple[int, Eligibility]]:
        """Return the answers that a step is still to tell, by the numbers of suppliers.

        Each verdict that is worked out costs 1: of each supplier there are two to compare.

        Raises:
            RateLimitedError: Who watches has asked for too much.
        """
        if step.was == step.now:
            return []
        now = await _sitting(request, step.now)
        names = await self._names(request, now)
        request.visitor.spend(max(1, 2 * len(names)))
        before = await self._answers(await _sitting(request, step.was), names)
        answers = await self._answers(now, names)
        found = dict(_others(before, answers))
        return [
            (
                number,
                self._shown(request, now, answers, (found[number], replace(step, told=number))),
            )
            for number in sorted(found)
            if number > step.told
        ]

    async def _names(self, request: Request, sitting: Sitting) -> Sequence[str]:
        """Return who is watched.

        Raises:
            InvalidInputError: There are too many.
        """
        if self.suppliers is not None:
            names = list(dict.fromkeys(self.suppliers))
        else:
            buyer = await sitting.named(self.buyer, Kind.ORGANIZATION, argument="buyer")
            links = await request.store.facts_at(
                SourcingLink, "buyer", [buyer.number], sitting.moment, day=sitting.day
            )
            names = request.ids.many(sorted({link["supplier"] for link in links}))
        if len(names) > MOST:
            msg = f"{len(names)} suppliers would be watched; name up to {MOST} of them"
            raise InvalidInputError(msg, path=("suppliers",))
        return names

    async def _answers(self, sitting: Sitting, names: Sequence[str]) -> Answers:
        return await eligibility_list(sitting, self.buyer, names, self.product)

    def _shown(
        self, request: Request, now: Sitting, answers: Answers, of: tuple[int, Step]
    ) -> Eligibility:
        """Return an answer of a list, by its place and its step, with its cursor."""
        index, step = of
        whole = answers.answered(index)
        assert whole is not None  # noqa: S101 - it has a verdict
        numbers = [_number(step.now), _number(step.was), step.told]
        cursor = "".join(request.cursors(numbers, self._page(request, None)))
        return replace(shown(now, whole), cursor=cursor)

    def resumed(self, request: Request, cursor: str) -> Step:
        """Return the step that a cursor is of.

        Raises:
            InvalidInputError: It is of another subscription, or none.
        """
        parts = [cursor[at * _PART : (at + 1) * _PART] for at in range(3)]
        if len(cursor) != len(parts) * _PART:
            parts[0] = cursor  # which is none
        now, was, told = (self._page(request, part).after for part in parts)
        step = Step(_at(was), _at(now), told)
        if not (step.now.day and step.was.day):
            raise of_another_question()
        return step

    def _page(self, request: Request, after: str | None) -> Asked:
        given: dict[str, Any] = {
            "first": 1,
            "after": after,
            "buyer": self.buyer,
            "product": self.product,
            "suppliers": self.suppliers,
        }
        return request.page("eligibilityChanged", given, (ROOT,))


def _others(before: Answers, now: Answers) -> Iterator[tuple[int, int]]:
    """Yield the suppliers whose verdict, or its reason, is another: numbers, and their places."""
    for index, named in enumerate(now.named):
        was = (before.verdicts[index], before.reasons[index])
        if not isinstance(named, HubError) and was != (now.verdicts[index], now.reasons[index]):
            yield named.number, index


async def _sitting(request: Request, at: At) -> Sitting:
    """Return a state of the graph, as who asks may see it now."""
    return await request.sit(date.fromordinal(at.day), None, at.revision)


def _number(at: At) -> int:
    return at.revision * _DAYS + at.day


def _at(number: int) -> At:
    return At(*divmod(number, _DAYS))
