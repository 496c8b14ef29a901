"""Contradictions: rows that speak of the same and do not say the same."""

from collections.abc import Iterable, Sequence
from typing import Final

from adapters.kit.parsed import ProblemCode, RowProblem
from graph_schema.agreements import Agreement
from graph_schema.elements import Fact
from graph_schema.exchange import Line
from graph_schema.parties import Organization, Worksite
from hub.sync.check import subject_of

_DESCRIBED: Final = (Organization, Worksite, Agreement)


Party = tuple[type[Fact], str, str]
"""A party as one program describes it: the kind, the program, and the reference."""


def party(line: Line) -> Party | None:
    """Return the party that a line describes, where it describes one."""
    fact = line.fact
    return (type(fact), line.program, fact.reference) if isinstance(fact, _DESCRIBED) else None


def contradicting(lines: Sequence[Line]) -> tuple[list[Line], list[RowProblem]]:
    """Return the lines without those that describe one party differently, and these as problems.

    They are found before anything is made of them, so that nothing goes by their references.
    """
    described: dict[Party, list[Line]] = {}
    for line in lines:
        key = party(line)
        if key is not None:
            described.setdefault(key, []).append(line)
    differing = [
        group
        for group in described.values()
        if len(group) > 1 and any(_said(line) != _said(group[0]) for line in group)
    ]
    aside = {id(line) for group in differing for line in group}
    clear = [line for line in lines if id(line) not in aside]
    return clear, [problem for group in differing for problem in contradiction(group)]


def contradiction(lines: Iterable[Line]) -> Iterable[RowProblem]:
    """Yield a problem for each of some lines that contradict each other."""
    group = tuple(lines)
    rows = ", ".join(str(line.place or "?") for line in group)
    message = f"rows {rows} speak of the same and contradict each other; keep the one that is right"
    for line in group:
        row, table, subject = line.place or 0, line.fact.table, subject_of(line.fact)
        yield RowProblem(row, ProblemCode.CONTRADICTION, message, None, table, subject)


def _said(line: Line) -> tuple[object, ...]:
    return (line.fact, line.about.sources)
