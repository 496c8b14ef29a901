"""A hub with the small graph and its jobs in a folder, on both stores or on SQLite."""

import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from hub.store.embedded.store import EmbeddedStore
from tests.conftest import unopened
from tests.jobs.clients import Sender, brand, fill, hub_on
from tests.oauth.served import Hub


@pytest.fixture(params=["sqlite", "neo4j"])
async def hub(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Hub]:
    """Serve the small graph, from one store after the other."""
    async with hub_on(unopened(request, tmp_path), tmp_path / "jobs") as hub:
        await fill(hub)
        yield hub


@pytest.fixture(scope="session")
async def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with the small graph."""
    folder = tmp_path_factory.mktemp("filled")
    async with hub_on(EmbeddedStore(str(folder / "hub.db")), folder / "jobs") as hub:
        await fill(hub)
    return folder / "hub.db"


@pytest.fixture
def path(filled: Path, tmp_path: Path) -> Path:
    """Return a copy of it."""
    return Path(shutil.copy(filled, tmp_path / "hub.db"))


@pytest.fixture
async def here(path: Path, tmp_path: Path) -> AsyncGenerator[Hub]:
    """Serve it from SQLite, for what does not depend on the store."""
    async with hub_on(EmbeddedStore(str(path)), tmp_path / "jobs") as hub:
        yield hub


@pytest.fixture
async def buyer(here: Hub) -> Sender:
    """Return a client of the buyer."""
    return await brand(here)
