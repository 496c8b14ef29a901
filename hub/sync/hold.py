"""Hold: what is not believable waits for a person."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from adapters.kit.parsed import RowProblem
from hub.sync.check import subject_of
from hub.sync.intake import Intake
from hub.sync.plan import Plan
from hub.sync.world import World


def reasons(
    intake: Intake, plan: Plan, world: World, problems: Sequence[RowProblem]
) -> Iterator[str]:
    """Yield why a person must look at a run before it is applied.

    Args:
        intake: What came in, and what is believable in its feed.
        plan: What it would change.
        world: What is known.
        problems: Rows set aside: those of the parser first, then one for each line.
    """
    bounds = intake.bounds
    unread = sum(1 for _ in groupby(intake.problems, lambda each: (each.table, each.row)))
    total = len(intake.lines) + unread
    aside = unread + len(problems) - len(intake.problems)
    for column in intake.missing:
        yield f"the column {column} is missing; add it, or take the template again"
    owner = _owner(intake, world)
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
    for kind, gone in plan.absent.items():
        if gone > bounds.may_shrink * plan.shown[kind]:
            yield (
                f"{gone:,} of {plan.shown[kind]:,} listed {kind.table} are gone, more than "
                f"{bounds.may_shrink:.0%}; confirm that they ended"
            )


def _owner(intake: Intake, world: World) -> str | None:
    """Return the other program whose references most rows name, where there is one."""
    named = [subject_of(line.fact) for line in intake.lines]
    named += [problem.subject for problem in intake.problems]
    schemes = Counter((reference or "").partition(":")[0] for reference in named)
    for scheme, count in schemes.most_common(1):
        owner = world.schemes().get(scheme, intake.program)
        if owner != intake.program and 2 * count > len(named):
            return owner
    return None
