"""The second port: small records beside the graph, shared by every hub on one store.

Clients, signing keys, identifiers that may be used once, what was revoked. They are no facts: they
have no revisions, stand in no export, and one that has expired is as if it had never been.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from hub.store.deeds import Deed

FOREVER: Final = 2**62
"""When a record expires that does not."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A record; one that is kept with a generation is kept with it, or not at all."""

    kind: str
    key: str
    value: str
    expires_at: int = FOREVER


class Records(Protocol):
    """Records by kind and key; values are JSON texts, instants microseconds since 1970 in UTC.

    Where a deed is given, the audit log tells of it with the hashes of the values before and after:
    both are written, or neither.
    """

    async def put_once(self, record: Kept, *, deed: Deed | None = None) -> bool:
        """Keep a record unless there is one: of all who try at once, in any process, one may.

        Returns:
            Whether it was kept; false where there was one already.

        Raises:
            StoreUnavailableError: The store does not answer; whether it was kept is not known.
        """
        ...

    async def put(self, record: Kept, *, deed: Deed | None = None) -> None:
        """Keep a record in the place of the one there may be."""
        ...

    async def get(self, kind: str, key: str) -> str | None:
        """Return the value of a record; none where there is no such record."""
        ...

    async def all(self, kind: str) -> dict[str, str]:
        """Return the values of all records of a kind by their keys, in the order of the keys."""
        ...

    async def drop(self, kind: str, key: str) -> bool:
        """Forget a record; return whether there was one."""
        ...
