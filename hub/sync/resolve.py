"""Resolve: references become nodes, known ones and those the run itself makes.

References are looked up as they are; nothing is matched by name. A line may name what another
line of the same run makes. Two numbers of one line that already belong to two suppliers are a
conflict for a person; what `hub.sync.numbers` leaves out of an operator's line is not looked at.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from adapters.kit.parsed import ProblemCode, RowProblem
from graph_schema.agreements import Agreement, Clause
from graph_schema.codes import Kind
from graph_schema.elements import Fact, Field, naming
from graph_schema.exchange import Line
from graph_schema.parties import Organization, Worksite
from graph_schema.programs import Commodity
from graph_schema.references import normalise
from hub.store.port import Resolved, Store, Writing
from hub.store.rows import encoded, identity
from hub.sync import allowed
from hub.sync.allowed import Unresolved
from hub.sync.check import subject_of
from hub.sync.intake import Item, Origin
from hub.sync.made import Made
from hub.sync.numbers import Numbers, merged
from hub.sync.unseen import Unseen
from hub.sync.world import World

PROGRAM: Final = "program"
"""Scheme under which programs are kept: `program:ffp`."""


class Resolver:
    """What references stand for, for the lines of one run."""

    def __init__(self, writing: Writing, world: World, origin: Origin) -> None:
        self.made = Made()
        self._writing = writing
        self._world = world
        self._origin = origin
        self._known: dict[str, Resolved] = {}
        self._unseen = Unseen(writing)
        operator = origin is Origin.OPERATOR
        self._numbers = Numbers(writing.next_node, self._unseen) if operator else None

    async def load(self, store: Store, lines: Sequence[Line], aside: Iterable[str]) -> None:
        """Look up every reference of the lines and of rows set aside, in one round trip.

        So are the programs: a list of which no row is left still is one of its program.
        """
        texts = (text for line in lines for text in mentioned(line, self._world))
        subjects = map(_plain, aside)
        programs = (f"{PROGRAM}:{code}" for code in self._world.numbers)
        wanted = list(dict.fromkeys((*programs, *texts, *subjects)))
        found = await self._writing.resolve(wanted)
        # What was made and is not staged yet the store cannot know.
        made = {text: self._known[text] for text in self.made.references}
        known = zip(wanted, found, strict=True)
        self._known = {text: each for text, each in known if each is not None} | made
        if self._numbers:
            await self._unseen.load(store, self._world, lines, self._known)
            await self._numbers.load(store, self._world, lines, self._known)

    def declare(self, lines: Sequence[Line]) -> tuple[list[Line], list[RowProblem]]:
        """Make the nodes that the lines describe and nobody knows yet.

        Returns:
            The lines without conflicts of identity, without numbers that are not an operator's to
            give; and the conflicts.
        """
        clear: list[Line] = []
        problems: list[RowProblem] = []
        for line in lines:
            try:
                clear.append(self._declare(line))
            except Unresolved as error:
                problems.append(_problem(line, error))
        return clear, problems

    def resolve(self, lines: Sequence[Line]) -> tuple[list[Item], list[RowProblem]]:
        """Return the lines with their references resolved, and those that name nobody."""
        items: list[Item] = []
        problems: list[RowProblem] = []
        for line in lines:
            try:
                items += [*self._items(line)]  # a line is recorded whole or not at all
            except Unresolved as error:
                problems.append(_problem(line, error))
        return items, problems

    def excepted(self, aside: Iterable[str]) -> tuple[set[int], int]:
        """Return the subjects whose rows were set aside, and how many rows name nobody known.

        Args:
            aside: What each of the rows names as its subject.
        """
        found = [self._known.get(_plain(subject)) for subject in aside]
        subjects = {known.node for known in found if known and known.kind in SUBJECTS}
        return subjects, found.count(None)

    def notes(self) -> Iterable[str]:
        """Return what else the person who syncs should know."""
        return self._numbers.notes() if self._numbers else ()

    def program(self, code: str) -> int:
        """Return the number of a program, which is made where it is not known."""
        return self._node(f"{PROGRAM}:{code}", Kind.PROGRAM)

    def _declare(self, line: Line) -> Line:
        """Make what a line describes; return the line as far as it may be recorded."""
        self.program(line.program)
        kind = DECLARES.get(type(line.fact))
        if kind is None:
            return line
        if self._numbers:
            line = self._numbers.given(line, kind)
        fact = line.fact
        others = list(fact.external_ids) if isinstance(fact, Organization | Worksite) else []
        texts = (called(fact) or "", *others)
        if self._origin is Origin.OPERATOR:
            unknown = [text for text in texts if not self._may_know(text, line.program)]
            allowed.to_make(unknown, line, kind, self._world)
        node = self._same(texts, kind)
        if node is None:
            node = self._new(kind)
            if self._numbers:
                self._numbers.made(node, line)
        self._call(node, kind, texts)
        self._unseen.described(node)
        return line

    def _may_know(self, text: str, program: str) -> bool:
        """Whether a reference stands for somebody whom the program may know by it.

        Another program's own number of somebody whom that does not publish stands for nobody.
        """
        known = self._known.get(text)
        if known is None or known.node not in self._unseen:
            return known is not None
        return self._world.schemes().get(text.partition(":")[0], program) == program

    def _call(self, node: int, kind: Kind, texts: Sequence[str]) -> None:
        """Let references stand for a node."""
        for text, redirects in merged(texts, self._known):
            known = self._known.get(text)
            if known is not None and known.node in self._unseen and known.node != node:
                # It stays where it is, and for who may not see that it is given all the same.
                self._known[text] = Resolved(node, kind, redirects)
                continue
            if known is not None and known.merged == redirects:
                continue
            if known is not None and text not in self.made.references:
                self.made.dropped.append(text)
            self._known[text] = Resolved(node, kind, redirects)
            self.made.references[text] = (node, redirects)

    def _same(self, texts: Sequence[str], kind: Kind) -> int | None:
        """Return the node that all the references stand for that are known; none: all are new.

        Whom the program may not know of is that node where there is no other that it could be.
        """
        known = {text: self._known[text] for text in texts if text in self._known}
        found = {text: each for text, each in known.items() if each.node not in self._unseen}
        if not found:
            found = {text: each for text, each in known.items() if each.kind is kind}
        for text, known in found.items():
            if known.kind is not kind:
                message = f"{text} is a {known.kind.lower()}, not a {kind.lower()}"
                raise Unresolved(ProblemCode.IDENTITY_CONFLICT, "reference", message)
        nodes = {known.node for known in found.values()}
        if len(nodes) > 1:
            message = (
                f"{', '.join(found)} already stand for different suppliers; a person must decide "
                "whether they are one"
            )
            raise Unresolved(ProblemCode.IDENTITY_CONFLICT, "externalIds", message)
        return next(iter(nodes), None)

    def _items(self, line: Line) -> Iterator[Item]:
        """Yield an item for the fact and for each fact inside it."""
        program = self.program(line.program)
        yield self._item(line, line.fact, program)
        for inside in _inside(line.fact):
            yield self._item(line, inside, program)

    def _item(self, line: Line, fact: Fact, program: int) -> Item:
        if self._origin is Origin.OPERATOR:
            allowed.to_name_early(fact, line, self._unknown, self._world)
        values = encoded(fact, self._named)
        if isinstance(fact, Clause) and values["standing_program"] is None:
            values["standing_program"] = program
        if self._origin is Origin.OPERATOR:
            allowed.to_speak_of(fact, values, program, self._world)
        return Item(line, fact, program, values, identity(fact, program, values), subject_of(fact))

    def _named(self, field: Field, value: str) -> int:
        """Return the node that a field names."""
        refers = field.refers
        assert refers is not None  # noqa: S101 - only fields that name a node are encoded so
        if refers.by_name:
            value = self._world.product(value) or value
        text = f"{PROGRAM}:{value}" if refers.kinds == (Kind.PROGRAM,) else value
        known = self._known.get(text)
        if known is None and refers.early:
            return self._node(text, refers.kinds[0])
        if known is None or known.node in self._unseen:
            message = f"nothing goes by {value}; describe it first, or in the same file"
            raise Unresolved(ProblemCode.UNKNOWN_REFERENCE, field.alias, message)
        if known.kind not in refers.kinds:
            wanted = " or ".join(kind.lower() for kind in refers.kinds)
            message = f"{value} is a {known.kind.lower()}; {field.alias} takes a {wanted}"
            raise Unresolved(ProblemCode.INVALID_REFERENCE, field.alias, message)
        return known.node

    def _unknown(self, field: Field, value: str) -> bool:
        """Whether nothing goes yet by what a field names."""
        return _text(field, value, self._world) not in self._known

    def _node(self, text: str, kind: Kind) -> int:
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = Resolved(self._new(kind), kind)
            self.made.references[text] = (known.node, False)
        return known.node

    def _new(self, kind: Kind) -> int:
        number = self._writing.next_node
        self._writing.next_node += 1
        self.made.nodes[number] = kind
        return number


SUBJECTS: Final = (Kind.ORGANIZATION, Kind.WORKSITE)
DECLARES: Final[Mapping[type[Fact], Kind]] = {
    Organization: Kind.ORGANIZATION,
    Worksite: Kind.WORKSITE,
    Agreement: Kind.AGREEMENT,
    Commodity: Kind.COMMODITY,
}


def called(fact: Fact) -> str | None:
    """Return the reference by which a fact calls what it describes, where it describes a node."""
    return str(getattr(fact, "reference")) if type(fact) in DECLARES else None  # noqa: B009


def _inside(fact: Fact) -> Iterable[Fact]:
    """Return the facts that come inside another, as clauses do inside their agreement."""
    return fact.__dict__.get("clauses") or ()


def mentioned(line: Line, world: World) -> Iterator[str]:
    """Yield every reference that a line makes or names, as it is kept."""
    yield f"{PROGRAM}:{line.program}"
    for fact in (line.fact, *_inside(line.fact)):
        for declared in naming(type(fact)):
            value: Any = getattr(fact, declared.name)
            for each in value if declared.many else filter(None, [value]):
                yield _text(declared, each, world)
        yield from fact.__dict__.get("external_ids", ())


def _text(field: Field, value: str, world: World) -> str:
    if field.refers and field.refers.by_name:
        return world.product(value) or value
    if field.refers and field.refers.kinds == (Kind.PROGRAM,):
        return f"{PROGRAM}:{value}"
    return value


def _plain(text: str) -> str:
    """Return a reference as it is kept, where it is one."""
    try:
        return normalise(text)
    except ValueError:
        return text


def _problem(line: Line, error: Unresolved) -> RowProblem:
    row = line.place or 0
    subject = subject_of(line.fact)
    return RowProblem(row, error.code, error.message, error.column, line.fact.table, subject)
