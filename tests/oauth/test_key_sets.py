"""The key sets of identity providers: fetched rarely, kept while they are away, never elsewhere."""

import threading
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import anyio.lowlevel
import orjson
import pytest
from joserfc.jwk import ECKey

from hub.oauth import guard
from hub.store.embedded.store import EmbeddedStore
from tests.oauth.served import ISSUER, KEY, Hub, claims, key_set, served, signed, trusted

pytestmark = pytest.mark.anyio
NEXT = ECKey.generate_key("P-256", {"kid": "idp-2"})
DAY = 24 * 3_600


@dataclass
class Provider:
    """An identity provider's key set, as tests want it answered."""

    status: int = 200
    body: bytes = orjson.dumps(key_set(KEY))
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    asked: list[str] = field(default_factory=list[str])
    url: str = ""
    hold: threading.Event = field(default_factory=threading.Event)
    """While it is not set, no answer is given."""

    def __post_init__(self) -> None:
        self.hold.set()


@contextmanager
def listening() -> Generator[Provider]:
    """Yield a provider that listens on this machine."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append(self.path)
            provider.hold.wait()
            self.send_response(provider.status)
            for name, value in provider.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(provider.body)

        def log_request(self, code: int | str = "", size: int | str = "") -> None:
            del code, size

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield provider
        finally:
            provider.hold.set()
            server.shutdown()


@pytest.fixture
def provider() -> Generator[Provider]:
    """Yield a provider."""
    with listening() as found:
        yield found


@pytest.fixture
async def hub(tmp_path: Path, provider: Provider) -> AsyncGenerator[Hub]:
    """Serve a hub that trusts the provider, with one client."""
    how = trusted(jwks=None, jwks_uri=f"{provider.url}/jwks")
    async with served(EmbeddedStore(str(tmp_path / "hub.db")), **how) as found:
        await found.register(issuer=ISSUER, external_id="app")
        yield found


def token(hub: Hub, key: ECKey = KEY, **header: Any) -> str:  # noqa: ANN401
    """Return a new token of the hub's present."""
    now = int(hub.clock())
    return signed(claims(iat=now, exp=now + 300), key, **header)


async def status(hub: Hub, key: ECKey = KEY, **header: Any) -> int:  # noqa: ANN401
    """Ask with a new token; return the status of the answer."""
    return (await hub.ask(token(hub, key, **header))).status_code


async def test_the_key_set_is_fetched_once(hub: Hub, provider: Provider) -> None:
    assert provider.asked == []
    assert [await status(hub) for _ in range(5)] == [200] * 5
    assert provider.asked == ["/jwks"]


async def test_a_new_key_is_found_at_once_but_not_again_and_again(
    hub: Hub, provider: Provider
) -> None:
    assert await status(hub) == 200
    provider.body = orjson.dumps(key_set(KEY, NEXT))
    hub.clock.ahead += 31
    assert await status(hub, NEXT) == 200
    assert len(provider.asked) == 2
    assert [await status(hub, NEXT, kid=f"none{n}") for n in range(9)] == [401] * 9
    assert len(provider.asked) == 2
    hub.clock.ahead += 31
    assert [await status(hub, NEXT, kid=f"none{n}") for n in range(9)] == [401] * 9
    assert len(provider.asked) == 3


async def test_a_key_that_is_gone_is_forgotten(hub: Hub, provider: Provider) -> None:
    assert await status(hub) == 200
    provider.body = orjson.dumps(key_set(NEXT))
    hub.clock.ahead += 31
    assert await status(hub, NEXT) == 200
    assert await status(hub) == 401


async def test_a_key_set_is_fetched_anew_beside_what_uses_it(hub: Hub, provider: Provider) -> None:
    assert await status(hub) == 200
    hub.clock.ahead += 299
    assert await status(hub) == 200
    assert len(provider.asked) == 1
    provider.body = orjson.dumps(key_set(NEXT))
    hub.clock.ahead += 2
    provider.hold.clear()
    assert await status(hub) == 200  # nobody waits for it
    assert await status(hub) == 200
    provider.hold.set()
    with anyio.fail_after(30):
        while await status(hub) == 200:  # the key that is gone lets in until it is known to be
            await anyio.lowlevel.checkpoint()
    assert await status(hub, NEXT) == 200
    assert len(provider.asked) == 2


async def test_so_many_tokens_are_remembered_and_the_first_forgotten_first(
    hub: Hub, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MOST_VERIFIED", 2)
    known = token(hub)
    assert (await hub.ask(known)).status_code == 200
    provider.body = orjson.dumps(key_set(NEXT))
    hub.clock.ahead += 31
    for remembered in (200, 401):  # what is not remembered is read anew, and its key is gone
        assert await status(hub, NEXT) == 200
        hub.clock.ahead += 1
        assert (await hub.ask(known)).status_code == remembered


async def test_old_keys_are_good_for_a_day_while_the_provider_is_away(
    hub: Hub, provider: Provider
) -> None:
    assert await status(hub) == 200
    provider.status = 503
    hub.clock.ahead += DAY - 60
    assert await status(hub) == 200
    hub.clock.ahead += 120
    answer = await hub.ask(token(hub))
    assert (answer.status_code, answer.json()["code"]) == (503, "ISSUER_UNAVAILABLE")
    assert answer.headers["retry-after"] == "30"
    provider.status = 200
    hub.clock.ahead += 31
    assert await status(hub) == 200


@pytest.mark.parametrize(
    ("code", "body"),
    [
        (500, b"{}"), (200, b"no json"), (200, b"[]"), (200, b'{"keys": []}'),
        (200, b'{"keys": [{"kty": "oct", "k": "AAAA"}]}'), (200, b'{"keys": 7}'),
        (200, orjson.dumps({**key_set(KEY), "more": "x" * 300_000})),
    ],
    ids=["fault", "text", "list", "empty", "symmetric", "number", "too large"],
)  # fmt: skip
async def test_what_is_no_key_set_lets_nobody_in(
    hub: Hub, provider: Provider, code: int, body: bytes
) -> None:
    provider.status, provider.body = code, body
    assert await status(hub) == 503
    assert await status(hub) == 503
    assert len(provider.asked) == 1
    assert (await hub.ask()).status_code == 200


async def test_no_redirect_is_followed(hub: Hub, provider: Provider) -> None:
    with listening() as elsewhere:
        provider.status, provider.headers = 302, {"location": f"{elsewhere.url}/jwks"}
        assert await status(hub) == 503
        assert elsewhere.asked == []


async def test_what_a_token_says_of_keys_is_never_fetched(hub: Hub, provider: Provider) -> None:
    other = ECKey.generate_key("P-256", {"kid": "idp-1"})
    with listening() as evil:
        evil.body = orjson.dumps(key_set(other))
        for name in ("jku", "x5u"):
            assert await status(hub, other, **{name: f"{evil.url}/jwks"}) == 401
        assert evil.asked == []
    assert provider.asked == ["/jwks"]
