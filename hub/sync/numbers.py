"""Numbers: which numbers that belong to no program an operator's word gives to a supplier.

OS IDs, LEIs and their like are everybody's: others find their own suppliers by them. An operator
who says that two of them are one supplier, or gives one to another's supplier, would fuse what
others tell apart. So its word gives one number, to a supplier that it described first.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Final

from adapters.kit.parsed import ProblemCode
from graph_schema.codes import Kind
from graph_schema.exchange import Line
from graph_schema.parties import Organization, Worksite
from graph_schema.references import UNIVERSAL
from hub.store.port import Resolved, Store
from hub.sync.allowed import Unresolved
from hub.sync.world import World

_SHOWN: Final = 5
_DESCRIBED: Final = (Organization, Worksite)


def merged(texts: Sequence[str], known: Mapping[str, Resolved]) -> list[tuple[str, bool]]:
    """Return references, and whether each is an OS ID merged into one that stands before it.

    A number that was merged stays so where a line says nothing of the one it was merged into.
    """
    numbers = [text for text in texts if text.startswith("os:")]
    stated = {text: text in numbers[1:] for text in texts}
    found = {text: known.get(text) for text in numbers}
    if not any(each and not each.merged for each in found.values()):
        stated |= {text: True for text, each in found.items() if each}
    return list(stated.items())


class Numbers:
    """What one run of an operator gives of such numbers, and what it leaves out.

    A number of whom the program may not know of is treated like one that nobody has.

    Args:
        first_new: The first number of the nodes that the run itself makes.
        unseen: Whom the program may not know of.
    """

    def __init__(self, first_new: int, unseen: Container[int]) -> None:
        self._first_new = first_new
        self._unseen = unseen
        self._known: Mapping[str, Resolved] = {}
        self._bare: set[int] = set()
        """Suppliers that have none of these numbers and that nobody else described first."""
        self._left: dict[str, list[str]] = {}
        self._more = 0

    async def load(
        self, store: Store, world: World, lines: Iterable[Line], known: Mapping[str, Resolved]
    ) -> None:
        """Look up whose the known suppliers are to which lines would give new numbers.

        What the run made in an earlier part of a list has got what that part gives it.

        Args:
            store: Where what others say of them is.
            world: Who says it.
            lines: A part of the list.
            known: What references stand for, kept up to date by whoever makes new ones.
        """
        self._known, self._bare = known, set()
        asked: dict[int, set[str]] = {}
        for line in lines:
            texts = stated(line)
            if any(universal(text) and self._seen(text) is None for text in texts):
                nodes = {each.node for each in map(self._seen, texts) if each}
                for node in (each for each in nodes if each < self._first_new):
                    asked.setdefault(node, set()).add(line.program)
        if not asked:
            return
        nodes = sorted(asked)
        taken = {node for node, text, _ in await store.references(nodes) if universal(text)}
        first: dict[int, tuple[int, str | None]] = {}
        for kind in _DESCRIBED:
            for row in await store.facts_at(kind, "reference", nodes, world.moment, history=True):
                said = (row["number"], world.codes.get(row["program"]))
                first[row["reference"]] = min(said, first.get(row["reference"], said))
        theirs = {node for node, (_, code) in first.items() if asked[node] != {code}}
        self._bare = asked.keys() - taken - theirs

    def given(self, line: Line, kind: Kind) -> Line:
        """Return a line without the numbers that its word does not give.

        Raises:
            Unresolved: It calls the supplier by such a number.
        """
        fact = line.fact
        if not isinstance(fact, _DESCRIBED) or not any(map(universal, stated(line))):
            return line
        left = {*self._foreign(line, kind)}
        kept = [text for text in stated(line) if text not in left]
        left |= {*self._redirected(fact.reference, kept)}
        if fact.reference in left and self._seen(fact.reference) is None:
            others = ", ".join(text for text in fact.external_ids if self._seen(text))
            message = f"only the record says that {fact.reference} is the supplier of {others}"
            raise Unresolved(ProblemCode.IDENTITY_CONFLICT, "reference", message)
        left.discard(fact.reference)
        if not left:
            return line
        self._leave(fact.reference, sorted(left))
        taken = tuple(text for text in fact.external_ids if text not in left)
        return line.model_copy(update={"fact": fact.model_copy(update={"external_ids": taken})})

    def made(self, node: int, line: Line) -> None:
        """Take in that a line describes a supplier that nobody knew."""
        if not any(map(universal, stated(line))):
            self._bare.add(node)

    def notes(self) -> Iterator[str]:
        """Yield what the person who syncs should know of the numbers left out."""
        if self._left:
            told = [f"{name}: {', '.join(left)}" for name, left in self._left.items()]
            more = f"; and {self._more:,} more" if self._more else ""
            yield (
                "numbers left out, because only the record says which numbers are one supplier's "
                f"({len(told) + self._more:,}): {'; '.join(told)}{more}"
            )

    def _leave(self, reference: str, numbers: Sequence[str]) -> None:
        """Take note of numbers left out; of a long list the first are told, the rest counted."""
        if reference in self._left or len(self._left) < _SHOWN:
            self._left.setdefault(reference, []).extend(numbers)
        else:
            self._more += 1

    def _foreign(self, line: Line, kind: Kind) -> Iterator[str]:
        """Yield the numbers of a line that stand for another supplier, or would be its second."""
        texts = _by_weight(line)
        known = [each for each in map(self._seen, texts) if each]
        anchor = next((each.node for each in known if each.kind is kind), None)
        new = [t for t in texts if universal(t) and self._seen(t) is None]
        given = new[:1] if anchor is None or anchor in self._bare else []
        self._bare.difference_update([anchor] if anchor is not None and given else [])
        for text in filter(universal, texts):
            found = self._seen(text)
            if (found.node != anchor) if found else (text not in given):
                yield text

    def _seen(self, text: str) -> Resolved | None:
        """Return what a reference stands for, where the program may know of it."""
        found = self._known.get(text)
        return None if found is None or found.node in self._unseen else found

    def _redirected(self, reference: str, texts: Sequence[str]) -> Iterator[str]:
        """Yield OS IDs of a line that would change which of them is the current one."""
        known = {text: found for text in texts if (found := self._seen(text))}
        told = dict(merged(texts, known))
        if all(found.merged == told[text] for text, found in known.items()):
            return
        numbers = [text for text in texts if text.startswith("os:")]
        current = next(text for text in numbers if text in known and not known[text].merged)
        stays = reference if reference in numbers else current
        yield from (text for text in numbers if text != stays)


def universal(text: str) -> bool:
    """Whether a reference is a number that belongs to no program."""
    return text.partition(":")[0] in UNIVERSAL


def stated(line: Line) -> tuple[str, ...]:
    """Return all references by which a line describes a supplier."""
    fact = line.fact
    return (fact.reference, *fact.external_ids) if isinstance(fact, _DESCRIBED) else ()


def _by_weight(line: Line) -> list[str]:
    """Return them, what says most surely whom a line means first."""
    first, *others = stated(line)
    return [first, *sorted(others, key=lambda t: (universal(t), not t.startswith("os:")))]
