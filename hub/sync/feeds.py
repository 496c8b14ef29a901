"""Feeds: where each one's document stands, and how it is brought from there."""

from pathlib import Path

from adapters.kit.adapter import OPERATOR, Adapter, Feed
from adapters.kit.fetch import Fetcher, FetchError
from adapters.kit.gate import UnreadableError, read
from hub.errors import BadDocumentError, InvalidInputError


def feed_of(adapter: Adapter, name: str) -> Feed:
    """Return a feed of a program.

    Raises:
        InvalidInputError: The program has none of that name; the message names those it has.
    """
    try:
        return adapter.feed(name)
    except KeyError as error:
        feeds = ", ".join(sorted({OPERATOR, *adapter.manifest.feeds}))
        msg = f"{adapter.program} has no feed {name!r}; its feeds are {feeds}"
        raise InvalidInputError(msg) from error


async def document(source: str, feed: Feed, fetcher: Fetcher) -> tuple[str, bytes]:
    """Return the name and the bytes of a file, or of what stands at an address.

    Raises:
        InvalidInputError: The file cannot be read.
        BadDocumentError: It is too large, or it may not or cannot be fetched.
    """
    try:
        if "://" in source:
            found = await fetcher.fetch(source, feed.hosts)
            return found.name, found.document or b""
        return Path(source).name, read(Path(source))
    except FetchError as error:
        raise BadDocumentError(str(error)) from error
    except UnreadableError as error:
        msg = f"{source}: {error}"
        raise BadDocumentError(msg) from error
    except OSError as error:
        msg = f"cannot read {source}: {error.strerror}"
        raise InvalidInputError(msg) from error
