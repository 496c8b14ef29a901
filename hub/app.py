"""The ASGI application, put together from its parts."""

import secrets
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from http import HTTPStatus
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from hub.admin import door as admin
from hub.answers.desk import Desk
from hub.at_least import HEADER, reached
from hub.audit.heads import witnessed
from hub.audit.shown import shown
from hub.documents.reception import Reception
from hub.documents.template import template
from hub.errors import (
    HubError,
    InvalidInputError,
    InvalidTokenError,
    IssuerUnavailableError,
    OAuthError,
    RevisionNotReachedError,
    StoreUnavailableError,
    UnauthenticatedError,
    UnknownReferenceError,
)
from hub.graphql import explorer, http
from hub.graphql.remembered import remembered
from hub.graphql.schema import schema, text
from hub.graphql.tail import Tail
from hub.graphql.updates import routes as updates
from hub.graphql.updates.door import UpdatesDoor
from hub.http.asked import InFlightError
from hub.http.conditional import Document
from hub.http.counts import Counts
from hub.http.middleware import middleware
from hub.http.readiness import Readiness, StoppingError
from hub.http.refused import RateLimitedError
from hub.jobs.doors import Jobs
from hub.metrics import MEDIA_TYPE, Snapshot
from hub.oauth import routes
from hub.oauth.access import access, well_known
from hub.oauth.ledger import Clock
from hub.settings import Settings
from hub.store.breaker import AGAIN
from hub.store.port import Store

Beside = Callable[[], AbstractAsyncContextManager[None]]
"""Begins what runs in the background, and ends it."""
Endpoint = Callable[[Request], Awaitable[Response]]
"""Answers requests of an address."""
_LATER: Final = 30.0
"""Seconds after which a key set that could not be had is fetched again."""
_TEMPLATE: Final = 500
"""What a template costs, as queries do: so much work is to make one."""
_AUDIT: Final = 100
"""What a page of the audit log costs."""
_AGAIN: Final = {
    HTTPStatus.CONFLICT,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
}
"""What may be otherwise when a client asks again."""
_SDL: Final = Document(text(), "text/plain; charset=utf-8")


