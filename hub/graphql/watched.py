"""A buyer's watched suppliers: which verdicts are others than those that were told last.

A subscription goes in steps, each from one revision and day to another. The cursor of an answer
tells its step and its supplier, so that who subscribes again is told the rest of the step first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from hub.answers.eligibility import Answers, eligibility_list
from hub.errors import InvalidInputError
from hub.graphql.answered import shown
from hub.graphql.context import Request
from hub.graphql.cursors import ROOT, Asked
from hub.graphql.types.answers import Eligibility

MOST: Final = 500
"""Suppliers of one subscription."""
_DAYS: Final = 2**22
_TOLD: Final = 2**10
_HALF: Final = 32
"""Letters of one of the two parts of a cursor."""


@dataclass(frozen=True, slots=True)
class At:
    """As of when verdicts are known: a revision, and a day."""

    revision: int
    day: int


@dataclass(frozen=True, slots=True)
class Step:
    """What is told from one state of the graph to another.

    Attributes:
        told: How many of the suppliers were told of it already.
    """

    was: At
    now: At
    told: int


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched."""

    buyer: str
    product: str
    suppliers: Sequence[str]

    async def answered(self, request: Request, at: At) -> Answers:
        """Return the answers as of a revision and a day, as who asks may have them now."""
        sitting = await request.sit(date.fromordinal(at.day), None, at.revision)
        return await eligibility_list(sitting, self.buyer, self.suppliers, self.product)

    def check(self, answers: Answers) -> None:
        """Refuse suppliers that there are not.

        Raises:
            HubError: The first problem with one.
        """
        for index, problem in enumerate(answers.problems):
            if problem is not None:
                problem.path = ("suppliers", str(index))
                raise problem

    def changed(self, before: Answers, now: Answers, first: int) -> Iterator[int]:
        """Yield the places of suppliers whose verdict, or its reason, is another."""
        for index in range(first, len(self.suppliers)):
            was = (before.verdicts[index], before.reasons[index])
            if now.verdicts[index] is not None and was != (
                now.verdicts[index],
                now.reasons[index],
            ):
                yield index

    async def shown(self, request: Request, answers: Answers, told: Step) -> Eligibility:
        """Return the answer that a step tells last, with its cursor."""
        sitting = await request.sit(date.fromordinal(told.now.day), None, told.now.revision)
        whole = answers.answered(told.told - 1)
        assert whole is not None  # noqa: S101 - it has a verdict
        page = self._page(request, None)
        numbers = [_number(told.now, told.told), _number(told.was, 0)]
        return replace(shown(sitting, whole), cursor="".join(request.cursors(numbers, page)))

    def resumed(self, request: Request, cursor: str) -> Step:
        """Return the step that a cursor is of.

        Raises:
            InvalidInputError: It is of another subscription, or none.
        """
        now, told = _at(self._page(request, cursor[:_HALF]).after)
        was, _ = _at(self._page(request, cursor[_HALF:]).after)
        if not 1 <= told <= len(self.suppliers) or was.day < 1 or now.day < 1:
            msg = "`after` is no cursor of an answer of this subscription"
            raise InvalidInputError(msg, path=("after",))
        return Step(was, now, told)

    def _page(self, request: Request, after: str | None) -> Asked:
        given: dict[str, Any] = {
            "first": 1,
            "after": after,
            "buyer": self.buyer,
            "product": self.product,
            "suppliers": list(self.suppliers),
        }
        return request.page("eligibilityChanged", given, (ROOT,))


def _number(at: At, told: int) -> int:
    return (at.revision * _DAYS + at.day) * _TOLD + told


def _at(number: int) -> tuple[At, int]:
    rest, told = divmod(number, _TOLD)
    return At(*divmod(rest, _DAYS)), told
