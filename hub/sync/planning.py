"""Planning: a list slice by slice, each handed on to be written before the next is taken."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Final

from adapters.kit.parsed import RowProblem
from graph_schema.elements import Fact
from graph_schema.exchange import Line
from graph_schema.standing import CompleteRun
from hub.store.port import Store, Writing
from hub.store.rows import day_of, encoded, identity
from hub.sync.alike import Alike, Like
from hub.sync.check import check, may_state
from hub.sync.compare import Comparison
from hub.sync.contradictions import contradicting
from hub.sync.difference import Difference
from hub.sync.events import united
from hub.sync.intake import Intake, Item, Origin, Progress
from hub.sync.kept import named
from hub.sync.lists import ENDING
from hub.sync.made import Made
from hub.sync.plan import Plan
from hub.sync.resolve import Resolver
from hub.sync.slices import Learned, Repeated, Slice, Tally, ahead, slices, whole
from hub.sync.touched import Touched
from hub.sync.world import World
from hub.sync.write import Generation

_MUCH: Final = 20_000
"""Planned facts that are handed on although more is to come of the same step."""


class Planning:
    """One attempt at a list, on its way from lines to a generation.

    A list that is one slice is planned as a whole before anything of it is staged. Of a longer one
    it is assumed that its slices do not speak of the same; where they turn out to, the attempt is
    given up, and the next one, which has learned it, takes together what belongs together.

    Attributes:
        generation: What is staged so far.
        notes: What a person should know of the list.
        problems: Rows set aside.
        refused: How many of these are lines that could be read.
        tally: What was counted.
        difference: What it makes of facts, where somebody looks at that.
        touched: Likewise whom it may bar.
    """

    def __init__(
        self,
        store: Store,
        intake: Intake,
        writing: Writing,
        world: World,
        now: int,
        learned: Learned,
        progress: Progress,
    ) -> None:
        self.generation = Generation(store, writing, world, progress)
        self.difference: Difference | None = None
        self.touched: Touched | None = None
        self.notes: list[str] = []
        self.problems: list[RowProblem] = []
        self.refused = 0
        self.tally = Tally()
        self._resolver = Resolver(writing, world, intake.origin)
        self._comparison = Comparison(intake, world, now, learned)
        self._alike = Alike(store, writing, world)
        self._parties = Repeated()
        self._excepted: set[int] = set()
        self._nobody: set[str] = set(learned.aside)
        self._store = store
        self._intake = intake
        self._world = world
        self._now = now
        self._learned = learned
        self._progress = progress

    async def plan(self) -> tuple[Plan, Made]:
        """Plan the whole list, and return what of it is not staged yet; that has its numbers."""
        intake, world, comparison = self._intake, self._world, self._comparison
        world.arriving(line for line in ahead(intake) if may_state(line, intake, world))
        if self._ends:
            comparison.telling.asked = await comparison.brought_before(self._store)
        for some in slices(intake, self._learned):
            await self._hand_on()
            await self._take(some)
            self._progress("reading and comparing rows", self.tally.rows, intake.length)
        await self._find_out()
        await comparison.compare_rest(self._store)
        self._set_aside(comparison.plan.problems)
        self.notes += self._resolver.notes()
        if intake.complete:
            await self._left_out()
        comparison.late()
        self._number()
        return comparison.plan, self._made()

    def learns(self) -> bool:
        """Learn what the attempt found out too late; return whether there is any."""
        learned, comparison = self._learned, self._comparison
        described = self._parties.found() - learned.described
        late = not self._excepted.isdisjoint(comparison.sighted)
        learned.described |= described
        learned.told |= comparison.twice
        if late:
            learned.aside.update(each.subject for each in self.problems if each.subject)
        return late or bool(described or comparison.twice)

    @property
    def _ends(self) -> bool:
        """Whether the list ends what it shows no more."""
        intake = self._intake
        operator = intake.origin is not Origin.RECORD
        return intake.complete and operator and not intake.kinds.isdisjoint(ENDING)

    async def _take(self, some: Slice) -> None:
        """Plan a slice: rows that are like others, and the rest."""
        alike, comparison, unread = self._alike, self._comparison, some.unread
        if not comparison.draws:
            await self._plan(whole(some))
            return
        rest, likes, plain = await alike.part(some, comparison.plan)
        if rest.lines or rest.problems:
            await self._plan(rest)
            alike.makes(self._resolver.made)
        if unread is not None:
            alike.learn(unread.kind, plain, comparison.plan)
            await self._draw(unread.kind, likes)

    async def _plan(self, some: Slice) -> None:
        """Plan lines, as they stand in a slice."""
        comparison, resolver = self._comparison, self._resolver
        self.tally.take(some)
        self.problems += some.problems
        lines, refused = check(some.lines, self._world, self._intake, day_of(self._now))
        if self._intake.origin is not Origin.OPERATOR:
            lines = united(lines)
        self._parties.take(lines)
        lines, contradictory = contradicting(lines)
        self._nobody |= _subjects((*some.problems, *refused, *contradictory))
        await resolver.load(self._store, lines, self._nobody)
        lines, conflicts = resolver.declare(lines)
        items, unresolved = resolver.resolve(lines)
        self._nobody |= _subjects((*conflicts, *unresolved))
        self._set_aside((*refused, *contradictory, *conflicts, *unresolved))
        self._except()
        comparison.telling.shows(items)
        await comparison.compare(self._store, items, self._excepted)
        await comparison.replaced_clauses(self._store, items)

    async def _draw(self, kind: type[Fact], likes: Sequence[Like]) -> None:
        """Stage what rows become that are like others."""
        rows = [like.row for like in likes]
        self.tally.take_plain(rows)
        self._parties.take_plain(kind, self._intake.program or "", rows)
        drawn = self._alike.draw(kind, likes)
        self._comparison.drawn(drawn)
        if self.difference is not None:
            self.difference.draw(drawn)
        if self.touched is not None:
            self.touched.draw(drawn)
        await self.generation.draw(drawn)

    def _set_aside(self, found: Sequence[RowProblem]) -> None:
        self.problems += found
        self.refused += len(found)

    def _except(self) -> None:
        """Take note of the subjects of rows set aside, as far as they are known by now."""
        for subject in tuple(self._nobody):
            nodes, unknown = self._resolver.excepted([subject])
            self._excepted |= nodes
            if not unknown:
                self._nobody.discard(subject)

    async def _find_out(self) -> None:
        """Find out of whom the rows that were set aside speak, now that all is made."""
        await self._resolver.load(self._store, (), self._nobody)
        self._except()

    async def _hand_on(self) -> None:
        """Stage what is planned, and forget it."""
        plan = self._comparison.plan
        made = self._made()
        self._comparison.telling.plans(plan.facts)
        self._number()
        await self.generation.stage(plan, made)
        plan.facts, plan.closed = [], []

    def _number(self) -> None:
        """Give what is planned its numbers."""
        plan = self._comparison.plan
        self.generation.number(plan)
        if self.difference is not None:
            self.difference.take(plan)
        if self.touched is not None:
            self.touched.take(plan)

    async def _relieve(self) -> None:
        """Hand on what is planned, where it has become much."""
        plan = self._comparison.plan
        if len(plan.facts) + len(plan.closed) > _MUCH:
            await self._hand_on()

    def _made(self) -> Made:
        """Take out the new nodes that what is planned names, and their references."""
        facts = self._comparison.plan.facts
        return self._resolver.made.named({node for kind, row in facts for node in named(kind, row)})

    async def _left_out(self) -> None:
        """Plan what a complete document says by leaving out."""
        intake, comparison = self._intake, self._comparison
        subjects = [problem.subject or "" for problem in self.problems]
        await self._resolver.load(self._store, (), subjects)
        excepted, unknown = self._resolver.excepted(subjects)
        if unknown:
            self.notes.append(
                f"rows set aside that name nobody known: {unknown:,}; nothing was ended by absence"
            )
        if intake.origin is Origin.RECORD:
            if unknown == 0:
                await comparison.gone(self._store, excepted)
        elif self._ends:
            silent = await comparison.absent(self._store, excepted, unknown, self._relieve)
            await comparison.compare(self._store, [self._complete_run(silent, unknown)])

    def _complete_run(self, silent: AbstractSet[int], unknown: int) -> Item:
        """Return what a complete list is itself: evidence of what it shows, and does not."""
        intake, tracks = self._intake, self._comparison.telling.tracks
        fact = CompleteRun(
            feed=intake.feed or "",
            on=date.fromordinal(day_of(intake.stated_at(self._now))),
            kinds=tuple(sorted(kind.word for kind in ENDING if kind in intake.kinds)),
            tracks=tuple(sorted(tracks)),
            listing=intake.bounds.listing and bool(tracks),
            unidentified=unknown,
        )
        program = self._resolver.program(intake.program or "")
        values = encoded(fact, lambda _field, _value: 0) | {"except_": sorted(silent)}
        line = Line(program=intake.program or "", fact=fact)
        return Item(line, fact, program, values, identity(fact, program, values))


def _subjects(problems: Iterable[RowProblem]) -> set[str]:
    return {problem.subject for problem in problems if problem.subject}
