"""Who may write: an operator, of its own programs, with a token that allows it."""

from graph_schema.codes import Kind
from hub.eligibility.facts import Program
from hub.errors import (
    InvalidReferenceError,
    NotAllowedError,
    UnauthenticatedError,
    UnknownReferenceError,
)
from hub.graphql.context import Request
from hub.oauth.principal import Role, Scope


async def writing(request: Request, program: str) -> tuple[str, Program]:
    """Return the id of the client that writes, and the program for which it may.

    Raises:
        UnauthenticatedError: Nobody says who asks.
        NotAllowedError: It is no operator of the program, or its token does not allow it. Of a
            program that does not exist the same is said.
    """
    who = request.principal
    if who.client is None:
        msg = "say who you are: send a token in the header Authorization: Bearer …"
        raise UnauthenticatedError(msg)
    found = await _program(request, program)
    if who.role is not Role.OPERATOR or found is None or found.code not in who.programs:
        msg = "the client is no operator of this program"
        raise NotAllowedError(msg, path=("input", "program"))
    if Scope.WRITE not in who.scopes:
        msg = "the token does not allow writing; ask for the scope write"
        raise NotAllowedError(msg)
    return who.client, found


async def _program(request: Request, reference: str) -> Program | None:
    """Return the program that a reference stands for; none where it stands for none."""
    sitting = await request.sit()
    try:
        named = await sitting.named(reference.removeprefix("wsr:"), Kind.PROGRAM)
    except (InvalidReferenceError, UnknownReferenceError):
        return None
    return sitting.law.programs.get(named.number)
