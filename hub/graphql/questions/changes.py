"""What changed: the feed of all changes, which anybody may replay from any place."""

from collections.abc import Sequence

import strawberry
from strawberry.types import Info

from graph_schema.codes import Kind
from graph_schema.exchange import FACTS
from hub.answers.desk import Sitting
from hub.errors import HubError
from hub.graphql.changed import changed, page
from hub.graphql.context import Request
from hub.graphql.fetched import NOT_GIVEN
from hub.graphql.types.changes import GraphChangeConnection, Made
from hub.store.port import PLACES
from hub.sync.effects import effect


@strawberry.type
class ChangeQuestions:
    """The hub's question for what is new."""

    @strawberry.field(description="The replayable feed of changes, oldest first.")
    async def changes(
        self,
        info: Info[Request, None],
        first: int,
        programs: list[strawberry.ID] | None = NOT_GIVEN,
        after: str | None = NOT_GIVEN,
    ) -> GraphChangeConnection | None:
        request = info.context
        asked = page(request, first, after or None)
        request.take_longer()  # for the page is one of each kind of fact
        sitting = await request.sit()
        chosen = await spoken(sitting, programs or ())
        found = await request.store.changes(FACTS, chosen, sitting.moment, asked)
        rows = changed(request, [(effect(each), Made(each.place // PLACES)) for each in found])
        cursors = [row.cursor or "" for row in rows]
        return GraphChangeConnection.of(rows, cursors, size=first, after=asked.after > 0)


async def spoken(sitting: Sitting, programs: Sequence[str]) -> list[int]:
    """Return the programs whose word is asked for.

    Raises:
        InvalidReferenceError: One is no reference.
        UnknownReferenceError: Nothing goes by one.
    """
    found = await sitting.all_named(programs, [(Kind.PROGRAM,)] * len(programs))
    for at, named in enumerate(found):
        if isinstance(named, HubError):
            named.path = ("programs", str(at))
            raise named
    return list(dict.fromkeys(each.number for each in found if not isinstance(each, HubError)))
