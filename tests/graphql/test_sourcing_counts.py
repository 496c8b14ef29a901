"""Counts of links that nobody but their parties sees: ten at least, and nothing to subtract."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.graphql.questions.sourcing import LEAST, quarter
from hub.oauth.principal import Role, Scope
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import Store
from tests.conftest import AnyStore, unopened
from tests.oauth.senders import sender
from tests.oauth.served import Hub, served
from tests.store.worlds import company, moment, number, program, said, site, write
from tests.visibility.world import Client

pytestmark = pytest.mark.anyio

QUERY: Final = """query ($program: ID!) {
  sourcingCounts(program: $program) { country product { name } links }
}"""
BUYERS: Final = tuple(f"alpha:buyer{n}" for n in range(12))
FARMS: Final = {f"alpha:farm{place}": place for place in ("BD", "PK")}
Link = tuple[str, str, str | None]
"""A buyer, a supplier, and what it buys."""


def told(link: Link, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what is said of a link."""
    buyer, supplier, product = link
    given = {"buyer": buyer, "supplier": supplier, "since": "2015-01-01", **more}
    return said("alpha", "sourcing", **given, **({"product": product} if product else {}))


def everybody() -> list[dict[str, Any]]:
    """Return the programs, and all who buy and sell."""
    return [
        *program("alpha"),
        *program("beta"),
        *(company("alpha", each.partition(":")[2], roles=["BUYER"]) for each in BUYERS),
        *(
            company("alpha", each.partition(":")[2], country=place, roles=["SUPPLIER"])
            for each, place in FARMS.items()
        ),
        company("alpha", "nowhere", roles=["SUPPLIER"]),
    ]


def links(many: int, supplier: str, product: str | None = None) -> list[Link]:
    """Return so many links of a supplier."""
    return [(buyer, supplier, product) for buyer in BUYERS[:many]]


@pytest.fixture(scope="module", params=["sqlite", "neo4j"])
async def hub(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Hub]:
    """Serve a program with links that it does not publish."""
    store = unopened(request, tmp_path_factory.mktemp("counts"))
    async with served(store, cost_per_second=10**9) as hub:
        await write(store, everybody())
        confidential = [
            *links(10, "alpha:farmBD"),
            *links(9, "alpha:farmPK"),
            *links(12, "alpha:farmPK", "garments"),
            *links(11, "alpha:nowhere"),
        ]
        await write(store, [told(link) for link in confidential])
        # The same again, of another day; what is over; and what a document shows anyhow.
        await write(store, [told(link, since="2016-01-01") for link in links(9, "alpha:farmPK")])
        over = [("alpha:buyer9", "alpha:farmPK", None)]
        await write(store, [told(link, until="2017-01-01") for link in over])
        shown = ("alpha:buyer11", "alpha:farmPK", None)
        await write(store, [told(shown, published=True)])
        yield hub


async def asking(hub: Hub, **fields: Any) -> Client:  # noqa: ANN401 - fields of a client
    """Return a client with a token."""
    return Client(hub, (await sender(hub, **fields)).token)


