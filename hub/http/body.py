"""Bodies of requests: whole, bounded, and within a time."""

from collections.abc import Callable, Mapping

from starlette.requests import Request

from hub.errors import DeadlineExceededError
from hub.http.refused import SlowRequestError, TooLargeError
from hub.store.deadline import within


async def body_of(request: Request, most: int, seconds: float, what: str = "request") -> bytes:
    """Return the body of a request.

    Args:
        request: Whose.
        most: Bytes that it may have.
        seconds: In which it must have come.
        what: What it is called.

    Raises:
        TooLargeError: It is larger than may be.
        SlowRequestError: It is not sent in time.
    """
    body = bytearray()
    await taken_in(request, most, seconds, body.extend, what)
    return bytes(body)


async def taken_in(
    request: Request,
    most: int,
    seconds: float,
    take: Callable[[bytes], object],
    what: str = "request",
) -> None:
    """Take the body of a request in parts, as it comes.

    Raises:
        TooLargeError: It is larger than may be.
        SlowRequestError: It is not sent in time.
    """
    _check(_said(request.headers), most, what)
    size = 0
    try:
        async with within(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                _check(size, most, what)
                take(chunk)
    except DeadlineExceededError as error:
        msg = f"the {what} has not come within {seconds:g} seconds"
        raise SlowRequestError(msg) from error


def _said(headers: Mapping[str, str]) -> int:
    """Return how long a request says that it is; 0 where it says nothing of use."""
    length = headers.get("content-length", "")
    return int(length[:18]) if length.isdecimal() else 0


def _check(size: int, most: int, what: str) -> None:
    if size > most:
        msg = f"the {what} is larger than {most} bytes; send it in parts"
        raise TooLargeError(msg)
