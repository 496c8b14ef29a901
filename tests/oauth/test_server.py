"""The hub's own authorization server: tokens, revocation, metadata, on both stores."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey

from hub.oauth.clients import Registry, new_secret
from hub.oauth.principal import Role, Scope
from hub.store.embedded.store import EmbeddedStore
from tests.oauth.served import HUB, ISSUER, OPERATOR, Hub, assertion, basic, served, signed, trusted

pytestmark = pytest.mark.anyio
FOREIGN: Final = ECKey.generate_key("P-256", {"kid": "op-1"})


def refused(answer: httpx.Response, status: int, error: str) -> str:
    """Return why a request was refused, as RFC 6749 writes it."""
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json().keys() == {"error", "error_description"}
    return answer.json()["error_description"]


async def test_an_operator_gets_a_token_that_lets_it_in(giving: Hub) -> None:
    client = await giving.operator()
    answer = await giving.token(client)
    told = answer.json()
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 600, "read write")
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    assert (await giving.ask(told["access_token"])).json()["data"]["revision"]
    found = await giving.principal(told["access_token"])
    assert (found.client, found.role, found.programs) == (client.id, Role.OPERATOR, {"alpha"})
    assert found.scopes == {Scope.READ, Scope.WRITE}


async def test_a_token_is_as_rfc_9068_has_it(own: Hub) -> None:
    client = await own.operator()
    keys = KeySet.import_key_set((await own.http.get("/.well-known/jwks.json")).json())
    token = jwt.decode(await own.given(client), keys, algorithms=["ES256"])
    assert (token.header["typ"], token.header["alg"]) == ("at+jwt", "ES256")
    assert token.claims["exp"] - token.claims["iat"] == 600
    assert (token.claims["iss"], token.claims["aud"]) == (HUB, HUB)
    assert token.claims["sub"] == token.claims["client_id"] == client.id
    assert token.claims["jti"]


async def test_a_secret_gets_a_token_and_so_does_the_next(giving: Hub) -> None:
    client, first = await giving.reader()
    answer = await giving.post("token", basic(client.id, first))
    assert (answer.status_code, answer.json()["scope"]) == (200, "read")
    registry = Registry(giving.store.kept)
    second = await registry.rotate(client.id, None) or ""
    giving.clock.ahead += 3
    for secret in (first, second):
        assert (await giving.post("token", basic(client.id, secret))).status_code == 200
    third = await registry.rotate(client.id, None) or ""
    giving.clock.ahead += 3
    for secret in (second, third):
        assert (await giving.post("token", basic(client.id, secret))).status_code == 200
    refused(await giving.post("token", basic(client.id, first)), 401, "invalid_client")


async def test_a_token_has_the_scopes_asked_for(own: Hub) -> None:
    client = await own.operator()
    assert (await own.principal(await own.given(client, scope="write"))).scopes == {Scope.WRITE}
    for scope in ("admin", "write admin"):
        said = refused(await own.token(client, scope=scope), 400, "invalid_scope")
        assert "read write" in said
    reader, secret = await own.reader()
    answer = await own.post("token", basic(reader.id, secret), scope="write")
    refused(answer, 400, "invalid_scope")


async def test_there_is_one_grant(own: Hub) -> None:
    client = await own.operator()
    for grant in ("password", "authorization_code", "refresh_token"):
        refused(await own.token(client, grant_type=grant), 400, "unsupported_grant_type")
    refused(await own.token(client, grant_type=""), 400, "invalid_request")


async def test_an_assertion_is_good_once(giving: Hub) -> None:
    client = await giving.operator()
    shown = assertion(client.id)
    answers = await asyncio.gather(*(giving.post("token", **shown) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, *[401] * 5]
    giving.clock.ahead = 20
    refused(await giving.post("token", **shown), 401, "invalid_client")


async def test_an_assertion_is_good_once_among_all_hubs(tmp_path: Path) -> None:
    path = str(tmp_path / "hub.db")
    async with served(EmbeddedStore(path)) as one, served(EmbeddedStore(path)) as two:
        client = await one.operator()
        two.app.state.access.ledger.forget()
        shown = assertion(client.id)
        assert (await one.post("token", **shown)).status_code == 200
        refused(await two.post("token", **shown), 401, "invalid_client")
        assert (await two.ask(await one.given(client))).status_code == 200


async def test_two_clients_may_call_their_assertions_alike(own: Hub) -> None:
    for client in (await own.operator(), await own.operator()):
        shown = assertion(client.id, jti="1")
        assert (await own.post("token", **shown)).status_code == 200


BAD: Final[Mapping[str, Callable[[str], dict[str, str]]]] = {
    "a foreign key": lambda id_: assertion(id_, FOREIGN),
    "an unknown kid": lambda id_: assertion(id_, header={"kid": "op-9"}),
    "a key in the header": lambda id_: assertion(
        id_, FOREIGN, header={"jwk": FOREIGN.as_dict(private=False)}
    ),
    "the address of a key": lambda id_: assertion(
        id_, FOREIGN, header={"jku": "https://evil.example"}
    ),
    "a secret of its own": lambda id_: assertion(
        id_, OctKey.generate_key(256, {"kid": "op-1"}), header={"alg": "HS256"}
    ),
    "an unknown client": lambda _: assertion("nobody"),
    "another issuer": lambda id_: assertion(id_, iss="nobody"),
    "no issuer": lambda id_: assertion(id_, iss=None),
    "no subject": lambda id_: assertion(id_, sub=None),
    "the audience of the endpoint": lambda id_: assertion(id_, aud=f"{HUB}/oauth/token"),
    "a further audience": lambda id_: assertion(id_, aud=[HUB, f"{HUB}/oauth/token"]),
    "another audience": lambda id_: assertion(id_, aud="https://evil.example"),
    "no audience": lambda id_: assertion(id_, aud=None),
    "no end": lambda id_: assertion(id_, exp=None),
    "an end in words": lambda id_: assertion(id_, exp="tomorrow"),
    "expired": lambda id_: assertion(id_, exp=1_000_000_000),
    "good for too long": lambda id_: assertion(id_, exp=9_999_999_999),
    "issued in the future": lambda id_: assertion(id_, iat=9_999_999_999),
    "not valid yet": lambda id_: assertion(id_, nbf=9_999_999_999),
    "no id": lambda id_: assertion(id_, jti=None),
    "an access token": lambda id_: assertion(id_, header={"typ": "at+jwt"}),
    "oversized": lambda id_: assertion(id_, more="x" * 4_096),
    "another type": lambda id_: {**assertion(id_), "client_assertion_type": "saml2-bearer"},
    "no type": lambda id_: {"client_assertion": assertion(id_)["client_assertion"]},
    "no assertion": lambda id_: {"client_assertion_type": assertion(id_)["client_assertion_type"]},
    "no JWT": lambda id_: {**assertion(id_), "client_assertion": "nothing"},
    "another name beside it": lambda id_: {**assertion(id_), "client_id": "nobody"},
    "nothing at all": lambda _: {"scope": "read"},
    "a name alone": lambda id_: {"client_id": id_},
    "a secret in the body": lambda id_: {"client_id": id_, "client_secret": "x"},
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
async def test_who_does_not_show_who_it_is_learns_nothing(
    own: Hub, bad: Callable[[str], dict[str, str]]
) -> None:
    client = await own.operator()
    for path in ("token", "revoke"):
        answer = await own.post(path, **bad(client.id))
        said = refused(answer, 401, "invalid_client")
        assert said == "the client is not known here, or did not show who it is"


def sized(id_: str, characters: int) -> dict[str, str]:
    """Return an assertion of about so many characters, no more."""
    plain = len(assertion(id_, more="")["client_assertion"])
    return assertion(id_, more="x" * ((characters - plain) * 3 // 4 - 3))


BOUNDS: Final[Mapping[str, tuple[Callable[[str, int], dict[str, str]], int]]] = {
    "good for an hour": (lambda id_, now: assertion(id_, exp=now + 3_600), 200),
    "good for an hour and two minutes": (lambda id_, now: assertion(id_, exp=now + 3_720), 401),
    "issued ten seconds ahead": (lambda id_, now: assertion(id_, iat=now + 10), 200),
    "issued more than a minute ahead": (lambda id_, now: assertion(id_, iat=now + 70), 401),
    "valid in ten seconds": (lambda id_, now: assertion(id_, nbf=now + 10), 200),
    "valid in more than a minute": (lambda id_, now: assertion(id_, nbf=now + 70), 401),
    "expired ten seconds ago": (lambda id_, now: assertion(id_, exp=now - 10), 200),
    "expired a minute ago": (lambda id_, now: assertion(id_, exp=now - 61), 401),
    "of nearly 4 kB": (lambda id_, _now: sized(id_, 4_080), 200),
    "of a little more": (lambda id_, _now: sized(id_, 4_140), 401),
}


@pytest.mark.parametrize(("shown", "status"), BOUNDS.values(), ids=BOUNDS)
async def test_an_assertion_has_bounds(
    own: Hub, shown: Callable[[str, int], dict[str, str]], status: int
) -> None:
    client = await own.operator()
    given = shown(client.id, int(own.clock()))
    assert (await own.post("token", **given)).status_code == status


async def test_other_good_forms_of_an_assertion_are_taken(own: Hub) -> None:
    ed = OKPKey.generate_key("Ed25519", {"kid": "ed"})
    client = await own.operator(OPERATOR, ed)
    for shown in (
        assertion(client.id, aud=[HUB]),
        assertion(client.id, header={"typ": None}),
        assertion(client.id, header={"typ": "client-authentication+jwt"}),
        assertion(client.id, iat=None),
        assertion(client.id, ed, header={"alg": "Ed25519"}),
        assertion(client.id, ed, header={"alg": "EdDSA"}),
        {**assertion(client.id), "client_id": client.id},
    ):
        assert (await own.post("token", **shown)).status_code == 200
    alone = await own.operator()
    assert (await own.post("token", **assertion(alone.id, header={"kid": None}))).status_code == 200


async def test_all_secrets_that_are_wrong_are_answered_alike(own: Hub) -> None:
    client, secret = await own.reader()
    operator = await own.operator()
    answers = [
        await own.post("token", basic(*pair))
        for pair in (
            (client.id, "wrong"), (client.id, ""), ("nobody", secret), (operator.id, secret),
            (operator.id, ""), (client.id, secret[:-1]), (client.id, secret + "x"),
        )
    ]  # fmt: skip
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    refused(answers[0], 401, "invalid_client")
    other = await own.post("token", basic(client.id, secret), client_id=operator.id)
    assert other.content == answers[0].content
    same = await own.post("token", basic(client.id, secret), client_id=client.id)
    assert same.status_code == 200
    assert answers[0].headers["www-authenticate"] == 'Basic realm="hub"'
    for header in ("Basic", "Basic !", "Basic YQ==", "Bearer x", "Basic /w=="):
        answer = await own.http.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            headers={"authorization": header},
        )
        refused(answer, 401, "invalid_client")


async def test_a_client_of_a_provider_has_no_secret_here(tmp_path: Path) -> None:
    async with served(EmbeddedStore(str(tmp_path / "hub.db")), **trusted()) as hub:
        client = await hub.register(issuer=ISSUER, external_id="app", jwks=None)
        refused(await hub.token(client), 401, "invalid_client")
        refused(await hub.post("token", **assertion("app")), 401, "invalid_client")
        assert (await hub.ask(signed())).status_code == 200


async def test_two_ways_at_once_are_refused(own: Hub) -> None:
    client, secret = await own.reader()
    auth = basic(client.id, secret)
    for fields in (assertion(client.id), {"client_secret": secret}):
        refused(await own.post("token", auth, **fields), 400, "invalid_request")
    both = {**assertion(client.id), "client_secret": secret}
    refused(await own.post("token", **both), 400, "invalid_request")
    twice = [("authorization", "Basic YTpi")] * 2
    answer = await own.http.post("/oauth/token", data={"a": "b"}, headers=twice)
    refused(answer, 400, "invalid_request")


FORM: Final = "application/x-www-form-urlencoded"
FORMS: Final[Mapping[str, tuple[str, str, str, int]]] = {
    "a field twice": ("scope=read&scope=write", FORM, "", 400),
    "an assertion twice": ("client_assertion=a&client_assertion=b", FORM, "", 400),
    "JSON": ("{}", "application/json", "", 400),
    "parts": ("a=b", "multipart/form-data", "", 400),
    "in the address": ("grant_type=client_credentials", FORM, "?client_secret=x", 400),
    "a client in the address": ("grant_type=client_credentials", FORM, "?client_id=x", 400),
    "many fields": ("&".join(f"f{n}=1" for n in range(30)), FORM, "", 400),
    "no form": ("a&b&&=", FORM, "", 400),
    "bad UTF-8": ("a=%ff", FORM, "", 400),
    "large": ("a=" + "x" * 20_000, FORM, "", 413),
}


@pytest.mark.parametrize(("body", "type_", "query", "status"), FORMS.values(), ids=FORMS)
async def test_what_is_no_good_form_is_refused(
    own: Hub, body: str, type_: str, query: str, status: int
) -> None:
    for path in ("token", "revoke"):
        answer = await own.http.post(
            f"/oauth/{path}{query}", content=body, headers={"content-type": type_}
        )
        refused(answer, status, "invalid_request")


async def test_a_form_is_sent_by_post(own: Hub) -> None:
    assert (await own.http.get("/oauth/token")).status_code == 405


async def test_a_revoked_token_is_refused_at_once_and_by_others_soon(tmp_path: Path) -> None:
    path = str(tmp_path / "hub.db")
    async with served(EmbeddedStore(path)) as one, served(EmbeddedStore(path)) as two:
        client = await one.operator()
        kept, gone = await one.given(client), await one.given(client)
        two.clock.ahead = 3
        for hub in (one, two):
            assert (await hub.ask(gone)).status_code == 200
        answer = await one.post("revoke", **assertion(client.id), token=gone)
        assert (answer.status_code, answer.content) == (200, b"")
        assert (await one.ask(gone)).status_code == 401
        two.clock.ahead = 6
        assert (await two.ask(gone)).status_code == 401
        for hub in (one, two):
            assert (await hub.ask(kept)).status_code == 200


async def test_a_revocation_survives_a_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "hub.db")
    async with served(EmbeddedStore(path)) as hub:
        client = await hub.operator()
        token = await hub.given(client)
        await hub.post("revoke", **assertion(client.id), token=token)
    async with served(EmbeddedStore(path)) as again:
        assert (await again.ask(token)).status_code == 401
        assert (await again.ask(await again.given(client))).status_code == 200


async def test_revoking_what_is_none_is_well_and_anothers_is_not(own: Hub) -> None:
    client, other = await own.operator(), await own.operator()
    for none in ("nothing", signed()):
        answer = await own.post("revoke", **assertion(client.id), token=none)
        assert (answer.status_code, answer.content) == (200, b"")
    refused(await own.post("revoke", **assertion(client.id)), 400, "invalid_request")
    token = await own.given(other)
    answer = await own.post("revoke", **assertion(client.id), token=token)
    refused(answer, 400, "unauthorized_client")
    assert (await own.ask(token)).status_code == 200


async def test_a_revoked_token_stays_out(giving: Hub) -> None:
    client = await giving.operator()
    token = await giving.given(client)
    assert (await giving.ask(token)).status_code == 200
    await giving.post("revoke", **assertion(client.id), token=token)
    for ahead in (0, 3, 300):
        giving.clock.ahead = ahead
        assert (await giving.ask(token)).status_code == 401


async def test_a_disabled_client_is_out_with_its_tokens(giving: Hub) -> None:
    client = await giving.operator()
    token = await giving.given(client)
    await Registry(giving.store.kept).disable(client.id)
    giving.clock.ahead = 3
    assert (await giving.ask(token)).status_code == 401
    refused(await giving.token(client), 401, "invalid_client")


async def test_metadata_says_where_all_is_whatever_the_host(own: Hub) -> None:
    evil = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil"}
    server = await own.http.get("/.well-known/oauth-authorization-server", headers=evil)
    told = server.json()
    assert told["issuer"] == HUB
    assert told["token_endpoint"] == f"{HUB}/oauth/token"
    assert told["revocation_endpoint"] == f"{HUB}/oauth/revoke"
    assert told["jwks_uri"] == f"{HUB}/.well-known/jwks.json"
    assert told["grant_types_supported"] == ["client_credentials"]
    assert told["token_endpoint_auth_methods_supported"] == [
        "private_key_jwt", "client_secret_basic",
    ]  # fmt: skip
    resource = (await own.http.get("/.well-known/oauth-protected-resource", headers=evil)).json()
    assert (resource["resource"], resource["authorization_servers"]) == (HUB, [HUB])
    assert "evil" not in server.text


async def test_the_key_set_has_nothing_private(own: Hub) -> None:
    answer = await own.http.get("/.well-known/jwks.json")
    [key] = answer.json()["keys"]
    assert key.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert answer.headers["cache-control"] == "public, max-age=300"


async def test_a_hub_without_the_server_has_none_of_it(tmp_path: Path) -> None:
    how: dict[str, Any] = {"authorization_server": False, **trusted()}
    async with served(EmbeddedStore(str(tmp_path / "hub.db")), **how) as hub:
        assert (await hub.post("token")).status_code == 404
        for name in ("oauth-authorization-server", "jwks.json"):
            assert (await hub.http.get(f"/.well-known/{name}")).status_code == 404
        told = (await hub.http.get("/.well-known/oauth-protected-resource")).json()
        assert told["authorization_servers"] == [ISSUER]


async def test_an_address_that_asks_too_often_waits(own: Hub) -> None:
    for _ in range(60):
        assert (await own.post("token")).status_code == 401
    answer = await own.post("token")
    refused(answer, 429, "temporarily_unavailable")
    own.clock.ahead = int(answer.headers["retry-after"])
    assert (await own.post("token")).status_code == 401


async def test_a_client_that_asks_too_often_waits_and_others_do_not(own: Hub) -> None:
    made, kept = new_secret()
    busy, calm = await own.with_secrets(kept), await own.with_secrets(kept)
    for _ in range(20):
        assert (await own.post("token", basic(busy.id, made))).status_code == 200
    answer = await own.post("token", basic(busy.id, made))
    refused(answer, 429, "temporarily_unavailable")
    assert (await own.post("token", basic(calm.id, made))).status_code == 200
    for _ in range(5):  # who only claims to be a client does not use up what it has
        await own.post("token", basic(calm.id, "wrong"))
    assert (await own.post("token", basic(calm.id, made))).status_code == 200
    own.clock.ahead = int(answer.headers["retry-after"])
    assert (await own.post("token", basic(busy.id, made))).status_code == 200


@pytest.mark.parametrize("path", ["token", "revoke"])
async def test_no_form_is_waited_for_long(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr("hub.oauth.routes.SENDING", 0.05)

    async def half() -> AsyncGenerator[bytes]:
        yield b"grant_type="
        await asyncio.Event().wait()

    async with served(EmbeddedStore(":memory:")) as hub:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = await hub.http.post(f"/oauth/{path}", content=half(), headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (408, "invalid_request")
        assert "0.05 seconds" in answer.json()["error_description"]
