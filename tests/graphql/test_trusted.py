"""Trusted documents: where only known ones are taken, each is named by its hash."""

import hashlib
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from hub.store.embedded.store import EmbeddedStore
from tests.cli.commands import refused
from tests.graphql.served import GRAPHQL, JSON, URL
from tests.graphql.updating import Listening, Subscriber, events, listening
from tests.oauth.served import ISSUER, Hub, claims, served, signed, trusted
from tests.store.worlds import company, program, standing
from tests.visibility.world import tell

pytestmark = pytest.mark.anyio

QUESTION: Final = "query ($first: Int!) { programs(first: $first) { nodes { code } } }"
TWO: Final = "query A { revision { id } } query B { __typename } mutation C { __typename }"
CHANGES: Final = "subscription { standingChanged { after { state } } }"
OTHER: Final = "{ revision { id } }"


def hashed(text: str) -> str:
    """Return the hash of a document."""
    return hashlib.sha256(text.encode()).hexdigest()


def named(text: str) -> str:
    """Return the id of a document."""
    return f"sha256:{hashed(text)}"


def manifest(folder: Path, *texts: str) -> Path:
    """Write a manifest, as the compilers of clients do."""
    path = folder / "documents.json"
    path.write_text(json.dumps({hashed(each): each for each in texts}), "utf-8")
    return path


@pytest.fixture
async def strict(tmp_path: Path) -> AsyncGenerator[Hub]:
    """Serve an empty store to those who ask with known documents alone."""
    path = manifest(tmp_path, QUESTION, TWO)
    store = EmbeddedStore(":memory:")
    async with served(store, trusted_documents=path, **trusted()) as hub:
        yield hub


def error(answer: httpx.Response) -> tuple[int, str, str]:
    """Return the one error of an answer in the form of GraphQL: its status, code and message."""
    [found] = answer.json()["errors"]
    assert answer.json().keys() == {"errors"}
    assert found["extensions"]["requestId"]
    return answer.status_code, found["extensions"]["code"], found["message"]


@pytest.mark.parametrize(
    "how",
    [
        {"documentId": named(QUESTION)},
        {"documentId": named(QUESTION), "query": QUESTION},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hashed(QUESTION)}}},
    ],
)
async def test_a_known_document_is_answered_by_its_id(strict: Hub, how: dict[str, Any]) -> None:
    answer = await strict.http.post(URL, json={**how, "variables": {"first": 5}})
    assert answer.json() == {"data": {"programs": {"nodes": []}}, "extensions": {"cost": 5}}


async def test_get_takes_ids_too_and_carries_no_mutation(strict: Hub) -> None:
    asked = {"documentId": named(TWO), "operationName": "A"}
    assert (await strict.http.get(URL, params=asked)).json()["data"] == {"revision": {"id": "0"}}
    refused = await strict.http.get(URL, params={**asked, "operationName": "C"})
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    asked = {"documentId": named(QUESTION), "variables": '{"first": 5}'}
    assert (await strict.http.get(URL, params=asked)).json()["data"]["programs"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"query": OTHER}, "REQUIRED"),
        ({"query": QUESTION}, "REQUIRED"),
        ({"query": "{"}, "REQUIRED"),
        ({"query": OTHER, "documentId": named(QUESTION)}, "REQUIRED"),
        ({"query": OTHER, "extensions": {"persistedQuery": 1}}, "REQUIRED"),
        ({"query": OTHER, "documentId": named(OTHER)}, "NOT_FOUND"),
        ({"documentId": named(OTHER)}, "NOT_FOUND"),
        ({"documentId": f"x-other:{hashed(QUESTION)}"}, "NOT_FOUND"),
        ({"documentId": named(QUESTION).upper()}, "NOT_FOUND"),
    ],
)
async def test_nothing_else_is_read(strict: Hub, asked: dict[str, Any], code: str) -> None:
    answer = await strict.http.post(URL, json=asked, headers={"accept": GRAPHQL})
    assert error(answer)[:2] == (400, f"PERSISTED_DOCUMENT_{code}")
    answer = await strict.http.post(URL, json=asked, headers={"accept": JSON})
    assert error(answer)[0] == 200  # as all mistakes are told to who names JSON alone


async def test_what_is_no_request_is_none(strict: Hub) -> None:
    for asked in ({}, {"documentId": 1}, {"documentId": ""}, {"documentId": None, "query": ""}):
        answer = await strict.http.post(URL, json=asked)
        assert (answer.status_code, answer.headers["content-type"]) != (200, GRAPHQL)
        assert answer.status_code == 400


