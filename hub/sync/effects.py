"""Effects: what a write makes of each fact, as the client that asks for it is told."""

from graph_schema.elements import Fact
from graph_schema.standing import Standing
from hub.store.port import Row
from hub.sync.plan import Plan
from hub.sync.receipt import Asked, Becomes, Effect, Receipt


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
    gone = [
        _told(kind, row, Becomes.WITHDRAWN, None, row["number"])
        for kind, row, _ in plan.closed
        if row["identity"] in before
    ]
    return made + gone


def _effect(kind: type[Fact], row: Row, before: Row | None) -> Effect:
    if before is None:
        return _told(kind, row, Becomes.RECORDED, row["number"], None)
    ended = kind is Standing and before["until"] is None and row["until"] is not None
    becomes = Becomes.ENDED if ended else Becomes.CHANGED
    return _told(kind, row, becomes, row["number"], before["number"])


def _told(
    kind: type[Fact], row: Row, becomes: Becomes, fact: int | None, before: int | None
) -> Effect:
    about = row[kind.begins_at or kind.ends_at] if kind.begins_at or kind.ends_at else None
    what = row.get("state") or row.get("kind") or row.get("name") or ""
    summary = f"{kind.word} {what} {becomes.lower()}".replace("  ", " ")
    return Effect(becomes, kind.word, fact, before, row["program"], about, summary)
