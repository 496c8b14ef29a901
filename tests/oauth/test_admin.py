"""Admins over HTTP: they keep clients and keys, and of facts they see what everybody sees."""

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any, Final

import httpx
import orjson
import pytest

from hub.admin.door import ENDPOINTS
from hub.oauth.clients import Registry
from hub.oauth.principal import Role, Scope
from hub.store.embedded.store import EmbeddedStore
from tests.oauth.senders import Sender, sender
from tests.oauth.served import OPERATOR, Hub, basic, key_set, served
from tests.store.worlds import company, program, write

pytestmark = pytest.mark.anyio

BRAND: Final = {"name": "Example brand", "organization": "alpha:shop"}
OFFICE: Final[dict[str, Any]] = {
    "name": "Example office", "programs": ["alpha"], "scopes": ["write"], "jwks": key_set(OPERATOR),
}  # fmt: skip
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE")


class Admin:
    """Whoever calls the addresses of admins with a token, or without one."""

    def __init__(self, hub: Hub, token: str | None) -> None:
        self._hub = hub
        self._headers = {"authorization": f"Bearer {token}"} if token else {}

    async def call(
        self, method: str, address: str, told: object = None, **headers: str
    ) -> httpx.Response:
        """Return the answer to a call; nothing is sent where nothing is told."""
        sent: dict[str, Any] = {}
        if told is not None:
            sent = {"content": told if isinstance(told, bytes) else orjson.dumps(told)}
            headers = {"content-type": "application/json"} | headers
        return await self._hub.http.request(
            method, address, headers=self._headers | headers, **sent
        )

    async def done(self, method: str, address: str, told: object = None) -> Any:  # noqa: ANN401
        """Return what is told of a call that is carried out."""
        answer = await self.call(method, address, told)
        assert answer.status_code in {200, 201}, answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-request-id"]
        return answer.json()

    async def refused(
        self, method: str, address: str, told: object = None, **headers: str
    ) -> tuple[int, str]:
        """Return the status and code of a call that is refused."""
        answer = await self.call(method, address, told, **headers)
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        assert answer.json()["requestId"] == answer.headers["x-request-id"]
        return answer.status_code, answer.json()["code"]


async def admin(hub: Hub, **fields: Any) -> Admin:  # noqa: ANN401 - fields of a client
    """Return an admin with a token, in a hub that knows a program and a company."""
    await write(hub.store, [*program("alpha"), company("alpha", "shop", roles=["BUYER"])])
    given = {"id": "of-admin", "role": Role.ADMIN, "programs": (), "scopes": (Scope.ADMIN,)}
    return Admin(hub, (await sender(hub, **(given | fields))).token)


async def rows(hub: Hub) -> list[dict[str, Any]]:
    """Return the rows of the audit log that clients made."""
    found = [orjson.loads(row.text) for row in await hub.store.audit.page(0, 1_000)]
    return [row for row in found if row["actor"] == "client"]


async def test_an_admin_keeps_clients_and_keys(giving: Hub) -> None:
    who = await admin(giving)
    brand = await who.done("POST", "/clients", BRAND)
    secret = brand.pop("secret")
    assert (brand["role"], brand["scopes"], brand["disabled"]) == ("brand", ["read"], False)
    assert (await giving.post("token", basic(brand["id"], secret))).status_code == 200

    office = await who.done("POST", "/clients", OFFICE)
    assert (office["role"], office["programs"]) == ("operator", ["alpha"])
    assert "secret" not in office
    listed = (await who.done("GET", "/clients"))["clients"]
    assert listed[-2:] == [brand, office]

    gone = await who.done("POST", f"/clients/{brand['id']}/disable")
    assert gone == {"id": brand["id"], "disabled": True}
    assert (await giving.post("token", basic(brand["id"], secret))).status_code == 401
    keys = await who.done("POST", "/keys/rotate")
    published = (await giving.http.get("/.well-known/jwks.json")).json()["keys"]
    assert keys["tokens"]["kid"] in {each["kid"] for each in published}
    assert await who.refused("POST", "/keys/rotate") == (400, "INVALID_INPUT")

    told = [
        (row["action"], row["client"], row["subject"], row["programs"])
        for row in await rows(giving)
    ]
    assert told == [
        ("addClient", "of-admin", brand["id"], []),
        ("addClient", "of-admin", office["id"], ["alpha"]),
        ("disableClient", "of-admin", brand["id"], []),
        ("rotateKey", "of-admin", "signing-key", []),
        ("rotateKey", "of-admin", "audit-key", []),
    ]  # fmt: skip


