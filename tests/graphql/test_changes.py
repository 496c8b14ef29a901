"""The feed of changes over HTTP: what operators are told of a write, and what others see of it."""

from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.conftest import unopened
from tests.oauth.served import Hub, served
from tests.store.worlds import program
from tests.visibility.world import Client, client, tell

pytestmark = pytest.mark.anyio

WHO: Final = ("anonymous", "alpha", "beta")
SHOWN: Final = """id cursor revision kind fact factKind summary actor program { code }
  subject { ... on Organization { name } } before { state until } after { state until }"""
CHANGES: Final = f"""query ($after: String, $first: Int! = 200, $programs: [ID!]) {{
  changes(after: $after, first: $first, programs: $programs) {{
    edges {{ cursor node {{ {SHOWN} recordedAt }} }}
    nodes {{ {SHOWN} recordedAt }} pageInfo {{ hasNextPage endCursor }} }} }}"""
RECORD: Final = f"""mutation ($input: RecordFactsInput!) {{ done: recordFacts(input: $input) {{
  recorded {{ id }} revision changes {{ {SHOWN} recordedAt }} problems {{ message }} }} }}"""
WITHDRAW: Final = RECORD.replace("RecordFactsInput!", "WithdrawFactInput!").replace(
    "recordFacts", "withdrawFact"
)
FARM: Final = {"organization": {"reference": "alpha:farm", "name": "Farm", "roles": ["SUPPLIER"]}}
Told = dict[str, Any]


@pytest.fixture(params=["sqlite", "neo4j"])
async def hub(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Hub]:
    """Serve two programs with nothing to tell, on one store after the other."""
    store = unopened(request, tmp_path)
    async with served(store) as hub:
        await tell(store, [*program("alpha"), *program("beta")])
        yield hub


@pytest.fixture
async def clients(hub: Hub) -> Mapping[str, Client]:
    """Return who asks."""
    return {name: await client(hub, name) for name in WHO}


def standing(state: str, since: str, **more: object) -> Told:
    """Return a standing of the farm as it is sent."""
    given = {"subject": "alpha:farm", "state": state, "since": since, "published": True, **more}
    return {"standing": given}


async def push(who: Client, *facts: Told, dry: bool = False) -> Told:
    """Record facts of alpha; return what is told of it."""
    key = str(facts)[:250]
    given = {"program": "alpha", "facts": facts, "idempotencyKey": key, "dryRun": dry}
    done = (await who.ask(RECORD, input=given))["done"]
    assert done["problems"] == []
    return done


async def withdraw(who: Client, fact: str) -> Told:
    """Withdraw a fact of alpha; return what is told of it."""
    given = {"program": "alpha", "fact": fact, "reason": "a slip", "idempotencyKey": fact}
    return (await who.ask(WITHDRAW, input=given))["done"]


async def feed(who: Client, after: str | None = None, **given: object) -> list[Told]:
    """Return a page of the feed."""
    found = (await who.ask(CHANGES, after=after, **given))["changes"]
    assert [edge["node"] for edge in found["edges"]] == found["nodes"]
    assert [edge["cursor"] for edge in found["edges"]] == [
        each["cursor"] for each in found["nodes"]
    ]
    return found["nodes"]


