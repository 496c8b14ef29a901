"""Every answer can be followed: to the document that said it, its row, its licence and its run."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from adapters.kit.adapter import Adapter
from hub.store.embedded.store import EmbeddedStore
from hub.store.neo4j.store import Neo4jStore
from hub.sync.feeds import Address
from hub.sync.reading import read
from hub.sync.run import run
from hub.sync.sources import feed_file, record
from tests.graphql.served import Hub, served
from tests.neo4j.server import Address as Server
from tests.sync.programs import ALPHA, BUYER, folders, sites, standings
from tests.sync.shelf import FEEDS, HOST, Shelf
from tests.sync.steps import begin, push

pytestmark = pytest.mark.anyio

SOURCE: Final = "source { title publisher licence url }"
EVIDENCE: Final = (
    f"evidence {{ row retrievedAt {SOURCE} run {{ feed outcome program {{ code }} }} }}"
)
STANDINGS: Final = f'{{ worksite(id: "exa:1") {{ standings {{ state {EVIDENCE} }} }} }}'
LISTED: Final = standings("exa:2 listed 2020-01-01", "exa:1 listed 2020-01-01")
LIST: Final = {
    "title": f"Example Program {ALPHA}: the list of sites on the program's own page",
    "publisher": f"Example Program {ALPHA}",
    "licence": "made up for tests",
    "url": f"https://{HOST}/",
}


@dataclass
class World:
    """A served hub that knows alpha's record and two sites."""

    hub: Hub
    alpha: Adapter

    async def send(self, *documents: tuple[str, bytes], feed: str = "list") -> None:
        """Send documents of a feed."""
        await run(self.hub.store, feed_file(self.alpha, feed, documents), confirmed=True)

    async def standings(self) -> list[dict[str, Any]]:
        """Return the standings of the first site, with their evidence."""
        return (await self.hub.ask(STANDINGS))["worksite"]["standings"]


