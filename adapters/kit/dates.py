"""Dates as a feed prints them: in the formats that it is known to use, and no other."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from graph_schema.days import PartialDate

_MONTH: Final = "%Y-%m"
_FINER: Final = ("%d", "%j")
_FINE: Final = ("%m", "%B", "%b")


def printed(text: str, formats: Sequence[str]) -> PartialDate:
    """Return a date in one of a feed's formats, as exactly as the format says it.

    Args:
        text: The date as printed.
        formats: Formats of `strptime` that the feed is known to use.

    Raises:
        ValueError: It is in none of them, or is another day in each of two.
    """
    found = {each for each in (_read(text, form) for form in formats) if each is not None}
    if len(found) == 1:
        return found.pop()
    if found:
        days = " or ".join(sorted(day.text for day in found))
        msg = f"{text!r} is ambiguous: it may be {days}; write it like 2025-02-10"
        raise ValueError(msg)
    msg = f"{text!r} is not a date as this feed prints them; write it like 2025-02-10"
    raise ValueError(msg)


def _read(text: str, form: str) -> PartialDate | None:
    try:
        day = datetime.strptime(text.strip(), form)  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        return None
    if any(part in form for part in _FINER):
        return PartialDate.on(day.toordinal())
    fine = any(part in form for part in _FINE)
    return PartialDate.parse(day.strftime(_MONTH if fine else "%Y"))