async def test_for_everybody_else_there_are_no_such_addresses(own: Hub) -> None:
    await admin(own)
    parties = {Role.BRAND: "alpha:shop", Role.SUPPLIER: "alpha:shop"}
    others: dict[str, Sender] = {"anonymous": Sender(own, None)}
    for role in (Role.RESEARCHER, Role.BRAND, Role.SUPPLIER):
        given: dict[str, Any] = {"programs": (), "scopes": (Scope.READ,), "role": role}
        others[role] = await sender(own, organization=parties.get(role), **given)
    others["operator"] = await sender(own, programs=("alpha",))
    router = {"programs": (), "role": Role.RESEARCHER, "scopes": (Scope.READ, Scope.ROUTER)}
    others["router"] = await sender(own, **router)
    nothing = await Admin(own, None).call("POST", "/nothing/here")
    before = [await own.store.kept.all(kind) for kind in ("client", "revoked", "signing-key")]
    for said, who in others.items():
        for method, address in product(METHODS, ENDPOINTS):
            place = address.replace("{id}", "of-admin")
            answer = await Admin(own, who.token).call(method, place, BRAND)
            assert (answer.status_code, answer.headers.get("allow")) == (404, None), (said, address)
            told, empty = answer.json(), nothing.json()
            assert told | {"requestId": ""} == empty | {"requestId": ""}, (said, address)
    kinds = ("client", "revoked", "signing-key")
    assert [await own.store.kept.all(kind) for kind in kinds] == before
    assert await rows(own) == []


async def test_an_admin_writes_no_facts_and_sees_what_everybody_sees(own: Hub) -> None:
    who = await admin(own)
    fact = {"organization": {"reference": "alpha:1", "name": "Site", "roles": ["SUPPLIER"]}}
    given = {"program": "alpha", "facts": [fact], "idempotencyKey": "k"}
    query = (
        "mutation($input: RecordFactsInput!) "
        "{ done: recordFacts(input: $input) { problems { code } } }"
    )
    written = await who.call("POST", "/graphql", {"query": query, "variables": {"input": given}})
    assert written.json()["data"]["done"]["problems"] == [{"code": "NOT_ALLOWED"}]
    sent = await who.refused(
        "POST", "/programs/alpha/documents", [fact], **{"idempotency-key": "k"}
    )
    assert sent == (403, "NOT_ALLOWED")
    assert await who.refused("GET", "/programs/alpha/audit") == (404, "UNKNOWN_REFERENCE")


async def test_admins_are_the_command_lines(own: Hub) -> None:
    who = await admin(own)
    await admin(own, id="another-admin")
    wanted = {"name": "One more", "scopes": ["admin"], "jwks": key_set(OPERATOR)}
    before = await own.store.kept.all("client")
    for address, told in (
        ("/clients", wanted),
        ("/clients/another-admin/disable", None),
        ("/clients/of-admin/disable", None),
    ):
        assert await who.refused("POST", address, told) == (403, "NOT_ALLOWED")
    assert await own.store.kept.all("client") == before
    assert await rows(own) == []
    listed = (await who.done("GET", "/clients"))["clients"]
    assert {"of-admin", "another-admin"} <= {each["id"] for each in listed}


