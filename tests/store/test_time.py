"""The past, asked by instant and by revision: it answers the same for ever."""

from datetime import UTC, date, datetime

import pytest

from graph_schema.codes import Kind
from graph_schema.parties import Organization, Worksite
from graph_schema.programs import Program
from graph_schema.standing import Standing, StateRule
from hub.store.port import OPEN, SHELL, Page, SharedSought, Sought, Whom
from hub.store.rows import micros
from hub.sync.intake import Origin
from tests.conftest import AnyStore
from tests.store.worlds import (
    exported,
    moment,
    number,
    numbers,
    plain,
    site,
    standing,
    world,
    write,
)

pytestmark = pytest.mark.anyio
ON = date(2016, 6, 15).toordinal()


def instant(text: str) -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=UTC))


async def test_a_correction_closes_what_was_known(store: AnyStore) -> None:
    await write(store, world(), on="2020-01-01")
    node = await number(store, "alpha:s2")
    [before] = await store.facts_at(Worksite, "reference", [node], await moment(store))
    await write(store, [site("alpha", 2, country="IN")], on="2020-03-01")
    now = await moment(store)
    [after] = await store.facts_at(Worksite, "reference", [node], now)
    assert (before["country"], after["country"]) == ("PK", "IN")
    assert before["identity"] == after["identity"]
    both = await store.facts_at(Worksite, "reference", [node], now, history=True)
    closed, opened = both
    assert (closed["number"], opened["number"]) == (before["number"], after["number"])
    assert (closed["revision_from"], closed["revision_until"]) == (1, 2)
    assert (opened["revision_from"], opened["revision_until"]) == (2, OPEN)
    assert closed["recorded_until"] == opened["recorded_from"] == instant("2020-03-01T12:00:00")
    counted = await store.count_at(Worksite, "reference", [node], now, history=True)
    assert counted == {node: 2}


async def test_what_was_known_at_an_instant_is_known_of_it_for_ever(store: AnyStore) -> None:
    await write(store, world(), on="2020-01-01")
    await write(store, [site("alpha", 2, country="IN")], on="2020-03-01")
    node = await number(store, "alpha:s2")
    for known_at, countries in (
        ("2019-12-31T00:00:00", []), ("2020-02-28T00:00:00", ["PK"]),
        ("2020-03-01T11:59:59", ["PK"]), ("2020-03-01T12:00:00", ["IN"]),
    ):  # fmt: skip
        seen = await moment(store, known_at=instant(known_at))
        found = await store.facts_at(Worksite, "reference", [node], seen)
        assert [row["country"] for row in found] == countries, known_at
        kinds = [kind for kind, _ in await store.statements([node], seen)]
        assert kinds == [Worksite] * len(countries)
    early = await moment(store, known_at=instant("2019-12-31T00:00:00"))
    around = await store.around(Whom([], [node]), early)
    assert len(around.states["number"]) == 0
    places = [around.places["country"], around.places["recorded_from"]]
    assert plain(places)[0] == ["PK", "IN"], "where a site is, is told before it was known"


async def test_a_fact_may_be_known_since_before_it_was_written(store: AnyStore) -> None:
    await write(store, world(), on="2020-01-01")
    line = standing("alpha", "alpha:s2", "behind", "2017-05-01") | {"knownOn": "2017-06-01"}
    await write(store, [line], on="2020-03-01")
    node = await number(store, "alpha:s2")
    then = await moment(store, known_at=instant("2018-01-01T00:00:00"))
    found = await store.facts_at(Standing, "subject", [node], then)
    assert [row["state"] for row in found] == ["behind"]
    held = await store.in_force("subject", [node], then, day=date(2017, 12, 1).toordinal())
    assert [row["state"] for row in held] == ["behind"]
    first = await moment(store, known_at=then.known_at, revision=1)
    assert await store.facts_at(Standing, "subject", [node], first) == []
    assert await store.in_force("subject", [node], first, day=None) == []


async def test_a_revision_answers_the_same_after_later_ones(store: AnyStore) -> None:
    await write(store, world(), on="2020-01-01")
    nodes = await numbers(store, "alpha:s1", "alpha:s2", "alpha:s3")
    programs = await numbers(store, "program:alpha", "program:beta")
    seen = await moment(store, SHELL, known_at=instant("2025-01-01T00:00:00"))

    async def answers() -> object:
        asked = Sought(Kind.WORKSITE, programs, (), ON)
        shared = SharedSought([], None, 2, ON)
        around = await store.around(Whom([], nodes), seen)
        return plain(
            [
                await store.facts_at(Standing, "subject", nodes, seen),
                await store.facts_at(Standing, "subject", nodes, seen, history=True),
                await store.count_at(Standing, "subject", nodes, seen),
                await store.in_force("subject", nodes, seen, day=None),
                await store.count_in_force("program", programs, seen, day=ON),
                await store.find(asked, seen, Page(10)),
                await store.find_shared(shared, seen, Page(10)),
                await store.everything(StateRule, seen.revision),
                [row for _, row in await store.statements([*nodes, *programs], seen)],
                around.states,
                around.ties,
            ]
        )

    before = await answers()
    await write(
        store,
        [
            standing("alpha", "alpha:s1", "behind", "2016-01-01"),
            standing("alpha", "alpha:s3", "listed", "2015-01-01", until="2016-01-01"),
            standing("beta", "beta:s9", "cleared", "2016-03-01"),
            site("alpha", 4),
            standing("alpha", "alpha:s4", "listed", "2015-01-01"),
        ],
        on="2020-02-01",
    )
    rules = [line | {"stateRule": line["stateRule"] | {"effect": "FINDINGS"}}
             for line in world() if line.get("stateRule", {}).get("state") == "listed"]  # fmt: skip
    await write(store, rules, on="2020-03-01")
    assert (await store.latest()).revision == 3
    assert await answers() == before


async def test_a_record_that_says_a_thing_no_more_withdraws_it(store: AnyStore) -> None:
    alpha = [line for line in world() if line["program"] == "alpha" and "beta" not in str(line)]

    async def record(lines: list[dict[str, object]], on: str) -> None:
        kinds = frozenset({Standing, Worksite, Organization, Program})
        await write(store, lines, on=on, origin=Origin.RECORD, program="alpha", feed="record",
                    complete=True, kinds=kinds)  # fmt: skip

    await record(alpha, "2020-01-01")
    node = await number(store, "alpha:s3")
    without = [line for line in alpha if line.get("standing", {}).get("subject") != "alpha:s3"]
    await record(without, "2020-02-01")
    now = await moment(store)
    assert await store.facts_at(Standing, "subject", [node], now) == []
    assert await store.in_force("subject", [node], now, day=None) == []
    before = await moment(store, known_at=instant("2020-01-15T00:00:00"))
    assert len(await store.facts_at(Standing, "subject", [node], before)) == 2
    history = await store.facts_at(Standing, "subject", [node], now, history=True)
    assert [row["revision_until"] for row in history] == [2, 2]


async def test_an_export_holds_every_fact_there_ever_was_in_order(store: AnyStore) -> None:
    await write(store, world(), on="2020-01-01")
    await write(store, [site("alpha", 2, country="IN")], on="2020-03-01")
    found = await exported(store)
    assert len(found) == 48
    by_kind: dict[type, list[int]] = {}
    for kind, row in found:
        by_kind.setdefault(kind, []).append(row["number"])
    assert all(numbers == sorted(numbers) for numbers in by_kind.values())
    closed = [row for _, row in found if row["revision_until"] < OPEN]
    assert [row["country"] for row in closed] == ["PK"]
