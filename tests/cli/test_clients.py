"""`hub clients`: who is registered, what is shown once, what is refused."""

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import orjson
import pytest
from joserfc.jwk import ECKey, OctKey

from tests.cli.commands import done, refused
from tests.cli.worlds import BUYER

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture
def public(folder: Path) -> Path:
    """Return a file of a public key."""
    return written(folder / "public.json", ECKey.generate_key("P-256").as_dict(private=False))


def written(path: Path, *keys: object) -> Path:
    """Write a JWK set."""
    path.write_bytes(orjson.dumps({"keys": keys}))
    return path


def kept(store: Path) -> str:
    """Return all that the store keeps of clients."""
    with closing(sqlite3.connect(store)) as connection:
        return repr(connection.execute("SELECT * FROM kept").fetchall())


def test_an_operator_is_registered_by_its_key(public: Path) -> None:
    out = done(
        "clients", "add", "Alpha's office", "--program", "alpha", "--scope", "write",
        "--jwks", public,
    ).out  # fmt: skip
    assert re.fullmatch(
        r"client [0-9a-f]{20} \(Alpha's office\): operator of alpha; scopes read write\n", out
    )
    [client] = done("clients", "list", "--json").json
    assert (client["role"], client["programs"], client["scopes"]) == (
        "operator", ["alpha"], ["read", "write"],
    )  # fmt: skip
    assert client["credentials"].startswith("keys ")
    assert not client["disabled"]


def test_a_brand_may_have_a_router() -> None:
    out = done("clients", "add", "A router", "--organization", BUYER, "--scope", "router").out
    assert f"brand {BUYER}; scopes read router" in out


def test_an_admin_is_registered_by_its_key_and_reads_nothing_more(public: Path) -> None:
    out = done("clients", "add", "Who runs it", "--scope", "admin", "--jwks", public).out
    assert re.fullmatch(r"client [0-9a-f]{20} \(Who runs it\): admin; scopes admin\n", out)


def test_a_brand_gets_a_secret_that_is_shown_once_and_not_kept(store: Path) -> None:
    found = done("clients", "add", "A brand", "--organization", BUYER, "--json").json
    assert (found["role"], found["organization"]) == ("brand", BUYER)
    assert re.fullmatch(r"[A-Za-z0-9._~-]{43}", found["secret"])
    assert found["secret"] not in kept(store)
    assert found["secret"] not in done("clients", "list").out
    plain = done("clients", "add", "A reader")
    assert re.search(r"^secret [A-Za-z0-9._~-]{43}$", plain.out, re.MULTILINE)
    assert "shown once" in plain.err


def test_of_the_secrets_of_a_client_the_last_two_live(store: Path) -> None:
    client = done("clients", "add", "A reader", "--json").json["id"]
    secrets = [done("clients", "rotate", client, "--json").json["secret"] for _ in range(3)]
    assert len(set(secrets)) == 3
    assert kept(store).count('"sha256"') == 2
    assert done("clients", "list", "--json").json[0]["credentials"] == "2 secrets"
    assert done("clients", "rotate", client).out.startswith(f"client {client}\nsecret ")


def test_the_keys_of_a_client_are_replaced(public: Path, folder: Path) -> None:
    client = done("clients", "add", "Alpha", "--program", "alpha", "--jwks", public, "--json").json[
        "id"
    ]
    one, two = (ECKey.generate_key("P-256", {"kid": kid}) for kid in ("old", "new"))
    both = written(folder / "both.json", one.as_dict(private=False), two.as_dict(private=False))
    assert done("clients", "rotate", client, "--jwks", both).out == f"client {client}\n"
    assert done("clients", "list", "--json").json[0]["credentials"] == "keys old, new"
    assert "shows who it is by keys" in refused("clients", "rotate", client)
    reader = done("clients", "add", "A reader", "--json").json["id"]
    assert "by a secret" in refused("clients", "rotate", reader, "--jwks", both)


def test_a_disabled_client_is_listed_as_such() -> None:
    client = done("clients", "add", "A reader", "--json").json["id"]
    assert done("clients", "disable", client).out == f"client {client} is disabled\n"
    assert done("clients", "list").out.endswith("; disabled\n")
    assert done("clients", "list", "--json").json[0]["disabled"]
    done("clients", "rotate", client)
    assert done("clients", "list", "--json").json[0]["disabled"]


