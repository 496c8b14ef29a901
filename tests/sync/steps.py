"""Steps that tests take: sync a record, send an operator's tables, ask what the hub says now."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import orjson

from adapters.kit.adapter import Adapter
from graph_schema.elements import Fact
from hub.answers.desk import Desk
from hub.answers.eligibility import Answered, eligibility
from hub.store.port import OPEN, SHELL, Moment, Store
from hub.sync.export import export
from hub.sync.intake import Report
from hub.sync.run import run
from hub.sync.sources import exchange_file, operator_file, record
from tests.sync.programs import BUYER, Document

CLOCK = "2020-06-01"
"""The day on which tests sync, where it does not matter."""


def noon(day: str) -> datetime:
    """Return an instant of a day."""
    return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)


async def begin(store: Store, *adapters: Adapter, at: str = "2020-01-01") -> list[Report]:
    """Sync the records of programs."""
    return [await run(store, record(adapter), now=noon(at)) for adapter in adapters]


async def push(
    store: Store,
    adapter: Adapter,
    *documents: Document,
    dated: str | None = None,
    at: str = CLOCK,
    complete: bool = True,
    confirmed: bool = False,
    dry_run: bool = False,
) -> Report:
    """Send an operator's tables as one run.

    Args:
        store: Where to.
        adapter: Whose operator sends it.
        documents: The files.
        dated: The day of which they speak.
        at: The day on which they are synced.
        complete: Whether they leave nothing out.
        confirmed: Whether a person said yes.
        dry_run: Whether only the difference is wanted.
    """
    intake = operator_file(adapter, documents)
    intake.dated = date.fromisoformat(dated) if dated else None
    intake.complete = complete
    return await run(store, intake, dry_run=dry_run, confirmed=confirmed, now=noon(at))


async def bring(
    store: Store, *lines: Mapping[str, Any], at: str = CLOCK, dry_run: bool = False
) -> Report:
    """Import lines of the exchange format."""
    document = b"\n".join(orjson.dumps(line) for line in lines)
    return await run(store, exchange_file(document), dry_run=dry_run, now=noon(at))


async def answer(
    store: Store,
    supplier: str,
    on: str,
    *,
    buyer: str = BUYER,
    product: str = "garments",
    known: str | None = None,
    revision: int | None = None,
) -> Answered:
    """Return the whole answer to whether the buyer may buy a product from a supplier."""
    desk = await Desk.open(store)
    sitting = await desk.sit(
        as_of=date.fromisoformat(on),
        known_at=noon(known) if known else None,
        revision=revision,
        viewer=SHELL,
    )
    return await eligibility(sitting, buyer, supplier, product)


async def ask(store: Store, supplier: str, on: str, **how: Any) -> str:  # noqa: ANN401
    """Return the verdict and the reason of an answer, such as `ELIGIBLE IN_GOOD_STANDING`."""
    found = (await answer(store, supplier, on, **how)).answer
    return f"{found.verdict} {found.reason}"


async def node(store: Store, reference: str) -> int:
    """Return the number of the node that goes by a reference."""
    _, [found] = await store.resolve([reference])
    assert found is not None
    return found.node


async def held(store: Store, subject: str, on: str) -> set[str]:
    """Return the words of the states that a subject holds on a day, as known now."""
    moment = await now(store)
    day = date.fromisoformat(on).toordinal()
    rows = await store.in_force("subject", [await node(store, subject)], moment, day=day)
    return {row["state"] for row in rows}


async def now(store: Store) -> Moment:
    """Return the newest moment of a store, with everything seen."""
    return Moment((await store.latest()).revision, OPEN - 1, SHELL)


async def facts(store: Store, kind: type[Fact], end: str, reference: str) -> list[dict[str, Any]]:
    """Return the facts of a kind that name a node and are known now."""
    return await store.facts_at(kind, end, [await node(store, reference)], await now(store))


async def whole(store: Store) -> Sequence[bytes]:
    """Return everything there ever was, as an export tells it."""
    return [line async for line in export(store)]
