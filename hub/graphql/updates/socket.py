"""GraphQL over WebSocket, graphql-transport-ws: strawberry's handler within the hub's limits."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import ExitStack, aclosing
from datetime import timedelta
from secrets import token_hex
from typing import Any, Final, cast

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)
from strawberry.types.unset import UNSET

from hub.answers.desk import Desk
from hub.errors import HubError, InvalidInputError
from hub.graphql.http import checked, problem
from hub.graphql.rates import Account
from hub.graphql.schema import schema
from hub.graphql.updates.door import ENDING, UpdatesDoor, ended
from hub.graphql.visitor import BEARER, Known, principal_of
from hub.http.refused import RateLimitedError

PROTOCOL: Final = "graphql-transport-ws"
TO_BEGIN: Final = timedelta(seconds=5)
"""In which a connection must have said who it is."""
MOST_SUBSCRIPTIONS: Final = 20
"""Of one connection."""
LARGEST: Final = 64 * 1024
"""Bytes of a message."""
SLOW: Final = 10.0
"""Seconds after which who does not read what it is told is cut off."""
BAD, EXPIRED, FORBIDDEN = 4400, 4401, 4403
TOO_BIG, TOO_SLOW = 1009, 1008


class Connection:
    """One socket, as strawberry's handler speaks to it."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def iter_json(self) -> AsyncGenerator[object]:
        """Yield messages; what is none ends the connection."""
        while True:
            try:
                message = await self._socket.receive()
            except (WebSocketDisconnect, RuntimeError) as error:
                raise WebSocketDisconnected from error
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnected
            text: str | None = message.get("text")
            if text is None:
                await self.close(BAD, "a message is a text")
            elif len(text.encode()) > LARGEST:
                await self.close(TOO_BIG, f"a message has at most {LARGEST} bytes")
            elif (read := _message(text)) is None:
                await self.close(BAD, "a message is a JSON object of the protocol")
            else:
                yield read
                continue
            raise WebSocketDisconnected

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message; who does not take it in time is cut off."""
        try:
            async with asyncio.timeout(SLOW):
                await self._socket.send_text(orjson.dumps(message).decode())
        except TimeoutError as error:
            await self.close(TOO_SLOW, "what you are told is not read")
            raise WebSocketDisconnected from error
        except (WebSocketDisconnect, RuntimeError, OSError) as error:
            raise WebSocketDisconnected from error

    async def close(self, code: int, reason: str) -> None:
        """Close the connection, unless it is."""
        if self._socket.application_state is not WebSocketState.CONNECTED:
            return
        try:
            async with asyncio.timeout(SLOW):
                await self._socket.close(code, reason)
        except (WebSocketDisconnect, RuntimeError, OSError, TimeoutError):
            pass


class Session(BaseGraphQLTransportWSHandler[Any, None]):
    """One connection: who it is, and what it subscribed to."""

    def __init__(
        self, door: UpdatesDoor, desk: Desk, known: Known, socket: WebSocket, held: ExitStack
    ) -> None:
        """Begin a session.

        Args:
            door: Where its subscriptions come in.
            desk: Where they are put.
            known: Says whose a token is.
            socket: The connection.
            held: Holds its place among those who have not said yet who they are; and once it has,
                that among those of its client.
        """
        super().__init__(
            view=cast("Any", self),
            websocket=cast("Any", Connection(socket)),
            context={},
            root_value=None,
            schema=schema,
            connection_init_wait_timeout=TO_BEGIN,
        )
        self._door = door
        self._desk = desk
        self._known = known
        self._socket = socket
        self._held = held
        self._token: str | None = None
        self._account: Account | None = None
        self._expiry: asyncio.TimerHandle | None = None
        self._asked: dict[str, Mapping[str, Any]] = {}
        self._closing: set[asyncio.Task[None]] = set()

    async def on_ws_connect(self, context: Mapping[str, Any]) -> object:
        """Find out who connects, and how long its token is good."""
        self._token = _token(self._socket, context.get("connection_params") or {})
        principal = await principal_of(self._known, self._token)
        self._account = self._door.account(principal, _address(self._socket))
        with self._held.pop_all():
            self._held.enter_context(self._door.held.connected(self._account))
        if principal.expires_at is not None:
            loop = asyncio.get_running_loop()
            left = max(0.0, principal.expires_at - self._door.clock())
            self._expiry = loop.call_later(left, self._end, EXPIRED, "the token has expired")
        return UNSET

    async def handle_connection_init(self, message: Any) -> None:  # noqa: ANN401
        """Let somebody in, or say why not."""
        try:
            await super().handle_connection_init(message)
        except HubError as error:
            code = FORBIDDEN if isinstance(error, InvalidInputError) else ended(error)
            await self.websocket.close(code=code, reason=_short(error.message))

    async def handle_subscribe(self, message: Any) -> None:  # noqa: ANN401
        """Take a subscription, unless there are too many."""
        if self.connection_acknowledged and len(self.operations) >= MOST_SUBSCRIPTIONS:
            told = f"{MOST_SUBSCRIPTIONS} subscriptions are held already; complete one of them"
            refused = {"message": told, "extensions": {"code": "LIMIT_EXCEEDED"}}
            gone: Any = {"id": message["id"], "type": "error", "payload": [refused]}
            await self.send_message(gone)
            return
        payload: Any = message["payload"]
        if message["id"] not in self.operations:
            self._asked[message["id"]] = payload
        named: Any = {**message, "payload": {"query": "", **payload}}
        await super().handle_subscribe(named)

    async def cleanup_operation(self, operation_id: str) -> None:
        """Let go of a subscription."""
        self._asked.pop(operation_id, None)
        await super().cleanup_operation(operation_id)

    async def run_operation(self, operation: Operation[Any, None]) -> None:
        """Tell what a subscription is told, until it is over."""
        assert self._account is not None  # noqa: S101 - nobody subscribes before it is known
        asked = checked(self._asked.pop(operation.id))
        found = self._door.answers(self._desk, self._known, self._token, self._account, asked)
        try:
            async with aclosing(found):
                async for told in found:
                    sort = "error" if told.refused else "next"
                    payload = told.body["errors"] if told.refused else told.body
                    said: Any = {"id": operation.id, "type": sort, "payload": payload}
                    await operation.send_operation_message(said)
            over: Any = {"id": operation.id, "type": "complete"}
            await operation.send_operation_message(over)
        except ENDING as error:
            await self.websocket.close(code=ended(error), reason=_short(error.message))
        except WebSocketDisconnected:
            self._end(TOO_SLOW, "what you are told is not read")

    async def shutdown(self) -> None:
        """Let go of everything."""
        if self._expiry is not None:
            self._expiry.cancel()
        await super().shutdown()

    def _end(self, code: int, reason: str) -> None:
        """Close the connection soon."""
        task = asyncio.create_task(self.websocket.close(code=code, reason=reason))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def serve(
    door: UpdatesDoor, desk: Desk, known: Known, socket: WebSocket, origins: frozenset[str]
) -> None:
    """Serve one connection to its end.

    Args:
        door: Where its subscriptions come in.
        desk: Where they are put.
        known: Says whose a token is.
        socket: The connection.
        origins: Where pages come from that may connect; what is no page says no origin.
    """
    origin = socket.headers.get("origin")
    if origin is not None and origin.lower() not in origins:
        await socket.close(code=FORBIDDEN, reason="pages of this origin may not connect")
        return
    if "access_token" in socket.query_params:
        why = "a token stands in the address, where logs keep it: revoke it"
        await socket.close(code=FORBIDDEN, reason=why)
        return
    if PROTOCOL not in socket.scope.get("subprotocols", ()):
        await socket.close(code=4406, reason=f"speak {PROTOCOL}")
        return
    with ExitStack() as held:
        try:
            held.enter_context(door.held.unsaid(_address(socket)))
        except RateLimitedError as error:
            refused = problem(error, token_hex(8), {"retry-after": str(error.wait)})
            await socket.send_denial_response(refused)
            return
        await socket.accept(subprotocol=PROTOCOL)
        await Session(door, desk, known, socket, held).handle()


def _address(socket: WebSocket) -> str:
    return socket.client.host if socket.client else ""


def _token(socket: WebSocket, given: Mapping[str, Any]) -> str | None:
    """Return the token that a connection brought, in its first message or in its header.

    Raises:
        InvalidInputError: What it brought is none.
    """
    said = given.get("authorization", given.get("Authorization"))
    if said is None:
        said = socket.headers.get("authorization")
    if said is None:
        return None
    scheme, _, token = said.partition(" ") if isinstance(said, str) else ("", "", "")
    if scheme.lower() != BEARER or not token.strip():
        msg = "the authorization of a connection is Bearer and a token"
        raise InvalidInputError(msg)
    return token.strip()


def _message(text: str) -> Mapping[str, Any] | None:
    """Return a message whose parts are of the right kinds; none where it is no such."""
    try:
        read: Any = orjson.loads(text)
        if not isinstance(read["type"], str):
            return None
        if read["type"] in {"subscribe", "complete"} and not isinstance(read["id"], str):
            return None
        if read["type"] == "subscribe":
            checked(read["payload"])
    except (orjson.JSONDecodeError, KeyError, TypeError, IndexError, InvalidInputError):
        return None
    return cast("dict[str, Any]", read)


def _short(reason: str) -> str:
    """Return a reason as long as one may be: 123 bytes."""
    return reason.encode()[:120].decode(errors="ignore")
