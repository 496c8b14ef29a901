"""Who may write: an operator, of its own programs, with a token that allows it."""

from collections.abc import Sequence

from hub.errors import NotAllowedError, UnauthenticatedError
from hub.oauth.principal import Principal, Role, Scope


class NoOperatorError(NotAllowedError):
    """A client that is no operator of a program; the same where there is no such program."""

    def __init__(self, *, path: Sequence[str] = ()) -> None:
        super().__init__("the client is no operator of this program", path=path)


def client_of(who: Principal) -> str:
    """Return the id of the client that asks.

    Raises:
        UnauthenticatedError: Nobody says who asks.
    """
    if who.client is None:
        msg = "say who you are: send a token in the header Authorization: Bearer …"
        raise UnauthenticatedError(msg)
    return who.client


def operates(who: Principal, program: str) -> bool:
    """Whether a client is an operator of a program."""
    return who.role is Role.OPERATOR and program in who.programs


def check_scope(who: Principal) -> None:
    """Refuse a client whose token does not allow writing.

    Raises:
        NotAllowedError: It does not.
    """
    if Scope.WRITE not in who.scopes:
        msg = "the token does not allow writing; ask for the scope write"
        raise NotAllowedError(msg)
