"""What is done to a good document of each feed, and what becomes of it: one corpus over all feeds.

What differs in nothing that is said changes nothing; what has another shape is refused or held, and
changes nothing either; rows that contradict each other are set aside, and take no other along.
"""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import pytest

from hub.store.port import Store
from hub.sync.intake import Outcome, Report
from tests.adapters.books import SHEET, lines, parts
from tests.adapters.documents import Damage, aside, outcome, recorded, turned_down, unchanged
from tests.adapters.fair_food_program.pages import FLORIDA, shown
from tests.adapters.lists import merged, quoted
from tests.adapters.platform import download, site
from tests.adapters.signing import signed

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

DAY: Final = "2026-11-01"
BD, PK, IA = "bangladesh-accord", "pakistan-accord", "international-accord"
FACTORIES: Final = (
    "Name", "Address", "Number of storeys", "Processes", "Size of workforce", "Number of brands",
)  # fmt: skip
YEARLY: Final = ("Company", "Year", "Pakistan Accord Signatory")
TOTALS: Final = "metric,subject,qualifier,value,unit,since,until,source,title,publisher,published"
Make = Callable[[Sequence[Any]], bytes]


@dataclass(frozen=True)
class Shape:
    """A feed and a good document of it.

    Attributes:
        feed: The program and the feed.
        make: Returns a document with some rows.
        rows: Its rows.
        mark: A text that stands in it, before which a mark of direction may stand.
        against: A row that contradicts one of them; none: no row can.
        dated: The day of which it speaks.
    """

    feed: tuple[str, str]
    make: Make
    rows: Sequence[Any]
    mark: str
    against: Any = None
    dated: str | None = DAY

    @property
    def programs(self) -> tuple[str, ...]:
        """The programs whose records it needs."""
        program = self.feed[0]
        return (IA, program) if program in {BD, PK} else (program,)


def _signed(title: str) -> Make:
    def make(rows: Sequence[tuple[str, str]]) -> bytes:
        by_country = groupby(sorted(rows, key=lambda row: rows[0][0] == row[0]), lambda row: row[0])
        return signed(
            title, {country: [each[1] for each in found] for country, found in by_country}
        )

    return make


def _sites(program: str, *numbers: str) -> Sequence[dict[str, str]]:
    listed = {"contributors": "International Accord|Puma"} if program == PK else {}
    return [site(number, number[:2], **listed) for number in numbers]


SHAPES: Final[Mapping[str, Shape]] = {
    "FFP page": Shape(
        ("ffp", "participants"), lambda rows: shown(growers=rows), FLORIDA, "Ag-Mart", dated=None
    ),
    "FFP weekly": Shape(
        ("ffp", "weekly"),
        lambda rows: lines("name,crop,state", *rows),
        [f"{name},Tomatoes,Florida" for name in FLORIDA],
        "Ag-Mart",
    ),
    "BD signatories": Shape(
        (BD, "signatories"),
        _signed("Signatories to the Accord on Fire and Building Safety in Bangladesh"),
        [("Sweden", "H&amp;M"), ("Sweden", "KappAhl"), ("Australia", "Kmart Australia")],
        "KappAhl",
        ("Australia", "H&amp;M"),
    ),
    "PK signatories": Shape(
        (PK, "signatories"),
        _signed("Signatories: Pakistan"),
        [("Germany", "Puma"), ("Germany", "Lomotex GmbH & Co. KG"), ("Switzerland", "Lorenz Bach")],
        "Puma",
        ("Switzerland", "Puma"),
    ),
    "IA signatories": Shape(
        (IA, "signatories"),
        _signed("International Accord signatories"),
        [("Germany", "Takko"), ("Germany", "Olymp Bezner"), ("Netherlands", "Zeeman")],
        "Takko",
        ("Netherlands", "Takko"),
    ),
    "BD download": Shape(
        (BD, "open_supply_hub"),
        lambda rows: download(*rows),
        _sites(BD, "BD2021113R7R87P", "BD201915877ME2J"),
        "Example Site",
        site("BD2021113R7R87P", name="Example Other"),
    ),
    "PK download": Shape(
        (PK, "open_supply_hub"),
        lambda rows: download(*rows),
        _sites(PK, "PK2021354NCSQ0X", "PK2021354NCSQ1Y"),
        "Example Site",
        site("PK2021354NCSQ0X", "PK", contributors="International Accord|Puma", name="Other"),
    ),
    "PK factories": Shape(
        (PK, "factories"),
        lambda rows: quoted(FACTORIES, *rows),
        [
            ("Union Fabrics (Pvt.) Limited", "1 Example Road", "3", "Cutting", "1001-5000", "4"),
            ("Artistic Milliners", "2 Example Road", "2", "Weaving", "900", "12"),
        ],
        "Artistic",
        ("Union Fabrics (Pvt.) Limited", "1 Example Road", "4", "Cutting", "1001-5000", "4"),
    ),
    "PK yearly": Shape(
        (PK, "yearly"),
        lambda rows: quoted(YEARLY, *rows),
        [("Carrefour", "2024", "Yes"), ("Walmart", "2026", "No")],
        "Carrefour",
        ("Carrefour", "2024", "No"),
    ),
    "totals": Shape(
        ("lesotho-agreement", "totals"),
        lambda rows: lines(TOTALS, *rows),
        [
            "workers trained,,,7000,workers,2021-02,2023-12,les:report-3,Example report 3,,",
            "investigations finished,,,50,investigations,2021-02,2023-12,les:report-3,,,",
            "factories covered,,,2,factories,,2023-12,S167,,,",
        ],
        "workers trained",
        "factories covered,,,3,factories,,2023-12,S167,,,",
    ),
}
"""The programs' own documents, each in the shape in which it is published."""
PUBLISHED: Final = [name for name, shape in SHAPES.items() if shape.make([]).startswith(b"<!")]
FILES: Final = [name for name in SHAPES if name not in PUBLISHED]

