"""A fact as it is kept: what it says, and the record of when and from where it is known."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graph_schema.codes import Role
from graph_schema.elements import Fact, naming
from graph_schema.parties import Organization
from graph_schema.sourcing import Volume
from graph_schema.standing import Standing
from hub.store.columns import PRACTICE
from hub.store.port import OPEN, Row, Store
from hub.store.rows import ALWAYS, content, micros
from hub.sync.intake import Intake, Item, Origin
from hub.sync.interval import interval
from hub.sync.resolve import called
from hub.sync.world import World


@dataclass(frozen=True, slots=True)
class Keeping:
    """When and from where a fact is known, in the words of `hub.store.rows.LOG`."""

    recorded_from: int
    stated_at: int
    retrieved_at: int | None
    feed: str | None
    max_age: int | None
    visible: bool
    recorded_until: int = OPEN
    revision_until: int = OPEN


def arrived(item: Item, intake: Intake, world: World, now: int, stated_at: int) -> dict[str, Any]:
    """Return the row of a fact that comes in now; numbers come when it is written.

    Args:
        item: What is said.
        intake: By whom, and in which feed.
        world: What is known.
        now: When it is recorded.
        stated_at: When it was said.
    """
    known, record = item.line.about.known_on, intake.origin is Origin.RECORD
    recorded = ALWAYS if record else now
    if known is not None:
        recorded = min(micros(known), now)
    keeping = Keeping(
        recorded_from=recorded,
        stated_at=recorded if record else stated_at,
        retrieved_at=now,
        feed=intake.feed,
        max_age=intake.bounds.max_age_days,
        visible=_visible(item, intake, world),
    )
    return kept(item, keeping)


def _visible(item: Item, intake: Intake, world: World) -> bool:
    """Whether everyone may see a fact: what it says of itself, else its program's practice."""
    says = item.fact.__dict__.get("published")
    if says is not None:
        return bool(says)
    if isinstance(item.fact, Volume):
        return False
    if intake.origin is Origin.RECORD and not isinstance(item.fact, Standing):
        return True
    if type(item.fact) not in PRACTICE or world.programs[item.line.program].publishes:
        return True
    # Who signs, monitors or speaks for workers is public; a practice is one about suppliers.
    roles = item.fact.roles if isinstance(item.fact, Organization) else ()
    return bool(roles) and Role.SUPPLIER not in roles


def kept(item: Item, keeping: Keeping) -> dict[str, Any]:
    """Return the row of a fact; its number and first revision come when it is written."""
    about = item.line.about
    row = {
        **item.values,
        "program": item.program,
        "identity": item.identity,
        "content": stated(item),
        "recorded_from": keeping.recorded_from,
        "recorded_until": keeping.recorded_until,
        "revision_until": keeping.revision_until,
        "stated_at": keeping.stated_at,
        "retrieved_at": keeping.retrieved_at,
        "feed": keeping.feed,
        "max_age": keeping.max_age,
        "row": about.row,
        "called": called(item.fact),
        "sources": list(about.sources),
        "confidence": about.confidence.value if about.confidence else None,
        "known_on": about.known_on.toordinal() if about.known_on else None,
        "visible": keeping.visible,
    }
    return row | interval(row)


def stated(item: Item) -> str:
    """Return the digest of all that an item says."""
    about = item.line.about
    return content(item.values, about.sources, about.confidence)


def named(kind: type[Fact], row: Mapping[str, Any]) -> Iterator[int]:
    """Yield the nodes that a kept fact names, its program among them."""
    yield row["program"]
    for declared in naming(kind):
        value = row[declared.name]
        if value is not None:
            yield from value if declared.many else [value]


async def known_now(store: Store, kind: type[Fact], items: Iterable[Item]) -> dict[str, Row]:
    """Return the open facts that items speak of, by identity."""
    identities = list(dict.fromkeys(item.identity for item in items))
    return {row["identity"]: row for row in await store.current(identities, kind)}
