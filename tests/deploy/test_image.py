"""What the Dockerfile promises: pinned, locked, small in what it takes, and not root."""

import re
from pathlib import Path

import pytest

from tests.deploy.files import ROOT, Step, last_stage, sent, steps

BASES = [step.rest for step in steps() if step.word == "FROM"]
STAGES = {rest.split()[-1] for rest in BASES if " AS " in rest}
COPIES = [step for step in steps() if step.word == "COPY"]
FROM_CONTEXT = [
    source for step in COPIES if "--from" not in step.rest for source in step.rest.split()[:-1]
]


@pytest.mark.parametrize("base", BASES)
def test_a_base_image_is_pinned_by_a_tag_with_a_version(base: str) -> None:
    assert re.match(r"[a-z]+:\d+[\d.]*-[a-z-]+( AS [a-z]+)?$", base)


@pytest.mark.parametrize("source", FROM_CONTEXT)
def test_what_is_copied_is_there_and_sent_to_the_builder(source: str) -> None:
    path = ROOT / source
    assert path.exists()
    assert sent(path)


def test_what_is_copied_from_a_stage_names_one() -> None:
    named = [found[1] for step in COPIES if (found := re.match(r"--from=(\S+)", step.rest))]
    assert set(named) == STAGES


@pytest.mark.parametrize(
    "path",
    [".git/config", ".venv/bin/python", "deploy/secrets/neo4j_auth", "hub/__pycache__/app.pyc"],
)
def test_what_is_not_of_the_image_is_not_sent_to_the_builder(path: str) -> None:
    assert not sent(ROOT / path)


def test_whatever_is_fetched_is_locked() -> None:
    commands = [step.rest for step in steps() if step.word == "RUN"]
    every = [each for run in commands for each in run.split("&&")]
    installing = [each for each in every if "/pip " in each and " install " in each]
    assert len(installing) == 3
    assert all("--require-hashes" in each or "--no-index" in each for each in installing)
    assert any(each.startswith("npm ci ") for each in commands)
    assert not [each for each in commands if "apt-get" in each or "curl" in each]


def test_the_image_runs_as_a_numbered_user_who_owns_the_volume_alone() -> None:
    stage = last_stage()
    [user] = [step.rest for step in stage if step.word == "USER"]
    assert re.fullmatch(r"([1-9]\d+):\1", user)
    number = user.partition(":")[0]
    [made] = [step.rest for step in stage if step.word == "RUN"]
    assert made == f"install --directory --owner {number} --group {number} --mode 0750 /data"
    assert Step("VOLUME", "/data") in stage


def test_the_image_asks_the_hub_itself_whether_it_lives() -> None:
    [check] = [step.rest for step in last_stage() if step.word == "HEALTHCHECK"]
    assert '"python"' in check
    assert "http://127.0.0.1:8000/livez" in check


def test_the_example_settings_lie_where_the_hub_looks_for_them() -> None:
    stage = last_stage()
    [folder] = [Path(step.rest) for step in stage if step.word == "WORKDIR"]
    assert Step("COPY", f"deploy/hub.toml {folder}/hub.toml") in stage
