"""Open Supply Hub downloads: sites by their OS ID, and which judged buyers list them.

A platform says where a site is and who lists it; it says nothing of any program's standing. A site
is described where the platform shows it in the program (evidence of presence), and only where the
program does not describe it itself. A contributor is known to have listed it by the day of the
download, and not since when. Flags (`is_closed`, the presence itself) become notes for the
person who syncs. Facts fm001-fm058; columns as in facts source S212.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic import ValidationError

from adapters.kit.columns import Columns, read
from adapters.kit.contacts import without_contacts
from adapters.kit.factories import NUMBERS
from adapters.kit.gate import shown
from adapters.kit.names import Reading
from adapters.kit.pages import clean
from adapters.kit.parsed import Parsed, ProblemCode, RowProblem, line, problems
from graph_schema.exchange import Bookkeeping, Line
from graph_schema.parties import Worksite
from graph_schema.references import normalise
from graph_schema.sourcing import SourcingLink

PRESENCE: Final = "accord_inspections_and_remediation_program.rsc_presence"
CONTRIBUTORS: Final = "contributor (list)"
_NATIVE: Final = "claim_name_in_native_language"
_READ: Final = (
    "os_id", "name", "address", "country_code", "lat", "lng", CONTRIBUTORS, "number_of_workers",
    _NATIVE, "is_closed", PRESENCE,
)  # fmt: skip
_UNREAD: Final = (
    "contribution_date", "country_name", "sector", "parent_company", "facility_type",
    "processing_type_facility_type_raw", "processing_type", "product_type", *NUMBERS,
)  # fmt: skip
_NEEDED: Final = ("os_id", "name", "address", "country_code", CONTRIBUTORS, "is_closed")
_PARTNERS: Final = re.compile(r"claim_\w+|\w+\.\w+")
"""What a site's owner claims, and what partners say: columns that come and go."""
_JOINED: Final = "|"
_CLAIMED: Final = "(Claimed)"
"""Marks the site's owner, who is no buyer."""
_MASKED: Final = re.compile(r"(?:other|(?:an?|\d+) .+)", re.IGNORECASE)
"""A contributor whom the platform masks, and who stays masked whatever a person has judged."""
_TRUTH: Final = {"true": True, "yes": True, "false": False, "no": False, "": False}
_MOST_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Shape:
    """Which sites of the platform concern a program.

    Attributes:
        country: Where they stand.
        present: Contributors whose listing shows that a site is in the program.
        flagged: Whether the platform's own flag of presence shows it.
    """

    country: str
    present: Sequence[str] = ()
    flagged: bool = False


@dataclass(slots=True)
class _Told:
    """What the person who syncs should know: sites by flag, and rows that were left out."""

    closed: list[str] = field(default_factory=list[str])
    present: list[str] = field(default_factory=list[str])
    left_out: Counter[str] = field(default_factory=Counter[str])

    def notes(self) -> Iterator[str]:
        """Yield it in words."""
        for what, sites in (("closed", self.closed), ("in the program", self.present)):
            if sites:
                more = "" if len(sites) <= _MOST_SHOWN else ", …"
                named = ", ".join(sites[:_MOST_SHOWN]) + more
                yield (
                    f"the platform flags {len(sites):,} sites as {what} ({named}); that is no "
                    "standing, and changes no verdict: only the program says so"
                )
        for why, count in self.left_out.items():
            yield f"{count:,} rows were left out: {why}"


