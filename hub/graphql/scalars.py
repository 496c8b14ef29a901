"""Scalars with their specifications."""

from datetime import UTC, date, datetime
from typing import NewType

import strawberry
from strawberry.schema.config import StrawberryConfig

from graph_schema.days import PartialDate
from graph_schema.texts import COUNTRIES


def _date(value: object) -> date:
    if not isinstance(value, str):
        msg = f"{value!r} is not a day; write it like 2026-11-22"
        raise ValueError(msg)
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        msg = f"{value!r} is no day of the calendar; write it like 2026-11-22"
        raise ValueError(msg) from error


def _instant(value: object) -> datetime:
    if not isinstance(value, str):
        msg = f"{value!r} is not an instant; write it like 2026-11-22T10:00:00Z"
        raise ValueError(msg)
    try:
        instant = datetime.fromisoformat(value)
    except ValueError as error:
        msg = f"{value!r} is not an instant; write it like 2026-11-22T10:00:00Z"
        raise ValueError(msg) from error
    if instant.tzinfo is None:
        msg = f"{value!r} has no offset; write it like 2026-11-22T10:00:00Z"
        raise ValueError(msg)
    return instant.astimezone(UTC)


def _country(value: object) -> str:
    if not isinstance(value, str) or value not in COUNTRIES:
        msg = f"{value!r} is no country of ISO 3166-1; write two capitals, such as BD"
        raise ValueError(msg)
    return value


CountryCode = NewType("CountryCode", str)

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
    },
)
"""The schema's configuration; scalars are all it sets."""
