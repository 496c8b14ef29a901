"""The guard: which tokens are taken, as whom they let in, and how others are refused."""

import base64
import hmac
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from pathlib import Path
from typing import Any, Final

import orjson
import pytest
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from hub.errors import InvalidTokenError
from hub.oauth.clients import Registry
from hub.oauth.principal import Role, Scope
from hub.store.embedded.store import EmbeddedStore
from tests.oauth.served import HUB, ISSUER, KEY, Hub, claims, key_set, served, signed, trusted

pytestmark = pytest.mark.anyio
FOREIGN: Final = ECKey.generate_key("P-256", {"kid": "idp-1"})
"""Another's key that calls itself like the provider's."""
RSA: Final = RSAKey.generate_key(2048, {"kid": "rsa"})
ED: Final = OKPKey.generate_key("Ed25519", {"kid": "ed"})


def now() -> int:
    """Return the present, in seconds since 1970."""
    return int(time.time())


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncGenerator[Hub]:
    """Serve an empty store that trusts one identity provider, with one operator."""
    every = key_set(KEY, RSA, ED)
    async with served(EmbeddedStore(str(tmp_path / "hub.db")), **trusted(jwks=every)) as found:
        await found.register(issuer=ISSUER, external_id="app")
        yield found


async def refused(hub: Hub, token: str) -> str:
    """Ask with a token that is refused, in the one way there is; return why."""
    answer = await hub.ask(token)
    assert (answer.status_code, answer.json()["code"]) == (401, "INVALID_TOKEN"), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    challenge = answer.headers["www-authenticate"]
    metadata = f"{HUB}/.well-known/oauth-protected-resource"
    assert challenge.startswith(f'Bearer resource_metadata="{metadata}", error="invalid_token"')
    assert not token or token not in answer.text + challenge
    return answer.json()["detail"].removeprefix("the token is not taken: ")


async def test_without_a_token_anybody_asks_what_is_public(hub: Hub) -> None:
    assert (await hub.ask()).json()["data"]["revision"]


async def test_a_good_token_lets_in_as_its_registration_says(hub: Hub) -> None:
    answer = await hub.ask(signed())
    assert answer.json()["data"]["revision"]
    found = await hub.principal(signed(claims(programs=["beta"], role="admin")))
    assert (found.role, found.programs) == (Role.OPERATOR, {"alpha"})
    assert found.scopes == {Scope.READ, Scope.WRITE}
    assert found.organization is None
    assert found.expires_at == pytest.approx(now() + 300, abs=60)


async def test_scopes_are_those_that_token_and_registration_have(hub: Hub) -> None:
    cases: list[tuple[Any, set[Scope]]] = [
        ("read", {Scope.READ}), ("write admin", {Scope.WRITE}), (["read", 7], {Scope.READ}),
        (None, set()), (7, set()),
    ]  # fmt: skip
    for said, scopes in cases:
        assert (await hub.principal(signed(claims(scope=said)))).scopes == scopes
    await hub.register(
        role=Role.RESEARCHER, programs=(), scopes=(Scope.READ,), issuer=ISSUER, external_id="reader"
    )
    found = await hub.principal(signed(claims(client_id="reader")))
    assert found.scopes == {Scope.READ}


@pytest.mark.parametrize(("key", "alg"), [(RSA, "PS256"), (ED, "EdDSA"), (ED, "Ed25519")])
async def test_each_strong_algorithm_is_taken(hub: Hub, key: Key, alg: str) -> None:
    assert (await hub.ask(signed(claims(), key, alg=alg))).status_code == 200


def forged(header: object, said: object, signature: str = "AAAA") -> str:
    """Return a token whose parts are whatever they are."""
    parts = (base64.urlsafe_b64encode(orjson.dumps(part)).rstrip(b"=") for part in (header, said))
    return ".".join((*(part.decode() for part in parts), signature))


def confused() -> str:
    """Return a token signed by HMAC with the text of the public key."""
    said, _, _ = forged({"alg": "HS256", "kid": "idp-1", "typ": "at+jwt"}, claims()).rpartition(".")
    mac = hmac.digest(KEY.as_pem(private=False), said.encode(), "sha256")
    return f"{said}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def changed() -> str:
    """Return a good token of which one claim was changed."""
    header, _, signature = signed().split(".")
    return ".".join((header, forged({}, claims(jti="t2")).split(".")[1], signature))


