"""An agreement's term: whether it has begun, runs, was renewed or has ended; what follows it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import combinations
from typing import Final

from graph_schema.codes import Term
from graph_schema.days import BEGINNING, FOR_EVER
from hub.eligibility.facts import Agreement, Law
from hub.eligibility.readings import TooManyReadingsError, Unsure, may, readings

_MOST_UNSURE: Final = 8
"""Versions of unsure beginnings that one position tries both ways."""


class Phase(IntEnum):
    """Where in its term an agreement is."""

    NOT_BEGUN = 0
    RUNNING = 1
    RENEWED = 2
    """Its term has passed, and it states that it renews itself."""
    PASSED = 3
    """Its computed term has passed; whether it was renewed is not known."""
    ENDED = 4


@dataclass(frozen=True, slots=True)
class Position:
    """Where in its term an agreement is on a day, in one reading of its dates.

    Attributes:
        begun: First day it is in force.
        ended: First day it is no longer; FOR_EVER where it has no end.
        successors: The versions that followed it and had begun.
    """

    phase: Phase
    begun: int
    ended: int
    successors: frozenset[int]


def positions(law: Law, agreement: Agreement, day: int, anchors: set[int]) -> set[Position]:
    """Return where in its term an agreement may be on a day, one for each that dates allow.

    Args:
        law: All agreements.
        agreement: The one asked of.
        day: The day asked of.
        anchors: Further days that make a difference, such as signatures.

    Raises:
        TooManyReadingsError: Its dates allow too many.
    """
    dates = {
        "from": agreement.in_force_from,
        "until": agreement.in_force_until,
        "renewed": agreement.renewed_until,
    }
    unsure = [
        Unsure(name, date.first, date.last)
        for name, date in dates.items()
        if date and not date.exact
    ]
    found: set[Position] = set()
    for successors in _begun_successors(law, agreement, day):
        for chosen in readings(unsure, {day, *anchors}):
            days = {name: chosen.get(name, date.last) for name, date in dates.items() if date}
            found.add(_position(agreement.term, days, day, successors))
    return found


def may_run(law: Law, agreement: Agreement, day: int) -> bool:
    """Whether an agreement may be in force on a day, its signatures apart."""
    try:
        found = positions(law, agreement, day, set())
    except TooManyReadingsError:
        return True
    return any(each.phase not in (Phase.NOT_BEGUN, Phase.ENDED) for each in found)


def _position(
    term: Term, days: Mapping[str, int], day: int, successors: frozenset[int]
) -> Position:
    begun = days.get("from", BEGINNING)
    printed = FOR_EVER if term in (Term.OPEN, Term.NOT_FOUND) else days.get("until", FOR_EVER)
    renewed = days.get("renewed", FOR_EVER) if term is Term.AUTO_RENEWED else printed
    last = max(printed, renewed)
    ended = last + 1 if last < FOR_EVER else FOR_EVER
    if day < begun:
        phase = Phase.NOT_BEGUN
    elif day <= printed:
        phase = Phase.RUNNING
    elif day <= renewed:
        phase = Phase.RENEWED
    elif term is Term.COMPUTED and not successors:
        phase = Phase.PASSED
    else:
        phase = Phase.ENDED
    return Position(phase, begun, ended, successors)


def _begun_successors(law: Law, agreement: Agreement, day: int) -> Iterator[frozenset[int]]:
    """Yield the versions with clauses that follow an agreement and had begun, in every reading.

    Raises:
        TooManyReadingsError: Of too many it is not known whether they had begun.
    """
    sure: set[int] = set()
    unsure: list[int] = []
    for version in _versions_after(law, agreement):
        if version.clauses:
            begun = may(version.in_force_from, by=day, absent=True)
            if False not in begun:
                sure.add(version.number)
            elif True in begun:
                unsure.append(version.number)
    if len(unsure) > _MOST_UNSURE:
        raise TooManyReadingsError
    for size in range(len(unsure) + 1):
        for some in combinations(unsure, size):
            yield frozenset(sure | set(some))


def _versions_after(law: Law, agreement: Agreement) -> list[Agreement]:
    """Return all later versions of the same, the parent or a child program, nearest first."""
    program = law.programs.get(agreement.program)
    related = {agreement.program, program.parent if program else None} | {
        other.number for other in law.programs.values() if other.parent == agreement.program
    }
    found = [agreement]
    for version in found:
        found += [
            later
            for later in law.agreements.values()
            if later.supersedes == version.number
            and later.program in related
            and later not in found
        ]
    return found[1:]
