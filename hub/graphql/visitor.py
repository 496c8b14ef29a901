"""A visitor: who subscribes, asked anew for each update whether it still may."""

from collections.abc import Awaitable, Callable
from typing import Final

from hub.graphql.context import Request
from hub.graphql.tail import Tail
from hub.oauth.principal import ANONYMOUS, Principal
from hub.store.port import Latest

Known = Callable[[str], Awaitable[Principal]]
"""Says whose a token is; raises where it is not taken."""
BEARER: Final = "bearer"


class Visitor:
    """Who subscribes, and the tail that it waits at."""

    def __init__(self, tail: Tail, known: Known, token: str | None) -> None:
        self.tail = tail
        self._known = known
        self._token = token

    async def principal(self) -> Principal:
        """Return as whom it asks now.

        Raises:
            InvalidTokenError: Its token is not taken, or no longer.
            IssuerUnavailableError: Whether it is cannot be found out now.
        """
        return ANONYMOUS if self._token is None else await self._known(self._token)

    async def see(self, request: Request, latest: Latest) -> None:
        """Let a request see a revision, as whom its visitor is now."""
        request.principal = await self.principal()
        request.renew(latest, self.tail.present())
