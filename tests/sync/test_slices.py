"""A list that is read slice by slice says the same as one that is whole in memory."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Final

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adapters.kit.adapter import Adapter
from hub.errors import BadDocumentError
from hub.store.port import Store
from hub.sync import plan, planning, sources, write
from hub.sync.intake import Outcome, Report
from hub.sync.run import run
from hub.sync.sources import operator_file
from tests.adapters.books import book
from tests.sync.conftest import NewStore
from tests.sync.programs import BUYER, Document, sites, standings, table
from tests.sync.steps import begin, noon, push, whole

pytestmark = pytest.mark.anyio

Row = dict[str, str]
DAYS: Final = ("2020-01-06", "2020-02-03", "2020-03-02")
WORDS: Final = ("listed", "closed")
SUBJECTS: Final = ("exa:1", "exa:2", "exa:3", "exa:4", "exa:nobody", "")


MILL: Final = {"reference": "exa:1", "name": "Mill", "country": "BD", "externalIds": ""}
WORKS: Final = MILL | {"reference": "exa:2", "name": "Works"}
NUMBERED: Final = WORKS | {"externalIds": "os:BD2020021QK28YZ"}
BOTH: Final = WORKS | {"externalIds": "os:BD2020021QK28YZ|gln:4000000000001"}
SECOND: Final = WORKS | {"reference": "exa:3", "externalIds": "gln:4000000000001"}
OTHER: Final = NUMBERED | {"reference": "exa:3", "name": "Other"}
SEEN: Final = {"subject": "exa:1", "state": "listed", "since": "", "observed": "",
               "confirmedOn": ""}  # fmt: skip
BEGUN: Final = SEEN | {"subject": "exa:2", "since": "2019-01-01"}
NOBODY: Final = SEEN | {"subject": "exa:nobody"}
NO_WORD: Final = SEEN | {"state": "no word"}
TIE: Final = {"kind": "DELIVERS_TO", "from": "exa:1", "to": "exa:2"}
BACK: Final = {"kind": "DELIVERS_TO", "from": "exa:2", "to": "exa:1"}


def described() -> st.SearchStrategy[Row]:
    """A worksite, now and then badly described, or as somebody else."""
    return st.fixed_dictionaries(
        {
            "reference": st.sampled_from((*SUBJECTS[:4], "no reference")),
            "name": st.sampled_from(("Example Mill", "Example Works")),
            "country": st.sampled_from(("BD", "BD", "BD", "Bangladesh")),
            "externalIds": st.sampled_from(("", "", "", "os:BD2020021QK28YZ")),
        }
    )


def stated() -> st.SearchStrategy[Row]:
    """A standing, seen or begun, now and then of nobody or in a word that is none."""
    return st.fixed_dictionaries(
        {
            "subject": st.sampled_from(SUBJECTS),
            "state": st.sampled_from(("listed", "closed", "on track", "barred", "no word")),
            "since": st.sampled_from(("", "", "2019-01-01", "2019-06-01")),
            "observed": st.just(""),
            "confirmedOn": st.sampled_from(("", "", "2020-01-01")),
        }
    )


def tied() -> st.SearchStrategy[Row]:
    """A tie between two worksites."""
    known = st.sampled_from(SUBJECTS[:5])
    kind = st.sampled_from(("DELIVERS_TO", "MOVED_TO"))
    return st.fixed_dictionaries({"kind": kind, "from": known, "to": known})


def lists() -> st.SearchStrategy[tuple[list[Row], list[Row], list[Row]]]:
    """The tables of one list."""
    return st.tuples(
        st.lists(described(), max_size=6),
        st.lists(stated(), min_size=1, max_size=8),
        st.lists(tied(), max_size=3),
    )


def documents(told: Sequence[Sequence[Mapping[str, str]]], on: str) -> list[Document]:
    """Return the tables of a list as files; what is not dated was seen on the day of the list."""
    names = ("worksites", "standings", "ties")
    columns = (("reference", "name", "country", "externalIds"), ("subject", "state", "since",
               "observed", "confirmedOn"), ("kind", "from", "to"))  # fmt: skip
    found: list[Document] = []
    for name, header, rows in zip(names, columns, told, strict=True):
        seen = {"observed": on} if name == "standings" else {}
        full = [{**row, **(seen if not row.get("since") else {})} for row in rows]
        empty = (f"{name}.csv", f"{','.join(header)}\n".encode())
        found.append(table(name, full) if full else empty)
    return found


def difference(report: Report) -> tuple[object, ...]:
    """Return what a report tells, whatever the order."""
    problems = {(each.place, each.code, each.message) for each in report.problems}
    changes = [sorted(map(str, each)) for each in (report.added, report.changed, report.ended)]
    counts = tuple(report.counts().items())
    return report.outcome, counts, changes, problems, set(report.held), tuple(report.notes)


async def told(store: Store) -> list[bytes]:
    """Return everything there ever was, in an order of its own: numbers are given otherwise.

    Of several references of one party an export gives the first; here it is the least.
    """
    lines = [orjson.loads(line) for line in await whole(store)]
    known = [*SUBJECTS[:4], "os:BD2020021QK28YZ"]
    _, found = await store.resolve(known)
    nodes = [each.node if each else text for each, text in zip(found, known, strict=True)]
    least = {text: min(known, key=lambda other: (nodes[known.index(other)] != node, other))
             for text, node in zip(known, nodes, strict=True)}  # fmt: skip
    for line in lines:
        for fact in filter(lambda value: isinstance(value, dict), line.values()):
            for field in ("subject", "from", "to"):
                if field in fact:
                    fact[field] = least.get(fact[field], fact[field])
            if "except" in fact:
                fact["except"] = sorted(str(least.get(each, each)) for each in fact["except"])
    return sorted(orjson.dumps(line) for line in lines)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(weeks=st.lists(lists(), min_size=1, max_size=3), size=st.integers(1, 4))
@example(weeks=[([MILL, WORKS, MILL | {"name": "Other"}], [SEEN, SEEN], [])] * 2, size=1)
@example(weeks=[([MILL, WORKS], [SEEN], []), ([], [SEEN, SEEN, NOBODY], [])], size=1)
@example(weeks=[([MILL, WORKS], [SEEN], []), ([], [SEEN, NO_WORD, BEGUN], [TIE])], size=1)
@example(weeks=[([NUMBERED, NUMBERED, OTHER, MILL], [SEEN], [])], size=1)
@example(weeks=[([MILL, BOTH, BOTH, SECOND], [SEEN], [])], size=1)
@example(weeks=[([MILL, WORKS], [SEEN], []), ([MILL, NUMBERED, OTHER], [SEEN], [])], size=1)
@example(weeks=[([MILL, WORKS], [SEEN, BEGUN], [TIE, BACK]), ([], [SEEN, BEGUN], [])], size=1)
async def test_slices_say_what_the_whole_says(
    new_store: NewStore,
    alpha: Adapter,
    weeks: list[tuple[list[Row], list[Row], list[Row]]],
    size: int,
) -> None:
    reports: list[list[tuple[object, ...]]] = []
    worlds: list[list[bytes]] = []
    for slice_ in (sources.SLICE, size):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sources, "SLICE", slice_)
            patch.setattr(planning, "_MUCH", slice_)
            patch.setattr(write, "_CHUNK", slice_)
            async with new_store() as store:
                await begin(store, alpha)
                found = [
                    await push(store, alpha, *documents(week, on), dated=on, at=on, confirmed=True)
                    for week, on in zip(weeks, DAYS, strict=False)
                ]
                reports.append([difference(report) for report in found])
                worlds.append(await told(store))
    assert reports[0] == reports[1]
    assert worlds[0] == worlds[1]


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a table of more than two rows count as long."""
    monkeypatch.setattr(sources, "SLICE", 2)


