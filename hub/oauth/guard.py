"""The guard of the API: from a request's bearer token to who asks (RFC 6750, 9068)."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from starlette.requests import HTTPConnection

from hub.errors import InvalidInputError, InvalidTokenError
from hub.issuers import Issuer
from hub.oauth import jose
from hub.oauth.clients import revoked
from hub.oauth.jose import LEEWAY, BadTokenError, Token
from hub.oauth.ledger import Clock, Ledger
from hub.oauth.principal import ANONYMOUS, Principal
from hub.oauth.sources import Source

MOST_VERIFIED: Final = 10_000
"""Tokens that are remembered as genuine."""
_TYPES: Final = frozenset({"at+jwt", "application/at+jwt"})


@dataclass(frozen=True, slots=True)
class Trusted:
    """An issuer whose tokens are taken.

    Attributes:
        own: Whether it is the hub itself.
    """

    settings: Issuer
    audience: str
    source: Source
    own: bool = False


@dataclass(frozen=True, slots=True)
class _Verified:
    """What a genuine token says."""

    trusted: Trusted
    client: str
    jti: str
    expires_at: float
    scopes: frozenset[str]


class Guard:
    """Lets requests in, and says as whom."""

    def __init__(self, trusted: Sequence[Trusted], ledger: Ledger, clock: Clock) -> None:
        self._trusted = {each.settings.issuer: each for each in trusted}
        self._ledger = ledger
        self._clock = clock
        self._verified: OrderedDict[bytes, _Verified] = OrderedDict()

    async def admit(self, connection: HTTPConnection) -> Principal:
        """Return who asks; without a token that is anybody.

        Raises:
            InvalidInputError: A token stands in the address, or there are two of them.
            InvalidTokenError: The token is not taken.
            IssuerUnavailableError: Whether it is genuine cannot be found out now.
        """
        if "access_token" in connection.query_params:
            msg = "a token stands in the address, where logs keep it: revoke it, and send another "
            raise InvalidInputError(msg + "in the header Authorization")
        given = connection.headers.getlist("authorization")
        if not given:
            return ANONYMOUS
        if len(given) > 1:
            msg = "there are two headers Authorization; send one"
            raise InvalidInputError(msg)
        scheme, _, token = given[0].partition(" ")
        if scheme.lower() != "bearer":
            msg = "the scheme of the header Authorization is not Bearer"
            raise InvalidTokenError(msg)
        return await self.known(token.strip())

    async def known(self, text: str) -> Principal:
        """Return whose a token is.

        Raises:
            InvalidTokenError: It is not taken.
            IssuerUnavailableError: Whether it is genuine cannot be found out now.
        """
        try:
            return await self._principal(await self._remembered(text))
        except BadTokenError as error:
            msg = f"the token is not taken: {error}"
            raise InvalidTokenError(msg) from None

    async def _principal(self, found: _Verified) -> Principal:
        """Return what the registration of a token's client says of it, while the token is good.

        Raises:
            BadTokenError: It has expired or was revoked, or its client is none.
        """
        if found.expires_at + LEEWAY <= self._clock():
            msg = "it has expired"
            raise BadTokenError(msg)
        state = await self._ledger.state()
        issuer = None if found.trusted.own else found.trusted.settings.issuer
        client = state.clients.get((issuer, found.client))
        if client is None:
            msg = "its client is not registered here, or no longer"
            raise BadTokenError(msg)
        if found.trusted.own and revoked(found.jti) in state.revoked:
            msg = "it was revoked"
            raise BadTokenError(msg)
        return Principal(
            client=client.id,
            role=client.role,
            programs=frozenset(client.programs),
            organization=client.organization,
            scopes=frozenset(scope for scope in client.scopes if scope in found.scopes),
            expires_at=int(found.expires_at),
        )

    async def _remembered(self, text: str) -> _Verified:
        """Return what a genuine token says, read only once."""
        digest = hashlib.sha256(text.encode()).digest()
        found = self._verified.get(digest)
        if found is None:
            found = await self._checked(jose.read(text))
            self._verified[digest] = found
            if len(self._verified) > MOST_VERIFIED:
                self._verified.popitem(last=False)
        return found

    async def _checked(self, token: Token) -> _Verified:
        """Return what a token says, if it is genuine, meant for the hub, and of now.

        Raises:
            BadTokenError: It is not.
        """
        issuer = token.claims.get("iss")
        trusted = self._trusted.get(issuer) if isinstance(issuer, str) else None
        if trusted is None:
            msg = "its issuer is not trusted here"
            raise BadTokenError(msg)
        typ = token.header.get("typ")
        if trusted.settings.typ != "any" and str(typ).lower() not in _TYPES:
            msg = "its typ is not at+jwt"
            raise BadTokenError(msg)
        keys = await trusted.source.keys(token.header.get("kid"))
        jose.verify(token, keys, trusted.settings.algorithms)
        return self._said(token.claims, trusted)

    def _said(self, claims: Any, trusted: Trusted) -> _Verified:  # noqa: ANN401 - JSON
        """Check the claims of a genuine token.

        Raises:
            BadTokenError: One is missing or wrong.
        """
        audience = claims.get("aud")
        listed = cast("list[Any]", audience) if isinstance(audience, list) else [audience]
        if trusted.audience not in listed:
            msg = "its aud is not this hub"
            raise BadTokenError(msg)
        expires_at, issued_at = jose.instant(claims, "exp"), jose.instant(claims, "iat")
        if expires_at is None or issued_at is None:
            msg = "it has no exp or no iat"
            raise BadTokenError(msg)
        if max(issued_at, jose.instant(claims, "nbf") or 0) > self._clock() + LEEWAY:
            msg = "it is not good yet"
            raise BadTokenError(msg)
        jose.text(claims, "sub")
        return _Verified(
            trusted=trusted,
            client=jose.text(claims, trusted.settings.client_claim),
            jti=jose.text(claims, trusted.settings.jti_claim),
            expires_at=expires_at,
            scopes=_scopes(claims.get(trusted.settings.scope_claim)),
        )


def _scopes(claim: object) -> frozenset[str]:
    """Return the scopes of a claim, written as one text or as a list."""
    listed = claim.split() if isinstance(claim, str) else claim
    if not isinstance(listed, list):
        return frozenset()
    return frozenset(each for each in cast("list[object]", listed) if isinstance(each, str))
