"""The filled store that the pages' examples are asked of, made once."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.docs.shell import Shell
from tests.docs.worlds import filled, shell


@pytest.fixture(scope="session")
def filled_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store filled as `make run` fills it."""
    return filled(tmp_path_factory.mktemp("docs") / "hub.db")


@pytest.fixture
def opened(filled_store: Path) -> Generator[Shell]:
    """Yield a shell with a copy of that store."""
    with shell(filled_store) as found:
        yield found
