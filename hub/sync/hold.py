"""Hold: what is not believable waits for a person."""

from collections.abc import Iterator

from hub.sync.compare import Plan
from hub.sync.intake import Intake


def reasons(intake: Intake, plan: Plan, taken: int, aside: int) -> Iterator[str]:
    """Yield why a person must look at a run before it is applied.

    Args:
        intake: What came in, and what is believable in its feed.
        plan: What it would change.
        taken: Rows that would be recorded or are known.
        aside: Rows set aside.
    """
    bounds = intake.bounds
    total = taken + aside
    for column in intake.missing:
        yield f"the column {column} is missing; add it, or take the template again"
    fewest, most = bounds.rows
    if not fewest <= total <= most:
        yield f"it has {total:,} rows; {fewest:,} to {most:,} are believable"
    if aside > bounds.may_fail * total:
        yield (
            f"{aside:,} of {total:,} rows were set aside, more than {bounds.may_fail:.0%}; "
            "mend them, or confirm the rest"
        )
    ended = len(plan.ended)
    if intake.complete and plan.shown and ended > bounds.may_shrink * plan.shown:
        yield (
            f"{ended:,} of {plan.shown:,} listed facts are gone, more than "
            f"{bounds.may_shrink:.0%}; confirm that they ended"
        )
