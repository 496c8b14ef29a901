"""Events: statements of different sources about one event are one state, with both sources.

The interval of its beginning is the union of theirs (DOMAIN.md, Time; Edges, Replacement).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from graph_schema.codes import Confidence
from graph_schema.days import PartialDate
from graph_schema.exchange import Line
from graph_schema.standing import Standing
from graph_schema.texts import folded


def united(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a record with statements about one event made one."""
    tracks: dict[tuple[str, str, str], list[Line]] = {}
    others: list[Line] = []
    for line in lines:
        if isinstance(line.fact, Standing) and line.fact.since and not line.fact.observed:
            key = (line.program, line.fact.subject, folded(line.fact.track or ""))
            tracks.setdefault(key, []).append(line)
        else:
            others.append(line)
    return others + [line for same in tracks.values() for line in _events(same)]


def _events(lines: Iterable[Line]) -> list[Line]:
    """Join neighbours in time that say the same of different sources."""
    found: list[Line] = []
    for line in sorted(lines, key=_began):
        if found and _same(found[-1], line):
            found[-1] = _joined(found[-1], line)
        else:
            found.append(line)
    return found


def _began(line: Line) -> tuple[int, int]:
    since = _standing(line).since
    return (since.first, since.last) if since else (0, 0)


def _same(one: Line, other: Line) -> bool:
    """Whether two statements are of different sources and differ in their beginning alone."""
    left, right = _standing(one), _standing(other)
    return (
        folded(left.state) == folded(right.state)
        and left.products == right.products
        and left.regions == right.regions
        and left.until == right.until
        and bool(one.about.sources)
        and bool(other.about.sources)
        and set(one.about.sources) != set(other.about.sources)
    )


def _joined(one: Line, other: Line) -> Line:
    left, right = _standing(one), _standing(other)
    since = left.since
    if left.since and right.since and left.since != right.since:
        first = min(left.since.first, right.since.first)
        since = PartialDate.between(first, max(left.since.last, right.since.last))
    about: dict[str, Any] = {
        "sources": tuple(dict.fromkeys((*one.about.sources, *other.about.sources))),
        "confidence": _lower(one.about.confidence, other.about.confidence),
        "known_on": max(filter(None, (one.about.known_on, other.about.known_on)), default=None),
    }
    return one.model_copy(
        update={
            "fact": left.model_copy(update={"since": since}),
            "about": one.about.model_copy(update=about),
        }
    )


def _lower(one: Confidence | None, other: Confidence | None) -> Confidence | None:
    order = list(Confidence)
    known = [each for each in (one, other) if each]
    return max(known, key=order.index, default=None)


def _standing(line: Line) -> Standing:
    assert isinstance(line.fact, Standing)  # noqa: S101 - only standings come here
    return line.fact
