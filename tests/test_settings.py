"""Settings: where they come from, which go first, what is refused, and that secrets stay secret."""

import json
import os
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest
from pydantic import ValidationError

from hub.errors import InvalidInputError
from hub.settings import FILE, PREFIX, Environment, Settings, read

HIDDEN: Final = "an example of a password"
SEALED: Final = "an example of a secret that is long enough"
NAMES: Final = sorted(f"{PREFIX}{name.upper()}" for name in Settings.model_fields)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Read settings in an empty folder, and none of the environment."""
    for variable in [name for name in os.environ if name.upper().startswith(PREFIX)]:
        monkeypatch.delenv(variable)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def secrets(folder: Path) -> Path:
    """Return a folder of secrets, with the password of the database."""
    (folder / "secrets").mkdir()
    (folder / "secrets" / "hub_neo4j_password").write_text(f"{HIDDEN}\n", "utf-8")
    return folder / "secrets"


def written(text: str) -> None:
    """Write `hub.toml`."""
    Path(FILE).write_text(text, encoding="utf-8")


def wrong(**given: object) -> str:
    """Read settings that are refused; return why, in one line."""
    with pytest.raises(InvalidInputError) as refused:
        read(**given)
    assert "\n" not in refused.value.message
    return refused.value.message


def password(found: Settings) -> str | None:
    """Return the password of the database, in plain."""
    return found.neo4j_password.get_secret_value() if found.neo4j_password else None


def test_without_any_setting_it_is_a_developers_hub_in_one_file() -> None:
    found = read()
    assert found.store == "sqlite:///hub.db"
    assert found.environment is Environment.DEV
    assert found.neo4j_password is None
    assert found.public_url == "http://127.0.0.1:8000"
    assert found.most_body_bytes == 8 * 1024 * 1024
    assert (found.feeds, found.sync_every_hours) == ({}, None)


@pytest.mark.parametrize("where", ["environment", "file", "folder of secrets", "arguments"])
def test_each_setting_is_read_from_each_place(
    monkeypatch: pytest.MonkeyPatch, folder: Path, where: str
) -> None:
    given = {
        "store": "neo4j+s://db.example:7687",
        "neo4j_user": "example",
        "neo4j_password": HIDDEN,
        "neo4j_database": "graph",
        "environment": "production",
        "public_url": "https://hub.example",
        "most_body_bytes": "2000",
        "most_document_bytes": "4000",
        "jobs_folder": "/data/jobs",
        "jobs_kept_hours": "24",
        "issuers": '[{"issuer": "https://idp.example", "jwks_uri": "https://idp.example/keys"}]',
        "authorization_server": "true",
        "keys_secret": SEALED,
        "anonymous_cost": "3000",
        "anonymous_rows": "200",
        "cost_per_second": "8000",
        "anonymous_cost_per_second": "400",
        "deadline_seconds": "2.5",
        "stopping_seconds": "0.5",
        "origins": '["https://app.example", "http://localhost:3000"]',
        "trusted_documents": "documents.json",
        "traces": "http://127.0.0.1:4318/v1/traces",
        "feeds": '{"ffp/page": "https://program.example/list"}',
        "sync_every_hours": "6",
    }
    match where:
        case "environment":
            for name, value in given.items():
                monkeypatch.setenv(f"{PREFIX}{name.upper()}", value)
        case "file":
            written("".join(f"{name} = '{value}'\n" for name, value in given.items()))
        case "folder of secrets":
            monkeypatch.setenv("HUB_SECRETS_DIR", ".")
            for name, value in given.items():
                (folder / f"hub_{name}").write_text(value, "utf-8")
        case _:
            pass
    found = read(**given) if where == "arguments" else read()
    assert found.store == "neo4j+s://db.example:7687"
    assert (found.neo4j_user, password(found), found.neo4j_database) == ("example", HIDDEN, "graph")
    assert found.environment is Environment.PRODUCTION
    assert found.public_url == "https://hub.example"
    assert (found.most_body_bytes, found.most_document_bytes) == (2000, 4000)
    assert found.feeds == {"ffp/page": "https://program.example/list"}
    assert found.sync_every_hours == 6
    assert (found.jobs_folder, found.jobs_kept_hours) == (Path("/data/jobs"), 24)
    assert (found.anonymous_cost, found.anonymous_rows) == (3_000, 200)
    assert (found.cost_per_second, found.anonymous_cost_per_second) == (8_000, 400)
    assert (found.deadline_seconds, found.stopping_seconds) == (2.5, 0.5)
    assert found.origins == ("https://app.example", "http://localhost:3000")
    assert [issuer.jwks_uri for issuer in found.issuers] == ["https://idp.example/keys"]
    assert found.trusted_documents == Path("documents.json")
    assert found.traces == "http://127.0.0.1:4318/v1/traces"
    assert found.gives_tokens
    assert SEALED not in repr(found)
    assert found.model_fields_set >= given.keys()
    assert given.keys() | {"secrets_dir"} == Settings.model_fields.keys()


def test_an_option_goes_before_a_variable_a_variable_before_a_secret_and_that_before_the_file(
    monkeypatch: pytest.MonkeyPatch, secrets: Path
) -> None:
    monkeypatch.setenv("HUB_SECRETS_DIR", str(secrets))
    said = {"option": "a", "variable": "b", "secret": "c", "file": "d"}
    written(f'neo4j_user = "{said["file"]}"\n')
    assert read().neo4j_user == said["file"]
    (secrets / "hub_neo4j_user").write_text(said["secret"], "utf-8")
    assert read().neo4j_user == said["secret"]
    monkeypatch.setenv("HUB_NEO4J_USER", said["variable"])
    assert read().neo4j_user == said["variable"]
    assert read(neo4j_user=said["option"]).neo4j_user == said["option"]
    assert read(neo4j_user=None).neo4j_user == said["variable"]


@pytest.mark.parametrize("where", ["variable", "file", "argument"])
def test_secrets_are_read_from_a_folder_that_any_source_names(
    monkeypatch: pytest.MonkeyPatch, secrets: Path, where: str
) -> None:
    given: dict[str, object] = {}
    match where:
        case "variable":
            monkeypatch.setenv("HUB_SECRETS_DIR", str(secrets))
        case "file":
            written('secrets_dir = "secrets"\n')
        case _:
            given["secrets_dir"] = secrets
    assert password(read(**given)) == HIDDEN


def test_a_secret_may_be_named_in_capitals_and_what_is_not_the_hubs_is_left(secrets: Path) -> None:
    (secrets / "hub_neo4j_password").rename(secrets / "HUB_NEO4J_PASSWORD")
    (secrets / "..data").mkdir()
    (secrets / "other").write_bytes(b"\xff")
    assert password(read(secrets_dir=secrets)) == HIDDEN


def test_an_empty_name_of_the_folder_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_SECRETS_DIR", "")
    assert read().neo4j_password is None


@pytest.mark.parametrize("where", ["HUB_NOTHING", "hub_nothing", "file", "folder of secrets"])
def test_an_unknown_setting_is_named_beside_those_that_there_are(
    monkeypatch: pytest.MonkeyPatch, secrets: Path, where: str
) -> None:
    if where == "file":
        written("nothing = 1\n")
    elif where == "folder of secrets":
        (secrets / "hub_nothing").touch()
    else:
        monkeypatch.setenv(where, "x")
    assert wrong(secrets_dir=secrets) == (
        f"HUB_NOTHING is no setting; the settings are {', '.join(NAMES)}"
    )


def test_variables_of_other_programs_and_of_the_tests_are_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HUBBLE", "x")
    monkeypatch.setenv("HUB_TEST_NEO4J", "bolt://127.0.0.1:7687")
    assert read().store == "sqlite:///hub.db"


def test_what_tests_read_is_no_key_of_the_file() -> None:
    written("test_neo4j = 1\n")
    assert wrong().startswith("HUB_TEST_NEO4J: ")


ISSUERS: Final = 'write [{"issuer": "https://idp.example", "jwks_uri": "https://idp.example/jwks"}]'
STORES: Final = "write sqlite:///path/hub.db, sqlite:///:memory:, neo4j://host:7687 or neo4j+s://"
ORIGINS: Final = 'write ["https://app.example"], or ["*"] for pages from everywhere'
USERS: Final = "write user and password as HUB_NEO4J_USER and HUB_NEO4J_PASSWORD, not in it"
FEEDS: Final = 'write {"program/feed": "https://program.example/list.csv"}'
ADDRESS: Final = "write an address of the web, such as https://hub.example"
WRONG: Final[Mapping[str, tuple[str, str, str]]] = {
    "environment": ("HUB_ENVIRONMENT", "prod", "Input should be 'dev' or 'production'"),
    "no environment": ("HUB_ENVIRONMENT", "", "Input should be 'dev' or 'production'"),
    "too few bytes": (
        "HUB_MOST_BODY_BYTES",
        "999",
        "Input should be greater than or equal to 1000",
    ),
    "too many bytes": (
        "HUB_MOST_BODY_BYTES",
        "64000001",
        "Input should be less than or equal to 64000000",
    ),
    "no number": (
        "HUB_MOST_BODY_BYTES",
        "8MB",
        "Input should be a valid integer, unable to parse string as an integer",
    ),
    "no store": ("HUB_STORE", "", STORES),
    "path for a store": ("HUB_STORE", "hub.db", STORES),
    "two slashes": ("HUB_STORE", "sqlite://hub.db", STORES),
    "store of another kind": ("HUB_STORE", "postgresql://db.example", STORES),
    "no certificate": ("HUB_STORE", "neo4j+ssc://db.example", STORES),
    "no host": ("HUB_STORE", "neo4j://", STORES),
    "no number for a port": ("HUB_STORE", "neo4j://db.example:bolt", STORES),
    "port zero": ("HUB_STORE", "neo4j://db.example:0", STORES),
    "port too large": ("HUB_STORE", "neo4j://db.example:65536", STORES),
    "half an address": ("HUB_STORE", "neo4j://[::1", STORES),
    "blank in a host": ("HUB_STORE", "neo4j://db example", STORES),
    "password in the address": ("HUB_STORE", f"neo4j://example:{HIDDEN}@db.example", USERS),
    "user in the address": ("HUB_STORE", "bolt://example@db.example", USERS),
    "no address of the web": ("HUB_PUBLIC_URL", "hub.example", ADDRESS),
    "address without a host": ("HUB_PUBLIC_URL", "https://", ADDRESS),
    "address of files": ("HUB_PUBLIC_URL", "ftp://hub.example", ADDRESS),
    "feeds that are no JSON": ("HUB_FEEDS", "ffp/page", FEEDS),
    "feeds that are a list": ("HUB_FEEDS", "[]", "Input should be a valid dictionary"),
    "feed without a program": (
        "HUB_FEEDS",
        '{"page": "https://a.example"}',
        f"'page' is no feed; {FEEDS}",
    ),
    "feed without a name": (
        "HUB_FEEDS",
        '{"ffp/": "https://a.example"}',
        f"'ffp/' is no feed; {FEEDS}",
    ),
    "feed of a feed": (
        "HUB_FEEDS",
        '{"a/b/c": "https://a.example"}',
        f"'a/b/c' is no feed; {FEEDS}",
    ),
    "feed in the open": (
        "HUB_FEEDS",
        '{"ffp/page": "http://a.example"}',
        "ffp/page: 'http://a.example' is no address that begins with https://",
    ),
    "feed without a host": (
        "HUB_FEEDS",
        '{"ffp/page": "https:///list"}',
        "ffp/page: 'https:///list' is no address that begins with https://",
    ),
    "a short secret": (
        "HUB_KEYS_SECRET",
        HIDDEN,
        "Value should have at least 32 items after validation, not 24",
    ),
    "address with a question": ("HUB_PUBLIC_URL", "https://hub.example?a", ADDRESS),
    "address with a user": ("HUB_PUBLIC_URL", "https://me@hub.example", ADDRESS),
    "issuers that are no JSON": ("HUB_ISSUERS", "https://idp.example", ISSUERS),
    "origins that are no JSON": ("HUB_ORIGINS", "https://app.example", f"{ORIGINS}"),
    "origin with a path": (
        "HUB_ORIGINS",
        '["https://app.example/"]',
        f"'https://app.example/' is no origin of the web; {ORIGINS}",
    ),
    "origin of no web": ("HUB_ORIGINS", '["null"]', f"'null' is no origin of the web; {ORIGINS}"),
    "too often": ("HUB_SYNC_EVERY_HOURS", "0", "Input should be greater than or equal to 1"),
    "too rarely": ("HUB_SYNC_EVERY_HOURS", "8761", "Input should be less than or equal to 8760"),
}


@pytest.mark.parametrize(("variable", "value", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_told_with_its_name_and_what_would_do(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert wrong() == f"{variable}: {said}"
    monkeypatch.delenv(variable)
    assert wrong(**{variable.removeprefix(PREFIX).lower(): value}) == f"{variable}: {said}"


@pytest.mark.parametrize(
    "store",
    [
        "sqlite:////var/lib/hub/hub.db",
        "sqlite:///:memory:",
        "sqlite:///folder@example/hub.db",
        "neo4j://db.example",
        "neo4j+s://db.example:7687",
        "bolt://127.0.0.1:7687",
        "bolt+s://[::1]:7687",
    ],
)
def test_the_addresses_of_stores_are_taken(store: str) -> None:
    assert read(store=store).store == store


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"store = \n", f"{FILE} cannot be read: Invalid value (at line 1, column 9)"),
        (b'store = "\xff"', f"{FILE} cannot be read: 'utf-8' codec can't decode byte 0xff"),
        (b"store = 5", "HUB_STORE: Input should be a valid string"),
        (b"secrets_dir = 5", "HUB_SECRETS_DIR: Input is not a valid path"),
        (b"[store]\nurl = 1", "HUB_STORE: Input should be a valid string"),
    ],
    ids=["no TOML", "not UTF-8", "number", "number for a folder", "table"],
)
def test_a_file_that_is_wrong_is_told_in_one_line(text: bytes, said: str) -> None:
    Path(FILE).write_bytes(text)
    assert wrong().startswith(said)


def test_a_folder_of_secrets_that_cannot_be_read_is_told(folder: Path, secrets: Path) -> None:
    (folder / "file").touch()
    assert wrong(secrets_dir="no") == "HUB_SECRETS_DIR: cannot read no: No such file or directory"
    assert wrong(secrets_dir="file") == "HUB_SECRETS_DIR: cannot read file: Not a directory"
    (secrets / "hub_neo4j_user").mkdir()
    assert wrong(secrets_dir="secrets") == (
        "HUB_SECRETS_DIR: cannot read secrets/hub_neo4j_user: Is a directory"
    )


def test_a_secret_that_is_no_text_is_told(secrets: Path) -> None:
    (secrets / "hub_neo4j_password").write_bytes(b"\xff\xfe")
    assert wrong(secrets_dir="secrets") == (
        "HUB_SECRETS_DIR: secrets/hub_neo4j_password is not UTF-8; write the secret as text"
    )


SAFE: Final = {"environment": "production", "public_url": "https://hub.example"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"public_url": "http://hub.example"},
            "HUB_PUBLIC_URL must begin with https:// in production",
        ),
        ({"store": "neo4j://db.example"}, "neo4j_password must be set in production"),
        (
            {"store": "bolt+s://db.example", "neo4j_password": ""},
            "neo4j_password must be set in production",
        ),
    ],
    ids=["plain http", "no password", "empty password"],
)
def test_nothing_insecure_is_taken_in_production(given: Mapping[str, str], said: str) -> None:
    assert wrong(**{**SAFE, **given}) == f"the settings: {said}"
    assert read(**given).environment is Environment.DEV


def test_the_default_address_is_none_for_production() -> None:
    assert "HUB_PUBLIC_URL must begin with https://" in wrong(environment="production")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"store": "sqlite:///hub.db"},
        {"store": "neo4j+s://db.example", "neo4j_password": HIDDEN},
    ],
    ids=["default store", "embedded store", "server with a password"],
)
def test_what_is_safe_is_taken_in_production(given: Mapping[str, str]) -> None:
    assert read(**SAFE, **given).environment is Environment.PRODUCTION


def test_feeds_are_a_table_of_the_file() -> None:
    written('[feeds]\n"ffp/page" = "https://program.example/list"\n')
    assert read().feeds == {"ffp/page": "https://program.example/list"}


def test_a_schedule_without_feeds_is_told() -> None:
    assert wrong(sync_every_hours=1) == (
        "the settings: sync_every_hours reads feeds, and none is given in feeds"
    )


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(read(), "store", "sqlite:///:memory:")  # noqa: B010 - a type checker refuses it, too


def test_the_password_is_shown_nowhere(monkeypatch: pytest.MonkeyPatch, secrets: Path) -> None:
    monkeypatch.setenv("HUB_NEO4J_PASSWORD", HIDDEN)
    found = read()
    shown = [repr(found), str(found), found.model_dump_json(), repr(found.model_dump())]
    monkeypatch.delenv("HUB_NEO4J_PASSWORD")
    for given in (
        {"neo4j_password": HIDDEN.encode(), "environment": "prod"},
        {"neo4j_password": [HIDDEN]},
        {"neo4j_password": HIDDEN, "environment": "production"},
        {"store": f"neo4j://example:{HIDDEN}@db.example"},
        {"store": f"neo4j://db.example:{HIDDEN}"},
        {"secrets_dir": secrets, "store": "no"},
    ):
        with pytest.raises(InvalidInputError) as refused:
            read(**given)
        shown.append("".join(traceback.format_exception(refused.value)))
    assert not [text for text in shown if HIDDEN in text]


IDP: Final[Mapping[str, object]] = {"issuer": "https://idp.example", "jwks": {"keys": []}}
LOCAL: Final[Mapping[str, object]] = {"issuer": "http://127.0.0.1:9", "jwks": {"keys": []}}
KEYLESS: Final[Mapping[str, object]] = {"issuer": "https://idp.example"}
ISSUED: Final[Mapping[str, tuple[Sequence[Mapping[str, object]], str]]] = {
    "no keys": ([KEYLESS], "an issuer has either jwks_uri or jwks"),
    "keys twice": (
        [{**IDP, "jwks_uri": "https://idp.example/jwks"}],
        "an issuer has either jwks_uri or jwks",
    ),
    "in the open": ([{**IDP, "issuer": "http://idp.example"}], "begins with https://"),
    "keys in the open": ([{**KEYLESS, "jwks_uri": "http://idp.example"}], "begins with https://"),
    "a secret algorithm": ([{**IDP, "algorithms": ["HS256"]}], "HUB_ISSUERS.0.ALGORITHMS.0"),
    "no algorithm": ([{**IDP, "algorithms": []}], "HUB_ISSUERS.0.ALGORITHMS"),
    "an unknown word": ([{**IDP, "aud": "x"}], "HUB_ISSUERS.0.AUD"),
    "twice": ([IDP, IDP], "issuers names one issuer twice, or the hub itself"),
    "the hub": ([{**IDP, "issuer": "http://127.0.0.1:8000"}], "issuers names one issuer twice"),
}


@pytest.mark.parametrize(("issuers", "said"), ISSUED.values(), ids=ISSUED)
def test_an_issuer_that_cannot_be_trusted_stops_the_start(
    issuers: Sequence[Mapping[str, object]], said: str
) -> None:
    assert said in wrong(issuers=json.dumps(issuers))


def test_an_issuer_on_this_machine_is_for_development() -> None:
    assert read(issuers=json.dumps([LOCAL])).issuers
    production = {"environment": "production", "public_url": "https://hub.example"}
    assert "begin with https://" in wrong(issuers=json.dumps([LOCAL]), **production)


def test_a_hub_gives_tokens_in_development_and_else_where_it_is_told_to() -> None:
    production = {"environment": "production", "public_url": "https://hub.example"}
    assert read().gives_tokens
    assert not read(authorization_server="false").gives_tokens
    assert not read(**production).gives_tokens
    assert "keys_secret must be set" in wrong(authorization_server="true", **production)
    given = {**production, "authorization_server": "true", "keys_secret": SEALED}
    assert read(**given).gives_tokens


def test_the_public_address_ends_with_no_slash() -> None:
    assert read(public_url="https://hub.example/").public_url == "https://hub.example"
