"""Settings: `HUB_*` in the environment or `hub.toml`, read once at the edge and passed in."""

import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Self, cast

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from hub.errors import InvalidInputError

PREFIX: Final = "HUB_"
FILE: Final = "hub.toml"
_ELSEWHERE: Final = frozenset({"HUB_TEST_NEO4J"})
"""Variables of the same prefix that tests read."""


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
        secrets_dir=os.environ.get("HUB_SECRETS_DIR"),
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
    """Bytes of the largest request."""

    @field_validator("store")
    @classmethod
    def _store_url(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "neo4j://", "neo4j+s://", "bolt://", "bolt+s://")):
            msg = "write sqlite:///path/hub.db, sqlite:///:memory:, neo4j://host:7687 or neo4j+s://"
            raise ValueError(msg)
        return url

    @model_validator(mode="after")
    def _safe_in_production(self) -> Self:
        if self.environment is Environment.PRODUCTION:
            if not self.public_url.startswith("https://"):
                msg = "public_url must begin with https:// in production"
                raise ValueError(msg)
            if not self.store.startswith("sqlite:") and self.neo4j_password is None:
                msg = "neo4j_password must be set in production"
                raise ValueError(msg)
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments first, then the environment, secret files, and `hub.toml`."""
        del dotenv_settings
        toml = TomlConfigSettingsSource(settings_cls)
        return (init_settings, env_settings, file_secret_settings, toml)


def read(**given: object) -> Settings:
    """Return the settings of the environment and `hub.toml`, with these in their place.

    Raises:
        InvalidInputError: A setting is unknown or wrong; the message names it and what would do.
    """
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | _ELSEWHERE
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        msg = f"{unknown[0]} is no setting; the settings are {', '.join(sorted(known))}"
        raise InvalidInputError(msg)
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        return Settings(**cast("Mapping[str, str]", chosen))  # pyright: ignore[reportArgumentType]
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in problem["loc"]) or "the settings"
        accepted = ", ".join(sorted(Settings.model_fields))
        wrong = problem["type"] == "extra_forbidden"
        hint = f"; the settings are {accepted}" if wrong else ""
        shown = f"{PREFIX}{name.upper()}" if problem["loc"] else name
        msg = f"{shown}: {problem['msg'].removeprefix('Value error, ')}{hint}"
        raise InvalidInputError(msg) from error
