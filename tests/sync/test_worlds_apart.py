"""Good and bad documents of three programs in any sequence: each program's world is its own.

A simple model says what each program's list comes to. After every step the graph must be what the
model says, and of the other programs not one recorded line may differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.kit.adapter import Adapter
from graph_schema.exchange import Line
from hub.errors import BadDocumentError
from hub.store.port import Store
from hub.sync.intake import Intake, Origin, Outcome
from hub.sync.run import run
from tests.sync.conftest import NewStore
from tests.sync.programs import (
    ALPHA,
    NO_STANDINGS,
    SCHEMES,
    Document,
    folders,
    sites,
    standings,
    table,
)
from tests.sync.steps import begin, noon, now, push, whole

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

GAMMA: Final = "example-gamma"
WORLDS: Final = {**SCHEMES, GAMMA: "exc"}
"""The programs, each with the scheme of its references."""
SITES: Final = range(1, 5)
SHARED: Final = 1
"""Number of the site that all programs know as one."""
ALWAYS: Final = 9
"""A site on every list, so that none is empty."""
BEGAN: Final = date(2020, 1, 15)
STEP: Final = timedelta(days=30)
TURN: Final = timedelta(days=10)
"""Things change so long before the list that shows them."""

Shown = tuple[str | None, ...]
"""The word of each site on a list; none: it is not on it."""


@dataclass(frozen=True)
class Sent:
    """One document: who sends it, what it shows, and what is wrong with it."""

    program: str
    shown: Shown
    fault: str


FAULTS: Final = (
    "none", "none", "partial", "unconfirmed", "dry", "bad word", "nobody", "foreign", "scheme",
    "line", "column", "truncated", "emptied", "shrunk", "NUL",
)  # fmt: skip
"""What is wrong with a document; most lists are as they should be."""
HARMLESS: Final = frozenset(
    {"dry", "foreign", "scheme", "line", "column", "truncated", "emptied", "NUL"}
)
"""Of these nothing may be recorded."""
UNSAID: Final = frozenset({"unconfirmed", "shrunk"})
"""These wait for a person where they end too much, who says nothing here."""


@pytest.fixture
def worlds(tmp_path: Path) -> dict[str, Adapter]:
    """Return three programs."""
    return folders(tmp_path, WORLDS)


def documents() -> st.SearchStrategy[list[Sent]]:
    """Sequences of documents of all programs."""
    words = st.sampled_from((None, "listed", "listed", "closed"))
    shown = st.tuples(*(words for _ in SITES))
    sent = st.builds(Sent, st.sampled_from((*WORLDS,)), shown, st.sampled_from(FAULTS))
    return st.lists(sent, min_size=1, max_size=9)


@dataclass
class Model:
    """What each program's site holds, and since when; and what it held at each step before."""

    held: dict[tuple[str, int], tuple[str, date]] = field(
        default_factory=dict[tuple[str, int], tuple[str, date]]
    )
    past: list[tuple[date, set[tuple[str, int, str]]]] = field(
        default_factory=list[tuple[date, set[tuple[str, int, str]]]]
    )

    def rows(self, sent: Sent, day: date) -> list[str]:
        """Return the rows of a list: a site's word, and since when."""
        found = [f"{reference(sent.program, ALWAYS)} listed 2019-01-01"]
        for number, word in zip(SITES, sent.shown, strict=True):
            if word is not None:
                known = self.held.get((sent.program, number))
                since = known[1] if known and known[0] == word else day - TURN
                found.append(f"{reference(sent.program, number)} {word} {since}")
        return found

    def take(self, sent: Sent, day: date) -> None:
        """Take in what a list comes to."""
        silent = {SITES[0]} if sent.fault == "bad word" else set[int]()
        for number, word in zip(SITES, sent.shown, strict=True):
            key = (sent.program, number)
            if number in silent:
                continue
            if word is not None and (key not in self.held or self.held[key][0] != word):
                self.held[key] = (word, day - TURN)
            elif word is None and sent.fault not in {"partial", "nobody"}:
                self.held.pop(key, None)

    def now(self, day: date) -> set[tuple[str, int, str]]:
        """Return what is held, and remember it."""
        found = {(program, number, word) for (program, number), (word, _) in self.held.items()}
        self.past.append((day, found))
        return found


def beside(program: str) -> str:
    """Return another program."""
    codes = [*WORLDS]
    return codes[codes.index(program) - 1]


def reference(program: str, number: int) -> str:
    """Return a program's own reference of a site."""
    return f"{WORLDS[program]}:{number}"


async def start(store: Store, programs: dict[str, Adapter]) -> None:
    """Sync all records and the sites of all; one of them is the same."""
    await begin(store, *programs.values())
    for code in WORLDS:
        alone = [reference(code, number) for number in (*SITES[1:], ALWAYS)]
        shared = {"externalIds": reference(ALPHA, SHARED)} if code != ALPHA else {}
        for rows in (sites(reference(code, SHARED), **shared), sites(*alone)):
            await push(store, programs[code], rows, complete=False, at="2020-01-02")