async def test_the_feed_tells_what_the_writes_told(clients: Mapping[str, Client]) -> None:
    mine = clients["alpha"]
    begin = (await feed(mine))[-1]["cursor"]
    first = await push(mine, FARM, standing("listed", "2020-01-01"))
    barred = await push(mine, standing("barred", "2021-01-01", announcedUntil="2021-12-31"))
    lifted = await push(mine, standing("cleared", "2022-02-01"))
    ended = await push(mine, standing("listed", "2020-01-01", until="2024-01-01"))
    gone = await withdraw(mine, barred["recorded"][0]["id"])
    told = [each for done in (first, barred, lifted, ended, gone) for each in done["changes"]]
    found = await feed(mine, begin)
    assert found == told
    assert len({each["id"] for each in found}) == len(found) == 6
    assert [
        (each["kind"], each["factKind"], each["before"], each["after"]) for each in found
    ] == [
        ("RECORDED", "organization", None, None),
        ("RECORDED", "standing", None, {"state": "listed", "until": None}),
        ("RECORDED", "standing", None, {"state": "barred", "until": None}),
        ("RECORDED", "standing", None, {"state": "cleared", "until": None}),
        ("ENDED", "standing", {"state": "listed", "until": None},
         {"state": "listed", "until": "2024-01-01"}),
        ("WITHDRAWN", "standing", {"state": "barred", "until": "2022-02-01"}, None),
    ]  # fmt: skip
    assert {each["subject"]["name"] for each in found} == {"Farm"}
    assert {each["program"]["code"] for each in found} == {"alpha"}
    assert found[-1]["fact"] is None
    assert found[2]["summary"] == "standing barred recorded"


async def test_who_wrote_it_is_told_to_the_programs_operators(
    clients: Mapping[str, Client],
) -> None:
    begin = (await feed(clients["alpha"]))[-1]["cursor"]
    await push(clients["alpha"], FARM)
    for who, told in (("alpha", "alpha"), ("beta", None), ("anonymous", None)):
        [change] = await feed(clients[who], begin)
        assert change["actor"] == told
    shell = await feed(clients["alpha"], programs=["alpha"])
    assert {each["actor"] for each in shell} == {None, "alpha"}


async def test_what_is_not_published_is_no_change_for_others(
    clients: Mapping[str, Client],
) -> None:
    begin = (await feed(clients["alpha"]))[-1]["cursor"]
    await push(clients["alpha"], FARM)
    hidden = standing("listed", "2020-01-01", published=False)
    shown = standing("listed", "2020-01-01")
    await push(clients["alpha"], hidden)
    await push(clients["alpha"], standing("on track", "2020-01-01"))
    await push(clients["alpha"], shown)
    await push(clients["alpha"], hidden | {"standing": hidden["standing"] | {"note": "again"}})
    mine = [(each["kind"], each["after"]) for each in await feed(clients["alpha"], begin)]
    listed, track = [{"state": state, "until": None} for state in ("listed", "on track")]
    assert mine == [
        ("RECORDED", None),
        ("RECORDED", listed),
        ("RECORDED", track),
        ("CHANGED", listed),
        ("CHANGED", listed),
    ]
    for who in ("anonymous", "beta"):
        found = await feed(clients[who], begin)
        assert [(each["kind"], each["before"], each["after"]) for each in found] == [
            ("RECORDED", None, None),
            ("RECORDED", None, track),
            ("RECORDED", None, listed),
            ("WITHDRAWN", listed, None),
        ]
        paged: list[Told] = []
        while page := await feed(clients[who], paged[-1]["cursor"] if paged else begin, first=1):
            paged += page
        assert paged == found


async def test_a_cursor_is_good_for_other_programs(clients: Mapping[str, Client]) -> None:
    alphas = await feed(clients["anonymous"], programs=["alpha"])
    whole = await feed(clients["anonymous"], programs=["alpha", "program:beta"])
    at = whole.index(alphas[3])
    assert await feed(clients["anonymous"], alphas[3]["cursor"]) == whole[at + 1 :]
    unknown = await clients["anonymous"].answer(CHANGES, programs=["alpha", "gamma"])
    [error] = unknown["errors"]
    assert error["extensions"]["code"] == "UNKNOWN_REFERENCE"


async def test_a_dry_run_tells_what_would_change(clients: Mapping[str, Client]) -> None:
    mine = clients["alpha"]
    begin = (await feed(mine))[-1]["cursor"]
    dry = await push(mine, FARM, standing("listed", "2020-01-01"), dry=True)
    assert await feed(mine, begin) == []
    done = await push(mine, FARM, standing("listed", "2020-01-01"))
    # Whom a change makes is not there yet, and the instant is another.
    own = {"recordedAt": None, "subject": None}
    assert [each | own for each in dry["changes"]] == [each | own for each in done["changes"]]
