"""A run: check, resolve, compare, write, derive. What a program sends becomes one generation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.errors import BadDocumentError, ConflictError
from hub.store.deeds import Action, Actor, Deed
from hub.store.kept import NOTHING, Kept
from hub.store.port import Store, Writing
from hub.store.rows import day_of
from hub.sync import hold
from hub.sync.barring import Barring
from hub.sync.difference import Difference
from hub.sync.effects import receipt
from hub.sync.intake import Intake, Origin, Outcome, Progress, Report, silent
from hub.sync.plan import Plan
from hub.sync.planning import Planning
from hub.sync.receipt import Asked, Receipt
from hub.sync.refused import nothing_applied
from hub.sync.remember import TAKEN, remember
from hub.sync.slices import Learned
from hub.sync.told import told
from hub.sync.world import World
from hub.sync.write import instant

MOST_NAMED: Final = 10
"""Subjects of a push that the audit log names; of more, the revision tells."""
ANOTHER: Final = "have another client of the program look at the proposal, and apply it"
_PROPOSES: Final = frozenset({Actor.CLIENT, Actor.SCHEDULE})
"""As whom nobody is there who could look at what is held: it waits as a proposal."""


@dataclass(frozen=True, slots=True)
class Decision:
    """How a run goes through of which a client has a proposal, or is to have one.

    Attributes:
        deed: What the audit log tells of it, where it is applied.
        keeps: Returns what is kept with it.
        expects: Digest of the difference that somebody looked at; none: nobody has.
        alone: Whether who decides is who sent it, who may not let through what bars many.
    """

    deed: Deed
    keeps: Callable[[Report], Sequence[Kept]]
    expects: str | None = None
    alone: bool = False

    @property
    def by_another(self) -> bool:
        """Whether another client than the sender has looked at it."""
        return self.expects is not None and not self.alone

    def fits(self, report: Report) -> bool:
        """Whether a run does what somebody looked at, who may let it through."""
        same = self.expects in {None, report.difference}
        return same and not (self.alone and report.bars)


@dataclass(frozen=True, slots=True)
class How:
    """How a run is carried out.

    Attributes:
        dry_run: Work out the difference and write nothing.
        confirmed: Apply it even where it would be held: a person has looked.
        now: The instant it is recorded; the present where not given.
        progress: Is told how far it is.
        asked: By which key a client may ask for it again; the first answer is the receipt.
        decision: What is decided of a proposal.
    """

    dry_run: bool = False
    confirmed: bool = False
    now: datetime | None = None
    progress: Progress = silent
    asked: Asked | None = None
    decision: Decision | None = None


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

    The arguments are the attributes of `How`.

    Raises:
        ConflictError: The client used the key for something else.
        BadDocumentError: An administrator's file has a bad line, or a document speaks of a day
            yet to come; nothing of it is applied.
    """
    return await carry_out(store, intake, How(dry_run, confirmed, now, progress, asked))


async def carry_out(store: Store, intake: Intake, how: How) -> Report:
    """Do the same, as is told.

    Raises:
        ConflictError: Likewise; or what it decides was decided by then.
        BadDocumentError: Likewise.
    """
    learned, report, asked, decision = Learned(), None, how.asked, how.decision
    while report is None:
        async with store.writing() as writing:
            if asked is not None and (before := await asked.before(store)) is not None:
                return _repeated(intake, before)
            started = instant(how.now, writing.base)
            _not_yet_to_come(intake, started)
            try:
                report = await _attempt(store, intake, writing, learned, how)
            except ConflictError:
                before = None if asked is None else await asked.before(store)
                if before is None:
                    raise
                return _repeated(intake, before)
    if report.outcome is Outcome.UNCHANGED and not how.dry_run:
        report = await _unchanged(store, intake, report, how)
    taken = decision is None or report.outcome in TAKEN
    if taken and not how.dry_run and intake.program and intake.feed:
        await remember(store, intake, report, report.started)
    return report


async def _unchanged(store: Store, intake: Intake, report: Report, how: How) -> Report:
    """Keep what a client is told of a run that changes nothing; return what it is told."""
    asked, decision = how.asked, how.decision
    if decision is not None:
        await store.kept.put_all(decision.keeps(report), deed=decision.deed)
    elif asked is not None:
        known = report.unchanged
        report.receipt = Receipt(asked.digest, report.revision, (), known, (), report.started)
        if not await store.kept.put_once(asked.kept(report.receipt)):
            # The same was sent twice at once, and the other was answered first.
            return _repeated(intake, await asked.before(store) or report.receipt)
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


