"""Who may write: an operator, of its own programs, with a token that allows it."""

from hub.eligibility.facts import Program
from hub.errors import NotAllowedError, UnauthenticatedError
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
    sitting = await request.sit()
    codes = {each.code: each for each in sitting.law.programs.values()}
    ids = request.ids.many([each.number for each in codes.values()])
    named = dict(zip(ids, codes.values(), strict=True)) | codes
    found = named.get(program.removeprefix("wsr:"))
    allowed = found is not None and found.code in who.programs
    if who.role is not Role.OPERATOR or found is None or not allowed:
        msg = "the client is no operator of this program"
        raise NotAllowedError(msg, path=("input", "program"))
    if Scope.WRITE not in who.scopes:
        msg = "the token does not allow writing; ask for the scope write"
        raise NotAllowedError(msg)
    return who.client, found
