"""Why a request is refused for how, or how often, it is sent, whatever it asks."""

from http import HTTPStatus

from hub.errors import HubError, InvalidInputError


class SlowRequestError(InvalidInputError):
    """A request that is not sent to its end."""

    code = "REQUEST_TIMEOUT"
    status = HTTPStatus.REQUEST_TIMEOUT


class TooLargeError(InvalidInputError):
    """A request over the limit."""

    code = "TOO_LARGE"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class UnsupportedMediaTypeError(InvalidInputError):
    """A body of a type that is not taken there."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class RateLimitedError(HubError):
    """Somebody asks too much, or too much at once.

    Attributes:
        wait: Seconds after which to ask again.
    """

    code = "RATE_LIMITED"
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, message: str, wait: int) -> None:
        super().__init__(message)
        self.wait = wait
