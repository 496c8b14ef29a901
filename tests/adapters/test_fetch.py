"""A document is fetched from where its feed allows, within bounds, and from nowhere else."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from adapters.kit.fetch import Fetched, Fetcher, FetchError, Mark, looked_up, public

pytestmark = pytest.mark.anyio

HOST: Final = "feed.example"
HOSTS: Final = {HOST}
DOCUMENT: Final = b"subject,state,since\n"


@dataclass
class Site:
    """A web server of one host on loopback, with what it answers and what it was asked.

    Attributes:
        answers: Whole responses by path.
        asked: Requests as they came.
        fetcher: Fetches from it, as if it stood on the public internet.
    """

    answers: dict[str, bytes] = field(default_factory=dict[str, bytes])
    asked: list[str] = field(default_factory=list[str])
    fetcher: Fetcher = field(default_factory=Fetcher)

    async def fetch(self, path: str, known: Mark | None = None) -> Fetched:
        """Fetch a path of it."""
        return await self.fetcher.fetch(f"https://{HOST}{path}", HOSTS, known)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request; a path without an answer is never answered."""
        said = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(said)
        answer = self.answers.get(said.split()[1])
        if answer is None:
            await reader.read()
        else:
            writer.write(answer)
            await writer.drain()
        writer.close()


def response(status: str, body: bytes = b"", **headers: str) -> bytes:
    """Return a whole response."""
    named = {"content-length": str(len(body)), **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a certificate of the host that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificates")
    paths = (folder / "cert.pem", folder / "key.pem")
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


@pytest.fixture
async def site(certificates: tuple[Path, Path]) -> AsyncGenerator[Site]:
    """Yield a site that is up."""
    certificate, key = certificates
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    found = Site()
    server = await asyncio.start_server(found.answer, "127.0.0.1", 0, ssl=context)
    found.fetcher = Fetcher(
        resolve=loopback,
        reachable=lambda _: True,
        trusted=ssl.create_default_context(cafile=str(certificate)),
        port=server.sockets[0].getsockname()[1],
    )
    async with closing(server):
        yield found


@asynccontextmanager
async def closing(server: asyncio.Server) -> AsyncGenerator[None]:
    """Stop a server in the end, open connections and all."""
    try:
        yield
    finally:
        server.close()


async def loopback(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


async def test_a_document_comes_with_its_name_and_mark(site: Site) -> None:
    headers = {"etag": '"one"', "last_modified": "Sun, 01 Nov 2026 00:00:00 GMT"}
    site.answers["/lists/growers.csv?week=1"] = response("200 OK", DOCUMENT, **headers)
    found = await site.fetch("/lists/growers.csv?week=1")
    mark = Mark('"one"', "Sun, 01 Nov 2026 00:00:00 GMT")
    assert found == Fetched("growers.csv", DOCUMENT, mark)
    assert f"Host: {HOST}\r\n" in site.asked[0]


async def test_what_has_not_changed_is_not_sent_again(site: Site) -> None:
    site.answers["/list"] = response("304 Not Modified")
    mark = Mark('"one"', "Sun, 01 Nov 2026 00:00:00 GMT")
    assert await site.fetch("/list", mark) == Fetched("list", None, mark)
    assert 'If-None-Match: "one"\r\n' in site.asked[0]
    assert "If-Modified-Since: Sun, 01 Nov 2026 00:00:00 GMT\r\n" in site.asked[0]


async def test_a_redirect_on_the_same_host_is_followed(site: Site) -> None:
    site.answers["/old"] = response("302 Found", location="/new")
    site.answers["/new"] = response("200 OK", DOCUMENT)
    assert (await site.fetch("/old")).document == DOCUMENT


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("https://elsewhere.example/list", "the feed does not allow elsewhere.example"),
        ("http://feed.example/list", "give an address that begins with https://"),
        ("https://127.0.0.1/list", "the feed does not allow 127.0.0.1"),
        ("/loop", "leads on more than 3 times"),
    ],
)
async def test_a_redirect_elsewhere_is_not_followed(
    site: Site, location: str, message: str
) -> None:
    site.answers["/loop"] = response("301 Moved Permanently", location=location)
    with pytest.raises(FetchError, match=message):
        await site.fetch("/loop")


