"""The hub as its users meet it: `hub serve` in a process of its own, asked over HTTP."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import orjson

from bench.law import TODAY
from tests.neo4j.server import Address

LIST: Final = """\
query($buyer: ID!, $suppliers: [ID!]!, $asOf: Date!) {
  eligibilityList(buyer: $buyer, suppliers: $suppliers, product: "garments", asOf: $asOf) {
    rows { index reference verdict reason problem { code message } }
    counts { verdict count }
    revision
  }
}"""
ENTITIES: Final = """\
query($buyer: ID!, $representations: [_Any!]!, $asOf: Date!) {
  _entities(representations: $representations) {
    ... on Organization {
      name eligibility(buyer: $buyer, product: "garments", asOf: $asOf) { verdict }
    }
    ... on Worksite {
      name eligibility(buyer: $buyer, product: "garments", asOf: $asOf) { verdict }
    }
  }
}"""
SHARED: Final = """\
query($first: Int!, $after: String, $asOf: Date!) {
  sharedSuppliers(first: $first, after: $after, asOf: $asOf) {
    edges { cursor node {
      supplier { id name country }
      standings { track state effect since }
      programs { code }
      disagree
    } }
    pageInfo { hasNextPage endCursor }
  }
}"""
CURSOR: Final = """\
query($first: Int!, $after: String, $asOf: Date!) {
  sharedSuppliers(first: $first, after: $after, asOf: $asOf) {
    pageInfo { hasNextPage endCursor }
  }
}"""
_PATIENCE: Final = 120
"""Seconds for the hub to start, and for its longest answer."""
_HEADERS: Final = {
    "content-type": "application/json",
    "accept": "application/graphql-response+json",
}


class NoAnswerError(RuntimeError):
    """The hub did not answer as it should."""


class Client:
    """One connection to the hub, kept alive.

    Attributes:
        address: Where the hub is.
    """

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)

    def post(self, body: bytes) -> bytes:
        """Return the answer to a question, to its last byte."""
        self._connection.request("POST", "/graphql", body, _HEADERS)
        response = self._connection.getresponse()
        answer = response.read()
        if response.status != http.client.OK:
            message = f"{response.status}: {answer[:400].decode()}"
            raise NoAnswerError(message)
        return answer

    def ask(self, query: str, **variables: object) -> Mapping[str, Any]:
        """Return the data of an answer without errors."""
        return self.data(body(query, **variables))

    def data(self, question: bytes) -> Mapping[str, Any]:
        """Return the data of an answer without errors to a question as it is sent."""
        answer = orjson.loads(self.post(question))
        if answer.get("errors"):
            raise NoAnswerError(str(answer["errors"])[:400])
        return answer["data"]

    def ready(self) -> bool:
        """Return whether the hub is ready for questions."""
        try:
            self._connection.request("GET", "/readyz")
            response = self._connection.getresponse()
            response.read()
        except (ConnectionError, http.client.HTTPException):
            self._connection.close()
            return False
        return response.status == http.client.OK

    def wake(self) -> None:
        """Connect again where the hub has let go of a connection on which nothing was asked."""
        if not self.ready():
            self.ready()

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()


def body(query: str, **variables: object) -> bytes:
    """Return a question about the last day of the world as it is sent."""
    return orjson.dumps({"query": query, "variables": {"asOf": TODAY.isoformat(), **variables}})


@contextmanager
def served(url: str, address: Address | None) -> Generator[Client]:
    """Yield a client of a hub that serves a store, and end the hub afterwards."""
    port = _free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HUB_")}
    environment |= {
        "HUB_ANONYMOUS_COST": "20000",
        "HUB_ANONYMOUS_ROWS": "10000",
        "HUB_ANONYMOUS_COST_PER_SECOND": "1000000000",
        "HUB_DEADLINE_SECONDS": str(_PATIENCE),
    }
    if address is not None and address.password is not None:
        environment |= {"HUB_NEO4J_USER": address.user, "HUB_NEO4J_PASSWORD": address.password}
    command = [sys.executable, "-c", "from hub.cli.main import main; main()", "serve"]
    with tempfile.TemporaryDirectory() as empty, tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*command, "--port", str(port), "--store", url],
            cwd=empty,
            env=environment | {"PYTHONPATH": str(Path.cwd())},
            stdout=said,
            stderr=said,
        )
        client = Client(port)
        try:
            _wait(process, client)
            yield client
        finally:
            client.close()
            process.terminate()
            process.wait()
            if process.returncode not in {0, -15}:
                said.seek(0)
                sys.stderr.write(said.read().decode(errors="replace"))


def _wait(process: subprocess.Popen[bytes], client: Client) -> None:
    """Wait until the hub is ready."""
    until = time.monotonic() + _PATIENCE
    while not client.ready():
        if process.poll() is not None or time.monotonic() > until:
            message = "the hub does not start"
            raise NoAnswerError(message)
        time.sleep(0.05)


def _free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
