"""Rows of a long list that are like others become what lines would have become."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.kit.adapter import Adapter
from graph_schema.codes import Kind
from graph_schema.elements import Fact, naming
from hub.store.port import Moment, Page, SharedSought, Sought, Store
from hub.store.rows import LOG, columns, content, identity
from hub.sync import alike, plan, shapes, sources
from hub.sync.intake import Report
from hub.sync.kept import named
from tests.sync.conftest import NewStore
from tests.sync.programs import Document, table
from tests.sync.steps import begin, now, push

pytestmark = pytest.mark.anyio

FIRST: Final = (float("inf"), 0)
Row = dict[str, str]
DAYS: Final = ("2020-01-06", "2020-02-03")
OTHERWISE: Final = {
    "reference": ("exa:1", "exa:2", "wsr:other", "gln:4000000000001", "no reference", ""),
    "name": ("Example Works", "Example  Works", "Example “Mill”", '"Mill"', "%s Mill", "",
             "#N/A"),
    "city": ("", "Example Mill", " Example Town"),
    "country": ("PK", "Bangladesh", ""),
    "products": ("no product", ""),
    "externalIds": ("gln:4000000000001", "exa:1", "exa:9"),
    "subject": ("exa:1", "exa:2", "exa:nobody", "program:example-alpha", "wsr:example-alpha-buyer"),
    "state": ("closed", "Listed", "on track", "no word"),
    "since": ("2019-02", "", "2030-01-01", "2001-01-01", "no day"),
    "observed": ("2019-06",),
    "note": ("a note",),
}  # fmt: skip
"""What a cell may say that is not what the others of its column say."""


def site(number: int) -> Row:
    """Return a row of a worksite."""
    return {"reference": f"exa:{number}", "name": f"Example Mill {number}", "country": "BD",
            "city": f"Example Town {number % 3}", "products": "garments",
            "externalIds": ""}  # fmt: skip


def state(number: int) -> Row:
    """Return a row of what a worksite holds."""
    word = ("listed", "on track")[number // 20]
    return {"subject": f"exa:{number % 20}", "state": word, "since": "2019-01-01", "observed": "",
            "products": "", "note": ""}  # fmt: skip


@st.composite
def lists(draw: st.DrawFn) -> list[list[Row]]:
    """A list whose rows are alike but for a few cells, some of them repeated."""
    sites = [site(number) for number in range(draw(st.integers(0, 14)))]
    states = [state(number) for number in range(draw(st.integers(4, 30)))]
    for rows in (sites, states):
        for at in draw(st.lists(st.integers(0, 30), max_size=3)):
            if rows:
                row = rows[at % len(rows)]
                column = draw(st.sampled_from([*row]))
                rows[at % len(rows)] = row | {column: draw(st.sampled_from(OTHERWISE[column]))}
        for at in draw(st.lists(st.integers(0, 30), max_size=1)):
            rows.extend([dict(rows[at % len(rows)])] if rows else [])
    return [sites, states]


def documents(told: Sequence[Sequence[Row]]) -> list[Document]:
    """Return the tables of a list as files."""
    named = zip(("worksites", "standings"), told, strict=True)
    return [table(name, rows) for name, rows in named if rows]


def told(report: Report) -> tuple[object, ...]:
    """Return what a report tells."""
    problems = {(each.place, each.code, each.message) for each in report.problems}
    return report.outcome, report.counts(), problems, report.held, report.notes


async def known(store: Store) -> tuple[object, ...]:
    """Return what a store tells, with references in the place of its own numbers."""
    moment = await now(store)
    rows = [(kind, row) async for kind, row in store.export()]
    nodes = sorted({node for kind, row in rows for node in named(kind, row)})
    names: dict[int, list[str]] = {}
    for number, text, merged in await store.references(nodes):
        names.setdefault(number, []).append(f"{text} {merged}")
    who = {number: " ".join(sorted(texts)) for number, texts in names.items()}
    facts = sorted(orjson.dumps(_fact(kind, row, who)) for kind, row in rows)
    held = sorted(
        (who[row["subject"]], row["state"], row["effect"], row["ends"], row["ended"] or "")
        for row in await store.in_force("subject", nodes, moment, day=None)
    )
    day = date(2019, 8, 1).toordinal()
    program = next(number for number, texts in who.items() if texts.startswith("program:"))
    sought = [Sought(Kind.WORKSITE, [program], [], day, country=each) for each in ("BD", "PK")]
    shared = [SharedSought([], None, at_least, day) for at_least in (1, 2)]
    found = [
        *[await store.find(each, moment, Page(99)) for each in sought],
        *[await store.find_shared(each, moment, Page(99)) for each in shared],
        *[await _searched(store, word, moment) for word in ("mill", "works", "town", "ville")],
    ]
    return facts, held, [sorted(who[node] for node in each) for each in found]


async def _searched(store: Store, word: str, moment: Moment) -> list[int]:
    rows = await store.search(word, [Kind.WORKSITE], moment, 99, FIRST)
    return [number for number, _, _ in rows]


def _fact(kind: type[Fact], row: dict[str, Any], who: dict[int, str]) -> dict[str, Any]:
    """Return a fact as it is kept; its digests are those of what it says."""
    values = {
        column.name: bool(row[column.name])
        if column.type is bool and row[column.name] is not None
        else row[column.name]
        for column in columns(kind)
    }
    assert row["identity"] == identity(kind, row["program"], values)
    assert row["content"] == content(values, row["sources"], row["confidence"])
    kept = {name: row[name] for name in LOG if name not in ("number", "identity", "content")}
    told: dict[str, Any] = kept | values | {"kind": kind.word, "visible": bool(row["visible"])}
    for name in ("program", *(field.name for field in naming(kind))):
        value = told[name]
        told[name] = sorted(map(who.get, value)) if isinstance(value, list) else who.get(value)  # type: ignore[type-var]
    return told


async def synced(
    store: Store, alpha: Adapter, weeks: Sequence[Sequence[Document]], most: int
) -> tuple[object, ...]:
    """Sync lists with so many shapes remembered at most; return all that is told of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "SLICE", 3)
        patch.setattr(plan, "MOST_SHOWN", 0)
        patch.setattr(alike, "MOST", most)
        await begin(store, alpha)
        reports = [
            told(await push(store, alpha, *week, dated=on, at=on, confirmed=True))
            for week, on in zip(weeks, DAYS, strict=False)
        ]
        return reports, await known(store)


