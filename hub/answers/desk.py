"""The desk: where a question is put, with the store, its law, and who is who behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import cached_property
from typing import Final, TypeVar

from graph_schema.codes import Kind
from graph_schema.texts import folded
from hub.answers.profile import Profile
from hub.eligibility.facts import Commodity, Facts, Law
from hub.errors import HubError, InvalidInputError
from hub.identity.ids import Ids, well_formed
from hub.identity.references import Named, References
from hub.store.bearing import Bearing
from hub.store.cache import Cache, Cached, Room
from hub.store.gather import gather
from hub.store.law import LawBook
from hub.store.port import PUBLIC, Latest, Moment, Store, Viewer
from hub.store.rows import micros

_NEAREST: Final = 5
_LONGEST: Final = 300
"""Characters of a product's name that are looked at; no name is longer."""
_MOST_BEARING: Final = 100_000
"""Facts that are kept as they bear on subjects: 0.6 to 0.9 kilobytes each."""
_MOST_SHOWN: Final = 15_000
"""Facts that are kept of nodes as they are shown: about 2.6 kilobytes each."""
_V = TypeVar("_V")


@dataclass(frozen=True)
class Sitting:
    """One moment at the desk: every question of one request sees the same graph.

    Attributes:
        latest: The newest revision when the sitting began.
        moment: Which facts are seen.
        day: The day asked of, where a question names none.
        law: What holds for every question.
        keeping: Whether what the store tells is kept for later questions.
    """

    desk: "Desk"
    latest: Latest
    moment: Moment
    day: int
    law: Law
    keeping: bool = True

    @cached_property
    def products(self) -> dict[str, int]:
        """The products by folded name, alias and code."""
        found: dict[str, int] = {}
        known = self.law.commodities.values()
        # What is a product's own code is no other's name, and a name is no other's alias.
        for named in (
            ((each.code, each.number) for each in known),
            ((each.name, each.number) for each in known),
            ((alias, each.number) for each in known for alias in each.aliases),
        ):
            for name, number in named:
                found.setdefault(folded(name), number)
        return found

    def product(self, name: str) -> Commodity:
        """Return a product by its name, alias, code, reference or id.

        Raises:
            InvalidInputError: It is not known; the message names the nearest ones.
        """
        plain = folded(name[:_LONGEST].removeprefix("wsr:"))
        number = self.products.get(plain) if len(name) <= _LONGEST else None
        if number is None and well_formed(name):
            number = self.desk.ids.number(name)
        if number is None or number not in self.law.commodities:
            near = get_close_matches(plain, self.products, n=_NEAREST, cutoff=0.4)
            names = dict.fromkeys(
                self.law.commodities[self.products[match]].name.lower() for match in near
            )
            listed = ", ".join(names) or "none; ask for the list of commodities"
            msg = f"the product {name[:80]!r} is not known; the nearest are: {listed}"
            raise InvalidInputError(msg, path=("product",))
        return self.law.commodities[number]

    async def named(self, reference: str, *kinds: Kind, argument: str = "") -> Named:
        """Return what a reference stands for.

        Args:
            reference: As the user writes it.
            kinds: What it may stand for.
            argument: Where it is given, for the error.

        Raises:
            InvalidReferenceError: It is no reference, or its check characters are wrong.
            UnknownReferenceError: Nothing goes by it, or the viewer may not see it.
        """
        [found] = await self.all_named([reference], [kinds])
        if isinstance(found, HubError):
            found.path = found.path or tuple(filter(None, [argument]))
            raise found
        return found

    async def all_named(
        self, references: Sequence[str], kinds: Sequence[Sequence[Kind]]
    ) -> list[Named | HubError]:
        """Return what references stand for, or why they stand for nothing."""
        return await self.desk.references.named(references, self.moment, kinds)

    async def facts(
        self, *, buyers: Sequence[int], subjects: Sequence[int], moment: Moment | None = None
    ) -> Facts:
        """Return what bears on buyers and subjects, as seen by who asks or at another moment."""
        at = moment or self.moment
        kept = self.kept(self.desk.bearing, at)
        return await gather(
            self.desk.store, self.law, buyers=buyers, subjects=subjects, moment=at, kept=kept
        )

    def kept(self, room: Room[_V], moment: Moment) -> Cached[_V]:
        """Return what is kept in a room of a moment of the sitting."""
        return self.desk.cache.at(room, moment, self.latest if self.keeping else None)

    async def known(self, nodes: Sequence[int], kinds: Sequence[Kind]) -> list[Named | HubError]:
        """Return what nodes are, or why they are nothing to who asks."""
        return await self.desk.references.known(nodes, self.moment, kinds)


class Desk:
    """A store, its law and its ids, ready to be asked, and what it keeps between questions.

    Args:
        store: Is asked.
        ids: Its public ids.
        beside: A desk of the same store, with which it shares what is kept.
    """

    def __init__(self, store: Store, ids: Ids, beside: "Desk | None" = None) -> None:
        self.store = store
        self.ids = ids
        self.references = References(store, ids)
        self._book = LawBook(store)
        self.cache: Cache = beside.cache if beside else Cache()
        self.bearing = beside.bearing if beside else self.cache.add(Room[Bearing](_MOST_BEARING))
        self.shown = beside.shown if beside else self.cache.add(Room[Profile](_MOST_SHOWN))

    @classmethod
    async def open(cls, store: Store, beside: "Desk | None" = None) -> "Desk":
        """Return the desk of an open store."""
        return cls(store, Ids(await store.key()), beside)

    async def sit(
        self,
        *,
        as_of: date | None = None,
        known_at: datetime | None = None,
        revision: int | None = None,
        viewer: Viewer = PUBLIC,
        now: datetime | None = None,
        latest: Latest | None = None,
        keeping: bool = True,
    ) -> Sitting:
        """Return a moment at the desk.

        What is kept between questions is seen to be of the newest revision; where there is a later
        one, the store is asked once what it changed.

        Args:
            as_of: The day asked of; today in UTC where not given.
            known_at: As known when; now where not given.
            revision: Of which revision; the newest where not given.
            viewer: Who asks.
            now: The present.
            latest: The newest revision, where the caller knows it.
            keeping: Whether what the store tells is kept for later questions.

        Raises:
            InvalidInputError: There is no such revision.
        """
        present = now or datetime.now(UTC)
        latest = latest or await self.store.latest()
        if revision is not None and not 1 <= revision <= latest.revision:
            msg = f"there is no revision {revision}; the newest is {latest.revision}"
            raise InvalidInputError(msg, path=("atRevision",))
        known = micros(known_at) if known_at else max(micros(present), latest.recorded_at)
        moment = Moment(latest.revision if revision is None else revision, known, viewer)
        law = await self._book.at(moment, latest.law_revision)
        # What was told of an instant that is asked for is kept for nobody who asks of another.
        keeping = keeping and known_at is None
        if keeping:
            await self.cache.renew(self.store, latest)
        day = (as_of or present.date()).toordinal()
        return Sitting(self, latest, moment, day, law, keeping)
