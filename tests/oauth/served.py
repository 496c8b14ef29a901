"""A served hub with clients and tokens, and a clock that tests turn."""

import time
import warnings
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any, Final
from urllib.parse import quote_plus

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, Key
from joserfc.jws import JWSRegistry
from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from hub.app import create_app
from hub.oauth.clients import Client, Registry, Secret, new_id, new_secret
from hub.oauth.credentials import TYPE
from hub.oauth.guard import Guard
from hub.oauth.principal import Principal, Role, Scope
from hub.settings import Settings
from hub.store.port import Store

ISSUER: Final = "https://idp.example"
HUB: Final = "https://hub.example"
KEY: Final = ECKey.generate_key("P-256", {"kid": "idp-1"})
"""The key of an identity provider."""
OPERATOR: Final = ECKey.generate_key("P-256", {"kid": "op-1"})
"""The key of an operator."""
NOBODY: Final = httpx.Auth()
"""Shows nothing."""
QUERY: Final = "{ revision { id } }"


@dataclass
class Clock:
    """Tells a time that tests may turn."""

    ahead: float = 0.0

    def __call__(self) -> float:
        """Return the time in seconds since 1970."""
        return time.time() + self.ahead


@dataclass
class Hub:
    """A served hub with its store."""

    http: httpx.AsyncClient
    app: Starlette
    store: Store
    clock: Clock

    @property
    def guard(self) -> Guard:
        """The guard of the API."""
        return self.app.state.access.guard

    async def ask(self, token: str | None = None, **headers: str) -> httpx.Response:
        """Put a question with a token."""
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        return await self.http.post("/graphql", json={"query": QUERY}, headers=raw)

    async def principal(self, token: str) -> Principal:
        """Return as whom a token lets in."""
        scope = {
            "type": "http",
            "headers": [(b"authorization", f"Bearer {token}".encode())],
            "query_string": b"",
        }
        return await self.guard.admit(HTTPConnection(scope))

    async def register(self, **fields: Any) -> Client:  # noqa: ANN401 - fields of a client
        """Register a client: an operator of the program alpha, unless told otherwise."""
        client = client_of(**fields)
        await Registry(self.store.kept).add(client)
        self.app.state.access.ledger.forget()
        return client

    async def reader(self) -> tuple[Client, str]:
        """Register a researcher; return its secret, too."""
        secret, kept = new_secret()
        return await self.with_secrets(kept), secret

    async def operator(self, *keys: Key) -> Client:
        """Register an operator that signs with keys; the test's own, unless told otherwise."""
        return await self.register(jwks=key_set(*(keys or (OPERATOR,))))

    async def token(self, client: Client, **fields: str) -> httpx.Response:
        """Ask for a token as an operator that signs, with further fields of the form."""
        now = int(self.clock())
        shown = assertion(client.id, iat=now, exp=now + 60)
        return await self.post("token", **shown, **fields)

    async def given(self, client: Client, **fields: str) -> str:
        """Return the token that an operator gets."""
        answer = await self.token(client, **fields)
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]

    async def post(self, path: str, auth: httpx.Auth = NOBODY, /, **fields: str) -> httpx.Response:
        """Send a form to the authorization server; names the grant of a token by itself."""
        grant = {"grant_type": "client_credentials"} if path == "token" else {}
        form = {name: value for name, value in {**grant, **fields}.items() if value}
        return await self.http.post(f"/oauth/{path}", data=form, auth=auth)

    async def with_secrets(self, *kept: Secret) -> Client:
        """Register a researcher with secrets."""
        return await self.register(
            role=Role.RESEARCHER, programs=(), scopes=(Scope.READ,), secrets=kept
        )


@asynccontextmanager
async def served(store: Store, clock: Clock | None = None, **given: Any) -> AsyncGenerator[Hub]:  # noqa: ANN401
    """Serve a store that is not open yet; settings are as given."""
    clock = clock or Clock()
    # A busy machine may take longer than a client would be let wait.
    given = {"public_url": HUB, "deadline_seconds": 60, **given}
    settings = Settings(**given)
    app = create_app(store, settings, clock=clock)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://whatever.example") as http,
    ):
        yield Hub(http, app, store, clock)


def client_of(**fields: Any) -> Client:  # noqa: ANN401 - fields of a client
    """Return a client: an operator of the program alpha, unless told otherwise."""
    given = {
        "id": new_id(),
        "name": "Example office",
        "role": Role.OPERATOR,
        "programs": ("alpha",),
        "scopes": (Scope.READ, Scope.WRITE),
        "made_at": datetime.now(UTC),
        **fields,
    }
    return Client.model_validate(given)


def basic(client: str, secret: str) -> httpx.BasicAuth:
    """Return the header of a client's id and secret, each written as in a form."""
    return httpx.BasicAuth(quote_plus(client), quote_plus(secret))


def assertion(client: str, key: Key = OPERATOR, /, **changed: Any) -> dict[str, str]:  # noqa: ANN401
    """Return the fields of a form by which a client shows who it is; none leaves a claim out."""
    header = changed.pop("header", {})
    now = int(time.time())
    said = {
        "iss": client, "sub": client, "aud": HUB, "jti": token_hex(8), "iat": now, "exp": now + 60,
        **changed,
    }  # fmt: skip
    told = {name: value for name, value in said.items() if value is not None}
    return {
        "client_assertion_type": TYPE,
        "client_assertion": signed(told, key, **{"typ": "JWT", **header}),
    }


def trusted(**fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the setting of one issuer whose keys are given."""
    given = {"issuer": ISSUER, "jwks": key_set(KEY), **fields}
    return {"issuers": ({name: value for name, value in given.items() if value is not None},)}


def key_set(*keys: Key) -> dict[str, Any]:
    """Return the public key set of keys."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


def claims(**changed: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the claims of a good token of the identity provider; none leaves one out."""
    now = int(time.time())
    given = {
        "iss": ISSUER, "aud": HUB, "sub": "app", "client_id": "app", "jti": "t1", "iat": now,
        "exp": now + 300, "scope": "read write", **changed,
    }  # fmt: skip
    return {name: value for name, value in given.items() if value is not None}


def signed(
    said: Mapping[str, Any] | None = None,
    key: Any = KEY,  # noqa: ANN401
    /,
    **header: Any,  # noqa: ANN401
) -> str:
    """Return a token of some claims, signed by a key; none in the header leaves a part out."""
    given = {"alg": "ES256", "kid": key.kid, "typ": "at+jwt", **header}
    written = {name: value for name, value in given.items() if value is not None}
    registry = JWSRegistry(algorithms=[written["alg"]], strict_check_header=False)
    told = dict(claims() if said is None else said)
    with warnings.catch_warnings(action="ignore"):  # the library likes some algorithms less
        return jwt.encode(written, told, key, registry=registry, default_type=None)
