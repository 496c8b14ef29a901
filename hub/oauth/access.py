"""Everything about access of one served hub, put together from its settings and its store."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from hub.errors import InvalidInputError
from hub.issuers import Issuer
from hub.oauth import keys
from hub.oauth.credentials import Credentials
from hub.oauth.guard import Guard, Trusted
from hub.oauth.ledger import Clock, Ledger
from hub.oauth.sources import Given, Own, Remote, Source
from hub.oauth.throttle import Throttle
from hub.oauth.tokens import Tokens
from hub.settings import Settings
from hub.store.port import Store

BY_ADDRESS: Final = (60, 1.0)
"""Requests of one address to the authorization server: at once, and seconds for each further."""
BY_CLIENT: Final = (20, 10.0)
"""Tokens of one client, likewise: each is good for ten minutes."""


@dataclass(frozen=True, slots=True)
class Server:
    """The authorization server: who asks for tokens, how often, and what is given."""

    credentials: Credentials
    tokens: Tokens
    by_address: Throttle
    by_client: Throttle


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask, and how that is found out."""

    guard: Guard
    ledger: Ledger
    server: Server | None


@asynccontextmanager
async def access(store: Store, settings: Settings, clock: Clock) -> AsyncGenerator[Access]:
    """Yield the access of a hub on an open store.

    Raises:
        InvalidInputError: The keys in the settings cannot be used.
        StoreUnavailableError: Those in the store were sealed with another secret.
    """
    seal = keys.Seal(settings, await store.key()) if settings.gives_tokens else None
    if seal:
        await keys.ensure(store.kept, seal, clock())
    ledger = Ledger(store.kept, seal, clock)
    async with AsyncExitStack() as stack:
        trusted: list[Trusted] = []
        for issuer in settings.issuers:
            source = _source(issuer, clock)
            if isinstance(source, Remote):
                stack.push_async_callback(source.close)
            trusted.append(Trusted(issuer, issuer.audience or settings.public_url, source))
        server = None
        if seal:
            url = settings.public_url
            own = Issuer.model_construct(issuer=url, algorithms=("ES256",))
            trusted.append(Trusted(own, url, Own(ledger), own=True))
            server = Server(
                Credentials(url, ledger, clock),
                Tokens(url, ledger, clock),
                Throttle(*BY_ADDRESS, clock),
                Throttle(*BY_CLIENT, clock),
            )
        yield Access(Guard(trusted, ledger, clock), ledger, server)


def well_known(public_url: str, name: str) -> str:
    """Return the address of metadata: its name goes between host and path (RFC 8414, 9728)."""
    parts = urlsplit(public_url)
    return parts._replace(path=f"/.well-known/{name}{parts.path}").geturl()


def _source(issuer: Issuer, clock: Clock) -> Source:
    if issuer.jwks_uri is not None:
        return Remote(issuer.jwks_uri, clock)
    try:
        given = Given(issuer.jwks)
    except ValueError as error:
        msg = f"HUB_ISSUERS: the jwks of {issuer.issuer}: {error}"
        raise InvalidInputError(msg) from error
    return given
