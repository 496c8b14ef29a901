"""The page of signatories without a filter: those of the International Accord itself (fm105).

Filtered by a country it is of that country's agreement, which that program's own feed reads: the
framework binds only through it.
"""

from datetime import date
from typing import Final

from adapters.kit import signatories as pages
from adapters.kit.names import Reading
from adapters.kit.parsed import Parsed

_SHAPE: Final = pages.Shape(
    marks=("International Accord", "signator"),
    country=None,
    others=("Bangladesh", "Pakistan"),
    versions=(
        pages.Version("wsr:ia-2021", ("2021",), date(2021, 8, 25), date(2023, 10, 31)),
        pages.Version("wsr:ia-2023", ("2023",), date(2023, 11, 1), date(2029, 10, 31)),
    ),
)


def signatories(document: bytes, reading: Reading) -> Parsed:
    """Return who signed the agreement whose signatories a page shows.

    Raises:
        UnreadableError: It is another page, has no day, or is of a country agreement.
    """
    return pages.signatories(document, reading, _SHAPE)
