"""In which type an answer is written, and with which status (GraphQL over HTTP, section 6)."""

from collections.abc import Sequence
from http import HTTPStatus

from graphql import GraphQLError

from hub.graphql.limits import LimitExceededError
from hub.http.accept import weighed
from hub.http.media import GRAPHQL, JSON
from hub.http.refused import TooLargeError


class Accepted:
    """What a client takes."""

    def __init__(self, accept: str) -> None:
        taken = {media_type for media_type, weight in weighed(accept) if weight}
        self._modern = GRAPHQL in taken
        self._legacy = JSON in taken and not self._modern

    @property
    def media_type(self) -> str:
        """The type of the answer."""
        return f"{GRAPHQL if self._modern else JSON}; charset=utf-8"

    def status(self, *, answered: bool, errors: Sequence[GraphQLError] = ()) -> HTTPStatus:
        """Return the status of an answer.

        Who names JSON alone wants 200 for whatever could be read as a query: such a client takes
        every other status for a failure of a machine between us. What is over a limit was not read.
        """
        if answered:
            return HTTPStatus.OK
        for error in errors:
            if isinstance(error.original_error, LimitExceededError | TooLargeError):
                return error.original_error.status
        return HTTPStatus.OK if self._legacy else HTTPStatus.BAD_REQUEST
