"""The bench of gateways: what it asks, of whom, and what it prints."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.gateways import PEERS
from tests.docs.pages import ROOT
from tests.gateway.conftest import GATEWAYS


@pytest.mark.drill
def test_the_hub_and_each_peer_answer_alike_through_each_gateway(tmp_path: Path) -> None:
    words = ["--suppliers", "400", "--sites", "50", "--rounds", "1", "--cache", str(tmp_path)]
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "bench.gateways", *words],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "140"},
        capture_output=True,
        text=True,
        check=True,
    )
    for gateway in GATEWAYS:
        told = [line for line in done.stdout.splitlines() if gateway in line]
        assert len(told) == 1 + len(PEERS) + 1, done.stdout
        assert any(line.startswith(f"{gateway} before the hub: ") for line in told)
