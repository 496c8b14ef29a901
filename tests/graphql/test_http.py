"""GraphQL over HTTP: what is taken, in which words what is not is refused, and the other doors."""

from collections.abc import AsyncGenerator, Iterator
from typing import Any, Final

import httpx
import pytest
from starlette.types import Message

from hub.app import create_app
from hub.graphql.schema import COMMITTED
from hub.http.media import GRAPHQL, JSON, PROBLEM
from hub.settings import Settings
from hub.store.embedded.store import EmbeddedStore
from tests.graphql.served import MOST_BYTES, URL, Hub

pytestmark = pytest.mark.anyio

QUERY: Final = "{ revision { id } }"
COST: Final = {"extensions": {"cost": 1}}
ANSWER: Final = {"data": {"revision": {"id": "0"}}, **COST}
NAMED: Final = "query First { revision { id } } query Second { __typename }"


async def post(hub: Hub, body: Any, **headers: str) -> httpx.Response:  # noqa: ANN401
    """Send a body as JSON."""
    return await hub.http.post(URL, json=body, headers=headers)


async def sent(hub: Hub, body: bytes, content_type: str = JSON) -> httpx.Response:
    """Send a body as it is."""
    return await hub.http.post(URL, content=body, headers={"content-type": content_type})


def refused(response: httpx.Response, status: int, code: str) -> str:
    """Check that a request is refused as a problem; return why."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM
    assert response.headers["x-content-type-options"] == "nosniff"
    problem = response.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["requestId"] == response.headers["x-request-id"]
    assert "Traceback" not in response.text
    return problem["detail"]


def wrong(response: httpx.Response, code: str) -> str:
    """Check that a query is refused before it is answered; return why."""
    assert response.status_code == 400, response.text
    answer = response.json()
    assert answer.keys() == {"errors"}
    [error] = answer["errors"]
    assert error["extensions"]["code"] == code
    assert error["extensions"]["requestId"] == response.headers["x-request-id"]
    return error["message"]


@pytest.mark.parametrize("accept", [None, "*/*", JSON, GRAPHQL, f"{GRAPHQL}, {JSON};q=0.9"])
async def test_a_query_is_answered_in_the_type_that_is_accepted(
    bare: Hub, accept: str | None
) -> None:
    headers = {"accept": accept} if accept else {}
    response = await post(bare, {"query": QUERY}, **headers)
    assert response.status_code == 200
    assert response.json() == ANSWER
    wanted = GRAPHQL if accept and GRAPHQL in accept else JSON
    assert response.headers["content-type"] == f"{wanted}; charset=utf-8"


@pytest.mark.parametrize(
    "content_type",
    [
        JSON,
        "application/json; charset=utf-8",
        "Application/JSON",
        'application/json;charset="UTF-8"',
    ],
)
async def test_json_is_taken(bare: Hub, content_type: str) -> None:
    body = b'{"query": "{ revision { id } }", "variables": null, "operationName": null}'
    response = await sent(bare, body, content_type)
    assert response.json() == ANSWER


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
     "application/graphql", "application/json+x", "text/html",
     "application/json; charset=latin-1", 'application/json;x=1; charset="utf-16"'],
)  # fmt: skip
async def test_no_other_type_is_taken(bare: Hub, content_type: str) -> None:
    response = await sent(bare, b'{"query": "{ revision { id } }"}', content_type)
    assert JSON in refused(response, 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"query"',
        b"\xff\xfe{\x00}\x00",
        b'{"query": "\xff"}',
        b'{"query": "{ revision { id } }"',
        b"{'query': 1}",
        b'{"query": "{ revision { id } }", "variables": {"a": NaN}}',
        b'{"query": "{ revision { id } }", "variables": {"a": Infinity}}',
        b'{"query": "{ revision { id } }", "variables": {"a": %s}}' % (b"9" * 5_000),
        b'{"query": "{ revision { id } }", "variables": %s}' % (b"[" * 5_000 + b"]" * 5_000),
        b"[" * 50_000,
        b'{"query": "{ revision { id } }", "variables": []}',
        b'{"query": "{ revision { id } }", "variables": "{}"}',
        b'{"query": "{ revision { id } }", "operationName": 1}',
        b'{"query": "{ revision { id } }", "extensions": 1}',
        b'{"query": ["{ revision { id } }"]}',
        b'{"query": ""}',
        b'{"query": null}',
        b"{}",
        b'{"Query": "{ revision { id } }"}',
    ],
    ids=lambda body: repr(body[:60]),
)
async def test_a_body_that_is_no_request_is_refused(bare: Hub, body: bytes) -> None:
    assert refused(await sent(bare, body), 400, "INVALID_INPUT")


async def test_batches_are_refused(bare: Hub) -> None:
    response = await post(bare, [{"query": QUERY}, {"query": QUERY}])
    assert "batches" in refused(response, 400, "INVALID_INPUT")


async def test_a_body_over_the_limit_is_refused_before_it_is_read(bare: Hub) -> None:
    padding = MOST_BYTES - len('{"query":"","variables":{"a":""}}') - len(QUERY)
    fits = f'{{"query":"{QUERY}","variables":{{"a":"{"x" * padding}"}}}}'.encode()
    assert len(fits) == MOST_BYTES
    assert (await sent(bare, fits)).json() == ANSWER

    read = 0

    async def endless() -> AsyncGenerator[bytes]:
        nonlocal read
        while True:
            read += 10_000
            yield b"x" * 10_000

    response = await bare.http.post(URL, content=endless(), headers={"content-type": JSON})
    assert str(MOST_BYTES) in refused(response, 413, "TOO_LARGE")
    assert read <= MOST_BYTES + 20_000


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{", "Syntax Error"),
        ("query", "Syntax Error"),
        ("{ revision { id }", "Syntax Error"),
        ("{ nothing }", "nothing"),
        ("{ revision }", "revision"),
        ("{ revision { id(x: 1) } }", "x"),
        ("query ($a: Nothing) { search(text: $a, first: 1) { edges { score } } }", "Nothing"),
        ("{ programs(first: $n) { nodes { id } } }", "$n"),
        ("{ ...missing }", "missing"),
        ("fragment a on Query { ...a } { ...a }", "a"),
        ("fragment a on Query { ...b } fragment b on Query { ...a } { ...a }", "itself"),
        ("mutation { x }", "Mutation"),
    ],
)
async def test_a_query_that_is_none_is_refused(bare: Hub, query: str, message: str) -> None:
    response = await post(bare, {"query": query})
    assert message in wrong(response, "INVALID_QUERY")


async def test_a_value_that_is_missing_or_wrong_is_refused(bare: Hub) -> None:
    query = "query ($n: Int!) { programs(first: $n) { nodes { id } } }"
    wrong_numbers: list[object] = [None, "x", 1.5, 2**40, {}]
    for variables in ({}, *({"n": each} for each in wrong_numbers)):
        response = await post(bare, {"query": query, "variables": variables})
        assert "$n" in wrong(response, "INVALID_INPUT")


async def test_the_operation_that_is_meant_is_answered(bare: Hub) -> None:
    first = await post(bare, {"query": NAMED, "operationName": "First"})
    second = await post(bare, {"query": NAMED, "operationName": "Second"})
    assert first.json() == ANSWER
    assert second.json() == {"data": {"__typename": "Query"}, **COST}


@pytest.mark.parametrize("name", [None, "Third", "", "\0"])
async def test_an_operation_must_be_meant(bare: Hub, name: str | None) -> None:
    response = await post(bare, {"query": NAMED, "operationName": name})
    assert "operation" in wrong(response, "INVALID_INPUT")
    fragments = {"query": "fragment f on Query { __typename }"}
    assert "operation" in wrong(await post(bare, fragments), "INVALID_INPUT")


async def test_get_carries_queries(bare: Hub) -> None:
    query = "query Q($n: Int!) { programs(first: $n) { totalCount } }"
    given = {"query": query, "variables": '{"n": 1}', "operationName": "Q"}
    response = await bare.http.get(URL, params=given)
    assert response.json() == {"data": {"programs": {"totalCount": 0}}, **COST}
    assert (await bare.http.head(URL, params={"query": QUERY})).status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"query": ""},
        {"query": QUERY, "variables": "{"},
        {"query": QUERY, "variables": "[]"},
        {"query": QUERY, "extensions": "1"},
    ],
)
async def test_get_without_a_query_is_refused(bare: Hub, given: dict[str, str]) -> None:
    assert refused(await bare.http.get(URL, params=given), 400, "INVALID_INPUT")


async def test_get_carries_no_mutation(bare: Hub) -> None:
    for query in ("mutation { x }", f"mutation M {{ x }} query Q {QUERY}"):
        given = {"query": query, "operationName": "M"} if "Q" in query else {"query": query}
        response = await bare.http.get(URL, params=given)
        assert "POST" in refused(response, 405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_no_subscription_is_carried(bare: Hub, method: str) -> None:
    query = "subscription { x }"
    if method == "GET":
        response = await bare.http.get(URL, params={"query": query})
    else:
        response = await post(bare, {"query": query})
    assert "subscription" in refused(response, 405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("PUT", URL, 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", URL, 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/livez", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/nothing", 404, "NOT_FOUND"),
        ("GET", "/graphql/nothing", 404, "NOT_FOUND"),
        # A redirect would lead to whatever host the client says it came to.
        ("GET", "/graphql/", 404, "NOT_FOUND"),
        ("GET", "/..%2f..%2fetc%2fpasswd", 404, "NOT_FOUND"),
    ],
)
async def test_what_is_not_there_is_a_problem(
    bare: Hub, method: str, address: str, status: int, code: str
) -> None:
    response = await bare.http.request(method, address)
    assert refused(response, status, code)


async def test_content_that_is_encoded_is_not_taken(bare: Hub) -> None:
    response = await post(bare, {"query": QUERY}, **{"content-encoding": "gzip"})
    assert "gzip" in refused(response, 415, "UNSUPPORTED_MEDIA_TYPE")


async def test_answers_vary_with_what_is_accepted_and_refusals_say_what_is_allowed(
    bare: Hub,
) -> None:
    response = await bare.http.get(URL, params={"query": QUERY})
    assert response.headers["vary"] == "accept"
    response = await bare.http.get(URL, params={"query": "mutation { x }"})
    assert response.headers["allow"] == "POST"


async def test_the_schema_can_be_read(bare: Hub) -> None:
    response = await bare.http.get("/graphql/schema.graphql")
    assert response.text == COMMITTED.read_text(encoding="utf-8")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


async def test_the_schema_can_be_asked_for(bare: Hub) -> None:
    query = '{ __schema { queryType { name } } __type(name: "Verdict") { enumValues { name } } }'
    found = await bare.ask(query)
    assert found["__schema"]["queryType"]["name"] == "Query"
    assert {"name": "INELIGIBLE"} in found["__type"]["enumValues"]


@pytest.mark.parametrize("address", ["/livez", "/readyz"])
async def test_it_is_alive_and_ready(bare: Hub, address: str) -> None:
    response = await bare.http.get(address)
    assert (response.status_code, response.text) == (200, "ok")
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_a_client_that_goes_away_is_no_fault_of_ours() -> None:
    """What is raised here the server would log at length, for anybody who sends half a request."""
    app = create_app(EmbeddedStore(":memory:"), Settings())
    received: Iterator[Message] = iter(
        [
            {"type": "http.request", "body": b'{"query":', "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    sent: list[Message] = []

    async def receive() -> Message:
        return next(received)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": URL,
        "query_string": b"",
        "headers": [(b"content-type", JSON.encode())],
    }
    async with app.router.lifespan_context(app):
        await app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert next(received, None) is None


async def test_every_request_has_an_id_of_its_own(bare: Hub) -> None:
    responses = [await post(bare, {"query": query}) for query in (QUERY, QUERY, "{", "")]
    assert len({response.headers["x-request-id"] for response in responses}) == len(responses)
