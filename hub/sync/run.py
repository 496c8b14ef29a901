"""A run: check, resolve, compare, write, derive. What a program sends becomes one generation."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime

from adapters.kit.parsed import RowProblem
from graph_schema.exchange import Line
from graph_schema.standing import CompleteRun, Standing
from hub.errors import BadDocumentError
from hub.store.port import Latest, Store, Writing
from hub.store.rows import day_of, encoded, identity, micros
from hub.sync import hold
from hub.sync.check import check, may_state
from hub.sync.compare import Comparison
from hub.sync.contradictions import contradicting
from hub.sync.events import united
from hub.sync.intake import Intake, Item, Origin, Outcome, Report
from hub.sync.kept import named
from hub.sync.lists import ENDING
from hub.sync.plan import Plan
from hub.sync.refused import nothing_applied
from hub.sync.remember import remember
from hub.sync.resolve import Resolver
from hub.sync.told import told
from hub.sync.world import World
from hub.sync.write import Generation


async def run(
    store: Store,
    intake: Intake,
    *,
    dry_run: bool = False,
    confirmed: bool = False,
    now: datetime | None = None,
) -> Report:
    """Record what comes in as one atomic generation, and report the difference it makes.

    Args:
        store: Where the graph is.
        intake: What comes in.
        dry_run: Work out the difference and write nothing.
        confirmed: Apply it even where it would be held: a person has looked.
        now: The instant it is recorded; the present where not given.

    Raises:
        BadDocumentError: An administrator's file has a bad line, or a document speaks of a day
            yet to come; nothing of it is applied.
    """
    async with store.writing() as writing:
        started = _instant(now, writing.base)
        _not_yet_to_come(intake, started)
        world = await World.load(store, writing.base)
        step = _Run(store, intake, writing, world, started)
        plan, problems = await step.plan()
        report = _report(intake, plan, problems, writing.base.revision)
        if intake.origin is Origin.ADMINISTRATOR and problems:
            raise BadDocumentError(nothing_applied(problems))
        known = world.programs.get(intake.program or "")
        for changes in (report.added, report.changed, report.ended):
            changes[:] = await told(store, changes, known.scheme if known else None)
        report.notes = [*intake.notes, *step.notes]
        report.held = list(hold.reasons(intake, plan, world, problems))
        if intake.origin is Origin.OPERATOR and report.held and not confirmed:
            report.outcome = Outcome.HELD
        elif plan.empty and not step.resolver.made.nodes and not step.resolver.made.references:
            report.outcome = Outcome.UNCHANGED
        elif dry_run:
            report.outcome = Outcome.DRY_RUN
        else:
            generation = Generation(store, writing, world, plan, step.resolver.made)
            report.revision = (await generation.write(started)).revision
            report.outcome = Outcome.APPLIED
    if not dry_run and intake.program and intake.feed:
        await remember(store, intake, report, started)
    return report


def _not_yet_to_come(intake: Intake, now: int) -> None:
    """Refuse a document of a later day: all that comes until then would count as older."""
    if intake.dated is not None and intake.dated.toordinal() > day_of(now) + 1:
        msg = f"it is dated {intake.dated}, which is yet to come; give the day of which it speaks"
        raise BadDocumentError(msg)


class _Run:
    """One run on its way from lines to a plan."""

    def __init__(
        self, store: Store, intake: Intake, writing: Writing, world: World, now: int
    ) -> None:
        self.notes: list[str] = []
        self.resolver = Resolver(writing, world, intake.origin)
        self._store = store
        self._intake = intake
        self._world = world
        self._now = now

    async def plan(self) -> tuple[Plan, list[RowProblem]]:
        """Return what would be written, and the rows set aside."""
        intake, world = self._intake, self._world
        world.arriving(line for line in intake.lines if may_state(line, intake, world))
        lines, refused = check(intake.lines, world, intake, day_of(self._now))
        if intake.origin is not Origin.OPERATOR:
            lines = united(lines)
        lines, contradictory = contradicting(lines)
        problems = [*intake.problems, *refused, *contradictory]
        await self.resolver.load(self._store, lines, problems)
        lines, conflicts = self.resolver.declare(lines)
        self.notes += self.resolver.notes()
        items, unresolved = self.resolver.resolve(lines)
        problems += conflicts + unresolved
        comparison = Comparison(intake, world, self._now)
        excepted, _ = self.resolver.excepted(problems)
        plan = await comparison.compare(self._store, items, excepted)
        problems += plan.problems
        await comparison.replaced_clauses(self._store, items)
        if intake.complete:
            await self._left_out(comparison, items, problems)
        comparison.late()
        self.resolver.made.only({node for kind, row in plan.facts for node in named(kind, row)})
        return plan, problems

    async def _left_out(
        self, comparison: Comparison, items: Sequence[Item], problems: Sequence[RowProblem]
    ) -> None:
        """Plan what a complete document says by leaving out."""
        intake = self._intake
        excepted, unknown = self.resolver.excepted(problems)
        if unknown:
            self.notes.append(
                f"rows set aside that name nobody known: {unknown:,}; nothing was ended by absence"
            )
        if intake.origin is Origin.RECORD:
            if unknown == 0:
                await comparison.gone(self._store, excepted)
        elif not intake.kinds.isdisjoint(ENDING):
            silent = await comparison.absent(self._store, items, excepted, unknown)
            await comparison.compare(self._store, [self._complete_run(items, silent, unknown)])

    def _complete_run(self, items: Sequence[Item], silent: AbstractSet[int], unknown: int) -> Item:
        """Return what a complete list is itself: evidence of what it shows, and does not."""
        intake = self._intake
        tracks = {item.values["track"] for item in items if isinstance(item.fact, Standing)}
        fact = CompleteRun(
            feed=intake.feed or "",
            on=intake.dated or date.fromordinal(day_of(self._now)),
            kinds=tuple(sorted(kind.word for kind in ENDING if kind in intake.kinds)),
            tracks=tuple(sorted(tracks)),
            listing=intake.bounds.listing and bool(tracks),
            unidentified=unknown,
        )
        program = self.resolver.program(intake.program or "")
        values = encoded(fact, lambda _field, _value: 0) | {"except_": sorted(silent)}
        line = Line(program=intake.program or "", fact=fact)
        return Item(line, fact, program, values, identity(fact, program, values))


def _instant(now: datetime | None, base: Latest) -> int:
    """Return the instant of the commit; it never goes back."""
    return max(micros(now or datetime.now(UTC)), base.recorded_at + 1)


def _report(intake: Intake, plan: Plan, problems: list[RowProblem], revision: int) -> Report:
    hidden = CompleteRun.word
    return Report(
        outcome=Outcome.DRY_RUN,
        program=intake.program,
        feed=intake.feed,
        complete=intake.complete,
        added=[change for change in plan.added if change.kind != hidden],
        changed=[change for change in plan.changed if change.kind != hidden],
        ended=plan.ended,
        unchanged=plan.unchanged,
        problems=sorted(problems, key=lambda problem: (problem.table or "", problem.row)),
        revision=revision,
    )
