"""What every door does alike: answers are compressed, pages of others let in, copies confirmed."""

from collections.abc import AsyncGenerator
from typing import Any, Final

import httpx
import pytest

from hub.http.media import GRAPHQL, JSON
from hub.settings import Settings
from hub.store.embedded.store import EmbeddedStore
from tests.graphql.served import URL, Hub, served

pytestmark = pytest.mark.anyio
SCHEMA: Final = "/graphql/schema.graphql"
PAGE: Final = "https://app.example"
BROKEN: Final = ("{", "{ nothing }", "query ($n: Int!) { programs(first: $n) { nodes { id } } }")


@pytest.fixture(scope="module")
async def open_to_a_page() -> AsyncGenerator[Hub]:
    """Serve an empty store to the pages of one origin."""
    async with served(EmbeddedStore(":memory:"), Settings(origins=(PAGE,))) as hub:
        yield hub


async def asked(hub: Hub, query: str, **headers: str) -> httpx.Response:
    """Put a question with headers."""
    return await hub.http.post(URL, json={"query": query}, headers=headers)


@pytest.mark.parametrize("query", BROKEN)
@pytest.mark.parametrize(
    ("accept", "status", "media_type"),
    [
        (GRAPHQL, 400, GRAPHQL),
        (f"{JSON};q=0.9, {GRAPHQL}", 400, GRAPHQL),
        (f"{JSON}, {GRAPHQL};q=0.1", 400, GRAPHQL),
        (JSON, 200, JSON),
        (f"{JSON}; charset=utf-8, {GRAPHQL};q=0", 200, JSON),
        (f"{JSON};q=never", 400, JSON),
        ("*/*", 400, JSON),
        ("text/csv", 400, JSON),
    ],
)
async def test_who_names_json_alone_is_told_of_its_mistakes_with_200(
    bare: Hub, query: str, accept: str, status: int, media_type: str
) -> None:
    response = await asked(bare, query, accept=accept)
    assert response.status_code == status
    assert response.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert response.json().keys() == {"errors"}


async def test_who_names_json_alone_asks_for_no_more_than_others(bare: Hub) -> None:
    query = f"{{ {'revision { id } ' * 21} }}"
    response = await asked(bare, query, accept=JSON)
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd;q=0, gzip;q=0.5", "gzip"),
        ("identity", None),
        ("br", None),
    ],
)
@pytest.mark.parametrize("address", [SCHEMA, URL])
async def test_long_answers_are_compressed_as_is_accepted(
    bare: Hub, accepted: str, coding: str | None, address: str
) -> None:
    params: Any = {"query": "{ __schema { types { name description } } }"} if address == URL else {}
    headers = {"accept-encoding": accepted, "accept": GRAPHQL}
    plain = await bare.http.get(address, params=params, headers={**headers, "accept-encoding": ""})
    async with bare.http.stream("GET", address, params=params, headers=headers) as response:
        raw = b"".join([part async for part in response.aiter_raw()])
    assert response.headers.get("content-encoding") == coding
    assert "accept-encoding" in response.headers["vary"].lower() or coding is None
    assert (len(raw) < len(plain.content) / 2) == bool(coding)
    if coding == "gzip":
        decoded = await bare.http.get(address, params=params, headers=headers)
        assert decoded.content == plain.content


async def test_short_answers_are_sent_as_they_are(bare: Hub) -> None:
    response = await bare.http.post(URL, json={"query": "{ revision { id } }"})
    assert "gzip" in response.request.headers["accept-encoding"]
    assert "content-encoding" not in response.headers


async def test_a_copy_of_the_schema_is_confirmed(bare: Hub) -> None:
    first = await bare.http.get(SCHEMA)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "no-cache"
    for known in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
        again = await bare.http.get(SCHEMA, headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    for other in ('"x"', tag[:-2] + '"', ""):
        again = await bare.http.get(SCHEMA, headers={"if-none-match": other})
        assert (again.status_code, again.content) == (200, first.content)


async def test_pages_of_nobody_else_may_ask(bare: Hub) -> None:
    asking = {"origin": PAGE, "access-control-request-method": "POST"}
    assert (await bare.http.options(URL, headers=asking)).status_code == 405
    response = await asked(bare, "{ revision { id } }", origin=PAGE)
    assert not [name for name in response.headers if name.startswith("access-control")]


async def test_pages_of_a_named_origin_may_ask(open_to_a_page: Hub) -> None:
    http = open_to_a_page.http
    asking = {"origin": PAGE, "access-control-request-method": "POST"}
    sent = "authorization,content-type,hub-at-least,idempotency-key"
    allowed = await http.options(URL, headers={**asking, "access-control-request-headers": sent})
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == PAGE
    assert "access-control-allow-credentials" not in allowed.headers
    for header in ("cookie", "x-other"):
        wanted = {**asking, "access-control-request-headers": header}
        assert (await http.options(URL, headers=wanted)).status_code == 400
    elsewhere = {**asking, "origin": "https://elsewhere.example"}
    assert (await http.options(URL, headers=elsewhere)).status_code == 400

    response = await asked(open_to_a_page, "{ revision { id } }", origin=PAGE)
    assert response.headers["access-control-allow-origin"] == PAGE
    assert "retry-after" in response.headers["access-control-expose-headers"]
    assert response.headers["x-content-type-options"] == "nosniff"
    response = await asked(open_to_a_page, "{", origin="https://elsewhere.example")
    assert "access-control-allow-origin" not in response.headers
