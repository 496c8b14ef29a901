"""Who may write: an operator, of its own programs, with a token that allows it."""

from typing import Final

from graph_schema.codes import Kind
from hub.eligibility.facts import Program
from hub.errors import (
    InvalidInputError,
    InvalidReferenceError,
    NotAllowedError,
    UnknownReferenceError,
)
from hub.graphql.context import Request
from hub.graphql.proposed import heads
from hub.oauth.principal import Role
from hub.oauth.writers import NoOperatorError, check_scope, client_of, operates
from hub.sync.proposal import Proposal
from hub.sync.receipt import LONGEST_KEY, is_key

LONGEST_REASON: Final = 1_000


async def writing(request: Request, program: str) -> tuple[str, Program]:
    """Return the id of the client that writes, and the program for which it may.

    Raises:
        UnauthenticatedError: Nobody says who asks.
        NotAllowedError: It is no operator of the program, or its token does not allow it. Of a
            program that does not exist the same is said.
    """
    who, client = request.principal, client_of(request.principal)
    found = await _program(request, program)
    if found is None or not operates(who, found.code):
        raise NoOperatorError(path=("input", "program"))
    check_scope(who)
    return client, found


async def deciding(request: Request, proposal: str) -> tuple[str, Proposal, str]:
    """Return the id of the client that decides, the proposal, and its head's text.

    Raises:
        UnauthenticatedError: Nobody says who asks.
        NotAllowedError: It is no operator, or its token does not allow it.
        UnknownReferenceError: No program of its has such a proposal.
    """
    who, client = request.principal, client_of(request.principal)
    if who.role is not Role.OPERATOR:
        msg = "the client is no operator of a program"
        raise NotAllowedError(msg)
    check_scope(who)
    [found] = await heads(request, [proposal], sorted(who.programs))
    if found is None:
        raise UnknownReferenceError(proposal, path=("id",))
    return client, *found


def check_key(key: str, *within: str) -> None:
    """Refuse an idempotency key that cannot be one.

    Raises:
        InvalidInputError: It is empty, too long, or does not print.
    """
    if not is_key(key):
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


async def _program(request: Request, reference: str) -> Program | None:
    """Return the program that a reference stands for; none where it stands for none."""
    sitting = await request.sit()
    try:
        named = await sitting.named(reference.removeprefix("wsr:"), Kind.PROGRAM)
    except (InvalidReferenceError, UnknownReferenceError):
        return None
    return sitting.law.programs.get(named.number)