def test_a_client_of_an_identity_provider_has_no_credentials_here() -> None:
    words = ("--program", "alpha", "--issuer", "https://idp.example", "--client-id", "alpha-app")
    added = done("clients", "add", "Alpha", *words, "--json")
    client = added.json
    assert "secret" not in client
    assert "https://idp.example is none of HUB_ISSUERS yet" in added.err
    assert (client["issuer"], client["clientId"]) == ("https://idp.example", "alpha-app")
    assert "is that client" in refused("clients", "add", "Again", *words)
    assert "keeps the credentials" in refused("clients", "rotate", client["id"])
    assert "has its issuer and its id there" in refused(
        "clients", "add", "Half", "--program", "alpha", "--issuer", "https://idp.example"
    )


def test_a_key_may_come_as_pem(folder: Path) -> None:
    key = ECKey.generate_key("P-256")
    (folder / "public.pem").write_bytes(key.as_pem(private=False))
    done("clients", "add", "Alpha", "--program", "alpha", "--jwks", "public.pem")
    [client] = done("clients", "list", "--json").json
    assert client["credentials"] == f"keys {key.thumbprint()}"
    (folder / "private.pem").write_bytes(key.as_pem(private=True))
    said = refused("clients", "add", "Alpha", "--program", "alpha", "--jwks", "private.pem")
    assert "has a private key" in said


UNUSABLE: Final[Mapping[str, tuple[list[Any], str]]] = {
    "private": ([ECKey.generate_key("P-256").as_dict(private=True)], "has a private key"),
    "symmetric": ([OctKey.generate_key(256).as_dict()], "has a private key"),
    "curve": ([ECKey.generate_key("P-384").as_dict(private=False)], "cannot be used"),
    "short": ([{"kty": "RSA", "e": "AQAB", "n": "v" * 171}], "cannot be used"),
    "short and padded": (
        [{"kty": "RSA", "e": "AQAB", "n": "A" * 200 + "v" * 171}],
        "cannot be used",
    ),
    "off the curve": ([{"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}], "cannot be used"),
    "parts": ([{"kty": "EC"}], "cannot be used"),
    "empty": ([{}], "cannot be used"),
    "none": ([], "cannot be used"),
}


@pytest.mark.parametrize(("keys", "why"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_key_that_cannot_be_used_is_refused(folder: Path, keys: list[Any], why: str) -> None:
    path = written(folder / "keys.json", *keys)
    said = refused("clients", "add", "Alpha", "--program", "alpha", "--jwks", path)
    assert why in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--program", "alpha"], "an operator shows who it is by a key of its own"),
        (["--program", "nothing", "--jwks", "public.json"], "nothing"),
        (["--organization", "wsr:nobody"], "nothing here goes by 'wsr:nobody'"),
        (["--scope", "write"], "only an operator writes"),
        (["--scope", "admin"], "an admin shows who it is by a key of its own"),
        (["--scope", "admin", "--scope", "read", "--jwks", "public.json"], "has no further scope"),
        (["--scope", "admin", "--program", "alpha", "--jwks", "public.json"], "nobody else does"),
        (["--role", "admin", "--jwks", "public.json"], "an admin has the scope admin"),
        (
            ["--scope", "admin", "--issuer", "https://idp.example", "--client-id", "a"],
            "a key of its own",
        ),
        (["--role", "brand"], "a brand or supplier has an organisation"),
        (["--role", "researcher", "--organization", BUYER], "a brand or supplier has"),
        (["--program", "alpha", "--jwks", "none.json"], "cannot read none.json"),
        (["--program", "alpha", "--jwks", "facts.txt"], "neither a JWK set nor a key as PEM"),
    ],
)
@pytest.mark.usefixtures("public")
def test_what_cannot_be_a_client_is_refused(words: list[str], why: str, folder: Path) -> None:
    (folder / "facts.txt").write_text("not a key", "utf-8")
    assert why in refused("clients", "add", "A client", *words)
    assert done("clients", "list", "--json").json == []


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\x1bb"])
def test_a_name_can_be_read(name: str) -> None:
    assert "printable" in refused("clients", "add", name)


@pytest.mark.parametrize("command", ["rotate", "disable"])
def test_a_client_that_there_is_not_is_told(command: str) -> None:
    assert "there is no client 'x'" in refused("clients", command, "x")


def test_no_store_is_made_for_a_client(folder: Path) -> None:
    said = refused("clients", "add", "A reader", "--store", "sqlite:///no.db")
    assert said.startswith("there is no store at sqlite:///no.db")
    assert not (folder / "no.db").exists()
