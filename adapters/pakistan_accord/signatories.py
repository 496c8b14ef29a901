"""The page of signatories, filtered by the agreement for Pakistan (facts fm105)."""

from datetime import date
from typing import Final

from adapters.kit import signatories as pages
from adapters.kit.names import Reading
from adapters.kit.parsed import Parsed

_SHAPE: Final = pages.Shape(
    marks=("Accord", "signator"),
    country="Pakistan",
    others=("Bangladesh",),
    versions=(
        pages.Version("wsr:pk-2023", ("2023",), date(2022, 12, 14), date(2026, 2, 28)),
        pages.Version("wsr:pk-2026", ("2026", "extension"), date(2026, 2, 1), date(2029, 12, 31)),
    ),
)
"""The extension was concluded in February 2026, on a day that is not known."""


def signatories(document: bytes, reading: Reading) -> Parsed:
    """Return who signed the agreement whose signatories a page shows.

    Raises:
        UnreadableError: It is another page, has no day, or may be of several agreements.
    """
    return pages.signatories(document, reading, _SHAPE)
