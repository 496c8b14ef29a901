"""Writes a world to a store through the sync engine, in a process of its own.

`python -m bench.loading URL --suppliers N --seed S`: one line of JSON on stdout says how long it
took and how much memory, lines on stderr say how far it is.
"""

import argparse
import asyncio
import json
import resource
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final

from bench.law import TODAY
from bench.world import CHUNK, World
from graph_schema.exchange import Line
from graph_schema.programs import FactSource
from hub.settings import read
from hub.store.open import from_settings
from hub.store.port import Store
from hub.sync.intake import Intake, Origin, Report
from hub.sync.run import run

RECORDED: Final = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
"""When a world is recorded, so that the same world has the same instants."""
_FIRST: Final = 1024
"""Kilobytes of a megabyte, as the kernel counts."""


@dataclass(slots=True)
class Loaded:
    """What loading took.

    Attributes:
        facts: Lines taken.
        set_aside: Rows set aside; none in a world that is right.
        generating: Seconds in which the lines were made.
        syncing: Seconds in which the engine checked, compared and wrote them.
        first, last: Facts a second of the first and the last chunk of suppliers.
        idle_mb, peak_mb: Memory of the process before the first chunk, and at most.
    """

    suppliers: int
    facts: int = 0
    set_aside: int = 0
    generating: float = 0
    syncing: float = 0
    first: float = 0
    last: float = 0
    idle_mb: float = 0
    peak_mb: float = 0


@asynccontextmanager
async def opened(url: str) -> AsyncGenerator[Store]:
    """Yield an open store, and let go of it afterwards."""
    store = from_settings(read(store=url))
    await store.open()
    try:
        yield store
    finally:
        await store.close()


async def load(store: Store, world: World, *, chunk: int = CHUNK) -> Loaded:
    """Write a world to an open, empty store; the mark of the whole world comes last."""
    done = Loaded(world.suppliers, idle_mb=_memory())
    chunks, told = world.chunks(chunk), time.perf_counter()
    for number, lines in enumerate(chunks):
        made = time.perf_counter()
        report = await write(store, lines)
        written = time.perf_counter()
        done.facts += len(lines)
        done.set_aside += len(report.problems)
        done.generating += made - told
        done.syncing += written - made
        done.last = len(lines) / (written - made)
        done.first = done.last if number == 1 else done.first
        sys.stderr.write(
            f"\r  {min(number * chunk, world.suppliers):,} of {world.suppliers:,} suppliers, "
            f"{done.facts:,} facts, {done.last:,.0f} a second "
        )
        told = time.perf_counter()
    await write(store, [mark(world)])
    sys.stderr.write("\n")
    done.peak_mb = _memory()
    return done


async def write(store: Store, lines: list[Line]) -> Report:
    """Write lines as one generation, as an administrator's import does."""
    return await run(store, Intake(Origin.ADMINISTRATOR, lines), now=RECORDED)


def mark(world: World) -> Line:
    """Return the fact that stands in a store that holds the whole of a world."""
    reference = f"world-{world.suppliers}-{world.seed}"
    return Line(program="bench-fire", fact=FactSource(reference=reference, title="A whole world"))


async def holds(store: Store, world: World) -> bool:
    """Return whether an open store holds the whole of a world."""
    wanted, latest = mark(world).fact, await store.latest()
    rows = await store.everything(FactSource, latest.revision)
    return any(row["reference"] == getattr(wanted, "reference", None) for row in rows)


def _memory() -> float:
    """Return the most memory that the process has had so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _FIRST


async def _load(url: str, world: World) -> Loaded:
    async with opened(url) as store:
        return await load(store, world)


def main() -> None:
    """Load a world."""
    parser = argparse.ArgumentParser(prog="python -m bench.loading")
    parser.add_argument("url")
    parser.add_argument("--suppliers", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    loaded = asyncio.run(_load(given.url, World(given.suppliers, given.seed)))
    print(json.dumps(asdict(loaded)))


if __name__ == "__main__":
    main()
