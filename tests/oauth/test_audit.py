"""The audit log over HTTP: what clients do is in it, and a program's operators read of theirs."""

import dataclasses
from typing import Any, Final

import orjson
import pytest

from adapters.kit.adapter import adapters
from hub.oauth.principal import Role, Scope
from hub.store.deeds import sha256
from hub.store.port import Store
from hub.sync.run import run
from hub.sync.sources import record
from tests.audit.logs import found, said
from tests.oauth.served import OPERATOR, Hub, assertion, key_set
from tests.oauth.test_pushes import Operator, grower, operator, standing
from tests.store.worlds import DEED

pytestmark = pytest.mark.anyio
__all__ = ["operator"]
NDJSON: Final = "application/x-ndjson"


async def rows(store: Store) -> list[dict[str, Any]]:
    """Return what all rows say."""
    return [said(row) for row in await store.audit.page(0, 1_000)]


async def test_each_write_of_a_client_is_logged_once_with_its_request(operator: Operator) -> None:
    hub = operator.hub
    before = len(await rows(hub.store))
    first = await operator.push("1", grower(7))
    await operator.push("1", grower(7))
    bar = [standing("ffp:7", "suspended", "2026-11-01")]
    [fact] = (await operator.push("2", bar))["recorded"]
    await operator.push("3", bar)
    await operator.push("4", [standing("ffp:7", "suspended", "2026-11-02")], dry=True)
    gone = await operator.withdraw("5", fact["id"])
    told = (await rows(hub.store))[before:]
    assert [(row["action"], row["subject"]) for row in told] == [
        ("recordFacts", "ffp:7"), ("recordFacts", "ffp:7"), ("withdrawFact", fact["id"]),
    ]  # fmt: skip
    assert {(row["actor"], row["client"], *row["programs"]) for row in told} == {
        ("client", "of-ffp", "ffp")
    }
    assert [row["revision"] for row in told][::2] == [int(first["revision"]), int(gone["revision"])]
    assert (told[2]["before"] is None, told[2]["after"]) == (False, None)
    assert [row.get("reason") for row in told] == [None, None, "a slip"]
    assert len({row["requestId"] for row in told}) == 3
    assert await found(hub.store) == []


async def test_of_many_subjects_the_revision_tells(operator: Operator) -> None:
    await operator.push("1", [fact for number in range(20) for fact in grower(number)])
    assert (await rows(operator.hub.store))[-1]["subject"] is None


async def test_the_request_of_a_row_is_told_to_its_client(operator: Operator) -> None:
    query = "mutation($i: RecordFactsInput!) { recordFacts(input: $i) { revision } }"
    given = {"program": "ffp", "facts": grower(8), "idempotencyKey": "8"}
    headers = {"authorization": f"Bearer {operator.token}"}
    body = {"query": query, "variables": {"i": given}}
    answer = await operator.hub.http.post("/graphql", json=body, headers=headers)
    [*_, row] = await rows(operator.hub.store)
    assert row["requestId"] == answer.headers["x-request-id"]


async def test_changes_of_clients_keys_and_revocations_are_logged(giving: Hub) -> None:
    [first] = await rows(giving.store)
    assert (first["actor"], first["action"], first["subject"]) == ("hub", "makeKey", "signing-key")
    client = await giving.register(jwks=key_set(OPERATOR))
    token = await giving.given(client)
    revoked = await giving.post("revoke", **assertion(client.id), token=token)
    [_, added, gone] = await rows(giving.store)
    assert (added["action"], added["subject"], added["programs"]) == (
        "addClient", client.id, ["alpha"],
    )  # fmt: skip
    assert (gone["actor"], gone["client"], gone["action"]) == ("client", client.id, "revokeToken")
    assert gone["requestId"] == revoked.headers["x-request-id"]
    told = repr(await giving.store.audit.page(0, 9))
    assert not any(secret in told for secret in ("Example office", token, str(OPERATOR["x"])))
    assert await found(giving.store) == []