ODD: Final = [
    [
        *map(site, range(12)),
        site(12) | {"name": "Example  Works"},
        site(13) | {"externalIds": "gln:4000000000001"},
        site(14) | {"city": "", "name": "100 % Mill"},
        site(15) | {"country": "PK"},
        site(16) | {"country": "Bangladesh"},
        *(site(number) | {"city": "", "name": "Example Works"} for number in range(17, 23)),
    ],
    [
        *map(state, range(16)),
        state(3) | {"since": "2019-02"},
        state(5) | {"state": "closed", "since": "2019-05"},
        *map(state, range(20, 30)),
        state(17) | {"subject": "exa:nobody"},
        state(18) | {"state": "no word"},
        *(state(number) | {"note": "a note"} for number in (16, 19)),
    ],
]  # fmt: skip
"""A list with rows that are alike, and most of what they may be otherwise."""


@pytest.fixture(params=["embedded", "neo4j"])
def kept(request: pytest.FixtureRequest) -> Store:
    """Return an empty store, of one kind after the other."""
    return request.getfixturevalue(f"{request.param}_store")


async def test_like_rows_say_what_lines_say_on_each_store(
    kept: Store,
    new_store: NewStore,
    alpha: Adapter,
    beta: Adapter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weeks = [documents(ODD), documents([[*ODD[0][:9], *map(site, range(30, 40))], ODD[1][:20]])]
    bought = [state(number) for number in (1, 2, 5)]

    async def told_of(store: Store, most: int) -> tuple[object, ...]:
        reports, _ = await synced(store, alpha, weeks, most)
        await begin(store, beta)
        await push(store, beta, *documents([[], bought]), at="2020-03-01", confirmed=True)
        return reports, await known(store)

    async with new_store() as store:
        lines = await told_of(store, 0)
    rows = _counted(monkeypatch)
    assert await told_of(kept, 9) == lines
    assert sum(rows) == 35


def _counted(patch: pytest.MonkeyPatch) -> list[int]:
    """Return what will hold how many rows at a time become what others did."""
    rows: list[int] = []
    draw = alike.Alike.draw

    def counted(self: alike.Alike, kind: type[Fact], likes: Sequence[alike.Like]) -> alike.Drawn:
        rows.append(len(likes))
        return draw(self, kind, likes)

    patch.setattr(alike.Alike, "draw", counted)
    return rows


async def test_nothing_is_learned_of_a_row_that_became_something_else(
    store: Store, alpha: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Any, ...]] = []

    def learned(*given: Any) -> None:  # noqa: ANN401
        asked.append(given)

    monkeypatch.setattr(alike, "learned", learned)
    rows = _counted(monkeypatch)
    await synced(store, alpha, [documents([[*map(site, range(9))], [*map(state, range(9))]])], 9)
    assert sum(rows) == 0
    for number, kind, row, fact, codes in asked:
        assert shapes.learned(number, kind, row, fact, codes) is not None
        changes = {"identity": "0", "visible": not fact["visible"], "row": 99}
        for name, value in changes.items():
            other = shapes.learned(number, kind, row, fact | {name: value}, codes)
            assert (other is None) == (name != "visible")


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(weeks=st.lists(lists(), min_size=1, max_size=2))
async def test_like_rows_say_what_lines_say(
    new_store: NewStore, alpha: Adapter, weeks: list[list[list[Row]]]
) -> None:
    found: list[tuple[object, ...]] = []
    for most in (0, 9):
        async with new_store() as store:
            found.append(await synced(store, alpha, [documents(week) for week in weeks], most))
    assert found[0] == found[1]
