"""Proposals as those who may see them see them."""

from collections.abc import Sequence

import strawberry

from hub.graphql.context import Request
from hub.graphql.types.proposals import Proposal
from hub.identity.ids import Numbered, well_formed
from hub.oauth.principal import Role, Scope
from hub.sync.proposal import Proposal as Head
from hub.sync.proposal import found


def programs(request: Request) -> frozenset[str]:
    """Return the codes of the programs whose proposals are there for who asks."""
    who = request.principal
    reads = who.role is Role.OPERATOR and Scope.READ in who.scopes
    return who.programs if reads else frozenset()


async def heads(
    request: Request, ids: Sequence[str], of: Sequence[str]
) -> list[tuple[Head, str] | None]:
    """Return the proposals of some programs that ids stand for, each with its head's text."""
    formed = [each for each in ids if well_formed(each)]
    numbers = dict(zip(formed, request.ids.numbers(formed, Numbered.PROPOSAL), strict=True))
    wanted = sorted({number for number in numbers.values() if number is not None})
    known = await found(request.store, wanted, of)
    return [known.get(numbers.get(each) or 0) for each in ids]


async def visible(request: Request, ids: Sequence[str]) -> list[Proposal | None]:
    """Return the proposals that ids stand for; none for what is not there for who asks."""
    known = await heads(request, ids, sorted(programs(request)))
    made = iter(await proposals(request, [each[0] for each in known if each]))
    return [next(made) if each else None for each in known]


async def proposals(request: Request, heads: Sequence[Head]) -> list[Proposal]:
    """Return proposals as they are shown."""
    if not heads:
        return []
    law = (await request.sit()).law
    numbers = {each.code: each.number for each in law.programs.values()}
    ids = request.ids.many([head.number for head in heads], Numbered.PROPOSAL)
    return [
        Proposal(
            id=strawberry.ID(public_id),
            number=head.number,
            row={"number": head.number},
            head=head,
            program_number=numbers.get(head.program, 0),
        )
        for public_id, head in zip(ids, heads, strict=True)
    ]
