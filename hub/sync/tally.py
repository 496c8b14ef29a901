"""What the audit log tells of a generation: of which programs, and the facts before and after."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from operator import itemgetter
from typing import Final

import orjson

from graph_schema.elements import Fact
from hub.store.deeds import Deed
from hub.store.port import Row, Series

_HASHED: Final = ("number", "identity", "content")
"""What of a fact is hashed besides its kind."""


class Tally:
    """The facts of a generation, hashed one after the other as they are written.

    A fact is a line, `["kind",number,"identity","content"]`; those closed make one hash, those
    that begin another.
    """

    def __init__(self) -> None:
        self._programs: set[int] = set()
        self._before = hashlib.sha256()
        self._after = hashlib.sha256()
        self._closed = self._begun = False

    def begins(self, kind: type[Fact], row: Row) -> None:
        """Add a fact that is new."""
        self._begins(kind, row["number"], row["identity"], row["content"])
        self._programs.add(row["program"])

    def begin(self, kind: type[Fact], series: Series) -> None:
        """Add facts that are new and alike."""
        chosen = itemgetter(*map(series.columns.index, _HASHED))
        for values in series.values:
            self._begins(kind, *chosen(values))
        self._programs.add(series.row["program"])

    def closes(self, kind: type[Fact], row: Row) -> None:
        """Add a fact that is known no more, or otherwise."""
        self._closed = True
        self._before.update(_line(kind, *(row[name] for name in _HASHED)))
        self._programs.add(row["program"])

    def _begins(self, kind: type[Fact], number: int, identity: str, content: str) -> None:
        self._begun = True
        self._after.update(_line(kind, number, identity, content))

    def told(self, deed: Deed, codes: Mapping[int, str]) -> Deed:
        """Return a deed with all that is known of it once everything is written.

        Args:
            deed: Who does what.
            codes: The codes of programs by number.
        """
        return replace(
            deed,
            programs=sorted(codes[number] for number in self._programs),
            before=self._before.hexdigest() if self._closed else None,
            after=self._after.hexdigest() if self._begun else None,
        )


def _line(kind: type[Fact], number: int, identity: str, content: str) -> bytes:
    line = [kind.word, number, identity, content]
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
