"""Proposals, which are there for the operators of their program alone."""

from collections.abc import Sequence
from typing import cast

import strawberry
from strawberry.types import Info

from graph_schema.codes import Kind
from hub.errors import UnknownReferenceError
from hub.graphql.context import Request
from hub.graphql.cursors import ROOT
from hub.graphql.fetched import NOT_GIVEN
from hub.graphql.proposed import programs, proposals, visible
from hub.graphql.questions.programs import listed
from hub.graphql.types.connections import Connection
from hub.graphql.types.proposals import Proposal
from hub.sync.proposal import every


@strawberry.type
class ProposalQuestions:
    """Questions about what waits."""

    @strawberry.field(description="What a client of a program sent, for its operators alone.")
    async def proposal(self, info: Info[Request, None], id: strawberry.ID) -> Proposal | None:
        [found] = await visible(info.context, [id])
        if found is None:
            raise UnknownReferenceError(id, path=("id",))
        return found

    @strawberry.field(description="What clients of a program sent, the oldest first, likewise.")
    async def proposals(
        self,
        info: Info[Request, None],
        program: strawberry.ID,
        first: int,
        after: str | None = NOT_GIVEN,
    ) -> Connection[Proposal] | None:
        request = info.context
        given = {"first": first, "after": after, "program": program}
        page = request.page("proposals", given, (ROOT,))
        sitting = await request.sit()
        named = await sitting.named(program, Kind.PROGRAM, argument="program")
        code = sitting.law.programs[named.number].code
        if code not in programs(request):
            raise UnknownReferenceError(program, path=("program",))
        heads = await every(request.store, code)
        made = await proposals(request, heads)
        return cast("Connection[Proposal]", listed(request, cast("Sequence[Proposal]", made), page))
