"""What a request to answer a list asks, as its address and headers say."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from starlette.requests import Request

from hub.errors import InvalidInputError
from hub.http.asked import KEY, day, parameters
from hub.http.upload import Kind, kind_of
from hub.sync.receipt import LONGEST_KEY, is_key

KINDS: Final = (Kind.CSV, Kind.XLSX, Kind.NDJSON)
"""What a list may be."""
_GIVEN: Final = ("buyer", "product", "asOf", "knownAt")
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address and the headers of a request say.

    Attributes:
        buyer: Who buys.
        product: Of rows that name none; empty: each names its own.
        as_of: The day asked of; none: today.
        known_at: As known when; none: now.
        key: What the client calls the request; none: it does not.
        kind: What the list is.
    """

    buyer: str
    product: str
    as_of: date | None
    known_at: datetime | None
    key: str | None
    kind: Kind


def asked(request: Request) -> Asked:
    """Return what a request asks.

    Raises:
        InvalidInputError: It asks for nothing that there is; the message says what there is.
        UnsupportedMediaTypeError: Its body is no list.
    """
    keys = request.headers.getlist(KEY)
    if len(keys) > 1 or not all(map(is_key, keys)):
        msg = f"the header Idempotency-Key is one text of 1 to {LONGEST_KEY} characters"
        raise InvalidInputError(msg, path=(KEY,))
    given = parameters(request, _GIVEN, _LONGEST)
    if not given.get("buyer"):
        msg = "say who buys: ?buyer=wsr:walmart"
        raise InvalidInputError(msg, path=("buyer",))
    return Asked(
        buyer=given["buyer"],
        product=given.get("product", ""),
        as_of=day(given, "asOf"),
        known_at=_instant(given.get("knownAt")),
        key=keys[0] if keys else None,
        kind=kind_of(request.headers, "", KINDS),
    )


def _instant(given: str | None) -> datetime | None:
    if given is None:
        return None
    try:
        found = datetime.fromisoformat(given)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        msg = "knownAt is no instant that there is; write it as 2026-11-30T12:00:00Z"
        raise InvalidInputError(msg, path=("knownAt",)) from error
