"""The hub as the image runs it: writing to its data folder alone, secrets read from files."""

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic

import pytest

HUB = Path(sys.executable).with_name("hub")
PATIENCE = 60
"""Seconds that the hub may take to listen, on a busy machine."""


def environment(**variables: str) -> dict[str, str]:
    """Return what a container gives its process: no home, no temporary folder, a few variables."""
    nowhere = {"HOME": "/nowhere", "TMPDIR": "/nowhere", "PYTHONDONTWRITEBYTECODE": "1"}
    return {"PATH": os.environ["PATH"], **nowhere, **variables}


@contextmanager
def serving(folder: Path, *options: str, **variables: str) -> Generator[http.client.HTTPConnection]:
    """Yield a connection to a hub that serves from a folder, as soon as it listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen(  # noqa: S603 - our own command
        [HUB, "serve", "--port", str(port), *options],
        cwd=folder,
        env=environment(**variables),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            with closing(_connected(process, port)) as connection:
                yield connection
        finally:
            process.terminate()


def _connected(process: subprocess.Popen[str], port: int) -> http.client.HTTPConnection:
    for line in process.stderr or ():
        if line.startswith("WSR Hub on"):
            break
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    until = monotonic() + PATIENCE
    while process.poll() is None and monotonic() < until:
        try:
            connection.connect()
        except ConnectionRefusedError:
            continue
        return connection
    pytest.fail("the hub does not start")


def answer(connection: http.client.HTTPConnection, path: str, body: str | None = None) -> str:
    """Return what the hub answers with status 200."""
    method = "POST" if body else "GET"
    connection.request(method, path, body, {"content-type": "application/json"})
    response = connection.getresponse()
    text = response.read().decode()
    assert response.status == http.client.OK, text
    return text


def test_it_answers_from_a_folder_it_may_not_write_to_and_writes_to_its_data_alone(
    tmp_path: Path,
) -> None:
    folder, data = tmp_path / "etc", tmp_path / "data"
    folder.mkdir()
    data.mkdir()
    (folder / "hub.toml").write_text(f'store = "sqlite:///{data}/hub.db"\n', "utf-8")
    folder.chmod(0o555)
    with serving(folder, "--demo", "--no-example") as connection:
        assert answer(connection, "/livez") == "ok"
        assert answer(connection, "/readyz") == "ok"
        asked = '{"query": "{ program(id: \\"ffp\\") { name } }"}'
        assert "Fair Food Program" in answer(connection, "/graphql", asked)
        assert [path.name for path in folder.iterdir()] == ["hub.toml"]
        assert {path.name.partition("-")[0] for path in data.iterdir()} == {"hub.db"}
    folder.chmod(0o755)
    assert {path.name for path in tmp_path.iterdir()} == {"etc", "data"}


def doctor(folder: Path, **variables: str) -> str:
    """Return what `hub doctor` says of a production hub on a Neo4j that is not there."""
    done = subprocess.run(  # noqa: S603 - our own command
        [HUB, "doctor", "--store", "bolt://127.0.0.1:9"],
        cwd=folder,
        env=environment(
            HUB_ENVIRONMENT="production", HUB_PUBLIC_URL="https://h.example", **variables
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    return done.stdout + done.stderr


def test_the_password_of_the_database_is_read_from_a_file(tmp_path: Path) -> None:
    assert "neo4j_password must be set in production" in doctor(tmp_path)
    (tmp_path / "hub_neo4j_password").write_text("kept in a file\n", "utf-8")
    said = doctor(tmp_path, HUB_SECRETS_DIR=str(tmp_path))
    assert "neo4j_password" not in said
    assert "bolt://127.0.0.1:9" in said
    assert "kept in a file" not in said
