"""The port: the questions that any store answers, and how facts are written to it.

Nodes and facts are dense integers here, days `date.toordinal`, instants microseconds since 1970
in UTC. The port speaks questions and never a query language.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol, Self

from graph_schema.codes import Effect, Kind
from graph_schema.elements import Fact
from hub.store.audit import Log
from hub.store.deeds import Deed
from hub.store.kept import Kept, Records

OPEN: Final = 2**62
"""An end that has not come: of a recorded interval, or of a revision."""
NOBODY: Final = 0
"""The number of no node."""

Row = dict[str, Any]
"""One fact as it is kept: its fields by name, and the columns of `hub.store.rows`."""


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest revision of the graph.

    Attributes:
        revision: Its number.
        recorded_at: When it was committed.
        law_revision: The last revision that changed what holds for every question.
    """

    revision: int
    recorded_at: int
    law_revision: int


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: what it may not see does not exist for it.

    Attributes:
        everything: Whether unpublished facts are seen; only the shell's user does.
        programs: For which programs it speaks: it sees all that these say.
        buyer: The buyer for which it asks: it sees the buyer's links.
        own: Of whom it sees what programs do not publish: the supplier for which it asks, or
            those from whom its buyer buys.
        answered: Whether it asks for its buyer's own answer, in which all standings count.
    """

    everything: bool = False
    programs: tuple[int, ...] = ()
    buyer: int | None = None
    own: tuple[int, ...] = ()
    answered: bool = False


PUBLIC: Final = Viewer()
SHELL: Final = Viewer(everything=True)


@dataclass(frozen=True, slots=True)
class Moment:
    """Which facts are seen: those of a revision, as known at an instant, by a viewer."""

    revision: int
    known_at: int
    viewer: Viewer = PUBLIC

    def answering(self, buyer: int) -> Self:
        """Return the moment at which a buyer's question is answered (SECURITY.md, C2).

        An unpublished standing counts in an answer to the asking buyer's own client and to the
        program's operators; to all others it is none, whomever they buy from or are.
        """
        viewer = self.viewer
        if viewer.buyer is None and not viewer.own:
            return self
        return replace(self, viewer=replace(viewer, answered=viewer.buyer == buyer, own=()))


@dataclass(frozen=True, slots=True)
class Page:
    """A page of an ordered list: the first `size` rows whose number is past `after`."""

    size: int
    after: int = 0


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a reference stands for.

    Attributes:
        node: Number of the node.
        kind: What it is.
        merged: Whether the reference was merged into the node's current one.
    """

    node: int
    kind: Kind
    merged: bool = False


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is asked about.

    Attributes:
        buyers: Of them signatures, statements and ties are returned.
        subjects: Of them states, statements, ties and volumes.
        company: Who may reach subjects by some words alone: of them ties, and of those that ever
            held a state of such a word all that is returned of subjects.
        words: These words, as states spell them.
    """

    buyers: Sequence[int] = ()
    subjects: Sequence[int] = ()
    company: Sequence[int] = ()
    words: Sequence[str] = ()

    @property
    def anybody(self) -> bool:
        """Whether anybody is asked about at all."""
        return bool(self.buyers or self.subjects or self.company)


@dataclass(frozen=True, slots=True)
class Around:
    """What bears on some buyers and subjects, one column per field, one entry per fact."""

    states: Mapping[str, Sequence[Any]]
    places: Mapping[str, Sequence[Any]]
    ties: Mapping[str, Sequence[Any]]
    volumes: Mapping[str, Sequence[Any]]
    signatures: Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Sought:
    """Which subjects a list asks for.

    Attributes:
        kinds: What they are.
        programs: Programs in which they hold a state; empty: in any.
        effects: Effects that one of these states has; empty: any.
        products: Numbers of products that the state or the site concerns; empty: any.
        country: Where they are.
        day: Day on which the state is in force.
    """

    kind: Kind
    programs: Sequence[int]
    effects: Sequence[Effect]
    day: int
    products: frozenset[int] = frozenset()
    country: str | None = None


@dataclass(frozen=True, slots=True)
class SharedSought:
    """Which shared suppliers are asked for.

    Attributes:
        programs: Programs that count; empty: all.
        buyers: Buyers that count; none: buyers do not matter.
        at_least: In how many of them.
        disagreeing: Only those on whom programs disagree, or only those on whom they agree.
    """

    programs: Sequence[int]
    buyers: Sequence[int] | None
    at_least: int
    day: int
    disagreeing: bool | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """New facts of one kind, one at least, that differ in some columns alone.

    Attributes:
        row: A value of every column; where they differ, of none of them.
        columns: Where they differ; none of these holds a list.
        values: What each has there.
    """

    row: Row
    columns: Sequence[str]
    values: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])

    def rows(self) -> Iterator[Row]:
        """Yield each fact as a row."""
        for values in self.values:
            yield {**self.row, **dict(zip(self.columns, values, strict=True))}

    def flat(self, columns: Sequence[str], whole: Sequence[Any]) -> list[Any]:
        """Return the values of columns of each fact, one fact behind the other.

        Args:
            columns: Which.
            whole: What `row` has there, as a store keeps it.
        """
        found = [*whole] * len(self.values)
        for column, values in zip(self.columns, zip(*self.values, strict=True), strict=True):
            found[columns.index(column) :: len(columns)] = values
        return found


PLACES: Final = 2**36
"""Numbers of facts that the place of a change has room for, beside its revision."""


def place(revision: int, number: int) -> int:
    """Return the place of a change among all: its revision, and in it the number of its fact.

    What is withdrawn has an older number than what is new, and so comes first in a revision.
    """
    return revision * PLACES + number


@dataclass(frozen=True, slots=True)
class Change:
    """What a revision made of one fact, as a viewer sees it.

    Attributes:
        place: Its place among all changes.
        row: What the change tells (`hub.store.columns.told`) of the fact as it is known now; none
            where it is known no more.
        before: The same of the fact as it was known before; none where it was not, or was not
            seen.
    """

    kind: type[Fact]
    place: int
    row: Row | None
    before: Row | None


@dataclass(slots=True)
class Batch:
    """What one step of a write adds and closes; nothing of it is seen before the commit.

    Attributes:
        nodes: New nodes: number and kind.
        references: New references: text, node, whether merged into the node's current one.
        dropped_references: References that no longer stand for their node.
        facts: New facts by kind, each a whole row.
        series: Further new facts by kind, each with its own values of some columns.
        closed: Facts closed: kind, number, and the instant from which they are known otherwise.
        withdrawn: Those of them that nothing corrects which all see who saw them: kind, number.
        in_force: New rows of derived standings.
        gone: Numbers of derived standings that no longer hold.
        profiles: What nodes are called and where they are, as derived from all statements.
        held: Numbers of nodes of this generation of which one program now tells a state.
    """

    nodes: list[tuple[int, Kind]] = field(default_factory=list[tuple[int, Kind]])
    references: list[tuple[str, int, bool]] = field(default_factory=list[tuple[str, int, bool]])
    dropped_references: list[str] = field(default_factory=list[str])
    facts: dict[type[Fact], list[dict[str, Any]]] = field(
        default_factory=dict[type[Fact], list[dict[str, Any]]]
    )
    series: dict[type[Fact], list[Series]] = field(default_factory=dict[type[Fact], list[Series]])
    closed: list[tuple[type[Fact], int, int]] = field(
        default_factory=list[tuple[type[Fact], int, int]]
    )
    withdrawn: list[tuple[type[Fact], int]] = field(default_factory=list[tuple[type[Fact], int]])
    in_force: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    gone: list[int] = field(default_factory=list[int])
    profiles: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    held: list[int] = field(default_factory=list[int])


class Writing(Protocol):
    """A generation in the making; only one at a time. Left without a commit it never was."""

    base: Latest
    """The revision it builds on."""
    next_node: int
    """The first number free for a new node."""
    next_fact: int
    """The first number free for a new fact or derived row."""

    async def stage(self, batch: Batch) -> None:
        """Add to the generation; readers see nothing of it.

        It may be written while the writer goes on: what goes wrong then, a later step tells.
        """
        ...

    async def resolve(self, references: Sequence[str]) -> list[Resolved | None]:
        """Return what each normalised reference stands for, what is staged so far included."""
        ...

    async def facts_at(self, kind: type[Fact], end: str, nodes: Sequence[int]) -> list[Row]:
        """Return the facts that ever named these nodes, what is staged so far included."""
        ...

    async def commit(
        self, recorded_at: int, *, law_changed: bool, deed: Deed, kept: Sequence[Kept] = ()
    ) -> Latest:
        """Make the generation the newest revision, all of it at once.

        Args:
            recorded_at: The instant.
            law_changed: Whether it changes what holds for every question.
            deed: What the audit log tells of it; the row is written with it.
            kept: Records that are kept with it.

        Raises:
            ConflictError: Another value is there than one of them is kept instead of; then nothing
                was written.
        """
        ...


class Store(Protocol):
    """A graph of facts, valid and recorded in time."""

    kept: Records
    """Records beside the graph."""
    audit: Log
    """Who changed what."""

    async def open(self) -> None:
        """Make it ready: tables, constraints and indexes of the present vocabulary.

        Raises:
            StoreUnavailableError: It does not answer, refuses the password, or was written by a
                newer hub.
        """
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...

    async def key(self) -> bytes:
        """Return the 16 bytes that public ids are made with; they never change."""
        ...

    async def latest(self) -> Latest:
        """Return the newest revision."""
        ...

    async def recorded_at(self, revisions: Sequence[int]) -> dict[int, int]:
        """Return when revisions were committed; those that there are not are left out."""
        ...

    async def changes(
        self, kinds: Sequence[type[Fact]], programs: Sequence[int], moment: Moment, page: Page
    ) -> list[Change]:
        """Return what revisions made of facts, in the order of places.

        What was made of a fact that is not seen did not happen. So a fact is withdrawn where what
        corrects it is not seen, and new where what it corrects was not; a fact that was brought
        as one known no more, as an export has them, is no change.

        Args:
            kinds: Of facts of these kinds.
            programs: Of what these programs say; empty: of all.
            moment: Up to which revision, and who asks.
            page: At most so many, past a place.
        """
        ...

    async def touched(self, since: int, revision: int, most: int) -> set[int] | None:
        """Return the nodes at which revisions changed a fact that bears on questions.

        Such are standings, ties, volumes, and what is said of worksites and organisations. Whoever
        sees them, and more may be told than were changed.

        Args:
            since: The revisions after this one.
            revision: The last of them.
            most: Facts that are looked at.

        Returns:
            None where there are more facts, or where it is not known.
        """
        ...

    async def held_then(self, facts: Sequence[tuple[int, int]], moment: Moment) -> list[Row]:
        """Return standings as they were known to hold in revisions of the past.

        Args:
            facts: Numbers of standings, each with a revision.
            moment: As known when, and who asks.

        Returns:
            Rows as `in_force` has them, each with its revision as `then`; of a standing that
            nothing let hold there is none.
        """
        ...

    async def resolve(
        self, references: Sequence[str], revision: int | None = None
    ) -> tuple[Latest, list[Resolved | None]]:
        """Return the newest revision, and what each normalised reference stood for in one."""
        ...

    async def kinds(self, numbers: Sequence[int], moment: Moment) -> dict[int, Kind]:
        """Return what these nodes are; those that do not exist or are not visible are left out."""
        ...

    async def everything(self, kind: type[Fact], revision: int) -> list[Row]:
        """Return all facts that a revision has of a small kind, withdrawn ones included."""
        ...

    async def around(self, asked: Whom, moment: Moment) -> Around:
        """Return what bears on buyers and subjects, in one round trip."""
        ...

    async def statements(
        self, nodes: Sequence[int], moment: Moment
    ) -> list[tuple[type[Fact], Row]]:
        """Return what programs say of nodes: the facts that describe them, of every kind."""
        ...

    async def references(self, nodes: Sequence[int]) -> list[tuple[int, str, bool]]:
        """Return the references of nodes: node, text, whether merged into the current one."""
        ...

    async def facts_at(
        self,
        kind: type[Fact],
        end: str,
        nodes: Sequence[int] | Sequence[str],
        moment: Moment,
        *,
        day: int | None = None,
        page: Page | None = None,
        history: bool = False,
        signed: bool | None = None,
    ) -> list[Row]:
        """Return the facts of a kind that name these nodes in the field `end`.

        Args:
            kind: Which facts.
            end: A field that names a node, `program`, `number`, or an indexed field.
            nodes: The nodes, or the values of the field.
            moment: As known when.
            day: Only those that may be valid on that day.
            page: At most so many of each node, in the order of their numbers.
            history: Withdrawn facts, too.
            signed: Of signatures only those that were given, or only documented refusals.
        """
        ...

    async def count_at(
        self,
        kind: type[Fact],
        end: str,
        nodes: Sequence[int],
        moment: Moment,
        *,
        day: int | None = None,
        history: bool = False,
        signed: bool | None = None,
    ) -> dict[int, int]:
        """Return how many facts `facts_at` has for each node."""
        ...

    async def in_force(
        self,
        end: str,
        nodes: Sequence[int],
        moment: Moment,
        *,
        day: int | None,
        effects: Sequence[Effect] = (),
        page: Page | None = None,
    ) -> list[Row]:
        """Return the standings in force on a day, with their real ends.

        Args:
            end: `subject`, `program`, or `fact` for the numbers of standings.
            nodes: The subjects, programs or standings.
            moment: As known when.
            day: The day; none: whenever they held.
            effects: Only of these; empty: of any.
            page: At most so many of each, in the order of their places.

        Returns:
            Rows of standings with `effect`, `ends`, `ended` and their place `in_force`.
        """
        ...

    async def count_in_force(
        self,
        end: str,
        nodes: Sequence[int],
        moment: Moment,
        *,
        day: int,
        effects: Sequence[Effect] = (),
    ) -> dict[int, int]:
        """Return how many standings `in_force` has for each node."""
        ...

    async def find(self, sought: Sought, moment: Moment, page: Page) -> list[int]:
        """Return the subjects that hold a state as sought, in the order of their numbers."""
        ...

    async def count(self, sought: Sought, moment: Moment) -> int:
        """Return how many subjects `find` has."""
        ...

    async def find_shared(self, sought: SharedSought, moment: Moment, page: Page) -> list[int]:
        """Return the subjects that several programs or buyers share, in the order of numbers."""
        ...

    async def count_shared(self, sought: SharedSought, moment: Moment) -> int:
        """Return how many subjects `find_shared` has."""
        ...

    async def find_buyers(
        self,
        groups: Sequence[Sequence[int]],
        country: str | None,
        day: int,
        moment: Moment,
        page: Page,
    ) -> list[list[int]]:
        """Return, for each group of agreements, who has a signature of one that may hold."""
        ...

    async def count_buyers(
        self, groups: Sequence[Sequence[int]], country: str | None, day: int, moment: Moment
    ) -> list[int]:
        """Return how many organisations `find_buyers` has for each group."""
        ...

    async def sourcing_counts(
        self, program: int, day: int, moment: Moment, least: int
    ) -> list[tuple[str | None, int | None, int]]:
        """Return how many links a program states and does not publish, whoever asks.

        A link is a buyer, a supplier and a product, valid on a day; a pair that a published link
        of the same program shows at the moment counts for nothing, nor does one whose supplier the
        program does not describe. Counts under `least` do not leave the store.

        Returns:
            The supplier's country as the program has it, the product, and how many, in the order
            of both; of none first.
        """
        ...

    async def search(
        self, text: str, kinds: Sequence[Kind], moment: Moment, size: int, after: tuple[float, int]
    ) -> list[tuple[int, Kind, float]]:
        """Return nodes whose names match a text, the best first: number, kind, score.

        The score is how much of the name is asked for, 1 at most; it tells of no other node.
        """
        ...

    async def runs(self, programs: Sequence[int]) -> list[Row]:
        """Return the newest run of each feed of each of these programs, the oldest first.

        A run of a feed has the feed's state as it left it: `read_at` is the instant at which a
        document of it was last taken, or found as it was; `etag` and `modified` tell the server
        at `address` which document that was.
        """
        ...

    async def runs_that_made(self, revisions: Sequence[int]) -> list[Row]:
        """Return the runs that made these revisions, where a feed's run did."""
        ...

    async def run_problems(self, runs: Sequence[int], page: Page) -> list[Row]:
        """Return a page of the rows that each of these runs set aside."""
        ...

    async def current(self, identities: Sequence[str], kind: type[Fact]) -> list[Row]:
        """Return the open facts of these identities."""
        ...

    async def closed_by(self, identities: Sequence[str], kind: type[Fact]) -> dict[str, int]:
        """Return the newest revision that closed a row of a fact, by identity.

        Identities of which none was closed are missing.
        """
        ...

    def of_feed(self, kind: type[Fact], program: int, feed: str) -> AsyncIterator[Row]:
        """Yield the open facts of a kind that a feed of a program brought, in order of numbers."""
        ...

    async def derived(self, subjects: Sequence[int]) -> list[Row]:
        """Return the derived standings of subjects, at every moment."""
        ...

    async def record_run(self, run: Row, problems: Sequence[Row]) -> int:
        """Keep what became of a sync run; return its number."""
        ...

    def writing(self) -> AbstractAsyncContextManager[Writing]:
        """Begin a generation; waits for the one in the making, and clears away a killed one's."""
        ...

    def export(self) -> AsyncIterator[tuple[type[Fact], Row]]:
        """Yield every fact there ever was, in the order of numbers within each kind."""
        ...
