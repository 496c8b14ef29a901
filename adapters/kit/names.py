"""Names: who is meant by a name that a program prints, as a person has judged it.

Nothing is matched by name silently. A folder's `names.csv` holds each spelling that was judged,
with the reference it stands for; a name that is not in it is set aside until somebody says who it
is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from adapters.kit.gate import UnreadableError, shown
from adapters.kit.parsed import ProblemCode, RowProblem
from adapters.kit.tables import tables
from graph_schema.days import PartialDate
from graph_schema.references import normalise
from graph_schema.texts import folded

FILE: Final = "names.csv"
_COLUMNS: Final = ("name", "address", "reference", "note")


@dataclass(frozen=True, slots=True)
class Names:
    """The spellings of one folder.

    Attributes:
        judged: References by folded name and folded address; an empty address: wherever it is.
    """

    judged: Mapping[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    @classmethod
    def of(cls, folder: Path) -> "Names":
        """Return the names of a program's folder; one without the file has none.

        Raises:
            UnreadableError: The file is not what it should be; the message names the row.
        """
        path = folder / FILE
        if not path.exists():
            return cls()
        [table] = tables(path.read_bytes())
        if missing := {"name", "reference"} - set(table.header):
            msg = f"{path.parent.name}/{FILE}: the column {min(missing)} is missing"
            raise UnreadableError(msg)
        judged: dict[tuple[str, str], str] = {}
        for number, cells in table.rows:
            place = f"{path.parent.name}/{FILE}, row {number}"
            try:
                reference = normalise(cells.get("reference", ""))
            except ValueError as error:
                msg = f"{place}: {error}"
                raise UnreadableError(msg) from error
            key = (folded(cells.get("name", "")), folded(cells.get("address", "")))
            if not key[0] or judged.setdefault(key, reference) != reference:
                msg = f"{place}: the name is empty, or already stands for another"
                raise UnreadableError(msg)
        return cls(judged)

    def who(self, name: str, address: str = "") -> str | None:
        """Return whom a name stands for; none where nobody has judged it.

        A name that was judged with an address stands for that one place alone.
        """
        place = folded(address)
        found = self.judged.get((folded(name), place)) if place else None
        return found or self.judged.get((folded(name), ""))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a parser is told beside the document.

    Attributes:
        program: Code of the program whose document it is.
        file: The file's name, where it has one.
        dated: The day of which the document speaks, where a person says so.
        fetched: The day on which it was fetched: what stands at an address is said on that day.
    """

    program: str
    names: Names = field(default_factory=Names)
    file: str = ""
    dated: date | None = None
    fetched: date | None = None

    def day(self, printed: PartialDate | None) -> PartialDate:
        """Return when the document was so: the day that a person says, else the one it prints.

        What was fetched and prints none was so on the day on which it was fetched.

        Raises:
            UnreadableError: There is neither, or they contradict each other.
        """
        if self.dated is None:
            if printed is None and self.fetched is not None:
                return PartialDate.on(self.fetched)
            if printed is None:
                msg = (
                    "no day of its own can be read in it; say the day of which it speaks (--dated)"
                )
                raise UnreadableError(msg)
            return printed
        said = PartialDate.on(self.dated)
        if printed is not None and not printed.first <= said.first <= printed.last:
            msg = f"it prints {printed} as its day, which does not hold the day given, {said}"
            raise UnreadableError(msg)
        return said

    def unknown(
        self, row: int, name: str, address: str = "", *, table: str | None = None
    ) -> RowProblem:
        """Return the problem of a row whose name nobody has judged, and what would help."""
        at = f" at {shown(address)}" if address else ""
        message = (
            f"nobody has said who {shown(name)}{at} is; add the name with its reference to "
            f"{FILE} of the program's folder, or send the row by the template"
        )
        return RowProblem(row, ProblemCode.UNKNOWN_NAME, message, "name", table)

    def unsure(self, row: int, quoted: str, why: str, *, subject: str | None = None) -> RowProblem:
        """Return the problem of a statement that the parser is not sure of: a person decides."""
        message = (
            f"{why}: {shown(quoted)}; a person must read it and, if it is so, send it as a row of "
            "the template"
        )
        return RowProblem(row, ProblemCode.NEEDS_PERSON, message, subject=subject)
