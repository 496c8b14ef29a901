"""What bears on subjects and buyers: the columns of a store as the rule's facts, one by one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Self

from graph_schema.codes import Confidence, TieKind, VolumeKind
from graph_schema.days import PartialDate
from hub.eligibility.facts import Facts, Law, Place, Signature, State, Tie, Volume, grouped
from hub.store.cache import ENTRIES
from hub.store.port import Around, Viewer

_Columns = Mapping[str, Sequence[Any]]
_Row = tuple[Any, ...]


@dataclass
class Bearing:
    """What bears on buyers and subjects; a tie comes once, whichever of its ends was asked about.

    What a store told at once is kept as it is, and shared: it is added to others, and nothing to
    it.

    Attributes:
        ties: By the columns that a store tells of them.
        volumes: By pool.
    """

    states: dict[int, tuple[State, ...]] = field(default_factory=dict[int, tuple[State, ...]])
    places: dict[int, tuple[Place, ...]] = field(default_factory=dict[int, tuple[Place, ...]])
    ties: dict[_Row, Tie] = field(default_factory=dict[_Row, Tie])
    volumes: dict[int, tuple[Volume, ...]] = field(default_factory=dict[int, tuple[Volume, ...]])
    signatures: list[Signature] = field(default_factory=list[Signature])

    @classmethod
    def told(cls, around: Around, known_at: int) -> Self:
        """Return what a store tells.

        Args:
            around: Its columns.
            known_at: What was recorded later tells of places alone.
        """
        ties = dict.fromkeys(_rows(around.ties, _TIE))
        return cls(
            states=grouped((state.subject, state) for state in _states(around.states)),
            places=grouped((place.subject, place) for place in _places(around.places, known_at)),
            ties=dict(zip(ties, _ties(ties), strict=True)),
            volumes=grouped((volume.pool, volume) for volume in _volumes(around.volumes)),
            signatures=list(_signatures(around.signatures)),
        )

    @classmethod
    def again(cls, known: Mapping[int, Self]) -> Self:
        """Return what bears on subjects, from what was told of each before."""
        found = cls()
        for subject, told in known.items():
            if subject in told.states:
                found.states[subject] = told.states[subject]
            if subject in told.places:
                found.places[subject] = told.places[subject]
            if subject in told.volumes:
                found.volumes[subject] = told.volumes[subject]
            found.ties.update(told.ties_at.get(subject, ()))
        return found

    @cached_property
    def ties_at(self) -> Mapping[int, Sequence[tuple[_Row, Tie]]]:
        """The ties at each of their ends."""
        both = ((end, told) for told in self.ties.items() for end in (told[1].begin, told[1].end))
        return grouped(both)

    @property
    def size(self) -> int:
        """How many facts these are; one with long lists counts for several."""
        states = sum(
            1 + (len(state.products) + len(state.regions)) // ENTRIES
            for held in self.states.values()
            for state in held
        )
        others = (*self.places.values(), *self.volumes.values())
        return states + sum(map(len, others)) + len(self.ties) + len(self.signatures)

    def add(self, more: Self) -> None:
        """Add what else was found."""
        self.states.update(more.states)
        self.places.update(more.places)
        self.ties.update(more.ties)
        self.volumes.update(more.volumes)
        self.signatures.extend(more.signatures)

    def facts(self, law: Law, buyers: AbstractSet[int], viewer: Viewer) -> Facts:
        """Return all that was found as the rule takes it.

        Args:
            law: Of the moment.
            buyers: Numbers of the buyers and of their groups.
            viewer: Who asks.
        """
        ties = tuple(self.ties.values())
        return Facts(
            law=law,
            signatures=tuple(self.signatures),
            buyer_ties=tuple(tie for tie in ties if tie.begin in buyers),
            states=self.states,
            ties=ties,
            places=self.places,
            volumes=tuple(volume for each in self.volumes.values() for volume in each),
            unseen=frozenset(
                program.number
                for program in law.programs.values()
                if not (program.publishes or viewer.everything or viewer.answered)
                and program.number not in viewer.programs
            ),
        )


def _rows(columns: _Columns, names: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    """Yield some of the columns row by row."""
    return zip(*(columns[name] for name in names), strict=True)


def _partials(columns: _Columns, name: str) -> Iterable[PartialDate | None]:
    """Return the partial dates of a column."""
    return [
        PartialDate(first, last, text) if text else None
        for text, first, last in _rows(columns, (name, f"{name}_first", f"{name}_last"))
    ]


def _states(columns: _Columns) -> Iterator[State]:
    words: dict[str, str] = {}
    rows = zip(
        *(columns[name] for name in _STATE),
        *(map(words.setdefault, columns[name], columns[name]) for name in _WORDS),
        *(columns[name] for name in _DAYS),
        _partials(columns, "until"),
        _partials(columns, "announced_until"),
        [frozenset(each) if each else _NO_PRODUCTS for each in columns["products"]],
        [frozenset(each) if each else _NO_REGIONS for each in columns["regions"]],
        columns["feed"],
        [
            f"since {since}" if since else f"seen {observed}"
            for since, observed in _rows(columns, ("since", "observed"))
        ],
        strict=True,
    )
    return map(State._make, rows)


_STATE: Final = ("number", "subject", "program")
_WORDS: Final = ("track", "state")
"""The same words are one object each, however many states have them."""
_DAYS: Final = ("begins_first", "begins_last", "confirmed", "max_age")
_NO_PRODUCTS: Final[frozenset[int]] = frozenset()
_NO_REGIONS: Final[frozenset[str]] = frozenset()


def _places(columns: _Columns, known_at: int) -> Iterator[Place]:
    rows = zip(
        *(columns[name] for name in _PLACE),
        [frozenset(each) if each else _NO_REGIONS for each in columns["regions"]],
        _partials(columns, "closed_on"),
        *(columns[name] for name in _SAID),
        [recorded <= known_at for recorded in columns["recorded_from"]],
        strict=True,
    )
    return map(Place._make, rows)


_PLACE: Final = ("reference", "program", "name", "country")
_SAID: Final = ("recorded_from", "stated_at", "worksite")


def _ties(rows: Iterable[tuple[Any, ...]]) -> Iterator[Tie]:
    for program, kind, begin, end, first, last, until, until_first, until_last in rows:
        over = PartialDate(until_first, until_last, until) if until else None
        yield Tie(program, _TIE_KIND[kind], begin, end, first, last, over)


_TIE: Final = (
    "program", "kind", "from_", "to", "begins_first", "begins_last", "until", "until_first",
    "until_last",
)  # fmt: skip
_TIE_KIND: Final = {kind.value: kind for kind in TieKind}


def _volumes(columns: _Columns) -> Iterator[Volume]:
    for program, pool, buyer, product, kind, quantity, unit, since, until in zip(
        *(columns[name] for name in _VOLUME),
        _partials(columns, "since"),
        _partials(columns, "until"),
        strict=True,
    ):
        if since is not None:
            yield Volume(
                program, pool, product, VolumeKind(kind), since, quantity, unit, until, buyer
            )


_VOLUME: Final = ("program", "pool", "buyer", "product", "kind", "quantity", "unit")


def _signatures(columns: _Columns) -> Iterator[Signature]:
    for (
        number,
        program,
        organization,
        agreement,
        first,
        last,
        options,
        covers,
        signed,
        sure,
        until,
    ) in zip(*(columns[name] for name in _SIGNATURE), _partials(columns, "until"), strict=True):
        yield Signature(
            number=number,
            program=program,
            organization=organization,
            agreement=agreement,
            first=first,
            last=last,
            until=until,
            options=None if options is None else frozenset(options),
            covers_group=None if covers is None else bool(covers),
            signed=bool(signed),
            confidence=Confidence(sure) if sure else None,
        )


_SIGNATURE: Final = (
    "number", "program", "organization", "agreement", "begins_first", "begins_last", "options",
    "covers_group", "signed", "confidence",
)  # fmt: skip
