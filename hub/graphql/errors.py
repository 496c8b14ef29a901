"""Errors as clients see them: a stable code, a request id, and nothing of our insides."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from graphql import GraphQLError, ValueNode, VariableDefinitionNode, VariableNode

from hub.errors import HubError, InvalidInputError, StoreUnavailableError

LOG: Final = logging.getLogger("hub.graphql")
_LONGEST_LINE: Final = 2_000
_LONGEST_MESSAGE: Final = 2_000
_MOST_ERRORS: Final = 5
INVALID_QUERY: Final = "INVALID_QUERY"
_INTERNAL: Final = "something went wrong on our side; quote the request id when you report it"
_NO_STORE: Final = "the store does not answer; try again in a moment"


def shown(errors: Sequence[GraphQLError], request_id: str) -> list[Mapping[str, Any]]:
    """Return errors as they are written: a user's with its code, ours masked and logged.

    They come in the order of the fields that they are about, whichever was answered first.
    """
    return [_shown(error, request_id) for error in sorted(errors, key=_place)[:_MOST_ERRORS]]


def _place(error: GraphQLError) -> tuple[Sequence[tuple[int, int]], Sequence[int]]:
    """Return where in the query an error is, and in which rows of the answer."""
    at = [(location.line, location.column) for location in error.locations or ()]
    return at, [part for part in error.path or () if isinstance(part, int)]


def _shown(error: GraphQLError, request_id: str) -> Mapping[str, Any]:
    formatted: dict[str, Any] = {**error.formatted}
    original = error.original_error
    extensions: dict[str, Any] = {"requestId": request_id}
    if isinstance(original, HubError) and type(original) is not HubError:
        extensions["code"] = original.code
        formatted["message"] = told(original, request_id)
        if original.path:
            extensions["argument"] = ".".join(original.path)
    elif original is None or (
        isinstance(original, GraphQLError | ValueError) and error.path is None
    ):
        extensions["code"] = InvalidInputError.code if _of_a_value(error) else INVALID_QUERY
    else:
        extensions["code"] = HubError.code
        formatted["message"] = _INTERNAL
        _log(original, request_id)
    formatted["message"] = _short(str(formatted["message"]))
    formatted["extensions"] = extensions
    return formatted


def told(error: HubError, request_id: str) -> str:
    """Return what a client is told of an error; where the store is, the log alone says."""
    if not isinstance(error, StoreUnavailableError):
        return error.message
    _log(error, request_id)
    return _NO_STORE


def _short(message: str) -> str:
    """Return a message that does not give back, at length, what a client sent."""
    return message if len(message) <= _LONGEST_MESSAGE else f"{message[: _LONGEST_MESSAGE - 1]}…"


def _of_a_value(error: GraphQLError) -> bool:
    """Whether a value is wrong, such as a day that does not exist, and not the query itself."""
    at = error.nodes[0] if error.nodes else None
    value = isinstance(at, ValueNode) and not isinstance(at, VariableNode)
    return value or isinstance(at, VariableDefinitionNode)


def _log(error: BaseException, request_id: str) -> None:
    """Log a fault of ours, once, on one bounded line."""
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else "?"
    text = f"request {request_id}: {type(error).__name__}: {error} at {place}"
    LOG.error("%s", text.encode("unicode_escape").decode()[:_LONGEST_LINE])
