"""The feed of changes: what each revision made of facts, replayed from any place, by any viewer."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

from graph_schema.elements import Fact
from graph_schema.exchange import FACTS
from graph_schema.standing import Standing
from hub.store.embedded.schema import table
from hub.store.embedded.store import EmbeddedStore
from hub.store.neo4j.schema import gone_index, pattern, vouched
from hub.store.port import OPEN, PLACES, PUBLIC, SHELL, Change, Page, Viewer
from hub.sync.effects import effect
from hub.sync.export import export
from hub.sync.intake import Origin
from hub.sync.restore import restore
from hub.sync.sources import exchange_file
from tests.conftest import AnyStore
from tests.store.worlds import exported, moment, number, site, standing, withdrawn, world, write

pytestmark = pytest.mark.anyio

ALL: Final = 1_000
Told = tuple[str, str, int]


async def feed(
    store: AnyStore,
    viewer: Viewer = SHELL,
    *,
    size: int = ALL,
    after: int = 0,
    revision: int | None = None,
    programs: Sequence[int] = (),
    kinds: Sequence[type[Fact]] = FACTS,
) -> list[Change]:
    """Return all changes past a place, read in pages."""
    found: list[Change] = []
    seen = await moment(store, viewer, revision=revision)
    while page := await store.changes(kinds, programs, seen, Page(size, after)):
        found += page
        after = page[-1].place
    return found


def told(changes: Sequence[Change]) -> list[Told]:
    """Return what becomes of facts, of which kind they are, and in which revision."""
    effects = [(effect(each), each.place // PLACES) for each in changes]
    return [(each.becomes.value, each.word, revision) for each, revision in effects]


async def eventful(store: AnyStore) -> None:
    """Write a world, and change it in every way."""
    await write(store, world(), on="2020-01-01")
    hidden = standing("beta", "beta:s9", "listed", "2016-01-01", published=False)
    await write(store, [hidden, site("alpha", 4)], on="2020-01-02")
    ended = standing("alpha", "alpha:s2", "listed", "2015-01-01", products=["jeans"])
    ended["standing"]["until"] = "2019-01-01"
    shown = standing("beta", "beta:s9", "listed", "2016-01-01")
    await write(store, [ended, shown, site("alpha", 4, city="Khulna")], on="2020-01-03")
    await _withdrawn(store, "alpha:s1", "on track")
    numbered = site("alpha", 4, city="Khulna", externalIds=["alpha:old4"])
    await write(store, [numbered, hidden], on="2020-01-05")
    listed = [standing("alpha", "alpha:s3", "listed", "2015-01-01")]
    how: dict[str, Any] = {"program": "alpha", "feed": "list", "complete": True}
    await write(
        store, listed, on="2020-01-06", origin=Origin.OPERATOR, kinds=frozenset({Standing}), **how
    )


async def _withdrawn(store: AnyStore, subject: str, state: str) -> None:
    """Withdraw a standing of alpha."""
    seen = await moment(store, SHELL)
    rows = await store.facts_at(Standing, "subject", [await number(store, subject)], seen)
    [fact] = [row["number"] for row in rows if row["state"] == state]
    await withdrawn(store, fact)


async def test_the_feed_leads_to_what_is_known_in_every_revision(store: AnyStore) -> None:
    await eventful(store)
    known: dict[int, type[Fact]] = {}
    changes = await feed(store)
    latest = await store.latest()
    assert {each.place // PLACES for each in changes} == set(range(1, latest.revision + 1))
    for revision in range(1, latest.revision + 1):
        for each in changes:
            if each.place // PLACES == revision:
                if each.before is not None:
                    del known[each.before["number"]]
                if each.row is not None:
                    known[each.row["number"]] = each.kind
        seen = await moment(store, SHELL, revision=revision)
        there = {
            row["number"]: kind
            for kind in FACTS
            for row in await store.facts_at(kind, "number", list(range(1, 500)), seen)
        }
        assert known == there
        assert await feed(store, revision=revision) == [
            each for each in changes if each.place // PLACES <= revision
        ]


async def test_a_page_goes_on_where_the_last_one_ended(store: AnyStore) -> None:
    await eventful(store)
    for viewer in (SHELL, PUBLIC):
        whole = await feed(store, viewer)
        places = [each.place for each in whole]
        assert places == sorted(set(places))
        for size in (1, 7):
            assert await feed(store, viewer, size=size) == whole
        for at in (0, 5, len(whole) // 2, len(whole) - 2):
            assert await feed(store, viewer, after=places[at]) == whole[at + 1 :]


async def test_what_becomes_of_facts_is_told(store: AnyStore) -> None:
    await eventful(store)
    assert told(await feed(store, after=PLACES * 2)) == [
        ("RECORDED", "worksite", 2),
        ("RECORDED", "standing", 2),
        ("CHANGED", "worksite", 3),
        ("ENDED", "standing", 3),
        ("CHANGED", "standing", 3),
        ("WITHDRAWN", "standing", 4),
        ("IDENTITY", "worksite", 5),
        ("CHANGED", "standing", 5),
        ("CHANGED", "standing", 6),
        ("SYNC", "completeRun", 6),
    ]


async def test_what_is_published_later_is_new_and_what_is_hidden_is_withdrawn(
    store: AnyStore,
) -> None:
    await eventful(store)
    beta, subject = await number(store, "program:beta"), await number(store, "beta:s9")
    mine = [
        ("RECORDED", "standing", 2),
        ("CHANGED", "standing", 3),
        ("CHANGED", "standing", 5),
    ]
    others = [("RECORDED", "standing", 3), ("WITHDRAWN", "standing", 5)]
    for viewer, seen in (
        (SHELL, mine),
        (Viewer(programs=(beta,)), mine),
        (Viewer(own=(subject,)), mine),
        (PUBLIC, others),
        (Viewer(buyer=subject), others),
    ):
        found = await feed(store, viewer, programs=[beta], after=PLACES * 2)
        assert told(found) == seen


async def test_programs_and_kinds_are_asked_for(store: AnyStore) -> None:
    await eventful(store)
    alpha, beta = await number(store, "program:alpha"), await number(store, "program:beta")
    whole = await feed(store)

    def of(*programs: int) -> list[Change]:
        return [each for each in whole if (each.row or each.before or {})["program"] in programs]

    assert await feed(store, programs=[alpha]) == of(alpha) != whole
    assert await feed(store, programs=[beta, alpha, beta], size=3) == of(alpha, beta) == whole
    standings = [each for each in whole if each.kind is Standing]
    assert await feed(store, kinds=[Standing], size=2) == standings


async def test_a_standing_is_shown_as_it_was_known_then(store: AnyStore) -> None:
    await write(store, world(), on="2020-01-01")
    [first] = [
        each for each in await feed(store, kinds=[Standing])
        if each.row and each.row["state"] == "on track"
    ]  # fmt: skip
    assert first.row is not None
    fact = first.row["number"]
    await write(store, [standing("alpha", "alpha:s1", "behind", "2016-01-01")], on="2020-02-01")
    seen = await moment(store)
    found = await store.held_then([(fact, 1), (fact, 2), (fact, 3), (0, 1)], seen)
    assert [(row["then"], row["number"], row["ended"]) for row in found if row["then"] < 3] == [
        (1, fact, None),
        (2, fact, "2016-01-01"),
    ]


async def test_what_comes_as_known_no_more_is_no_change(store: AnyStore, tmp_path: Path) -> None:
    await eventful(store)
    rows = await exported(store)
    assert any(row["revision_until"] < OPEN for _, row in rows)
    other = EmbeddedStore(str(tmp_path / "other.db"))
    await other.open()
    await restore(other, exchange_file(b"".join([each async for each in export(store)])))
    found = await feed(other)
    assert {each[0] for each in told(found)} <= {"RECORDED", "SYNC"}
    assert len(found) == sum(row["revision_until"] == OPEN for _, row in rows)
    await other.close()


async def test_a_store_of_an_older_hub_tells_what_was_withdrawn(store: AnyStore) -> None:
    await eventful(store)
    whole = await feed(store)
    shown = await feed(store, PUBLIC)
    again = await forgotten(store)
    await again.open()
    assert await feed(again, size=3) == whole
    assert await feed(again, PUBLIC, size=3) == shown
    await again.close()


async def forgotten(store: AnyStore) -> AnyStore:
    """Close a store, and leave it as a hub that kept no places left it."""
    if isinstance(store, EmbeddedStore):
        await store.close()
        with closing(sqlite3.connect(store.database.path)) as file:
            for kind in FACTS:
                file.execute(f"DROP INDEX {table(kind)}_gone")
                file.execute(f"ALTER TABLE {table(kind)} DROP COLUMN gone")
            file.execute("UPDATE revision SET first_fact = NULL")
            file.commit()
        return EmbeddedStore(store.database.path)
    for kind in FACTS:
        await store.bolt.alone(vouched(f"DROP INDEX {gone_index(kind)}"), {})
        await store.bolt.alone(vouched(f"MATCH {pattern(kind)} REMOVE f.gone"), {})
    await store.bolt.alone("MATCH (r:Revision) REMOVE r.first_fact", {})
    await store.close()
    return store
