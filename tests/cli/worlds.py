"""A small graph for the command line, as lines of an import; every fact is known since its day."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from tests.store.worlds import CURRENT_OS_ID, MERGED_OS_ID, program, said, site, standing

BUYER: Final = "alpha:buyer"
"""Signed alpha's agreement on garments, and no other."""
GOOD: Final = "alpha:s1"
BARRED: Final = "alpha:s2"
"""Barred by alpha since March 2020, in good standing with beta."""
UNBOUND: Final = "beta:shop"
"""A buyer that signed nothing."""
SILENT: Final = "alpha:s5"
"""A site of which nobody says a state."""
NOWHERE: Final = "alpha:maker"
"""A company of which nobody says where it is."""
NAMES: Final = {GOOD: "Example Weavers", BARRED: "Example Dyers", SILENT: "Example Mill"}
TWINS: Final = "Example Twins"
"""The name of two sites."""
WRONG_OS_ID: Final = "os:BD2020021QK28YX"
"""Its check character is wrong."""
DAY: Final = "2020-07-01"
"""The day of which the tests ask."""
TOLD: Final = "2020-06-15"
"""The day on which alpha's states became public; all else was known from the beginning."""
_BEGINNING: Final = "2013-01-01"


def lines() -> list[dict[str, Any]]:
    """Return the graph: two programs, two buyers, and suppliers that both or one of them know."""
    return [
        *known(
            _BEGINNING,
            *program("alpha"),
            *program("beta"),
            said("alpha", "organization", reference=BUYER, name="Example Clothes"),
            said("beta", "organization", reference=UNBOUND, name="Example Shop"),
            said(
                "alpha",
                "signature",
                organization=BUYER,
                agreement="alpha:a1",
                since="2013-05-13",
            ),
            said("alpha", "organization", reference=NOWHERE, name="Example Makers"),
            site("alpha", 1, name=NAMES[GOOD], externalIds=[CURRENT_OS_ID, MERGED_OS_ID]),
            site("alpha", 2, name=NAMES[BARRED], aliases=["Example Colours"]),
            site("alpha", 3, name=TWINS),
            site("alpha", 4, name=TWINS),
            site("alpha", 5, name=NAMES[SILENT]),
            site("beta", 9, name=NAMES[BARRED], externalIds=[BARRED]),
            standing("beta", "beta:s9", "listed", "2020-01-01", confirmedOn="2020-06-01"),
            *(
                said("alpha", "sourcing", buyer=buyer, supplier=GOOD, since="2016", published=True)
                for buyer in (BUYER, UNBOUND)
            ),
        ),
        *known(
            TOLD,
            standing("alpha", GOOD, "listed", "2020-01-01", confirmedOn="2020-06-01"),
            standing("alpha", BARRED, "listed", "2020-01-01", confirmedOn="2020-06-01"),
            standing("alpha", BARRED, "barred", "2020-03-01", confirmedOn="2020-06-01"),
            standing("alpha", NOWHERE, "listed", "2020-01-01", confirmedOn="2020-06-01"),
            standing("alpha", "alpha:s3", "on track", "2020-01-01", confirmedOn="2020-06-01"),
        ),
    ]


def known(day: str, *told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return lines that say since when they are known."""
    return [{**each, "knownOn": day} for each in told]


def ndjson(path: Path, told: Iterable[Mapping[str, Any]]) -> Path:
    """Write lines as a file of the exchange format."""
    path.write_bytes(b"".join(orjson.dumps(each) + b"\n" for each in told))
    return path


def csv(path: Path, *rows: Sequence[str] | str) -> Path:
    """Write rows as a CSV file, the header first; a text is a row as it stands."""
    told = (row if isinstance(row, str) else ",".join(row) for row in rows)
    path.write_text("".join(f"{row}\n" for row in told), encoding="utf-8")
    return path
