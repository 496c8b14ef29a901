"""Open Supply Hub downloads: sites in Pakistan that the International Accord lists there.

The platform's flag of presence is the RSC's, which works in Bangladesh alone.
"""

from typing import Final

from adapters.kit import open_supply_hub as platform
from adapters.kit.names import Reading
from adapters.kit.parsed import Parsed

_SHAPE: Final = platform.Shape(
    country="PK", present=("International Accord", "International Accord Foundation")
)


def open_supply_hub(document: bytes, reading: Reading) -> Parsed:
    """Return the sites of a download that the Accord lists, and the buyers that list them.

    Raises:
        UnreadableError: It is no such table, or has columns that are not known.
    """
    return platform.sites(document, reading, _SHAPE)
