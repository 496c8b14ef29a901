"""`make bench`: measures the hub on both stores against their raw queries, and prints a table.

python -m bench --suppliers 100000 --stores sqlite,neo4j --rounds 20 --json results.json
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bench import places
from bench.asking import served
from bench.measure import Bench, measure
from bench.places import STORES, NeedsJavaError, Place, place, stores
from bench.profiling import profile
from bench.table import Row, bars, plain, row, show
from bench.world import World


def main() -> int:
    """Measure, print, and keep the result."""
    given = _given()
    world = World(given.suppliers, given.seed)
    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
    with ExitStack() as stack:
        try:
            held = [
                stack.enter_context(place(kind, world, given.cache, fresh=given.fresh))
                for kind in given.stores
            ]
        except NeedsJavaError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        if given.profile:
            for each in held:
                console.print(f"[bold]{each.kind}[/]")
                profile(each, world)
            return 0
        found = _measured(stack, held, world, given.rounds)
    for each in held:
        console.print(_loading(each))
    title = f"{world.suppliers:,} suppliers, {given.rounds} rounds, {datetime.now(UTC):%Y-%m-%d}"
    show(console, found, title)
    if given.json:
        _keep(given, held, found)
    return 0


def _measured(stack: ExitStack, held: Sequence[Place], world: World, rounds: int) -> list[Row]:
    """Return what each question took, asked of every store in turn."""
    benches = [
        Bench(each, stack.enter_context(served(each.url, each.address)), world) for each in held
    ]
    for bench in benches:
        stack.callback(bench.close)
    verdicts = [bench.verdicts() for bench in benches]
    if any(each != verdicts[0] for each in verdicts):
        message = f"the stores do not answer alike: {verdicts}"
        raise AssertionError(message)
    return sorted((row(cell) for cell in measure(benches, rounds, _tell)), key=lambda r: r.store)


def _tell(number: int) -> None:
    sys.stderr.write(f"\r  round {number + 1} ")


def _loading(each: Place) -> str:
    """Return how a world came into a store, in one line."""
    took = each.loaded
    return (
        f"{each.kind}: {took['facts']:,} facts synced in {took['syncing']:,.0f} s, "
        f"{took['facts'] / took['syncing']:,.0f} a second "
        f"({took['first']:,.0f} at first, {took['last']:,.0f} at last), "
        f"{took['set_aside']} set aside; memory {took['idle_mb']:,.0f} MB idle, "
        f"{took['peak_mb']:,.0f} MB at most"
    )


def _keep(given: argparse.Namespace, held: Sequence[Place], found: Sequence[Row]) -> None:
    """Write the numbers, and what they were measured on, to a file."""
    kept = {
        "on": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}",
        "suppliers": given.suppliers,
        "seed": given.seed,
        "rounds": given.rounds,
        "loaded": {each.kind: each.loaded for each in held},
        "rows": plain(found),
        "bars": [asdict(bar) for bar in bars(found)],
    }
    given.json.write_text(json.dumps(kept, indent=1), encoding="utf-8")


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--suppliers", type=int, default=100_000, help="size of the world")
    parser.add_argument("--seed", type=int, default=1, help="of the world")
    parser.add_argument("--stores", type=stores, default=STORES, help="sqlite,neo4j")
    parser.add_argument("--rounds", type=int, default=20, help="how often all is asked")
    parser.add_argument("--json", type=Path, help="file to keep the numbers in")
    parser.add_argument("--profile", action="store_true", help="profile 10,000 and measure nothing")
    parser.add_argument("--fresh", action="store_true", help="load the worlds anew")
    parser.add_argument(
        "--cache",
        type=Path,
        default=places.folder(),
        help=f"folder in which worlds are kept between runs; also {places.CACHE} (%(default)s)",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
