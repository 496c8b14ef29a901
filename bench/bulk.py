"""A long list: how fast `hub sync` takes it against raw batch writes, and in how much memory.

`python -m bench.bulk --rows 1000000 --stores sqlite,neo4j --rounds 3`: each round syncs a list of
so many rows by a process of its own into a store that knows the program alone, then writes the same
rows with the store's own driver, with the same indexes. The time that a process takes to start is
left out.
"""

import argparse
import csv
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console
from rich.table import Table

from bench.raw_writing import Neo4jWriter, SqliteWriter, Written
from tests.neo4j.server import Address, Server, given

PROGRAM: Final = "ffp"
BAR: Final = 0.6
"""Share of the raw rate that is wanted."""
MOST: Final = 500
"""Megabytes above a hub that does nothing that are allowed."""
_HUB: Final = (sys.executable, "-c", "from hub.cli.main import main; main()")
_WORDS: Final = ("participating", "in compliance", "corrective action plan")


@dataclass(frozen=True, slots=True)
class Ran:
    """What a process took: seconds, and its most memory in megabytes."""

    seconds: float
    peak: float


def files(folder: Path, rows: int) -> list[Path]:
    """Write a list of so many rows: half of them worksites, half what these hold."""
    sites, told = folder / "worksites.csv", folder / "standings.csv"
    with sites.open("w", newline="") as one, told.open("w", newline="") as other:
        described, stated = csv.writer(one), csv.writer(other)
        described.writerow(("reference", "name", "kind", "city", "country", "region", "products"))
        stated.writerow(("subject", "state", "since", "products"))
        for at in range(rows // 2):
            called = f"{PROGRAM}:bulk-{at:07}"
            place = (f"City {at % 997}", "US", "US-FL", "tomatoes")
            described.writerow((called, f"Example Farm {at:07}", "farm", *place))
            since = f"{2018 + at % 8}-{1 + at % 12:02}-{1 + at % 28:02}"
            stated.writerow((called, _WORDS[at % 3], since, "tomatoes"))
    return [sites, told]


def ran(arguments: Sequence[str], environment: dict[str, str]) -> Ran:
    """Run a command of the hub to its end.

    Raises:
        RuntimeError: It failed.
    """
    began = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own command
        [*_HUB, *arguments], stdout=subprocess.DEVNULL, env={**os.environ, **environment}
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"hub {arguments[0]} ended with {process.returncode}"
        raise RuntimeError(message)
    return Ran(time.perf_counter() - began, used.ru_maxrss / 1024)


def measured(
    rounds: int,
    listed: Sequence[Path],
    environment: dict[str, str],
    fresh: Callable[[], None],
    raw: Callable[[], float],
) -> tuple[list[float], list[float], float]:
    """Return the seconds of each sync and of each raw writing, and the most memory above idle."""
    syncs: list[float] = []
    raws: list[float] = []
    above = 0.0
    given_files = [each for path in listed for each in ("--from", str(path))]
    for _ in range(rounds):
        fresh()
        ran(["sync", PROGRAM], environment)
        idle = ran(["sync", PROGRAM], environment)
        took = ran(["sync", PROGRAM, *given_files, "--yes"], environment)
        syncs.append(took.seconds - idle.seconds)
        above = max(above, took.peak - idle.peak)
        raws.append(raw())
    return syncs, raws, above


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.bulk")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--stores", default="sqlite,neo4j")
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    table = Table(title=f"a list of {asked.rows:,} rows, {asked.rounds} rounds")
    for column in ("store", "hub rows/s", "raw rows/s", "ratio", "MB above idle", "bars"):
        table.add_column(column, justify="right")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="hub-bulk-")))
        listed = files(folder, asked.rows)
        written = _written(folder, listed)
        for store in asked.stores.split(","):
            found = (_sqlite if store == "sqlite" else _neo4j)(
                stack, folder, asked.rounds, listed, written
            )
            table.add_row(store, *_row(asked.rows, *found))
    Console(width=None if sys.stdout.isatty() else 120).print(table)
    return 0


def _written(folder: Path, listed: Sequence[Path]) -> Written:
    """Return what the hub writes of the list, out of a store of its own."""
    environment = {"HUB_STORE": f"sqlite:///{folder}/written.db"}
    ran(["sync", PROGRAM], environment)
    ran(["sync", PROGRAM, *(e for p in listed for e in ("--from", str(p))), "--yes"], environment)
    return Written(folder / "written.db")


def _sqlite(
    _: ExitStack, folder: Path, rounds: int, listed: Sequence[Path], written: Written
) -> tuple[list[float], list[float], float]:
    path = folder / "hub.db"

    def fresh() -> None:
        for each in folder.glob("hub.db*"):
            each.unlink()

    def raw() -> float:
        return SqliteWriter(folder / "raw.db").write(written)

    return measured(rounds, listed, {"HUB_STORE": f"sqlite:///{path}"}, fresh, raw)


def _neo4j(
    stack: ExitStack, _: Path, rounds: int, listed: Sequence[Path], written: Written
) -> tuple[list[float], list[float], float]:
    server: Address = given() or stack.enter_context(Server(heap="1g"))
    environment = {"HUB_STORE": server.url, "HUB_NEO4J_USER": server.user}
    if server.password is not None:
        environment["HUB_NEO4J_PASSWORD"] = server.password

    def raw() -> float:
        server.empty()
        ran(["sync", PROGRAM], environment)
        return Neo4jWriter(server).write(written)

    return measured(rounds, listed, environment, server.empty, raw)


def _row(rows: int, syncs: list[float], raws: list[float], above: float) -> tuple[str, ...]:
    hub, raw = rows / statistics.median(syncs), rows / statistics.median(raws)
    kept = hub / raw >= BAR and above <= MOST
    shown = f"{BAR} of raw, {MOST} MB: {'kept' if kept else 'not kept'}"
    return f"{hub:,.0f}", f"{raw:,.0f}", f"{hub / raw:.2f}", f"{above:,.0f}", shown


if __name__ == "__main__":
    sys.exit(main())
