"""A long list on each store: bounded memory, no needless write, nothing half applied."""

import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from graph_schema.parties import Worksite
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import OPEN, SHELL, Moment
from tests.conftest import AnyStore
from tests.neo4j.server import Address
from tests.running import ROOT
from tests.sync.programs import Document, table

pytestmark = [pytest.mark.anyio, pytest.mark.drill]

ROWS: Final = 300_000
FEWER: Final = 60_000
"""Rows of the list in the midst of which a sync is killed."""
MEGABYTES: Final = 500
"""What a sync may take above a hub that does nothing."""
HUB: Final = (sys.executable, "-c", "from hub.cli.main import main; main()")
_FAR: Final = re.compile(rb"(\d+)/\d+")


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that has ended: what it printed, and the most memory it had, in megabytes."""

    code: int
    out: str
    peak: float


def documents(rows: int, name: str = "Example Farm") -> list[Document]:
    """Return a list of so many rows: half of them worksites, half what these hold."""
    subjects = [f"ffp:example-{number:07}" for number in range(rows // 2)]
    farms = (
        {"reference": each, "name": f"{name} {each[-7:]}", "country": "US", "region": "US-FL",
         "products": "tomatoes"}
        for each in subjects
    )  # fmt: skip
    words = ("participating", "in compliance", "corrective action plan")
    told = (
        {"subject": each, "state": words[at % 3], "since": f"202{at % 5}-0{1 + at % 9}-15"}
        for at, each in enumerate(subjects)
    )
    return [table("worksites", farms), table("standings", told)]


@dataclass(frozen=True, slots=True)
class Place:
    """A store that processes of their own sync into, and this one reads."""

    store: AnyStore
    environment: Mapping[str, str]

    async def answer(self, reference: str) -> tuple[int, str]:
        """Return the newest revision, and what a worksite is called in it."""
        latest, [found] = await self.store.resolve([reference])
        assert found is not None
        moment = Moment(latest.revision, OPEN - 1, SHELL)
        [row] = await self.store.facts_at(Worksite, "reference", [found.node], moment)
        return latest.revision, row["name"]


@pytest.fixture(params=["embedded", "neo4j"])
def place(request: pytest.FixtureRequest) -> Place:
    """Return an empty store, of one kind after the other."""
    store = request.getfixturevalue(f"{request.param}_store")
    found = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    if isinstance(store, EmbeddedStore):
        return Place(store, found | {"HUB_STORE": f"sqlite:///{store.database.path}"})
    server: Address = request.getfixturevalue("neo4j_server")
    found |= {"HUB_STORE": server.url, "HUB_NEO4J_USER": server.user}
    return Place(
        store, found | ({"HUB_NEO4J_PASSWORD": server.password} if server.password else {})
    )


def command(folder: Path, rows: int, name: str, dated: str) -> list[str]:
    """Return the command that syncs a list."""
    given: list[str] = []
    for file, content in documents(rows, name):
        path = folder / file
        path.write_bytes(content)
        given += ["--from", str(path)]
    return [*HUB, "sync", "ffp", *given, "--dated", dated, "--yes"]


def ended(arguments: list[str], environment: Mapping[str, str]) -> Ended:
    """Run a process to its end."""
    with subprocess.Popen(  # noqa: S603 - our own command
        arguments, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        out = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Ended(process.returncode, out, used.ru_maxrss / 1024)


def killed(arguments: list[str], environment: Mapping[str, str], rows: int) -> None:
    """Start a process, and kill it once its progress bar shows so many rows."""
    ours, its = pty.openpty()
    with subprocess.Popen(  # noqa: S603 - our own command
        arguments, stdout=subprocess.DEVNULL, stderr=its, cwd=ROOT,
        env={**environment, "TERM": "xterm", "COLUMNS": "120"},
    ) as process:  # fmt: skip
        os.close(its)
        seen = b""
        with suppress(OSError):
            while (more := os.read(ours, 4_096)) and max(_far(seen), default=0) < rows:
                seen = seen[-200:] + more
        process.send_signal(signal.SIGKILL)
    os.close(ours)
    assert process.returncode == -signal.SIGKILL


def _far(shown: bytes) -> list[int]:
    return [int(each) for each in _FAR.findall(shown)]


async def test_a_killed_sync_leaves_the_answers_as_they_were_and_can_be_repeated(
    place: Place, tmp_path: Path
) -> None:
    one = "ffp:example-0000001"
    assert ended(command(tmp_path, 100, "Old", "2026-11-01"), place.environment).code == 0
    before = await place.answer(one)
    arguments = command(tmp_path, FEWER, "New", "2026-11-08")
    killed(arguments, place.environment, FEWER // 2)
    assert await place.answer(one) == before
    assert ended(arguments, place.environment).code == 0
    assert await place.answer(one) == (before[0] + 1, "New 0000001")


async def test_a_long_list_takes_bounded_memory_and_again_writes_nothing(
    place: Place, tmp_path: Path
) -> None:
    idle = ended([*HUB, "--help"], place.environment).peak
    arguments = command(tmp_path, ROWS, "Example Farm", "2026-11-01")
    first = ended(arguments, place.environment)
    assert (first.code, f"{ROWS} added" in first.out) == (0, True), first.out[-2_000:]
    again = ended(arguments, place.environment)
    assert (again.code, "unchanged; 0 added" in again.out) == (0, True), again.out[-2_000:]
    assert max(first.peak, again.peak) - idle < MEGABYTES
