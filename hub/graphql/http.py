"""GraphQL over HTTP: POST takes JSON, GET takes queries, and a browser gets the explorer."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, cast

import orjson
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from hub.answers.desk import Desk
from hub.errors import DeadlineExceededError, HubError, InvalidInputError
from hub.graphql import errors
from hub.graphql.context import Request
from hub.graphql.guard import check_given
from hub.graphql.limits import budgets
from hub.graphql.negotiation import Accepted
from hub.graphql.rates import Rates
from hub.graphql.schema import schema
from hub.graphql.trusted import id_of, read
from hub.http.body import body_of
from hub.http.counts import Counts
from hub.http.media import JSON, PROBLEM, check_plain, media_type
from hub.http.refused import RateLimitedError, UnsupportedMediaTypeError
from hub.oauth.ledger import Clock
from hub.oauth.principal import Principal, Scope
from hub.settings import Environment, Settings
from hub.spans import span
from hub.store.deadline import within

SENDING: Final = 30.0
"""Seconds in which a request must have come."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that is one of GraphQL over HTTP.

    Attributes:
        given: Its query, or the id of its document, variables, name of the operation, and
            extensions.
        size: Bytes that it took.
    """

    given: Mapping[str, Any]
    size: int


class Door:
    """Where queries come in."""

    def __init__(self, settings: Settings, clock: Clock, counts: Counts) -> None:
        self._most_bytes = settings.most_body_bytes
        self._open = settings.environment is Environment.DEV
        self._seconds = settings.deadline_seconds
        self._budgets = budgets(settings.anonymous_cost, settings.anonymous_rows)
        self.rates = Rates(settings, clock)
        self.documents = read(settings.trusted_documents, schema.plain())
        self._counts = counts
        counts.watch(self.rates.under_way)

    async def answer(self, http: HttpRequest, desk: Desk, principal: Principal) -> Response:
        """Answer a GraphQL request of somebody, who is charged for it whatever becomes of it."""
        request_id = secrets.token_hex(8)
        account = self.rates.account(principal, http.client.host if http.client else "")
        request = Request(
            desk,
            principal=principal,
            budget=self._budgets.of(principal),
            request_id=request_id,
        )
        request.tells_schema = self._open or principal.client is not None
        request.routes = self._open or Scope.ROUTER in principal.scopes
        try:
            async with account.turn():
                try:
                    response = await self._answer(http, request)
                finally:
                    cost = account.charge(request.cost)
                    self._counts.charged(cost, known=principal.client is not None)
        except RateLimitedError as error:
            response = problem(error, request_id, {"retry-after": str(error.wait)})
        except (InvalidInputError, DeadlineExceededError) as error:
            response = problem(error, request_id)
        except ClientDisconnect:
            # Nobody waits for an answer; it is no fault of ours, and not to be logged as one.
            response = Response(status_code=HTTPStatus.BAD_REQUEST)
        response.headers.update(account.headers())
        return response

    async def _answer(self, http: HttpRequest, request: Request) -> Response:
        """Answer a query within the time that it has.

        Raises:
            InvalidInputError: It is none.
            DeadlineExceededError: There is no answer in time.
        """
        asked = await asked_by(http, self._most_bytes)
        async with within(self._seconds) as deadline:
            request.size, request.deadline = asked.size, deadline
            query, request.refusal = self.documents.settled(asked.given, request.principal)
            return await _answer(http, request, {**asked.given, "query": query})


async def _answer(http: HttpRequest, request: Request, asked: Mapping[str, Any]) -> Response:
    """Answer a query within the budget of who asks."""
    operations = {OperationType.QUERY}
    if http.method == "POST":
        operations.add(OperationType.MUTATION)
    try:
        with span("answer_query"):
            result = await schema.execute(
                asked["query"],
                variable_values=asked.get("variables"),
                operation_name=asked.get("operationName"),
                context_value=request,
                allowed_operation_types=operations,
            )
    except InvalidOperationTypeError as error:
        refused = _not_allowed(error.operation_type, http.method)
        allowed = "POST" if error.operation_type is OperationType.MUTATION else ""
        return problem(refused, request.id, {"allow": allowed})
    body: dict[str, Any] = {}
    if result.errors:
        body["errors"] = errors.shown(result.errors, request.id)
    if result.data is not None or not result.errors or any(e.path for e in result.errors):
        body["data"] = result.data
    if "data" in body:
        body["extensions"] = {"cost": request.cost}
    accepted = Accepted(http.headers.get("accept", ""))
    status = accepted.status(answered="data" in body, errors=result.errors or ())
    headers = {"x-request-id": request.id, "vary": "accept"}
    return Response(orjson.dumps(body), status, headers, accepted.media_type)


def problem(error: HubError, request_id: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error outside GraphQL."""
    told = errors.told(error, request_id)
    return described(error.status, error.code, told, request_id, headers)


