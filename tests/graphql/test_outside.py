"""From outside: the audit that the makers of GraphQL over HTTP publish, and reference clients."""

from pathlib import Path
from typing import Final

import pytest

from hub.store.embedded.store import EmbeddedStore
from tests.graphql.updating import listening as updating
from tests.outside import installed, listening, run
from tests.store.worlds import company, program, standing
from tests.visibility.world import tell

pytestmark = pytest.mark.anyio
HERE: Final = Path(__file__).with_name("outside")
STATES: Final = ("listed", "closed", "on track", "barred")


async def test_graphql_over_http_is_spoken_to_the_letter(tmp_path: Path) -> None:
    node = installed(HERE, tmp_path / "outside")
    async with listening(tmp_path / "hub.db") as url:
        told = await run(node, "audit.mjs", url)
    assert told == {"audits": 61, "failed": []}


async def test_reference_clients_subscribe_and_go_on_from_a_cursor(tmp_path: Path) -> None:
    node = installed(HERE, tmp_path / "outside")
    async with updating(EmbeddedStore(str(tmp_path / "hub.db"))) as hub:
        await tell(hub.store, [*program("alpha"), company("alpha", "farm", roles=["SUPPLIER"])])
        asked = {"query": "{ changes(first: 200) { pageInfo { endCursor } } }"}
        found = (await hub.http.post("/graphql", json=asked)).json()["data"]["changes"]
        for year, state in enumerate(STATES, 2014):
            await tell(hub.store, [standing("alpha", "alpha:farm", state, f"{year}-01-01")])
        after = found["pageInfo"]["endCursor"]
        told = await run(node, "updates.mjs", hub.url, after, str(len(STATES)))
    assert told == {"socket": list(STATES), "events": list(STATES)}
