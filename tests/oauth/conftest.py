"""The hub with its own authorization server, on both stores."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from adapters.kit.adapter import adapters
from hub.store.embedded.store import EmbeddedStore
from hub.sync.run import run
from hub.sync.sources import record
from tests.conftest import unopened
from tests.oauth.senders import Sender, sender
from tests.oauth.served import Hub, served


@pytest.fixture(params=["sqlite", "neo4j"])
async def giving(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Hub]:
    """Serve an empty store that gives tokens itself."""
    store = unopened(request, tmp_path)
    async with served(store) as hub:
        yield hub


@pytest.fixture
async def own(tmp_path: Path) -> AsyncGenerator[Hub]:
    """Serve one on SQLite, for what does not depend on the store."""
    async with served(EmbeddedStore(str(tmp_path / "hub.db"))) as hub:
        yield hub


@pytest.fixture
async def ffp(giving: Hub) -> Sender:
    """Serve the record of the Fair Food Program to an operator of it."""
    await run(giving.store, record(adapters()["ffp"]))
    return await sender(giving, id="of-ffp")


@pytest.fixture
async def here(own: Hub) -> Sender:
    """Serve the same on SQLite, for what does not depend on the store."""
    await run(own.store, record(adapters()["ffp"]))
    return await sender(own, id="of-ffp")
