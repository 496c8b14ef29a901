"""Days as sources print them: a day, a month, a quarter, a year, or an interval (EDTF)."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

BEGINNING: Final = 0
"""Stands for "before every day"; `date.toordinal` counts from 1."""
FOR_EVER: Final = 2_147_483_647
"""Stands for "after every day"; fits a signed 32-bit integer."""

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_YEAR = re.compile(r"\d{4}")
_FORMS = "2016-12-02, 2016-12, 2016-Q4, 2016, 2016-04/2016-06 or ../2016-04-04"


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A day known as exactly as the source says it: some day from `first` to `last`.

    Attributes:
        first: Earliest possible day, as `date.toordinal`; `BEGINNING` where it is open.
        last: Latest possible day, as `date.toordinal`; `FOR_EVER` where it is open.
        text: The same in EDTF (ISO 8601-2), a quarter as an interval of months.
    """

    first: int
    last: int
    text: str

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read a day, month, quarter, year or interval.

        Raises:
            ValueError: `text` is none of these, or names a day that does not exist.
        """
        begin, slash, end = text.strip().partition("/")
        if not slash:
            first, last, printed = _span(begin)
            return cls(first, last, printed)
        if begin == end == "..":
            raise ValueError(_problem(text))
        first, _, opened = (BEGINNING, 0, "..") if begin == ".." else _span(begin)
        _, last, closed = (0, FOR_EVER, "..") if end == ".." else _span(end)
        if first > last:
            msg = f"{text!r} ends before it begins"
            raise ValueError(msg)
        return cls(first, last, f"{opened.split('/')[0]}/{closed.split('/')[-1]}")

    @classmethod
    def on(cls, day: date | int) -> "PartialDate":
        """Return the one day `day`."""
        ordinal = day if isinstance(day, int) else day.toordinal()
        return cls(ordinal, ordinal, date.fromordinal(ordinal).isoformat())

    @classmethod
    def between(cls, first: int, last: int) -> "PartialDate":
        """Return the interval of two ordinals, either of which may be open."""
        if first == last:
            return cls.on(first)
        begin = ".." if first <= BEGINNING else date.fromordinal(first).isoformat()
        end = ".." if last >= FOR_EVER else date.fromordinal(last).isoformat()
        return cls(first, last, f"{begin}/{end}")

    @property
    def exact(self) -> bool:
        """Whether it is one known day."""
        return self.first == self.last

    def __str__(self) -> str:
        return self.text

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: object, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _validated,
            serialization=core_schema.to_string_ser_schema(),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "format": "edtf", "examples": ["2016-12-02", "2016-12", "2016"]}


def _validated(value: object) -> PartialDate:
    if isinstance(value, PartialDate):
        return value
    if isinstance(value, str):
        return _parsed(value)
    if isinstance(value, date):
        return PartialDate.on(value)
    raise ValueError(_problem(str(value)))


@lru_cache(maxsize=4_096)
def _parsed(text: str) -> PartialDate:
    """Return a printed date; lists print few days many times."""
    return PartialDate.parse(text)


def _span(text: str) -> tuple[int, int, str]:
    """Return the first and the last day of one printed date, and its EDTF text."""
    try:
        if _DAY.fullmatch(text):
            day = date.fromisoformat(text).toordinal()
            return day, day, text
        if found := _MONTH.fullmatch(text):
            return (*_months(int(found[1]), int(found[2]), int(found[2])), text)
        if found := _QUARTER.fullmatch(text):
            year, end = int(found[1]), 3 * int(found[2])
            return (*_months(year, end - 2, end), f"{year:04}-{end - 2:02}/{year:04}-{end:02}")
        if _YEAR.fullmatch(text):
            return (*_months(int(text), 1, 12), text)
    except ValueError as error:
        msg = f"{text!r} is no day of the calendar; write it like {_FORMS}"
        raise ValueError(msg) from error
    raise ValueError(_problem(text))


def _months(year: int, begin: int, end: int) -> tuple[int, int]:
    """Return the first day of one month and the last day of another of a year."""
    first = date(year, begin, 1).toordinal()
    return first, date(year, end, monthrange(year, end)[1]).toordinal()


def _problem(text: str) -> str:
    return f"{text!r} is not a date; write it like {_FORMS}"