@pytest.fixture(params=["sqlite", "neo4j"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[World]:
    """Serve the record of alpha and two sites, from one store after the other."""
    url = f'url = "https://{HOST}/"\n'
    alpha = folders(tmp_path, manifest=f'{FEEDS}licence = "made up for tests"\n{url}')[ALPHA]
    if request.param == "sqlite":
        store = EmbeddedStore(str(tmp_path / "hub.db"))
    else:
        server: Server = request.getfixturevalue("neo4j_server")
        server.empty()
        store = Neo4jStore(server.url, server.user, server.password)
    async with served(store) as hub:
        await begin(hub.store, alpha)
        await push(hub.store, alpha, sites("exa:1", "exa:2"))
        yield World(hub, alpha)


async def test_a_fact_out_of_a_file_leads_to_its_feed_its_row_and_its_run(world: World) -> None:
    before = datetime.now(UTC)
    await world.send(LISTED)
    [found] = await world.standings()
    [evidence] = found["evidence"]
    assert datetime.fromisoformat(evidence.pop("retrievedAt")) >= before
    assert evidence == {
        "row": 3,
        "source": LIST,
        "run": {"feed": "list", "outcome": "applied", "program": {"code": ALPHA}},
    }


async def test_a_fact_from_an_address_leads_there_likewise(world: World) -> None:
    shelf = Shelf()
    address = Address(world.alpha, "list", shelf.put(LISTED))
    await read(world.hub.store, address, shelf, confirmed=True)
    [found] = await world.standings()
    [evidence] = found["evidence"]
    assert (evidence["row"], evidence["source"], evidence["run"]["feed"]) == (3, LIST, "list")


async def test_each_ruling_leads_to_the_lists_that_it_rests_on(world: World) -> None:
    await world.send(standings("exa:1 barred 2020-01-01", confirmedOn="2020-02-01"))
    asked = f'buyer: "{BUYER}", supplier: "exa:1", product: "garments", asOf: "2020-02-02"'
    ruled = f"{{ eligibility({asked}) {{ rulings {{ verdict standings {{ {EVIDENCE} }} }} }} }}"
    [ruling] = (await world.hub.ask(ruled))["eligibility"]["rulings"]
    assert ruling["verdict"] == "INELIGIBLE"
    [evidence] = ruling["standings"][0]["evidence"]
    assert (evidence["row"], evidence["source"], evidence["run"]["feed"]) == (2, LIST, "list")


async def test_what_a_list_cites_comes_after_it(world: World) -> None:
    await world.send(standings("exa:1 listed 2020-01-01", sources="X2|X1"))
    [found] = await world.standings()
    titles = [each["source"]["title"] for each in found["evidence"]]
    assert titles == [LIST["title"], "Example notice", "Example list"]


async def test_the_operators_template_is_a_source_without_a_licence(world: World) -> None:
    await world.send(LISTED, feed="operator")
    [found] = await world.standings()
    [evidence] = found["evidence"]
    assert evidence["source"] == {
        "title": f"Example Program {ALPHA}: the operator's template",
        "publisher": f"Example Program {ALPHA}",
        "licence": None,
        "url": None,
    }
    assert evidence["run"]["feed"] == "operator"


async def test_a_fact_keeps_the_run_that_brought_it(world: World) -> None:
    await world.send(LISTED)
    await world.send(LISTED, standings("exa:1 behind 2020-02-01"))
    found = await world.hub.ask(
        '{ worksite(id: "exa:1") { standings { state evidence { run { id added } } } } }'
    )
    runs = {each["state"]: each["evidence"][0]["run"] for each in found["worksite"]["standings"]}
    assert {state: run["added"] for state, run in runs.items()} == {"listed": 2, "behind": 1}
    assert runs["listed"]["id"] != runs["behind"]["id"]


async def test_a_fact_of_the_record_leads_to_what_it_cites_and_to_the_records_run(
    world: World,
) -> None:
    cited = "organization,agreement,since,sources\nwsr:{code}-buyer,wsr:{code}-1,2013-05-01,X1\n"
    folder = world.alpha.folder / "record" / "signatures.csv"
    folder.write_text(cited.replace("{code}", ALPHA), "utf-8")
    await run(world.hub.store, record(world.alpha))
    asked = f'{{ organization(id: "{BUYER}") {{ signatures {{ {EVIDENCE} }} }} }}'
    [signature] = (await world.hub.ask(asked))["organization"]["signatures"]
    [evidence] = signature["evidence"]
    assert evidence["source"]["title"] == "Example list"
    assert (evidence["row"], evidence["run"]["feed"]) == (2, "record")


async def test_what_no_feed_brought_has_no_run(world: World) -> None:
    await world.hub.tell(
        {
            "program": ALPHA,
            "standing": {"subject": "exa:1", "state": "listed", "since": "2020-01-01"},
            "sources": ["X1"],
        }
    )
    [found] = await world.standings()
    [evidence] = found["evidence"]
    assert (evidence["source"]["title"], evidence["run"]) == ("Example list", None)


async def test_each_feed_of_a_program_is_shown_with_its_age(world: World) -> None:
    await world.send(standings("exa:1 unheard 2020-01-01"))
    shelf = Shelf()
    present = datetime.now(UTC)
    address = Address(world.alpha, "list", shelf.put(LISTED))
    await read(world.hub.store, address, shelf, confirmed=True, now=present)
    asked = f'{{ program(id: "{ALPHA}") {{ %s }} }}'
    found = await world.hub.ask(asked % "lastSyncs { feed outcome readAt } lastSync { feed }")
    runs = found["program"]["lastSyncs"]
    assert [(each["feed"], each["outcome"]) for each in runs] == [
        ("record", "applied"), ("operator", "applied"), ("list", "applied"),
    ]  # fmt: skip
    assert abs(datetime.fromisoformat(runs[-1]["readAt"]) - present).total_seconds() < 1
    assert found["program"]["lastSync"] == {"feed": "list"}


async def test_runs_of_many_facts_come_in_one_round_trip(world: World) -> None:
    asked = '{ worksites(program: "%s", first: 50) { nodes { standings { %s } } } }'
    await world.send(LISTED)
    few, _ = await world.hub.counted(asked % (ALPHA, EVIDENCE))
    await world.send(LISTED, standings("exa:1 behind 2020-02-01", "exa:2 behind 2020-02-01"))
    many, found = await world.hub.counted(asked % (ALPHA, EVIDENCE))
    assert [len(each["standings"]) for each in found["worksites"]["nodes"]] == [2, 2]
    assert many == few