async def test_operators_and_routers_ask_what_they_like_and_readers_do_not(strict: Hub) -> None:
    await strict.register(issuer=ISSUER, external_id="app")
    for scope, taken in (("read write", True), ("write", True), ("read", False)):
        headers = {"authorization": f"Bearer {signed(claims(scope=scope))}"}
        answer = await strict.http.post(URL, json={"query": OTHER}, headers=headers)
        assert (answer.status_code == 200) is taken, scope
        asked = {"documentId": named(TWO), "operationName": "A"}
        answer = await strict.http.post(URL, json=asked, headers=headers)
        assert answer.json()["data"] == {"revision": {"id": "0"}}


async def test_nothing_is_known_by_an_id_unless_it_is_said() -> None:
    async with served(EmbeddedStore(":memory:")) as hub:
        answer = await hub.http.post(URL, json={"query": OTHER, "documentId": named(QUESTION)})
        assert answer.json()["data"] == {"revision": {"id": "0"}}
        answer = await hub.http.post(URL, json={"documentId": named(OTHER)})
        assert error(answer)[:2] == (400, "PERSISTED_DOCUMENT_NOT_FOUND")


@pytest.fixture
async def updates(tmp_path: Path) -> AsyncGenerator[Listening]:
    """Serve a small world to subscribers that name what they ask."""
    path = manifest(tmp_path, CHANGES)
    store = EmbeddedStore(str(tmp_path / "hub.db"))
    async with listening(store, trusted_documents=path) as hub:
        await tell(store, [*program("alpha"), company("alpha", "farm", roles=["SUPPLIER"])])
        yield hub


async def test_a_socket_takes_known_documents_alone(updates: Listening) -> None:
    async with Subscriber.connected(updates.url) as subscriber:
        for name, payload, code in (
            ("a", {"query": CHANGES}, "REQUIRED"),
            ("b", {"documentId": named(OTHER)}, "NOT_FOUND"),
        ):
            await subscriber.send({"id": name, "type": "subscribe", "payload": payload})
            told = await subscriber.told()
            assert (told["id"], told["type"]) == (name, "error")
            assert told["payload"][0]["extensions"]["code"] == f"PERSISTED_DOCUMENT_{code}"
        payload = {"documentId": named(CHANGES)}
        for name in ("c", "d"):
            await subscriber.send({"id": name, "type": "subscribe", "payload": payload})
        while updates.app.state.tail.waiting < 2:
            await updates.http.get("/livez")
        await subscriber.send({"id": "d", "type": "complete"})
        await tell(updates.store, [standing("alpha", "alpha:farm", "listed", "2020-01-01")])
        told = await subscriber.told()
        assert told["id"] == "c"
        assert told["payload"]["data"] == {"standingChanged": {"after": {"state": "listed"}}}


async def test_a_stream_takes_known_documents_alone(updates: Listening) -> None:
    found = [each async for each in events(updates, CHANGES)]
    assert found[0][1]["errors"][0]["extensions"]["code"] == "PERSISTED_DOCUMENT_REQUIRED"
    asked = {"documentId": named(CHANGES)}
    async with updates.http.stream("POST", "/graphql/stream", json=asked) as answer:
        assert answer.status_code == 200
        while not updates.app.state.tail.waiting:
            await updates.http.get("/livez")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file"),
        ("{", "is not JSON"),
        ("[]", "is no JSON object"),
        ({"1234": OTHER}, "document '1234': write the text of each by its SHA-256"),
        ({hashed(OTHER): 1}, "write the text of each by its SHA-256"),
        ({hashed(OTHER): QUESTION}, "its text has another SHA-256"),
        ({hashed("{ nothing }"): "{ nothing }"}, "Cannot query field 'nothing'"),
        ({hashed("{"): "{"}, "Syntax Error"),
        ({hashed("{ a" * 20): "{ a" * 20}, "Syntax Error"),
        ({hashed("#" * 20_000): "#" * 20_000}, "20,000 bytes"),
    ],
)
def test_a_bad_manifest_stops_the_start_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: object, why: str
) -> None:
    path = tmp_path / "documents.json"
    if content is not None:
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, "utf-8")
    monkeypatch.setenv("HUB_TRUSTED_DOCUMENTS", str(path))
    told = refused("serve", "--port", "0", "--store", "sqlite:///:memory:")
    assert told.startswith("HUB_TRUSTED_DOCUMENTS: ")
    assert why in told
