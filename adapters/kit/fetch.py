"""Fetch: a document from an address that its feed allows, and from nowhere else.

https alone, a host that the feed names, an address of the public internet. The name is looked up
once and the connection made to what was found, so that a second look-up cannot lead elsewhere.
Redirects stay on the host. Time and size are bounded, and what has not changed is not sent again.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx

SECONDS: Final = 10.0
"""How long a fetch may take, redirects included."""
MOST_BYTES: Final = 200_000_000
MOST_REDIRECTS: Final = 3
_PORT: Final = 443
_AGENT: Final = "wsr-hub"
_TUNNELS: Final = tuple(
    map(ip_network, ("::ffff:0:0/96", "64:ff9b::/96", "2001::/32", "2002::/16"))
)
"""Addresses of IPv6 that stand for one of IPv4, which may be a private one."""
_HTTP: Final = frozenset({301, 302, 303, 307, 308})

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Looks up the addresses of a host, as text."""


class FetchError(Exception):
    """A document that is not fetched; the message names the address and the remedy."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a server said of a document, so that it is sent again only when it has changed.

    Attributes:
        etag: Its entity tag (RFC 9110, section 8.8.3).
        modified: When it was modified, as the server printed it (section 8.8.2).
    """

    etag: str | None = None
    modified: str | None = None

    def headers(self) -> dict[str, str]:
        """Return the headers of a conditional request (RFC 9110, section 13.1)."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave.

    Attributes:
        name: The last part of its path, by which a file of the template is known.
        document: The document; none where it has not changed since the mark.
        mark: What to send next time.
    """

    name: str
    document: bytes | None
    mark: Mark


async def looked_up(host: str, port: int) -> list[str]:
    """Return the addresses of a host."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def public(address: str) -> bool:
    """Whether an address is one of the public internet: not private, local, or reserved."""
    found = ip_address(address.partition("%")[0])
    tunnelled = any(found in network for network in _TUNNELS)
    return found.is_global and not found.is_multicast and not tunnelled


def named(url: str) -> str:
    """Return an address as messages and logs call it: without what may be secret in it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


@dataclass(frozen=True)
class Fetcher:
    """Fetches documents; what tests put in another's place is where they come from.

    Attributes:
        resolve: Looks up a host.
        reachable: Whether an address may be connected to.
        trusted: Certificates that are trusted; none: the system's.
        seconds: How long a fetch may take.
        most_bytes: Bytes of the largest document.
    """

    resolve: Resolve = looked_up
    reachable: Callable[[str], bool] = public
    trusted: ssl.SSLContext | None = None
    seconds: float = SECONDS
    most_bytes: int = MOST_BYTES
    port: int = field(default=_PORT)

    async def fetch(self, url: str, hosts: Collection[str], known: Mark | None = None) -> Fetched:
        """Return the document at an address.

        Args:
            url: The address.
            hosts: The hosts that the feed names.
            known: What the server said of the document that is known.

        Raises:
            FetchError: It may not be fetched, is too large, takes too long, or is not there.
        """
        try:
            async with asyncio.timeout(self.seconds):
                return await self._followed(url, frozenset(hosts), known or Mark())
        except TimeoutError as error:
            msg = f"{named(url)} does not answer within {self.seconds:.0f} s; try again later"
            raise FetchError(msg) from error
        except httpx.HTTPError as error:
            msg = f"{named(url)} cannot be reached: {error or type(error).__name__}"
            raise FetchError(msg) from error

    async def _followed(self, url: str, hosts: frozenset[str], known: Mark) -> Fetched:
        """Follow redirects on the same host."""
        target = self._allowed(url, hosts)
        verify = self.trusted or ssl.create_default_context()
        async with httpx.AsyncClient(
            verify=verify, trust_env=False, timeout=self.seconds
        ) as client:
            for _ in range(MOST_REDIRECTS + 1):
                address = await self._found(target)
                request = self._request(client, target, address, known)
                response = await client.send(request, stream=True)
                try:
                    if response.status_code not in _HTTP:
                        return await self._read(response, target, known)
                    moved = urljoin(target.geturl(), response.headers.get("location", ""))
                finally:
                    await response.aclose()
                following = self._allowed(moved, hosts)
                if following.hostname != target.hostname:
                    other = following.hostname
                    msg = f"{named(url)} leads to another host, {other}; name it directly"
                    raise FetchError(msg)
                target = following
        msg = f"{named(url)} leads on more than {MOST_REDIRECTS} times"
        raise FetchError(msg)

    def _allowed(self, url: str, hosts: frozenset[str]) -> SplitResult:
        """Return an address in parts, where it is one that the feed allows."""
        try:
            target = urlsplit(url)
            port = target.port
        except ValueError as error:
            msg = "what is given is no address"
            raise FetchError(msg) from error
        if target.scheme != "https" or target.username is not None or not target.hostname:
            msg = f"{named(url)} is not taken; give an address that begins with https://"
            raise FetchError(msg)
        if target.hostname not in hosts or port not in (None, self.port):
            allowed = ", ".join(sorted(hosts)) or "none"
            msg = f"the feed does not allow {target.hostname}; its hosts are: {allowed}"
            raise FetchError(msg)
        return target

    async def _found(self, target: SplitResult) -> str:
        """Return the one address that is connected to."""
        host = target.hostname or ""
        try:
            addresses = await self.resolve(host, self.port)
        except OSError as error:
            msg = f"there is no host {host}: {error.strerror or error}"
            raise FetchError(msg) from error
        if not addresses or not all(map(self.reachable, addresses)):
            msg = f"{host} is not on the public internet; it is not fetched from"
            raise FetchError(msg)
        return addresses[0]

    def _request(
        self, client: httpx.AsyncClient, target: SplitResult, address: str, known: Mark
    ) -> httpx.Request:
        """Return a request to an address that names the host, and checks its certificate."""
        host = target.hostname or ""
        literal = f"[{address}]" if ":" in address else address
        path = f"{target.path or '/'}{f'?{target.query}' if target.query else ''}"
        headers: Mapping[str, str] = {
            "Host": host,
            "User-Agent": _AGENT,
            "Accept-Encoding": "identity",
            **known.headers(),
        }
        return client.build_request(
            "GET",
            f"https://{literal}:{self.port}{path}",
            headers=headers,
            extensions={"sni_hostname": host},
        )

    async def _read(self, response: httpx.Response, target: SplitResult, known: Mark) -> Fetched:
        """Return what was answered, as long as it is not too large."""
        url, name = named(target.geturl()), target.path.rpartition("/")[2]
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            return Fetched(name, None, known)
        if response.status_code != HTTPStatus.OK:
            msg = f"{url} answers {response.status_code} {response.reason_phrase}"
            raise FetchError(msg)
        if response.headers.get("content-encoding", "identity") != "identity":
            msg = f"{url} sends its document compressed, which was not asked for"
            raise FetchError(msg)
        document = bytearray()
        async for piece in response.aiter_raw():
            document += piece
            if len(document) > self.most_bytes:
                msg = f"{url} holds more than {self.most_bytes / 1_000_000:.0f} MB"
                raise FetchError(msg)
        headers = response.headers
        mark = Mark(headers.get("etag"), headers.get("last-modified"))
        return Fetched(name, bytes(document), mark)
