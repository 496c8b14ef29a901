"""The monthly list of covered factories: counts of brands, not their names (facts fm088-fm094).

How its columns are spelled is not stored; these are the spellings that its data points are told by.
"""

from typing import Final

from adapters.kit import factories as lists
from adapters.kit.columns import Columns
from adapters.kit.names import Reading
from adapters.kit.parsed import Parsed

_SHAPE: Final = lists.Shape(
    state="listed",
    marks=("Bangladesh", "factories"),
    columns=Columns(
        spelled={
            lists.NAME: ("name", "factory name", "name of factory"),
            lists.ADDRESS: ("address", "factory address"),
            "storeys": ("storeys", "number of storeys"),
            "multi-purpose building": ("multi-purpose building", "multi-factory building"),
            "other businesses": ("other businesses", "other businesses in the building"),
            "workers": ("workers", "number of workers"),
            lists.BRANDS: (
                lists.BRANDS,
                "number of signatories",
                "number of signatories that source there",
            ),
        },
        needed=(lists.NAME, lists.ADDRESS, lists.BRANDS),
        dropped=lists.NUMBERS,
    ),
    counts=("storeys", "workers", lists.BRANDS),
    truths=("multi-purpose building", "other businesses"),
)


def factories(document: bytes, reading: Reading) -> Parsed:
    """Return the factories of a month's list, each as seen on it.

    Raises:
        UnreadableError: It is no such list, or nothing says of which month it is.
    """
    return lists.factories(document, reading, _SHAPE)
