"""Media types, and bodies that are plain: as they are, in UTF-8."""

from email.message import Message
from typing import Final

from starlette.datastructures import Headers

from hub.http.refused import UnsupportedMediaTypeError

JSON: Final = "application/json"
GRAPHQL: Final = "application/graphql-response+json"
PROBLEM: Final = "application/problem+json"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHOWN: Final = 80
"""Characters of a header that are told."""


def media_type(headers: Headers) -> str:
    """Return what a request says that its body is, without parameters."""
    return str(_said(headers)["content-type"]).partition(";")[0].strip().lower()


def check_plain(headers: Headers) -> None:
    """Refuse a body that is encoded, or is not in UTF-8.

    Raises:
        UnsupportedMediaTypeError: The message says how to send it.
    """
    coding = headers.get("content-encoding", "identity").lower()
    if coding != "identity":
        msg = f"the content is encoded as {coding[:_SHOWN]}; send it as it is"
        raise UnsupportedMediaTypeError(msg)
    try:
        charset = str(_said(headers).get_param("charset", "utf-8"))
    except ValueError:  # parts of a parameter, as RFC 2231 numbers them, by a number that is none
        charset = "none"
    if charset.lower() not in {"utf-8", "utf8"}:
        msg = f"the charset is {charset[:_SHOWN]}; send {media_type(headers)} as UTF-8"
        raise UnsupportedMediaTypeError(msg)


def _said(headers: Headers) -> Message:
    said = Message()
    said["content-type"] = headers.get("content-type", "")
    return said
