"""From what bears on a subject to a verdict with its reason, and from several to one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from graph_schema.codes import Effect, Reason, Verdict
from hub.eligibility.standing import BADNESS, Finding, Share

RANK: Final = {verdict: at for at, verdict in enumerate(Verdict)}
"""The lower, the worse."""
REASON_RANK: Final = {reason: at for at, reason in enumerate(Reason)}
"""Of equal verdicts the reason with the lower rank decides."""

VERDICT_OF: Final = {
    Effect.GOOD_STANDING: Verdict.ELIGIBLE,
    Effect.FINDINGS: Verdict.ELIGIBLE_WITH_FINDINGS,
    Effect.AT_RISK: Verdict.AT_RISK,
    Effect.RESTRICTED: Verdict.RESTRICTED,
    Effect.INELIGIBLE: Verdict.INELIGIBLE,
    Effect.CLOSED: Verdict.CLOSED,
    Effect.NOT_IN_PROGRAM: Verdict.NOT_IN_PROGRAM,
}
"""A word of NO_EFFECT has no verdict of its own."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict, its reason, and what it rests on.

    Attributes:
        findings: The states it rests on, decisive first.
        differing: For SITES_DIFFER: each member judged, with its own verdict.
        covered_share: For a volume balance: enrolled supply over demand.
    """

    verdict: Verdict
    reason: Reason
    findings: tuple[Finding, ...] = ()
    differing: tuple[tuple[int, Verdict], ...] = ()
    covered_share: float | None = None


def worse(left: Outcome, right: Outcome) -> Outcome:
    """Return the worse of two outcomes; of equal verdicts the reason that stands first."""
    if _order(right) < _order(left):
        return right
    return left


def _order(outcome: Outcome) -> tuple[int, int]:
    return RANK[outcome.verdict], REASON_RANK[outcome.reason]


def weighed(findings: Sequence[Finding], *, prohibited: bool) -> Outcome | None:
    """Return what findings amount to; none where no state is in force at all.

    Args:
        findings: What bears on the subject in one program, over all tracks.
        prohibited: Whether a clause forbids buying from who is not in the program.
    """
    if not findings:
        return None
    counted = [(outcome, finding) for finding in findings if (outcome := _one(finding, prohibited))]
    if any(_supports(finding) for finding in findings):
        counted += [
            ((Verdict.ELIGIBLE_WITH_FINDINGS, finding.reason), finding)
            for finding in findings
            if finding.effect is Effect.FINDINGS and not _supports(finding)
        ]
    if counted:
        return _decided(counted)
    unsupported = [f for f in findings if f.effect is not Effect.NO_EFFECT]
    if any(not finding.fresh for finding in unsupported):
        reason = Reason.STALE_EVIDENCE
    elif unsupported:
        reason = Reason.PRODUCT_TOO_BROAD
    else:
        reason = Reason.NO_EVIDENCE
    newest = sorted(unsupported or findings, key=lambda f: (-f.confirmed, -f.since))
    return Outcome(Verdict.UNKNOWN, reason, tuple(newest))


def _supports(finding: Finding) -> bool:
    """Whether it is evidence for all that is asked, on the day asked."""
    whole = finding.share is Share.ALL
    return finding.fresh and whole and finding.effect is not Effect.NO_EFFECT


def _one(finding: Finding, prohibited: bool) -> tuple[Verdict, Reason] | None:
    """Return what one finding counts as; none where it supports nothing by itself."""
    if _supports(finding):
        if prohibited and finding.effect is Effect.NOT_IN_PROGRAM:
            return Verdict.INELIGIBLE, finding.reason
        return VERDICT_OF[finding.effect], finding.reason
    if BADNESS[finding.effect] <= BADNESS[Effect.FINDINGS]:
        return None
    if finding.fresh:
        return Verdict.UNKNOWN, Reason.PRODUCT_TOO_BROAD
    if finding.effect is Effect.INELIGIBLE:
        return Verdict.UNKNOWN, Reason.STALE_BAR
    return Verdict.UNKNOWN, Reason.STALE_EVIDENCE


def _decided(counted: Sequence[tuple[tuple[Verdict, Reason], Finding]]) -> Outcome:
    """Return the worst; of equal ones what was worst before it went stale, then the widest."""

    def order(entry: tuple[tuple[Verdict, Reason], Finding]) -> tuple[int, int, int, int]:
        (verdict, _), finding = entry
        return (RANK[verdict], -BADNESS[finding.effect], -finding.width, -finding.since)

    ordered = sorted(counted, key=order)
    (verdict, reason), _ = ordered[0]
    return Outcome(verdict, reason, tuple(finding for _, finding in ordered))
