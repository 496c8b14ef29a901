"""Shapes: what rows become that say the same of different suppliers.

Learned of one row and what became of it; whatever could not be drawn anew from the row's own names
and numbers is not learned.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from adapters.kit.plain import Plain, named, texts
from graph_schema.elements import Fact
from hub.store.port import Row
from hub.store.rows import LOG, about, columns, digested, plain, says
from hub.sync.profile import profile, words
from hub.sync.resolve import DECLARES

_NOBODY: Final = "\x01nobody"
"""Stands for the number of a node; no text of a fact holds what does not print."""
_TEXT: Final = "\x01{}"


@dataclass(frozen=True, slots=True)
class Shape:
    """What the rows of one shape become.

    Attributes:
        number: Its own, by which it is named.
        kind: The kind of the fact.
        row: The fact that one of them became.
        texts: The fields of the texts that they give.
        together: Facts of shapes that have this in common differ in columns that hold no list.
    """

    number: int
    kind: type[Fact]
    row: Row
    texts: tuple[str, ...]
    together: bytes
    _end: str
    _calls: bool
    _identity: str
    _content: str
    _profile: Mapping[str, Any]
    _words: Sequence[tuple[str | None, str]]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in which facts of this shape differ, as `values` has them."""
        called = ("called",) if self._calls else ()
        return ("number", "identity", "content", self._end, "row", *called, *self.texts)

    def values(self, row: Plain, node: int, number: int) -> tuple[Any, ...]:
        """Return what the fact that a row becomes has there.

        Args:
            row: A row of this shape.
            node: The number of whom it names.
            number: The number of the fact.
        """
        identity = digested((self._identity % node).encode())
        content = digested((self._content % (*row.texts, node)).encode())
        if self._calls:
            return (number, identity, content, node, row.row, row.reference, *row.texts)
        return (number, identity, content, node, row.row, *row.texts)

    def profile(self, row: Plain, node: int) -> dict[str, Any]:
        """Return what the node is called that a row describes, where it describes one.

        Nothing else is said of it.
        """
        if not self._calls:
            return {}
        own = dict(zip(self.texts, row.texts, strict=True))
        found = words(own[name] if name else text for name, text in self._words)
        return {**self._profile, "number": node, "name": own["name"], "words": found}


def learned(
    number: int, kind: type[Fact], row: Plain, fact: Row, codes: Mapping[int, str]
) -> Shape | None:
    """Return the shape of a row, by the fact that it became; none where it tells no other's.

    Args:
        number: That the shape gets.
        kind: The kind of the fact.
        row: The row.
        fact: What became of it, without a number.
        codes: Codes of programs.
    """
    end = named(kind)
    values = {column.name: fact[column.name] for column in columns(kind)}
    given = tuple(name for name in texts(kind) if fact[name] is not None)
    marked = values | {name: _TEXT.format(name) for name in given} | {end: _NOBODY}
    told = plain(*says(marked, fact["sources"], fact["confidence"]))
    described = kind in DECLARES
    called: dict[str, Any] = {}
    if described:
        called = profile(fact[end], DECLARES[kind], [(kind, fact | {"number": 0})], codes)
        called |= {"programs_held": 0, "buyers_held": 0}
    shape = Shape(
        number=number,
        kind=kind,
        row=dict(fact),
        texts=given,
        together=plain(given, [fact[name] for name in _lists(kind)]),
        _end=end,
        _calls=described,
        _identity=_template(plain(*about(kind, fact["program"], marked)), ()),
        _content=_template(told, given),
        _profile=called,
        _words=[*_words(kind, fact, given)],
    )
    own = dict(zip(shape.columns, shape.values(row, fact[end], 0), strict=False))
    again = fact | own == fact | {"number": 0}
    return shape if again and called == shape.profile(row, fact[end]) else None


def _template(told: bytes, given: Sequence[str]) -> str:
    """Return a text of marks as one to be filled: with texts, then with the number of a node."""
    text = told.decode().replace("%", "%%").replace(plain(_NOBODY)[1:-1].decode(), "%d")
    for name in given:
        text = text.replace(plain(_TEXT.format(name))[1:-1].decode(), '"%s"')
    return text


def _words(kind: type[Fact], fact: Row, given: Sequence[str]) -> Iterator[tuple[str | None, str]]:
    """Yield the texts by which a fact is found: the names of those of rows, and the others."""
    for name in kind.searched:
        if name in given:
            yield name, ""
        elif isinstance(fact[name], list):
            yield from ((None, text) for text in fact[name])


def _lists(kind: type[Fact]) -> Iterator[str]:
    """Yield the columns that hold lists."""
    yield from (column.name for column in columns(kind) if column.type is list)
    yield from (name for name, type_ in LOG.items() if type_ is list)
