"""What asks the hub from outside: scripts of Node.js with others' packages, and a hub to listen."""

import asyncio
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import orjson
import pytest
import uvicorn
from starlette.types import ASGIApp

from hub.app import create_app
from hub.settings import Settings
from hub.store.embedded.store import EmbeddedStore
from tests.fetching import once
from tests.neo4j.server import ROOT

_CACHE: Final = ROOT / ".cache" / "node"
SOON: Final = 300
"""Seconds after which a process hangs, on a slow machine that is busy."""


def installed(scripts: Path, folder: Path) -> Path:
    """Return a folder with scripts and what they need, as their lock files have it.

    What a lock file names is fetched once, and kept for all who need the same.
    """
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        why = "there is no Node.js, with which the hub is tested from outside"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)
    ignored = shutil.ignore_patterns("node_modules")
    shutil.copytree(scripts, folder, dirs_exist_ok=True, ignore=ignored)
    for lock in sorted(folder.rglob("package-lock.json")):
        (lock.parent / "node_modules").symlink_to(_packages(npm, lock))
    return folder


def _packages(npm: str, lock: Path) -> Path:
    """Return the folder of packages that a lock file names."""

    def fetch(folder: Path) -> None:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(lock.with_name(name), folder)
        subprocess.run(  # noqa: S603 - our own lock file
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=2 * SOON,
        )

    kept = once(_CACHE / hashlib.sha256(lock.read_bytes()).hexdigest()[:16], fetch)
    return kept / "node_modules"


async def run(node: Path, script: str, *words: str) -> Any:  # noqa: ANN401 - any JSON
    """Run a script to its end; return what it prints."""
    code, out, err = await ended(node, script, *words)
    assert code == 0, err
    return orjson.loads(out)


async def ended(
    node: Path, script: str, *words: str, env: Mapping[str, str] | None = None
) -> tuple[int | None, str, str]:
    """Run a script to its end; return its exit code, what it prints, and what it complains of."""
    return await _ended(node, "node", script, *words, env=env or {})


async def printed(folder: Path, *command: str | Path, **env: str) -> str:
    """Run a command to its end, by our own Python and tools; return what it prints."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    code, out, err = await _ended(folder, *command, env={"PATH": path, **env})
    assert code == 0, err
    return out


async def _ended(
    folder: Path, *command: str | Path, env: Mapping[str, str]
) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env={**os.environ, **env}, stdout=PIPE, stderr=PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), SOON)
    return process.returncode, out.decode(), err.decode()


@asynccontextmanager
async def started(node: Path, script: str, env: Mapping[str, str]) -> AsyncGenerator[str]:
    """Run a script that serves; yield the first line that it prints, which is where."""
    process = await asyncio.create_subprocess_exec(
        "node", script, cwd=node, env={**os.environ, **env}, stdout=PIPE
    )
    assert process.stdout is not None
    try:
        yield (await asyncio.wait_for(process.stdout.readline(), SOON)).decode().strip()
    finally:
        process.kill()
        await process.communicate()


@asynccontextmanager
async def listening(path: Path) -> AsyncGenerator[str]:
    """Yield the address of a hub that listens."""
    async with serving(
        lambda url: create_app(EmbeddedStore(str(path)), Settings(public_url=url))
    ) as url:
        yield url


@asynccontextmanager
async def serving(make: Callable[[str], ASGIApp]) -> AsyncGenerator[str]:
    """Yield the address of an application that listens, made once its address is known."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()  # who comes before it is ready waits
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = make(url)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="websockets-sansio"))
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield url
        finally:
            server.should_exit = True
            await serving