@pytest.mark.usefixtures("short")
async def test_a_long_file_that_breaks_far_down_is_not_applied_at_all(
    store: Store, alpha: Adapter
) -> None:
    await begin(store, alpha)
    before = await whole(store)
    name, document = sites(*(f"exa:{number}" for number in range(9)))
    with pytest.raises(BadDocumentError, match=r"^worksites.csv: row 11 cannot be read as CSV"):
        await push(store, alpha, (name, document + b'exa:9,"Mill'))
    assert await whole(store) == before


@pytest.mark.usefixtures("short")
async def test_a_held_list_leaves_nothing_of_its_slices(store: Store, alpha: Adapter) -> None:
    await begin(store, alpha)
    before = await whole(store)
    many = [f"exa:{number}" for number in range(50)]
    report = await push(store, alpha, sites(*many))
    assert (report.outcome, report.counts()["added"]) == (Outcome.HELD, 50)
    assert await whole(store) == before
    report = await push(store, alpha, sites(*many[:20]), dry_run=True)
    assert report.outcome is Outcome.DRY_RUN
    assert await whole(store) == before


@pytest.mark.usefixtures("short")
async def test_agreements_of_a_long_file_are_known_before_what_is_checked_against_them(
    store: Store, alpha: Adapter
) -> None:
    await begin(store, alpha)
    agreements = table("agreements", [
        {"reference": f"exa:agreement-{year}", "name": f"Agreement of {year}",
         "inForceFrom": f"{year}-01-01", "under": f"exa:agreement-{year + 1}"}
        for year in range(2007, 2012)
    ])  # fmt: skip
    told = standings(*(f"exa:{number} listed 2008-01-01" for number in range(5)))
    listed = sites(*(f"exa:{number}" for number in range(5)))
    report = await push(store, alpha, told, listed, agreements)
    assert (report.problems, report.counts()["added"]) == ([], 15)


