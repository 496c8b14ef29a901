"""Tampering, on both stores: each row that was changed, removed or put there is named."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Final, LiteralString

import orjson
import pytest
from pydantic import SecretStr

from hub.audit.heads import export, read_exported, witnessed
from hub.audit.verify import Kept
from hub.settings import Settings
from hub.store.audit import HEADS, Entry
from hub.store.deeds import sha256
from hub.store.embedded.store import EmbeddedStore
from hub.store.neo4j.store import Neo4jStore
from tests.audit.logs import (
    SETTINGS,
    forget_heads,
    found,
    replace,
    rewritten,
    run,
    said,
    saying,
    written,
)
from tests.conftest import AnyStore

pytestmark = pytest.mark.anyio
Rows = Sequence[Entry]


async def kept_elsewhere(store: AnyStore) -> Kept:
    """Return the head of a log as it is now, by way of the file that is kept."""
    _, told = await export(store, SETTINGS, datetime.now(UTC))
    return Kept("head.json", *read_exported(orjson.dumps(told)))


def without(rows: Rows, seq: int) -> Rows:
    return [row for row in rows if row.seq != seq]


def with_(rows: Rows, row: Entry) -> Rows:
    return sorted((*without(rows, row.seq), row), key=lambda each: each.seq)


def swapped(rows: Rows, one: int, other: int) -> Rows:
    first, second = rows[one - 1], rows[other - 1]
    changed = with_(rows, Entry(one, second.text, second.hash, second.programs))
    return with_(changed, Entry(other, first.text, first.hash, first.programs))


EARLIER: Final = "2019-01-01T00:00:00.000000Z"
TAMPERING: Final[Mapping[str, tuple[Callable[[Rows], Rows], Sequence[str]]]] = {
    "a text": (
        lambda rows: with_(
            rows, Entry(3, saying(rows[2], client="x").text, rows[2].hash, ["alpha"])
        ),
        ["row 3: it does not read as it was written"],
    ),
    "a hash": (
        lambda rows: with_(rows, Entry(3, rows[2].text, "0" * 64, ["alpha"])),
        ["row 3: it does not read as it was written"],
    ),
    "a text and its hash": (
        lambda rows: with_(rows, saying(rows[2], client="x")),
        ["row 3: row 4 follows another row than this"],
    ),
    "the last row and its hash": (
        lambda rows: with_(rows, saying(rows[-1], client="x")),
        ["row 7: it is not the row that the log ended with"],
    ),
    "whom it is shown to": (
        lambda rows: with_(rows, Entry(3, rows[2].text, rows[2].hash, ["beta"])),
        ["row 3: it is shown to operators of beta"],
    ),
    "shown to nobody": (
        lambda rows: with_(rows, Entry(3, rows[2].text, rows[2].hash, [])),
        ["row 3: it is shown to operators of nobody"],
    ),
    "no JSON": (
        lambda rows: with_(rows, Entry(3, "{", sha256("{"), ["alpha"])),
        ["row 3: it does not read"],
    ),
    "no object": (
        lambda rows: with_(rows, Entry(3, "[]", sha256("[]"), ["alpha"])),
        ["row 3: it does not read"],
    ),
    "a field more": (
        lambda rows: with_(rows, saying(rows[2], more=1)),
        ["row 3: it does not read"],
    ),
    "removed": (lambda rows: without(rows, 3), ["row 3: missing"]),
    "several removed": (lambda rows: [*rows[:1], *rows[3:]], ["rows 2 to 3: missing"]),
    "the first removed": (lambda rows: rows[1:], ["row 1: missing"]),
    "swapped": (lambda rows: swapped(rows, 2, 5), ["row 2: it does not", "row 5: it does not"]),
    "before the first": (
        lambda rows: [Entry(0, rows[0].text, rows[0].hash, []), *rows],
        ["row 0: there is no such row"],
    ),
    "an earlier day": (
        lambda rows: [*rows[:6], *rewritten([*rows[:6], saying(rows[6], at=EARLIER)])[6:]],
        ["row 7: it is earlier than the row before it"],
    ),
    "another first row before it": (
        lambda rows: with_(rows, saying(rows[0], previousHash="1" * 64)),
        ["row 1: it follows another row, and there is none before it"],
    ),
}
"""What is done to a log of seven rows on three days, and how each begins that is found."""


@pytest.mark.parametrize(("hand", "named"), TAMPERING.values(), ids=TAMPERING)
async def test_what_was_done_to_a_row_is_found_and_named(
    store: AnyStore, hand: Callable[[Rows], Rows], named: Sequence[str]
) -> None:
    rows = await written(witnessed(store, SETTINGS))
    assert await found(store) == []
    await replace(store, hand(rows), head=False)
    told = await found(store)
    for which in named:
        assert any(each.startswith(which) for each in told), told


async def test_a_cut_off_end_is_found_by_the_head(store: AnyStore) -> None:
    rows = await written(witnessed(store, SETTINGS))
    kept = await kept_elsewhere(store)
    rows = await store.audit.page(0, 10)
    await replace(store, rows[:-1], head=False)
    assert f"row {len(rows)}: missing; removed from the log" in await found(store)
    await replace(store, rows[:-1])
    end = f"the log ends at row {len(rows) - 1}: its end was cut off"
    assert f"row {len(rows)}: head.json shows it, and {end}" in await found(store, kept)
    await replace(store, [])
    assert any("its end was cut off" in each for each in await found(store, kept))


async def test_a_row_behind_the_end_is_found(store: AnyStore) -> None:
    rows = await written(witnessed(store, SETTINGS))
    more = rewritten([*rows, rows[-1]])
    await replace(store, more, head=False)
    assert f"row {len(more)}: the log ends at row 7; somebody put it behind the end" in (
        await found(store)
    )


async def test_a_log_written_anew_is_found_by_signed_heads(store: AnyStore) -> None:
    rows = await written(witnessed(store, SETTINGS))
    assert set(await store.kept.all(HEADS)) == {"2020-01-01", "2020-01-02"}
    kept = await kept_elsewhere(store)
    rows = await store.audit.page(0, 10)
    await replace(store, rewritten([saying(rows[0], client="somebody"), *rows[1:]]))
    told = await found(store)
    assert told[0].startswith("row 2: the signed head of 2020-01-01 is row 2, and not as this one")
    await forget_heads(store)
    told = await found(store)
    assert told[0].startswith("row 2: it is the last of 2020-01-01, and that day's signed head is")
    told = await found(store, kept)
    assert f"row {len(rows)}: head.json shows another: the log was written anew since" in told
    await replace(store, rewritten(rows[1:]))
    assert await found(store, kept)


async def test_a_log_signed_anew_with_another_key_is_found(store: AnyStore) -> None:
    """Who has the store and not the secret can make heads, but no key that the secret sealed."""
    mine = Settings(keys_secret=SecretStr("one that is long enough to seal with"))
    other = Settings(keys_secret=SecretStr("another, long enough to seal with, too"))
    await written(witnessed(store, mine))
    assert await found(store, settings=mine) == []
    _, told = await export(store, mine, datetime.now(UTC))
    kept = Kept("head.json", *read_exported(orjson.dumps(told)))
    assert [each[:11] for each in await found(store, settings=other)] == ["audit key 1"]
    assert await found(store, kept, settings=other) == []


async def test_a_write_that_no_row_tells_of_is_found(store: AnyStore) -> None:
    rows = await written(witnessed(store, SETTINGS))
    await replace(store, rewritten([*rows[:4], *rows[5:]]))
    begins = "row 5: it tells of revision 5, the row before of 3"
    assert any(each.startswith(begins) for each in await found(store))
    await replace(store, rows[:-1])
    told = await found(store)
    assert told == ["row 6: behind it revision 6 was written, and no row tells of it"]


async def test_a_store_refuses_to_change_a_row(embedded_store: EmbeddedStore) -> None:
    await written(embedded_store, 1)
    with closing(sqlite3.connect(embedded_store.database.path)) as connection:
        for text in ("UPDATE audit SET hash = ''", "DELETE FROM audit WHERE seq = 1"):
            with pytest.raises(sqlite3.IntegrityError, match="stays as it is"):
                connection.execute(text)


async def test_rows_without_a_number_are_counted(neo4j_store: Neo4jStore) -> None:
    await written(witnessed(neo4j_store, SETTINGS))
    strays: LiteralString = (
        "CREATE (:Audit {text: 'x'}), (:Audit {seq: 'one'}), (:Audit {seq: 2.5})"
    )
    await run(neo4j_store, "", strays)
    told = await found(neo4j_store)
    assert "row 2.5: there is no such row in the log; somebody put it there" in told
    assert "2 more rows lie in the store without a number of their own: put there" in told


async def test_a_row_says_who_did_what_to_what(store: AnyStore) -> None:
    rows = await written(witnessed(store, SETTINGS), 2)
    first, second = said(rows[0]), said(rows[1])
    assert (first["actor"], first["action"], first["revision"]) == ("shell", "import", 1)
    assert (first["programs"], first["before"]) == (["alpha"], None)
    assert len(first["after"]) == len(first["previousHash"]) == 64
    assert second["previousHash"] == rows[0].hash
    assert [said(row)["seq"] for row in rows] == [row.seq for row in rows]
