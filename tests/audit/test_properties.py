"""Whatever is written verifies; whatever is done to one row afterwards does not."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.audit.heads import witnessed
from hub.oauth.clients import Client, Registry
from hub.oauth.principal import Role, Scope
from hub.store.audit import Entry, canonical
from hub.store.deeds import sha256
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import Store
from tests.audit.logs import SETTINGS, found, replace, rewritten, said, written
from tests.store.worlds import program, site, write

pytestmark = [pytest.mark.anyio, pytest.mark.drill]
FIELDS: Final = (
    "at", "actor", "client", "action", "programs", "subject", "before", "after", "revision",
    "requestId", "previousHash", "seq",
)  # fmt: skip
VALUES: Final = (
    st.none() | st.integers(0, 2**53 - 1) | st.text(max_size=9) | st.lists(st.text(), max_size=2)
)
WRITES: Final = st.lists(
    st.sampled_from(["client", "rotate", "disable", "site", "next day"]), max_size=7
)
LOOSE: Final = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


async def act(store: Store, writes: Sequence[str]) -> None:
    """Write as the commands do, one after the other."""
    registry, day = Registry(store.kept), datetime(2020, 1, 1, tzinfo=UTC)
    await write(store, program("alpha"), on=day.date().isoformat())
    for number, what in enumerate(writes):
        ids = [client.id for client, _ in await registry.all()]
        if what == "client":
            made = {"name": "A reader", "role": Role.RESEARCHER, "made_at": day}
            fields: dict[str, Any] = {"id": f"c{number}", "scopes": (Scope.READ,), **made}
            await registry.add(Client.model_validate(fields))
        elif what == "site":
            await write(store, [site("alpha", number)], on=day.date().isoformat())
        elif what == "next day":
            day += timedelta(days=1)
        elif ids and what == "rotate":
            await registry.rotate(ids[0], None)
        elif ids:
            await registry.disable(ids[-1])


@settings(max_examples=25, deadline=None)
@given(writes=WRITES)
async def test_whatever_is_written_verifies(writes: Sequence[str]) -> None:
    store = witnessed(EmbeddedStore(":memory:"), SETTINGS)
    await store.open()
    try:
        await act(store, writes)
        assert await found(store) == []
        rows = await store.audit.page(0, 100)
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert rewritten(rows) == rows
    finally:
        await store.close()


@st.composite
def hands(draw: st.DrawFn, size: int = 7) -> tuple[str, int, str, Any]:
    """Return what is done to which row: what, where, to which field, with what value."""
    what = draw(st.sampled_from(["say", "forge", "hash", "show", "remove", "again", "swap"]))
    return what, draw(st.integers(0, size - 1)), draw(st.sampled_from(FIELDS)), draw(VALUES)


def done(rows: Sequence[Entry], hand: tuple[str, int, str, Any]) -> list[Entry]:
    """Return rows after something was done to one of them."""
    what, at, field, value = hand
    changed, row = list(rows), rows[at]
    text = canonical(said(row) | {field: value})
    match what:
        case "say":
            changed[at] = Entry(row.seq, text, row.hash, row.programs)
        case "forge":
            changed[at] = Entry(row.seq, text, sha256(text), row.programs)
        case "hash":
            changed[at] = Entry(row.seq, row.text, sha256(repr(value)), row.programs)
        case "show":
            changed[at] = Entry(row.seq, row.text, row.hash, sorted({repr(value), *row.programs}))
        case "remove":
            del changed[at]
        case "again":
            last = rows[-1].seq
            changed.append(Entry(last + 1 + at, text, sha256(text), row.programs))
        case _:
            other = rows[at - 1]
            changed[at] = Entry(row.seq, other.text, other.hash, other.programs)
            changed[at - 1] = Entry(other.seq, row.text, row.hash, row.programs)
    return changed


@LOOSE
@given(hand=hands())
async def test_what_is_done_to_a_row_is_found(
    embedded_store: EmbeddedStore, hand: tuple[str, int, str, Any]
) -> None:
    store = witnessed(embedded_store, SETTINGS)
    rows = await store.audit.page(0, 100) or await written(store)
    tampered = done(rows, hand)
    try:
        await replace(store, tampered, head=False)
        assert bool(await found(store)) == (tampered != rows), hand
    finally:
        await replace(store, rows)
    assert await found(store) == []


@given(st.dictionaries(st.sampled_from(FIELDS), st.text() | st.none() | st.lists(st.text())))
def test_rows_are_written_as_rfc_8785_says(value: dict[str, Any]) -> None:
    """Its examples are of the kinds that rows have; what it leaves no choice about is read back."""
    text = canonical(value)
    assert orjson.loads(text) == value
    assert list(orjson.loads(text)) == sorted(value)
    quoted = '€$\u000f\nA\'B"\\\\"/'
    assert canonical({"string": quoted}) == r'{"string":"€$\u000f\nA' + "'" + r'B\"\\\\\"/"}'
    assert canonical({"literals": None, "a": [1, "x"]}) == '{"a":[1,"x"],"literals":null}'
