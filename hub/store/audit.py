"""The audit log: who changed what and when, in a chain of rows that nobody changes afterwards.

A row is a JSON text in the canonical form of RFC 8785, its hash the SHA-256 of that text, which
holds the hash of the row before it. A row is written with the change that it tells of, in one
transaction, and all who write at once wait for one another at the head: the chain has no fork.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import orjson

from hub.store.deeds import Action, Actor, By, Deed, sha256
from hub.store.kept import Kept
from hub.store.rows import day_of, instant

FIRST: Final = "0" * 64
"""What the first row has for the hash of the row before it."""
KEYS: Final = "audit-key"
"""Kind of the records of the keys that heads are signed with; the key is a number that grows."""
HEADS: Final = "audit-head"
"""Kind of the records of signed heads; the key is the day, the value the signed text."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row: its number, its instant in microseconds since 1970, and its hash."""

    seq: int = 0
    at: int = 0
    hash: str = FIRST

    @property
    def day(self) -> str:
        """The day of the row, in UTC."""
        return instant(self.at).date().isoformat()


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the log as it lies in the store.

    Attributes:
        seq: Its number; the first is 1, and no number is left out.
        text: All that it says.
        hash: Of the text.
        programs: Whose operators are shown it.
    """

    seq: int
    text: str
    hash: str
    programs: Sequence[str]


class Notary(Protocol):
    """Signs the head of a day that is over."""

    def __call__(self, head: Head, keys: Mapping[str, str], store_key: bytes) -> Sequence[Kept]:
        """Return the signed head as a record, and a new key where there is none to sign with.

        Args:
            head: The last row of the day.
            keys: The records of the keys that there are.
            store_key: The store's own key.

        Raises:
            StoreUnavailableError: The keys were sealed with another secret.
        """
        ...


class Log(Protocol):
    """The rows of a store; they are added by its writes alone."""

    notary: Notary | None
    """Is asked within the first write of each later day; none: days stay unsigned."""

    async def head(self) -> Head:
        """Return the newest row, all rows up to which can be read by then."""
        ...

    async def page(self, after: int, size: int) -> list[Entry]:
        """Return the rows that follow a number, in their order."""
        ...

    async def of_program(self, program: str, after: int, size: int) -> list[Entry]:
        """Return the rows that concern a program and follow a number, in their order."""
        ...

    async def count(self, up_to: int) -> int:
        """Return how many rows there are whose number is not past another, or is none at all."""
        ...

    async def clients(self, revisions: Sequence[int]) -> dict[int, str]:
        """Return the ids of the clients that made revisions; of what no client made, none."""
        ...


def clients(rows: Iterable[tuple[int, Any]]) -> dict[int, str]:
    """Return the clients that the texts of rows tell of, by the revisions that they made."""
    made = {revision: _client(text) for revision, text in rows}
    return {revision: client for revision, client in made.items() if client is not None}


def _client(text: str) -> str | None:
    """Return the client of a row; none where there is none, or somebody wrote over the row."""
    try:
        said: Any = orjson.loads(text)
        client: object = said["client"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return client if isinstance(client, str) else None


def canonical(value: Mapping[str, Any]) -> str:
    """Return an object as RFC 8785 writes it.

    Its names are ASCII, and its values texts, whole numbers below 2**53, null and lists of them:
    of these, sorted and without blanks, there is one way to write them.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def follow(head: Head, deed: Deed, now: int) -> tuple[Head, Entry]:
    """Return the row of a deed behind a head, and the head that it makes.

    Args:
        head: The newest row.
        deed: What is done.
        now: The instant; rows are never earlier than those before them.
    """
    at = max(now, head.at + 1)
    programs = sorted(set(deed.programs))
    said = {
        "seq": head.seq + 1,
        "at": instant(at).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "actor": deed.by.actor.value,
        "client": deed.by.client,
        "action": deed.action.value,
        "programs": programs,
        "subject": deed.subject,
        "before": deed.before,
        "after": deed.after,
        "revision": deed.revision,
        "requestId": deed.by.request,
        "previousHash": head.hash,
        **({} if deed.reason is None else {"reason": deed.reason}),
    }
    text = canonical(said)
    made = Head(head.seq + 1, at, sha256(text))
    return made, Entry(made.seq, text, made.hash, programs)


def made_key() -> Deed:
    """Return the deed of making a key that heads are signed with."""
    return Deed(By(Actor.HUB), Action.MAKE_KEY, subject=KEYS)


def ends_day(head: Head, at: int) -> bool:
    """Whether a row at an instant is the first of a day later than the head's."""
    return head.seq > 0 and day_of(head.at) < day_of(at)
