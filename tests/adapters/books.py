"""Files that tests make: CSV, workbooks as a program writes them, and workbooks made by hand."""

import io
import os
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pytest
import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]

from adapters.kit.tables import Table, UnreadableError, tables

SHEET: Final = "xl/worksheets/sheet1.xml"
"""The part that holds the first sheet of a workbook made by hand."""
HEAD: Final = '<row r="1"><c r="A1" t="inlineStr"><is><t>subject</t></is></c></row>'
ROW: Final = '<row r="2"><c r="A2" t="inlineStr"><is><t>exa:1</t></is></c></row>'
"""A header and a row below it, as XML."""
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"


def lines(*rows: str) -> bytes:
    """Return rows as a CSV file."""
    return "".join(f"{row}\n" for row in rows).encode()


def only(document: bytes, *, aside: bool = False) -> Table:
    """Return the one table of a document."""
    [table] = tables(document, aside=aside)
    return table


def refused(document: bytes) -> str:
    """Return why a document is refused."""
    with pytest.raises(UnreadableError) as caught:
        tables(document)
    return str(caught.value)


def written(write: Callable[[Any], object], **options: object) -> bytes:
    """Return the workbook that a function fills."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **options}) as workbook:
        write(workbook)
    return file.getvalue()


def book(**sheets: Sequence[Sequence[object]]) -> bytes:
    """Return a workbook with these sheets; a text is a text, whatever it begins with."""

    def write(workbook: Any) -> None:  # noqa: ANN401
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                for at, cell in enumerate(row):
                    put = sheet.write_string if isinstance(cell, str) else sheet.write
                    put(number, at, cell)

    return written(write, default_date_format="yyyy-mm-dd", strings_to_formulas=False)


def parts(*sheets: str, names: Sequence[str] = ("standings",), text: str = "") -> dict[str, bytes]:
    """Return the parts of a workbook.

    Args:
        sheets: The rows of each, as XML.
        names: What they are called.
        text: The shared text 0.
    """
    numbers = range(1, len(sheets) + 1)
    listed = "".join(
        f'<sheet name="{names[n - 1]}" sheetId="{n}" r:id="r{n}" xmlns:r="{_OFFICE}"/>'
        for n in numbers
    )
    related = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    texts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r0" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}"><sheets>{listed}</sheets></workbook>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}"><si><t>{text}</t></si></sst>',
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{related}</Relationships>'
        ),
    }
    for number, rows in zip(numbers, sheets, strict=True):
        texts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{_MAIN}" xmlns:x="{_MAIN}">'
            f"<sheetData>{rows}</sheetData></worksheet>"
        )
    return {name: text.encode() for name, text in texts.items()}


def packed(given: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return parts as an archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, part in given.items():
            archive.writestr(name, part)
    return file.getvalue()


def by_hand(*sheets: str, padding: int = 0, **how: Any) -> bytes:  # noqa: ANN401
    """Return a workbook of such parts.

    Args:
        sheets: The rows of each, as XML.
        padding: Bytes that cannot be packed, so that it is not larger inside than is believable.
        how: What else `parts` takes.
    """
    return packed(parts(*sheets, **how) | {"docProps/padding.bin": os.urandom(padding)})


def declaring(document: bytes, name: str, size: int, checksum: bytes | None = None) -> bytes:
    """Return an archive that says another size of one of its parts, and another content.

    Args:
        document: The archive.
        name: The part.
        size: How many bytes it is said to unpack to.
        checksum: Of what it is said to be the checksum; none: of what it is.
    """
    changed = bytearray(document)
    # Before the name, a part has 30 bytes, and an entry of the table of contents 46.
    for at, to_checksum in (
        (document.index(name.encode()) - 30, 14),
        (document.rindex(name.encode()) - 46, 16),
    ):
        if checksum is not None:
            found = zlib.crc32(checksum).to_bytes(4, "little")
            changed[at + to_checksum : at + to_checksum + 4] = found
        changed[at + to_checksum + 8 : at + to_checksum + 12] = size.to_bytes(4, "little")
    return bytes(changed)
