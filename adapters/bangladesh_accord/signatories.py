"""The page of signatories to one of the Bangladesh agreements (facts fm104, fm105)."""

from datetime import date
from typing import Final

from adapters.kit import signatories as pages
from adapters.kit.names import Reading
from adapters.kit.parsed import Parsed

_SHAPE: Final = pages.Shape(
    marks=("Accord", "signator"),
    country="Bangladesh",
    others=("Pakistan",),
    versions=(
        pages.Version("wsr:accord-2013", ("2013",), date(2013, 5, 13), date(2018, 5, 31)),
        pages.Version(
            "wsr:accord-2018", ("2018", "Transition"), date(2017, 6, 21), date(2021, 8, 31)
        ),
        pages.Version("wsr:bd-2023", ("2023",), date(2023, 11, 1), date(2029, 10, 31)),
    ),
)
"""From September 2021 to October 2023 the International Accord bound by itself."""


def signatories(document: bytes, reading: Reading) -> Parsed:
    """Return who signed the agreement whose signatories a page shows.

    Raises:
        UnreadableError: It is another page, has no day, or may be of several agreements.
    """
    return pages.signatories(document, reading, _SHAPE)
