"""Settings: `HUB_*` in the environment or `hub.toml`, read once at the edge and passed in."""

import json
import os
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Final, Self, cast
from urllib.parse import urlsplit

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from hub.errors import InvalidInputError
from hub.issuers import Issuer

PREFIX: Final = "HUB_"
FILE: Final = "hub.toml"
_ELSEWHERE: Final = frozenset({"HUB_TEST_NEO4J"})
"""Variables of the same prefix that tests read."""
_SERVER: Final = re.compile(r"(?:neo4j|bolt)(?:\+s)?://[^\s@]+")
_WEB: Final = re.compile(r"https?://[^\s\"?#@]+")
_ORIGIN: Final = re.compile(r"https?://[^\s/?#@A-Z]+")
_FEED: Final = re.compile(r"[^\s/]+/[^\s/]+")
_ISSUERS: Final = (
    'write [{"issuer": "https://idp.example", "jwks_uri": "https://idp.example/jwks"}]'
)
_FEEDS: Final = 'write {"program/feed": "https://program.example/list.csv"}'
_ORIGINS: Final = 'write ["https://app.example"], or ["*"] for pages from everywhere'
_JSON: Final = {
    "feeds": (_FEEDS, "{}"),
    "issuers": (_ISSUERS, "[]"),
    "origins": (_ORIGINS, "[]"),
}
"""What to write in settings that are JSON, and what an empty one means."""


class Environment(StrEnum):
    """Where the hub runs."""

    DEV = "dev"
    """On a developer's machine: convenient."""
    PRODUCTION = "production"
    """For others: nothing insecure starts."""


