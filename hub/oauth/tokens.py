"""The tokens that the hub gives (RFC 9068), and takes back (RFC 7009)."""

import secrets
from collections.abc import Mapping
from typing import Any, Final

from joserfc import jwt

from hub.errors import OAuthError, Refusal
from hub.oauth import jose
from hub.oauth.clients import REVOKED, Client, revoked
from hub.oauth.jose import LEEWAY, BadTokenError
from hub.oauth.keys import LIFETIME, signing
from hub.oauth.ledger import Clock, Ledger
from hub.oauth.principal import Scope
from hub.store.deeds import Action, By, Deed
from hub.store.kept import Kept

_MICROS: Final = 1_000_000


class Tokens:
    """Gives tokens to clients, and revokes them."""

    def __init__(self, issuer: str, ledger: Ledger, clock: Clock) -> None:
        self._issuer = issuer
        self._ledger = ledger
        self._clock = clock

    async def give(self, client: Client, form: Mapping[str, str]) -> dict[str, Any]:
        """Return the answer to a request for a token (RFC 6749, section 4.4).

        Raises:
            OAuthError: The grant is another, or the client has not the scopes.
        """
        if (grant := form.get("grant_type")) != "client_credentials":
            if grant is None:
                msg = "there is no grant_type; send client_credentials"
                raise OAuthError(Refusal.INVALID_REQUEST, msg)
            msg = "the grant_type is not client_credentials, the only one there is"
            raise OAuthError(Refusal.UNSUPPORTED_GRANT_TYPE, msg)
        scopes = _scopes(client, form.get("scope"))
        now = int(self._clock())
        key = signing((await self._ledger.state()).keys, now)
        claims = {
            "iss": self._issuer,
            "aud": self._issuer,
            "sub": client.id,
            "client_id": client.id,
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + LIFETIME,
            "scope": scopes,
        }
        header = {"alg": "ES256", "kid": key.kid, "typ": "at+jwt"}
        token = jwt.encode(header, claims, key.key, algorithms=["ES256"], default_type=None)
        told = {"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME}
        return {**told, "scope": scopes}

    async def revoke(self, client: Client, form: Mapping[str, str], request: str) -> None:
        """Take a token back; one that is none, or has expired, needs nothing.

        Args:
            client: Who asks for it.
            form: What it asks.
            request: Id of the request.

        Raises:
            OAuthError: There is no token, or it is another client's.
        """
        if (text := form.get("token")) is None:
            msg = "there is no token to be revoked"
            raise OAuthError(Refusal.INVALID_REQUEST, msg)
        try:
            token = jose.read(text)
            keys = [each.key for each in (await self._ledger.state()).keys]
            jose.verify(token, keys, ("ES256",))
        except BadTokenError:
            return
        if token.claims["client_id"] != client.id:
            msg = "the token was given to another client"
            raise OAuthError(Refusal.UNAUTHORIZED_CLIENT, msg)
        until = (token.claims["exp"] + LEEWAY + 1) * _MICROS
        jti = token.claims["jti"]
        by = By.of(client.id, request)
        deed = Deed(by, Action.REVOKE_TOKEN, client.programs, subject=client.id)
        await self._ledger.records.put(Kept(REVOKED, revoked(jti), "{}", until), deed=deed)
        self._ledger.forget()


def _scopes(client: Client, asked: str | None) -> str:
    """Return the scopes of a new token: those that are asked for, else all of the client's.

    Raises:
        OAuthError: The client has not all of them.
    """
    wanted = client.scopes if asked is None else tuple(dict.fromkeys(asked.split()))
    if not wanted or not set(wanted) <= set(client.scopes):
        msg = f"the client may ask for {' '.join(client.scopes)}; there are {' '.join(Scope)}"
        raise OAuthError(Refusal.INVALID_SCOPE, msg)
    return " ".join(wanted)
