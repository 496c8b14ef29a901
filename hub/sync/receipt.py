"""Receipts: what a client is told of a write, kept in the write's own transaction.

A client that never got its answer asks again with the same key, and gets the first answer. A
receipt and what it is for are written together or not at all, so a retry has no second effect.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, Self

from pydantic import TypeAdapter

from hub.errors import ConflictError
from hub.store.kept import Kept
from hub.store.port import Store
from hub.store.rows import digest

KIND: Final = "receipt"
"""Kind of the records; the key is the client's id and the key that it chose."""
KEPT_FOR: Final = timedelta(days=7)
"""How long a key is remembered."""
LONGEST_KEY: Final = 255
_MICROS: Final = timedelta(microseconds=1)


def is_key(key: str) -> bool:
    """Whether a client may call a request so: 1 to 255 printable characters."""
    return 1 <= len(key) <= LONGEST_KEY and key.isprintable()


class Becomes(StrEnum):
    """What a write makes of one fact."""

    RECORDED = "RECORDED"
    """It was not known before."""
    CHANGED = "CHANGED"
    """It is known otherwise."""
    ENDED = "ENDED"
    """It holds no more from a day on."""
    WITHDRAWN = "WITHDRAWN"
    """It was recorded in error."""
    IDENTITY = "IDENTITY"
    """Two were judged to be one, or one to be two."""
    SYNC = "SYNC"
    """A feed was read."""


class KeyUsedError(ConflictError):
    """A key that stands for another write."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a write made of one fact.

    Attributes:
        word: Which kind of fact.
        fact: Number of the row as it is known now; none where it is withdrawn.
        before: Number of the row as it was known before; none where it was not.
        program: Number of the program whose word it is.
        subject: Number of whom it is about, where it is about somebody.
    """

    becomes: Becomes
    word: str
    fact: int | None
    before: int | None
    program: int
    subject: int | None
    summary: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a write.

    Attributes:
        asked: Digest of what was asked.
        revision: The revision that the write made, or the newest where it changed nothing.
        recorded: For each fact of the request that was new: its place, its number, its kind.
        unchanged: How many were known.
        effects: What it made of facts.
        recorded_at: When, in microseconds since 1970.
        proposal: Number of the proposal that it became or decided, where it is about one.
    """

    asked: str
    revision: int
    recorded: Sequence[tuple[int, int, str]] = ()
    unchanged: int = 0
    effects: Sequence[Effect] = ()
    recorded_at: int = 0
    proposal: int | None = None


_RECEIPT: Final = TypeAdapter(Receipt)


@dataclass(frozen=True, slots=True)
class Asked:
    """A write that a client asks for, and the key by which it may ask again.

    Attributes:
        client: Id of the client.
        key: What the client calls this write.
        digest: Of all that it asks.
    """

    client: str
    key: str
    digest: str

    @classmethod
    def of(cls, client: str, key: str, what: object) -> Self:
        """Return a write of a client."""
        return cls(client, key, digest(what))

    async def before(self, store: Store) -> Receipt | None:
        """Return the receipt of the same write, where it was made already.

        Raises:
            ConflictError: The client used the key for something else.
        """
        text = await store.kept.get(KIND, self._name)
        if text is None:
            return None
        found = _RECEIPT.validate_json(text)
        if found.asked != self.digest:
            msg = f"the key {self.key!r} was used for another write; take a new one for this"
            raise KeyUsedError(msg, path=("input", "idempotencyKey"))
        return found

    def kept(self, receipt: Receipt, *, instead_of: str | None = None) -> Kept:
        """Return the record of a receipt."""
        told = _RECEIPT.dump_json(receipt).decode()
        until = receipt.recorded_at + KEPT_FOR // _MICROS
        return Kept(KIND, self._name, told, until, instead_of)

    @property
    def _name(self) -> str:
        return f"{self.client} {self.key}"
