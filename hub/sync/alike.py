"""Alike: rows of a long list that become what one before them became, but for whom they name.

A list of a million suppliers says few different things. The first row of each shape goes the way
of every line; what became of it, later ones become with other names and numbers. A row that may not
be like it goes the same way as the first: one that names whom the hub knew before, or that its part
of the list speaks of again, one whose like was refused, and every row of a list that is begun anew.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from adapters.kit.parsed import Unread
from adapters.kit.plain import Plain, named
from graph_schema.codes import Kind
from graph_schema.elements import Fact
from hub.store.port import Batch, Row, Store, Writing
from hub.sync import plan
from hub.sync.made import Made
from hub.sync.plan import Plan
from hub.sync.resolve import DECLARES, SUBJECTS, mentioned
from hub.sync.shapes import Shape, learned
from hub.sync.slices import Slice, read
from hub.sync.world import World

MOST: Final = 10_000
"""Shapes that are remembered."""


class Like(NamedTuple):
    """A row that becomes what others of its shape become.

    Attributes:
        node: The number of whom it names; 0: the row makes it.
    """

    row: Plain
    shape: Shape
    node: int


@dataclass(slots=True)
class Drawn:
    """What some rows become: new nodes with their profiles, and facts with their shapes."""

    kind: type[Fact]
    batch: Batch = field(default_factory=Batch)
    shapes: list[Shape] = field(default_factory=list[Shape])

    @property
    def facts(self) -> Sequence[Row]:
        """The facts, in the order of their shapes."""
        return self.batch.facts[self.kind]


class Alike:
    """The shapes of the rows of one list, and which of its rows are like others.

    Args:
        store: What was known before.
        writing: Where all is written to.
        world: What is known.
    """

    def __init__(self, store: Store, writing: Writing, world: World) -> None:
        self._store = store
        self._writing = writing
        self._world = world
        self._first_new = writing.next_node
        self._shapes: dict[tuple[type[Fact], tuple[str, ...]], Shape] = {}
        self._made: dict[str, int] = {}

    async def part(self, some: Slice, planned: Plan) -> tuple[Slice, list[Like], list[Plain]]:
        """Part the rows of a slice.

        Args:
            some: The slice.
            planned: What is planned so far: changes that are shown are told from lines.

        Returns:
            What goes the way of every line, those that are like others, and which plain rows are
            not.
        """
        unread = some.unread
        if unread is None:
            return some, [], []
        likes: list[Like] = []
        if len(planned.added) >= plan.MOST_SHOWN:
            likes = await self._free([*self._known(unread)], unread, some)
        taken = {like.row.row for like in likes}
        others = [row for row in unread.rows if row.row not in taken]
        return read(some, others), likes, others

    def learn(self, kind: type[Fact], rows: Iterable[Plain], planned: Plan) -> None:
        """Learn of what became of rows what others of their shapes become."""
        new: dict[int, Plain] = {}
        shapes: set[tuple[str, ...]] = set()
        for row in rows:
            if row.shape not in shapes and (kind, row.shape) not in self._shapes:
                shapes.add(row.shape)
                new[row.row] = row
        for of, fact in planned.facts:
            row = new.get(fact["row"]) if of is kind else None
            # Of one that was known before, more than the row itself may tell what is new.
            if row and fact[named(kind)] >= self._first_new and len(self._shapes) < MOST:
                shape = learned(len(self._shapes), kind, row, fact, self._world.codes)
                if shape is not None:
                    self._shapes[kind, row.shape] = shape

    def makes(self, made: Made) -> None:
        """Take in the references that lines make, of whatever they are."""
        for text, (node, _) in made.references.items():
            subject = made.nodes.get(node) in SUBJECTS
            self._made[text] = node if subject else 0

    def draw(self, kind: type[Fact], likes: Sequence[Like]) -> Drawn:
        """Return what rows become that are like others."""
        drawn = Drawn(kind)
        batch, makes = drawn.batch, DECLARES.get(kind)
        facts = batch.facts[kind] = []
        for row, shape, known in likes:
            node = known
            if makes is not None:
                node = self._writing.next_node
                self._writing.next_node += 1
                self._made[row.reference] = node
                batch.nodes.append((node, makes))
                batch.references.append((row.reference, node, False))
                batch.profiles.append(shape.profile(row, node))
            facts.append(shape.fact(row, node))
            drawn.shapes.append(shape)
        return drawn

    def _known(self, unread: Unread) -> Iterator[Like]:
        for row in unread.rows:
            shape = self._shapes.get((unread.kind, row.shape))
            if shape is not None:
                yield Like(row, shape, 0)

    async def _free(self, likes: Sequence[Like], unread: Unread, some: Slice) -> list[Like]:
        """Return those of which nobody else in the slice speaks, and that name whom they may."""
        taken = {like.row.row for like in likes}
        spoken = {text for line in some.lines for text in mentioned(line, self._world)}
        spoken |= {row.reference for row in unread.rows if row.row not in taken}
        makes = DECLARES.get(unread.kind)
        same = Counter(_said(like, makes) for like in likes)
        alone = [
            like
            for like in likes
            if same[_said(like, makes)] == 1 and like.row.reference not in spoken
        ]
        if makes is None:
            found = ((like, self._made.get(like.row.reference)) for like in alone)
            return [like._replace(node=node) for like, node in found if node]
        _, known = await self._store.resolve([like.row.reference for like in alone])
        return [
            like
            for like, before in zip(alone, known, strict=True)
            if before is None and like.row.reference not in self._made
        ]


def _said(like: Like, makes: Kind | None) -> Any:  # noqa: ANN401
    """Return what no other row of a slice may say, too."""
    return like.row.reference if makes is not None else (like.row.reference, like.row.shape)
