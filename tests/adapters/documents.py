"""What tests of programs' own documents share: pages and tables, and what became of a document.

A test opens a store with the real record, sends it a small document of the published shape, and
looks at what the run reports and at what the hub answers then (`tests.sync.steps` asks):

    async with recorded("ffp") as store:
        report = await outcome(store, "ffp", "participants", html("<h1>...</h1>"))
        assert report.outcome is Outcome.APPLIED
        assert await ask(store, supplier, day, buyer=buyer, product="tomatoes") == "ELIGIBLE ..."

A document that must change nothing is given to `turned_down`, which sees to it that nothing did and
returns why. `PAGES` and `TABLES` are the ways in which any page and any table may be broken.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from functools import cache
from html import escape
from typing import Final

from adapters.kit.adapter import Adapter, adapters
from hub.errors import BadDocumentError
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import Store
from hub.sync.intake import Intake, Outcome, Report
from hub.sync.run import run
from hub.sync.sources import feed_file
from tests.adapters.books import HEAD, book, packed, parts
from tests.sync.steps import begin, noon, whole

TODAY: Final = "2026-11-20"
"""The day on which documents come in, where a test does not say another."""
Damage = Callable[[bytes], bytes]


@cache
def adapter(program: str) -> Adapter:
    """Return the adapter of a program of ours."""
    return adapters()[program]


@asynccontextmanager
async def recorded(*programs: str) -> AsyncGenerator[Store]:
    """Open an empty store and sync the bundled records of some programs."""
    store = EmbeddedStore(":memory:")
    await store.open()
    try:
        await begin(store, *map(adapter, programs))
        yield store
    finally:
        await store.close()


def html(*body: str, title: str = "Example") -> bytes:
    """Return a whole page; its body is markup."""
    head = f"<head><meta charset='utf-8'><title>{escape(title)}</title></head>"
    return f"<!doctype html>\n<html>{head}<body>{''.join(body)}</body></html>\n".encode()


def tag(name: str, *texts: str) -> str:
    """Return an element for each text: `tag("li", "A & B")` is `<li>A &amp; B</li>`."""
    return "".join(f"<{name}>{escape(text)}</{name}>" for text in texts)


def grid(*rows: Sequence[str]) -> str:
    """Return rows as a table of a page, the header first."""
    [header, *below] = ["".join(rows) for rows in (tag("td", *row) for row in rows)]
    cells = "".join(f"<tr>{row}</tr>" for row in below)
    return f"<table><tr>{header.replace('td>', 'th>')}</tr>{cells}</table>"


def intake(program: str, feed: str, *documents: bytes, dated: str | None = None) -> Intake:
    """Return what documents of a feed say, as one run.

    Args:
        program: Its code.
        feed: Its feed.
        documents: The files.
        dated: The day of which they speak, where a person says so.

    Raises:
        BadDocumentError: One is not what it should be.
    """
    named = [(f"document-{at}", each) for at, each in enumerate(documents, start=1)]
    return feed_file(adapter(program), feed, named, date.fromisoformat(dated) if dated else None)


async def outcome(
    store: Store,
    program: str,
    feed: str,
    *documents: bytes,
    dated: str | None = None,
    at: str = TODAY,
    confirmed: bool = False,
) -> Report:
    """Sync documents of a feed as one run and return what became of them.

    Args:
        store: Where to.
        program: Its code.
        feed: Its feed.
        documents: The files.
        dated: The day of which they speak, where a person says so.
        at: The day on which they come in.
        confirmed: Whether a person said yes to what is held.

    Raises:
        BadDocumentError: One is not what it should be.
    """
    found = intake(program, feed, *documents, dated=dated)
    return await run(store, found, confirmed=confirmed, now=noon(at))


@asynccontextmanager
async def unchanged(store: Store) -> AsyncGenerator[None]:
    """See to it that what is done inside leaves everything that was ever said as it was."""
    before = await whole(store)
    yield
    assert await whole(store) == before


async def turned_down(
    store: Store, program: str, feed: str, *documents: bytes, dated: str | None = None
) -> str:
    """Return why documents were refused or held, one reason a line; nothing may have changed."""
    async with unchanged(store):
        try:
            report = await outcome(store, program, feed, *documents, dated=dated)
        except BadDocumentError as error:
            return error.message
    assert report.outcome is Outcome.HELD, report
    return "\n".join(report.held)


def aside(report: Report) -> list[tuple[int, str]]:
    """Return the rows that were set aside, each with its code."""
    return [(problem.row, problem.code.value) for problem in report.problems]


def _inside(text: bytes) -> Damage:
    """Return what puts bytes before the end of a page."""
    return lambda document: document.replace(b"</body>", text + b"</body>")


PAGES: Final[Mapping[str, tuple[Damage, str]]] = {
    "nothing": (lambda _: b"", "the file is empty"),
    "a mark alone": (lambda _: b"\xef\xbb\xbf \n", "the file is empty"),
    "wrong encoding": (_inside("<p>é</p>".encode("latin-1")), "the page is not UTF-8"),
    "UTF-16": (lambda page: page.decode().encode("utf-16"), "the page is not UTF-8"),
    "NUL": (_inside(b"<p>\x00</p>"), "the page holds control characters"),
    "control character": (_inside(b"<p>\x1b</p>"), "the page holds control characters"),
    "truncated": (lambda page: page[: len(page) * 2 // 3], "the page is cut off"),
    "another program's": (
        lambda _: html(tag("h1", "Example Program"), tag("li", "Example Company")),
        "it is not the page that the feed is about",
    ),
    "a table": (lambda _: b"name,state\nExample,listed\n", "the file is no HTML page"),
}
"""Ways to break any page, each with the beginning of why it is refused."""

TABLES: Final[Mapping[str, tuple[Damage, str]]] = {
    "nothing": (lambda _: b"", "the file is empty"),
    "a mark alone": (lambda _: b"\xef\xbb\xbf \n", "the file is empty"),
    "wrong encoding": (lambda table: table + "é\n".encode("latin-1"), "is not UTF-8"),
    "UTF-16": (lambda table: table.decode().encode("utf-16"), "the file is UTF-16"),
    "NUL": (lambda table: table + b"\x00\n", "holds a NUL byte"),
    "truncated in a quoted cell": (lambda table: table + b'"Exam', "cannot be read as CSV"),
    "HTML": (lambda _: html(tag("p", "Example")), "the file is HTML or XML, no table"),
    "PDF": (lambda _: b"%PDF-1.7\n", "the file is a PDF"),
    "JSON": (lambda _: b'[{"name": "Example"}]', "the file is JSON, no table"),
    "two columns of one name": (
        lambda table: table.replace(table.split(b",")[1], table.split(b",")[0].strip(), 1),
        "have the same name",
    ),
    "truncated workbook": (
        lambda _: book(list=[["name"], ["Example"]])[:-200],
        "the workbook is cut off or damaged",
    ),
    "a zip bomb": (
        lambda _: packed(parts(HEAD + " " * 60_000_000)),
        "the workbook unpacks to more than is believable",
    ),
}
"""Ways to break any CSV file or workbook, each with a part of why it is refused."""
