"""What bears on a question: one round trip, and one more for each step along ties."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from graph_schema.codes import Confidence, TieKind, VolumeKind
from graph_schema.days import PartialDate
from hub.eligibility.facts import Facts, Law, Place, Signature, State, Tie, Volume
from hub.store.port import Around, Moment, Store, Whom

_Columns = Mapping[str, Sequence[Any]]
_Step = tuple[int, int, str, int]
"""A tie, as far as it leads somewhere: from whom, to whom, its kind, and whose it is."""
_MOVED_TO: Final = TieKind.MOVED_TO.value
_DELIVERS_TO: Final = TieKind.DELIVERS_TO.value
_PART_OF: Final = TieKind.PART_OF.value
_MOST_STEPS: Final = 12
"""Steps along ties that are followed; a longer chain counts as not tied."""


class _Search:
    """Which nodes are still to be asked about, and how far each is followed.

    A subject is followed along all its ties; what is above it upwards; a receiver only towards
    further receivers, where it may be a pool. Where a word of a program may reach a whole company
    group, everyone whom that program ties to the subject is followed, too.
    """

    def __init__(self, buyers: Sequence[int], subjects: Sequence[int], law: Law) -> None:
        self.buyers = set(buyers)
        self._full = set(subjects)
        self._above: set[int] = set()
        self._receivers: set[int] = set()
        self._companies: dict[int, set[int]] = {program: set() for program in law.reaching}
        self._words = sorted(law.reaching_words)
        self._buyers_answered: set[int] = set()
        self._answered: set[int] = set()
        self._tied: set[int] = set()
        self._known: set[_Step] = set()
        self._steps: dict[int, list[_Step]] = {}

    def reached(self, around: Around) -> Whom:
        """Return whom the ties found lead to, as far as they have not been asked about."""
        self._answered.update(around.states["subject"])
        pending: list[_Step] = []
        for step in _rows(around.ties, ("from_", "to", "kind", "program")):
            if step not in self._known:
                self._known.add(step)
                pending.append(step)
                self._steps.setdefault(step[0], []).append(step)
                self._steps.setdefault(step[1], []).append(step)
        while pending:
            grown = {node for step in pending for node in self._follow(*step)}
            pending = list(
                dict.fromkeys(step for node in grown for step in self._steps.get(node, ()))
            )
        return self.asked()

    def asked(self) -> Whom:
        """Return whom is to be asked about now, and take them for answered."""
        buyers = sorted(self.buyers - self._buyers_answered)
        subjects = (self._full | self._above | self._receivers) - self._answered
        company = set[int]().union(*self._companies.values())
        company -= self._answered | subjects | self._tied
        self._buyers_answered |= self.buyers
        self._answered |= subjects
        self._tied |= company
        return Whom(buyers, sorted(subjects), sorted(company), self._words)

    def _follow(self, begin: int, end: int, kind: str, program: int) -> Iterable[int]:
        """Follow one tie as far as its ends are followed; return the nodes that this changes."""
        full = self._full
        if kind == _MOVED_TO:
            moved = begin in full or end in full
            return _grown(self._receivers, begin, end) if moved else ()
        grown = _grown(full, begin) if end in full else []
        if kind == _DELIVERS_TO:
            if begin in full or begin in self._receivers:
                grown += _grown(self._receivers, end)
            return grown
        if begin in full or begin in self._above:
            grown += _grown(self._above, end)
        if program in self._companies:
            grown += self._in_company(self._companies[program], begin, end)
        if kind == _PART_OF and begin in self.buyers:
            grown += _grown(self.buyers, end)
        return grown

    def _in_company(self, company: set[int], begin: int, end: int) -> list[int]:
        """Follow a tie within a company; return the nodes that are new in it."""
        inside = any(node in self._full or node in company for node in (begin, end))
        return _grown(company, begin, end) if inside else []


def _grown(followed: set[int], *nodes: int) -> list[int]:
    """Add nodes to a set; return those that are new in it."""
    new = [node for node in nodes if node not in followed]
    followed.update(new)
    return new


async def gather(
    store: Store, law: Law, *, buyers: Sequence[int], subjects: Sequence[int], moment: Moment
) -> Facts:
    """Return the facts that bear on these buyers and subjects, as known at a moment."""
    search = _Search(buyers, subjects, law)
    found: list[Around] = []
    asked = search.asked()
    for _ in range(_MOST_STEPS):
        around = await store.around(asked, moment)
        found.append(around)
        asked = search.reached(around)
        if not (asked.buyers or asked.subjects or asked.company):
            break
    return _facts(law, found, frozenset(search.buyers), moment)


def _facts(law: Law, found: Sequence[Around], buyers: frozenset[int], moment: Moment) -> Facts:
    """Return the rule's facts that columns hold."""
    known_at, viewer = moment.known_at, moment.viewer
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
