"""No operator's word that two numbers are one supplier's binds another program, on every store."""

from collections.abc import Sequence
from typing import Any, Final

import pytest

from hub.store.embedded.store import EmbeddedStore
from hub.store.port import Store
from hub.sync.export import export
from hub.sync.intake import Origin, Report
from hub.sync.restore import restore
from hub.sync.sources import exchange_file
from tests.store.worlds import CURRENT_OS_ID, MERGED_OS_ID, company, program, said, site, write
from tests.store.worlds import standing as state
from tests.sync.steps import ask

pytestmark = pytest.mark.anyio

OS: Final = CURRENT_OS_ID
OLD: Final = MERGED_OS_ID
GLN: Final = "gln:4000000000001"
LEI: Final = "lei:529900T8BM49AURSDO55"
GOOD: Final = "ELIGIBLE IN_GOOD_STANDING"
BAD: Final = "INELIGIBLE INELIGIBLE_NAMED"
NOBODY: Final = "nobody"

ALPHAS: Final = [
    site("alpha", 1, externalIds=[OS, GLN]),
    state("alpha", "alpha:s1", "barred", "2019-06-01", confirmedOn="2020-01-01"),
]
"""One site under two numbers, which is barred."""
BETAS: Final = [
    site("beta", 1, externalIds=[OS]),
    site("beta", 2, externalIds=[GLN]),
    state("beta", "beta:s1", "barred", "2019-06-01", confirmedOn="2020-01-01"),
    state("beta", "beta:s2", "listed", "2019-06-01", confirmedOn="2020-01-01"),
]
"""Two sites, one of them barred."""


@pytest.fixture
async def world(store: Store) -> Store:
    """Return a store with two programs, each with an agreement that a buyer signed."""
    signed = [
        line
        for code in ("alpha", "beta")
        for line in (
            *program(code),
            company(code, "buyer"),
            said(code, "signature", organization=f"{code}:buyer", agreement=f"{code}:a1",
                 since="2014-01-01"),
        )
    ]  # fmt: skip
    await write(store, signed)
    return store


async def push(store: Store, *lines: dict[str, Any], on: str = "2020-01-02") -> Report:
    """Write what one program's operator says."""
    code = str(lines[0]["program"])
    return await write(store, lines, on=on, origin=Origin.OPERATOR, program=code, feed="operator")


async def told(store: Store, code: str, *suppliers: str) -> list[str]:
    """Return what a program's buyer is answered of suppliers, by any of their references."""
    _, known = await store.resolve(suppliers)
    return [
        await ask(store, text, "2020-01-03", buyer=f"{code}:buyer") if found else NOBODY
        for text, found in zip(suppliers, known, strict=True)
    ]


@pytest.mark.parametrize("order", [(ALPHAS, BETAS), (BETAS, ALPHAS), (BETAS, ALPHAS, BETAS)])
async def test_two_numbers_are_told_apart_in_whatever_order_programs_speak(
    world: Store, order: Sequence[Sequence[dict[str, Any]]]
) -> None:
    for lines in order:
        report = await push(world, *lines)
        assert report.problems == []
    assert await told(world, "beta", "beta:s1", OS, "beta:s2", GLN) == [BAD, BAD, GOOD, GOOD]
    assert await told(world, "alpha", "alpha:s1", OS) == [BAD, BAD]
    assert await told(world, "alpha", GLN) == ["UNKNOWN NO_EVIDENCE"]


async def test_a_number_that_an_operators_word_does_not_give_is_told_and_stands_for_nobody(
    world: Store,
) -> None:
    report = await push(world, *ALPHAS)
    assert report.notes == [
        "numbers left out, because only the record says which numbers are one supplier's (1): "
        f"alpha:s1: {GLN}"
    ]
    assert await told(world, "alpha", GLN) == [NOBODY]
    again = await push(world, *ALPHAS)
    assert (again.outcome, again.notes) == ("unchanged", report.notes)


async def test_many_numbers_left_out_are_told_in_short(world: Store) -> None:
    glns = [f"gln:400000000000{number}" for number in range(7)]
    sites = [site("alpha", n, externalIds=[f"duns:10000000{n}", glns[n]]) for n in range(7)]
    [note] = (await push(world, *sites)).notes
    assert note.startswith("numbers left out, because only the record")
    assert "(7): alpha:s0: " in note
    assert note.endswith("; and 2 more")


@pytest.mark.parametrize("reference", ["alpha:s9", "lei:529900T8BM49AURSDO55"])
async def test_an_operator_gives_no_number_to_a_supplier_that_others_describe(
    world: Store, reference: str
) -> None:
    """Whoever finds their own by that number would be led to the other's."""
    await push(world, site("beta", 1), BETAS[2])
    ours = {"reference": reference, "name": "Nine", "externalIds": ["beta:s1", GLN]}
    await push(world, {"program": "alpha", "worksite": ours})
    await push(world, site("beta", 2, externalIds=[GLN]), BETAS[3])
    assert await told(world, "beta", "beta:s1", "beta:s2", GLN) == [BAD, GOOD, GOOD]