def create_app(
    store: Store, settings: Settings, beside: Beside = nullcontext, clock: Clock = time.time
) -> Starlette:
    """Return the hub's application on an open or closed store; it opens and closes it.

    Args:
        store: Where the graph is.
        settings: How it is served.
        beside: What runs beside it, on the open store.
        clock: Tells whether tokens have expired.

    Raises:
        NoRuleError: Of a field of the schema nobody said who may ask for it.
    """
    schema.check()
    metadata = well_known(settings.public_url, "oauth-protected-resource")
    challenge = f'Bearer resource_metadata="{metadata}"'
    counts = Counts()
    door = http.Door(settings, clock, counts)
    jobs = Jobs(settings, counts, clock)
    tail = Tail(store, lambda: app.state.readiness.stopping)
    updating = updates.routes(UpdatesDoor(settings, door, tail, clock), settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        await witnessed(store, settings).open()
        app.state.desk = await Desk.open(store)
        app.state.watching = await Desk.open(remembered(store), app.state.desk)
        try:
            async with (
                access(store, settings, clock) as app.state.access,
                beside(),
                jobs.running(app.state.desk, app.state.access.ledger),
            ):
                yield
        finally:
            await tail.close()
            await store.close()

    async def graphql(request: Request) -> Response:
        if explorer.wanted(request):
            return HTMLResponse(explorer.page(), headers=dict(explorer.headers()))
        principal = await request.app.state.access.guard.admit(request)
        return await door.answer(request, request.app.state.desk, principal)

    async def refused(_request: Request, error: Exception) -> Response:
        """Say that a token is not taken, and where one is to be had (RFC 6750, 9728)."""
        assert isinstance(error, HubError)  # noqa: S101 - registered for no other
        told = challenge
        if error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            word = "invalid_token" if isinstance(error, InvalidTokenError) else "invalid_request"
            told += f', error="{word}", error_description="{error.message}"'
        headers = {"www-authenticate": told, "cache-control": "no-store"}
        return http.problem(error, secrets.token_hex(8), headers)

    app = Starlette(
        routes=[
            Route("/graphql", _at_least(graphql), methods=["GET", "POST"]),
            *updating,
            Route("/graphql/schema.graphql", _SDL.answer),
            Route("/graphql/explorer/{name:path}", _asset),
            Route("/programs/{code}/template.xlsx", _rated(_at_least(_template), _TEMPLATE)),
            Route("/programs/{code}/audit", _rated(_at_least(_audit), _AUDIT)),
            Route("/programs/{code}/documents", _at_least(_documents), methods=["POST"]),
            Route("/jobs/eligibility", _at_least(_job), methods=["POST"]),
            Route("/jobs/{id}", _job, methods=["GET", "DELETE"]),
            Route("/jobs/{id}/{part:path}", _job),
            Route("/livez", _alive),
            Route("/readyz", _ready),
            Route("/metrics", _metrics),
            Route("/", _at_least(graphql)),
            *routes.routes(settings),
            *([_administered(each) for each in admin.ENDPOINTS] if settings.gives_tokens else ()),
        ],
        middleware=middleware(settings.origins, counts, traced=settings.traces is not None),
        lifespan=lifespan,
        exception_handlers={
            HTTPException: _refused,
            StoreUnavailableError: _unavailable,
            StoppingError: _unavailable,
            InvalidTokenError: refused,
            OAuthError: routes.refused,
            InvalidInputError: refused,
            IssuerUnavailableError: _unavailable,
            ClientDisconnect: _gone,
        },
    )

    async def ask() -> None:
        await store.latest()
        await app.state.access.ledger.state()

    app.state.counts = counts
    app.state.rates = door.rates
    app.state.metrics = Snapshot(store, clock)
    app.state.challenge = challenge
    app.state.reception = Reception(settings)
    app.state.jobs = jobs
    app.state.tail = tail
    app.state.settings = settings
    app.state.readiness = Readiness(ask, clock)
    # Where a request came to is known from its Host, which anybody may write.
    app.router.redirect_slashes = False
    return app


def _at_least(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that first waits for the revision that a request may ask for."""

    async def waiting(request: Request) -> Response:
        if HEADER not in request.headers:
            return await endpoint(request)
        try:
            await reached(request.headers, request.app.state.desk.store)
        except InvalidInputError as error:
            return http.problem(error, secrets.token_hex(8))
        except RevisionNotReachedError as error:
            return http.problem(error, secrets.token_hex(8), {"retry-after": "1"})
        return await endpoint(request)

    return waiting


def _rated(endpoint: Endpoint, cost: int) -> Endpoint:
    """Return an endpoint whose answers cost something, out of what one's queries may cost."""

    async def rated(request: Request) -> Response:
        state = request.app.state
        request.state.principal = await state.access.guard.admit(request)
        host = request.client.host if request.client else ""
        account = state.rates.account(request.state.principal, host)
        try:
            async with account.turn():
                account.charge(cost)
                response = await endpoint(request)
        except RateLimitedError as error:
            headers = {"retry-after": str(error.wait)}
            response = http.problem(error, secrets.token_hex(8), headers)
        response.headers.update(account.headers())
        return response

    return rated


async def _asset(request: Request) -> Response:
    """Give a file of the explorer."""
    path = explorer.asset(request.path_params["name"])
    if path is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return FileResponse(path, headers={"cache-control": "public, max-age=86400"})


async def _template(request: Request) -> Response:
    """Give the empty template of a program."""
    try:
        return await template(request.app.state.desk, request.path_params["code"])
    except UnknownReferenceError as error:
        return http.problem(error, secrets.token_hex(8))


async def _audit(request: Request) -> Response:
    """Give the rows of the audit log that concern a program to its operators."""
    state, code = request.app.state, request.path_params["code"]
    address = f"{state.settings.public_url}/programs/{code}/audit"
    try:
        return await shown(
            state.desk.store, request.state.principal, code, request.query_params, address
        )
    except (InvalidInputError, UnknownReferenceError) as error:
        return http.problem(error, secrets.token_hex(8))


async def _documents(request: Request) -> Response:
    """Take a document of a program's operators."""
    state, request_id = request.app.state, secrets.token_hex(8)
    principal = await state.access.guard.admit(request)
    try:
        return await state.reception.take(request, state.desk, principal, request_id)
    except HubError as error:
        again = {"retry-after": "1"} if isinstance(error, InFlightError) else {}
        return _told(request, error, request_id, again)


def _administered(address: str) -> Route:
    """Return the route of what admins alone may do; for all others it is not there."""

    async def answered(request: Request) -> Response:
        access, request_id = request.app.state.access, secrets.token_hex(8)
        principal = await access.guard.admit(request)
        try:
            by = admin.admitted(access, principal, request_id)
            answer = await admin.endpoint(address, request.method)(request, by)
        except HubError as error:
            return _told(request, error, request_id, {"cache-control": "no-store"})
        answer.headers["x-request-id"] = request_id
        return answer

    route = Route(address, answered)
    # Any method comes in: one that is refused would tell that there is such an address.
    route.methods = None
    return route


async def _job(request: Request) -> Response:
    """Take a long list of a client, tell how far it is, or give its answers."""
    state, request_id = request.app.state, secrets.token_hex(8)
    jobs: Jobs = state.jobs
    guard = state.access.guard
    principal = await guard.admit(request)
    account = state.rates.account(principal, request.client.host if request.client else "")
    try:
        if request.method == "POST":
            account.check()
        return await jobs.answer(request, state.desk, principal, guard, account.charge)
    except HubError as error:
        again = {"retry-after": "5"} if error.status in _AGAIN else {}
        return _told(request, error, request_id, again)


def _told(
    request: Request, error: HubError, request_id: str, otherwise: Mapping[str, str]
) -> Response:
    """Say why something is not done, and how or when to ask again.

    Args:
        request: What was asked.
        error: Why.
        request_id: By which it is found in logs.
        otherwise: Headers, where the error itself wants none.
    """
    match error:
        case StoreUnavailableError():
            return _later(error, request_id)
        case RateLimitedError():
            return http.problem(error, request_id, {"retry-after": str(error.wait)})
        case UnauthenticatedError():
            challenge = {"www-authenticate": request.app.state.challenge}
            return http.problem(error, request_id, challenge)
        case _:
            return http.problem(error, request_id, otherwise)


async def _alive(_request: Request) -> Response:
    """Say that the process runs."""
    return PlainTextResponse("ok")


async def _ready(request: Request) -> Response:
    """Say that the hub is ready for more."""
    await request.app.state.readiness.check()
    return PlainTextResponse("ok")


async def _metrics(request: Request) -> Response:
    """Give the ages of feeds, and what is counted of requests."""
    told = await request.app.state.metrics.told()
    counted = request.app.state.counts.exposition()
    return Response(told + counted, media_type=MEDIA_TYPE)


async def _refused(_request: Request, error: Exception) -> Response:
    """Say that there is nothing of that address, or not by that method."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for no other
    status = HTTPStatus(error.status_code)
    request_id = secrets.token_hex(8)
    return http.described(status, status.name, error.detail, request_id, error.headers)


async def _gone(_request: Request, _error: Exception) -> Response:
    """Say nothing to who does not wait for it."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


async def _unavailable(_request: Request, error: Exception) -> Response:
    """Say that the store, or the issuer of a token, does not answer, or that the hub stops."""
    assert isinstance(error, HubError)  # noqa: S101 - likewise
    return _later(error, secrets.token_hex(8))


def _later(error: HubError, request_id: str) -> Response:
    """Say after how many seconds to ask again."""
    wait = AGAIN if isinstance(error, StoreUnavailableError) else _LATER
    return http.problem(error, request_id, {"retry-after": f"{wait:g}"})