BAD: Final[Mapping[str, tuple[str, Any, int, str]]] = {
    "no JSON": ("/clients", b"{", 400, "INVALID_INPUT"),
    "no object": ("/clients", [BRAND], 400, "INVALID_INPUT"),
    "no name": ("/clients", {}, 400, "INVALID_INPUT"),
    "a name that prints nothing": ("/clients", {"name": "\x1b"}, 400, "INVALID_INPUT"),
    "another field": ("/clients", BRAND | {"secret": "s"}, 400, "INVALID_INPUT"),
    "another scope": ("/clients", BRAND | {"scopes": ["all"]}, 400, "INVALID_INPUT"),
    "no such program": ("/clients", OFFICE | {"programs": ["beta"]}, 404, "UNKNOWN_REFERENCE"),
    "no such company": ("/clients", BRAND | {"organization": "alpha:x"}, 404, "UNKNOWN_REFERENCE"),
    "an operator without a key": ("/clients", OFFICE | {"jwks": None}, 400, "INVALID_INPUT"),
    "no key set": ("/clients", OFFICE | {"jwks": {"keys": [1]}}, 400, "INVALID_INPUT"),
    "too large": ("/clients", b" " * 65_537, 413, "TOO_LARGE"),
    "no such client": ("/clients/nobody/disable", None, 404, "UNKNOWN_REFERENCE"),
    "something more": ("/keys/rotate", {"now": True}, 400, "INVALID_INPUT"),
}


async def test_what_cannot_be_is_refused_and_changes_nothing(own: Hub) -> None:
    who = await admin(own)
    before = await own.store.kept.all("client")
    for said, (address, told, status, code) in BAD.items():
        own.clock.ahead += 20  # so that it is not asked too often
        assert await who.refused("POST", address, told) == (status, code), said
    as_text = await who.refused("POST", "/clients", BRAND, **{"content-type": "text/plain"})
    assert as_text == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert await own.store.kept.all("client") == before
    assert await rows(own) == []


async def test_a_private_key_is_told_to_nobody_again(
    own: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    who = await admin(own)
    private: dict[str, Any] = dict(OPERATOR.as_dict(private=True))
    for jwks in ({"keys": [private]}, private["d"], [private]):
        answer = await who.call("POST", "/clients", OFFICE | {"jwks": jwks})
        assert answer.status_code == 400
        assert private["d"] not in answer.text
    assert private["d"] not in caplog.text


async def test_admins_may_ask_so_often(own: Hub) -> None:
    who = await admin(own)
    answers = [await who.call("GET", "/clients") for _ in range(21)]
    assert [each.status_code for each in answers] == [200] * 20 + [429]
    assert answers[-1].json()["code"] == "RATE_LIMITED"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 10


async def test_an_admin_gives_a_client_that_there_is_no_credentials(own: Hub) -> None:
    """Else it could act as a brand or an operator, and these would not be shown it."""
    who = await admin(own)
    brand = await who.done("POST", "/clients", BRAND)
    office = await who.done("POST", "/clients", OFFICE)
    before = await own.store.kept.all("client")
    for id_, told in ((brand["id"], None), (office["id"], {"jwks": key_set(OPERATOR)})):
        assert (await who.refused("POST", f"/clients/{id_}/rotate", told))[0] == 404
        assert (await who.refused("PUT", f"/clients/{id_}", told))[0] == 404
    again = OFFICE | {"id": office["id"]}
    assert await who.refused("POST", "/clients", again) == (400, "INVALID_INPUT")
    assert await own.store.kept.all("client") == before


async def test_an_admin_is_told_by_which_methods(own: Hub) -> None:
    answer = await (await admin(own)).call("PUT", "/clients", BRAND)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")


async def test_an_admin_that_is_disabled_is_refused(own: Hub) -> None:
    who = await admin(own)
    await Registry(own.store.kept).disable("of-admin")
    own.app.state.access.ledger.forget()
    assert await who.refused("GET", "/clients") == (401, "INVALID_TOKEN")


async def test_a_hub_that_gives_no_tokens_has_no_admins(tmp_path: Path) -> None:
    store = EmbeddedStore(str(tmp_path / "hub.db"))
    async with served(store, authorization_server=False) as hub:
        for method, address in product(METHODS, ENDPOINTS):
            assert (await Admin(hub, None).refused(method, address))[0] == 404
