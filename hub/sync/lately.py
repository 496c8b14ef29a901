"""Lately: whom the clients of a program barred within a day, and whether that is too many.

Each push is looked at with those before it, of whichever client, so that many small ones are held
like a great one. What another client than the sender lets through was looked at, and counts no
more. The record is kept with the generation that bars, under the lock that lets one write at a
time: of two pushes at once the second is looked at with the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import orjson

from graph_schema.codes import Kind
from graph_schema.standing import Standing
from hub.store.kept import NOTHING, Kept
from hub.store.port import PLACES, Moment, Page, Sought, Store
from hub.store.rows import day_of

KIND: Final = "barred lately"
"""Kind of the records; the key is the code of the program."""
WITHIN: Final = timedelta(hours=24)
"""How long what a client barred counts with what clients bar then."""
SETTLED: Final = timedelta(days=30)
"""How long a supplier must be known to make the share greater: one that is invented does not."""
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
        self,
        store: Store,
        anew: frozenset[int],
        share: float,
        number: int,
        moment: Moment,
        listed: int,
    ) -> str | None:
        """Return why those who would be barred are too many; none where they are not.

        Args:
            store: Where the program's suppliers are counted: as known now, or as known a month
                ago, whichever are fewer; of a younger program, those whom it told of first.
            anew: Who would be barred who is not.
            share: Of its suppliers, so much may be barred within a day; one always may.
            number: Of the program.
            moment: The newest revision.
            listed: Of how many the run tells a state; they count where the program told none yet.
        """
        everyone = anew.union(*(whom for _, whom in self.barred))
        if not anew or len(everyone) <= 1:
            return None
        count = await self._share_of(store, number, moment, listed)
        if len(everyone) <= share * count:
            return None
        before = len(everyone) - len(anew)
        also = f" beside the {before:,} barred within the last day" if before else ""
        return f"it would bar {len(anew):,} of {count:,} suppliers{also}, more than {share:.0%}"

    async def _share_of(self, store: Store, number: int, moment: Moment, listed: int) -> int:
        """Return how many suppliers there are, those apart whom clients may have invented."""
        known_at = self.now - SETTLED // _MICROS
        settled = await self._suppliers(store, number, replace(moment, known_at=known_at))
        if not settled:
            first = await store.changes([Standing], [number], moment, Page(1))
            if not first:
                return listed
            began = replace(moment, revision=first[0].place // PLACES)
            settled = await self._suppliers(store, number, began)
        return min(settled, await self._suppliers(store, number, moment))

    async def _suppliers(self, store: Store, number: int, moment: Moment) -> int:
        day = day_of(self.now)
        counts = [
            await store.count(Sought(kind, [number], (), day), moment)
            for kind in (Kind.ORGANIZATION, Kind.WORKSITE)
        ]
        return sum(counts)

    def with_those(self, anew: frozenset[int]) -> Kept:
        """Return the record with those who are barred now."""
        told = orjson.dumps([*self.barred, (self.now, sorted(anew))]).decode()
        return Kept(KIND, self.program, told, instead_of=self.before)
