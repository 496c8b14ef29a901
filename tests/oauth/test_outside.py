"""From outside: an OAuth client and an identity provider that know nothing of the hub's code."""

import asyncio
import re
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import httpx
import orjson
import pytest
from joserfc.jwk import ECKey

from hub.oauth.principal import Role, Scope
from hub.store.embedded.store import EmbeddedStore
from tests.cli.commands import free_port
from tests.docs.pages import DOCS
from tests.oauth.served import OPERATOR, QUERY, served
from tests.outside import SOON, installed, listening, run

pytestmark = pytest.mark.anyio
HERE: Final = Path(__file__).with_name("outside")
SECRET: Final = "an example of a provider's secret"  # noqa: S105 - it is an example


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the scripts and what they need."""
    return installed(HERE, tmp_path_factory.mktemp("outside"))


async def test_a_client_from_outside_is_served(node: Path, tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    async with served(EmbeddedStore(str(path))) as hub:
        operator = await hub.operator()
        reader, secret = await hub.reader()
    (node / "key.json").write_bytes(orjson.dumps(OPERATOR.as_dict(private=True)))
    async with listening(path) as url:
        told = await run(node, "client.mjs", url, operator.id, "key.json", reader.id, secret)
    assert told == {
        "client": operator.id,
        "scope": "read write",
        "lifetime": 600,
        "revision": "0",
        "revoked": "invalid_token",
        "read": ["read", "0"],
        "wrong secret": 401,
        "wrong scope": "invalid_scope",
    }


@asynccontextmanager
async def providing(node: Path) -> AsyncGenerator[str]:
    """Yield the address of an identity provider."""
    port = str(free_port())
    process = await asyncio.create_subprocess_exec(
        "node", "provider.mjs", port, SECRET, cwd=node, stdout=PIPE, stderr=PIPE
    )
    try:
        assert process.stdout
        line = await asyncio.wait_for(process.stdout.readuntil(b"listening\n"), SOON)
        assert line
        yield f"http://127.0.0.1:{port}"
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def test_a_real_identity_provider_is_trusted(node: Path, tmp_path: Path) -> None:
    public = "https://hub.example"
    async with (
        providing(node) as idp,
        httpx.AsyncClient(base_url=idp, trust_env=False) as http,
    ):
        found = (await http.get("/.well-known/openid-configuration")).json()
        issuers = ({"issuer": found["issuer"], "jwks_uri": found["jwks_uri"]},)
        store = EmbeddedStore(str(tmp_path / "hub.db"))
        async with served(store, issuers=issuers, authorization_server=False) as hub:
            token = await given(http, public)
            assert (await hub.ask(token)).status_code == 401
            await hub.register(issuer=idp, external_id="app")
            assert (await hub.ask(token)).json()["data"]["revision"]
            principal = await hub.principal(token)
            assert (principal.role, principal.programs) == (Role.OPERATOR, {"alpha"})
            assert principal.scopes == {Scope.WRITE}
            elsewhere = await given(http, "https://other.example")
            assert "its aud is not this hub" in (await hub.ask(elsewhere)).text


async def given(http: httpx.AsyncClient, resource: str) -> str:
    """Return a token of the provider for a resource."""
    form = {"grant_type": "client_credentials", "resource": resource, "scope": "write"}
    answer = await http.post("/token", auth=("app", SECRET), data=form)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


async def test_the_guide_leads_from_a_key_pair_to_an_answer(tmp_path: Path) -> None:
    page = (DOCS / "access.md").read_text(encoding="utf-8")
    [code] = re.findall(r"```python\n([\s\S]*?)```", page)
    key = ECKey.generate_key("P-256")
    (tmp_path / "private.pem").write_bytes(key.as_pem(private=True))
    path = tmp_path / "hub.db"
    async with served(EmbeddedStore(str(path))) as hub:
        client = await hub.operator(ECKey.import_key(key.as_dict(private=False)))
    async with listening(path) as url:
        script = f"HUB, CLIENT = {url!r}, {client.id!r}\n{code}\nprint(token)"
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, cwd=tmp_path, stdout=PIPE, stderr=PIPE
        )
        out, err = await asyncio.wait_for(process.communicate(), SOON)
        assert process.returncode == 0, err.decode()
        headers = {"authorization": f"Bearer {out.decode().strip()}"}
        async with httpx.AsyncClient(headers=headers, trust_env=False) as http:
            answer = await http.post(f"{url}/graphql", json={"query": QUERY})
        assert answer.json()["data"]["revision"]
