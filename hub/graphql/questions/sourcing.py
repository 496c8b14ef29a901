"""How many links there are that nobody but their parties sees: counts alone, for research."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, cast

import strawberry
from strawberry.types import Info

from graph_schema.codes import Kind
from hub.errors import NotAllowedError
from hub.graphql.context import Request
from hub.graphql.types.answers import SourcingCount
from hub.oauth.principal import Principal, Role, Scope
from hub.oauth.writers import client_of, operates
from hub.store.rows import micros

LEAST: Final = 10
"""Fewer are never told, nor whether there are any (SECURITY.md, C1 and C6; decision 0040)."""


@strawberry.type
class SourcingQuestions:
    """Questions about confidential links."""

    @strawberry.field(
        description=(
            "How many links a program states and does not publish, by product and by what country "
            "it gives the supplier, as of the first day of this quarter: for researchers and the "
            "program's operators. Where there are fewer than 10, or none, there is no row, and no "
            "totals are told, so that nothing can be subtracted."
        )
    )
    async def sourcing_counts(
        self, info: Info[Request, None], program: strawberry.ID
    ) -> list[SourcingCount] | None:
        request = info.context
        client_of(request.principal)
        sitting = await request.sit()
        named = await sitting.named(program, Kind.PROGRAM, argument="program")
        if not _counts(request.principal, sitting.law.programs[named.number].code):
            msg = "only researchers and the program's operators, with the scope read, see counts"
            raise NotAllowedError(msg, path=("program",))
        begun = quarter(request.present)
        before = replace(sitting.moment, known_at=micros(begun) - 1)
        found = await request.store.sourcing_counts(named.number, begun.toordinal(), before, LEAST)
        return [
            SourcingCount(row={"product": product}, country=cast("Any", country), links=links)
            for country, product, links in found
        ]


def quarter(present: datetime) -> datetime:
    """Return when the calendar quarter of an instant began, in UTC."""
    now = present.astimezone(UTC)
    return datetime(now.year, (now.month - 1) // 3 * 3 + 1, 1, tzinfo=UTC)


def _counts(who: Principal, program: str) -> bool:
    """Whether somebody may see counts of a program's confidential links."""
    counts = who.role is Role.RESEARCHER or operates(who, program)
    return counts and Scope.READ in who.scopes