def described(
    status: HTTPStatus,
    code: str,
    detail: str,
    request_id: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return an error outside GraphQL as RFC 9457 writes it."""
    body = {
        "type": "about:blank",
        "title": code.replace("_", " ").capitalize(),
        "status": int(status),
        "detail": detail,
        "code": code,
        "requestId": request_id,
    }
    shown = {**(headers or {}), "x-request-id": request_id}
    return Response(orjson.dumps(body), int(status), shown, PROBLEM)


async def asked_by(http: HttpRequest, most_bytes: int) -> Asked:
    """Return what a request asks.

    Raises:
        InvalidInputError: The request is not one of GraphQL over HTTP; the message says why.
    """
    if http.method in {"GET", "HEAD"}:
        given: dict[str, Any] = dict(http.query_params)
        for name in ("variables", "extensions"):
            if name in given:
                given[name] = _json(given[name].encode(), name)
        return Asked(checked(given), len(http.url.query))
    _check_type(http.headers)
    body = await body_of(http, most_bytes, SENDING)
    return Asked(checked(_json(body, "body")), len(body))


def _check_type(headers: Headers) -> None:
    """Refuse a body that is not plain JSON in UTF-8.

    Raises:
        UnsupportedMediaTypeError: The message says what to send.
    """
    content_type = media_type(headers)
    if content_type != JSON:
        msg = f"the content type is {content_type or 'not given'}; send {JSON}"
        raise UnsupportedMediaTypeError(msg)
    check_plain(headers)


class NotAllowedError(InvalidInputError):
    """A kind of operation that the method does not carry."""

    code = "METHOD_NOT_ALLOWED"
    status = HTTPStatus.METHOD_NOT_ALLOWED


def _not_allowed(operation: OperationType, method: str) -> HubError:
    """Return why an operation is not carried out."""
    if operation is OperationType.MUTATION:
        return NotAllowedError(f"{method} carries queries alone; send a mutation by POST")
    return NotAllowedError(f"{method} carries no {operation.value}")


def _json(text: bytes, what: str) -> Any:  # noqa: ANN401
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        msg = f"{what}: this is not JSON: {error}"
        raise InvalidInputError(msg) from error


def checked(given: Any) -> Mapping[str, Any]:  # noqa: ANN401
    """Return a request whose parts are of the right kinds."""
    if not isinstance(given, dict):
        msg = "the request is not a JSON object; batches are not taken"
        raise InvalidInputError(msg)
    request = cast("Mapping[str, Any]", given)
    for name, kind, what in _PARTS:
        if request.get(name) is not None and not isinstance(request[name], kind):
            msg = f"{name} is not {what}"
            raise InvalidInputError(msg)
    if not request.get("query") and id_of(request) is None:
        msg = 'there is no query; send {"query": "{ revision { id } }"}'
        raise InvalidInputError(msg)
    check_given(request.get("extensions") or {}, "extensions")
    return request


_PARTS: Final = (
    ("query", str, "a string"),
    ("documentId", str, "a string"),
    ("variables", dict, "an object"),
    ("operationName", str, "a string"),
    ("extensions", dict, "an object"),
)
