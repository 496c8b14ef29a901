"""The operator's template without rows: a sheet for each table, its choices as drop-down lists."""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any, Final

import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]
from xlsxwriter.utility import (  # pyright: ignore[reportMissingTypeStubs]
    xl_col_to_name,  # pyright: ignore[reportUnknownVariableType]
)

from adapters.kit.sliced import columns
from adapters.kit.template import CHOICES
from graph_schema.elements import Fact, Field, Form
from graph_schema.exchange import OPERATORS
from graph_schema.texts import COUNTRIES

_ROWS: Final = 10_000
"""Rows below the header that offer choices."""
_WIDTH: Final = 18
_COUNTRY: Final = frozenset({"country"})


def blank(words: Mapping[str, Sequence[str]]) -> bytes:
    """Return a workbook to fill in.

    Args:
        words: What may stand in a column, by its name: the program's own states and tracks, the
            known products. A column that holds a list takes several, so it offers none.
    """
    archive = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(archive, options) as workbook:
        bold = workbook.add_format({"bold": True})
        required = workbook.add_format({"bold": True, "bg_color": "#FFF2CC"})
        sheets = [(kind, workbook.add_worksheet(kind.table)) for kind in OPERATORS]
        choices = _Choices(workbook.add_worksheet(CHOICES))
        for kind, sheet in sheets:
            sheet.freeze_panes(1, 0)
            for at, (name, field) in enumerate(columns(kind).items()):
                sheet.set_column(at, at, _WIDTH)
                sheet.write_string(0, at, name, required if field.required else bold)
                sheet.write_comment(0, at, field.doc.split("\n")[0])
                listed = tuple(_choices(kind, field, words))
                if listed:
                    source = choices.source(listed)
                    offered = {"validate": "list", "source": source, "error_type": "warning"}
                    sheet.data_validation(1, at, _ROWS, at, offered)
        choices.hide()
    return archive.getvalue()


def _choices(kind: type[Fact], field: Field, words: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield what may stand in a column, where that is a closed list."""
    if field.many:
        return
    if field.words:
        yield from field.words
    elif field.form is Form.BOOLEAN:
        yield from ("true", "false")
    elif field.name in _COUNTRY:
        yield from sorted(COUNTRIES)
    elif field.refers is not None and field.refers.by_name:
        yield from words.get("product", ())
    elif kind.word == "standing":
        yield from words.get(field.alias, ())


class _Choices:
    """The hidden sheet that holds the lists."""

    def __init__(self, sheet: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
        self._sheet = sheet
        self._known: dict[tuple[str, ...], str] = {}

    def source(self, listed: tuple[str, ...]) -> str:
        """Return where a list stands, writing it where it is new."""
        if listed not in self._known:
            at = len(self._known)
            for row, word in enumerate(listed):
                self._sheet.write_string(row, at, word)
            column = str(xl_col_to_name(at))  # pyright: ignore[reportUnknownArgumentType]
            self._known[listed] = f"={CHOICES}!${column}$1:${column}${len(listed)}"
        return self._known[listed]

    def hide(self) -> None:
        """Hide the sheet; people need not look at it."""
        self._sheet.hide()
