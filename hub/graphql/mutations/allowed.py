"""Who may write: an operator, of its own programs, with a token that allows it."""

from typing import Final

from graph_schema.codes import Kind
from hub.eligibility.facts import Program
from hub.errors import (
    InvalidInputError,
    InvalidReferenceError,
    NotAllowedError,
    UnauthenticatedError,
    UnknownReferenceError,
)
from hub.graphql.context import Request
from hub.graphql.proposed import heads
from hub.oauth.principal import Role, Scope
from hub.sync.proposal import Proposal

LONGEST_KEY: Final = 255
LONGEST_REASON: Final = 1_000


async def writing(request: Request, program: str) -> tuple[str, Program]:
    """Return the id of the client that writes, and the program for which it may.

    Raises:
        UnauthenticatedError: Nobody says who asks.
        NotAllowedError: It is no operator of the program, or its token does not allow it. Of a
            program that does not exist the same is said.
    """
    who, client = request.principal, _client(request)
    found = await _program(request, program)
    if who.role is not Role.OPERATOR or found is None or found.code not in who.programs:
        msg = "the client is no operator of this program"
        raise NotAllowedError(msg, path=("input", "program"))
    _may_write(request)
    return client, found


async def deciding(request: Request, proposal: str) -> tuple[str, Proposal, str]:
    """Return the id of the client that decides, the proposal, and its head's text.

    Raises:
        UnauthenticatedError: Nobody says who asks.
        NotAllowedError: It is no operator, or its token does not allow it.
        UnknownReferenceError: No program of its has such a proposal.
    """
    who, client = request.principal, _client(request)
    if who.role is not Role.OPERATOR:
        msg = "the client is no operator of a program"
        raise NotAllowedError(msg)
    _may_write(request)
    [found] = await heads(request, [proposal], sorted(who.programs))
    if found is None:
        raise UnknownReferenceError(proposal, path=("id",))
    return client, *found


def check_key(key: str, *within: str) -> None:
    """Refuse an idempotency key that cannot be one.

    Raises:
        InvalidInputError: It is empty, too long, or does not print.
    """
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        msg = f"an idempotency key has 1 to {LONGEST_KEY} printable characters"
        raise InvalidInputError(msg, path=(*within, "idempotencyKey"))


def check_reason(reason: str, *within: str) -> None:
    """Refuse a reason that is none, or too long.

    Raises:
        InvalidInputError: It is.
    """
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        msg = f"say why, in up to {LONGEST_REASON} characters"
        raise InvalidInputError(msg, path=(*within, "reason"))


def _client(request: Request) -> str:
    """Return the id of the client that asks."""
    client = request.principal.client
    if client is None:
        msg = "say who you are: send a token in the header Authorization: Bearer …"
        raise UnauthenticatedError(msg)
    return client


def _may_write(request: Request) -> None:
    """Refuse a client whose token does not allow it."""
    if Scope.WRITE not in request.principal.scopes:
        msg = "the token does not allow writing; ask for the scope write"
        raise NotAllowedError(msg)


async def _program(request: Request, reference: str) -> Program | None:
    """Return the program that a reference stands for; none where it stands for none."""
    sitting = await request.sit()
    try:
        named = await sitting.named(reference.removeprefix("wsr:"), Kind.PROGRAM)
    except (InvalidReferenceError, UnknownReferenceError):
        return None
    return sitting.law.programs.get(named.number)