def researcher(**more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the registration of a researcher."""
    return {"role": Role.RESEARCHER, "programs": (), "scopes": (Scope.READ,), **more}


async def test_a_researcher_sees_counts_from_ten_on(hub: Hub) -> None:
    expected = [
        {"country": None, "product": None, "links": 11},
        {"country": "BD", "product": None, "links": 10},
        {"country": "PK", "product": {"name": "Garments"}, "links": 11},
    ]
    for fields in (researcher(), {"programs": ("alpha",)}):
        found = await (await asking(hub, **fields)).ask(QUERY, program="alpha")
        assert found["sourcingCounts"] == expected
    found = await (await asking(hub, **researcher())).ask(QUERY, program="beta")
    assert found["sourcingCounts"] == []


@pytest.mark.usefixtures("nothing_kept")
async def test_products_of_all_rows_cost_one_round_trip(hub: Hub) -> None:
    client, store = await asking(hub, **researcher()), cast("AnyStore", hub.store)
    trips: list[int] = []
    for query in (QUERY.replace("product { name }", ""), QUERY):
        before = store.round_trips
        await client.ask(query, program="alpha")
        trips.append(store.round_trips - before)
    assert trips[1] - trips[0] == 1


async def test_nobody_else_does(hub: Hub) -> None:
    others: list[tuple[Client, str]] = [(Client(hub, None), "UNAUTHENTICATED")]
    for fields in (
        {"programs": ("beta",)},
        {"programs": ("alpha",), "scopes": (Scope.WRITE,)},
        {"role": Role.BRAND, "organization": "alpha:buyer1"},
        {"role": Role.SUPPLIER, "organization": "alpha:farmBD"},
        {"role": Role.ADMIN, "scopes": (Scope.ADMIN,)},
    ):
        plain = {"programs": (), "scopes": (Scope.READ,)} if "role" in fields else {}
        others.append((await asking(hub, **(plain | fields)), "NOT_ALLOWED"))
    for who, code in others:
        answer = await who.answer(QUERY, program="alpha")
        assert answer["data"]["sourcingCounts"] is None
        assert [each["extensions"]["code"] for each in answer["errors"]] == [code]
    unknown = await (await asking(hub, **researcher())).answer(QUERY, program="nothing")
    assert [each["extensions"]["code"] for each in unknown["errors"]] == ["UNKNOWN_REFERENCE"]


@pytest.fixture
async def counting(store: Store) -> Store:
    """Return a store with eleven links to a farm, and eleven to one of which nothing is known."""
    await write(store, everybody())
    await write(store, [told(link) for link in links(11, "alpha:farmBD")])
    await write(store, [told(link) for link in links(11, "alpha:nowhere")])
    return store


async def cells(store: Store) -> list[tuple[str | None, int]]:
    """Return what is told of alpha's links: countries and counts."""
    alpha, day = await number(store, "program:alpha"), date(2020, 1, 1).toordinal()
    found = await store.sourcing_counts(alpha, day, await moment(store), LEAST)
    return [(country, many) for country, _, many in found]


async def test_what_another_program_publishes_moves_no_count(counting: Store) -> None:
    before = await cells(counting)
    assert before == [(None, 11), ("BD", 11)]
    guessed = {"buyer": "alpha:buyer3", "supplier": "alpha:farmBD", "since": "2019-01-01"}
    await write(counting, [said("beta", "sourcing", **guessed, published=True)])
    assert await cells(counting) == before
    await write(counting, [told(("alpha:buyer3", "alpha:farmBD", None), published=True)])
    assert await cells(counting) == [(None, 11), ("BD", 10)]


async def test_where_a_supplier_is_its_program_alone_says(counting: Store) -> None:
    await write(counting, [site("beta", 1), company("beta", "mill", country="PK")])
    for supplier in ("beta:s1", "beta:mill"):
        await write(counting, [told(link) for link in links(12, supplier)])
    known = [(None, 11), ("BD", 11)]
    assert await cells(counting) == known
    # Beta's word on one that alpha describes, and says no country of.
    other = company("beta", "other", country="PK", externalIds=["alpha:nowhere"])
    await write(counting, [other])
    assert await cells(counting) == known
    # What alpha itself says counts, published or not.
    await write(counting, [site("alpha", 7, country="PK", externalIds=["beta:s1"])])
    assert await cells(counting) == [*known, ("PK", 12)]
    await write(counting, [company("alpha", "farmBD", country="PK", roles=["SUPPLIER"])])
    assert await cells(counting) == [(None, 11), ("PK", 23)]


async def test_counts_stand_for_a_quarter(hub: Hub) -> None:
    client = await asking(hub, **researcher())
    before = await client.ask(QUERY, program="alpha")
    begun = quarter(datetime.now(UTC)).date()
    more = [("alpha:buyer11", "alpha:farmBD", None)]
    await write(
        hub.store,
        [told(link) for link in more],
        on=str(begun),
    )
    assert await client.ask(QUERY, program="alpha") == before


@pytest.mark.parametrize(
    ("present", "begun"),
    [
        ("2026-01-01T00:00:00+00:00", "2026-01-01"),
        ("2026-03-31T23:59:59+00:00", "2026-01-01"),
        ("2026-04-01T01:00:00+02:00", "2026-01-01"),
        ("2026-12-31T23:00:00+00:00", "2026-10-01"),
    ],
)
def test_quarters_begin_in_utc(present: str, begun: str) -> None:
    assert quarter(datetime.fromisoformat(present)).date() == date.fromisoformat(begun)


Cells = Mapping[tuple[str, str | None], int]
"""How many links there are of each supplier and product."""
CELLS: Final = st.dictionaries(
    st.tuples(st.sampled_from(sorted(FARMS)), st.sampled_from((None, "garments"))),
    st.integers(0, len(BUYERS)),
    min_size=1,
)


async def counted(cells: Cells) -> dict[tuple[str | None, bool], int]:
    """Return what leaves a store with so many links, by country and whether a product is named."""
    store = EmbeddedStore(":memory:")
    await store.open()
    try:
        await write(store, everybody())
        confidential = [told(link) for cell, many in cells.items() for link in links(many, *cell)]
        if confidential:
            await write(store, confidential)
        alpha, day = await number(store, "program:alpha"), date(2020, 1, 1).toordinal()
        found = await store.sourcing_counts(alpha, day, await moment(store), LEAST)
        return {(country, product is not None): many for country, product, many in found}
    finally:
        await store.close()


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(cells=CELLS, others=st.lists(st.integers(0, LEAST - 1), min_size=4, max_size=4))
async def test_of_a_small_count_nothing_is_told_not_even_that_it_changes(
    cells: Cells, others: Sequence[int]
) -> None:
    """Whatever a cell with fewer than ten holds, none included, all that is told is the same."""
    told_now = await counted(cells)
    assert told_now == {
        (FARMS[farm], product is not None): many
        for (farm, product), many in cells.items()
        if many >= LEAST
    }
    changed = {
        cell: many if many >= LEAST else other
        for (cell, many), other in zip(cells.items(), others, strict=False)
    }
    assert await counted(changed) == told_now
