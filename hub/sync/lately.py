"""Lately: whom the clients of a program barred within a day, and whether that is too many.

Each push is looked at with those before it, of whichever client, so that many small ones are held
like a great one. What another client than the sender lets through was looked at, and counts no
more. The record is kept with the generation that bars, under the lock that lets one write at a
time: of two pushes at once the second is looked at with the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import orjson

from graph_schema.codes import Kind
from hub.store.kept import NOTHING, Kept
from hub.store.port import Moment, Sought, Store
from hub.store.rows import day_of

KIND: Final = "barred lately"
"""Kind of the records; the key is the code of the program."""
WITHIN: Final = timedelta(hours=24)
"""How long what a client barred counts with what clients bar then."""
_MICROS: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Lately:
    """Whom clients of a program barred within a day, that nobody else looked at.

    Attributes:
        program: Its code.
        now: The instant of the next write, in microseconds since 1970.
        before: The record as it is.
        barred: When, and whom, by number.
    """

    program: str
    now: int
    before: str
    barred: Sequence[tuple[int, Sequence[int]]]

    @classmethod
    async def of(cls, store: Store, program: str, now: int) -> "Lately":
        """Return what is remembered of a program; the caller holds the lock of writers."""
        text = await store.kept.get(KIND, program)
        since = now - WITHIN // _MICROS
        known: list[tuple[int, list[int]]] = orjson.loads(text) if text else []
        return cls(program, now, text or NOTHING, [each for each in known if each[0] > since])

    async def too_many(
        self, store: Store, anew: frozenset[int], share: float, number: int, moment: Moment
    ) -> str | None:
        """Return why those who would be barred are too many; none where they are not.

        Args:
            store: Where the program's suppliers are counted.
            anew: Who would be barred who is not.
            share: Of its suppliers, so much may be barred within a day; one always may.
            number: Of the program.
            moment: The newest revision.
        """
        everyone = anew.union(*(whom for _, whom in self.barred))
        if not anew or len(everyone) <= 1:
            return None
        day = day_of(self.now)
        counts = [
            await store.count(Sought(kind, [number], (), day), moment)
            for kind in (Kind.ORGANIZATION, Kind.WORKSITE)
        ]
        if len(everyone) <= share * sum(counts):
            return None
        before = len(everyone) - len(anew)
        also = f" beside the {before:,} barred within the last day" if before else ""
        return (
            f"it would bar {len(anew):,} of {sum(counts):,} suppliers{also}, more than {share:.0%}"
        )

    def with_those(self, anew: frozenset[int]) -> Kept:
        """Return the record with those who are barred now."""
        told = orjson.dumps([*self.barred, (self.now, sorted(anew))]).decode()
        return Kept(KIND, self.program, told, instead_of=self.before)
