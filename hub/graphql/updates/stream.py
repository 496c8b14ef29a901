"""GraphQL over server-sent events, distinct connections: each request is one subscription."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import ExitStack, aclosing
from secrets import token_hex
from typing import Any, Final

import orjson
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from hub.answers.desk import Desk
from hub.errors import InvalidInputError
from hub.graphql.http import asked_by, problem
from hub.graphql.updates.door import ENDING, Told, UpdatesDoor
from hub.graphql.visitor import Known
from hub.http.held import HeldStream
from hub.http.refused import RateLimitedError
from hub.oauth.principal import Principal

LARGEST: Final = 64 * 1024
"""Bytes of a request."""
QUIET: Final = 15.0
"""Seconds after which a line is sent where nothing else was, so that nobody hangs up."""
_STILL: Final = b":\n\n"
_COMPLETE: Final = b"event: complete\ndata:\n\n"


async def streamed(
    door: UpdatesDoor, http: HttpRequest, desk: Desk, known: Known, principal: Principal
) -> Response:
    """Answer a request for updates of somebody who was let in.

    It holds its connection from here on, so that no two requests take the last one.
    """
    account = door.account(principal, http.client.host if http.client else "")
    request_id = token_hex(8)
    with ExitStack() as held:
        try:
            account.check()
            held.enter_context(door.held.connected(account))
            asked = await asked_by(http, LARGEST)
        except RateLimitedError as error:
            return problem(error, request_id, {"retry-after": str(error.wait)})
        except InvalidInputError as error:
            account.charge(None)
            return problem(error, request_id)
        token = http.headers.get("authorization", "").partition(" ")[2].strip() or None
        answers = door.answers(desk, known, token, account, asked.given)
        return HeldStream(_events(answers), held.pop_all())


async def _events(answers: AsyncGenerator[Told]) -> AsyncGenerator[bytes]:
    """Yield what a subscription is told as events, until it is over.

    Where its token is not good any more, or the hub stops, the stream ends without an event that
    says so: it may come again, with another token, or to another hub.
    """
    coming: asyncio.Future[Told | None] = asyncio.ensure_future(anext(answers, None))
    try:
        while True:
            done, _ = await asyncio.wait([coming], timeout=QUIET)
            if not done:
                yield _STILL
                continue
            told = coming.result()
            if told is None:
                yield _COMPLETE
                return
            yield _next(told.body)
            coming = asyncio.ensure_future(anext(answers, None))
    except ENDING:
        return
    finally:
        coming.cancel()
        await asyncio.wait([coming])
        async with aclosing(answers):
            pass


def _next(body: Mapping[str, Any]) -> bytes:
    return b"event: next\ndata: " + orjson.dumps(body) + b"\n\n"
