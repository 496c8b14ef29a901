"""What holds for every command: help, the store, one line for a mistake, and pipes."""

import io
import os
import re
import sqlite3
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from hub.cli.console import OUT
from hub.cli.main import main
from hub.oauth.clients import CLIENT, Client
from hub.oauth.principal import Role, Scope
from hub.store.kept import FOREVER
from tests.cli.commands import NAMES, done, ended, hub, line
from tests.cli.worlds import BARRED, BUYER, DAY, GOOD, lines, ndjson
from tests.store.worlds import said

pytestmark = pytest.mark.uncounted

ROTATED: Final = "5f0c7a1e9b3d2c4e6a80"
"""A client of the store."""
EVERY: Final[Mapping[str, Sequence[str]]] = {
    "sync": ("sync", "uk-fishing-pilot"),
    "ask": ("ask", BUYER, BARRED, "jeans", "--as-of", DAY),
    "check": ("check", "list.csv", "--buyer", BUYER, "--product", "jeans", "--as-of", DAY),
    "shared": ("shared", "--as-of", DAY),
    "programs": ("programs", "alpha", "--as-of", DAY),
    "import": ("import", "facts.ndjson"),
    "export": ("export", "-"),
    "audit verify": ("audit", "verify"),
    "audit head": ("audit", "head", "-"),
    "schema": ("schema",),
    "doctor": ("doctor",),
    "clients add": ("clients", "add", "A reader"),
    "clients list": ("clients", "list", "--json"),
    "clients rotate": ("clients", "rotate", ROTATED),
    "clients disable": ("clients", "disable", ROTATED),
    "keys rotate": ("keys", "rotate"),
    "serve": ("serve", "--port", "0"),
}
"""A use of each command; all but the last end by themselves."""
ENDING: Final = {name: words for name, words in EVERY.items() if name != "serve"}
PRINTED: Final = {**ENDING, "help": ("--help",), "ask --json": (*EVERY["ask"], "--json")}


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    """Write what the commands read."""
    (folder / "list.csv").write_text(f"supplier\n{GOOD}\n", "utf-8")
    facts = said(
        "alpha", "organization", reference="alpha:m", name="Example :apple: [b]Menders[/b]"
    )
    ndjson(folder / "facts.ndjson", [facts])


@pytest.fixture
def store(store: Path) -> Path:
    """Have a client in the store."""
    made = datetime.now(UTC)
    client = Client(
        id=ROTATED, name="Example Reader", role=Role.RESEARCHER, scopes=(Scope.READ,), made_at=made
    )
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute(
            "INSERT INTO kept VALUES (?, ?, ?, ?)",
            (CLIENT, ROTATED, client.model_dump_json(), FOREVER),
        )
    return store


def test_help_lists_every_command() -> None:
    out = done("--help").out
    assert EVERY.keys() == set(NAMES)
    assert all(re.search(rf"^ +{name.split()[0]} +\S", out, re.MULTILINE) for name in NAMES)


def test_without_a_command_help_is_shown_and_it_is_a_mistake() -> None:
    found = hub()
    assert (found.code, found.out) == (2, "")
    assert "Usage: hub [OPTIONS] COMMAND" in found.err


@pytest.mark.parametrize("name", NAMES)
def test_help_has_an_example_the_store_and_the_exit_codes(name: str) -> None:
    found = done(*name.split(), "--help")
    assert not found.err
    assert "--store" in found.out
    assert re.search(r"Exit codes?: .*0", found.out)
    example = re.search(rf"Example: `(hub {name}\b[^`]*)`", found.out)
    assert example
    options = set(re.findall(r"--[a-z-]+", example[1]))
    assert options <= set(re.findall(r"^ +(?:\* +)?(--[a-z-]+)", found.out, re.MULTILINE))


@pytest.mark.parametrize("name", NAMES)
def test_help_is_plain_in_a_pipe(name: str) -> None:
    assert re.search(r"[^\x20-\x7e\n…]", done(*name.split(), "--help").out) is None


MISUSED: Final[Mapping[str, tuple[Sequence[str], str]]] = {
    "unknown command": (["nothing"], "No such command 'nothing'."),
    "missing argument": (["ask", BUYER, GOOD], "Missing argument 'product'."),
    "too many arguments": (["ask", BUYER, GOOD, "jeans", "x"], "Got unexpected extra argument"),
    "unknown option": (["doctor", "--nothing"], "No such option: --nothing"),
    "missing option": (["check", "list.csv"], "Missing option '--buyer'."),
    "no number": (["shared", "--at-least", "x"], "Invalid value for '--at-least': "),
    "too small": (["shared", "--at-least", "0"], "Invalid value for '--at-least': "),
    "too large": (["shared", "--first", "9" * 30], "Invalid value for '--first': "),
}


