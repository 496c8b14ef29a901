"""Limits: how much a query may ask for at once, and what is said of one that asks for more."""

from dataclasses import dataclass
from typing import Final

from hub.errors import InvalidInputError
from hub.oauth.principal import Principal

LARGEST: Final = 1024 * 1024
"""Bytes of a request that brings no list of suppliers or entities."""
LONGER: Final = 6
"""How many times as long a question about a list, or for changes, may take."""
LONGEST: Final = 16 * 1024
"""Bytes of a query's text; long lists go into variables."""
MOST_TOKENS: Final = 1_000
DEEPEST: Final = 10
"""Levels of fields."""
DEEPEST_SCHEMA: Final = 16
"""The same below `__schema` and `__type`."""
MOST_NESTED: Final = 40
"""Levels of braces, those of fragments included."""
MOST_ROOT_FIELDS: Final = 20
MOST_ALIASES: Final = 30
MOST_ALIKE: Final = 20
"""Fields of one response key in one selection."""
MOST_BESIDE: Final = 200
"""Fields in one selection, those of fragments included."""
MOST_DIRECTIVES: Final = 20
MOST_FRAGMENTS: Final = 20
MOST_OPERATIONS: Final = 5
MOST_ROWS: Final = 500
"""Rows of one page; a question that asks for more is refused by itself."""
MOST_ITEMS: Final = 10_100
"""Members of all lists and objects that are given: ten thousand suppliers, and the rest."""
MOST_KEYS: Final = 4
"""Members of an object by which a router names one entity: its type, and keys of it."""
DEEPEST_VARIABLES: Final = 32
"""Levels of lists and objects that are given."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one query may cost.

    Attributes:
        cost: Of all questions but those about the client's own lists.
        lists: Of those about its own lists.
        rows: How many suppliers or entities these lists may have together.
        advice: What one may do who wants more.
    """

    cost: int = 20_000
    lists: int = 200_000
    rows: int = MOST_ITEMS
    advice: str = "ask in parts"


@dataclass(frozen=True, slots=True)
class Budgets:
    """What the queries of all may cost."""

    known: Budget
    anonymous: Budget

    def of(self, principal: Principal) -> Budget:
        """Return the budget of who asks."""
        return self.anonymous if principal.client is None else self.known


def budgets(anonymous_cost: int, anonymous_rows: int) -> Budgets:
    """Return the budgets, with what is set for those who come without a token."""
    advice = "ask in parts, or with a token"
    return Budgets(Budget(), Budget(anonymous_cost, rows=anonymous_rows, advice=advice))


class LimitExceededError(InvalidInputError):
    """A query that asks for too much at once; the message names the limit."""

    code = "LIMIT_EXCEEDED"


def at_most(limit: int, found: int, what: str, remedy: str = "") -> None:
    """Refuse a query that has more of something than the limit.

    Raises:
        LimitExceededError: It has.
    """
    if found > limit:
        msg = f"the query has {found:,} {what}, the limit is {limit:,}"
        raise LimitExceededError(f"{msg}; {remedy}" if remedy else msg)
