"""The example world on a day of our choice, and what its cast is there to show."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import Final

import pytest

from adapters.kit.adapter import Adapter, adapters
from graph_schema.codes import Reason, Verdict
from graph_schema.exchange import Line
from graph_schema.parties import Organization, Worksite

PROGRAMS: Final = ("example-garments", "example-produce")
PRESENT: Final = date(2026, 11, 22)
LATER: Final = date(2031, 5, 17)

V, R = Verdict, Reason
SHOWN: Final = (
    # Every verdict with its reasons: who asks for what of whom.
    ("grocer-01", "farm-003", "tomatoes", V.INELIGIBLE, R.SUSPENDED),
    ("grocer-01", "farm-004", "tomatoes", V.INELIGIBLE, R.REENTRY_AUDIT_OUTSTANDING),
    ("brand-01", "apparel-006", "garments", V.INELIGIBLE, R.STAGE_3),
    ("brand-01", "apparel-007", "garments", V.INELIGIBLE, R.INELIGIBLE_NAMED),
    ("brand-01", "apparel-group-01", "garments", V.INELIGIBLE, R.TERMINATED),
    ("brand-01", "apparel-016", "garments", V.INELIGIBLE, R.GROUP_TERMINATED),
    ("grocer-02", "farm-007", "tomatoes", V.INELIGIBLE, R.NEVER_JOINED),
    ("grocer-02", "farm-006", "tomatoes", V.INELIGIBLE, R.LEFT),
    ("grocer-01", "farm-013", "tomatoes", V.CLOSED, R.CLOSED),
    ("brand-01", "apparel-010", "garments", V.CLOSED, R.CLOSED),
    ("brand-06", "apparel-022", "garments", V.RESTRICTED, R.NON_COMPLIANT),
    ("grocer-08", "farm-001", "strawberries", V.UNKNOWN, R.TERM_PASSED_RENEWAL_UNKNOWN),
    ("grocer-05", "farm-001", "tomatoes", V.UNKNOWN, R.RENEWAL_UNKNOWN),
    ("retailer-03", "farm-001", "tomatoes", V.UNKNOWN, R.GROUP_COVERAGE_UNKNOWN),
    ("brand-14", "apparel-001", "garments", V.UNKNOWN, R.GROUP_COVERAGE_UNKNOWN),
    ("brand-03", "mill-001", "home textiles", V.UNKNOWN, R.OPTION_UNKNOWN),
    ("grocer-01", "farm-012", "produce", V.UNKNOWN, R.PRODUCT_TOO_BROAD),
    ("grocer-01", "farm-008", "tomatoes", V.UNKNOWN, R.STALE_EVIDENCE),
    ("grocer-01", "farm-009", "tomatoes", V.UNKNOWN, R.STALE_BAR),
    ("grocer-10", "farm-001", "tomatoes", V.UNKNOWN, R.DATE_PRECISION),
    ("grocer-01", "farm-010", "tomatoes", V.UNKNOWN, R.NO_EVIDENCE),
    ("grocer-01", "growers-01", "tomatoes", V.UNKNOWN, R.SITES_DIFFER),
    ("grocer-01", "packing-house-02", "tomatoes", V.UNKNOWN, R.SITES_DIFFER),
    ("brand-01", "apparel-003", "garments", V.AT_RISK, R.ESCALATED),
    ("brand-01", "apparel-005", "garments", V.AT_RISK, R.ESCALATED),
    ("grocer-01", "farm-007", "tomatoes", V.NOT_IN_PROGRAM, R.NEVER_JOINED),
    ("grocer-01", "farm-006", "tomatoes", V.NOT_IN_PROGRAM, R.LEFT),
    ("brand-01", "apparel-011", "garments", V.NOT_IN_PROGRAM, R.NOT_LISTED),
    ("grocer-04", "pool-01", "repacked tomatoes", V.NOT_IN_PROGRAM, R.VOLUME_BALANCE_SHORT),
    ("grocer-01", "farm-002", "strawberries", V.ELIGIBLE_WITH_FINDINGS, R.FINDINGS_OPEN),
    ("brand-01", "apparel-008", "garments", V.ELIGIBLE_WITH_FINDINGS, R.FINDINGS_OPEN),
    ("grocer-01", "farm-001", "tomatoes", V.ELIGIBLE, R.IN_GOOD_STANDING),
    ("grocer-03", "pool-01", "repacked tomatoes", V.ELIGIBLE, R.VOLUME_BALANCED),
    ("grocer-01", "farm-011", "tomatoes", V.OUT_OF_SCOPE, R.COUNTRY_OUT_OF_SCOPE),
    ("brand-01", "apparel-001", "tomatoes", V.OUT_OF_SCOPE, R.PRODUCT_OUT_OF_SCOPE),
    ("brand-06", "apparel-024", "garments", V.OUT_OF_SCOPE, R.SITE_NOT_NAMED),
    ("brand-02", "mill-001", "home textiles", V.OUT_OF_SCOPE, R.OPTION_NOT_TAKEN),
    ("grocer-11", "farm-001", "tomatoes", V.NOT_BOUND, R.NO_SIGNATURE),
    ("brand-04", "apparel-001", "garments", V.NOT_BOUND, R.FRAMEWORK_ONLY),
    ("brand-07", "apparel-001", "garments", V.NOT_BOUND, R.SIGNATURE_ENDED),
    ("brand-05", "apparel-001", "garments", V.NOT_BOUND, R.AGREEMENT_NOT_IN_FORCE),
    # A bar of the day before the rule changed reaches the group, a later one does not.
    ("brand-01", "apparel-019", "garments", V.INELIGIBLE, R.GROUP_TERMINATED),
    ("brand-01", "apparel-020", "garments", V.ELIGIBLE, R.IN_GOOD_STANDING),
    # Sites and their operators.
    ("brand-01", "apparel-017", "garments", V.ELIGIBLE, R.IN_GOOD_STANDING),
    ("grocer-01", "farm-019", "tomatoes", V.ELIGIBLE, R.IN_GOOD_STANDING),
    ("grocer-01", "farm-020", "tomatoes", V.INELIGIBLE, R.SUSPENDED),
    ("grocer-01", "farm-021", "tomatoes", V.ELIGIBLE, R.IN_GOOD_STANDING),
    ("grocer-01", "packing-house-01", "tomatoes", V.ELIGIBLE, R.IN_GOOD_STANDING),
    # Groups of buyers: one signature covers the members, one does not.
    ("retailer-01", "farm-001", "tomatoes", V.ELIGIBLE, R.IN_GOOD_STANDING),
    ("retailer-02", "farm-001", "tomatoes", V.NOT_BOUND, R.NO_SIGNATURE),
    # One farm, two programs that disagree, and a buyer that is bound by both.
    ("retailer-07", "fibre-farm-001", "cotton", V.ELIGIBLE, R.IN_GOOD_STANDING),
    ("brand-01", "fibre-farm-001", "cotton", V.INELIGIBLE, R.STAGE_3),
    ("retailer-04", "fibre-farm-001", "cotton", V.INELIGIBLE, R.STAGE_3),
    ("retailer-04", "fibre-farm-002", "cotton", V.INELIGIBLE, R.SUSPENDED),
)
TRAVELLED: Final = (
    # Asked of a day, as known on another.
    ("grocer-01", "farm-005", "tomatoes", "2026-03-16", "2026-03-16", V.ELIGIBLE),
    ("grocer-01", "farm-005", "tomatoes", "2026-03-16", "2026-05-01", V.INELIGIBLE),
    ("brand-01", "apparel-001", "garments", "2023-11-15", "2023-11-15", V.NOT_BOUND),
    ("brand-01", "apparel-001", "garments", "2023-11-15", "2023-12-31", V.ELIGIBLE),
    ("brand-04", "apparel-001", "garments", "2023-10-31", "2024-01-01", V.ELIGIBLE),
    ("brand-04", "apparel-001", "garments", "2023-11-01", "2024-01-01", V.NOT_BOUND),
)


def noon(day: date) -> datetime:
    """Return an instant of a day."""
    return datetime.combine(day, time(12), UTC)


@contextmanager
def generated_on(day: date) -> Generator[dict[str, Adapter]]:
    """Give both programs as they are on a day."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("adapters.kit.example.today", lambda: day)
        yield {code: adapters()[code] for code in PROGRAMS}


def lines(day: date) -> list[Line]:
    """Return what both programs say on a day."""
    with generated_on(day) as found:
        return [line for adapter in found.values() for line in adapter.record().lines]


def described(found: Sequence[Line]) -> dict[str, Organization | Worksite]:
    """Return who is described, by reference."""
    facts = (line.fact for line in found)
    return {f.reference: f for f in facts if isinstance(f, Organization | Worksite)}


def suppliers(found: Sequence[Line]) -> list[str]:
    """Return the references of suppliers."""
    return [
        reference
        for reference, fact in described(found).items()
        if isinstance(fact, Worksite) or "SUPPLIER" in fact.roles
    ]


def buyers(found: Sequence[Line]) -> list[str]:
    """Return the references of buyers."""
    return [
        reference
        for reference, fact in described(found).items()
        if isinstance(fact, Organization) and "BUYER" in fact.roles
    ]
