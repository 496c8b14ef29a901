"""Decide proposals: apply one as it was looked at, or reject it."""

from collections.abc import Awaitable, Callable

import strawberry
from strawberry.types import Info

from hub.errors import HubError
from hub.graphql.answered import told
from hub.graphql.context import Request
from hub.graphql.mutations.allowed import check_key, check_reason, deciding
from hub.graphql.proposed import heads, proposals
from hub.graphql.types.proposals import Proposal, ProposalPayload
from hub.oauth.principal import Role, Scope
from hub.store.deeds import By
from hub.sync.decide import Deciding, apply, reject
from hub.sync.feeds import installed
from hub.sync.receipt import Asked, Receipt

Decide = Callable[[Deciding], Awaitable[Receipt]]


@strawberry.type
class ProposalMutations:
    """What operators decide."""

    @strawberry.mutation(
        description=(
            "Applies what a proposal shows, once. A Conflict where it would make another "
            "difference by now: its changes are then shown anew, to be looked at again."
        )
    )
    async def apply_proposal(
        self,
        info: Info[Request, None],
        id: strawberry.ID,  # noqa: A002 - the contract's name
        idempotency_key: str,
    ) -> ProposalPayload:
        """Apply a proposal."""
        store = info.context.store

        async def decide(deciding: Deciding) -> Receipt:
            return await apply(store, installed(), deciding)

        return await _decided(info.context, id, idempotency_key, ["apply"], decide)

    @strawberry.mutation(description="Rejects a proposal; what was sent is forgotten.")
    async def reject_proposal(
        self,
        info: Info[Request, None],
        id: strawberry.ID,  # noqa: A002 - the contract's name
        reason: str,
        idempotency_key: str,
    ) -> ProposalPayload:
        """Reject a proposal."""
        store = info.context.store

        async def decide(deciding: Deciding) -> Receipt:
            check_reason(reason)
            return await reject(store, deciding, reason)

        return await _decided(info.context, id, idempotency_key, ["reject", reason], decide)


async def _decided(
    request: Request, proposal: str, key: str, what: list[str], decide: Decide
) -> ProposalPayload:
    """Return what becomes of a decision, and the proposal as it is then."""
    try:
        client, head, text = await deciding(request, proposal)
        check_key(key)
        asked = Asked.of(client, key, [*what, head.number])
        receipt = await decide(Deciding(head, text, proposal, By.of(client, request.id), asked))
        revision, problems = str(receipt.revision), []
    except HubError as error:
        error.path = tuple(part for part in error.path if part != "input")
        revision, problems = None, [told(error)]
    request.renew()
    return ProposalPayload(
        proposal=await _seen(request, proposal), problems=problems, revision=revision
    )


async def _seen(request: Request, proposal: str) -> Proposal | None:
    """Return a proposal to who may decide it."""
    who = request.principal
    decides = who.role is Role.OPERATOR and Scope.WRITE in who.scopes
    [found] = await heads(request, [proposal], sorted(who.programs) if decides else ())
    [shown] = await proposals(request, [found[0]]) if found else [None]
    return shown
