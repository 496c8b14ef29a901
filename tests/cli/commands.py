"""How the tests use the command line: most commands in this process, some in one of their own."""

import os
import socket
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
from typer.testing import CliRunner

from hub.cli.main import app

HUB: Final = Path(sys.executable).with_name("hub")
BOUND: Final = 20
"""Seconds after which a process hangs: it gives up on a store after five, a driver after 65."""
NAMES: Final = (
    "serve", "sync", "ask", "check", "shared", "programs", "import", "export", "schema", "doctor",
    "clients add", "clients list", "clients rotate", "clients disable",
    "keys rotate", "audit verify", "audit head",
)  # fmt: skip
"""Every command there is."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has ended: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """What it printed, as JSON."""
        return orjson.loads(self.out)


def hub(*arguments: object) -> Ran:
    """Run a command through pipes, in this process; a traceback fails the test."""
    done = CliRunner().invoke(app, [str(each) for each in arguments], catch_exceptions=False)
    return Ran(done.exit_code, done.stdout, done.stderr)


def done(*arguments: object) -> Ran:
    """Run a command that must succeed."""
    found = hub(*arguments)
    assert found.code == 0, found
    return found


def refused(*arguments: object, code: int = 2) -> str:
    """Run a command that must be refused, in one line and with nothing on stdout; return it."""
    found = hub(*arguments)
    assert found.code == code, found
    assert not found.out
    return line(found.err)


def line(err: str) -> str:
    """Return the one line in which a command says why it ends."""
    said = err.splitlines()
    assert len(said) == 1, err
    assert said[0].startswith("✗ ")
    return said[0].removeprefix("✗ ")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def started(
    *arguments: object,
    folder: Path,
    variables: Mapping[str, str] | None = None,
    stdout: int = subprocess.PIPE,
) -> Generator[subprocess.Popen[bytes]]:
    """Start a command in a process of its own, which does not outlive the test."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    with subprocess.Popen(  # noqa: S603 - our own command
        [HUB, *(str(each) for each in arguments)],
        cwd=folder,
        env={**kept, **(variables or {})},
        stdout=stdout,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ended(
    *arguments: object,
    folder: Path,
    variables: Mapping[str, str] | None = None,
    stdout: int = subprocess.PIPE,
) -> Ran:
    """Run a command in a process of its own to its end, which must come soon."""
    with started(*arguments, folder=folder, variables=variables, stdout=stdout) as process:
        out, err = process.communicate(timeout=BOUND)
    return Ran(process.returncode, (out or b"").decode(), err.decode())
