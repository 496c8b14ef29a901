"""The bench of gateways: what it asks, of whom, and what it prints."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.gateways import HUB, PEERS
from tests.docs.pages import ROOT
from tests.gateway.conftest import GATEWAYS
from tests.neo4j.server import Address


@pytest.mark.drill
def test_the_hub_and_each_peer_answer_alike_through_each_gateway(
    tmp_path: Path, neo4j_server: Address
) -> None:
    words = ["--suppliers", "400", "--sites", "50", "--rounds", "1", "--cache", str(tmp_path)]
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "bench.gateways", *words],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "140", "HUB_TEST_NEO4J": neo4j_server.url},
        capture_output=True,
        text=True,
        check=True,
    )
    for gateway in GATEWAYS:
        told = [line for line in done.stdout.splitlines() if gateway in line]
        # Each hub in three cases, in the table and below it.
        assert len(told) == len(PEERS) + 6 * len(HUB), done.stdout
        for hub in HUB.values():
            assert any(line.startswith(f"{gateway}, {hub}, after a write: ") for line in told)
