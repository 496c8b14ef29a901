"""Where worlds are kept between runs: one folder outside the repository, one store per world."""

import argparse
import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

import orjson

from bench.loading import holds, opened
from bench.world import World
from hub.store.embedded import schema as embedded_schema
from hub.store.neo4j import schema as neo4j_schema
from tests.neo4j.server import Address, Server, given, lacking

STORES: Final = ("sqlite", "neo4j")
"""What may hold a world."""
CACHE: Final = "BENCH_CACHE"
"""Variable that names the folder; `--cache` names it, too."""
_FIRST: Final = 400
"""Suppliers whose facts tell one way of telling a world from another."""
_HEAP: Final = "2g"
_PAGES: Final = "1g"
"""Memory of the bench's own Neo4j."""


@dataclass(frozen=True, slots=True)
class Place:
    """A store that holds a world.

    Attributes:
        kind: sqlite or neo4j.
        address: The server, where there is one.
        loaded: What loading took, when it was loaded.
    """

    kind: str
    url: str
    address: Address | None
    loaded: dict[str, Any]


class NeedsJavaError(RuntimeError):
    """There is no Neo4j to measure, and none can be started."""

    def __init__(self, why: str) -> None:
        super().__init__(f"cannot measure Neo4j: {why}; leave it out with --stores sqlite")


def stores(text: str) -> tuple[str, ...]:
    """Return the stores that an option names, with commas between them.

    Raises:
        ArgumentTypeError: One is none of `STORES`.
    """
    named = tuple(dict.fromkeys(text.split(",")))
    if not set(named) <= set(STORES):
        message = f"{text!r}: name some of {', '.join(STORES)}"
        raise argparse.ArgumentTypeError(message)
    return named


def folder() -> Path:
    """Return the folder in which worlds are kept unless told otherwise."""
    named = os.environ.get(CACHE)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(named) if named else Path(base) / "wsr-hub-bench"


@contextmanager
def place(kind: str, world: World, cache: Path, *, fresh: bool) -> Generator[Place]:
    """Yield a store that holds a world, which is loaded where it does not yet.

    Args:
        kind: sqlite or neo4j.
        world: The world.
        cache: Where worlds are kept.
        fresh: Load it anew.

    Raises:
        NeedsJavaError: Neo4j is asked for and cannot be had.
    """
    kept = cache / f"{kind}-{world.suppliers}-{world.seed}-{_form(world)}"
    kept.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        path = kept / "hub.db"
        url = f"sqlite:///{path}"
        if fresh or not path.exists() or not _holds(url, world):
            for old in kept.glob("hub.db*"):
                old.unlink()
            _load(url, world, kept)
        yield Place(kind, url, None, _loaded(kept))
        return
    with _neo4j(kept, fresh=fresh) as address:
        if fresh or not _holds(address.url, world):
            sys.stderr.write(f"emptying {address.url}\n")
            address.empty()
            _load(address.url, world, kept)
        yield Place(kind, address.url, address, _loaded(kept))


@contextmanager
def _neo4j(kept: Path, *, fresh: bool) -> Generator[Address]:
    """Yield the server that HUB_TEST_NEO4J names, else one of our own with its data kept."""
    named = given()
    if named is not None:
        yield named
        return
    why = lacking()
    if why is not None:
        raise NeedsJavaError(why)
    data = kept / "server"
    if fresh:
        shutil.rmtree(data, ignore_errors=True)
    server = _Roomy(data=data, heap=_HEAP, quick=False)
    try:
        server.start()
        yield server
    finally:
        server.stop()


class _Roomy(Server):
    """A server with the memory of a team's, not of a test's."""

    def _settings(self) -> str:
        return super()._settings().replace("pagecache.size=64m", f"pagecache.size={_PAGES}")


def _form(world: World) -> str:
    """Return a digest of what a kept world depends on: what is told, and how stores are laid out.

    What is told of the first suppliers stands for all.
    """
    told = chain.from_iterable(World(_FIRST, world.seed).chunks())
    parts = [orjson.dumps(line.unfolded()) for line in told]
    parts += [text.encode() for text in (*embedded_schema.tables(), *embedded_schema.indexes())]
    parts += [text.encode() for text in neo4j_schema.statements().values()]
    return hashlib.blake2b(b"\0".join(parts), digest_size=5).hexdigest()


def _holds(url: str, world: World) -> bool:
    """Return whether a store holds the whole of a world."""

    async def ask() -> bool:
        async with opened(url) as store:
            return await holds(store, world)

    return asyncio.run(ask())


def _load(url: str, world: World, kept: Path) -> None:
    """Load a world in a process of its own, so that its memory is measured alone."""
    size = ["--suppliers", str(world.suppliers), "--seed", str(world.seed)]
    sys.stderr.write(f"loading {world.suppliers:,} suppliers into {url}\n")
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "bench.loading", url, *size], check=True, stdout=subprocess.PIPE
    )
    (kept / "loaded.json").write_bytes(done.stdout)


def _loaded(kept: Path) -> dict[str, Any]:
    return json.loads((kept / "loaded.json").read_bytes())
