"""The hub over HTTP on both stores: each test that takes `hub` runs once on each of them."""

from collections.abc import AsyncGenerator, Mapping

import pytest

from hub.store.cache import Room
from hub.store.embedded.store import EmbeddedStore
from tests.conftest import unopened
from tests.graphql.served import Hub, fill, served


@pytest.fixture(scope="package", params=["sqlite", "neo4j"])
async def hub(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Hub]:
    """Serve the bundled record of every program and the example world; tests only add to it."""
    store = unopened(request, tmp_path_factory.mktemp("served"))
    async with served(store) as hub:
        await fill(hub.store)
        yield hub


@pytest.fixture(scope="package")
async def bare() -> AsyncGenerator[Hub]:
    """Serve an empty store, for what does not depend on what a store holds."""
    async with served(EmbeddedStore(":memory:")) as hub:
        yield hub


@pytest.fixture
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask as the first who ever asked: nothing is kept between questions."""

    def nothing(*_: object) -> Mapping[int, object]:
        return {}

    monkeypatch.setattr(Room, "known", nothing)