ATTACKS: Final[Mapping[str, tuple[Callable[[], str], str]]] = {
    "no algorithm": (lambda: forged({"alg": "none", "typ": "at+jwt"}, claims()), "its algorithm"),
    "unsigned": (
        lambda: forged({"alg": "none", "typ": "at+jwt"}, claims(), "")[:-1], "it is no signed JWT",
    ),
    "the public key as a secret": (confused, "its algorithm"),
    "a foreign key": (lambda: signed(claims(), FOREIGN), "no key of its issuer"),
    "an unknown kid": (lambda: signed(claims(), kid="other"), "no key of its issuer"),
    "no kid": (lambda: signed(claims(), kid=None), "no key of its issuer"),
    "a key in the header": (
        lambda: signed(claims(), FOREIGN, jwk=FOREIGN.as_dict(private=False)), "no key of its",
    ),
    "the address of a key": (
        lambda: signed(claims(), FOREIGN, jku="https://evil.example/jwks"), "no key of its issuer",
    ),
    "the address of a certificate": (
        lambda: signed(claims(), FOREIGN, x5u="https://evil.example/x5"), "no key of its issuer",
    ),
    "an extension": (lambda: forged({"alg": "ES256", "crit": ["x"]}, claims()), "its header asks"),
    "unencoded": (lambda: forged({"alg": "ES256", "b64": False}, claims()), "its header asks"),
    "RS256, not opted in": (lambda: signed(claims(), RSA, alg="RS256"), "its algorithm"),
    "an algorithm of another key": (
        lambda: forged({"alg": "PS256", "kid": "idp-1", "typ": "at+jwt"}, claims()), "no key of",
    ),
    "an algorithm that is a list": (
        lambda: forged({"alg": ["ES256"], "typ": "at+jwt"}, claims()), "its algorithm",
    ),
    "an id token": (lambda: signed(claims(), typ="JWT"), "its typ"),
    "no typ": (lambda: signed(claims(), typ=None), "its typ"),
    "a wrong issuer": (lambda: signed(claims(iss="https://evil.example")), "its issuer"),
    "a like issuer": (lambda: signed(claims(iss=f"{ISSUER}/")), "its issuer"),
    "an issuer that is a list": (lambda: signed(claims(iss=[ISSUER])), "its issuer"),
    "no issuer": (lambda: signed(claims(iss=None)), "its issuer"),
    "the hub's own name": (lambda: signed(claims(iss=HUB)), "no key of its issuer"),
    "a wrong audience": (lambda: signed(claims(aud="https://other.example")), "its aud"),
    "a like audience": (lambda: signed(claims(aud=f"{HUB}.evil.example")), "its aud"),
    "no audience": (lambda: signed(claims(aud=None)), "its aud"),
    "expired": (lambda: signed(claims(exp=now() - 60)), "it has expired"),
    "no end": (lambda: signed(claims(exp=None)), "it has no exp"),
    "an end in words": (lambda: signed(claims(exp="2030")), "its exp is no number"),
    "an end that is true": (lambda: signed(claims(exp=True)), "its exp is no number"),
    "no beginning": (lambda: signed(claims(iat=None)), "it has no exp or no iat"),
    "not issued yet": (lambda: signed(claims(iat=now() + 3_600)), "it is not good yet"),
    "not valid yet": (lambda: signed(claims(nbf=now() + 3_600)), "it is not good yet"),
    "no subject": (lambda: signed(claims(sub=None)), "it has no sub"),
    "no client": (lambda: signed(claims(client_id=None)), "it has no client_id"),
    "a client that is a list": (lambda: signed(claims(client_id=["app"])), "it has no client_id"),
    "no id": (lambda: signed(claims(jti=None)), "it has no jti"),
    "an unknown client": (lambda: signed(claims(client_id="nobody")), "its client is not"),
    "oversized": (lambda: signed(claims(more="x" * 4_096)), "it is longer than 4096"),
    "no token": (lambda: "nothing", "it is no signed JWT"),
    "encrypted": (lambda: "a.b.c.d.e", "it is no signed JWT"),
    "empty": (lambda: "", "it is no signed JWT"),
    "not ASCII": (lambda: "ä.ö.ü", "it is no signed JWT"),
    "no base64": (lambda: "a.b.c", "its header is not JSON"),
    "a header that is a list": (lambda: forged([], claims()), "its header is no JSON object"),
    "claims that are a text": (lambda: forged({"alg": "ES256"}, "x"), "its payload is no JSON"),
    "a changed claim": (changed, "no key of its issuer"),
}  # fmt: skip


