"""Pages: every row once and in order, whatever is written between two of them."""

from itertools import count
from typing import Any, Final

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, build_schema

from hub.graphql.schema import text
from hub.store.embedded.store import EmbeddedStore
from tests.graphql.lists import LISTS, Listed
from tests.graphql.served import Hub, fill, served
from tests.store.worlds import program, site, standing

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

OPERATORS_ONLY: Final = frozenset({"SyncRun.setAside", "Query.proposals", "Proposal.changes"})
"""Who may read these asks with a token: `tests.visibility`, `tests.oauth.test_documents`."""
NO_CURSORS: Final = ("zzz", "0" * 32, "1" * 48, "ABCDEF" * 8, "\0", "\u202e12", " ")
PAGES: Final = 4
_NEW: Final = count(1)


async def walked(hub: Hub, listed: Listed, first: int) -> list[dict[str, Any]]:
    """Return all pages of a list."""
    pages = [await listed.page(hub, first)]
    while pages[-1]["pageInfo"]["hasNextPage"]:
        pages.append(await listed.page(hub, first, pages[-1]["pageInfo"]["endCursor"]))
    return pages


def test_every_list_of_the_schema_is_walked() -> None:
    types = build_schema(text()).type_map.values()
    found = {
        f"{each.name}.{name}"
        for each in types
        if isinstance(each, GraphQLObjectType) and not isinstance(each, GraphQLInterfaceType)
        for name, field in each.fields.items()
        if "first" in field.args
    }
    assert found - OPERATORS_ONLY == {listed.field for listed in LISTS}


@pytest.mark.parametrize("listed", LISTS, ids=[listed.field for listed in LISTS])
async def test_pages_hold_every_row_once_and_in_order(hub: Hub, listed: Listed) -> None:
    whole = await listed.page(hub, 500)
    rows = [edge["node"] for edge in whole["edges"]]
    assert len(rows) > 1
    assert len({str(row) for row in rows}) == len(rows)
    assert whole["pageInfo"]["hasNextPage"] is whole["pageInfo"]["hasPreviousPage"] is False

    pages = await walked(hub, listed, -(-len(rows) // PAGES))
    assert len(pages) > 1
    assert [edge["node"] for page in pages for edge in page["edges"]] == rows
    cursors = [edge["cursor"] for page in pages for edge in page["edges"]]
    assert cursors == [edge["cursor"] for edge in whole["edges"]]
    for number, page in enumerate(pages):
        assert page["pageInfo"]["hasPreviousPage"] is (number > 0)
        assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
        assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        if listed.counted:
            assert page["totalCount"] == len(rows)
            assert page["nodes"] == [edge["node"] for edge in page["edges"]]


@pytest.mark.parametrize("listed", LISTS, ids=[listed.field for listed in LISTS])
async def test_a_page_past_the_end_is_empty(hub: Hub, listed: Listed) -> None:
    whole = await listed.page(hub, 500)
    past = await listed.page(hub, 5, whole["pageInfo"]["endCursor"])
    assert past["edges"] == []
    assert past["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": True,
        "startCursor": None,
        "endCursor": None,
    }


@pytest.mark.parametrize("listed", LISTS, ids=[listed.field for listed in LISTS])
async def test_what_is_no_cursor_is_refused(hub: Hub, listed: Listed) -> None:
    for cursor in NO_CURSORS:
        error = await hub.refused(listed.query(), first=1, after=cursor)
        assert error["extensions"]["code"] == "INVALID_INPUT"
        assert error["extensions"]["argument"] == "after"


async def test_a_cursor_of_another_hub_is_refused(hub: Hub) -> None:
    async with served(EmbeddedStore(":memory:")) as other:
        await fill(other.store)
        for listed in LISTS:
            theirs = (await listed.page(other, 1))["pageInfo"]["endCursor"]
            error = await hub.refused(listed.query(), first=1, after=theirs)
            assert error["extensions"]["code"] == "INVALID_INPUT"


async def test_an_id_is_no_cursor(hub: Hub) -> None:
    node = (await hub.ask('{ node(id: "wsr:walmart") { id } }'))["node"]["id"]
    error = await hub.refused(LISTS[0].query(), first=1, after=node)
    assert error["extensions"]["code"] == "INVALID_INPUT"


@pytest.mark.parametrize("argument", ["last: 1", 'before: "x"', "offset: 1", "skip: 1"])
async def test_pages_go_forward_alone(hub: Hub, argument: str) -> None:
    error = await hub.refused(f"{{ programs(first: 1, {argument}) {{ nodes {{ id }} }} }}")
    assert error["extensions"]["code"] == "INVALID_QUERY"
    assert argument.partition(":")[0] in error["message"]


@pytest.mark.parametrize("listed", LISTS, ids=[listed.field for listed in LISTS])
async def test_a_page_is_at_least_one_row_and_at_most_500(hub: Hub, listed: Listed) -> None:
    for first in (0, -1, 501, 2_000_000_000):
        error = await hub.refused(listed.query(), first=first, after=None)
        assert error["extensions"]["code"] == "INVALID_INPUT"
        assert error["extensions"]["argument"] == "first"
    without = listed.query().replace("first: $first, ", "").replace("$first: Int!, ", "")
    error = await hub.refused(without, after=None)
    assert error["extensions"]["code"] == "INVALID_QUERY"
    assert "first" in error["message"]


async def made(hub: Hub, sites: int) -> tuple[str, Listed]:
    """Return a new program with so many listed sites, and the list of them."""
    code = f"paged{next(_NEW)}"
    await hub.tell(
        *program(code),
        *(site(code, number) for number in range(sites)),
        *(standing(code, f"{code}:s{number}", "listed", "2015-01-01") for number in range(sites)),
    )
    return code, Listed("Query.worksites", f'worksites(program: "{code}", effect: [GOOD_STANDING])')


async def test_rows_added_between_pages_shift_none(hub: Hub) -> None:
    code, listed = await made(hub, 6)
    before = [edge["node"] for edge in (await listed.page(hub, 500))["edges"]]
    first = await listed.page(hub, 3)
    await hub.tell(site(code, 7), standing(code, f"{code}:s7", "listed", "2014-01-01"))
    second = await listed.page(hub, 500, first["pageInfo"]["endCursor"])
    rows = [edge["node"] for page in (first, second) for edge in page["edges"]]
    assert rows[:6] == before
    assert len(rows) == 7


async def test_rows_that_leave_between_pages_shift_none(hub: Hub) -> None:
    code, listed = await made(hub, 6)
    before = [edge["node"] for edge in (await listed.page(hub, 500))["edges"]]
    first = await listed.page(hub, 3)
    await hub.tell(
        standing(code, f"{code}:s1", "closed", "2016-01-01"),
        standing(code, f"{code}:s4", "closed", "2016-01-01"),
    )
    second = await listed.page(hub, 500, first["pageInfo"]["endCursor"])
    rows = [edge["node"] for page in (first, second) for edge in page["edges"]]
    assert rows == [before[0], before[1], before[2], before[3], before[5]]
