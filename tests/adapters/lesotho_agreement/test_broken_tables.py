"""The Lesotho Agreement's only source is the operator's template: broken tables change nothing."""

from typing import Final

import pytest

from tests.adapters.templates import (
    BROKEN,
    SAME,
    assert_half_is_held,
    assert_the_same,
    assert_turned_down,
    contradicted,
)

pytestmark = pytest.mark.anyio

PROGRAM: Final = "lesotho-agreement"
TOLD: Final = (
    "wsr:ws-ls-formosa,covered,listing,2026-10-01,",
    "wsr:ws-ls-global,covered,listing,2026-10-02,",
    "wsr:ws-ls-nhi,covered,listing,2026-10-03,",
)
AGAINST: Final = "wsr:ws-ls-formosa,covered,listing,2026-10-01,2026-10-20"


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_table_changes_nothing(name: str) -> None:
    await assert_turned_down(PROGRAM, TOLD, name)


@pytest.mark.parametrize("name", SAME)
async def test_what_differs_in_nothing_that_is_said_changes_nothing(name: str) -> None:
    await assert_the_same(PROGRAM, TOLD, name)


async def test_half_a_table_waits_for_a_person() -> None:
    await assert_half_is_held(PROGRAM, TOLD)


async def test_rows_that_contradict_each_other_are_set_aside_and_take_no_other_along() -> None:
    report = await contradicted(PROGRAM, TOLD, AGAINST)
    assert [change.row for change in report.added] == [*range(3, len(TOLD) + 2)]
