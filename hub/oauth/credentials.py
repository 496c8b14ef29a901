"""How a client shows who it is: a signed assertion (RFC 7523) or a secret (RFC 6749, 2.3.1)."""

import base64
import hashlib
from binascii import Error as Base64Error
from collections.abc import Mapping
from hmac import compare_digest
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote_plus

from hub.errors import OAuthError, Refusal
from hub.issuers import STRONG
from hub.oauth import jose
from hub.oauth.clients import LIVE_SECRETS, Client, digest
from hub.oauth.jose import LEEWAY, BadTokenError, Token, public_keys
from hub.oauth.ledger import Clock, Ledger
from hub.store.kept import Kept

ASSERTION: Final = "assertion"
"""Kind of the records of assertions that were used, which may be once."""
TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_TYPES: Final = frozenset({"jwt", "client-authentication+jwt"})
_LONGEST: Final = 3_600 + 60
"""Seconds for which an assertion may be good."""
_MICROS: Final = 1_000_000
_NO_SECRET: Final = digest("")


class Credentials:
    """Finds out which client sends a request, and tells one that fails nothing of why."""

    def __init__(self, issuer: str, ledger: Ledger, clock: Clock) -> None:
        self._issuer = issuer
        self._ledger = ledger
        self._clock = clock

    async def client(self, form: Mapping[str, str], authorization: str | None) -> Client:
        """Return the client that sends a request.

        Raises:
            OAuthError: It shows in no way, or in two, who it is; or it is not that.
        """
        asserted = "client_assertion" in form or "client_assertion_type" in form
        if asserted + ("client_secret" in form) + (authorization is not None) > 1:
            msg = "the request shows in two ways who sends it; send one"
            raise OAuthError(Refusal.INVALID_REQUEST, msg)
        if authorization is not None:
            return await self._by_secret(authorization, form.get("client_id"))
        if asserted:
            return await self._by_assertion(form)
        raise unknown()

    async def _by_secret(self, authorization: str, named: str | None) -> Client:
        """Return the client whose id and secret a header has.

        Raises:
            OAuthError: There is none.
        """
        given, secret = _basic(authorization)
        client = (await self._ledger.state()).clients.get((None, given))
        known = [each.sha256 for each in client.secrets] if client else []
        hashed = digest(secret)
        # As many comparisons for a client that there is not as for one with two secrets.
        padded = (known + [_NO_SECRET] * LIVE_SECRETS)[:LIVE_SECRETS]
        same = [compare_digest(hashed, each) for each in padded]
        if client is None or not any(same[: len(known)]) or named not in {None, client.id}:
            raise unknown(basic=True)
        return client

    async def _by_assertion(self, form: Mapping[str, str]) -> Client:
        """Return the client whose key signed an assertion that was not used before.

        Raises:
            OAuthError: There is none.
        """
        try:
            token = jose.read(form.get("client_assertion", ""))
            subject = jose.text(token.claims, "sub")
            client = (await self._ledger.state()).clients.get((None, subject))
            keys = public_keys(client.jwks) if client and client.jwks else []
            jose.verify(token, keys, STRONG)
            expires_at = self._check(token, form)
        except BadTokenError:
            raise unknown() from None
        used = hashlib.sha256(f"{subject} {token.claims['jti']}".encode()).hexdigest()
        until = int((expires_at + LEEWAY + 1) * _MICROS)
        once = Kept(ASSERTION, used, "1", until)
        if client is None or not await self._ledger.records.put_once(once):
            raise unknown()
        return client

    def _check(self, token: Token, form: Mapping[str, str]) -> float:
        """Check what a genuine assertion says; return when it expires.

        Raises:
            BadTokenError: Something of it is missing or wrong.
        """
        claims, now = token.claims, self._clock()
        expires_at = jose.instant(claims, "exp") or 0
        begins = max(jose.instant(claims, name) or 0 for name in ("iat", "nbf"))
        jose.text(claims, "jti")
        right = (
            form.get("client_assertion_type") == TYPE,
            str(token.header.get("typ", "JWT")).lower() in _TYPES,
            claims.get("iss") == claims["sub"],
            form.get("client_id") in {None, claims["sub"]},
            claims.get("aud") in (self._issuer, [self._issuer]),
            now < expires_at + LEEWAY,
            expires_at <= now + _LONGEST,
            begins <= now + LEEWAY,
        )
        if not all(right):
            msg = "it is not an assertion for this server and this moment"
            raise BadTokenError(msg)
        return expires_at


def unknown(*, basic: bool = False) -> OAuthError:
    """Return the one answer to every client that is not known, or did not show who it is."""
    msg = "the client is not known here, or did not show who it is"
    challenge = 'Basic realm="hub"' if basic else None
    return OAuthError(Refusal.INVALID_CLIENT, msg, HTTPStatus.UNAUTHORIZED, challenge=challenge)


def _basic(authorization: str) -> tuple[str, str]:
    """Return id and secret of a header, each written as in a form.

    Raises:
        OAuthError: It has none.
    """
    scheme, _, given = authorization.partition(" ")
    try:
        text = base64.b64decode(given.strip(), validate=True).decode()
    except (Base64Error, ValueError):
        raise unknown(basic=True) from None
    id_, colon, secret = text.partition(":")
    if scheme.lower() != "basic" or not colon:
        raise unknown(basic=True)
    return unquote_plus(id_), unquote_plus(secret)
