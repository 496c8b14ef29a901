"""Effects: what revisions make of facts, as a client is told of its write, and all by the feed."""

from typing import Any, Final

from graph_schema.elements import Fact
from graph_schema.parties import Organization, Worksite
from graph_schema.standing import CompleteRun
from hub.store.columns import bounds
from hub.store.port import Change, Row
from hub.sync.plan import Plan
from hub.sync.receipt import Asked, Becomes, Effect, Receipt

_NUMBERED: Final = (Organization, Worksite)
"""The facts that say which numbers are one supplier's."""


def receipt(asked: Asked, plan: Plan, revision: int, now: int) -> Receipt:
    """Return what a client is told of a plan whose rows have their numbers."""
    recorded = [
        (row["row"] - 1, row["number"], kind.word) for kind, row in plan.facts if row["row"]
    ]
    return Receipt(asked.digest, revision, recorded, plan.unchanged, effects(plan), now)


def effects(plan: Plan) -> list[Effect]:
    """Return what a plan makes of facts, once its rows have their numbers."""
    before = {row["identity"]: row for _, row, _ in plan.closed}
    made = [_effect(kind, row, before.pop(row["identity"], None)) for kind, row in plan.facts]
    gone = [_effect(kind, None, row) for kind, row, _ in plan.closed if row["identity"] in before]
    return made + gone


def effect(change: Change) -> Effect:
    """Return a change as it is told."""
    return _effect(change.kind, change.row, change.before)


def _effect(kind: type[Fact], row: Row | None, before: Row | None) -> Effect:
    """Return what became of a fact, of which one row at least is known."""
    shown: Any = before if row is None else row
    becomes = _becomes(kind, row, before)
    about = shown[kind.begins_at or kind.ends_at] if kind.begins_at or kind.ends_at else None
    what = shown.get("state") or shown.get("kind") or shown.get("name") or ""
    return Effect(
        becomes=becomes,
        word=kind.word,
        fact=None if row is None else row["number"],
        before=None if before is None else before["number"],
        program=shown["program"],
        subject=about,
        summary=f"{kind.word} {what} {becomes.lower()}".replace("  ", " "),
    )


def _becomes(kind: type[Fact], row: Row | None, before: Row | None) -> Becomes:
    if row is None:
        return Becomes.WITHDRAWN
    if kind is CompleteRun:
        return Becomes.SYNC
    if before is None:
        return Becomes.RECORDED
    if kind in _NUMBERED and _numbers(row) != _numbers(before):
        return Becomes.IDENTITY
    _, until = bounds(kind)
    if until and before[until] is None and row[until] is not None:
        return Becomes.ENDED
    return Becomes.CHANGED


def _numbers(row: Row) -> set[str]:
    """Return the references and numbers that a statement gives whom it describes."""
    return {row["called"], *(row["external_ids"] or ())}