@pytest.mark.parametrize(("words", "why"), MISUSED.values(), ids=MISUSED)
def test_a_misuse_is_told_in_plain_words(words: Sequence[str], why: str) -> None:
    found = hub(*words)
    assert (found.code, found.out) == (2, "")
    usage, *_, last = found.err.splitlines()
    assert usage.startswith("Usage: hub ")
    assert last.startswith(f"Error: {why}")


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("name", ENDING)
def test_the_option_names_the_store_before_the_setting(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_STORE", "nowhere")
    assert done(*ENDING[name], "--store", "sqlite:///hub.db").out


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("name", ENDING)
def test_results_are_plain_in_a_pipe_and_nothing_else_is_among_them(name: str) -> None:
    found = done(*ENDING[name])
    assert found.out
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f─│╭╮╰╯]", found.out + found.err)


@pytest.mark.parametrize("name", EVERY)
def test_a_process_ends_with_two_for_a_mistake_and_one_line(name: str, folder: Path) -> None:
    found = ended(*EVERY[name], folder=folder, variables={"HUB_STORE": "nowhere"})
    if name == "schema":
        assert (found.code, found.err) == (0, "")
        assert "\ndirective @oneOf on INPUT_OBJECT\n" in found.out
    else:
        assert (found.code, found.out) == (2, "")
        assert line(found.err.splitlines()[-1]).startswith("HUB_STORE: write sqlite:///path/hub.db")
        assert "Traceback" not in found.err


@pytest.mark.parametrize("name", ["ask", "check", "shared", "export"])
@pytest.mark.parametrize(
    ("store", "why"),
    [
        ("sqlite:///no.db", "there is no store at sqlite:///no.db; check the address, or fill it"),
        ("sqlite:///:memory:", "the store at sqlite:///:memory: is empty; fill it with `hub serve"),
        ("sqlite:///empty.db", "the store at sqlite:///empty.db is empty; fill it with `hub serve"),
        ("sqlite:///list.csv", "cannot use list.csv as a store: file is not a database"),
        ("neo4j://127.0.0.1:9", "the store at neo4j://127.0.0.1:9 does not answer: nobody"),
    ],
)
def test_nothing_is_asked_of_a_store_that_holds_nothing(
    name: str, store: str, why: str, folder: Path
) -> None:
    (folder / "list.csv").write_text("supplier\nExample\n" * 50, "utf-8")
    done(
        "import",
        ndjson(folder / "graph.ndjson", lines()),
        "--dry-run",
        "--store",
        "sqlite:///empty.db",
    )
    found = hub(*EVERY[name], "--store", store)
    assert (found.code, found.out) == (2, "")
    assert line(found.err.splitlines()[-1]).startswith(why)
    assert not (folder / "no.db").exists()


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("terminal", [[], ["TTY_COMPATIBLE"]], ids=["pipe", "terminal"])
def test_names_are_printed_as_they_are(
    terminal: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in terminal:
        monkeypatch.setenv(variable, "1")
        monkeypatch.setenv("TERM", "dumb")
    asked = ("ask", BUYER, "alpha:m", "jeans")
    for words in (("import", "facts.ndjson"), asked, (*asked, "--json")):
        printed = done(*words).out
        assert ":apple:" in printed
        assert "[b]Menders[/b]" in printed


@pytest.fixture
def unread() -> Generator[io.TextIOWrapper]:
    """Yield the end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        yield pipe
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), writing)


def run(words: Sequence[str], stdout: object, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run the program with another stdout; return its exit code."""
    monkeypatch.setattr(sys, "argv", ["hub", *words])
    monkeypatch.setattr(sys, "stdout", stdout)
    with pytest.raises(SystemExit) as found:
        main()
    _as_in_a_new_process()
    assert isinstance(found.value.code, int)
    return found.value.code


def _as_in_a_new_process() -> None:
    """Let the console speak again after a broken pipe, and forget what it could not write."""
    OUT.quiet = False
    OUT.begin_capture()
    OUT.end_capture()


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("name", PRINTED)
def test_a_pipe_that_nobody_reads_ends_it_quietly(
    name: str,
    unread: io.TextIOWrapper,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(PRINTED[name], unread, monkeypatch) == 1
    said = capsys.readouterr().err
    assert "✗" not in said
    assert "Traceback" not in said


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("name", ["ask", "export"])
def test_a_process_ends_quietly_likewise(name: str, folder: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    found = ended(*EVERY[name], folder=folder, stdout=writing)
    os.close(writing)
    assert (found.code, found.err) == (1, "")


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("name", PRINTED)
def test_a_full_disk_is_told_in_one_line(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Path("/dev/full").open("w") as full:
        assert run(PRINTED[name], full, monkeypatch) == 2
    said = capsys.readouterr().err
    assert said.splitlines()[-1] == "✗ [Errno 28] No space left on device"
    assert "Traceback" not in said


@pytest.mark.usefixtures("store")
def test_what_an_old_terminal_cannot_show_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = io.BytesIO()
    stdout = io.TextIOWrapper(printed, encoding="ascii")
    assert run(EVERY["ask"], stdout, monkeypatch) == 0
    assert b"(\\u201cbarred\\u201d since 2020-03-01" in printed.getvalue()


@pytest.mark.usefixtures("store")
def test_a_command_runs_where_there_is_no_stdout(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(EVERY["ask"], None, monkeypatch) == 0
