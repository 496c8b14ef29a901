"""Pages: an HTML document as lines of text and tables, behind the same bounds as other files."""

import re
import unicodedata
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from adapters.kit import markup
from adapters.kit.contacts import DROPPED, contact_column, without_contacts
from adapters.kit.gate import UnreadableError, shown
from adapters.kit.parsed import Apart
from graph_schema.texts import folded

_BEGINS: Final = (b"<!", b"<h", b"<H", b"<?")
_WHERE: Final = "open the page in a browser and save it whole, as HTML in UTF-8"
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS: Final = _HEADINGS | {
    "address", "article", "aside", "blockquote", "body", "caption", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "li", "main", "nav",
    "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "ul",
}  # fmt: skip
_UNSEEN: Final = ("script", "style", "noscript", "template", "svg", "iframe", "object")
_BOLD: Final = frozenset({"b", "strong"})
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_INVISIBLE: Final = re.compile(r"[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page as its reader sees it.

    Attributes:
        row: Its number, counted from 1 over the page's lines.
        tag: The element that it stands in: h1 to h6, p, li, td, ...
        bold: Whether all of it is bold.
    """

    row: int
    tag: str
    text: str
    bold: bool

    @property
    def heading(self) -> bool:
        """Whether it is a heading."""
        return self.tag in _HEADINGS


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a page.

    Attributes:
        rows: Its rows, cell by cell.
        merged: Text of the first cell that spans several rows or columns; none where none does.
    """

    rows: tuple[tuple[str, ...], ...]
    merged: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page, without e-mail addresses and telephone numbers.

    Attributes:
        lines: What it says, in the order in which it is read.
        grids: Its tables, without those that hold tables: these lay the page out.
        apart: What of it is left unread.
    """

    lines: tuple[Line, ...]
    grids: tuple[Grid, ...] = ()
    apart: Apart = field(default_factory=Apart)

    def table(self, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
        """Return the rows of the one table that has these columns, each with its number.

        Columns are known by their names, folded; further ones are left out. The row of the header
        is number 1.

        Raises:
            UnreadableError: There is no such table or several, or its cells are merged.
        """
        wanted = {folded(column): column for column in columns}
        found = [
            grid
            for grid in self.grids
            if grid.rows and wanted.keys() <= set(map(folded, grid.rows[0]))
        ]
        if len(found) != 1:
            many = "no table" if not found else f"{len(found)} tables"
            msg = f"the page has {many} with the columns {', '.join(columns)}; it has changed"
            raise UnreadableError(msg)
        [grid] = found
        if grid.merged is not None:
            msg = f"the table has merged cells ({shown(grid.merged)}), which cannot be told apart"
            raise UnreadableError(msg)
        header = [wanted.get(folded(name)) for name in grid.rows[0]]
        return [
            (
                number,
                {name: cell for name, cell in zip(header, row, strict=False) if name and cell},
            )
            for number, row in enumerate(grid.rows[1:], start=2)
            if any(row)
        ]


def is_page(document: bytes) -> bool:
    """Whether a file begins as a page does."""
    return document.removeprefix(BOM_UTF8).lstrip().startswith(_BEGINS)


def page(document: bytes, marks: Sequence[str] = (), without: Sequence[str] = ()) -> Page:
    """Return an HTML document as a page.

    Args:
        document: The document.
        marks: Texts that the page must hold somewhere, by which it is known to be the right one.
        without: Elements that are left out once the page is known, such as its menus.

    Raises:
        UnreadableError: It is empty, larger or more nested than is believable, not UTF-8, cut off,
            no HTML, or another page.
    """
    text = _decoded(document)
    parser = LexborHTMLParser(text)
    _drop(parser, _UNSEEN)
    lines = tuple(_lines(parser))
    whole = "\n".join(line.text for line in lines).casefold()
    for mark in marks:
        if mark.casefold() not in whole:
            msg = f"it is not the page that the feed is about: {shown(mark)} stands nowhere in it"
            raise UnreadableError(msg)
    if without:
        _drop(parser, without)
        lines = tuple(_lines(parser))
    apart = Apart(tags=frozenset(without), marks=frozenset(marks))
    grids = tuple(_grid(node) for node in parser.css("table") if not _lays_out(node))
    return Page(lines, grids, apart)


def redacted(document: bytes, apart: Apart) -> bytes:
    """Return a page that reads the same, without what is left unread, and without contacts.

    Raises:
        UnreadableError: As `page` does.
    """
    parser = LexborHTMLParser(_decoded(document))
    _drop(parser, (*_UNSEEN, *apart.tags))
    body = parser.body
    if body is None:
        return document
    for node in parser.css("table"):
        _leave_out(node, apart)
    row = 0
    for _, pieces in list(_runs(body)):
        nodes = [node for node, _ in pieces]
        if clean("".join(node.text(deep=False) for node in nodes)):
            row += 1
            _clean(nodes, dropped=row in apart.lines)
    for node in body.traverse(include_text=True):
        for name in set(node.attributes) - {"colspan", "rowspan"}:
            del node.attrs[name]
    shown = _COMMENT.sub("", body.html or "")
    for tag in sorted(apart.tags)[:1]:
        # Marks that stood in a menu alone must be found again.
        shown += f"<{tag}>{escape(', '.join(sorted(apart.marks)))}</{tag}>"
    return f"<!doctype html><html><head></head>{shown}</html>".encode()


def _clean(nodes: Sequence[LexborNode], *, dropped: bool) -> None:
    """Drop contacts out of the texts of a line, or all of it but that it is one."""
    texts = [node.text(deep=False) for node in nodes]
    whole = f"Contact: {DROPPED}" if dropped else without_contacts("".join(texts))
    clean = [without_contacts(text) for text in texts]
    if "".join(clean) != whole:
        # It stands in several elements, so that none of them shows it alone.
        clean = [whole, *("" for _ in texts[1:])]
    for node, text, said in zip(nodes, texts, clean, strict=True):
        if said != text:
            node.replace_with(said)


def _leave_out(table: LexborNode, apart: Apart) -> None:
    """Empty the cells of a table that stand in columns that are left unread."""
    if _lays_out(table):
        return
    [header, *rows] = [row.css("td, th") for row in table.css("tr")] or [[]]
    names = [clean(cell.text(separator=" ")) for cell in header]
    gone = {at for at, name in enumerate(names) if contact_column(name) or name in apart.columns}
    for row in rows:
        for at, cell in enumerate(row):
            if at in gone and cell.text().strip():
                for child in list(_children(cell)):
                    child.decompose()
                cell.insert_child(DROPPED)


def _drop(parser: LexborHTMLParser, tags: Sequence[str]) -> None:
    for tag in tags:
        for node in parser.css(tag):
            node.decompose()


def _decoded(document: bytes) -> str:
    plain = document.removeprefix(BOM_UTF8)
    if not plain.strip():
        msg = f"the file is empty; {_WHERE}"
        raise UnreadableError(msg)
    if len(document) > markup.MOST_BYTES:
        most = markup.MOST_BYTES // 1_000_000
        msg = f"the page is larger than {most} MB; no page of a program is"
        raise UnreadableError(msg)
    try:
        text = plain.decode()
    except UnicodeDecodeError as error:
        msg = f"the page is not UTF-8; {_WHERE}"
        raise UnreadableError(msg) from error
    if _CONTROL.search(text):
        msg = f"the page holds control characters; {_WHERE}"
        raise UnreadableError(msg)
    if "<html" not in text[:10_000].lower():
        msg = f"the file is no HTML page; {_WHERE}"
        raise UnreadableError(msg)
    if "</html>" not in text[-10_000:].lower():
        msg = f"the page is cut off, its end is missing; {_WHERE}"
        raise UnreadableError(msg)
    markup.admit(text)
    return text


def _lines(parser: LexborHTMLParser) -> Iterator[Line]:
    """Yield the lines of a page: texts, parted where an element of block kind begins or ends."""
    row = 0
    body = parser.body
    for tag, pieces in _runs(body) if body is not None else ():
        texts = [(node.text(deep=False), is_bold) for node, is_bold in pieces]
        text = without_contacts(clean("".join(piece for piece, _ in texts)))
        if text:
            row += 1
            bold = all(is_bold for piece, is_bold in texts if piece.strip())
            yield Line(row, tag, text, bold)


_Run = tuple[str, list[tuple[LexborNode, bool]]]


def _runs(body: LexborNode) -> Iterator[_Run]:
    """Yield the texts between the borders of blocks, each with the block that it stands in."""
    # Own stack: pages may nest deeper than Python calls may.
    stack: list[tuple[LexborNode | None, str, bool]] = [(body, "body", False)]
    run: _Run = ("body", [])
    while stack:
        node, block, bold = stack.pop()
        if node is None:
            yield run
            run = (block, [])
            continue
        tag = node.tag or ""
        if tag == "-text":
            run[1].append((node, bold))
        elif tag == "br" or tag in _BLOCKS:
            yield run
            inside = block if tag == "br" else tag
            run = (inside, [])
            stack.append((None, block, bold))
            stack += [(each, inside, bold) for each in reversed(list(_children(node)))]
        else:
            strong = bold or tag in _BOLD
            stack += [(each, block, strong) for each in reversed(list(_children(node)))]
    yield run


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        if child.tag != "-comment":
            yield child
        child = child.next


def _lays_out(table: LexborNode) -> bool:
    """Whether a table holds tables: its cells are parts of a page, not of a list."""
    return len(table.css("table")) > 1  # itself is one


def _grid(node: LexborNode) -> Grid:
    rows: list[tuple[str, ...]] = []
    merged: str | None = None
    for row in node.css("tr"):
        cells = row.css("td, th")
        for cell in cells:
            spans = (cell.attributes.get(name) or "1" for name in ("colspan", "rowspan"))
            if merged is None and any(span.strip() != "1" for span in spans):
                merged = without_contacts(clean(cell.text()))
        rows.append(tuple(without_contacts(clean(cell.text(separator=" "))) for cell in cells))
    return Grid(tuple(rows), merged)


def clean(text: str) -> str:
    """Return a text in NFC, without invisible characters, its blanks single."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())
