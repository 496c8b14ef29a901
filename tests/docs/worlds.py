"""The store that the pages' examples are asked of: the bundled record and the example world."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from adapters.kit.adapter import adapters
from hub.cli.serving import fill
from hub.store.embedded.store import EmbeddedStore
from hub.sync.run import run
from hub.sync.sources import record
from tests.docs.shell import Shell


def filled(path: Path) -> Path:
    """Return a store filled as `make run` fills it."""

    async def steps() -> None:
        store = EmbeddedStore(str(path))
        await store.open()
        await fill(store, example=True)
        await store.close()

    asyncio.run(steps())
    return path


def filled_on(path: Path, day: date) -> Path:
    """Return a store filled likewise, but on another day."""

    async def steps() -> None:
        store = EmbeddedStore(str(path))
        await store.open()
        for adapter in adapters().values():
            await run(store, record(adapter), now=datetime.combine(day, time(12), UTC))
        await store.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("adapters.kit.example.today", lambda: day)
        asyncio.run(steps())
    return path


@contextmanager
def shell(store: Path) -> Generator[Shell]:
    """Give a shell in a folder of its own, with a copy of a store."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        yield Shell(Path(folder), store, patch)