async def test_a_supplier_is_not_called_by_a_number_that_would_be_its_second(world: Store) -> None:
    await push(world, *ALPHAS)
    ours = {"reference": LEI, "name": "One", "externalIds": [OS]}
    report = await push(world, {"program": "alpha", "worksite": ours})
    [problem] = report.problems
    assert (problem.code, problem.column) == ("IDENTITY_CONFLICT", "reference")
    assert problem.message == f"only the record says that {LEI} is the supplier of {OS}"
    assert await told(world, "alpha", LEI) == [NOBODY]


async def test_an_operator_may_not_move_a_number_that_another_program_uses(world: Store) -> None:
    """Neither to a supplier of its own nor, as a merged one, behind a number of its own."""
    await push(world, *BETAS)
    await push(world, site("alpha", 1), ALPHAS[1])
    for numbers in ([GLN], [OLD, GLN], ["beta:s1", OLD, GLN]):
        await push(world, site("alpha", 2, externalIds=numbers, name=str(numbers)))
        await push(world, site("alpha", 1, externalIds=[GLN], name=str(numbers)))
        assert await told(world, "beta", "beta:s1", OS, "beta:s2", GLN) == [BAD, BAD, GOOD, GOOD]
    assert await told(world, "alpha", "alpha:s1") == [BAD]


async def test_nobody_keeps_an_operator_from_describing_its_own_by_taking_its_numbers(
    world: Store,
) -> None:
    """Though the number is taken, as a site or as a company, the row is recorded."""
    company_by_lei = {"reference": LEI, "name": "Taken"}
    await push(world, *BETAS, {"program": "beta", "organization": company_by_lei})
    report = await push(world, site("alpha", 1, externalIds=[LEI]), ALPHAS[1])
    assert (report.problems, len(report.notes)) == ([], 1)
    report = await push(world, site("alpha", 1, externalIds=[LEI, GLN, OS], city="Savar"))
    assert (report.problems, len(report.changed)) == ([], 1)
    assert await told(world, "alpha", "alpha:s1") == [BAD]


async def test_a_programs_later_correction_works(world: Store) -> None:
    await push(world, *ALPHAS)
    await push(world, *BETAS)
    report = await push(world, site("alpha", 1, externalIds=[OS], name="Mended"))
    assert (report.problems, report.notes, len(report.changed)) == ([], [], 1)
    assert await told(world, "alpha", "alpha:s1", OS) == [BAD, BAD]
    await push(world, site("alpha", 3))
    report = await push(world, site("alpha", 4, externalIds=[LEI, "alpha:s3"]))
    assert (report.problems, report.notes) == ([], [])
    await push(world, site("alpha", 5), ALPHAS[1] | {"standing": ALPHAS[1]["standing"]
               | {"subject": "alpha:s5"}})  # fmt: skip
    report = await push(world, site("alpha", 5, externalIds=["duns:123456789"]))
    assert (report.problems, report.notes) == ([], [])
    assert await told(world, "alpha", "duns:123456789") == [BAD]


async def test_the_record_merges_and_no_operator_turns_its_redirects_around(world: Store) -> None:
    merged = site("alpha", 1, externalIds=[OS, OLD, GLN])
    await write(world, [merged, ALPHAS[1]])
    _, before = await world.resolve([OS, OLD, GLN])
    by_old = {"reference": OLD, "name": "Old", "externalIds": [OS]}
    for line in (
        site("alpha", 1, externalIds=[OLD, OS], name="Turned"),
        {"program": "beta", "worksite": by_old},
        site("beta", 7, externalIds=[OLD]),
    ):
        assert (await push(world, line)).problems == []
        assert (await world.resolve([OS, OLD, GLN]))[1] == before
    assert [found.merged for found in before if found] == [False, True, False]
    report = await push(world, merged)
    assert (report.problems, report.notes) == ([], [])


async def test_the_administrator_may_say_that_an_operators_numbers_are_one_suppliers(
    world: Store,
) -> None:
    await push(world, *ALPHAS)
    await write(world, [ALPHAS[0]])
    assert await told(world, "alpha", OS, GLN) == [BAD, BAD]
    assert (await push(world, *ALPHAS)).notes == []


async def test_numbers_left_out_stay_so_in_an_export(world: Store) -> None:
    await push(world, *ALPHAS)
    await push(world, *BETAS)
    await push(world, site("alpha", 1, externalIds=[GLN], name="Other"))
    suppliers = ["alpha:s1", "beta:s1", "beta:s2", OS, GLN]
    before = {code: await told(world, code, *suppliers) for code in ("alpha", "beta")}
    lines = b"".join([line async for line in export(world)])
    other = EmbeddedStore(":memory:")
    await other.open()
    try:
        await restore(other, exchange_file(lines))
        after = {code: await told(other, code, *suppliers) for code in ("alpha", "beta")}
    finally:
        await other.close()
    assert after == before
