"""A client that a generator wrote from the schema, in an environment as a user has it."""

import os
import subprocess
import venv
from pathlib import Path
from typing import Final

import pytest

from adapters.kit.adapter import adapters
from hub.store.embedded.store import EmbeddedStore
from hub.sync.run import run
from hub.sync.sources import record
from tests.docs.pages import DOCS, ROOT, laid_out
from tests.outside import SOON, listening, printed

pytestmark = pytest.mark.anyio
PAGE: Final = DOCS / "python.md"


def installed(folder: Path) -> Path:
    """Return where the commands of an environment with the generator are."""
    venv.create(folder, with_pip=True, symlinks=True)
    commands = folder / "bin"
    wanted = ROOT / "requirements" / "client.txt"
    done = subprocess.run(  # noqa: S603 - our own lock file
        [
            *(commands / "python", "-m", "pip", "install", "--quiet", "--require-hashes"),
            *("--disable-pip-version-check", "-r", wanted),
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=2 * SOON,
    )
    assert done.returncode == 0, done.stderr
    return commands


async def test_a_generated_client_asks_as_the_page_has_it(tmp_path: Path) -> None:
    commands = installed(tmp_path / "environment")
    page = laid_out(PAGE, tmp_path)
    [typed] = [block.text for block in page if block.language == "bash"]
    store = EmbeddedStore(str(tmp_path / "hub.db"))
    await store.open()
    await run(store, record(adapters()["example-produce"]))
    await store.close()
    environment = {"PATH": f"{commands}{os.pathsep}{os.environ['PATH']}"}
    async with listening(tmp_path / "hub.db") as url:
        await printed(tmp_path, "bash", "-euc", typed, **environment, HUB=url)
        told = await printed(tmp_path, commands / "python", "check.py", **environment, HUB=url)
    *known, nobody = told.splitlines()
    assert [line.partition(" ")[0] for line in known] == ["exp:0001", "exp:0002"]
    assert nobody == "exp:nobody UNKNOWN_REFERENCE"
