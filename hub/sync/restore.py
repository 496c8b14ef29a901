"""Restore: a whole-graph export into an empty store, with the intervals in which it was known."""

from datetime import UTC, datetime
from typing import Any

from graph_schema.elements import Fact
from hub.errors import BadDocumentError, ConflictError
from hub.store.deeds import Action, Actor, By, Deed
from hub.store.port import OPEN, Store
from hub.store.rows import ALWAYS, micros
from hub.sync.check import check
from hub.sync.intake import Change, Intake, Item, Origin, Outcome, Report
from hub.sync.kept import Keeping, kept
from hub.sync.plan import Plan
from hub.sync.refused import nothing_applied
from hub.sync.resolve import Resolver
from hub.sync.world import World
from hub.sync.write import Generation


def is_export(intake: Intake) -> bool:
    """Whether a file states since when its facts are recorded, as an export does."""
    return any(line.about.recorded_at is not None for line in intake.lines)


async def restore(
    store: Store, intake: Intake, *, dry_run: bool = False, now: datetime | None = None
) -> Report:
    """Record an export as the first generation of an empty store.

    Facts keep the instants at which they became known and known otherwise, so that every question
    is answered alike; revisions are counted anew.

    Raises:
        ConflictError: The store holds something already.
        BadDocumentError: A line is bad, or does not say since when it is recorded, or says an
            instant that is yet to come.
    """
    async with store.writing() as writing:
        if writing.base.revision:
            msg = "the file is an export with recorded intervals; import it into an empty store"
            raise ConflictError(msg)
        world = await World.load(store, writing.base)
        world.arriving(intake.lines)
        present = now or datetime.now(UTC)
        today = present.toordinal()
        lines, problems = check(intake.lines, world, intake, today)
        resolver = Resolver(writing, world, Origin.ADMINISTRATOR)
        await resolver.load(store, lines, ())
        lines, conflicts = resolver.declare(lines)
        items, unresolved = resolver.resolve(lines)
        problems += conflicts + unresolved
        if problems:
            raise BadDocumentError(nothing_applied(problems))
        plan = Plan(facts=[_restored(item, micros(present)) for item in items])
        plan.added = [Change(item.fact.word, item.line.program, "restored") for item in items]
        report = Report(Outcome.DRY_RUN, None, None, complete=False, added=plan.added)
        if dry_run:
            return report
        generation = Generation(store, writing, world)
        generation.number(plan)
        await generation.stage(plan, resolver.made)
        deed = Deed(By(Actor.SHELL), Action.IMPORT)
        latest = await generation.write(micros(present), deed)
    report.outcome, report.revision = Outcome.RESTORED, latest.revision
    return report


def _restored(item: Item, present: int) -> tuple[type[Fact], dict[str, Any]]:
    """Return the row that a line of an export was made from."""
    about, place = item.line.about, f"line {item.line.place}"
    if about.recorded_at is None or about.visible is None:
        msg = f"{place}: it states no recordedAt or visible, as every line of an export does"
        raise BadDocumentError(msg)
    recorded = max(micros(about.recorded_at), ALWAYS)
    withdrawn = micros(about.withdrawn_at) if about.withdrawn_at else None
    # What a revision tells must not change while it is the newest.
    if max(recorded, withdrawn or ALWAYS) > present:
        when = "by this computer's clock its recordedAt or withdrawnAt is yet to come"
        msg = f"{place}: {when}; set the clock, or wait until then"
        raise BadDocumentError(msg)
    keeping = Keeping(
        recorded_from=recorded,
        recorded_until=OPEN if withdrawn is None else withdrawn,
        revision_until=OPEN if withdrawn is None else 1,
        stated_at=micros(about.stated_at) if about.stated_at else recorded,
        retrieved_at=micros(about.retrieved_at) if about.retrieved_at else None,
        feed=about.feed,
        max_age=about.max_age_days,
        visible=about.visible,
    )
    row = kept(item, keeping)
    if about.begins_between is not None:
        row["begins_first"] = about.begins_between.first
        row["begins_last"] = about.begins_between.last
    if about.last_confirmed_on is not None:
        row["confirmed"] = about.last_confirmed_on.toordinal()
    return type(item.fact), row
