"""Made: the nodes and references that a run makes."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from graph_schema.codes import Kind
from hub.store.port import Batch


@dataclass(slots=True)
class Made:
    """Nodes and references that the run makes.

    Attributes:
        nodes: Kinds of new nodes by number.
        references: New references: node, and whether merged into the node's current one.
        dropped: References that are made anew, because which number is current changed.
    """

    nodes: dict[int, Kind] = field(default_factory=dict[int, Kind])
    references: dict[str, tuple[int, bool]] = field(default_factory=dict[str, tuple[int, bool]])
    dropped: list[str] = field(default_factory=list[str])

    def __bool__(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.nodes or self.references)

    def named(self, named: AbstractSet[int]) -> "Made":
        """Take out all but new nodes that nothing names which is to be written."""
        idle = self.nodes.keys() - named
        taken = Made(
            {node: kind for node, kind in self.nodes.items() if node not in idle},
            {text: made for text, made in self.references.items() if made[0] not in idle},
            self.dropped,
        )
        self.nodes = {node: self.nodes[node] for node in idle}
        self.references = {t: made for t, made in self.references.items() if made[0] in idle}
        self.dropped = []
        return taken

    def into(self, batch: Batch) -> None:
        """Add them to a batch."""
        batch.nodes += self.nodes.items()
        batch.dropped_references += self.dropped
        batch.references += [(text, *made) for text, made in self.references.items()]
