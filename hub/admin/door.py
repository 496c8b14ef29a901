"""What admins do over HTTP: they keep clients and keys, and nothing else (decision 0039).

For whoever is no admin there are no such addresses. Admins themselves are made and disabled by the
command line alone, and it alone gives credentials to a client that there is.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub.admin.registration import Wanted, made, register, shown
from hub.admin.signing import rotate
from hub.errors import InvalidInputError, NotAllowedError
from hub.http.media import JSON, check_plain, media_type
from hub.http.refused import RateLimitedError, UnsupportedMediaTypeError
from hub.http.upload import received
from hub.oauth.access import Access
from hub.oauth.clients import Client, Registry
from hub.oauth.principal import Principal, Role, Scope
from hub.store.deeds import By

Endpoint = Callable[[Request, By], Awaitable[Response]]
"""Does what an admin asks."""
_MOST_BYTES: Final = 65_536
_Body = TypeVar("_Body", bound=BaseModel)


class Nothing(BaseModel):
    """The body of what needs none."""

    model_config = ConfigDict(extra="forbid")


def admitted(access: Access, who: Principal, request_id: str) -> By:
    """Return as whom an admin acts.

    Raises:
        HTTPException: It is no admin that asks: there is no such address.
        RateLimitedError: It asks too often.
    """
    if who.client is None or who.role is not Role.ADMIN or Scope.ADMIN not in who.scopes:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    assert access.server is not None  # noqa: S101 - an admin has a token of the hub's own
    if wait := access.server.by_client.wait(f"admin {who.client}"):
        msg = "admins ask too often"
        raise RateLimitedError(msg, wait)
    return By.of(who.client, request_id)


async def listed(request: Request, _by: By) -> Response:
    """Show the clients, without their secrets, the oldest first."""
    found = await Registry(request.app.state.desk.store.kept).all()
    found.sort(key=lambda each: (each[0].made_at, each[0].id))
    clients = [shown(client) | {"disabled": disabled} for client, disabled in found]
    return _json({"clients": clients})


async def added(request: Request, by: By) -> Response:
    """Register a client; its secret is shown once.

    Raises:
        HubError: There can be no such client, or it would be an admin.
    """
    client, secret = made(await _body(request, Wanted))
    _check_not_admin(client)
    desk = request.app.state.desk
    await register(desk, Registry(desk.store.kept, by), client)
    _forget(request)
    told = shown(client) | {"disabled": False} | ({"secret": secret} if secret else {})
    return _json(told, HTTPStatus.CREATED)


async def disabled(request: Request, by: By) -> Response:
    """Refuse a client from now on.

    Raises:
        HubError: There is no such client, or it is an admin.
    """
    await _body(request, Nothing)
    registry, id_ = await _registry(request, by)
    await registry.disable(id_)
    _forget(request)
    return _json({"id": id_, "disabled": True})


async def keys_rotated(request: Request, by: By) -> Response:
    """Make new keys for tokens and for the audit log.

    Raises:
        InvalidInputError: The last rotation is not over yet.
    """
    await _body(request, Nothing)
    state = request.app.state
    new = await rotate(state.desk.store, state.settings, by)
    _forget(request)
    told: dict[str, Any] = {"audit": {"kid": new.audit.kid}}
    if new.tokens is not None:
        key, gone_at = new.tokens
        since, until = (datetime.fromtimestamp(at, UTC) for at in (key.signs_from, gone_at))
        told["tokens"] = {"kid": key.kid, "signsFrom": since, "formerGoneAt": until}
    return _json(told)


ENDPOINTS: Final[Mapping[str, Mapping[str, Endpoint]]] = {
    "/clients": {"GET": listed, "HEAD": listed, "POST": added},
    "/clients/{id}/disable": {"POST": disabled},
    "/keys/rotate": {"POST": keys_rotated},
}
"""What admins may do, by address and method."""


def endpoint(address: str, method: str) -> Endpoint:
    """Return what an admin may do at one of the addresses.

    Raises:
        HTTPException: Nothing by that method.
    """
    found = ENDPOINTS[address].get(method)
    if found is None:
        allowed = {"allow": ", ".join(ENDPOINTS[address])}
        raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers=allowed)
    return found


async def _registry(request: Request, by: By) -> tuple[Registry, str]:
    """Return the clients, and the id of the one that the address names.

    Raises:
        NoClientError: There is no such client.
        NotAllowedError: It is an admin.
    """
    registry = Registry(request.app.state.desk.store.kept, by)
    id_: str = request.path_params["id"]
    _check_not_admin(await registry.client(id_))
    return registry, id_


def _check_not_admin(client: Client) -> None:
    """Refuse to make or change an admin.

    Raises:
        NotAllowedError: It is one.
    """
    if client.role is Role.ADMIN:
        msg = "admins are made and disabled by the command line alone: hub clients"
        raise NotAllowedError(msg)


async def _body(request: Request, kind: type[_Body]) -> _Body:
    """Return what a request says; one without a body says nothing.

    Raises:
        InvalidInputError: It is no such JSON object, too large, or not sent in time.
    """
    content = await received(request, _MOST_BYTES)
    if not content:
        content = b"{}"
    elif (given := media_type(request.headers)) != JSON:
        msg = f"the content type is {given[:80] or 'not given'}; send {JSON}"
        raise UnsupportedMediaTypeError(msg)
    check_plain(request.headers)
    try:
        return kind.model_validate(orjson.loads(content))
    except orjson.JSONDecodeError as error:
        msg = f"this is not JSON: {error}"
        raise InvalidInputError(msg) from None
    except ValidationError as error:
        # What was sent is not told again: there may be a private key in it.
        [first, *_] = error.errors(include_input=False, include_context=False, include_url=False)
        place = tuple(str(part) for part in first["loc"])
        msg = f"{'.'.join(place)[:80] or 'the body'}: {first['msg']}"
        raise InvalidInputError(msg, path=place) from None


def _forget(request: Request) -> None:
    """Let what was changed count here at once."""
    access: Access = request.app.state.access
    access.ledger.forget()


def _json(told: object, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(orjson.dumps(told), int(status), {"cache-control": "no-store"}, JSON)
