"""Whom another program alone describes, and does not publish, nobody else can name."""

from collections.abc import Sequence
from typing import Any, Final

import pytest

from adapters.kit.parsed import ProblemCode
from hub.store.port import Store
from hub.sync.intake import Outcome, Report
from hub.sync.push import Push, push
from tests.store.worlds import company, exported, program, said, site, standing, write

pytestmark = pytest.mark.anyio

HIDDEN: Final = "os:BD2020021QK28YZ"
"""A site of beta, which publishes nothing of its suppliers."""
NOBODY: Final = "os:BD2019083AEX1TD"
OF_ALL: Final = "lei:529900T8BM49AURSDO55"
"""A company that alpha describes, too."""


async def pushed(store: Store, facts: Sequence[dict[str, Any]]) -> Report:
    """Return what becomes of facts that alpha pushes."""
    given = [{key: value for key, value in each.items() if key != "program"} for each in facts]
    return await push(store, Push("office", "alpha", given, str(facts), "request"))


@pytest.fixture
async def filled(store: Store) -> Store:
    """Return a store in which beta described what it does not publish."""
    await write(store, [*program("alpha"), *program("beta", publishesStandings=False)])
    hidden = site("beta", 1, externalIds=[HIDDEN])
    shared = company("beta", "o1", externalIds=[OF_ALL], roles=["SUPPLIER"])
    await write(store, [hidden, shared, company("alpha", "o2", externalIds=[OF_ALL])])
    return store


def naming(reference: str) -> list[dict[str, Any]]:
    """Return facts that name somebody, each alone."""
    return [
        standing("alpha", reference, "listed", "2026-01-01"),
        said("alpha", "tie", kind="OPERATED_BY", from_=reference, to=OF_ALL),
        said("alpha", "sourcing", buyer="alpha:o2", supplier=reference, since="2026-01-01"),
    ]


@pytest.mark.parametrize("place", range(3))
async def test_it_is_as_if_nobody_were_there(filled: Store, place: int) -> None:
    before = await exported(filled)
    hidden, nobody = [
        await pushed(filled, [naming(reference)[place]]) for reference in (HIDDEN, NOBODY)
    ]
    for report, reference in ((hidden, HIDDEN), (nobody, NOBODY)):
        [problem] = report.problems
        assert (report.outcome, problem.code) == (Outcome.REFUSED, ProblemCode.UNKNOWN_REFERENCE)
        assert reference in problem.message
    assert hidden.problems[0].message.replace(HIDDEN, NOBODY) == nobody.problems[0].message
    assert await exported(filled) == before


@pytest.mark.parametrize("reference", [HIDDEN, NOBODY])
async def test_who_describes_it_may_name_it(filled: Store, reference: str) -> None:
    described = site("alpha", 7, externalIds=[reference])
    told = await pushed(filled, [naming(reference)[0], described])
    assert told.outcome is Outcome.APPLIED, told.problems
    assert (await pushed(filled, [naming(reference)[1]])).outcome is Outcome.APPLIED


async def test_what_its_own_program_describes_may_be_named(filled: Store) -> None:
    told = await pushed(filled, [standing("alpha", OF_ALL, "listed", "2026-01-01")])
    assert told.outcome is Outcome.APPLIED, told.problems


async def test_its_own_programs_number_cannot_be_taken_for_a_supplier(filled: Store) -> None:
    """Else it would be told to everybody that the other program has it, and be fused."""
    before = await exported(filled)
    for reference in ("beta:s1", "beta:s2"):
        taken = await pushed(filled, [site("alpha", 9, externalIds=[reference])])
        [problem] = taken.problems
        assert (taken.outcome, problem.code) == (Outcome.REFUSED, ProblemCode.FOREIGN_SCHEME)
        assert problem.message == f"{reference} is not known, and only beta makes it; leave it out"
    assert await exported(filled) == before
