"""Uploads: one document as the body of a request, of a type that is taken, and bounded."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request

from hub.http.body import body_of
from hub.http.media import JSON, XLSX, check_plain, media_type
from hub.http.refused import UnsupportedMediaTypeError

SENDING: Final = 120.0
"""Seconds in which a document must have come."""


class Kind(StrEnum):
    """What a document is."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    NDJSON = "ndjson"
    HTML = "html"


TYPES: Final = {
    "text/csv": Kind.CSV,
    XLSX: Kind.XLSX,
    JSON: Kind.JSON,
    "application/x-ndjson": Kind.NDJSON,
    "text/html": Kind.HTML,
}
_ANY: Final = frozenset({"", "application/octet-stream"})
"""Types by which nothing is said; then the name tells."""
_ENDINGS: Final = {"htm": Kind.HTML, **{kind.value: kind for kind in Kind}}


def kind_of(headers: Headers, name: str, taken: Collection[Kind] = tuple(Kind)) -> Kind:
    """Return what a document is, by its type; by the ending of its name, where that says nothing.

    Args:
        headers: Of the request.
        name: Of the document.
        taken: What is taken.

    Raises:
        UnsupportedMediaTypeError: It is none that is taken; the message says which are.
    """
    given = media_type(headers)
    kind = TYPES.get(given)
    if given in _ANY:
        kind = _ENDINGS.get(name.rpartition(".")[2].lower())
    if kind is None or kind not in taken:
        types = ", ".join(media for media, each in TYPES.items() if each in taken)
        msg = f"the content type is {given[:80] or 'not given'}; send one of: {types}"
        raise UnsupportedMediaTypeError(msg)
    check_plain(headers)
    return kind


async def received(request: Request, most: int) -> bytes:
    """Return the body of a request.

    Raises:
        TooLargeError: It is larger than may be.
        SlowRequestError: It is not sent in time.
    """
    return await body_of(request, most, SENDING, "document")
