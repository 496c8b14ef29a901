"""Who holds how many connections, counted before they hold anything."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from hub.graphql.rates import Account
from hub.http.held import one_more
from hub.http.refused import RateLimitedError
from hub.oauth.throttle import neighbourhood

MOST_CONNECTIONS: Final = 20
"""Connections of one client, or of one address without a token."""
MOST_UNSAID: Final = 40
"""Sockets of one address that have not said yet who they are."""
MOST_UNSAID_OF_ALL: Final = 1_000
"""The same of all addresses."""
_SOON: Final = 1
"""Seconds after which to come again."""


class Held:
    """Counts the connections of everybody; a place is taken in the moment in which it is asked."""

    def __init__(self) -> None:
        self._of: Counter[str] = Counter()
        self._unsaid: Counter[str] = Counter()

    @contextmanager
    def connected(self, account: Account) -> Generator[None]:
        """Hold a connection of somebody.

        Raises:
            RateLimitedError: It holds too many.
        """
        if self._of[account.asker] >= MOST_CONNECTIONS:
            msg = f"you hold {MOST_CONNECTIONS} connections; close one, or subscribe over one"
            raise RateLimitedError(msg, _SOON)
        with one_more(self._of, account.asker):
            yield

    @contextmanager
    def unsaid(self, address: str) -> Generator[None]:
        """Hold a socket that has not said yet who it is.

        Raises:
            RateLimitedError: There are too many of its address, or of all.
        """
        asker = neighbourhood(address)
        if self._unsaid[asker] >= MOST_UNSAID or self._unsaid.total() >= MOST_UNSAID_OF_ALL:
            msg = "too many connections have not said yet who they are; come again"
            raise RateLimitedError(msg, _SOON)
        with one_more(self._unsaid, asker):
            yield
