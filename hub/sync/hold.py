"""Hold: what is not believable waits for a person."""

from collections.abc import Iterator

from hub.sync.intake import Intake
from hub.sync.plan import Plan
from hub.sync.slices import Tally
from hub.sync.world import World


def reasons(intake: Intake, tally: Tally, plan: Plan, world: World, refused: int) -> Iterator[str]:
    """Yield why a person must look at a run before it is applied.

    Args:
        intake: What came in, and what is believable in its feed.
        tally: How much it was.
        plan: What it would change.
        world: What is known.
        refused: Lines set aside.
    """
    bounds, total = intake.bounds, tally.rows + len(intake.unsure)
    aside = tally.unread + refused
    yield from intake.why
    for column in intake.missing:
        yield f"the column {column} is missing; add it, or take the template again"
    owner = _owner(intake, tally, world)
    if owner is not None:
        yield f"most of it names references of {owner}; if it is a file of {owner}, sync it there"
    fewest, most = bounds.rows
    if not fewest <= total <= most:
        yield f"it has {total:,} rows; {fewest:,} to {most:,} are believable"
    if aside > bounds.may_fail * total:
        yield (
            f"{aside:,} of {total:,} rows were set aside, more than {bounds.may_fail:.0%}; "
            "mend them, or confirm the rest"
        )
    yield from gone(intake, plan)


def gone(intake: Intake, plan: Plan) -> Iterator[str]:
    """Yield of which facts too many are gone."""
    most = intake.bounds.may_shrink
    for kind, absent in plan.absent.items():
        if absent > most * plan.shown[kind]:
            yield (
                f"{absent:,} of {plan.shown[kind]:,} listed {kind.table} are gone, more than "
                f"{most:.0%}; confirm that they ended"
            )


def _owner(intake: Intake, tally: Tally, world: World) -> str | None:
    """Return the other program whose references most rows name, where there is one."""
    for scheme, count in tally.schemes.most_common(1):
        owner = world.schemes().get(scheme, intake.program)
        if owner != intake.program and 2 * count > tally.schemes.total():
            return owner
    return None
