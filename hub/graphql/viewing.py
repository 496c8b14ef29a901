"""Who a client is in the graph: what its registration names becomes what it may see."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from graph_schema.codes import Kind
from graph_schema.sourcing import SourcingLink
from hub.answers.desk import Desk
from hub.identity.references import SUBJECTS, Named
from hub.oauth.principal import Principal, Role, Scope
from hub.store.port import PUBLIC, Moment, Viewer
from hub.store.rows import micros

_SEES: Final = (Role.OPERATOR, Role.BRAND, Role.SUPPLIER)
"""Who sees more than everybody (SECURITY.md, C1)."""


async def viewer(desk: Desk, who: Principal) -> Viewer:
    """Return as whom the graph is asked.

    An operator sees what its programs say, a brand its links and what is said of those it buys
    from today, a supplier what is said of itself. What a registration names and the graph does not
    know gives nothing. Nobody but these costs a round trip.
    """
    if who.role not in _SEES or Scope.READ not in who.scopes:
        return PUBLIC
    if who.role is Role.OPERATOR:
        codes = sorted(f"program:{code}" for code in who.programs)
        return Viewer(programs=tuple(await _numbers(desk, codes, (Kind.PROGRAM,))))
    named = [who.organization] if who.organization else []
    numbers = await _numbers(desk, named, SUBJECTS)
    if who.role is Role.SUPPLIER or not numbers:
        return Viewer(own=tuple(numbers))
    [buyer] = numbers
    return Viewer(buyer=buyer, own=await _bought_from(desk, buyer))


async def _numbers(desk: Desk, references: Sequence[str], kinds: Sequence[Kind]) -> list[int]:
    """Return the nodes of references, whoever may see them: a registration names them."""
    moment = Moment((await desk.store.latest()).revision, 0, Viewer(everything=True))
    found = await desk.references.named(references, moment, [kinds] * len(references))
    return [each.number for each in found if isinstance(each, Named)]


async def _bought_from(desk: Desk, buyer: int) -> tuple[int, ...]:
    """Return from whom a buyer buys today, by all links that name it."""
    now = datetime.now(UTC)
    latest = await desk.store.latest()
    moment = Moment(latest.revision, max(micros(now), latest.recorded_at), Viewer(buyer=buyer))
    rows = await desk.store.facts_at(
        SourcingLink, "buyer", [buyer], moment, day=now.date().toordinal()
    )
    return tuple(sorted({row["supplier"] for row in rows}))
