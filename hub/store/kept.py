"""The second port: small records beside the graph, shared by every hub on one store.

Clients, signing keys, identifiers that may be used once, what was revoked. They are no facts: they
have no revisions, stand in no export, and one that has expired is as if it had never been.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from hub.store.deeds import Deed

FOREVER: Final = 2**62
"""When a record expires that does not."""
NOTHING: Final = ""
"""What is there where there is no record; no value is this."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A record; one that is kept with a generation is kept with it, or not at all.

    Attributes:
        instead_of: The value in whose place it is kept, where it matters; if another is there,
            neither it nor anything with it is kept.
    """

    kind: str
    key: str
    value: str
    expires_at: int = FOREVER
    instead_of: str | None = None


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

    async def put_all(self, records: Sequence[Kept], *, deed: Deed) -> None:
        """Keep records in the places of those there may be, all of them or none.

        The log tells the hashes of the first one's value, and of the one in whose place it is.

        Raises:
            ConflictError: Another value is there than one of them is kept instead of.
        """
        ...

    async def get(self, kind: str, key: str) -> str | None:
        """Return the value of a record; none where there is no such record."""
        ...

    async def some(self, named: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Return the values of those there are of some records, named by kind and key."""
        ...

    async def every(self, kinds: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return by kind the values of all records of it by their keys, in the order of the keys.

        They are of one moment: what is kept together is found together.
        """
        ...

    async def all(self, kind: str) -> dict[str, str]:
        """Return the values of all records of a kind by their keys, in the order of the keys."""
        return (await self.every([kind]))[kind]

    async def drop(self, kind: str, key: str) -> bool:
        """Forget a record; return whether there was one."""
        ...


def by_kind(
    kinds: Iterable[str], found: Iterable[tuple[str, str, str]]
) -> dict[str, dict[str, str]]:
    """Return the values of records by kind and key, from rows of kind, key and value."""
    told: dict[str, dict[str, str]] = {kind: {} for kind in kinds}
    for kind, key, value in found:
        told[kind][key] = value
    return told
