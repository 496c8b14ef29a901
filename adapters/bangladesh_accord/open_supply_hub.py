"""Open Supply Hub downloads: sites in Bangladesh that the platform shows in the RSC's program."""

from typing import Final

from adapters.kit import open_supply_hub as platform
from adapters.kit.names import Reading
from adapters.kit.parsed import Parsed

_SHAPE: Final = platform.Shape(country="BD", flagged=True)


def open_supply_hub(document: bytes, reading: Reading) -> Parsed:
    """Return the sites of a download that the RSC inspects, and the buyers that list them.

    Raises:
        UnreadableError: It is no such table, or has columns that are not known.
    """
    return platform.sites(document, reading, _SHAPE)
