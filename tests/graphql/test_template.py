"""`GET /programs/{code}/template.xlsx`: an empty template that offers the program's own words."""

import io
import re
import zipfile
from typing import Final

import pytest
from python_calamine import CalamineWorkbook

from adapters.kit import template
from graph_schema.exchange import OPERATORS
from tests.graphql.served import Hub

pytestmark = pytest.mark.anyio

BLANK: Final = "/programs/ffp/template.xlsx"


async def test_it_has_a_sheet_for_each_table_and_says_nothing(hub: Hub) -> None:
    response = await hub.http.get(BLANK)
    assert response.status_code == 200
    assert response.headers["content-disposition"] == 'attachment; filename="ffp-template.xlsx"'
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.content))
    assert book.sheet_names == [*(kind.table for kind in OPERATORS), template.CHOICES]
    for kind in OPERATORS:
        [header] = book.get_sheet_by_name(kind.table).to_python()
        assert header == list(template.columns(kind))
    said = template.parse("ffp", response.content)
    assert (said.lines, said.problems) == ([], [])


async def test_it_offers_the_programs_words_and_the_known_products(hub: Hub) -> None:
    response = await hub.http.get(BLANK)
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.content))
    columns = list(zip(*book.get_sheet_by_name(template.CHOICES).to_python(), strict=True))
    lists = [{word for word in column if word} for column in columns]
    assert {"membership", "standing", "audit"} in lists
    [states] = [each for each in lists if "re-entry audit outstanding" in each]
    assert {"participating", "suspended", "in compliance"} <= states
    assert "stage 3" not in states
    assert any("Tomatoes" in each and "Garments" in each for each in lists)
    assert {"true", "false"} in lists
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        sheet = archive.read(f"xl/worksheets/sheet{_place('standings')}.xml").decode()
    offered = re.findall(r"<formula1>choices!\$[A-Z]+\$1:\$[A-Z]+\$\d+</formula1>", sheet)
    assert len(offered) == 3


async def test_a_program_that_is_not_known_has_none(hub: Hub) -> None:
    response = await hub.http.get("/programs/nobody/template.xlsx")
    assert (response.status_code, response.json()["code"]) == (404, "UNKNOWN_REFERENCE")


def _place(table: str) -> int:
    """Return the number of a table's sheet."""
    return [kind.table for kind in OPERATORS].index(table) + 1