async def test_an_operator_reads_what_concerns_its_program_page_by_page(
    operator: Operator,
) -> None:
    hub = operator.hub
    await run(hub.store, record(adapters()["lesotho-agreement"]))
    for number in range(3):
        await operator.push(str(number), grower(number))
    pages: list[list[dict[str, Any]]] = []
    address: str | None = "/programs/ffp/audit?first=2"
    while address is not None:
        answer = await read(operator, address)
        assert (answer.status_code, answer.headers["content-type"]) == (200, NDJSON)
        lines = answer.text.splitlines()
        for line in lines:
            hash_, _, text = line.removeprefix('{"hash":"').partition('","row":')
            assert sha256(text.removesuffix("}")) == hash_
        pages.append([orjson.loads(line)["row"] for line in lines])
        link = answer.headers.get("link")
        assert link is None or link.endswith('>; rel="next"')
        address = link and link.partition(">")[0].removeprefix("<https://hub.example")
    told = [row for page in pages for row in page]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [row["action"] for row in told] == ["sync", "addClient", *["recordFacts"] * 3]
    assert [row["seq"] for row in told] == [
        row["seq"] for row in await rows(hub.store) if "ffp" in row["programs"]
    ]
    assert (await read(operator, f"/programs/ffp/audit?after={told[-1]['seq']}")).text == ""


async def test_for_all_others_there_is_no_log(operator: Operator) -> None:
    hub = operator.hub
    await run(hub.store, record(adapters()["lesotho-agreement"]))
    jwks = key_set(OPERATOR)
    alpha = await hub.register(id="alpha", jwks=jwks)
    brand = await hub.register(
        id="brand", role=Role.BRAND, programs=(), organization="wsr:walmart",
        scopes=(Scope.READ,), jwks=jwks,
    )  # fmt: skip
    whose = [None, *[await hub.given(client) for client in (alpha, brand)]]
    told: set[tuple[int, str]] = set()
    for token in whose:
        for code in ("ffp", "lesotho-agreement", "nobody"):
            answer = await read(Operator(hub, token), f"/programs/{code}/audit?first=x")
            said_ = answer.json()
            assert answer.headers["content-type"] == "application/problem+json"
            told.add((answer.status_code, said_["code"]))
            assert said_["detail"] == f"nothing here goes by '{code}'; check it, or search"
    assert told == {(404, "UNKNOWN_REFERENCE")}
    assert (await read(operator, "/programs/lesotho-agreement/audit")).status_code == 404
    assert (await read(Operator(hub, "no.to.ken"), "/programs/ffp/audit")).status_code == 401


@pytest.mark.parametrize(
    "query", ["first=0", "first=501", "first=x", "first=", "after=-1", "after=1.5", "after=²"]
)
async def test_a_page_that_cannot_be_is_refused(operator: Operator, query: str) -> None:
    answer = await read(operator, f"/programs/ffp/audit?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")
    assert "www-authenticate" not in answer.headers


async def test_who_writes_only_reads_no_log(operator: Operator) -> None:
    hub = operator.hub
    client = await hub.register(id="both", programs=("ffp",), jwks=key_set(OPERATOR))
    writes = Operator(hub, await hub.given(client, scope="write"))
    assert (await read(writes, "/programs/ffp/audit")).status_code == 404
    reads = Operator(hub, await hub.given(client, scope="read"))
    assert (await read(reads, "/programs/ffp/audit")).status_code == 200


async def test_a_row_of_several_programs_is_shown_to_each(operator: Operator) -> None:
    async with operator.hub.store.writing() as writing:
        deed = dataclasses.replace(DEED, programs=("ffp", "beta"))
        await writing.commit(writing.base.recorded_at + 1, law_changed=False, deed=deed)
    last = (await read(operator, "/programs/ffp/audit")).text.splitlines()[-1]
    assert orjson.loads(last)["row"]["programs"] == ["beta", "ffp"]


async def read(operator: Operator, address: str) -> Any:  # noqa: ANN401 - an answer
    """Return what is answered at an address."""
    headers = {"authorization": f"Bearer {operator.token}"} if operator.token else {}
    return await operator.hub.http.get(address, headers=headers)
