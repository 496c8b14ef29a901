"""What comes in, from whom, and what became of it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from adapters.kit.adapter import Feed
from adapters.kit.fetch import Mark
from adapters.kit.parsed import Apart, Parsed, RowProblem, Unsure
from graph_schema.elements import Fact
from graph_schema.exchange import Line
from hub.store.deeds import Actor, By
from hub.store.port import Row
from hub.store.rows import micros
from hub.sync.receipt import Effect, Receipt


class Origin(StrEnum):
    """Who says it, and so what it may say."""

    RECORD = "record"
    """The bundled record: any reference; facts are known since the day they state, else always."""
    OPERATOR = "operator"
    """A program's operator: its own program and scheme; facts are known from the commit on."""
    ADMINISTRATOR = "administrator"
    """`hub import`: any program and reference; a fact may state since when it is known."""


class Outcome(StrEnum):
    """What became of a run."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    HELD = "held"
    DRY_RUN = "dry run"
    RESTORED = "restored"
    MOVED = "moved"
    """Somebody looked at a difference, and by now it would make another."""
    REFUSED = "refused"
    """It is applied whole or not at all, and something of it cannot be."""
    FAILED = "failed"
    """There was no document, or none that could be read."""


Progress = Callable[[str, int, int], None]
"""Is told how far a run is: what it does, how much of it is done, and of how much."""


def silent(_what: str, _done: int, _of: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Long:
    """A table that is too long to be whole in memory.

    Attributes:
        kind: The kind of its facts.
        lines: Lines of its file; it has no more rows.
        parts: Reads it from its beginning, and yields what it says in parts.
    """

    kind: type[Fact]
    lines: int
    parts: Callable[[], Iterator[Parsed]]


@dataclass(slots=True)
class Intake:
    """Lines on their way in.

    Attributes:
        lines: What it says, long tables apart.
        long: Tables that are read as they are needed.
        program: Code of the program whose feed it is; none for a file of several programs.
        feed: Name of the feed; none where no feed brought it.
        bounds: What is believable in the feed.
        complete: Whether it leaves nothing out of what it speaks of.
        dated: The day of which it speaks; none: the day it comes in.
        kinds: The kinds of facts it speaks of.
        whole: Whether it is applied whole or not at all.
        problems: Rows that its parser set aside.
        unsure: Statements that its parser is not sure of.
        why: Why a person must look at it, whatever it would do.
        missing: Columns that it should have and has not.
        notes: What else the person who syncs it should know.
        address: Where it was fetched from.
        mark: What the server there said of it.
        by: Who brings it, as the audit log tells; the shell's user where nobody else does.
        apart: What of its document was left unread.
        sent_at: When it was sent, in microseconds since 1970, where it has waited since.
        unchanged_since: The revision in which its sender read what it changes; nothing is, where
            that was changed since.
    """

    origin: Origin
    lines: Sequence[Line]
    program: str | None = None
    feed: str | None = None
    bounds: Feed = field(default_factory=Feed)
    complete: bool = False
    dated: date | None = None
    kinds: frozenset[type[Fact]] = frozenset()
    whole: bool = False
    problems: Sequence[RowProblem] = ()
    unsure: Sequence[Unsure] = ()
    why: Sequence[str] = ()
    missing: Sequence[str] = ()
    notes: Sequence[str] = ()
    address: str | None = None
    mark: Mark = field(default_factory=Mark)
    long: Sequence[Long] = ()
    by: By = field(default_factory=lambda: By(Actor.SHELL))
    sent_at: int | None = None
    unchanged_since: int | None = None
    apart: Apart = field(default_factory=Apart)

    def stated_at(self, now: int) -> int:
        """Return when it was said what it says: the day of which it speaks, or when it was sent."""
        return micros(self.dated) if self.dated else self.sent_at or now

    @property
    def length(self) -> int:
        """About how many rows it has."""
        return len(self.lines) + sum(table.lines for table in self.long)


@dataclass(slots=True)
class Item:
    """One line that was checked and whose references were resolved.

    Attributes:
        program: Number of the program that says it.
        values: Its fields as they are kept.
        identity: Digest of what it is about.
    """

    line: Line
    fact: Fact
    program: int
    values: dict[str, Any]
    identity: str
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that a run adds, changes, ends or withdraws.

    Attributes:
        what: Whom it is about, by reference.
        about: The same by number, where no row of the document names it.
    """

    kind: str
    what: str
    summary: str
    row: int | None = None
    about: tuple[int, ...] = ()


@dataclass(slots=True)
class Report:
    """What became of a run, and the difference it makes.

    Attributes:
        added: The first facts that are new, so many that a person can look at them.
        changed, ended: Likewise those that are known otherwise, and those that hold no more.
        unseen: How many of them, and of those unchanged, are not for everybody.
        more: How many further ones there are of each.
        held: Why a person must decide, where it is held.
        revision: The revision it made, or the newest where it changed nothing.
        notes: What else to know, such as absences that were not applied.
        failed: Why there was nothing to run, where it failed.
        receipt: What a client is told, where it may ask again.
        planned: Of a dry run, the rows that would be written, by the numbers they would have.
        started: When it began, in microseconds since 1970.
        difference: Digest of the difference, where a client sends it.
        effects: Then also the first of what becomes of facts.
        first_new: Then the first number of a node that was not known before.
        bars: Whether it is held because it bars, or may bar, many.
    """

    outcome: Outcome
    program: str | None
    feed: str | None
    complete: bool
    added: list[Change] = field(default_factory=list[Change])
    changed: list[Change] = field(default_factory=list[Change])
    ended: list[Change] = field(default_factory=list[Change])
    unchanged: int = 0
    unseen: Counter[str] = field(default_factory=Counter[str])
    more: Counter[str] = field(default_factory=Counter[str])
    problems: list[RowProblem] = field(default_factory=list[RowProblem])
    held: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])
    revision: int = 0
    failed: str = ""
    receipt: Receipt | None = None
    planned: Mapping[int, Row] = field(default_factory=dict[int, Row])
    started: int = 0
    difference: str = ""
    effects: Sequence[Effect] = ()
    first_new: int = 0
    bars: bool = False

    def counts(self) -> Mapping[str, int]:
        """Return how many facts were added, changed, ended, unchanged, and rows set aside."""
        return {
            "added": len(self.added) + self.more["added"],
            "changed": len(self.changed) + self.more["changed"],
            "ended": len(self.ended) + self.more["ended"],
            "unchanged": self.unchanged,
            "set aside": len(self.problems),
        }
