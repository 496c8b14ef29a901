"""Feeds: where each one's document stands, and how it is brought from there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from adapters.kit.adapter import OPERATOR, Adapter, Feed, adapters
from adapters.kit.fetch import Fetcher, FetchError
from adapters.kit.gate import UnreadableError, read
from hub.errors import BadDocumentError, InvalidInputError


@cache
def installed() -> Mapping[str, Adapter]:
    """Return every adapter that is installed, by program code; they are found once."""
    return adapters()


@dataclass(frozen=True, slots=True)
class Address:
    """Where the document of a feed stands."""

    adapter: Adapter
    name: str
    url: str

    @property
    def key(self) -> str:
        """The feed as settings name it."""
        return f"{self.adapter.program}/{self.name}"


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


def configured(every: Mapping[str, Adapter], feeds: Mapping[str, str]) -> Sequence[Address]:
    """Return the addresses that a setting gives to feeds, in the order of their names.

    Args:
        every: Every program by code.
        feeds: Addresses by `program/feed`.

    Raises:
        InvalidInputError: A program or feed is not there, or does not allow the address.
    """
    found: list[Address] = []
    for key, url in sorted(feeds.items()):
        program, _, name = key.partition("/")
        if program not in every:
            msg = f"HUB_FEEDS: {key}: {program!r} is no program; they are {', '.join(every)}"
            raise InvalidInputError(msg)
        try:
            feed = feed_of(every[program], name)
        except InvalidInputError as error:
            msg = f"HUB_FEEDS: {key}: {error.message}"
            raise InvalidInputError(msg) from error
        host = urlsplit(url).hostname
        if host not in feed.hosts:
            allowed = ", ".join(feed.hosts) or "none"
            msg = f"HUB_FEEDS: {key}: the feed does not allow {host}; its hosts are: {allowed}"
            raise InvalidInputError(msg)
        found.append(Address(every[program], name, url))
    return found


def is_address(source: str) -> bool:
    """Whether a document stands at an address, and is no file."""
    return "://" in source


async def document(source: str, feed: Feed, fetcher: Fetcher) -> tuple[str, bytes]:
    """Return the name and the bytes of a file, or of what stands at an address.

    Raises:
        InvalidInputError: The file cannot be read.
        BadDocumentError: It is too large, or it may not or cannot be fetched.
    """
    try:
        if is_address(source):
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
