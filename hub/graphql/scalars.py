"""Scalars with their specifications."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Final, NewType

import strawberry
from strawberry.schema.config import StrawberryConfig

from graph_schema.days import PartialDate
from graph_schema.texts import COUNTRIES

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT: Final = re.compile(
    rf"{_DAY.pattern}[Tt ]\d{{2}}:\d{{2}}:\d{{2}}(\.\d{{1,9}})?([Zz]|[+-]\d{{2}}:\d{{2}})", re.ASCII
)
"""RFC 3339: an instant has its offset."""


def _date(value: object) -> date:
    with _told(f"{value!r} is no day of the calendar; write it like 2026-11-22"):
        return date.fromisoformat(_matched(value, _DAY))


def _instant(value: object) -> datetime:
    with _told(f"{value!r} is not an instant; write it like 2026-11-22T10:00:00Z, with its offset"):
        return datetime.fromisoformat(_matched(value, _INSTANT)).astimezone(UTC)


def _matched(value: object, form: re.Pattern[str]) -> str:
    """Return a text of a form, in capitals.

    Raises:
        ValueError: It is none.
    """
    if isinstance(value, str) and form.fullmatch(value):
        return value.upper()
    raise ValueError


@contextmanager
def _told(message: str) -> Generator[None]:
    """Say it so where a value cannot be taken."""
    try:
        yield
    except (ValueError, OverflowError) as error:
        raise ValueError(message) from error


def _country(value: object) -> str:
    if not isinstance(value, str) or value not in COUNTRIES:
        msg = f"{value!r} is no country of ISO 3166-1; write two capitals, such as BD"
        raise ValueError(msg)
    return value


CountryCode = NewType("CountryCode", str)
Representation = NewType("Representation", object)
"""An entity as a router names it: its type and one of its keys."""

SCALARS = StrawberryConfig(
    disable_field_suggestions=False,
    scalar_map={
        date: strawberry.scalar(
            name="Date",
            description="A day, such as 2026-11-22.",
            specified_by_url="https://scalars.graphql.org/andimarek/local-date",
            serialize=date.isoformat,
            parse_value=_date,
        ),
        datetime: strawberry.scalar(
            name="DateTime",
            description="An instant with its offset, such as 2026-11-22T10:00:00Z.",
            specified_by_url="https://scalars.graphql.org/andimarek/date-time",
            serialize=lambda instant: instant.isoformat().replace("+00:00", "Z"),
            parse_value=_instant,
        ),
        PartialDate: strawberry.scalar(
            name="PartialDate",
            description=(
                "A day, month, year or interval as the source printed it, in EDTF: 2016-12-02, "
                "2016-12, 2016, 2016-04/2016-06, ../2016-04-04 (on or before)."
            ),
            specified_by_url="https://www.loc.gov/standards/datetime/",
            serialize=str,
            parse_value=lambda value: PartialDate.parse(str(value)),
        ),
        CountryCode: strawberry.scalar(
            name="CountryCode",
            description="Two capitals of ISO 3166-1, such as BD.",
            specified_by_url="https://www.iso.org/iso-3166-country-codes.html",
            serialize=str,
            parse_value=_country,
        ),
        Representation: strawberry.scalar(
            name="_Any",
            description="An entity as a router names it: `__typename` and one of its keys.",
            serialize=lambda given: given,
            parse_value=lambda given: given,
        ),
    },
)
"""The schema's configuration; scalars are all it sets."""