@pytest.mark.parametrize(("attack", "why"), ATTACKS.values(), ids=ATTACKS)
async def test_an_attack_is_refused(hub: Hub, attack: Callable[[], str], why: str) -> None:
    assert (await refused(hub, attack())).startswith(why)


async def test_clocks_may_differ_by_half_a_minute(hub: Hub) -> None:
    good = claims(exp=now() - 5, iat=now() + 20)
    assert (await hub.ask(signed(good))).status_code == 200


async def test_a_token_that_was_good_is_not_for_ever(hub: Hub) -> None:
    token = signed()
    assert (await hub.ask(token)).status_code == 200
    hub.clock.ahead = 310
    assert (await hub.ask(token)).status_code == 200
    hub.clock.ahead = 340
    assert await refused(hub, token) == "it has expired"


async def test_a_disabled_client_is_refused_within_seconds(hub: Hub) -> None:
    token = signed()
    client = (await hub.principal(token)).client or ""
    await Registry(hub.store.kept).disable(client)
    hub.clock.ahead = 3
    assert await refused(hub, token) == "its client is not registered here, or no longer"


async def test_a_token_in_the_address_is_refused(hub: Hub) -> None:
    token = signed()
    answer = await hub.http.get("/graphql", params={"query": "{a}", "access_token": token})
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")
    assert 'error="invalid_request"' in answer.headers["www-authenticate"]
    assert token not in answer.text


async def test_two_tokens_and_other_schemes_are_refused(hub: Hub) -> None:
    token = f"Bearer {signed()}"
    two = [("authorization", token), ("authorization", token)]
    answer = await hub.http.post("/graphql", json={"query": "{a}"}, headers=two)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")
    for scheme in ("Basic YTpi", "DPoP x", "bearer", "Bearer"):
        assert (await hub.ask(authorization=scheme)).status_code == 401
    assert (await hub.ask(authorization=f"bearer {signed()}")).status_code == 200


async def test_a_wild_token_never_shows_a_traceback(
    hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    headers: list[Any] = [7, "alg", None, {"alg": None}, {"alg": "ES256", "kid": {}, "typ": []}]
    bodies: list[Any] = [{"iss": ISSUER}, {"iss": {}}, [[]], None]
    for header in headers:
        for said in bodies:
            await refused(hub, forged(header, said))
    assert not caplog.records


async def test_providers_that_write_otherwise_are_understood(tmp_path: Path) -> None:
    how = {
        "audience": "api://hub", "algorithms": ("RS256",), "typ": "any", "client_claim": "azp",
        "scope_claim": "scp", "jti_claim": "uti", "jwks": key_set(RSA),
    }  # fmt: skip
    store = EmbeddedStore(str(tmp_path / "hub.db"))
    async with served(store, **trusted(**how)) as hub:
        await hub.register(issuer=ISSUER, external_id="app")
        said = claims(
            aud=["other", "api://hub"], client_id=None, azp="app", scope=None, scp=["write"],
            jti=None, uti="t1",
        )  # fmt: skip
        token = signed(said, RSA, alg="RS256", typ="JWT")
        assert (await hub.principal(token)).scopes == {Scope.WRITE}
        with pytest.raises(InvalidTokenError):
            await hub.principal(signed(said, RSA, alg="PS256", typ="JWT"))


async def test_the_clients_of_two_providers_are_apart(tmp_path: Path) -> None:
    other = {"issuer": "https://other.example", "jwks": key_set(KEY)}
    issuers = (*trusted()["issuers"], other)
    store = EmbeddedStore(str(tmp_path / "hub.db"))
    async with served(store, issuers=issuers) as hub:
        mine = await hub.register(issuer=ISSUER, external_id="app")
        assert (await hub.principal(signed())).client == mine.id
        with pytest.raises(InvalidTokenError):
            await hub.principal(signed(claims(iss="https://other.example")))
        with pytest.raises(InvalidTokenError):
            await hub.principal(signed(claims(client_id=mine.id)))


async def test_a_hub_that_trusts_nobody_takes_no_token(tmp_path: Path) -> None:
    store = EmbeddedStore(str(tmp_path / "hub.db"))
    async with served(store, authorization_server=False) as hub:
        assert await refused(hub, signed()) == "its issuer is not trusted here"
        assert (await hub.ask()).status_code == 200
