"""Where an issuer's keys come from: the settings, its own address, or the hub itself."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final, Protocol

import httpx
import orjson
from joserfc.jwk import Key

from hub.errors import IssuerUnavailableError
from hub.oauth.jose import public_keys
from hub.oauth.ledger import Clock, Ledger

FRESH: Final = 300.0
"""Seconds after which a key set is fetched again, beside the requests that use it."""
STALE: Final = 24 * 3_600.0
"""Seconds for which a key set is good while its address does not answer."""
APART: Final = 30.0
"""Seconds between two fetches, whoever asks for an unknown key."""
_MOST_BYTES: Final = 262_144
_SECONDS: Final = 5.0


class Source(Protocol):
    """Gives the keys of an issuer."""

    async def keys(self, kid: object) -> Sequence[Key]:
        """Return the keys; where none is called so, after looking whether there are new ones.

        Raises:
            IssuerUnavailableError: They are not known and cannot be fetched.
        """
        ...


class Given(Source):
    """Keys that the settings give."""

    def __init__(self, jwks: object) -> None:
        """Take a JWK set.

        Raises:
            ValueError: It is none, or there is no key in it that can be used.
        """
        self._keys = public_keys(jwks)
        if not self._keys:
            msg = "it has no key that can be used"
            raise ValueError(msg)

    async def keys(self, kid: object) -> Sequence[Key]:
        """Return the keys."""
        del kid
        return self._keys


class Own(Source):
    """The hub's own keys."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def keys(self, kid: object) -> Sequence[Key]:
        """Return the keys."""
        del kid
        return [each.key for each in (await self._ledger.state()).keys]


class Remote(Source):
    """Keys at an address, kept in memory."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url
        self._clock = clock
        self._keys: Sequence[Key] = ()
        self._fetched_at = 0.0
        self._tried_at: float | None = None
        self._lock = asyncio.Lock()
        self._beside: asyncio.Task[None] | None = None

    async def keys(self, kid: object) -> Sequence[Key]:
        """Return the keys, fetched anew where that is due."""
        age = self._clock() - self._fetched_at
        if not self._keys or age > STALE:
            await self._fetch_once()
            if not self._keys or self._clock() - self._fetched_at > STALE:
                msg = "the keys of the token's issuer cannot be fetched now; try again in a minute"
                raise IssuerUnavailableError(msg)
        elif kid is not None and all(key.kid != kid for key in self._keys):
            await self._fetch_once()
        elif age > FRESH and (self._beside is None or self._beside.done()):
            self._beside = asyncio.create_task(self._fetch_once())
        return self._keys

    async def close(self) -> None:
        """Let go of a fetch under way."""
        if self._beside is not None:
            self._beside.cancel()
            await asyncio.gather(self._beside, return_exceptions=True)

    async def _fetch_once(self) -> None:
        """Fetch the key set, unless that was tried a moment ago; what fails changes nothing."""
        async with self._lock:
            now = self._clock()
            if self._tried_at is not None and 0 <= now - self._tried_at < APART:
                return
            self._tried_at = now
            if keys := await self._fetched():
                self._keys, self._fetched_at = keys, now

    async def _fetched(self) -> Sequence[Key]:
        """Return the key set at the address; nothing where there is none to be had."""
        try:
            async with (
                asyncio.timeout(_SECONDS),
                httpx.AsyncClient(
                    follow_redirects=False, timeout=_SECONDS, trust_env=False
                ) as client,
                client.stream("GET", self._url, headers={"accept": "application/json"}) as answer,
            ):
                if answer.status_code != HTTPStatus.OK:
                    return ()
                body = bytearray()
                async for chunk in answer.aiter_bytes():
                    body += chunk
                    if len(body) > _MOST_BYTES:
                        return ()
            given: Any = orjson.loads(body)
            return public_keys(given)
        except (httpx.HTTPError, OSError, ValueError):
            return ()
