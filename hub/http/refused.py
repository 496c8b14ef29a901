"""Why a request is refused for how it is sent, whatever it asks."""

from http import HTTPStatus

from hub.errors import InvalidInputError


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