async def test_a_redirect_to_another_host_of_the_feed_is_not_followed(site: Site) -> None:
    """Each host is named for itself: one that was taken over cannot send to the other."""
    site.answers["/"] = response("307 Temporary Redirect", location="https://other.example/")
    with pytest.raises(FetchError, match="leads to another host, other"):
        await site.fetcher.fetch(f"https://{HOST}/", {HOST, "other.example"})


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://feed.example/list", "give an address that begins with https://"),
        ("file:///etc/passwd", "give an address that begins with https://"),
        ("https://someone@feed.example/", "give an address that begins with https://"),
        ("https://elsewhere.example/", "the feed does not allow elsewhere.example; its hosts are"),
        ("https://feed.example.evil.example/", "the feed does not allow"),
        ("https://feed.example:22/", "the feed does not allow"),
        ("https://feed.example:x/", "is no address"),
        ("https://[feed/", "is no address"),
    ],
)
async def test_an_address_that_the_feed_does_not_allow(url: str, message: str) -> None:
    with pytest.raises(FetchError, match=message):
        await Fetcher(resolve=loopback).fetch(url, HOSTS)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0",  # noqa: S104 - looked up, not bound
     "100.64.0.1", "224.0.0.1", "::1", "fe80::1%eth0", "fd00::1", "ff02::1",
     "::ffff:8.8.8.8", "64:ff9b::a00:1", "2002:a00:1::", "2001:0:4136:e378::"],
)  # fmt: skip
async def test_a_host_that_is_not_on_the_public_internet_is_not_fetched_from(address: str) -> None:
    async def inside(_host: str, _port: int) -> list[str]:
        return ["93.184.215.14", address]

    assert not public(address)
    with pytest.raises(FetchError, match="is not on the public internet"):
        await Fetcher(resolve=inside).fetch(f"https://{HOST}/", HOSTS)


def test_addresses_of_the_public_internet() -> None:
    assert public("93.184.215.14")
    assert public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")


@pytest.mark.parametrize(
    "url",
    [
        "http://feed.example/list?key=planted",
        "https://someone:planted@feed.example/list",
        "https://feed.example/list?key=planted#planted",
    ],
)
async def test_what_may_be_secret_in_an_address_is_in_no_message(url: str) -> None:
    async def nowhere(_host: str, _port: int) -> list[str]:
        raise OSError(2, "not known")

    with pytest.raises(FetchError) as told:
        await Fetcher(resolve=nowhere).fetch(url, HOSTS)
    assert "feed.example" in str(told.value)
    assert "planted" not in str(told.value)


async def test_a_host_that_is_not_there(site: Site) -> None:
    async def nowhere(_host: str, _port: int) -> list[str]:
        raise OSError(-2, "Name or service not known")

    with pytest.raises(FetchError, match=f"there is no host {HOST}: Name or service not known"):
        await replace(site.fetcher, resolve=nowhere).fetch(f"https://{HOST}/", HOSTS)
    assert await looked_up("127.0.0.1", 443) == ["127.0.0.1"]


async def test_a_certificate_that_is_not_trusted(site: Site) -> None:
    stranger = replace(site.fetcher, trusted=None)
    with pytest.raises(FetchError, match=r"cannot be reached: .*certificate"):
        await stranger.fetch(f"https://{HOST}/", HOSTS)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (response("404 Not Found"), "answers 404 Not Found"),
        (response("200 OK", DOCUMENT, content_encoding="gzip"), "sends its document compressed"),
        (response("200 OK", b"x" * 2_001), "holds more than 0 MB"),
        (b"nonsense\r\n\r\n", "cannot be reached"),
    ],
)
async def test_an_answer_that_is_not_taken(site: Site, answer: bytes, message: str) -> None:
    site.answers["/list"] = answer
    site.fetcher = replace(site.fetcher, most_bytes=2_000)
    with pytest.raises(FetchError, match=message):
        await site.fetch("/list")


async def test_a_host_that_never_answers_is_given_up(site: Site) -> None:
    site.fetcher = replace(site.fetcher, seconds=0.2)
    with pytest.raises(FetchError, match="does not answer within 0 s; try again later"):
        await site.fetch("/silent")


async def test_the_name_is_looked_up_again_for_each_redirect(site: Site) -> None:
    """An address that turns private in between is not connected to."""
    seen: list[str] = []

    async def turning(_host: str, _port: int) -> list[str]:
        seen.append("127.0.0.1" if not seen else "10.0.0.1")
        return seen[-1:]

    only: Callable[[str], bool] = lambda address: address == "127.0.0.1"  # noqa: E731 - a stand-in
    site.fetcher = replace(site.fetcher, resolve=turning, reachable=only)
    site.answers["/old"] = response("302 Found", location="/new")
    with pytest.raises(FetchError, match="is not on the public internet"):
        await site.fetch("/old")
