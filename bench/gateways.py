"""Behind a gateway: 10,000 products of a neighbour, each with its site's name and verdict.

`python -m bench.gateways --rounds 10`: the same question through Hive Gateway and Apollo's gateway,
with the hub on each store behind them, and with a subgraph of each peer in its place, in turn. What
peers tell was worked out before and lies in their memory. The hub rules on what it has looked up
or kept; it is asked just after something else was written, and again.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import httpx
import orjson
from rich.console import Console
from rich.table import Table

from bench import places
from bench.asking import ENTITIES, Client, NoAnswerError, served
from bench.law import TODAY
from bench.loading import opened, write
from bench.sample import asking
from bench.statements import described
from bench.suppliers import Supplier
from bench.table import percentile
from bench.world import World
from graph_schema.exchange import Line
from graph_schema.programs import Commodity
from hub.sync.intake import Outcome, Report
from tests.gateway.conftest import DEPLOYED, GATEWAYS, shown
from tests.outside import installed

BAR: Final = 1.5
"""Seconds in which a gateway answers of so many."""
HUB: Final = {"sqlite": "the hub, SQLite", "neo4j": "the hub, Neo4j"}
"""The hub on each store."""
WRITTEN: Final = ", after a write"
"""What is behind a gateway, where it is asked for the first time in a revision."""
FORGOTTEN: Final = ", nothing kept"
"""Where it keeps nothing, as after a start, or where the law was changed."""
PEERS: Final = {
    "Apollo Server": "apollo.mjs",
    "GraphQL Yoga": "yoga.mjs",
    "Mercurius": "mercurius.mjs",
}
_PEERS: Final = Path(__file__).parent / "gateway"
_PATIENCE: Final = 120
"""Seconds for an answer."""
_QUESTION: Final = """query ($first: Int!) { products(first: $first) { nodes { site {
  name eligibility(buyer: "%s", product: "garments", asOf: "%s") { verdict }
} } } }"""
_System = tuple[str, str]
"""A gateway, and what is behind it."""


class _Hub(NamedTuple):
    """A hub that serves a store."""

    store: str
    client: Client


def main() -> int:
    """Measure and print."""
    given = _given()
    if shutil.which("npm") is None:
        sys.stderr.write("cannot measure gateways: there is no Node.js with npm here\n")
        return 1
    world = World(given.suppliers, given.seed)
    sites = _sites(world, given.sites)
    buyer, numbers = asking(world)[0], [each.external_id.removeprefix("os:") for each in sites]
    question = {
        "query": _QUESTION % (buyer, TODAY.isoformat()),
        "variables": {"first": given.sites},
    }
    with ExitStack() as stack:
        try:
            hubs = {HUB[kind]: _hub(stack, kind, world, given) for kind in given.stores}
        except places.NeedsJavaError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        folder = Path(stack.enter_context(TemporaryDirectory()))
        told = _told(next(iter(hubs.values())).client, buyer, numbers)
        (folder / "sites.json").write_text(json.dumps(told), "utf-8")
        gateways = _gateways(stack, folder, hubs)
        http = stack.enter_context(httpx.Client(timeout=_PATIENCE))
        answers = {system: _answer(http, url, question) for system, url in gateways.items()}
        _alike(answers)
        took: dict[_System, list[float]] = {}
        for number in range(given.rounds):
            sys.stderr.write(f"\r  round {number + 1} ")
            for (gateway, name), url in gateways.items():
                system = _Asked(http, url, question, answers[gateway, name])
                for case, before in _cases(hubs.get(name), sites[0]):
                    took.setdefault((gateway, name + case), []).append(system.took(before))
    _show(took, f"{given.sites:,} products with their sites' verdicts, {given.rounds} rounds")
    return 0


def _hub(stack: ExitStack, kind: str, world: World, given: argparse.Namespace) -> _Hub:
    """Start a hub whose store holds a world.

    Raises:
        NeedsJavaError: It is to be Neo4j, which cannot be had.
    """
    store = stack.enter_context(places.place(kind, world, given.cache, fresh=given.fresh))
    return _Hub(store.url, stack.enter_context(served(store.url, store.address)))


def _cases(hub: _Hub | None, site: Supplier) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield in which cases a system is asked, and what is done before.

    To a hub something is written that leaves the answer as it is. A peer is asked as often.
    """
    if hub is None:
        yield from [("", int)] * 3
        return
    yield FORGOTTEN, lambda: _written(hub.store, _product())
    yield WRITTEN, lambda: _written(hub.store, _moved(site))
    yield "", int


def _product() -> Line:
    """Return a product that was not known: it changes the law, for which all is forgotten."""
    fact = Commodity(reference="wsr:asked", name=f"Asked at {time.time()}")
    return Line(program="bench-fire", fact=fact)


def _moved(site: Supplier) -> Line:
    """Return what a program says of a site that is now in another town."""
    program = site.programs[0]
    fact = described(site, program).model_copy(update={"city": f"Town {time.time()}"})
    return Line(program=program.code, fact=fact, about=program.about)


def _written(url: str, line: Line) -> None:
    """Make a revision of one fact.

    Raises:
        NoAnswerError: It is none.
    """

    async def now() -> Report:
        async with opened(url) as store:
            return await write(store, [line])

    outcome = asyncio.run(now()).outcome
    if outcome is not Outcome.APPLIED:
        message = f"{line.fact!r} was not written: {outcome}"
        raise NoAnswerError(message)


