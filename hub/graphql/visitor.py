"""A visitor: who subscribes, asked anew for each update whether it still may."""

from collections.abc import Awaitable, Callable
from typing import Final

from hub.graphql.context import Request
from hub.graphql.rates import Account
from hub.graphql.tail import Tail
from hub.oauth.principal import ANONYMOUS, Principal
from hub.store.port import Latest

Known = Callable[[str], Awaitable[Principal]]
"""Says whose a token is; raises where it is not taken."""
BEARER: Final = "bearer"


async def principal_of(known: Known, token: str | None) -> Principal:
    """Return as whom somebody asks now.

    Raises:
        InvalidTokenError: Its token is not taken, or no longer.
        IssuerUnavailableError: Whether it is cannot be found out now.
    """
    return ANONYMOUS if token is None else await known(token)


class Visitor:
    """Who subscribes, the tail that it waits at, and the account that it is charged to."""

    def __init__(self, tail: Tail, known: Known, token: str | None, account: Account) -> None:
        self.tail = tail
        self.charged = False
        """Whether anything was charged yet."""
        self._known = known
        self._token = token
        self._account = account

    async def principal(self) -> Principal:
        """Return as whom it asks now, or raise as `principal_of` does."""
        return await principal_of(self._known, self._token)

    def spend(self, cost: int) -> None:
        """Count what is about to be worked out for it.

        Raises:
            RateLimitedError: It asked for too much before.
        """
        self._account.check()
        self.charged = True
        self._account.charge(cost)

    async def see(self, request: Request, latest: Latest) -> None:
        """Let a request see a revision, as whom its visitor is now."""
        request.principal = await self.principal()
        request.renew(latest, self.tail.present())
