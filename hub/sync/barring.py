"""Barring: a run of a program's client is looked at for how many suppliers it bars."""

from collections.abc import Sequence
from typing import Final

from hub.store.kept import Kept
from hub.store.rows import day_of
from hub.sync.barred import Look
from hub.sync.lately import Lately
from hub.sync.plan import Plan
from hub.sync.side import looking, words
from hub.sync.touched import Touched
from hub.sync.write import Generation

LOOKS: Final = "it changes an agreement that looks at the states of another program"
"""Why a run is held whose program could bar the suppliers of another, without its word."""


class Barring:
    """Whom one attempt at a run bars, and what is remembered of that.

    Attributes:
        touched: Takes in what is planned.
    """

    def __init__(self, generation: Generation, program: str, share: float, now: int) -> None:
        """Begin to look at a run of which nothing is staged.

        Args:
            generation: Where it will be staged.
            program: Code of the program that says it all.
            share: Of the program's suppliers, so much may be barred within a day.
            now: The instant of the run, in microseconds since 1970.
        """
        self._law = generation.rules()
        self._number = generation.world.numbers[program]
        law, number = self._law, self._number
        self.touched = Touched(number, words(law, number), looking(law, number))
        self._generation = generation
        self._program = program
        self._share = share
        self._now = now
        self._anew: frozenset[int] = frozenset()
        self._lately: Lately | None = None

    async def too_many(self, plan: Plan) -> str | None:
        """Return why the run must be let through by another client; none where it need not.

        Args:
            plan: What of it is not staged; its rows have their numbers.
        """
        if self.touched.looks:
            return LOOKS
        made = self._generation
        laws = (self._law, made.rules(plan))
        day = day_of(self._now)
        look = Look(made.store, made.writing, self._number, day, laws, plan, self.touched)
        self._anew = await look.barred()
        if not self._anew:
            return None
        self._lately = await Lately.of(made.store, self._program, self._now)
        moment = made.world.moment
        return await self._lately.too_many(
            made.store, self._anew, self._share, self._number, moment, len(self.touched.listed)
        )

    def kept(self) -> Sequence[Kept]:
        """Return what is to be remembered of a run that nobody else has looked at."""
        return [self._lately.with_those(self._anew)] if self._lately else []
