"""Check: what a line may say, by whom, in which words, of which days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from adapters.kit.parsed import ProblemCode, RowProblem
from graph_schema.codes import VolumeKind
from graph_schema.days import PartialDate
from graph_schema.elements import Fact, Field, fields, naming
from graph_schema.exchange import OPERATORS, Line
from graph_schema.parties import Tie
from graph_schema.programs import Commodity, FactSource, Figure, Program
from graph_schema.sourcing import SourcingLink, Volume
from graph_schema.standing import Confirmation, Standing
from graph_schema.texts import folded
from hub.sync.intake import Intake, Origin
from hub.sync.world import Known, Word, World

_MAKES: Final = ("organization", "worksite", "agreement")
"""Facts that make the reference they are about."""
_INTERVALS: Final = (("since", "until"), ("in_force_from", "in_force_until"))


@dataclass(frozen=True, slots=True)
class _Refused(Exception):  # noqa: N818 - never leaves this module
    code: ProblemCode
    column: str | None
    message: str


def check(
    lines: Sequence[Line], world: World, intake: Intake, today: int
) -> tuple[list[Line], list[RowProblem]]:
    """Return the lines that may be recorded, their words spelled as the program does, and the rest.

    Args:
        lines: What comes in.
        world: What is known, the lines themselves included.
        intake: Who says it, and what the feed is.
        today: The day on which it comes in.
    """
    taken: list[Line] = []
    problems: list[RowProblem] = []
    for number, line in enumerate(lines, start=1):
        try:
            if intake.origin is not Origin.RECORD:
                _not_yet_to_come(line, today)
            taken.append(_checked(line, world, intake))
        except _Refused as refused:
            row = line.place if line.place is not None else number
            problems.append(
                RowProblem(
                    row,
                    refused.code,
                    refused.message,
                    refused.column,
                    line.fact.table,
                    subject_of(line.fact),
                )
            )
    return taken, problems


def may_state(line: Line, intake: Intake, world: World) -> bool:
    """Whether a fact is of a kind that is for somebody to state.

    An operator states totals through a feed of totals alone, and describes the reports that print
    them where it calls them by its own scheme.
    """
    fact = line.fact
    if intake.origin is not Origin.OPERATOR or type(fact) in OPERATORS:
        return True
    if not intake.bounds.metrics:
        return False
    if isinstance(fact, FactSource):
        known = world.programs.get(line.program)
        scheme, _, number = fact.reference.partition(":")
        return known is not None and scheme == known.scheme and bool(number)
    return isinstance(fact, Figure)


def subject_of(fact: Fact) -> str | None:
    """Return the reference of whom a fact speaks."""
    name = fact.begins_at or fact.ends_at
    return str(getattr(fact, name)) if name else None


def _checked(line: Line, world: World, intake: Intake) -> Line:
    program = intake.program
    if program is not None and line.program != program:
        message = f"it is of the program {line.program}, the file of {program}"
        raise _Refused(ProblemCode.NOT_ALLOWED, "program", message)
    known = _program(line, world)
    if intake.origin is Origin.OPERATOR:
        _may_say(line, known, world, intake)
    for source in line.about.sources:
        if source not in world.sources:
            message = f"the source {source} is not known"
            raise _Refused(ProblemCode.UNKNOWN_SOURCE, "sources", message)
    _check_products(line.fact, world)
    _check_order(line.fact)
    _check_parties(line.fact)
    if isinstance(line.fact, Commodity):
        _check_product(line.fact, world)
    fact = line.fact
    if isinstance(fact, Standing):
        fact = _standing(fact, known, world)
    elif isinstance(fact, Confirmation):
        fact = _confirmation(fact, known)
    return line.changed(fact=fact) if fact is not line.fact else line


def _program(line: Line, world: World) -> Known:
    """Return the program that says a line, which must be known or say what it is."""
    known = world.programs.get(line.program)
    if known is None:
        codes = ", ".join(sorted(world.programs)) or "none"
        message = f"the program {line.program} is not known; the programs are: {codes}"
        raise _Refused(ProblemCode.UNKNOWN_REFERENCE, "program", message)
    if isinstance(line.fact, Program) and line.fact.code != line.program:
        message = f"{line.program} cannot say what the program {line.fact.code} is"
        raise _Refused(ProblemCode.NOT_ALLOWED, "code", message)
    return known


def _may_say(line: Line, known: Known, world: World, intake: Intake) -> None:
    """Refuse what only the record and the administrator may say."""
    if not may_state(line, intake, world):
        if isinstance(line.fact, FactSource) and intake.bounds.metrics:
            message = (
                f"{line.fact.reference} is no document of yours to describe; call yours "
                f"{known.scheme}:…, and leave the title out of one that is known already"
            )
            raise _Refused(ProblemCode.FOREIGN_SCHEME, "source", message)
        message = "only the record states this; send a correction to the maintainers"
        raise _Refused(ProblemCode.NOT_ALLOWED, line.fact.word, message)
    if line.about.known_on is not None:
        message = "only the record and `hub import` may state since when a fact is known"
        raise _Refused(ProblemCode.NOT_ALLOWED, "knownOn", message)
    if line.fact.word in _MAKES:
        reference = str(getattr(line.fact, "reference"))  # noqa: B009
        owner = world.schemes().get(reference.partition(":")[0], line.program)
        if owner != line.program:
            message = f"{reference} is a reference of {owner}; make your own as {known.scheme}:…"
            raise _Refused(ProblemCode.FOREIGN_SCHEME, "reference", message)


def _check_products(fact: Fact, world: World) -> None:
    for field in _named_by_name(type(fact)):
        value = getattr(fact, field.name)
        for name in value if field.many else filter(None, [value]):
            if world.product(name) is None:
                near = ", ".join(world.nearest_products(name)) or "none"
                message = f"the product {name!r} is not known; the nearest are: {near}"
                raise _Refused(ProblemCode.UNKNOWN_PRODUCT, field.alias, message)


@cache
def _named_by_name(kind: type[Fact]) -> Sequence[Field]:
    """Return the fields that name nodes by their names."""
    return [field for field in naming(kind) if field.refers and field.refers.by_name]


def _check_order(fact: Fact) -> None:
    """Refuse an interval that surely ends before it begins."""
    for begin, end in _INTERVALS:
        first, last = fact.__dict__.get(begin), fact.__dict__.get(end)
        if (
            isinstance(first, PartialDate)
            and isinstance(last, PartialDate)
            and last.last < first.first
        ):
            message = f"it ends on {last} before it begins on {first}"
            raise _Refused(ProblemCode.INVALID_INPUT, _alias(fact, end), message)


def _not_yet_to_come(line: Line, today: int) -> None:
    """Refuse a day on which nobody can have seen, confirmed or known anything yet.

    It may be tomorrow already, where it is said.
    """
    fact = line.fact
    told: dict[str, date | None] = {"knownOn": line.about.known_on}
    if isinstance(fact, Standing):
        told |= {"confirmedOn": fact.confirmed_on}
        told |= {"observed": date.fromordinal(fact.observed.first) if fact.observed else None}
    elif isinstance(fact, Confirmation):
        told |= {"on": fact.on}
    for column, day in told.items():
        if day is not None and day.toordinal() > today + 1:
            message = f"{day} is yet to come; give the day on which it was so"
            raise _Refused(ProblemCode.INVALID_INPUT, column, message)


def _check_parties(fact: Fact) -> None:
    """Refuse what ties somebody to itself, and a demand that is nobody's."""
    if isinstance(fact, Tie | SourcingLink):
        begin, end = (getattr(fact, name) for name in (fact.begins_at, fact.ends_at))
        if begin == end:
            message = f"both ends of it are {end}; name two"
            raise _Refused(ProblemCode.INVALID_INPUT, _alias(fact, fact.ends_at), message)
    elif isinstance(fact, Volume) and fact.kind is VolumeKind.BUYER_DEMAND and not fact.buyer:
        message = "a demand is some buyer's; say whose"
        raise _Refused(ProblemCode.INVALID_INPUT, "buyer", message)


