"""What one request sees: one present, one revision, one viewer, whatever it asks."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from graph_schema.codes import Kind
from hub.answers.desk import Desk, Sitting
from hub.answers.profile import Profile
from hub.answers.profiles import profiles
from hub.errors import HubError, InvalidInputError
from hub.graphql.cursors import ROOT, Asked, asked
from hub.graphql.limits import LONGER, MOST_ROWS, Budget
from hub.graphql.types.nodes import Agreement, Commodity, Node, Organization, Program, Worksite
from hub.identity.ids import Numbered
from hub.oauth.principal import ANONYMOUS, Principal
from hub.store.deadline import Deadline
from hub.store.port import Latest, Viewer
from hub.viewing import viewer

_TYPES: Final[Mapping[Kind, type[Node]]] = {
    Kind.PROGRAM: Program,
    Kind.ORGANIZATION: Organization,
    Kind.WORKSITE: Worksite,
    Kind.AGREEMENT: Agreement,
    Kind.COMMODITY: Commodity,
}


class Request:
    """One request: every field of it sees the same revision, and the same instant as now."""

    def __init__(
        self,
        desk: Desk,
        principal: Principal = ANONYMOUS,
        budget: Budget | None = None,
        request_id: str = "",
    ) -> None:
        self.desk = desk
        self.store = desk.store
        self.ids = desk.ids
        self._viewer: Viewer | None = None
        self.principal = principal
        self.id = request_id
        self.budget = budget or Budget()
        self.size = 0
        """Bytes that were sent."""
        self.tells_schema = True
        """Whether questions about the schema are answered."""
        self.routes = True
        """Whether those of a router are."""
        self.deadline: Deadline | None = None
        """By when the answer is wanted; none: whenever it comes."""
        self._longer = False
        self.cost: int | None = None
        """What the query costs; none where it is refused unread."""
        self.refusal: HubError | None = None
        """Why its document is not even read."""
        self.cost_told = 0
        """What each answer of a subscription costs."""
        self.present = datetime.now(UTC)
        self.visitor: Any = None
        """Who subscribes, where updates are asked for (`hub.graphql.visitor`)."""
        self._latest: Latest | None = None
        self._sittings: dict[tuple[Any, ...], Sitting] = {}

    def renew(self, latest: Latest | None = None, present: datetime | None = None) -> None:
        """See the newest revision from here on, as who asks is now.

        Args:
            latest: The newest revision, where the caller knows it.
            present: The present, where others are to have the same.
        """
        self.present = present or datetime.now(UTC)
        self._latest = latest
        self._viewer = None
        self._sittings = {}

    def take_longer(self) -> None:
        """Have more time, once: what is asked takes longer than other questions."""
        if self.deadline is not None and not self._longer:
            self._longer = True
            self.deadline.put_off(self.deadline.seconds * LONGER)

    async def latest(self) -> Latest:
        """Return the newest revision as the request first saw it."""
        if self._latest is None:
            self._latest = await self.store.latest()
        return self._latest

    async def sit(
        self,
        as_of: date | None = None,
        known_at: datetime | None = None,
        revision: int | None = None,
    ) -> Sitting:
        """Return a moment of the request; the same arguments give the same one."""
        latest = await self.latest()
        if self._viewer is None:
            self._viewer = await viewer(self.desk, self.principal, self.present, latest)
        key = (as_of, known_at, revision)
        if key not in self._sittings:
            self._sittings[key] = await self.desk.sit(
                as_of=as_of,
                known_at=known_at,
                revision=revision,
                viewer=self._viewer,
                now=self.present,
                latest=latest,
            )
        return self._sittings[key]

    async def at(self, given: Mapping[str, Any]) -> Sitting:
        """Return the moment that a field's `asOf` and `knownAt` ask for."""
        return await self.sit(given.get("as_of") or None, given.get("known_at") or None)

    def page(self, name: str, given: Mapping[str, Any], parents: Sequence[object]) -> Asked:
        """Return the page that a field's `first` and `after` ask for, one row longer.

        Args:
            name: What the list is called among all lists.
            given: All arguments of the field.
            parents: Below whom it is asked for; (ROOT,) where it has no parent.

        Raises:
            InvalidInputError: `first` is out of bounds, `after` is no cursor of the hub, or one of
                another question.
        """
        size: int = given["first"]
        if not 1 <= size <= MOST_ROWS:
            msg = f"first is {size}; ask for 1 to {MOST_ROWS} rows"
            raise InvalidInputError(msg, path=("first",))
        return asked(self.ids, name, given, size + 1, parents)

    def cursors(self, numbers: Sequence[int], page: Asked, parent: object = ROOT) -> list[str]:
        """Return the cursors of numbers in a list."""
        return self.ids.cursors(numbers, page.binds(parent))

    async def nodes(self, numbers: Sequence[int | None], *, former: bool = True) -> dict[int, Node]:
        """Return nodes by number, as the viewer may see them now, in one round trip.

        Those that nobody describes any more are as they were described last, unless `former` is
        false: a question of the past may be answered with them.
        """
        wanted = sorted({number for number in numbers if number is not None})
        if not wanted:
            return {}
        sitting = await self.sit()
        found = await profiles(sitting, wanted, former=former)
        ids = dict(zip(found, self.ids.many(list(found)), strict=True))
        return {number: self.node(ids[number], profile) for number, profile in found.items()}

    def node(self, public_id: str, profile: Profile) -> Node:
        """Return the GraphQL node of a profile."""
        make: Any = _TYPES[profile.kind]
        return make(id=public_id, number=profile.number, row=profile.row)

    def facts(
        self, make: type[Any], rows: Sequence[Mapping[str, Any]], **more: object
    ) -> list[Any]:
        """Return the GraphQL facts of rows."""
        ids = self.ids.many([row["number"] for row in rows], Numbered.FACT)
        return [make(id=i, row=row, **more) for i, row in zip(ids, rows, strict=True)]


def revision_in(text: str, *path: str) -> int:
    """Return the revision that a client names, as an answer or a write told it.

    Raises:
        InvalidInputError: It is none.
    """
    if not (text.isascii() and text.isdigit()):
        msg = f"{text[:40]!r} is no revision; take one from an answer"
        raise InvalidInputError(msg, path=path)
    return int(text[:18])
