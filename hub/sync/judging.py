"""Judging: who is barred anew, in so many steps at most, while others are answered.

A push of ten thousand vague facts would else keep the process from answering anybody for minutes.
"""

import asyncio
from collections.abc import Hashable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from hub.sync.side import Side

MOST: Final = 300_000
"""Steps that one run is judged in; whom they do not reach counts as barred."""
MOST_OF_ONE: Final = 2_000
"""Steps that one supplier is judged in, in which nobody is answered; likewise."""
BREATH: Final = 1_000
"""Steps after which others get their turn."""


@dataclass
class Judging:
    """Judges suppliers before a run, and after it.

    Attributes:
        told: Of whom the run tells something that may bar them.
        steps: How many steps it took so far.
    """

    before: Side
    after: Side
    told: AbstractSet[int]
    steps: int = 0
    _alike: dict[Hashable, bool] = field(default_factory=dict[Hashable, bool])
    _since: int = 0

    async def anew(self, exposed: AbstractSet[int]) -> AbstractSet[int]:
        """Return who of these is barred who was not, for some product; unjudged all count."""
        found: set[int] = set()
        for subject in sorted(exposed):
            stranger = subject not in self.before.holding
            if stranger and subject not in self.told:
                continue
            if self.steps >= MOST or self._judged(subject, stranger=stranger):
                found.add(subject)
            await self._breathe()
        return found

    def _judged(self, subject: int, *, stranger: bool) -> bool:
        """Whether one is barred anew; those whom alike words concern are judged once."""
        self.steps += 1
        sides = self.before.alike(subject), self.after.alike(subject)
        key = None if None in sides else (stranger, sides)
        if key is not None and key in self._alike:
            return self._alike[key]
        products = self.before.products(subject) | self.after.products(subject)
        once = self.before.effort(subject) + self.after.effort(subject)
        effort = len(products) * once
        if effort > MOST_OF_ONE or self.steps + effort > MOST:
            self.steps += once
            return True
        self.steps += effort
        barred = any(
            self.after.bars(subject, product, stranger=stranger)
            and not self.before.bars(subject, product)
            for product in products
        )
        if key is not None:
            self._alike[key] = barred
        return barred

    async def _breathe(self) -> None:
        """Let others have their turn, once some steps were made since they had it."""
        if self.steps - self._since >= BREATH:
            self._since = self.steps
            await asyncio.sleep(0)