def mended(sent: Sent, rows: Sequence[str], day: date) -> tuple[Document, dict[str, Any]]:
    """Return a document as its fault leaves it, and how it is sent."""
    own, other = WORLDS[sent.program], WORLDS[beside(sent.program)]
    mine = f"{own}:{SITES[0]}"
    rest = [row for row in rows if not row.startswith(f"{mine} ")]
    theirs = [f"{other}:{number} closed {day - TURN}" for number in SITES]
    listed = standings(*rows)
    faults: dict[str, tuple[Document, dict[str, Any]]] = {
        "none": (listed, {}),
        "partial": (listed, {"complete": False}),
        "unconfirmed": (listed, {"confirmed": False}),
        "shrunk": (listed, {"confirmed": False}),
        "emptied": (NO_STANDINGS, {"confirmed": False}),
        "truncated": ((listed[0], listed[1] + b'"ex'), {}),
        "NUL": ((listed[0], listed[1] + b"\x00\n"), {}),
        "dry": (listed, {"dry_run": True}),
        "bad word": (standings(*rest, f"{mine} on_probation {day - TURN}"), {}),
        "nobody": (standings(*rows, f"{own}:404 listed 2019-01-01"), {}),
        "foreign": (standings(*theirs), {"confirmed": False}),
        "scheme": (sites(f"{other}:77"), {}),
        "column": (table("standings", [{"subject": mine}]), {"confirmed": False}),
    }
    return faults[sent.fault]


async def send(
    store: Store, adapter: Adapter, sent: Sent, rows: Sequence[str], day: date
) -> Outcome:
    """Send a document with its fault, and return what became of it."""
    if sent.fault == "line":
        other = beside(sent.program)
        said = {"subject": f"{WORLDS[other]}:{SITES[0]}", "state": "barred", "since": str(day)}
        line = Line.model_validate({"program": other, "standing": said})
        intake = Intake(Origin.OPERATOR, [line], program=sent.program, feed="operator")
        return (await run(store, intake, confirmed=True, now=noon(str(day)))).outcome
    document, how = mended(sent, rows, day)
    try:
        usual: dict[str, Any] = {"dated": str(day), "at": str(day), "confirmed": True}
        return (await push(store, adapter, document, **usual | how)).outcome
    except BadDocumentError:
        return Outcome.HELD


async def told(store: Store) -> dict[str, list[bytes]]:
    """Return every line there ever was, by the program that says it."""
    found: dict[str, list[bytes]] = {}
    for line in await whole(store):
        found.setdefault(orjson.loads(line)["program"], []).append(line)
    return found


async def graph(store: Store, day: date) -> set[tuple[str, int, str]]:
    """Return what the graph says that each program's sites hold on a day, as known now."""
    names = [reference(code, number) for code in WORLDS for number in SITES]
    codes = [f"program:{code}" for code in WORLDS]
    _, found = await store.resolve([*names, *codes])
    numbers = [each.node for each in found if each is not None]
    assert len(numbers) == len(names) + len(codes)
    by_node: dict[int, set[int]] = {}
    for node, number in zip(numbers, [*SITES] * len(WORLDS), strict=False):
        by_node.setdefault(node, set()).add(number)
    of = dict(zip(numbers[len(names) :], WORLDS, strict=True))
    rows = await store.in_force("subject", sorted(by_node), await now(store), day=day.toordinal())
    return {
        (of[row["program"]], number, row["state"])
        for row in rows
        for number in by_node[row["subject"]]
    }


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sequence=documents())
async def test_each_world_is_what_its_own_program_said(
    new_store: NewStore, worlds: dict[str, Adapter], sequence: list[Sent]
) -> None:
    model = Model()
    async with new_store() as store:
        await start(store, worlds)
        for at, drawn in enumerate(sequence):
            gone = drawn.fault == "shrunk"
            sent = replace(drawn, shown=(None,) * len(SITES)) if gone else drawn
            day = BEGAN + at * STEP
            before = await told(store)
            outcome = await send(store, worlds[sent.program], sent, model.rows(sent, day), day)
            applied = outcome in {Outcome.APPLIED, Outcome.UNCHANGED}
            assert applied or sent.fault in HARMLESS | UNSAID, outcome
            if applied and sent.fault not in HARMLESS:
                model.take(sent, day)
            after = await told(store)
            for other in WORLDS.keys() - {sent.program}:
                assert after[other] == before[other]
            if sent.fault in HARMLESS or not applied:
                assert after == before
            assert await graph(store, day) == model.now(day)
        for day, held in model.past:
            assert await graph(store, day) == held


def test_the_shared_site_is_one_and_the_others_are_not() -> None:
    assert SHARED in SITES
    assert ALWAYS not in SITES
    assert date(2020, 1, 2) < BEGAN - TURN
