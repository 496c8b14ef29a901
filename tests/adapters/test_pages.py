"""A page is read as its reader sees it; what is no page, another page or cut off is refused."""

import pytest

from adapters.kit.gate import UnreadableError
from adapters.kit.markup import MOST_ATTRIBUTES, MOST_OPEN, MOST_REPEATED, MOST_TAGS
from adapters.kit.pages import Line, Page, page

BODY = """
<h2>Tomatoes &ndash; Florida</h2>
<ul><li>Example <em>Farms</em>, Inc.<li>Example\u200b  Growers</ul>
<script>document.write("no")</script><!-- nor this -->
<p><strong>Germany</strong><br>Example&nbsp;GmbH<br/><a href="x">Example <b>AG</b></a></p>
<div>Free text <span>goes</span> on</div>
"""
TABLE = """
<table><tr><td colspan=2>layout</td></tr></table>
<table><thead><tr><th>Name of factory</th><th>Address</th><th>Workers</th></tr></thead>
<tr><td>Example Mill</td><td>1 Mill Road,<br>Example Town</td><td></td></tr>
<tr><td> </td><td></td><td></td></tr><tr><td>Example Two</td></tr></table>
"""


def html(body: str) -> bytes:
    """Return a whole page."""
    return f"<!doctype html><html><head><title>T</title></head><body>{body}</body></html>".encode()


def test_lines_are_parted_as_a_reader_sees_them() -> None:
    assert page(html(BODY)).lines == (
        Line(1, "h2", "Tomatoes \u2013 Florida", bold=False),
        Line(2, "li", "Example Farms, Inc.", bold=False),
        Line(3, "li", "Example Growers", bold=False),
        Line(4, "p", "Germany", bold=True),
        Line(5, "p", "Example GmbH", bold=False),
        Line(6, "p", "Example AG", bold=False),
        Line(7, "div", "Free text goes on", bold=False),
    )
    assert [line.text for line in page(html(BODY)).lines if line.heading] == [
        "Tomatoes \u2013 Florida"
    ]


def test_menus_are_left_out_where_a_feed_says_so_once_the_page_is_known() -> None:
    body = "<nav><a>Example Program</a></nav><p>Example Growers</p><footer>Donate</footer>"
    found = page(html(body), ["Example Program"], ["nav", "footer"])
    assert found.lines == (Line(1, "p", "Example Growers", bold=False),)


def test_a_table_is_known_by_its_columns() -> None:
    found = page(html(TABLE)).table(["name of Factory", "Address"])
    assert found == [
        (2, {"name of Factory": "Example Mill", "Address": "1 Mill Road, Example Town"}),
        (4, {"name of Factory": "Example Two"}),
    ]


def test_a_table_that_lays_out_the_page_is_none_of_its_lists() -> None:
    body = f"<table><tr><td>{TABLE}</td></tr></table>"
    assert page(html(body)).table(["Address"]) == page(html(TABLE)).table(["Address"])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<p>x</p>", "the page has no table with the columns Address; it has changed"),
        (TABLE * 2, "the page has 2 tables with the columns Address; it has changed"),
        (TABLE.replace("<td> </td>", "<td rowspan=2>Two</td>"), r"merged cells \('Two'\)"),
    ],
)
def test_a_table_that_cannot_be_told_is_refused(body: str, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        page(html(body)).table(["Address"])


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (b"\xef\xbb\xbf \n", "the file is empty"),
        (html("x").replace(b">x<", b">\xe9<"), "the page is not UTF-8"),
        (html("x").replace(b">x<", b">\x00<"), "holds control characters"),
        (b"name,address\nExample,1 Road\n", "the file is no HTML page"),
        (html("x" * 20_000)[:15_000], "the page is cut off, its end is missing"),
        (html("<p>another program</p>"), "it is not the page that the feed is about: 'Participat"),
    ],
)
def test_what_is_no_page_or_not_the_right_one(document: bytes, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        page(document, ["Participating Growers"])


def test_a_page_larger_than_any_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.kit.markup.MOST_BYTES", 100)
    with pytest.raises(UnreadableError, match="is larger than 0 MB; no page of a program is"):
        page(html("x" * 100))


def test_a_mark_is_found_whatever_its_case() -> None:
    assert page(html("<h1>PARTICIPATING growers</h1>"), ["Participating Growers"]).lines


def test_a_page_without_a_body_says_nothing() -> None:
    assert page(b"<html></html>") == Page(())


def test_a_page_that_nests_deeper_than_any_program_is_read() -> None:
    deep = "<div>" * MOST_OPEN + "<p>inside</p>"
    assert [line.text for line in page(html(deep)).lines] == ["inside"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<li>x" * MOST_TAGS, f"holds more than {MOST_TAGS:,} tags; save the part that lists"),
        ("<div>" * (MOST_OPEN + 1), "tag 5007 of the page, '<div', stands in more elements"),
        ("<b>" * (MOST_REPEATED + 1), "tag 15 of the page, '<b', stands in more elements"),
        ("<table><tr><td>" * (MOST_REPEATED + 1), "'<table', stands in more elements than"),
        ("<span><p></span>" * MOST_OPEN + "<i></b>" * 9, "'<i', stands in more elements than"),
        (
            "<p " + " ".join(f"a{n}='>'" for n in range(MOST_ATTRIBUTES + 1)) + ">",
            "tag 5 of the page has more than 1,000 attributes; save the part that lists",
        ),
    ],
    ids=["tags", "nested", "nested styles", "nested tables", "ends that close nothing",
         "attributes"],
)  # fmt: skip
def test_a_page_that_takes_more_than_is_believable_is_refused(body: str, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        page(html(body))


def test_elements_that_the_next_of_their_kind_closes_are_not_nested() -> None:
    body = "<ul>" + "<li><b>x</b> <img src='x'><br>" * 6_000
    assert len(page(html(body)).lines) == 6_000


def test_long_attributes_are_not_many() -> None:
    image = f"<p><img src='data:image/png;base64,{'a=/ ' * 10_000}' alt=x>Example</p>"
    assert [line.text for line in page(html(image)).lines] == ["Example"]