SAME: Final[Mapping[str, Callable[[Shape], bytes]]] = {
    "again": lambda shape: shape.make(shape.rows),
    "a byte order mark": lambda shape: b"\xef\xbb\xbf" + shape.make(shape.rows),
    "marks of direction": lambda shape: shape.make(shape.rows).replace(
        shape.mark.encode(), f"\u200f{shape.mark}\u200e".encode()
    ),
    "shuffled": lambda shape: shape.make(shape.rows[::-1]),
    "doubled": lambda shape: shape.make([*shape.rows, *shape.rows]),
}
"""What changes nothing that a document says."""


async def sent(store: Store, shape: Shape, document: bytes, *, confirmed: bool = False) -> Report:
    """Send a document of a shape."""
    return await outcome(store, *shape.feed, document, dated=shape.dated, confirmed=confirmed)


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("change", SAME)
async def test_what_differs_in_nothing_that_is_said_changes_nothing(name: str, change: str) -> None:
    shape = SHAPES[name]
    assert shape.mark.encode() in shape.make(shape.rows)
    async with recorded(*shape.programs) as store:
        first = await sent(store, shape, shape.make(shape.rows))
        assert (first.outcome, first.problems) == (Outcome.APPLIED, [])
        async with unchanged(store):
            report = await sent(store, shape, SAME[change](shape))
        assert (report.outcome, report.problems) == (Outcome.UNCHANGED, [])


def _header(document: bytes, change: Callable[[bytes], bytes]) -> bytes:
    header, _, rest = document.partition(b"\n")
    return change(header) + b"\n" + rest


def _renamed(header: bytes) -> bytes:
    return header.replace(header.split(b",")[0].strip(b'"'), b"Example", 1)


SHAPED: Final[Mapping[str, tuple[Damage, tuple[str, ...]]]] = {
    "two header rows": (
        lambda document: b"Example list,,\n" + document,
        ("the name of column 1 is not known", "the columns 'Example list' are none of"),
    ),
    "a renamed column": (
        lambda document: _header(document, _renamed),
        ("the name of column 1 is not known", "the columns 'Example' are none of"),
    ),
    "a missing column": (
        lambda document: _header(document, lambda header: header.partition(b",")[2]),
        ("is missing; add it",),
    ),
    "no rows": (lambda document: _header(document, bytes).partition(b"\n")[0], ("it has 0 rows",)),
    "merged cells": (lambda _: merged(), ("the cells A1:B1 are merged",)),
    "a zip bomb": (lambda _: bomb(), ("the workbook unpacks to more than is believable",)),
}
"""What gives a table another shape, and why it is turned down then, in the words of its feed."""


def bomb() -> bytes:
    """Return a workbook that unpacks to 200 MB, and is small."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts("").items():
            if name != SHEET:
                archive.writestr(name, part)
        with archive.open(SHEET, "w") as sheet:
            for _ in range(200):
                sheet.write(b" " * 1_000_000)
    assert file.tell() < 300_000
    return file.getvalue()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("change", SHAPED)
async def test_a_table_of_another_shape_changes_nothing(name: str, change: str) -> None:
    shape = SHAPES[name]
    damage, reasons = SHAPED[change]
    document = damage(shape.make(shape.rows))
    async with recorded(*shape.programs) as store:
        why = await turned_down(store, *shape.feed, document, dated=shape.dated)
    assert any(reason in why for reason in reasons), why


@pytest.mark.parametrize("name", PUBLISHED)
async def test_a_page_that_names_nobody_changes_nothing(name: str) -> None:
    shape = SHAPES[name]
    async with recorded(*shape.programs) as store:
        why = await turned_down(store, *shape.feed, shape.make([]), dated=shape.dated)
    assert "it has 0 rows" in why or "no country stands in bold in it" in why


@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if shape.against])
async def test_rows_that_contradict_each_other_are_set_aside_and_take_no_other_along(
    name: str,
) -> None:
    shape = SHAPES[name]
    document = shape.make([*shape.rows, shape.against])
    async with recorded(*shape.programs) as store:
        report = await sent(store, shape, document, confirmed=True)
    rows = [row for row, code in aside(report) if code == "CONTRADICTION"]
    assert len(rows) == 2
    assert {row for row, _ in aside(report)} == {*rows}
    assert {each.row for each in report.added}.isdisjoint(rows)
    assert report.outcome is Outcome.APPLIED


HELD: Final = {
    "FFP page": "it has 2 rows; 5 to 5,000 are believable",
    "FFP weekly": "it has 2 rows; 5 to 5,000 are believable",
    "PK factories": "1 of 2 listed standings are gone, more than 20%",
}
"""Of which feeds half a document is held; of the others absence says nothing."""


@pytest.mark.parametrize("name", SHAPES)
async def test_half_a_document_ends_nothing(name: str) -> None:
    shape = SHAPES[name]
    half = shape.make(shape.rows[: len(shape.rows) // 2 or 1])
    async with recorded(*shape.programs) as store:
        await sent(store, shape, shape.make(shape.rows))
        async with unchanged(store):
            report = await outcome(store, *shape.feed, half, dated=shape.dated and "2026-11-15")
    if name in HELD:
        assert (report.outcome, report.held[0].startswith(HELD[name])) == (Outcome.HELD, True)
    else:
        assert (report.outcome, report.ended) == (Outcome.UNCHANGED, [])
