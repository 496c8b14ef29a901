"""What asks the hub from outside: scripts of Node.js with others' packages, and a hub to listen."""

import asyncio
import os
import shutil
import socket
import subprocess
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import orjson
import pytest
import uvicorn

from hub.app import create_app
from hub.settings import Settings
from hub.store.embedded.store import EmbeddedStore

SOON: Final = 60
"""Seconds after which a process hangs, on a busy machine."""


def installed(scripts: Path, folder: Path) -> Path:
    """Return a folder with scripts and what they need, as their lock file has it."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        why = "there is no Node.js, with which the hub is tested from outside"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)
    ignored = shutil.ignore_patterns("node_modules")
    shutil.copytree(scripts, folder, dirs_exist_ok=True, ignore=ignored)
    subprocess.run(  # noqa: S603 - our own lock file
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=10 * SOON,
    )
    return folder


async def run(node: Path, script: str, *words: str) -> Any:  # noqa: ANN401 - any JSON
    """Run a script to its end; return what it prints."""
    process = await asyncio.create_subprocess_exec(
        "node", script, *words, cwd=node, stdout=PIPE, stderr=PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), SOON)
    assert process.returncode == 0, err.decode()
    return orjson.loads(out)


@asynccontextmanager
async def listening(path: Path) -> AsyncGenerator[str]:
    """Yield the address of a hub that listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()  # who comes before the hub is ready waits
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = create_app(EmbeddedStore(str(path)), Settings(public_url=url))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="websockets-sansio"))
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield url
        finally:
            server.should_exit = True
            await serving
