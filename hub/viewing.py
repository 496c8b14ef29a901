"""Who a client is in the graph: what its registration names becomes what it may see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from graph_schema.codes import Kind
from graph_schema.sourcing import SourcingLink
from hub.answers.desk import Desk, Sitting
from hub.identity.references import SUBJECTS, Named
from hub.oauth.principal import Principal, Role, Scope
from hub.store.port import PUBLIC, SHELL, Latest, Viewer

_SEES: Final = (Role.OPERATOR, Role.BRAND, Role.SUPPLIER)
"""Who sees more than everybody (SECURITY.md, C1)."""


async def viewer(desk: Desk, who: Principal, now: datetime, latest: Latest) -> Viewer:
    """Return as whom the graph is asked at the present, in its newest revision.

    An operator sees what its programs say, a brand its links and what is said of those it buys
    from today, a supplier what is said of itself. What a registration names and the graph does not
    know gives nothing. Nobody but these costs a round trip.
    """
    if who.role not in _SEES or Scope.READ not in who.scopes:
        return PUBLIC
    # A registration names whom it names, whoever may see them.
    everything = await desk.sit(viewer=SHELL, now=now, latest=latest)
    if who.role is Role.OPERATOR:
        codes = sorted(f"program:{code}" for code in who.programs)
        return Viewer(programs=tuple(await _numbers(everything, codes, (Kind.PROGRAM,))))
    named = [who.organization] if who.organization else []
    numbers = await _numbers(everything, named, SUBJECTS)
    if who.role is Role.SUPPLIER or not numbers:
        return Viewer(own=tuple(numbers))
    [buyer] = numbers
    party = await desk.sit(viewer=Viewer(buyer=buyer), now=now, latest=latest)
    rows = await desk.store.facts_at(SourcingLink, "buyer", [buyer], party.moment, day=party.day)
    return Viewer(buyer=buyer, own=tuple(sorted({row["supplier"] for row in rows})))


async def _numbers(sitting: Sitting, references: Sequence[str], kinds: Sequence[Kind]) -> list[int]:
    """Return the nodes of references."""
    found = await sitting.all_named(references, [kinds] * len(references))
    return [each.number for each in found if isinstance(each, Named)]
