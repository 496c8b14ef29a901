"""Alike: rows of a long list that become what one before them became, but for whom they name.

A list of a million suppliers says few different things. The first row of each shape goes the way
of every line; what became of it, later ones become with other names and numbers. A row that may not
be like it goes the same way as the first: one that names whom the hub knew before, or that its part
of the list speaks of again, one whose like was refused, and every row of a list that is begun anew.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from adapters.kit.parsed import Unread
from adapters.kit.plain import Plain, named
from graph_schema.elements import Fact
from hub.store.port import Batch, Series, Store, Writing
from hub.sync import plan
from hub.sync.made import Made
from hub.sync.plan import Plan
from hub.sync.resolve import DECLARES, SUBJECTS, mentioned
from hub.sync.shapes import Shape, learned
from hub.sync.singles import Single
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
    """What some rows become.

    Attributes:
        kind: The kind of their facts.
        batch: New nodes with their profiles, and facts.
        singles: Of states, whose each is.
        identities: Of the facts.
    """

    kind: type[Fact]
    batch: Batch = field(default_factory=Batch)
    singles: list[Single] = field(default_factory=list[Single])
    identities: list[str] = field(default_factory=list[str])


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
        self._shapes: dict[type[Fact], dict[tuple[str, ...], Shape]] = {}
        self._numbers = 0
        self._made: dict[str, int] = {}

    async def part(
        self, some: Slice, planned: Plan
    ) -> tuple[Slice, Sequence[Like], Sequence[Plain]]:
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
        others: Sequence[Plain] = unread.rows
        if len(planned.added) >= plan.MOST_SHOWN:
            likes, others = self._known(unread)
            likes = await self._free(likes, others, unread.kind, some)
        if len(likes) + len(others) < len(unread.rows):
            taken = {like.row.row for like in likes}
            others = [row for row in unread.rows if row.row not in taken]
        return read(some, others), likes, others

    def learn(self, kind: type[Fact], rows: Iterable[Plain], planned: Plan) -> None:
        """Learn of what became of rows what others of their shapes become."""
        new: dict[int, Plain] = {}
        asked: set[tuple[str, ...]] = set()
        shapes = self._shapes.setdefault(kind, {})
        for row in rows:
            if row.shape not in asked and row.shape not in shapes:
                asked.add(row.shape)
                new[row.row] = row
        for of, fact in planned.facts:
            row = new.get(fact["row"]) if of is kind else None
            # Of one that was known before, more than the row itself may tell what is new.
            if row and fact[named(kind)] >= self._first_new and self._numbers < MOST:
                self._numbers += 1
                shape = learned(self._numbers, kind, row, fact, self._world.codes)
                if shape is not None:
                    shapes[row.shape] = shape

    def makes(self, made: Made) -> None:
        """Take in the references that lines make, of whatever they are."""
        for text, (node, _) in made.references.items():
            subject = made.nodes.get(node) in SUBJECTS
            self._made[text] = node if subject else 0

    def draw(self, kind: type[Fact], likes: Sequence[Like]) -> Drawn:
        """Return what rows become that are like others."""
        drawn = Drawn(kind)
        batch, makes, writing = drawn.batch, DECLARES.get(kind), self._writing
        told: dict[bytes, list[tuple[Shape, tuple[Any, ...]]]] = {}
        for row, shape, known in likes:
            node = known
            if makes is not None:
                node = self._made[row.reference] = writing.next_node
                writing.next_node += 1
                batch.nodes.append((node, makes))
                batch.references.append((row.reference, node, False))
                batch.profiles.append(shape.profile(row, node))
            else:
                drawn.singles.append((node, writing.next_fact, shape))
            values = shape.values(row, node, writing.next_fact)
            writing.next_fact += 1
            told.setdefault(shape.together, []).append((shape, values))
            drawn.identities.append(values[1])
        batch.series[kind] = [_series(each, writing.base.revision + 1) for each in told.values()]
        return drawn

    def _known(self, unread: Unread) -> tuple[list[Like], list[Plain]]:
        """Return the rows of known shapes, and the others."""
        likes: list[Like] = []
        others: list[Plain] = []
        shapes = self._shapes.get(unread.kind, {})
        for row in unread.rows:
            shape = shapes.get(row.shape)
            if shape is None:
                others.append(row)
            else:
                likes.append(Like(row, shape, 0))
        return likes, others

    async def _free(
        self, likes: Sequence[Like], others: Sequence[Plain], kind: type[Fact], some: Slice
    ) -> list[Like]:
        """Return those of which nobody else in the slice speaks, and that name whom they may."""
        spoken = {text for line in some.lines for text in mentioned(line, self._world)}
        spoken |= {row.reference for row in others}
        makes = kind in DECLARES
        said = [row.reference if makes else (row.reference, row.shape) for row, _, _ in likes]
        same = Counter(said)
        alone = [
            like
            for like, about in zip(likes, said, strict=True)
            if same[about] == 1 and like.row.reference not in spoken
        ]
        if not makes:
            found = ((like, self._made.get(like.row.reference)) for like in alone)
            return [Like(like.row, like.shape, node) for like, node in found if node]
        _, known = await self._store.resolve([like.row.reference for like in alone])
        return [
            like
            for like, before in zip(alone, known, strict=True)
            if before is None and like.row.reference not in self._made
        ]


def _series(told: Sequence[tuple[Shape, tuple[Any, ...]]], revision: int) -> Series:
    """Return facts of several shapes, in their order, with what each has of its own."""
    shapes = {shape.number: shape for shape, _ in told}
    first, *others = shapes.values()
    differing = [
        name
        for name, value in first.row.items()
        if name not in first.columns and any(each.row[name] != value for each in others)
    ]
    of = {at: tuple(shape.row[name] for name in differing) for at, shape in shapes.items()}
    return Series(
        first.row | {"number": 0, "revision_from": revision},
        (*first.columns, *differing),
        [values + of[shape.number] for shape, values in told],
    )
