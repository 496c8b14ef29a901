"""What a request to take a document asks, as its address and headers say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from adapters.kit.adapter import OPERATOR, Adapter
from hub.errors import InvalidInputError
from hub.http.asked import KEY, day, parameters
from hub.http.media import JSON
from hub.http.refused import UnsupportedMediaTypeError
from hub.http.upload import Kind, kind_of
from hub.sync.document import Document, Form
from hub.sync.feeds import feed_of
from hub.sync.receipt import LONGEST_KEY, is_key

_LONGEST: Final = 255
_FLAGS: Final = {"true": True, "false": False}
_GIVEN: Final = ("feed", "name", "dated", "partial", "apply")
_FACTS: Final = (Kind.JSON, Kind.NDJSON)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address and the headers of a request say.

    Attributes:
        client: Id of the client.
        key: What it calls the request.
        kind: What the document is.
        document: The same, as it is kept.
        apply: Whether it is to be applied at once.
    """

    client: str
    key: str
    kind: Kind
    document: Document
    apply: bool


def asked(request: Request, client: str, code: str, adapter: Adapter | None) -> Asked:
    """Return what a request asks.

    Args:
        request: The request.
        client: Id of the client.
        code: The program.
        adapter: Its folder, where the hub has one.

    Raises:
        InvalidInputError: It asks for nothing that there is; the message says what there is.
        UnsupportedMediaTypeError: Documents of the feed are none of that kind.
    """
    keys = request.headers.getlist(KEY)
    if len(keys) != 1 or not is_key(keys[0]):
        msg = (
            f"send one header Idempotency-Key of 1 to {LONGEST_KEY} characters: what you call this "
            "request, so that it has one effect however often it is sent"
        )
        raise InvalidInputError(msg, path=(KEY,))
    given = parameters(request, _GIVEN, _LONGEST)
    name = given.get("name", "")
    kind = kind_of(request.headers, name)
    return Asked(
        client=client,
        key=keys[0],
        kind=kind,
        document=Document(
            form=Form.LINES if kind in _FACTS else Form.DOCUMENT,
            feed=_feed(given.get("feed", OPERATOR), kind, code, adapter),
            name=name or f"document.{kind}",
            dated=day(given, "dated"),
            partial=_flag(given, "partial"),
        ),
        apply=_flag(given, "apply"),
    )


def _feed(name: str, kind: Kind, code: str, adapter: Adapter | None) -> str:
    """Return the feed of a document, if such a document may be one of it.

    Raises:
        InvalidInputError: The program has no such feed.
        UnsupportedMediaTypeError: Documents of the feed are none of that kind.
    """
    if adapter is None:
        if name != OPERATOR or kind not in _FACTS:
            msg = f"this hub knows no documents of {code}; send its facts as {JSON}"
            raise UnsupportedMediaTypeError(msg)
        return name
    feed = feed_of(adapter, name)
    parsed = feed.parser is not None
    if kind is Kind.HTML and not parsed:
        pages = [each for each, of in adapter.feeds().items() if of.parser is not None]
        msg = (
            f"pages are not taken for the feed {name}; send a table as text/csv or XLSX, or name "
            f"the feed of the page (?feed=…): {', '.join(pages) or 'there is none'}"
        )
        raise UnsupportedMediaTypeError(msg)
    if kind in _FACTS and name != OPERATOR:
        msg = f"JSON is not taken for the feed {name}; send the document as it is published"
        raise UnsupportedMediaTypeError(msg)
    return name


def _flag(given: Mapping[str, str], name: str) -> bool:
    value = given.get(name, "false")
    if value not in _FLAGS:
        msg = f"{name} is true or false"
        raise InvalidInputError(msg, path=(name,))
    return _FLAGS[value]