def sites(document: bytes, reading: Reading, shape: Shape) -> Parsed:
    """Return the sites of a download that concern a program, and the buyers that list them.

    Args:
        document: The download, CSV or XLSX.
        reading: Whom the names of contributors stand for.
        shape: Which sites concern the program.

    Raises:
        UnreadableError: It is no such table, has columns that are not known, or no day is said.
    """
    reading.day(None)
    needed = (*_NEEDED, *((PRESENCE,) if shape.flagged else ()))
    columns = Columns({each: (each,) for each in _READ}, needed, _UNREAD, _PARTNERS)
    found = read(document, columns)
    parsed = Parsed(kinds={Worksite, SourcingLink}, columns=found.columns, missing=found.missing)
    parsed.problems, parsed.apart = found.problems, found.apart
    parsed.dated = reading.dated
    told = _Told()
    for number, cells in found.rows:
        if not found.missing:
            _site(number, cells, reading, shape, parsed, told)
    parsed.notes += told.notes()
    return parsed


def _site(
    number: int,
    cells: Mapping[str, str],
    reading: Reading,
    shape: Shape,
    parsed: Parsed,
    told: _Told,
) -> None:
    """Take in one row."""
    if cells.get("country_code", "") != shape.country:
        told.left_out[f"they are not in {shape.country}"] += 1
        return
    wrong = list(_wrong(number, cells))
    if wrong:
        parsed.problems += wrong
        return
    names = _listed(cells.get(CONTRIBUTORS, ""))
    present = shape.flagged and any(map(_true, _listed(cells.get(PRESENCE, ""))))
    if not present and not any(name in shape.present for name in names):
        told.left_out["nothing shows them in the program"] += 1
        return
    try:
        reference = normalise(f"os:{cells.get('os_id', '')}")
        about = Bookkeeping(row=number)
        described = line(reading.program, Worksite, _described(cells), about)
        since = f"../{reading.day(None)}"
        links = [
            SourcingLink.model_validate(
                {"buyer": buyer, "supplier": reference, "since": since, "published": True}
            )
            for buyer in _buyers(names, reading)
        ]
    except ValidationError as error:
        parsed.problems += problems(error, number)
    except ValueError as error:
        code = ProblemCode.INVALID_REFERENCE
        parsed.problems.append(RowProblem(number, code, str(error), "os_id"))
    else:
        parsed.lines.append(described)
        parsed.lines += [Line(program=reading.program, fact=link, about=about) for link in links]
        told.closed += [reference] if _true(cells.get("is_closed", "")) else []
        told.present += [reference] if present else []


def _wrong(number: int, cells: Mapping[str, str]) -> Iterator[RowProblem]:
    """Yield the flags of a row that are neither yes nor no."""
    for column in ("is_closed", PRESENCE):
        for cell in _listed(cells.get(column, "")):
            if cell.casefold() not in _TRUTH:
                message = f"{shown(without_contacts(cell))} is neither yes nor no"
                yield RowProblem(number, ProblemCode.INVALID_INPUT, message, column)


def _true(cell: str) -> bool:
    return _TRUTH.get(cell.casefold(), False)


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(_JOINED) if part.strip()]


def _described(cells: Mapping[str, str]) -> dict[str, object]:
    """Return a site's description; what several contributors say differently is left out."""
    workers = set(_listed(cells.get("number_of_workers", "")))
    counted = {each for each in workers if each.isascii() and each.isdigit()}
    told: dict[str, object] = {
        "reference": f"os:{cells.get('os_id', '')}",
        "name": without_contacts(clean(cells.get("name", ""))),
        "address": without_contacts(clean(cells.get("address", ""))),
        "country": cells["country_code"],
        "latitude": cells.get("lat"),
        "longitude": cells.get("lng"),
        "workers": next(iter(counted)) if len(workers) == len(counted) == 1 else None,
        "aliases": [without_contacts(name) for name in _listed(cells.get(_NATIVE, ""))],
    }
    return {name: value for name, value in told.items() if value}


def _buyers(contributors: Iterable[str], reading: Reading) -> Iterator[str]:
    """Yield the contributors whom a person has judged: each lists the site as its supplier's."""
    found: dict[str, None] = {}
    for name in contributors:
        if not name.endswith(_CLAIMED) and not _MASKED.fullmatch(name):
            who = reading.names.who(name)
            if who is not None:
                found[who] = None
    yield from found
