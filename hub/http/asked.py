"""What requests that bring a document or a list have in common: parameters, a key, and turns."""

from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from datetime import date
from http import HTTPStatus
from typing import Final

from starlette.requests import Request

from hub.errors import ConflictError, InvalidInputError

KEY: Final = "idempotency-key"


class OtherContentError(InvalidInputError):
    """A key that was used for something else."""

    code = "KEY_USED"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class InFlightError(ConflictError):
    """Another such request of the same client is under way."""

    code = "IN_FLIGHT"


class Turns:
    """Takes what clients send, of each one at a time."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._under_way: set[str] = set()

    @contextmanager
    def of(self, client: str) -> Generator[None]:
        """Take something of a client.

        Raises:
            InFlightError: Another of its is under way.
        """
        if client in self._under_way:
            msg = f"another {self._what} of this client is under way; send this one when it is "
            raise InFlightError(msg + "answered")
        self._under_way.add(client)
        try:
            yield
        finally:
            self._under_way.discard(client)


def parameters(request: Request, names: Collection[str], longest: int) -> Mapping[str, str]:
    """Return what stands in the address.

    Args:
        request: Whose.
        names: What may stand there.
        longest: Characters that each may have.

    Raises:
        InvalidInputError: It is there twice, or is nothing that may stand there.
    """
    given = request.query_params.multi_items()
    told = [name for name, _ in given]
    for name, value in given:
        if name not in names or told.count(name) > 1:
            listed = ", ".join(names)
            msg = f"{name[:80]!r} is not taken here, or stands there twice; there are {listed}"
            raise InvalidInputError(msg)
        if not value.isprintable() or len(value) > longest:
            msg = f"{name} has up to {longest} printable characters"
            raise InvalidInputError(msg, path=(name,))
    return dict(given)


def day(given: Mapping[str, str], name: str) -> date | None:
    """Return the day that a parameter says; none where it is not there.

    Raises:
        InvalidInputError: It is none.
    """
    if name not in given:
        return None
    try:
        return date.fromisoformat(given[name])
    except ValueError as error:
        msg = f"{name} is no day; write it as 2026-11-30"
        raise InvalidInputError(msg, path=(name,)) from error
