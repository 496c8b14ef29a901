"""How one supplier stood in one program over the years, on each of its tracks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from bench.chances import Chances
from bench.law import TODAY, Program
from graph_schema.standing import Standing

_END: Final = TODAY.toordinal()
_LEAVES: Final = 0.04
_CONFIRMED_ITSELF: Final = 0.3
_SPEAKS_OF_PRODUCTS: Final = 0.2
_LIFTED_BEFORE: Final = 0.06
"""Share of suppliers that were barred once and let in again."""


@dataclass(frozen=True, slots=True)
class Story:
    """Whose history it is, and how it ends.

    Attributes:
        troubled: Whether it is at risk or worse at the end of the world.
        steady: Whether it stays in the program to the end.
    """

    subject: str
    program: Program
    troubled: bool
    steady: bool
    chances: Chances

    def standing(self, track: str, state: str, day: int, **more: object) -> Standing:
        """Return a state that began on a day, printed as a source would."""
        chances = self.chances
        given: dict[str, Any] = {**more}
        if chances.comes(_CONFIRMED_ITSELF):
            seen = chances.day(max(day + 31, _END - 90), max(day + 31, _END))
            given["confirmed_on"] = date.fromordinal(max(day, min(seen, _END)))
        since = chances.printed(day)
        if given.get("confirmed_on", TODAY).toordinal() < since.first:
            given.pop("confirmed_on")
        return Standing(subject=self.subject, track=track, state=state, since=since, **given)


def history(story: Story) -> Iterator[Standing]:
    """Yield the states of a supplier in a program, each once: coarse dates may make two alike."""
    opened = date(story.program.began, 1, 1).toordinal()
    joined = story.chances.day(opened, max(opened, _END - 400))
    told: set[tuple[str, str]] = set()
    for each in _SHAPES[story.program.shape](story, joined):
        key = (each.state, str(each.since))
        if key not in told:
            told.add(key)
            yield each


def _grower(story: Story, joined: int) -> Iterator[Standing]:
    chances, products = story.chances, ()
    if chances.comes(_SPEAKS_OF_PRODUCTS):
        products = tuple(chances.some(story.program.products, 2))
    yield story.standing("membership", "participating", joined, products=products)
    days = _steps(chances, joined)
    yield story.standing("standing", "in compliance", days[0])
    if len(days) > 1:
        yield story.standing("standing", "corrective action plan", days[1])
        if chances.comes(0.6):
            yield story.standing("standing", "in compliance", chances.day(days[1] + 40, _END - 30))
    if chances.comes(_LIFTED_BEFORE):
        began = chances.day(days[-1], max(days[-1], _END - 500))
        announced = date.fromordinal(began + 90)
        yield story.standing("standing", "suspended", began, announced_until=announced)
        yield story.standing("audit", "re-entry audit passed", began + 120)
    if story.troubled:
        began = chances.day(_END - 330, _END - 31)
        announced = date.fromordinal(began + 120)
        yield story.standing("standing", "suspended", began, announced_until=announced)
        if chances.comes(0.3):
            yield story.standing("audit", "re-entry audit outstanding", _END - 20)
    elif not story.steady and chances.comes(_LEAVES):
        yield story.standing("membership", "left", chances.day(joined + 200, _END))


def _factory(story: Story, joined: int) -> Iterator[Standing]:
    chances = story.chances
    yield story.standing("listing", "listed", joined)
    days = _steps(chances, joined)
    for day, state in zip(days, ("CAP pending", "on track", "initial CAP completed"), strict=False):
        yield story.standing("remediation", state, day)
    if chances.comes(_LIFTED_BEFORE):
        began = chances.day(days[-1], max(days[-1], _END - 500))
        yield story.standing("escalation", "stage 1", began)
        if chances.comes(0.4):
            yield story.standing("escalation", "stage 2", began + 60)
        yield story.standing("escalation", "de-escalated", began + 200)
    if story.troubled:
        began = chances.day(_END - 390, _END - 100)
        steps = chances.of(((1, 0.5), (2, 0.3), (3, 0.2)))
        for step in range(steps):
            yield story.standing("escalation", f"stage {step + 1}", began + 30 * step)
        if steps == 1:
            yield story.standing("remediation", "behind schedule", began)
    elif not story.steady and chances.comes(_LEAVES):
        left = chances.of((("inactive", 0.6), ("closed", 0.4)))
        yield story.standing("listing", left, chances.day(joined + 200, _END))


def _unit(story: Story, joined: int) -> Iterator[Standing]:
    chances = story.chances
    yield story.standing("listing", "covered", joined)
    days = _steps(chances, joined)
    yield story.standing("compliance", "compliant", days[0])
    if len(days) > 1:
        yield story.standing("compliance", "non-compliant", days[1])
        yield story.standing("compliance", "compliant", chances.day(days[1] + 30, _END - 60))
    if story.troubled:
        yield story.standing("compliance", "non-compliant", chances.day(_END - 50, _END - 5))
    elif not story.steady and chances.comes(_LEAVES):
        yield story.standing("listing", "closed", chances.day(joined + 200, _END))


_SHAPES: Final[Mapping[str, Callable[[Story, int], Iterator[Standing]]]] = {
    "grower": _grower,
    "factory": _factory,
    "unit": _unit,
}


def _steps(chances: Chances, joined: int) -> list[int]:
    """Return the days of one to three steps after joining, in order."""
    count = chances.of(((1, 0.4), (2, 0.35), (3, 0.25)))
    room = timedelta(days=max(30, _END - 395 - joined)).days
    return sorted(joined + int(chances.share() * room) for _ in range(count))
