"""What tests of the sync engine share: an empty store, and two made-up programs."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from adapters.kit.adapter import Adapter
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import Store
from tests.sync.programs import ALPHA, BETA, folders

NewStore = Callable[[], AbstractAsyncContextManager[Store]]


@pytest.fixture(scope="session")
def new_store() -> NewStore:
    """Return what opens an empty store; a property opens one for each of its examples."""

    @asynccontextmanager
    async def opened() -> AsyncGenerator[Store]:
        store = EmbeddedStore(":memory:")
        await store.open()
        try:
            yield store
        finally:
            await store.close()

    return opened


@pytest.fixture
async def store(new_store: NewStore) -> AsyncGenerator[Store]:
    """Yield an empty store."""
    async with new_store() as store:
        yield store


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Adapter]:
    """Return both made-up programs."""
    return folders(tmp_path_factory.mktemp("programs"))


@pytest.fixture(scope="session")
def alpha(programs: dict[str, Adapter]) -> Adapter:
    """Return the program alpha."""
    return programs[ALPHA]


@pytest.fixture(scope="session")
def beta(programs: dict[str, Adapter]) -> Adapter:
    """Return the program beta."""
    return programs[BETA]


@pytest.fixture(scope="session")
def listing(tmp_path_factory: pytest.TempPathFactory) -> Adapter:
    """Return alpha as it were if its list were a listing: who is absent is not in the program."""
    return folders(tmp_path_factory.mktemp("listing"), manifest="listing = true\n")[ALPHA]
