"""Unseen: whom an operator's lines name that its program may not know of."""

from collections.abc import Mapping, Sequence

from graph_schema.exchange import Line
from hub.identity.references import SUBJECTS
from hub.store.port import OPEN, Moment, Resolved, Store, Viewer, Writing
from hub.sync.world import World


class Unseen:
    """The nodes that only other programs describe, and these do not publish.

    To name one is to name nobody, so that a push does not tell who is known to the hub. Once the
    program describes it itself, it may be named.

    Args:
        writing: The run; what it makes is its own.
    """

    def __init__(self, writing: Writing) -> None:
        self._base = writing.base
        self._first_new = writing.next_node
        self._nodes: set[int] = set()
        self._described: set[int] = set()

    def __contains__(self, node: int) -> bool:
        """Whether it is one of them."""
        return node in self._nodes

    def described(self, node: int) -> None:
        """Take note that the program describes a node."""
        if node in self._nodes:
            self._nodes.remove(node)
            self._described.add(node)

    async def load(
        self, store: Store, world: World, lines: Sequence[Line], known: Mapping[str, Resolved]
    ) -> None:
        """Find out whom the program may not know of, in one round trip at most.

        Numbers of its own scheme are its own words, and are not asked about.

        Args:
            store: What was known before.
            world: Programs and their schemes.
            lines: Of one program.
            known: What references stand for.
        """
        programs, schemes = {line.program for line in lines}, world.schemes()
        foreign = {
            each.node
            for text, each in known.items()
            if each.kind in SUBJECTS
            and each.node < self._first_new
            and schemes.get(text.partition(":")[0]) not in programs
        }
        if foreign:
            speaking = tuple(world.numbers[code] for code in programs if code in world.numbers)
            moment = Moment(self._base.revision, OPEN - 1, Viewer(programs=speaking))
            seen = await store.kinds(sorted(foreign), moment)
            self._nodes |= foreign - seen.keys() - self._described
