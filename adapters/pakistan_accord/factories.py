"""The monthly list of covered factories and mills: counts of brands, not names (fm095-fm100).

How its columns are spelled is not stored; these are the spellings that its data points are told by.
"""

from typing import Final

from adapters.kit import factories as lists
from adapters.kit.columns import Columns
from adapters.kit.names import Reading
from adapters.kit.parsed import Parsed

_PROCESSES: Final = "processes"
_SHAPE: Final = lists.Shape(
    state="listed",
    marks=("Pakistan", "factories"),
    columns=Columns(
        spelled={
            lists.NAME: ("name", "factory name", "name of factory"),
            lists.ADDRESS: ("address", "factory address"),
            "storeys": ("storeys", "number of storeys"),
            _PROCESSES: (_PROCESSES, "production processes"),
            "workforce": ("workforce", "size of workforce", "number of workers"),
            lists.BRANDS: (lists.BRANDS, "number of signatories"),
        },
        needed=(lists.NAME, lists.ADDRESS, _PROCESSES, lists.BRANDS),
        dropped=lists.NUMBERS,
    ),
    counts=("storeys", "workforce", lists.BRANDS),
    texts=(_PROCESSES,),
)


def factories(document: bytes, reading: Reading) -> Parsed:
    """Return the factories of a month's list, each as seen on it.

    Raises:
        UnreadableError: It is no such list, or nothing says of which month it is.
    """
    return lists.factories(document, reading, _SHAPE)
