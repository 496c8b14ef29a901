"""The authorization server over HTTP, and what tells clients of it (RFC 8414, 9728).

Its addresses come from the settings: `Host` and `X-Forwarded-*` are what anybody writes.
"""

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.errors import DeadlineExceededError, OAuthError, Refusal
from hub.issuers import STRONG
from hub.oauth.access import Access, Server, well_known
from hub.oauth.clients import Client
from hub.oauth.keys import MAX_AGE, published
from hub.oauth.principal import Scope
from hub.oauth.throttle import neighbourhood
from hub.settings import Settings
from hub.store.deadline import within

FORM: Final = "application/x-www-form-urlencoded"
SENDING: Final = 10.0
"""Seconds in which a form must have come."""
_MOST_BYTES: Final = 16_384
_MOST_FIELDS: Final = 20
_SERVER: Final = "oauth-authorization-server"
_RESOURCE: Final = "oauth-protected-resource"
_KEYS: Final = "/.well-known/jwks.json"
_SECRET: Final = {"cache-control": "no-store", "pragma": "no-cache"}
_PUBLIC: Final = {"cache-control": f"public, max-age={MAX_AGE}"}


def routes(settings: Settings) -> list[Route]:
    """Return the routes of what the settings have of it."""
    resource = orjson.dumps(_resource(settings))

    async def protected(_request: Request) -> Response:
        return _json(resource, _PUBLIC)

    found = [Route(_path(settings, _RESOURCE), protected)]
    if not settings.gives_tokens:
        return found
    server = orjson.dumps(_metadata(settings))

    async def metadata(_request: Request) -> Response:
        return _json(server, _PUBLIC)

    return [
        *found,
        Route(_path(settings, _SERVER), metadata),
        Route(_KEYS, _key_set),
        Route("/oauth/token", _token, methods=["POST"]),
        Route("/oauth/revoke", _revoke, methods=["POST"]),
    ]


def refused(_request: Request, error: Exception) -> Response:
    """Return a refusal as RFC 6749 writes it, section 5.2."""
    assert isinstance(error, OAuthError)  # noqa: S101 - registered for no other
    body = {"error": error.error, "error_description": error.message}
    headers = dict(_SECRET)
    if error.challenge:
        headers["www-authenticate"] = error.challenge
    if error.retry_after:
        headers["retry-after"] = str(error.retry_after)
    return _json(orjson.dumps(body), headers, error.told_as)


async def _token(request: Request) -> Response:
    """Give a token."""
    server = _server(request)
    client, form = await _client(request, server)
    if wait := server.by_client.wait(client.id):
        raise _too_often(wait)
    return _json(orjson.dumps(await server.tokens.give(client, form)), _SECRET)


async def _revoke(request: Request) -> Response:
    """Take a token back."""
    server = _server(request)
    client, form = await _client(request, server)
    request_id = secrets.token_hex(8)
    await server.tokens.revoke(client, form, request_id)
    return Response(headers={**_SECRET, "x-request-id": request_id})


async def _key_set(request: Request) -> Response:
    """Give the public keys, the next one among them."""
    access: Access = request.app.state.access
    return _json(orjson.dumps(published((await access.ledger.state()).keys)), _PUBLIC)


async def _client(request: Request, server: Server) -> tuple[Client, Mapping[str, str]]:
    """Return who sends a form, and the form.

    Raises:
        OAuthError: It comes too often, is no form, or does not show who sends it.
    """
    host = request.client.host if request.client else ""
    if wait := server.by_address.wait(neighbourhood(host)):
        raise _too_often(wait)
    form = await _form(request)
    given = request.headers.getlist("authorization")
    if len(given) > 1:
        msg = "there are two headers Authorization; send one"
        raise OAuthError(Refusal.INVALID_REQUEST, msg)
    return await server.credentials.client(form, given[0] if given else None), form


async def _form(request: Request) -> Mapping[str, str]:
    """Return the fields of a form; an empty one counts as not sent (RFC 6749, section 3.2).

    Raises:
        OAuthError: It is no form, too large, has a field twice, or stands in the address.
    """
    if request.url.query:
        msg = "the address has a question mark; send everything in the body"
        raise OAuthError(Refusal.INVALID_REQUEST, msg)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        msg = f"the content type is not {FORM}"
        raise OAuthError(Refusal.INVALID_REQUEST, msg)
    body = await _body(request)
    try:
        fields = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        msg = "the body is no form of at most 20 fields"
        raise OAuthError(Refusal.INVALID_REQUEST, msg) from None
    form = dict(fields)
    if len(form) != len(fields):
        msg = "a field of the form is sent twice"
        raise OAuthError(Refusal.INVALID_REQUEST, msg)
    return {name: value for name, value in form.items() if value}


async def _body(request: Request) -> bytes:
    """Return the body of a request.

    Raises:
        OAuthError: It is too large, or does not come in time.
    """
    body = bytearray()
    try:
        async with within(SENDING):
            async for chunk in request.stream():
                body += chunk
                if len(body) > _MOST_BYTES:
                    msg = f"the form is larger than {_MOST_BYTES} bytes"
                    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
                    raise OAuthError(Refusal.INVALID_REQUEST, msg, status)
    except DeadlineExceededError as error:
        msg = f"the form has not come within {SENDING:g} seconds"
        raise OAuthError(Refusal.INVALID_REQUEST, msg, HTTPStatus.REQUEST_TIMEOUT) from error
    return bytes(body)


def _metadata(settings: Settings) -> dict[str, Any]:
    """Return the metadata of the authorization server (RFC 8414)."""
    url = settings.public_url
    methods = {
        "auth_methods_supported": ["private_key_jwt", "client_secret_basic"],
        "auth_signing_alg_values_supported": list(STRONG),
    }
    return {
        "issuer": url,
        "token_endpoint": f"{url}/oauth/token",
        "revocation_endpoint": f"{url}/oauth/revoke",
        "jwks_uri": f"{url}{_KEYS}",
        "scopes_supported": list(Scope),
        "response_types_supported": [],
        "grant_types_supported": ["client_credentials"],
        **{f"token_endpoint_{name}": value for name, value in methods.items()},
        **{f"revocation_endpoint_{name}": value for name, value in methods.items()},
    }


def _resource(settings: Settings) -> dict[str, Any]:
    """Return the metadata of the API (RFC 9728)."""
    own = [settings.public_url] if settings.gives_tokens else []
    return {
        "resource": settings.public_url,
        "authorization_servers": [*own, *(each.issuer for each in settings.issuers)],
        "scopes_supported": list(Scope),
        "bearer_methods_supported": ["header"],
        "resource_name": "WSR Hub",
    }


def _path(settings: Settings, name: str) -> str:
    return urlsplit(well_known(settings.public_url, name)).path


def _server(request: Request) -> Server:
    access: Access = request.app.state.access
    assert access.server is not None  # noqa: S101 - these routes are there only with it
    return access.server


def _too_often(wait: int) -> OAuthError:
    status = HTTPStatus.TOO_MANY_REQUESTS
    msg = "tokens are asked for too often; keep one until it expires"
    return OAuthError(Refusal.TEMPORARILY_UNAVAILABLE, msg, status, retry_after=wait)


def _json(body: bytes, headers: Mapping[str, str], status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(body, int(status), headers, "application/json")
