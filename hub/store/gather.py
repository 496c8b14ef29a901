"""What bears on a question: one round trip, and one more for each step along ties."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from graph_schema.codes import TieKind
from hub.eligibility.facts import Facts, Law
from hub.store.bearing import Bearing
from hub.store.cache import Cached
from hub.store.port import Moment, Store, Whom

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

    def reached(self, found: Bearing) -> Whom:
        """Return whom the ties found lead to, as far as they have not been asked about."""
        self._answered.update(found.states)
        pending: list[_Step] = []
        for program, kind, begin, end, *_ in found.ties:
            step = (begin, end, kind, program)
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
    store: Store,
    law: Law,
    *,
    buyers: Sequence[int],
    subjects: Sequence[int],
    moment: Moment,
    kept: Cached[Bearing],
) -> Facts:
    """Return the facts that bear on these buyers and subjects, as known at a moment.

    Args:
        store: Is asked about those of whom nothing is kept.
        law: Of the moment.
        buyers: Numbers of organisations.
        subjects: Numbers of those asked about.
        moment: Which facts are seen.
        kept: What was told of subjects at this moment before.
    """
    search = _Search(buyers, subjects, law)
    found = Bearing()
    asked = search.asked()
    for _ in range(_MOST_STEPS):
        known = kept.known(asked.subjects)
        step = Bearing.again(known)
        wanted = replace(asked, subjects=[n for n in asked.subjects if n not in known])
        if wanted.anybody:
            told = Bearing.told(await store.around(wanted, moment), moment.known_at)
            kept.keep(dict.fromkeys(wanted.subjects, told), told.size)
            step.add(told)
        found.add(step)
        asked = search.reached(step)
        if not asked.anybody:
            break
    return found.facts(law, search.buyers, moment.viewer)