class Settings(BaseSettings):
    """Each field is the variable `HUB_<FIELD>`, or a key of `hub.toml`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        toml_file=FILE,
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )

    store: str = "sqlite:///hub.db"
    """Where the graph is: sqlite:///path/hub.db, sqlite:///:memory:, neo4j://host:7687."""
    neo4j_user: str = "neo4j"
    """User of the Neo4j server."""
    neo4j_password: SecretStr | None = None
    """Password of the Neo4j server; none where it wants none."""
    neo4j_database: str = "neo4j"
    """Database on the Neo4j server."""
    environment: Environment = Environment.DEV
    """dev or production; in production nothing insecure starts."""
    public_url: str = "http://127.0.0.1:8000"
    """Address under which clients reach the hub."""
    secrets_dir: Path | None = None
    """Folder of files named like settings, each with one secret, as containers mount them."""
    most_body_bytes: Annotated[int, Field(ge=1_000, le=64_000_000)] = 8 * 1024 * 1024
    """Bytes of the largest request, a document apart."""
    most_document_bytes: Annotated[int, Field(ge=1_000, le=64_000_000)] = 8 * 1024 * 1024
    """Bytes of the largest document that an operator sends."""

    jobs_folder: Path | None = None
    """Folder in which lists wait for their answers; none: beside the store's file."""
    jobs_kept_hours: Annotated[int, Field(ge=1, le=8_760)] = 72
    """Hours after which a list is deleted, with its answers."""

    anonymous_cost: Annotated[int, Field(ge=100, le=20_000)] = 5_000
    """What a query without a token may cost."""
    anonymous_rows: Annotated[int, Field(ge=1, le=10_100)] = 500
    """Suppliers in a list that is asked about without a token."""

    cost_per_second: Annotated[int, Field(ge=100, le=1_000_000_000)] = 10_000
    """What the queries of one client may cost a second, over forty seconds."""
    anonymous_cost_per_second: Annotated[int, Field(ge=10, le=1_000_000_000)] = 500
    """What those of one address without a token may cost, likewise."""
    deadline_seconds: Annotated[float, Field(ge=0.01, le=600)] = 5.0
    """Seconds in which a query is answered; one for a list or changes has six times as many."""
    stopping_seconds: Annotated[float, Field(ge=0, le=60)] = 5.0
    """Seconds for which a hub that is told to stop says so before it takes no more requests."""

    trusted_documents: Path | None = None
    """File of the documents that may be asked with, by their SHA-256; none: all may."""

    traces: Annotated[str, Field(pattern=r"^https?://[^\s/]+")] | None = None
    """Address of a collector that traces are sent to by OTLP over HTTP; none: nothing is traced."""

    origins: Annotated[tuple[str, ...], NoDecode] = ()
    """Where pages in browsers come from that may ask the hub: ["https://app.example"]."""

    issuers: Annotated[tuple[Issuer, ...], NoDecode] = ()
    """Whose tokens are trusted, beside the hub's own: [{"issuer": ..., "jwks_uri": ...}]."""
    authorization_server: bool | None = None
    """Whether the hub gives tokens itself; default: in dev alone."""
    keys_secret: Annotated[SecretStr, Field(min_length=32)] | None = None
    """What the signing keys in the store are sealed with."""

    feeds: Annotated[Mapping[str, str], NoDecode] = {}
    """Addresses of feeds, by program/feed: {"ffp/growers": "https://program.example/list.csv"}."""
    sync_every_hours: Annotated[int, Field(ge=1, le=8_760)] | None = None
    """Hours after which `hub serve` reads each of the feeds again; none: it reads none."""

    @field_validator("feeds", "issuers", "origins", mode="before")
    @classmethod
    def _json(cls, given: object, field: ValidationInfo) -> object:
        if not isinstance(given, str):
            return given
        how, none = _JSON[field.field_name or ""]
        try:
            return json.loads(given or none)
        except ValueError as error:
            raise ValueError(how) from error

    @field_validator("feeds")
    @classmethod
    def _addresses(cls, feeds: Mapping[str, str]) -> Mapping[str, str]:
        for key, url in feeds.items():
            if not _FEED.fullmatch(key):
                msg = f"{key!r} is no feed; {_FEEDS}"
                raise ValueError(msg)
            if not url.startswith("https://") or not _hosted(url):
                msg = f"{key}: {url!r} is no address that begins with https://"
                raise ValueError(msg)
        return feeds

    @field_validator("origins")
    @classmethod
    def _web_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if origin != "*" and not (_ORIGIN.fullmatch(origin) and _hosted(origin)):
                msg = f"{origin!r} is no origin of the web; {_ORIGINS}"
                raise ValueError(msg)
        return origins

    @field_validator("store")
    @classmethod
    def _store_url(cls, url: str) -> str:
        if "@" in url and not url.startswith("sqlite:"):
            msg = "write user and password as HUB_NEO4J_USER and HUB_NEO4J_PASSWORD, not in it"
            raise ValueError(msg)
        if not url.startswith("sqlite:///") and not (_SERVER.fullmatch(url) and _hosted(url)):
            msg = "write sqlite:///path/hub.db, sqlite:///:memory:, neo4j://host:7687 or neo4j+s://"
            raise ValueError(msg)
        return url

    @field_validator("public_url")
    @classmethod
    def _web_url(cls, url: str) -> str:
        if not _WEB.fullmatch(url) or not _hosted(url):
            msg = "write an address of the web, such as https://hub.example"
            raise ValueError(msg)
        return url.rstrip("/")

    @model_validator(mode="after")
    def _issuers_differ(self) -> Self:
        own = [self.public_url] if self.gives_tokens else []
        names = [each.issuer for each in self.issuers] + own
        if len(set(names)) != len(names):
            msg = "issuers names one issuer twice, or the hub itself, which gives tokens already"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _something_to_run(self) -> Self:
        if self.sync_every_hours and not self.feeds:
            msg = "sync_every_hours reads feeds, and none is given in feeds"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _safe_in_production(self) -> Self:
        if self.environment is Environment.PRODUCTION:
            if not self.public_url.startswith("https://"):
                msg = "HUB_PUBLIC_URL must begin with https:// in production"
                raise ValueError(msg)
            if not self.store.startswith("sqlite:") and not self.neo4j_password:
                msg = "neo4j_password must be set in production"
                raise ValueError(msg)
            if not all(issuer.encrypted for issuer in self.issuers):
                msg = "issuers must have addresses that begin with https:// in production"
                raise ValueError(msg)
            if self.gives_tokens and not self.keys_secret:
                msg = "keys_secret must be set where the hub gives tokens in production"
                raise ValueError(msg)
        return self

    @property
    def gives_tokens(self) -> bool:
        """Whether the hub's own authorization server runs."""
        if self.authorization_server is None:
            return self.environment is Environment.DEV
        return self.authorization_server

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments first, then the environment, secret files, and `hub.toml`.

        Raises:
            InvalidInputError: `hub.toml` or the folder of secrets cannot be read.
        """
        del dotenv_settings, file_secret_settings  # the folder may stand in `hub.toml`, too
        try:
            toml = TomlConfigSettingsSource(settings_cls)
        except (OSError, TOMLDecodeError, UnicodeDecodeError) as error:
            msg = f"{FILE} cannot be read: {error}"
            raise InvalidInputError(msg) from error
        named = (source().get("secrets_dir") for source in (init_settings, env_settings, toml))
        folder = next(filter(None, named), None)
        found = _secrets(Path(folder)) if isinstance(folder, str | Path) else {}
        return (init_settings, env_settings, InitSettingsSource(settings_cls, found), toml)


def _hosted(url: str) -> bool:
    """Whether an address names a host, and no port that cannot be."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _secrets(folder: Path) -> dict[str, str]:
    """Return what the files of a folder say, by setting.

    Raises:
        InvalidInputError: It cannot be read, or a file is named like a setting that there is not.
    """
    found: dict[str, str] = {}
    path = folder
    try:
        for path in sorted(folder.iterdir()):
            variable = path.name.upper()
            if variable.startswith(PREFIX):
                _check_name(variable)
                name = variable.removeprefix(PREFIX).lower()
                found[name] = path.read_text("utf-8").strip()
    except OSError as error:
        msg = f"HUB_SECRETS_DIR: cannot read {path}: {error.strerror}"
        raise InvalidInputError(msg) from error
    except UnicodeDecodeError:
        msg = f"HUB_SECRETS_DIR: {path} is not UTF-8; write the secret as text"
        raise InvalidInputError(msg) from None
    return found


def read(**given: object) -> Settings:
    """Return the settings of the environment and `hub.toml`, with these in their place.

    Raises:
        InvalidInputError: A setting is unknown or wrong; the message names it and what would do.
    """
    for variable in sorted(name.upper() for name in os.environ):
        if variable.startswith(PREFIX):
            _check_name(variable)
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        return Settings(**cast("Mapping[str, str]", chosen))  # pyright: ignore[reportArgumentType]
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        variable = f"{PREFIX}{'.'.join(str(part) for part in problem['loc']).upper()}"
        if problem["type"] == "extra_forbidden":
            _check_name(variable)
        shown = variable if problem["loc"] else "the settings"
        msg = f"{shown}: {problem['msg'].removeprefix('Value error, ')}"
        raise InvalidInputError(msg) from error


def _check_name(variable: str) -> None:
    """Refuse a variable that is no setting."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    if variable not in known | _ELSEWHERE:
        msg = f"{variable} is no setting; the settings are {', '.join(sorted(known))}"
        raise InvalidInputError(msg)
