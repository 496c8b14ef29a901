"""Signing keys: one for all hubs, sealed in the store, and changed without a token lost."""

import asyncio
import re
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from hub.errors import StoreUnavailableError
from hub.oauth.jose import read
from hub.store.embedded.store import EmbeddedStore
from tests.cli.commands import done, hub, refused
from tests.oauth.served import Hub, served

pytestmark = pytest.mark.anyio
SECRET: Final = "example of a secret, long enough to seal"  # noqa: S105 - it is an example
OTHER: Final = "another example, as long, to seal it with"


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Return where the store is."""
    return str(tmp_path / "hub.db")


async def kids(hub: Hub) -> list[str]:
    """Return what the published keys are called."""
    return [key["kid"] for key in (await hub.http.get("/.well-known/jwks.json")).json()["keys"]]


async def rotate(path: str) -> str:
    """Rotate the keys as who runs the hub does."""
    return (await asyncio.to_thread(done, "keys", "rotate", "--store", f"sqlite:///{path}")).out


def kid(token: str) -> str:
    """Return what a token calls its key."""
    return read(token).header["kid"]


async def test_a_rotation_loses_no_token(path: str) -> None:
    async with served(EmbeddedStore(path)) as hub:
        client = await hub.operator()
        [old] = await kids(hub)
        before = await hub.given(client)
        said = await rotate(path)
        assert "is published and signs from" in said
        hub.clock.ahead = 3
        [same, new] = await kids(hub)
        assert same == old
        assert new in said
        assert kid(await hub.given(client)) == old
        hub.clock.ahead = 350
        last = await hub.given(client)
        assert (kid(last), kid(before)) == (old, old)
        hub.clock.ahead = 365
        after = await hub.given(client)
        assert kid(after) == new
        for token in (before, last, after):
            assert (await hub.ask(token)).status_code == 200
        hub.clock.ahead = 940
        assert (await hub.ask(last)).status_code == 200
        assert await kids(hub) == [old, new]
        hub.clock.ahead = 1_100
        assert await kids(hub) == [new]


async def test_a_rotation_waits_for_the_last_to_end(path: str) -> None:
    async with served(EmbeddedStore(path)):
        await rotate(path)
        words = ("keys", "rotate", "--store", f"sqlite:///{path}")
        said = await asyncio.to_thread(refused, *words)
        assert said.startswith("the last rotation is under way; its key signs in 3")


async def test_hubs_that_start_at_once_share_one_key(path: str) -> None:
    store = EmbeddedStore(path)
    await store.open()
    await store.close()

    async def start() -> list[str]:
        async with served(EmbeddedStore(path)) as hub:
            return await kids(hub)

    found = await asyncio.gather(*(start() for _ in range(4)))
    assert len({tuple(each) for each in found}) == len(found[0]) == 1


async def test_a_copy_of_the_store_without_the_secret_signs_nothing(path: str) -> None:
    async with served(EmbeddedStore(path), keys_secret=SECRET) as hub:
        [first] = await kids(hub)
        client = await hub.operator()
        token = await hub.given(client)
        [record] = (await hub.store.kept.all("signing-key")).values()
        assert orjson.loads(record).keys() == {"signsFrom", "goneAt", "sealed"}
    for how in ({"keys_secret": OTHER}, {}):
        with pytest.raises(StoreUnavailableError, match="another HUB_KEYS_SECRET"):
            await started(path, **how)
    async with served(EmbeddedStore(path), keys_secret=SECRET) as again:
        assert await kids(again) == [first]
        assert (await again.ask(token)).status_code == 200


async def started(path: str, **how: Any) -> None:  # noqa: ANN401
    """Start a hub."""
    async with served(EmbeddedStore(path), **how):
        pass


def test_a_hub_does_not_start_with_another_secret(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = f"sqlite:///{path}"
    asyncio.run(started(path, keys_secret=SECRET))
    monkeypatch.setenv("HUB_KEYS_SECRET", OTHER)
    found = hub("serve", "--port", "0", "--store", store)
    assert (found.code, found.out) == (2, "")
    assert found.err.splitlines()[-1].endswith("sealed with another HUB_KEYS_SECRET")
    ill = hub("doctor", "--store", store)
    assert ill.code == 2
    assert "✗ keys: the signing keys in the store were sealed with another" in ill.out
    monkeypatch.setenv("HUB_AUTHORIZATION_SERVER", "false")
    assert "✓ keys: " in done("doctor", "--store", store).out
    said = done("keys", "rotate", "--store", store).out
    assert re.fullmatch(r"key [\w-]{43} signs the heads of the audit log\n", said)


def test_the_file_of_a_new_store_is_its_owners_alone(path: str) -> None:
    asyncio.run(started(path))
    assert Path(path).stat().st_mode & 0o077 == 0
