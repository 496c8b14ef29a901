"""Slices: a list by so many lines at a time, those that make nodes before those that name them."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Final

from adapters.kit.parsed import RowProblem, Unread
from adapters.kit.plain import Plain
from graph_schema.agreements import Agreement, Clause, Signature
from graph_schema.elements import Fact
from graph_schema.exchange import FACTS, Line
from graph_schema.parties import Organization, Worksite
from hub.sync.check import subject_of
from hub.sync.contradictions import party
from hub.sync.intake import Intake
from hub.sync.numbers import stated, universal

_DESCRIBED: Final = (Organization, Worksite)
_LAW: Final = (Agreement, Clause, Signature)
"""What standings are checked against, and what names each other: never cut in two."""


@dataclass(slots=True)
class Learned:
    """What one attempt at a long list finds out too late, so that the next one knows it.

    Attributes:
        described: Hashes of the parties that several slices describe, and of the numbers that
            several slices give.
        told: Identities of facts that several slices tell.
        aside: Subjects of rows that are set aside.
    """

    described: set[int] = field(default_factory=set[int])
    told: set[str] = field(default_factory=set[str])
    aside: set[str] = field(default_factory=set[str])

    def __bool__(self) -> bool:
        """Whether anything was found out."""
        return bool(self.described or self.told or self.aside)


class Repeated:
    """Finds the parties that several slices describe; eight bytes are kept of each.

    Two parties of one hash count as one, and are only taken together in vain.
    """

    def __init__(self) -> None:
        self._kept = array("q")

    def take(self, lines: Iterable[Line]) -> None:
        """Take in who is described by the lines of a slice."""
        self._kept.extend({key for line in lines for key in _keys(line)})

    def take_plain(self, kind: type[Fact], program: str, rows: Iterable[Plain]) -> None:
        """Take in who is described by plain rows of a slice, each by one."""
        if kind in _DESCRIBED:
            self._kept.extend(hash((kind, program, row.reference)) for row in rows)

    def found(self) -> set[int]:
        """Return the hashes of those of more than one slice."""
        return {one for one, other in pairwise(sorted(self._kept)) if one == other}


@dataclass(slots=True)
class Slice:
    """Some lines of a list, the rows that its parser set aside, and those not read yet."""

    lines: Sequence[Line] = ()
    problems: Sequence[RowProblem] = ()
    unread: Unread | None = None


def read(some: Slice, rows: Iterable[Plain]) -> Slice:
    """Return a slice with some of its plain rows read, and no others."""
    if some.unread is None:
        return some
    found = some.unread.read(rows)
    lines = sorted([*some.lines, *found.lines], key=lambda line: line.about.row or 0)
    return Slice(lines, [*some.problems, *found.problems])


def whole(some: Slice) -> Slice:
    """Return a slice with all its rows read."""
    return read(some, some.unread.rows if some.unread else ())


@dataclass(slots=True)
class Tally:
    """What is counted of a list as it is read.

    Attributes:
        rows: Rows, those that could not be read included.
        unread: Rows that could not be read.
        schemes: How often references of each scheme are named as the subject.
    """

    rows: int = 0
    unread: int = 0
    schemes: Counter[str] = field(default_factory=Counter[str])

    def take(self, some: Slice) -> None:
        """Count the lines of a slice, and the rows set aside."""
        unread = sum(1 for _ in groupby(some.problems, lambda each: (each.table, each.row)))
        self.unread += unread
        self.rows += len(some.lines) + unread
        named = [subject_of(line.fact) for line in some.lines]
        named += [problem.subject for problem in some.problems]
        self.schemes.update((reference or "").partition(":")[0] for reference in named)

    def take_plain(self, rows: Sequence[Plain]) -> None:
        """Count plain rows."""
        self.rows += len(rows)
        self.schemes.update(row.reference.partition(":")[0] for row in rows)


def slices(intake: Intake, learned: Learned) -> Iterator[Slice]:
    """Yield a list in slices; one that is not long is one slice.

    Who is described in several slices comes in one of its own, behind the other descriptions.
    """
    if not intake.long:
        yield Slice(intake.lines, intake.problems)
        return
    yield Slice((), intake.problems)
    held_back: list[Line] = []
    for each in _of(intake, _DESCRIBED):
        if not learned.described:
            yield each
            continue
        alone: list[Line] = []
        some = whole(each)
        for line in some.lines:
            together = not learned.described.isdisjoint(_keys(line))
            (held_back if together else alone).append(line)
        yield Slice(alone, some.problems)
    yield Slice(held_back)
    yield _joined(_of(intake, _LAW))
    yield from _of(intake, [kind for kind in FACTS if kind not in (*_DESCRIBED, *_LAW)])


def _keys(line: Line) -> Iterator[int]:
    """Yield hashes of whom a line describes, and of the numbers that could be another's, too."""
    described = party(line)
    if described is not None:
        yield hash(described)
        yield from (hash(text) for text in stated(line) if universal(text))


def ahead(intake: Intake) -> Iterator[Line]:
    """Yield the lines against which others are checked."""
    yield from intake.lines
    yield from _joined(_of_long(intake, _LAW)).lines


def _of(intake: Intake, kinds: Iterable[type[Fact]]) -> Iterator[Slice]:
    """Yield the slices of some kinds of facts."""
    wanted = tuple(kinds)
    yield Slice([line for line in intake.lines if isinstance(line.fact, wanted)])
    yield from _of_long(intake, wanted)


def _of_long(intake: Intake, kinds: Sequence[type[Fact]]) -> Iterator[Slice]:
    for table in intake.long:
        if table.kind in kinds:
            yield from (Slice(part.lines, part.problems, part.unread) for part in table.parts())


def _joined(some: Iterable[Slice]) -> Slice:
    """Return slices as one."""
    lines: list[Line] = []
    problems: list[RowProblem] = []
    for each in some:
        lines += each.lines
        problems += each.problems
    return Slice(lines, problems)
