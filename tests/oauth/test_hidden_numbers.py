"""A number that only a hidden supplier has is, to a program that may not see it, nobody's."""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest

from hub.store.embedded.database import MEMORY
from hub.store.embedded.store import EmbeddedStore
from hub.sync.export import export
from hub.sync.restore import restore
from hub.sync.sources import exchange_file
from tests.oauth.served import Hub, served
from tests.oauth.test_pushes import RECORD
from tests.store.worlds import company
from tests.visibility.world import WORLD, Client, Told, client, tell

pytestmark = pytest.mark.anyio

LEI: Final = "lei:5493001KJTIIGC8Y1R12"
GLN: Final = "gln:4006381333931"
OTHER: Final = "gln:4012345000009"
OWN: Final = (
    company("gamma", "own", country="BD", roles=["SUPPLIER"]),
    company("gamma", "two", country="BD", roles=["SUPPLIER"], externalIds=[GLN]),
)
HIDDEN: Final = company("beta", "hidden", country="BD", roles=["SUPPLIER"], externalIds=[LEI])


def maker(reference: str, *numbers: str) -> Told:
    """Return an organisation with numbers."""
    fields = {"name": "Probe", "roles": ["SUPPLIER"], "country": "BD"}
    return {"organization": {"reference": reference, "externalIds": list(numbers), **fields}}


def mill(reference: str, *numbers: str) -> Told:
    """Return a site with numbers."""
    fields = {"name": "Probe", "country": "BD"}
    return {"worksite": {"reference": reference, "externalIds": list(numbers), **fields}}


def listed(subject: str) -> Told:
    """Return a standing."""
    return {"standing": {"subject": subject, "state": "listed", "since": "2015-01-01"}}


def within(part: str, whole: str) -> Told:
    """Return a tie."""
    return {"tie": {"kind": "PART_OF", "from": part, "to": whole}}


PROBES: Final[Mapping[str, Sequence[Told]]] = {
    "of nobody known": [maker("gamma:p", LEI)],
    "of one's own": [maker("gamma:own", LEI)],
    "of one's own, and again": [maker("gamma:own", LEI), maker("gamma:p", LEI)],
    "of one's own, and named": [maker("gamma:own", LEI), within("gamma:two", LEI)],
    "as a second": [maker("gamma:two", LEI)],
    "as a second, first": [maker("gamma:two", LEI, GLN)],
    "before one's own": [maker("gamma:p", LEI, GLN)],
    "after one's own": [maker("gamma:p", GLN, LEI)],
    "before a new one": [maker("gamma:p", LEI, OTHER)],
    "after a new one": [maker("gamma:p", OTHER, LEI)],
    "of a site": [mill("gamma:p", LEI)],
    "as what it is called": [maker(LEI)],
    "as what one's own is called": [maker(LEI, "gamma:own")],
    "as what a numbered one is called": [maker(LEI, "gamma:two")],
    "of another's": [maker("gamma:p", LEI, "alpha:farm1")],
    "of a stranger's name": [maker("gamma:p", LEI, "beta:hidden")],
    "of a standing": [listed(LEI)],
    "of a tie": [within("gamma:own", LEI)],
}


async def begun(hub: Hub, *more: Told) -> Client:
    """Return gamma's client in the world in which so much more was said."""
    for lines in (WORLD, OWN, more):
        await tell(hub.store, lines)
    return await client(hub, "gamma")


async def dry(gamma: Client) -> Mapping[str, Told]:
    """Return what gamma is answered to dry runs."""
    query = RECORD.replace("{ code path }", "{ code message path }")
    given = {"program": "gamma", "idempotencyKey": "probe", "dryRun": True}
    return {
        key: await gamma.answer(query, input={**given, "facts": facts})
        for key, facts in PROBES.items()
    }


async def test_a_dry_run_tells_nothing_of_whose_a_number_is(giving: Hub) -> None:
    async with served(EmbeddedStore(MEMORY)) as hub:
        without = await dry(await begun(hub))
    having = await dry(await begun(giving, HIDDEN))
    assert {key for key, answer in without.items() if having[key] != answer} == set()


async def test_a_number_stays_with_whom_others_described_by_it(giving: Hub) -> None:
    gamma = await begun(giving, HIDDEN)
    given = {"program": "gamma", "facts": PROBES["of one's own"], "idempotencyKey": "1"}
    [change] = (await gamma.ask(RECORD, input=given))["done"]["changes"]
    assert (change["kind"], change["subject"]["name"]) == ("IDENTITY", "Probe")
    query = "query($id: ID!) { organization(id: $id) { name } }"
    beta = await client(giving, "beta")
    assert (await beta.ask(query, id=LEI))["organization"] == {"name": "Hidden"}
    lines = b"".join([line async for line in export(giving.store)])
    async with served(EmbeddedStore(MEMORY)) as hub:
        await restore(hub.store, exchange_file(lines))
        beta = await client(hub, "beta")
        assert (await beta.ask(query, id=LEI))["organization"] == {"name": "Hidden"}
