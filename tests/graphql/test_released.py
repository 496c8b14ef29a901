"""What a client may use stays: nothing of the last release's schema is gone or means less."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from graphql import (
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
)

from hub.graphql import schema

RELEASED: Final = Path(schema.__file__).with_name("released.graphql").read_text(encoding="utf-8")
NOW: Final = schema.text()
_DAY: Final = re.compile(r"\b\d{4}-\d\d-\d\d\b")


def broken(released: str, now: str) -> list[str]:
    """Return what a client of a release can no longer do."""
    found = find_breaking_changes(build_schema(released), build_schema(now))
    return [each.description for each in found]


def undated(given: GraphQLSchema) -> Iterator[str]:
    """Yield what is deprecated without the day until which it stays."""
    for name, each in given.type_map.items():
        if is_object_type(each) or is_interface_type(each):
            arguments = {
                f"{field}({argument})": of
                for field, declared in each.fields.items()
                for argument, of in declared.args.items()
            }
            members = {**each.fields, **arguments}
        elif is_input_object_type(each):
            members = {**each.fields}
        else:
            members = {**each.values} if is_enum_type(each) else {}
        for member, declared in members.items():
            reason = declared.deprecation_reason
            if reason is not None and not _says_a_day(reason):
                yield f"{name}.{member}"


def _says_a_day(reason: str) -> bool:
    found = _DAY.search(reason)
    try:
        return found is not None and bool(date.fromisoformat(found[0]))
    except ValueError:
        return False


def test_nothing_of_the_last_release_is_gone() -> None:
    assert broken(RELEASED, NOW) == []


def test_what_is_gone_is_found() -> None:
    assert broken(NOW, NOW.replace("  summary: String!\n", "  told: String!\n", 1)) != []


def test_what_is_deprecated_says_until_when_it_stays() -> None:
    assert list(undated(build_schema(NOW))) == []


@pytest.mark.parametrize(
    ("reason", "dated"),
    [("use b; goes on 2027-03-01", True), ("use b", False), ("goes on 2027-13-01", False)],
)
def test_a_deprecation_without_a_day_is_found(reason: str, *, dated: bool) -> None:
    gone = f'@deprecated(reason: "{reason}")'
    told = f"""
        type Query {{ field(argument: Int {gone}, input: Input): Word {gone} }}
        input Input {{ member: Int {gone} }}
        enum Word {{ VALUE {gone} }}
        interface Face {{ field: Int {gone} }}
    """
    everything = {"Query.field", "Query.field(argument)", "Input.member", "Word.VALUE"}
    found = set(undated(build_schema(told)))
    assert found == (set() if dated else {*everything, "Face.field"})