async def _attempt(
    store: Store, intake: Intake, writing: Writing, learned: Learned, how: How
) -> Report | None:
    """Make a generation of what comes in; none where more was learned of it, to begin anew."""
    world = await World.load(store, writing.base)
    started = instant(how.now, writing.base)
    planning = Planning(store, intake, writing, world, started, learned, how.progress)
    proposes = intake.by.actor in _PROPOSES
    if proposes or how.decision is not None:
        planning.difference = Difference(writing.next_node)
    barring = _barring(planning, intake, started) if proposes else None
    plan, made = await planning.plan()
    if planning.learns():
        return None
    if intake.origin is Origin.ADMINISTRATOR and planning.problems:
        raise BadDocumentError(nothing_applied(planning.problems))
    report = _report(intake, plan, planning, writing.base.revision)
    report.started = started
    known = world.programs.get(intake.program or "")
    for changes in (report.added, report.changed, report.ended):
        changes[:] = await told(store, changes, known.scheme if known else None)
    report.held = [*hold.reasons(intake, planning.tally, plan, world, planning.refused)]
    if planning.difference is not None:
        _look_at(planning.difference, report)
        why = await barring.too_many(plan) if barring else None
        report.held += [f"{why}; {ANOTHER}"] if why else []
        # Who is missing in some lists may not be bought from either.
        absent = intake.bounds.listing and any(hold.gone(intake, plan))
        report.bars = bool(why) or absent
    report.outcome = _becomes(intake, planning, report, how, empty=plan.empty and not made)
    if report.outcome is Outcome.DRY_RUN and how.asked is not None and how.decision is None:
        report.receipt = receipt(how.asked, plan, writing.base.revision, started)
        report.planned = {row["number"]: row for _, row in plan.facts}
    if report.outcome is Outcome.APPLIED:
        report.planned = {}
        await planning.generation.stage(plan, made)
        report.revision = writing.base.revision + 1
        deed, kept = _deed(intake, report, how), _kept(report, plan, how, barring)
        await planning.generation.write(started, deed, kept)
    return report


def _barring(planning: Planning, intake: Intake, now: int) -> Barring | None:
    """Have a run looked at for whom it bars."""
    if intake.program not in planning.generation.world.numbers:
        return None
    barring = Barring(planning.generation, intake.program, intake.bounds.may_shrink, now)
    planning.touched = barring.touched
    return barring


def _look_at(difference: Difference, report: Report) -> None:
    """Take down what a client's run makes of facts."""
    report.difference, report.first_new = difference.digest, difference.first_new
    report.effects, report.planned = difference.effects, difference.planned


def _kept(report: Report, plan: Plan, how: How, barring: Barring | None) -> Sequence[Kept]:
    """Return what is kept with a run that is applied."""
    lately = barring.kept() if barring else ()
    if how.decision is not None:
        return [*how.decision.keeps(report), *(() if how.decision.by_another else lately)]
    if how.asked is None:
        return lately
    report.receipt = receipt(how.asked, plan, report.revision, report.started)
    return [how.asked.kept(report.receipt, instead_of=NOTHING), *lately]


def _deed(intake: Intake, report: Report, how: How) -> Deed:
    """Return what the audit log tells of a run: of a push whom it is about, of a sync the feed."""
    if how.decision is not None:
        return how.decision.deed
    if how.asked is not None:
        changes = (*report.added, *report.changed, *report.ended)
        whom = sorted({change.what for change in changes})
        subject = " ".join(whom) if len(whom) <= MOST_NAMED else None
        return Deed(intake.by, Action.RECORD_FACTS, subject=subject)
    if intake.origin is Origin.ADMINISTRATOR:
        return Deed(intake.by, Action.IMPORT)
    return Deed(intake.by, Action.SYNC, subject=f"{intake.program}/{intake.feed}")


def _becomes(
    intake: Intake, planning: Planning, report: Report, how: How, *, empty: bool
) -> Outcome:
    """Return what is to become of a run that is planned."""
    if intake.whole and planning.problems:
        return Outcome.REFUSED
    if intake.origin is Origin.OPERATOR and report.held and not how.confirmed:
        return Outcome.HELD
    if how.decision is not None and not how.decision.fits(report):
        return Outcome.MOVED
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
        unseen=plan.unseen,
        more=plan.more,
        notes=[*intake.notes, *planning.notes],
        problems=sorted(planning.problems, key=lambda problem: (problem.table or "", problem.row)),
        revision=revision,
    )