def _sites(world: World, count: int) -> list[Supplier]:
    """Return as many worksites as are asked for, makers of garments."""
    found: list[Supplier] = []
    for number in range(world.suppliers):
        each = world.supplier(number)
        if each.clothes and not each.organization:
            found.append(each)
        if len(found) == count:
            return found
    message = f"of {world.suppliers:,} suppliers {len(found):,} are such sites; make it more"
    raise SystemExit(message)


def _told(client: Client, buyer: str, numbers: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return what the hub tells of each site: its OS ID, name and verdict."""
    named = [{"__typename": "Worksite", "osId": each} for each in numbers]
    sites = client.ask(ENTITIES, buyer=buyer, representations=named)["_entities"]
    verdicts = [(each["name"], each["eligibility"]["verdict"]) for each in sites]
    return [(os_id, *told) for os_id, told in zip(numbers, verdicts, strict=True)]


def _gateways(stack: ExitStack, folder: Path, hubs: Mapping[str, _Hub]) -> dict[_System, str]:
    """Start the peers, the neighbour, and a gateway for each hub and peer; return where."""
    peers = installed(_PEERS, folder / "peers")
    deployed = installed(DEPLOYED, folder / "gateway")
    (folder / "schema.graphql").write_text(shown("catalogue.graphql"), "utf-8")
    env = {"SCHEMA": str(folder / "schema.graphql"), "SITES": str(folder / "sites.json")}
    neighbour = stack.enter_context(_started(peers, "catalogue.mjs", env))
    behind = {name: f"{hub.client.address}/graphql" for name, hub in hubs.items()}
    for name, script in PEERS.items():
        behind[name] = stack.enter_context(_started(peers, script, env))
    found: dict[_System, str] = {}
    for number, (name, url) in enumerate(behind.items()):
        words = (f"hub={url}", f"catalogue={neighbour}")
        supergraph = folder / f"{number}.graphql"
        command = ["node", "compose.mjs", *words]
        supergraph.write_bytes(subprocess.check_output(command, cwd=deployed))  # noqa: S603
        for gateway, script in GATEWAYS.items():
            where = {"SUPERGRAPH": str(supergraph), "PORT": "0"}
            found[gateway, name] = stack.enter_context(_started(deployed, script, where))
    return found


@contextmanager
def _started(folder: Path, script: str, env: Mapping[str, str]) -> Generator[str]:
    """Run a script that serves; yield where, which is the first line that it prints."""
    process = subprocess.Popen(  # noqa: S603 - our own script
        ["node", script],  # noqa: S607
        cwd=folder,
        env={**os.environ, "NODE_ENV": "production", **env},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        where = process.stdout.readline().strip() if process.stdout else ""
        if not where:
            message = f"{script} does not start"
            raise NoAnswerError(message)
        yield where
    finally:
        process.kill()
        process.communicate()


def _answer(http: httpx.Client, url: str, question: Mapping[str, Any]) -> bytes:
    """Return the answer of a gateway, to its last byte."""
    return http.post(url, json=question).raise_for_status().content


class _Asked(NamedTuple):
    """A system, what it is asked, and what it answers."""

    http: httpx.Client
    url: str
    question: Mapping[str, Any]
    expected: bytes

    def took(self, before: Callable[[], object]) -> float:
        """Return how long it takes to answer as ever, in seconds.

        A gateway that finds out only now that what is behind it has closed a connection is asked
        once more, all over again.

        Args:
            before: Is done before it is asked.
        """
        answer = b""
        for _ in range(2):
            before()
            began = time.perf_counter()
            answer = _answer(self.http, self.url, self.question)
            took = time.perf_counter() - began
            if answer == self.expected:
                return took
        message = f"{self.url} answers otherwise than before: {answer[:400].decode()}"
        raise NoAnswerError(message)


def _alike(answers: Mapping[_System, bytes]) -> None:
    """See that all answer, and the same."""
    told = {system: orjson.loads(answer) for system, answer in answers.items()}
    expected = next(iter(told.values()))
    for system, each in told.items():
        if each.get("errors") or each != expected:
            message = f"{system} does not answer as the others do: {answers[system][:400].decode()}"
            raise NoAnswerError(message)


def _show(took: Mapping[_System, Sequence[float]], title: str) -> None:
    """Print the table, and whether the hub was quick enough."""
    table = Table(title=title)
    for column in ("gateway", "behind it", "median ms", "p95 ms"):
        table.add_column(column, justify="right" if column.endswith("ms") else "left")
    for (gateway, name), times in sorted(took.items()):
        figures = (1_000 * median(times), 1_000 * percentile(times, 0.95))
        table.add_row(gateway, name, *(f"{each:,.0f}" for each in figures))
    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
    console.print(table)
    for (gateway, name), times in sorted(took.items()):
        if name not in PEERS:
            met = "met" if median(times) < BAR else "NOT met"
            console.print(f"{gateway}, {name}: {median(times):.2f} s, wanted {BAR:g} s: {met}")


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.gateways", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--suppliers", type=int, default=40_000, help="size of the world")
    parser.add_argument("--seed", type=int, default=1, help="of the world")
    parser.add_argument("--stores", type=places.stores, default=places.STORES, help="sqlite,neo4j")
    parser.add_argument("--sites", type=int, default=10_000, help="asked for in one question")
    parser.add_argument("--rounds", type=int, default=10, help="how often each is asked")
    parser.add_argument("--cache", type=Path, default=places.folder(), help="keeps worlds")
    parser.add_argument("--fresh", action="store_true", help="load the worlds anew")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
