"""What bears on a question: one round trip, and one more for each step along ties."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from graph_schema.codes import Confidence, TieKind, VolumeKind
from graph_schema.days import PartialDate
from hub.eligibility.facts import Facts, Law, Place, Signature, State, Tie, Volume
from hub.store.port import Around, Moment, Store

_Columns = Mapping[str, Sequence[Any]]
_MOST_STEPS: Final = 12
"""Steps along ties that are followed; a longer chain counts as not tied."""


class _Search:
    """Which nodes are still to be asked about, and how far each is followed.

    A subject is followed along all its ties; a member of its group along operation and membership
    alone; a receiver only towards further receivers, where it may be a pool.
    """

    def __init__(self, buyers: Sequence[int], subjects: Sequence[int]) -> None:
        self.full = set(subjects)
        self.group: set[int] = set()
        self.receivers: set[int] = set()
        self.buyers = set(buyers)
        self._ties: dict[int, list[tuple[str, int, int]]] = {}
        self._known: set[tuple[str, int, int]] = set()

    def reached(self, ties: _Columns) -> tuple[list[int], list[int]]:
        """Return the buyers' groups and the subjects that these ties lead to for the first time."""
        known_buyers, known = set(self.buyers), self._everyone()
        frontier: set[int] = set()
        for tie in _rows(ties, ("kind", "from_", "to")):
            if tie not in self._known:
                self._known.add(tie)
                for node in tie[1:]:
                    self._ties.setdefault(node, []).append(tie)
                frontier.update(tie[1:])
        while frontier:
            frontier = {
                grown
                for node in frontier
                for tie in self._ties.get(node, ())
                for grown in self._follow(*tie)
            }
        return sorted(self.buyers - known_buyers), sorted(self._everyone() - known)

    def _everyone(self) -> set[int]:
        return self.full | self.group | self.receivers

    def _follow(self, kind: str, begin: int, end: int) -> Iterator[int]:
        """Follow one tie as far as its ends are followed; yield the nodes that this changes."""
        if kind == TieKind.MOVED_TO.value:
            if begin in self.full or end in self.full:
                yield from _grown(self.receivers, begin, end)
            return
        if end in self.full:
            yield from _grown(self.full, begin)
        if kind == TieKind.DELIVERS_TO.value:
            if begin in self.full or begin in self.receivers:
                yield from _grown(self.receivers, end)
            return
        if any(node in followed for node in (begin, end) for followed in (self.full, self.group)):
            yield from _grown(self.group, begin, end)
        if kind == TieKind.PART_OF.value and begin in self.buyers:
            yield from _grown(self.buyers, end)


def _grown(followed: set[int], *nodes: int) -> Iterator[int]:
    """Add nodes to a set; yield those that are new in it."""
    for node in nodes:
        if node not in followed:
            followed.add(node)
            yield node


async def gather(
    store: Store, law: Law, *, buyers: Sequence[int], subjects: Sequence[int], moment: Moment
) -> Facts:
    """Return the facts that bear on these buyers and subjects, as known at a moment."""
    search = _Search(buyers, subjects)
    found: list[Around] = []
    asked_buyers, asked = list(buyers), list(subjects)
    for _ in range(_MOST_STEPS):
        around = await store.around(asked_buyers, asked, moment)
        found.append(around)
        asked_buyers, asked = search.reached(around.ties)
        if not asked_buyers and not asked:
            break
    return facts(law, found, frozenset(search.buyers), moment.known_at)


def facts(law: Law, found: Sequence[Around], buyers: frozenset[int], known_at: int) -> Facts:
    """Return the rule's facts that columns hold."""
    states: dict[int, list[State]] = {}
    for state in (state for around in found for state in _states(around.states)):
        states.setdefault(state.subject, []).append(state)
    places: dict[int, list[Place]] = {}
    for place in (place for around in found for place in _places(around.places, known_at)):
        places.setdefault(place.subject, []).append(place)
    ties = tuple(_ties(dict.fromkeys(tie for around in found for tie in _rows(around.ties, _TIE))))
    return Facts(
        law=law,
        signatures=tuple(s for around in found for s in _signatures(around.signatures)),
        buyer_ties=tuple(tie for tie in ties if tie.begin in buyers),
        states={subject: tuple(held) for subject, held in states.items()},
        ties=ties,
        places={subject: tuple(said) for subject, said in places.items()},
        volumes=tuple(v for around in found for v in _volumes(around.volumes)),
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
    rows = zip(
        *(columns[name] for name in _STATE),
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


_STATE: Final = (
    "number", "subject", "program", "track", "state", "begins_first", "begins_last", "confirmed",
    "max_age",
)  # fmt: skip
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
