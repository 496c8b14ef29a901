"""What stops the start of `hub serve`: each in one line, soon, and before anything is made."""

import socket
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.cli.commands import ended, free_port, hub, line, refused


def test_a_port_that_is_taken_is_told_before_anything_is_made(folder: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        found = ended("serve", "--demo", "--port", port, folder=folder)
    assert (found.code, found.out) == (2, "")
    assert line(found.err) == (
        f"cannot listen on 127.0.0.1, port {port}: Address already in use; "
        "choose another --port or --host"
    )
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("203.0.113.7", "Cannot assign requested address"),
        ("no-such-host.invalid", "Name or service not known"),
        ("::2", "Cannot assign requested address"),
    ],
)
def test_an_address_of_another_machine_is_told_in_one_line(host: str, why: str) -> None:
    port = free_port()
    assert refused("serve", "--host", host, "--port", port) == (
        f"cannot listen on {host}, port {port}: {why}; choose another --port or --host"
    )


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    found = hub("serve", "--port", port)
    assert found.code == 2
    assert "Invalid value for '--port'" in found.err


@pytest.mark.parametrize(
    ("store", "said"),
    [
        ("hub.db", "HUB_STORE: write sqlite:///path/hub.db, sqlite:///:memory:, neo4j://host:7687"),
        ("sqlite:///", "the store's address names no file; write sqlite:///hub.db"),
        ("sqlite:///notes.txt", "cannot use notes.txt as a store: file is not a database"),
        ("neo4j://127.0.0.1:http", "HUB_STORE: write sqlite:///path/hub.db"),
    ],
)
def test_a_store_that_is_none_is_told_in_one_line(folder: Path, store: str, said: str) -> None:
    (folder / "notes.txt").write_text("Example notes\n" * 100, "utf-8")
    for demo in ([], ["--demo"]):
        told = refused("serve", "--port", 0, "--store", store, *demo)
        assert told.startswith(said)


@contextmanager
def silent() -> Generator[int]:
    """Yield a port on which somebody takes connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener.getsockname()[1]


def test_a_store_that_is_not_there_is_told_soon_in_one_line(folder: Path) -> None:
    store = f"neo4j://127.0.0.1:{free_port()}"
    found = ended("serve", "--port", 0, "--store", store, folder=folder)
    assert (found.code, found.out) == (2, "")
    assert line(found.err) == (
        f"the store at {store} does not answer: nobody listens there; start Neo4j, or check the "
        "address"
    )


def test_a_store_that_says_nothing_is_told_soon_in_one_line(folder: Path) -> None:
    with silent() as port:
        store = f"bolt://127.0.0.1:{port}"
        found = ended("serve", "--port", 0, "--store", store, folder=folder)
    assert (found.code, found.out) == (2, "")
    assert line(found.err).startswith(f"the store at {store} ")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"HUB_PUBLIC_URL": "http://hub.example"}, "HUB_PUBLIC_URL must begin with https://"),
        (
            {"HUB_PUBLIC_URL": "https://hub.example", "HUB_STORE": "neo4j://127.0.0.1:9"},
            "neo4j_password must be set in production",
        ),
    ],
    ids=["plain http", "no password"],
)
def test_nothing_insecure_starts_in_production(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    monkeypatch.setenv("HUB_ENVIRONMENT", "production")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert said in refused("serve", "--port", 0)
