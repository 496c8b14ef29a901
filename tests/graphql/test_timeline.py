"""A supplier's whole history over all programs: one query, few round trips, nothing forgotten."""

from typing import Any, Final

import pytest

from tests.graphql.served import Hub
from tests.store.worlds import company, program, said, site, standing

pytestmark = pytest.mark.anyio

PROGRAMS: Final = ("line-a", "line-b", "line-c")
SITE: Final = "line-a:s1"
MOST_TRIPS: Final = 21
TIMELINE: Final = """
query ($id: ID!, $first: Int!) {
  worksite(id: $id) {
    name
    externalIds { scheme value }
    ties { kind from { name } to { name } since until program { code } }
    movedTo { name }
    standingHistory(first: $first) {
      totalCount
      nodes {
        program { code } subject { name } track state effect since startKnown until
        announcedUntil confirmedOn products { code } regions recordedAt withdrawnAt
        evidence { source { title } knownOn confidence }
      }
    }
  }
}
"""


def world() -> list[dict[str, Any]]:
    """Return three programs with a site in common, one with states without number."""
    lines: list[dict[str, Any]] = []
    for code in PROGRAMS:
        lines += [
            *program(code),
            said(code, "source", reference="T1", title="Example notice"),
            site(code, 1, externalIds=[] if code == PROGRAMS[0] else [SITE]),
        ]
    lines += [
        site("line-a", "new"),
        company("line-a", "group"),
        said("line-a", "tie", kind="PART_OF", from_=SITE, to="line-a:group", since="2014-01-01"),
        said("line-a", "tie", kind="MOVED_TO", from_=SITE, to="line-a:snew", since="2019-01-01"),
        standing("line-a", SITE, "listed", "2014-01-01", confirmedOn="2018-01-01"),
        standing("line-a", SITE, "closed", "2019-01-01"),
        standing("line-b", "line-b:s1", "on track", "2015-01-01"),
        standing("line-b", "line-b:s1", "barred", "2016-01-01", announcedUntil="2016-06-30"),
        standing("line-b", "line-b:s1", "cleared", "2016-05-01"),
        standing("line-c", "line-c:s1", "behind", "2017", products=["jeans"]),
        site("line-c", "many"),
    ]
    lines += [
        standing("line-c", "line-c:smany", word, f"20{year}-{month:02}-01")
        for year in range(14, 20)
        for month in range(1, 13)
        for word in ["on track" if month % 2 else "behind"]
    ]
    return [line | {"sources": ["T1"]} if "standing" in line else line for line in lines]


@pytest.fixture(scope="module")
async def told(hub: Hub) -> Hub:
    """Return the hub once it knows the three programs."""
    await hub.tell(*world())
    return hub


async def states(hub: Hub, reference: str = SITE) -> list[dict[str, Any]]:
    """Return everything that a site ever held."""
    found = await hub.ask(TIMELINE, id=reference, first=500)
    return found["worksite"]["standingHistory"]["nodes"]


async def test_it_tells_what_all_programs_said(told: Hub) -> None:
    found = {(s["program"]["code"], s["state"], s["since"], s["until"]) for s in await states(told)}
    assert found == {
        ("line-a", "listed", "2014-01-01", "2019-01-01"),
        ("line-a", "closed", "2019-01-01", None),
        ("line-b", "on track", "2015-01-01", None),
        ("line-b", "barred", "2016-01-01", "2016-07-01"),
        ("line-b", "cleared", "2016-05-01", None),
        ("line-c", "behind", "2017", None),
    }
    for state in await states(told):
        assert state["withdrawnAt"] is None
        assert [each["source"]["title"] for each in state["evidence"]] == ["Example notice"]


@pytest.mark.parametrize("reference", [SITE, "line-b:s1", "line-c:s1"])
async def test_it_is_the_same_by_every_reference(told: Hub, reference: str) -> None:
    assert await states(told, reference) == await states(told)


async def test_it_is_one_query_of_few_round_trips_however_long(told: Hub) -> None:
    await told.ask(TIMELINE, id=SITE, first=1)
    trips: set[int] = set()
    for reference, first, length in ((SITE, 1, 1), (SITE, 500, 6), ("line-c:smany", 500, 72)):
        count, found = await told.counted(TIMELINE, id=reference, first=first)
        assert len(found["worksite"]["standingHistory"]["nodes"]) == length
        trips.add(count)
    assert max(trips) <= MOST_TRIPS


async def test_a_corrected_state_is_told_as_it_was_and_as_it_is(told: Hub) -> None:
    """The correction closes the one and opens the other at the same instant."""
    code = "mended"
    await told.tell(
        *program(code), site(code, 1), standing(code, f"{code}:s1", "barred", "2016-01-01")
    )
    await told.tell(
        standing(code, f"{code}:s1", "barred", "2016-01-01", announcedUntil="2016-03-31")
    )
    was, now = await states(told, f"{code}:s1")
    assert (was["announcedUntil"], now["announcedUntil"]) == (None, "2016-03-31")
    assert was["withdrawnAt"] == now["recordedAt"] > was["recordedAt"]
    assert now["withdrawnAt"] is None
    assert was["effect"] == now["effect"] == "INELIGIBLE"
    query = """query ($known: DateTime!) { worksite(id: "mended:s1") {
      standings(asOf: "2016-02-01", knownAt: $known) { announcedUntil } } }"""
    for state in (was, now):
        found = await told.ask(query, known=state["recordedAt"])
        assert found["worksite"]["standings"] == [{"announcedUntil": state["announcedUntil"]}]