def _check_product(fact: Commodity, world: World) -> None:
    """Refuse a product that goes by what another is called, or is a part of itself."""
    for name in (fact.reference.partition(":")[2], fact.name, *fact.aliases):
        taken = world.product(name)
        if taken not in {None, fact.reference}:
            message = f"{name!r} is what {taken} is called; call it otherwise"
            raise _Refused(ProblemCode.INVALID_INPUT, "name", message)
    if fact.parent == fact.reference:
        message = f"{fact.reference} is no part of itself; name what it is a part of"
        raise _Refused(ProblemCode.INVALID_INPUT, "parent", message)


def _alias(fact: Fact, name: str) -> str:
    return next(field.alias for field in fields(type(fact)) if field.name == name)


def _standing(fact: Standing, known: Known, world: World) -> Standing:
    """Return a standing with its word and track spelled as the program spells them."""
    began = fact.began
    if known.first_day is not None and began.last < known.first_day:
        first = date.fromordinal(known.first_day)
        message = f"{began} lies before the program's first agreement or signature on {first}"
        column = "since" if fact.since else "observed"
        raise _Refused(ProblemCode.BEFORE_PROGRAM, column, message)
    earliest = began.first
    announced = fact.announced_until
    if announced and announced.last < earliest:
        message = f"the announced period ends on {announced} before the state begins on {began}"
        raise _Refused(ProblemCode.INVALID_INPUT, "announcedUntil", message)
    if fact.confirmed_on and fact.confirmed_on.toordinal() < earliest:
        message = f"it was confirmed on {fact.confirmed_on} before it began on {began}"
        raise _Refused(ProblemCode.INVALID_INPUT, "confirmedOn", message)
    word = _word(fact, began, known, world)
    if (fact.track, fact.state) == (word.track, word.state):
        return fact
    return fact.changed(track=word.track, state=word.state)


