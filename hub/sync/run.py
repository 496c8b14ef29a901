"""A run: check, resolve, compare, write, derive. What a program sends becomes one generation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.errors import BadDocumentError
from hub.store.deeds import Action, Deed
from hub.store.kept import Kept
from hub.store.port import Store, Writing
from hub.store.rows import day_of
from hub.sync import hold
from hub.sync.effects import receipt
from hub.sync.intake import Intake, Origin, Outcome, Progress, Report, silent
from hub.sync.plan import Plan
from hub.sync.planning import Planning
from hub.sync.receipt import Asked, Receipt
from hub.sync.refused import nothing_applied
from hub.sync.remember import remember
from hub.sync.slices import Learned
from hub.sync.told import told
from hub.sync.world import World
from hub.sync.write import instant

MOST_NAMED: Final = 10
"""Subjects of a push that the audit log names; of more, the revision tells."""


async def run(
    store: Store,
    intake: Intake,
    *,
    dry_run: bool = False,
    confirmed: bool = False,
    now: datetime | None = None,
    progress: Progress = silent,
    asked: Asked | None = None,
) -> Report:
    """Record what comes in as one atomic generation, and report the difference it makes.

    Args:
        store: Where the graph is.
        intake: What comes in.
        dry_run: Work out the difference and write nothing.
        confirmed: Apply it even where it would be held: a person has looked.
        now: The instant it is recorded; the present where not given.
        progress: Is told how far it is.
        asked: By which key a client may ask for it again; the first answer is the receipt.

    Raises:
        ConflictError: The client used the key for something else.
        BadDocumentError: An administrator's file has a bad line, or a document speaks of a day
            yet to come; nothing of it is applied.
    """
    learned, report, started = Learned(), None, 0
    while report is None:
        async with store.writing() as writing:
            if asked is not None and (before := await asked.before(store)) is not None:
                return _repeated(intake, before)
            started = instant(now, writing.base)
            _not_yet_to_come(intake, started)
            how = _How(dry_run, confirmed, started, progress, asked)
            report = await _attempt(store, intake, writing, learned, how)
    if asked is not None and report.outcome is Outcome.UNCHANGED and not dry_run:
        report.receipt = Receipt(asked.digest, report.revision, (), report.unchanged, (), started)
        await store.kept.put(asked.kept(report.receipt))
    if not dry_run and intake.program and intake.feed:
        await remember(store, intake, report, started)
    return report


def _repeated(intake: Intake, receipt: Receipt) -> Report:
    """Return what a client was told before."""
    return Report(
        outcome=Outcome.APPLIED,
        program=intake.program,
        feed=intake.feed,
        complete=intake.complete,
        unchanged=receipt.unchanged,
        revision=receipt.revision,
        receipt=receipt,
    )


@dataclass(frozen=True, slots=True)
class _How:
    dry_run: bool
    confirmed: bool
    now: int
    progress: Progress
    asked: Asked | None


async def _attempt(
    store: Store, intake: Intake, writing: Writing, learned: Learned, how: _How
) -> Report | None:
    """Make a generation of what comes in; none where more was learned of it, to begin anew."""
    world = await World.load(store, writing.base)
    planning = Planning(store, intake, writing, world, how.now, learned, how.progress)
    plan, made = await planning.plan()
    if planning.learns():
        return None
    if intake.origin is Origin.ADMINISTRATOR and planning.problems:
        raise BadDocumentError(nothing_applied(planning.problems))
    report = _report(intake, plan, planning, writing.base.revision)
    known = world.programs.get(intake.program or "")
    for changes in (report.added, report.changed, report.ended):
        changes[:] = await told(store, changes, known.scheme if known else None)
    report.held = [
        *hold.reasons(intake, planning.tally, plan, world, planning.refused),
        *await hold.barring(store, intake, plan, world, day_of(how.now)),
    ]
    report.outcome = _becomes(intake, planning, report, how, empty=plan.empty and not made)
    if report.outcome is Outcome.DRY_RUN and how.asked is not None:
        planning.generation.number(plan)
        report.receipt = receipt(how.asked, plan, writing.base.revision, how.now)
        report.planned = {row["number"]: row for _, row in plan.facts}
    if report.outcome is Outcome.APPLIED:
        await planning.generation.stage(plan, made)
        kept: list[Kept] = []
        if how.asked is not None:
            report.receipt = receipt(how.asked, plan, writing.base.revision + 1, how.now)
            kept.append(how.asked.kept(report.receipt))
        deed = _deed(intake, report, how)
        report.revision = (await planning.generation.write(how.now, deed, kept)).revision
    return report


def _deed(intake: Intake, report: Report, how: _How) -> Deed:
    """Return what the audit log tells of a run: of a push whom it is about, of a sync the feed."""
    if how.asked is not None:
        changes = (*report.added, *report.changed, *report.ended)
        whom = sorted({change.what for change in changes})
        subject = " ".join(whom) if len(whom) <= MOST_NAMED else None
        return Deed(intake.by, Action.RECORD_FACTS, subject=subject)
    if intake.origin is Origin.ADMINISTRATOR:
        return Deed(intake.by, Action.IMPORT)
    return Deed(intake.by, Action.SYNC, subject=f"{intake.program}/{intake.feed}")


def _becomes(
    intake: Intake, planning: Planning, report: Report, how: _How, *, empty: bool
) -> Outcome:
    """Return what is to become of a run that is planned."""
    if intake.whole and planning.problems:
        return Outcome.REFUSED
    if intake.origin is Origin.OPERATOR and report.held and not how.confirmed:
        return Outcome.HELD
    if empty and planning.generation.empty:
        return Outcome.UNCHANGED
    return Outcome.DRY_RUN if how.dry_run else Outcome.APPLIED


def _not_yet_to_come(intake: Intake, now: int) -> None:
    """Refuse a document of a later day: all that comes until then would count as older."""
    if intake.dated is not None and intake.dated.toordinal() > day_of(now) + 1:
        msg = f"it is dated {intake.dated}, which is yet to come; give the day of which it speaks"
        raise BadDocumentError(msg)


def _report(intake: Intake, plan: Plan, planning: Planning, revision: int) -> Report:
    return Report(
        outcome=Outcome.DRY_RUN,
        program=intake.program,
        feed=intake.feed,
        complete=intake.complete,
        added=plan.added,
        changed=plan.changed,
        ended=plan.ended,
        unchanged=plan.unchanged,
        more=plan.more,
        notes=[*intake.notes, *planning.notes],
        problems=sorted(planning.problems, key=lambda problem: (problem.table or "", problem.row)),
        revision=revision,
    )
