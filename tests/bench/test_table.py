"""What the bench makes of its measurements."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.measure import Cell
from bench.table import BULK, DEEP, FIRST, bars, percentile, row

ROOT = Path(__file__).parents[2]


def cell(question: str, hub: float, raw: float) -> Cell:
    return Cell("sqlite", question, [hub, hub, 9 * hub], [raw, raw, raw], 12.4)


def test_a_row_is_of_medians_in_milliseconds_and_the_ratio_is_of_the_medians() -> None:
    made = row(cell(BULK, 0.4, 0.1))
    assert (made.hub, made.raw, made.ratio) == (400, 100, 4)
    assert (made.hub_p95, made.count, made.facts) == (3_600, 3, 12)


def test_the_95th_percentile_of_twenty_is_the_nineteenth() -> None:
    assert percentile(range(20, 0, -1), 0.95) == 19
    assert percentile([3.0], 0.95) == 3


def test_bars_say_which_ratios_are_met() -> None:
    rows = [row(cell(BULK, 0.5, 0.1)), row(cell(FIRST, 2, 1)), row(cell(f"{DEEP}9,000", 3, 1))]
    assert [(bar.found, bar.met) for bar in bars(rows)] == [(5, False), (1.5, True)]
    rows = [row(cell(BULK, 0.49, 0.1)), row(cell(FIRST, 2, 1)), row(cell(f"{DEEP}9,000", 3.1, 1))]
    assert [bar.met for bar in bars(rows)] == [True, False]


@pytest.mark.drill
def test_the_command_measures_prints_and_keeps_its_world_for_the_next_run(tmp_path: Path) -> None:
    kept = tmp_path / "found.json"
    command = ["--suppliers", "400", "--stores", "sqlite", "--rounds", "1", "--json", str(kept)]
    environment = {**os.environ, "BENCH_CACHE": str(tmp_path / "worlds")}

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "bench", *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )

    first, second = run(), run()
    assert "eligibilityList, 100" in first.stdout
    assert FIRST in first.stdout
    assert "loading 400 suppliers" in first.stderr
    assert "loading" not in second.stderr
    found = json.loads(kept.read_text())
    assert found["loaded"]["sqlite"]["set_aside"] == 0
    assert {each["question"] for each in found["rows"]} >= {"eligibilityList, 1", FIRST}
    assert all(each["facts"] > 0 for each in found["rows"])
