"""What tests of the command line share: a folder of their own, with or without a filled store."""

import os
import shutil
from pathlib import Path

import pytest

from hub.settings import PREFIX
from tests.cli.commands import done
from tests.cli.outside import install
from tests.cli.worlds import lines, ndjson
from tests.sync.programs import folders


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run each test in a folder of its own, without the settings of anybody's hub."""
    for variable in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(variable)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def filled_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store into which the small graph was imported."""
    where = tmp_path_factory.mktemp("filled")
    done("import", ndjson(where / "graph.ndjson", lines()), "--store", f"sqlite:///{where}/hub.db")
    return where / "hub.db"


@pytest.fixture
def store(filled_store: Path, folder: Path) -> Path:
    """Return a copy of that store, at the place where the hub looks by itself."""
    shutil.copy(filled_store, folder / "hub.db")
    return folder / "hub.db"


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an installed package of two made-up programs."""
    site = tmp_path_factory.mktemp("site")
    folders(install(site, "example_programs_from_outside"))
    return site


@pytest.fixture
def programs(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have two made-up programs from outside beside the bundled ones."""
    monkeypatch.syspath_prepend(installed)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print as on a terminal of 80 columns without colours."""
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("TERM", "dumb")