def _word(fact: Standing, began: PartialDate, known: Known, world: World) -> Word:
    """Return the word a standing uses, by its folded spelling and its beginning."""
    words = known.words.get(folded(fact.state), [])
    on_track = [w for w in words if fact.track is None or folded(w.track) == folded(fact.track)]
    if not on_track:
        accepted = ", ".join(world.words_near(known.code, fact.state)) or "none"
        where = f" on the track {fact.track!r}" if fact.track and words else ""
        message = f"{fact.state!r} is no word of {known.code}{where}; its words are: {accepted}"
        raise _Refused(ProblemCode.UNKNOWN_WORD, "state", message)
    dated = [w for w in on_track if w.since <= began.last and began.first < w.until]
    if not dated:
        message = f"{fact.state!r} was no word of {known.code} for a state that began on {began}"
        raise _Refused(ProblemCode.UNKNOWN_WORD, "state", message)
    if len({word.track for word in dated}) > 1:
        tracks = " or ".join(sorted({word.track for word in dated}))
        message = f"{fact.state!r} stands on several tracks; say which: {tracks}"
        raise _Refused(ProblemCode.UNKNOWN_WORD, "track", message)
    return dated[0]


def _confirmation(fact: Confirmation, known: Known) -> Confirmation:
    """Return a confirmation with its tracks spelled as the program spells them."""
    if known.first_day is not None and fact.on.toordinal() < known.first_day:
        first = date.fromordinal(known.first_day)
        message = f"{fact.on} lies before the program's first agreement or signature on {first}"
        raise _Refused(ProblemCode.BEFORE_PROGRAM, "on", message)
    spelled = {folded(w.track): w.track for words in known.words.values() for w in words}
    unknown = [track for track in fact.tracks if folded(track) not in spelled]
    if unknown:
        accepted = ", ".join(sorted(set(spelled.values()))) or "none"
        message = f"{unknown[0]!r} is no track of {known.code}; its tracks are: {accepted}"
        raise _Refused(ProblemCode.UNKNOWN_WORD, "tracks", message)
    tracks = tuple(spelled[folded(track)] for track in fact.tracks)
    return fact.model_copy(update={"tracks": tracks})
