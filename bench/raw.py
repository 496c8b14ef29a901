"""The raw queries: the same facts, fetched from a store without the hub between.

They are given what the hub must find out first: numbers in place of ids, whose facts bear on the
subjects asked about (they themselves, their operators and groups), the revision, and no viewer's
rights but `visible`. What is fetched is left as the driver gives it.
"""

from collections.abc import Sequence
from typing import Any, Final, Protocol

from hub.store.columns import CLOSING_COLUMNS, PLACE_COLUMNS
from hub.store.port import OPEN

SITE: Final = (*PLACE_COLUMNS, "region", *CLOSING_COLUMNS)
OFFICE: Final = (*PLACE_COLUMNS, "regions")
SHOWN: Final = ("number", "subject", "program", "track", "state", "since", "observed")
FACTS: Final = ("states", "sites", "offices", "ties", "signatures")
"""What is fetched for a question of eligibility, in this order."""

Fetched = Sequence[Sequence[Any]]


class Raw(Protocol):
    """Raw access to a store."""

    def facts(self, buyer: int, subjects: Sequence[int]) -> Fetched:
        """Return what bears on subjects and a buyer: one list for each of `FACTS`."""
        ...

    def named(self, references: Sequence[str]) -> Sequence[int]:
        """Return the numbers of nodes that go by references."""
        ...

    def shared(self, after: int, size: int, day: int) -> Fetched:
        """Return a page of shared subjects: numbers, states in force, sites, offices."""
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...


def seen(mark: str) -> str:
    """Return the condition that a fact is seen now; `mark` stands before parameters."""
    return (
        f"f.revision_from <= {mark}revision AND f.recorded_from <= {OPEN - 1} "
        f"AND f.revision_until > {mark}revision AND f.visible"
    )


def held(mark: str) -> str:
    """Return the condition that a state holds on the day, as is known now."""
    return (
        f"i.revision_from <= {mark}revision AND i.revision_until > {mark}revision "
        f"AND i.known_until > {OPEN - 1} AND i.visible "
        f"AND i.starts <= {mark}day AND i.ends > {mark}day"
    )
