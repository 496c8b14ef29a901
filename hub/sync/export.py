"""Export: every fact there ever was, as lines of the exchange format."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import orjson

from graph_schema.codes import Confidence
from graph_schema.days import PartialDate
from graph_schema.elements import Fact, Field
from graph_schema.exchange import Bookkeeping, Line
from graph_schema.programs import Program
from hub.store.port import OPEN, Row, Store
from hub.store.rows import instant, restored
from hub.sync.interval import interval
from hub.sync.kept import named
from hub.sync.resolve import PROGRAM

_CHUNK: Final = 5_000
"""Facts whose references are looked up at a time, so that memory stays bounded."""
_Said = tuple[type[Fact], Row]


async def export(store: Store) -> AsyncIterator[bytes]:
    """Yield the whole graph, a line a fact, with the instants at which each was known.

    `restore` makes an empty store of it that answers every question alike.
    """
    codes = {row["program"]: row["code"] for row in await store.everything(Program, OPEN)}
    chunk: list[_Said] = []
    async for kind, row in store.export():
        chunk.append((kind, row))
        if len(chunk) >= _CHUNK:
            for line in await _lines(store, chunk, codes):
                yield line
            chunk = []
    for line in await _lines(store, chunk, codes):
        yield line


async def _lines(store: Store, said: Sequence[_Said], codes: Mapping[int, str]) -> Sequence[bytes]:
    """Return some facts as lines."""
    nodes = {node for kind, row in said for node in named(kind, row)}
    names: dict[int, str] = {}
    for node, text, merged in await store.references(sorted(nodes)):
        if not merged:
            names.setdefault(node, text)
    whose = await _whose(store, said)
    return [
        orjson.dumps(
            _line(kind, _own(row, whose), names, codes).unfolded(), option=orjson.OPT_APPEND_NEWLINE
        )
        for kind, row in said
    ]


async def _whose(store: Store, said: Sequence[_Said]) -> Mapping[str, int]:
    """Return for whom the further numbers stand that facts give whom they describe."""
    texts = sorted({text for _, row in said for text in row.get("external_ids") or ()})
    if not texts:
        return {}
    _, found = await store.resolve(texts)
    return {text: each.node for text, each in zip(texts, found, strict=True) if each}


def _own(row: Row, whose: Mapping[str, int]) -> Row:
    """Return a row without numbers that stand for somebody else, whom its program did not see."""
    texts = row.get("external_ids") or ()
    own = [text for text in texts if whose.get(text) == row["reference"]]
    return row if len(own) == len(texts) else row | {"external_ids": own}


def _line(kind: type[Fact], row: Row, names: Mapping[int, str], codes: Mapping[int, str]) -> Line:
    def name(field: Field, node: int) -> str:
        if field.name == "reference" and row["called"]:
            return row["called"]
        text = names[node]
        return text.removeprefix(f"{PROGRAM}:") if text.startswith(f"{PROGRAM}:") else text

    known_on, withdrawn = row["known_on"], row["revision_until"] < OPEN
    about: dict[str, Any] = {
        "sources": tuple(row["sources"]),
        "confidence": Confidence(row["confidence"]) if row["confidence"] else None,
        "known_on": date.fromordinal(known_on) if known_on else None,
        "recorded_at": instant(row["recorded_from"]),
        "withdrawn_at": instant(row["recorded_until"]) if withdrawn else None,
        "stated_at": instant(row["stated_at"]),
        "retrieved_at": instant(row["retrieved_at"]) if row["retrieved_at"] else None,
        "feed": row["feed"],
        "max_age_days": row["max_age"],
        "visible": bool(row["visible"]),
        "row": row["row"],
        **_told_before(row),
    }
    program = codes.get(row["program"]) or names[row["program"]].removeprefix(f"{PROGRAM}:")
    return Line(program=program, fact=restored(kind, row, name), about=Bookkeeping(**about))


def _told_before(row: Row) -> dict[str, Any]:
    """Return the days that an earlier statement of the same fact told."""
    now = interval(row)
    found: dict[str, Any] = {}
    if (row["begins_first"], row["begins_last"]) != (now["begins_first"], now["begins_last"]):
        found["begins_between"] = PartialDate.between(row["begins_first"], row["begins_last"])
    if row["confirmed"] is not None and row["confirmed"] != now["confirmed"]:
        found["last_confirmed_on"] = date.fromordinal(row["confirmed"])
    return found
