"""What the compose file promises: little power, no open port, secrets as files."""

import re
import tomllib
from typing import Any

import pytest

from hub.settings import PREFIX, Settings
from tests.deploy.files import DEPLOY, ROOT, compose, steps

SERVICES: dict[str, Any] = compose()["services"]
SETTINGS = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_capability_gains_none_and_is_bounded_in_memory(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert int(service["pids_limit"]) > 0
    assert service["healthcheck"]["test"][0] == "CMD"


def test_the_hub_writes_to_its_volume_alone_and_waits_for_a_healthy_database() -> None:
    hub = SERVICES["hub"]
    assert hub["read_only"] == "true"
    assert hub["volumes"] == ["hub-data:/data"]
    assert hub["depends_on"] == {"neo4j": {"condition": "service_healthy"}}


def test_only_the_hub_is_published_and_by_default_on_loopback() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"hub": ["${PUBLISH:-127.0.0.1:8000}:8000"]}


def test_only_the_hub_shares_a_network_with_the_database_which_has_no_way_out() -> None:
    assert compose()["networks"]["inside"] == {"internal": "true"}
    assert SERVICES["neo4j"]["networks"] == ["inside"]
    assert SERVICES["hub"]["networks"] == ["outside", "inside"]


def test_secrets_come_as_files_that_are_never_committed() -> None:
    secrets: dict[str, Any] = compose()["secrets"]
    assert {secret["file"] for secret in secrets.values()} == {
        f"secrets/{name}" for name in secrets
    }
    assert "/secrets/" in (DEPLOY / ".gitignore").read_text("utf-8").splitlines()
    for service in SERVICES.values():
        for variable, value in service["environment"].items():
            named = re.search(r"PASSWORD|AUTH|SECRET", variable)
            assert not named or value.startswith("/run/secrets"), variable


def test_the_hubs_secrets_are_files_named_like_settings() -> None:
    hub = SERVICES["hub"]
    assert hub["environment"]["HUB_SECRETS_DIR"] == "/run/secrets"
    assert {secret.upper() for secret in hub["secrets"]} <= SETTINGS


def test_the_database_reads_its_first_password_from_its_secret_and_is_not_root() -> None:
    neo4j = SERVICES["neo4j"]
    [secret] = neo4j["secrets"]
    assert neo4j["environment"]["NEO4J_AUTH_FILE"] == f"/run/secrets/{secret}"
    assert neo4j["user"] == "7474:7474"


def test_the_database_is_of_the_version_that_tests_run_on() -> None:
    pom = (ROOT / "tests/neo4j/pom.xml").read_text("utf-8")
    [version] = re.findall(r"<neo4j.version>(.+)</neo4j.version>", pom)
    assert SERVICES["neo4j"]["image"] == f"neo4j:{version}-community"


def test_what_services_name_is_declared_and_what_is_declared_is_used() -> None:
    whole = compose()
    for kind in ("networks", "volumes", "secrets"):
        used = {
            each.partition(":")[0]
            for service in SERVICES.values()
            for each in service.get(kind, ())
        }
        assert used == set(whole[kind])


def test_every_variable_of_the_hub_and_every_key_of_its_file_is_a_setting() -> None:
    said = (DEPLOY / "compose.yaml").read_text("utf-8")
    said += "\n".join(step.rest for step in steps())
    assert set(re.findall(r"\bHUB_\w+", said)) <= SETTINGS
    example = tomllib.loads((DEPLOY / "hub.toml").read_text("utf-8"))
    assert example.keys() <= Settings.model_fields.keys()
    assert Settings.model_validate(example).store == "sqlite:////data/hub.db"
