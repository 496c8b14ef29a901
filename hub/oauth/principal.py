"""Who asks, once that is known."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """As what a client asks."""

    ANONYMOUS = "anonymous"
    """Without a token: sees what is public."""
    RESEARCHER = "researcher"
    """What is public, and aggregates."""
    BRAND = "brand"
    """Its own links and lists, too."""
    SUPPLIER = "supplier"
    """Its own standings and links."""
    OPERATOR = "operator"
    """Its own programs."""
    ADMIN = "admin"
    """Clients and keys; of facts what is public."""


class Scope(StrEnum):
    """What a token allows (RFC 6749, section 3.3)."""

    READ = "read"
    WRITE = "write"
    ROUTER = "router"
    """To ask as the router of a federation does."""
    ADMIN = "admin"
    """To keep clients and keys."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks, and what its registration says of it; a claim of a token alone says nothing.

    Attributes:
        client: Id of the client; none for who came without a token.
        role: As what it asks.
        programs: Codes of the programs that it speaks for.
        organization: Reference of the organisation that it asks for.
        scopes: What its token allows and its registration does, too.
        expires_at: When its token expires, in seconds since 1970.
    """

    client: str | None = None
    role: Role = Role.ANONYMOUS
    programs: frozenset[str] = frozenset()
    organization: str | None = None
    scopes: frozenset[Scope] = frozenset()
    expires_at: int | None = None


ANONYMOUS: Final = Principal()