@pytest.mark.usefixtures("short")
async def test_of_many_changes_the_first_are_shown_and_all_are_counted(
    store: Store, alpha: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "MOST_SHOWN", 3)
    await begin(store, alpha)
    many = [f"exa:{number}" for number in range(9)]
    told = [standings(*(f"{site} {word} 2019-01-01" for site in many)) for word in WORDS]
    reports = [
        await push(store, alpha, sites(*many), told[0]),
        await push(store, alpha, sites(*many, city="Dhaka"), told[1], confirmed=True),
    ]
    shown = [len(changes) for r in reports for changes in (r.added, r.changed, r.ended)]
    assert shown == [3, 0, 0, 3, 3, 3]
    counts = [[*report.counts().values()][:3] for report in reports]
    assert counts == [[18, 0, 0], [9, 9, 9]]


@pytest.mark.usefixtures("short")
async def test_a_run_tells_how_far_it_is(store: Store, alpha: Adapter) -> None:
    await begin(store, alpha)
    many = [f"exa:{number}" for number in range(7)]
    told = standings(*(f"{site} listed 2019-01-01" for site in many))
    steps: list[tuple[str, int, int]] = []
    intake = operator_file(alpha, [sites(*many), told])
    await run(
        store,
        intake,
        now=noon(DAYS[0]),
        progress=lambda what, done, of: steps.append((what, done, of)),
    )
    reading = [done for what, done, _ in steps if what == "reading and comparing rows"]
    assert list(dict.fromkeys(reading)) == [0, 2, 4, 6, 7, 9, 11, 13, 14]
    assert steps[-1] == ("working out who stands how", 7, 7)


@pytest.mark.usefixtures("short")
async def test_each_slice_knows_what_its_feed_said_had_begun_by_a_day(
    store: Store, alpha: Adapter
) -> None:
    await begin(store, alpha)
    await push(store, alpha, sites(*SUBJECTS[:4]), complete=False)
    for until, changes in (("2019-06-01", (4, 0)), ("2019-01-01", (0, 4)), ("2019-03-01", (0, 0))):
        links = table("sourcing", [
            {"buyer": BUYER, "supplier": each, "product": "garments", "since": f"../{until}"}
            for each in SUBJECTS[:4]
        ])  # fmt: skip
        report = await push(store, alpha, links, complete=False)
        assert (len(report.added), len(report.changed), report.problems) == (*changes, [])


async def test_who_goes_by_a_reference_that_only_a_row_set_aside_would_make_is_known(
    store: Store, alpha: Adapter
) -> None:
    await begin(store, alpha)
    await push(store, alpha, *documents(([MILL, WORKS], [SEEN], []), DAYS[0]), dated=DAYS[0])
    later = documents(([MILL, NUMBERED, OTHER], [SEEN], ()), DAYS[1])
    report = await push(store, alpha, *later, dated=DAYS[1], confirmed=True)
    assert ([each.subject for each in report.problems], report.notes) == (["exa:2", "exa:3"], [])


@pytest.mark.usefixtures("short")
async def test_long_sheets_of_a_workbook_say_what_long_files_say(
    new_store: NewStore, alpha: Adapter
) -> None:
    many = [f"exa:{number}" for number in range(9)]
    words = standings(*(f"{each} listed 2019-01-01" for each in many), "exa:1 unheard 2019-01-01")
    files = [words, sites(*many), table("ties", [TIE])]
    read = {
        name.partition(".")[0]: [*csv.reader(io.StringIO(content.decode()))]
        for name, content in files
    }
    blank = {"choices": [["words"], *[["listed"]] * 9], "signatures": [["organization"]]}
    workbook = ("list.xlsx", book(**read, **blank))
    found: list[tuple[object, ...]] = []
    for documents in (files, [workbook]):
        async with new_store() as store:
            await begin(store, alpha)
            report = await push(store, alpha, *documents, confirmed=True)
            assert report.counts()["set aside"] == 1
            again = await push(store, alpha, *documents, confirmed=True)
            assert again.outcome is Outcome.UNCHANGED
            found.append((*difference(report), await whole(store)))
    assert found[0] == found[1]


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    ("sheets", "why"),
    [
        ({"notes": [["text"], ["x"]]}, "list.xlsx: sheet 'notes' is none of the template's"),
        ({"ties": [["x"]]}, "list.xlsx: ties: column 'x' is not known"),
        (
            {"standings": [["subject"], *[[f"exa:{n}"] for n in range(6)]]},
            "list.xlsx: the file has more than 10 rows or",
        ),
    ],
    ids=["another sheet", "another column", "too many rows"],
)
async def test_a_workbook_that_breaks_behind_a_long_sheet_is_refused(
    store: Store,
    alpha: Adapter,
    monkeypatch: pytest.MonkeyPatch,
    sheets: Mapping[str, Sequence[Sequence[str]]],
    why: str,
) -> None:
    monkeypatch.setattr("adapters.kit.tables.MOST_ROWS", 10)
    await begin(store, alpha)
    before = await whole(store)
    long = [["reference", "name"], *[[f"exa:{n}", f"Example Mill {n}"] for n in range(5)]]
    with pytest.raises(BadDocumentError, match=re.escape(why)):
        await push(store, alpha, ("list.xlsx", book(worksites=long, **sheets)))
    assert await whole(store) == before
