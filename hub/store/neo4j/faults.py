"""What goes wrong between us and a Neo4j, in one plain line each."""

import logging
import socket
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Final, cast

from neo4j.exceptions import (
    ClientError,
    ConnectionAcquisitionTimeoutError,
    DriverError,
    Neo4jError,
)

from hub.errors import StoreLostError, StoreUnavailableError

SCHEMES: Final = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")

# The driver also logs what it raises; without a handler Python would print it beside our line.
logging.getLogger("neo4j").addHandler(logging.NullHandler())

_REFUSED: Final = {
    "Unauthorized": "refuses the password of {user}",
    "CredentialsExpired": (
        "wants the first password of {user} changed: ALTER CURRENT USER SET PASSWORD FROM 'old' "
        "TO 'new', on the database system"
    ),
    "AuthenticationRateLimit": (
        "refuses {user} for some seconds after too many wrong passwords; wait, then try again"
    ),
    "DatabaseNotFound": "has no database of that name",
    "Forbidden": "does not allow {user} to do that",
}
_OURS: Final = ("Neo.ClientError.Statement", "Neo.ClientError.Schema")
"""Codes of mistakes in our own texts."""


@contextmanager
def translated(url: str, user: str) -> Generator[None]:
    """Turn what the driver raises into the hub's error; let mistakes of ours through.

    Raises:
        StoreLostError: The server does not answer.
        StoreUnavailableError: It refuses us.
    """
    try:
        yield
    except (DriverError, Neo4jError, OSError) as error:
        if isinstance(error, ClientError) and (error.code or "").startswith(_OURS):
            raise
        msg = f"the store at {url} {_why(error, user)}"
        # A pool that is empty tells of those who ask, not of the server.
        answered = isinstance(error, Neo4jError | ConnectionAcquisitionTimeoutError)
        raise (StoreUnavailableError if answered else StoreLostError)(msg) from error


def _why(error: BaseException, user: str) -> str:
    if isinstance(error, Neo4jError):
        word = (error.code or "").rpartition(".")[2]
        if word in _REFUSED:
            return _REFUSED[word].format(user=user or "nobody")
    causes = list(_causes(error))
    if any(isinstance(cause, ConnectionRefusedError | socket.gaierror) for cause in causes):
        return "does not answer: nobody listens there; start Neo4j, or check the address"
    if any("handshake" in str(cause).lower() for cause in causes):
        return "is not a Neo4j, or wants TLS (neo4j+s://) where the address says none"
    if any("BoltSecurityError" in type(cause).__name__ for cause in causes):
        return "does not speak TLS, or its certificate is not trusted"
    first = (str(error) or type(error).__name__).splitlines()[0]
    return f"does not answer: {first}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that led to it."""
    waiting = [error]
    while waiting:
        at = waiting.pop()
        yield at
        waiting += [cause for cause in (at.__cause__, at.__context__) if cause is not None]
        if isinstance(at, BaseExceptionGroup):
            waiting += cast("BaseExceptionGroup[BaseException]", at).exceptions
