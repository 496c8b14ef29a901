"""A supplier goes by the names that its own programs give it, on every store."""

from typing import Any, Final

import pytest

from hub.answers.desk import Desk
from hub.answers.names import by_names
from hub.errors import HubError
from hub.store.port import PUBLIC, SHELL, Store, Viewer
from hub.sync.intake import Origin
from tests.store.worlds import (
    CURRENT_OS_ID,
    number,
    numbers,
    program,
    said,
    site,
    standing,
    write,
)

pytestmark = pytest.mark.anyio

NAME: Final = "Example Weavers"
OTHER: Final = "Example Dyers"


@pytest.fixture
async def world(store: Store) -> Store:
    """Return a store in which alpha describes a supplier, and beta another."""
    await write(store, [*program("alpha"), *program("beta")])
    await push(store, site("alpha", 1, name=NAME))
    await push(store, site("beta", 2, name=OTHER))
    return store


async def push(store: Store, *lines: dict[str, Any], on: str = "2020-01-01") -> None:
    """Write what one program's operator says."""
    code = str(lines[0]["program"])
    report = await write(store, lines, on=on, origin=Origin.OPERATOR, program=code, feed="operator")
    assert report.problems == []


async def called(store: Store, name: str, viewer: Viewer = SHELL) -> str:
    """Return the reference of who goes by a name, or why nobody does."""
    sitting = await (await Desk.open(store)).sit(viewer=viewer)
    found = (await by_names(sitting, [name]))[name]
    if isinstance(found, HubError):
        return found.message
    for reference in ("alpha:s1", "beta:s2"):
        if sitting.desk.ids.of(await number(store, reference)) == found:
            return reference
    return found


def nobody(name: str) -> str:
    """Return what is said of a name that nobody goes by."""
    return f"nothing here goes by '{name}'; check it, or search"


async def test_another_program_gives_a_supplier_no_name(world: Store) -> None:
    await push(world, site("beta", 9, name="Alias", aliases=[OTHER], externalIds=["alpha:s1"]))
    assert await called(world, "Alias") == nobody("Alias")
    assert await called(world, OTHER) == "beta:s2"
    assert await called(world, NAME) == "alpha:s1"


async def test_who_described_a_supplier_first_names_it_still_after_a_correction(
    world: Store,
) -> None:
    await push(world, site("beta", 9, name="Alias", externalIds=["alpha:s1"]), on="2020-01-02")
    await push(world, site("alpha", 1, name=NAME, city="Savar"), on="2020-01-03")
    assert await called(world, NAME) == "alpha:s1"
    assert await called(world, "Alias") == nobody("Alias")


async def test_a_program_that_states_a_standing_of_a_supplier_names_it(world: Store) -> None:
    await push(
        world,
        site("beta", 9, name="Alias", externalIds=["alpha:s1"]),
        standing("beta", "beta:s9", "listed", "2020-01-01"),
    )
    assert await called(world, "Alias") == "alpha:s1"
    assert await called(world, NAME) == "alpha:s1"


async def test_a_name_that_only_the_first_corrected_away_is_nobodys(world: Store) -> None:
    await push(world, site("beta", 9, name=NAME, externalIds=["alpha:s1"]), on="2020-01-02")
    await push(world, site("alpha", 1, name="Mended"), on="2020-01-03")
    assert await called(world, NAME) == nobody(NAME)
    assert await called(world, "Mended") == "alpha:s1"


async def test_two_programs_suppliers_of_one_name_are_told_apart_by_nobody(world: Store) -> None:
    await push(world, site("beta", 3, name=NAME))
    assert await called(world, NAME) == (
        f"2 suppliers go by '{NAME}'; write which: alpha:s1, beta:s3"
    )


async def test_a_number_that_is_not_published_is_told_to_nobody_else(store: Store) -> None:
    await write(store, [*program("alpha"), *program("beta", publishesStandings=False)])
    # Of whom beta has a number of its own, which tells of a membership that it keeps to itself.
    shared = {"reference": CURRENT_OS_ID, "name": NAME, "country": "BD"}
    await push(store, site("beta", 7, name=NAME, externalIds=[CURRENT_OS_ID]))
    await push(store, said("alpha", "worksite", **shared), site("alpha", 1, name=NAME))
    told = f"2 suppliers go by '{NAME}'; write which: "
    assert await called(store, NAME, PUBLIC) == f"{told}{CURRENT_OS_ID}, alpha:s1"
    alpha, beta = await numbers(store, "program:alpha", "program:beta")
    assert "beta:s7" not in await called(store, NAME, Viewer(programs=(alpha,)))
    assert "beta:s7" in await called(store, NAME, Viewer(programs=(beta,)))
    assert await called(store, NAME) == f"{told}beta:s7, alpha:s1"


async def test_a_companys_names_count_alike(world: Store) -> None:
    firm = {"reference": "alpha:firm", "name": "Firm"}
    await push(world, said("alpha", "organization", **firm))
    other = {"reference": "beta:firm", "name": "Alias", "externalIds": ["alpha:firm"]}
    await push(world, said("beta", "organization", **other), on="2020-01-02")
    assert await called(world, "Alias") == nobody("Alias")
