"""From a store's address to the store."""

from pathlib import Path

from hub.errors import InvalidInputError
from hub.settings import Settings
from hub.store.embedded.database import MEMORY
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import Store

SQLITE = "sqlite:///"


def from_settings(settings: Settings, *, mapped: bool = True) -> Store:
    """Return the store that the settings name, not yet open.

    Args:
        settings: They name it.
        mapped: Whether a file is read as memory; what reads all of it would count as having it all.

    Raises:
        InvalidInputError: The address is none of a store.
    """
    url = settings.store
    if url.startswith(SQLITE):
        path = url.removeprefix(SQLITE)
        if not path:
            msg = "the store's address names no file; write sqlite:///hub.db"
            raise InvalidInputError(msg)
        return EmbeddedStore(path, mapped=mapped)
    # Its driver takes longer to read than a file takes to answer.
    from hub.store.neo4j.store import Neo4jStore  # noqa: PLC0415

    password = settings.neo4j_password.get_secret_value() if settings.neo4j_password else None
    return Neo4jStore(url, settings.neo4j_user, password, settings.neo4j_database)


def missing(settings: Settings) -> bool:
    """Whether the settings name a file that is not there, which opening it would make."""
    path = settings.store.removeprefix(SQLITE)
    return settings.store.startswith(SQLITE) and path != MEMORY and not Path(path).exists()
