"""A long list is judged by shapes; it must say of everybody what the rule says of each."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_schema.codes import Duty, Effect, TieKind, VolumeKind
from graph_schema.days import PartialDate
from hub.eligibility.facts import (
    Clause,
    Confirmation,
    Facts,
    Law,
    Listing,
    Place,
    State,
    StateRule,
    Tie,
    Volume,
)
from hub.eligibility.rule import Rule
from hub.eligibility.shapes import Shapes
from tests.eligibility.worlds import (
    AGREEMENT,
    BORDER,
    BUYER,
    DAY,
    GARMENTS,
    GROUP,
    JEANS,
    MINE,
    OTHER,
    OTHERS_AGREEMENT,
    WORDS,
    world,
)

T = TypeVar("T")

CROWD = range(1, 41)
FEEDS = (None, "weekly")


def some_day(random: Random) -> int:
    """Return a day that often falls together with others, with the day asked, or just beside."""
    return DAY + random.choice((-500, -60, -21, -20, -19, -2, -1, 0, 1, 2, 30))


def a_state(random: Random) -> State:
    track, word, _ = random.choice(WORDS)
    start = some_day(random)
    vague = random.choice((0, 0, 0, 0, 15))
    return State(
        number=0,
        subject=0,
        program=random.choice((MINE, MINE, MINE, OTHER)),
        track=track,
        word=word,
        first=start - vague,
        last=start,
        confirmed=some_day(random),
        max_age=random.choice((1, 20, 400)),
        feed=random.choice(FEEDS),
        printed="since then",
    )


def another(random: Random, state: State) -> State:  # noqa: C901, PLR0911 - one way each
    """Return a state that differs in one thing."""
    start = some_day(random)
    match random.randrange(10):
        case 0:
            return state._replace(first=start, last=start)
        case 1 | 2:
            return state._replace(first=state.last - random.choice((0, 1, 15)))
        case 3:
            until = max(state.last, DAY) + random.choice((1, 2, 3, 31))
            return state._replace(until=PartialDate.on(until))
        case 4:
            return state._replace(announced_until=PartialDate.on(state.last + 20))
        case 5:
            return state._replace(products=frozenset({JEANS}))
        case 6:
            return state._replace(regions=frozenset({"BD-10"}))
        case 7:
            track, word, _ = random.choice(WORDS)
            return state._replace(track=track, word=word)
        case 8:
            return state._replace(confirmed=start)
        case _:
            return state._replace(feed=random.choice(FEEDS))


def a_place(random: Random) -> Place:
    return Place(
        subject=0,
        program=random.choice((MINE, MINE, OTHER)),
        name="Site",
        country=random.choice(("BD", "BD", "IN", None)),
        regions=random.choice((frozenset(), frozenset({"BD-10"}))),
        recorded_at=random.choice((0, 1)),
        stated_at=random.choice((0, 1)),
    )


def moved(random: Random, place: Place) -> Place:  # noqa: PLR0911 - one way each
    """Return a place that differs in one thing."""
    match random.randrange(8):
        case 7:
            return place._replace(program=OTHER if place.program == MINE else MINE)
        case 0:
            return place._replace(country=random.choice(("BD", "IN", None)))
        case 1:
            return place._replace(regions=frozenset({random.choice(("BD-10", "BD-20"))}))
        case 2:
            return place._replace(closed_on=PartialDate.on(some_day(random)))
        case 3:
            return place._replace(recorded_at=1 - place.recorded_at)
        case 4:
            return place._replace(stated_at=1 - place.stated_at)
        case 5:
            return place._replace(worksite=False)
        case _:
            return place._replace(known=False)


def a_little(random: Random, change: Callable[[Random, T], T], things: Sequence[T]) -> list[T]:
    """Return things that differ a little, if at all."""
    found = list(things)
    for _ in range(random.choice((0, 1, 1, 2))):
        at = random.randrange(len(found))
        found[at] = change(random, found[at])
    return found


def a_tie(random: Random, subject: int) -> Tie:
    kind = random.choice(tuple(TieKind))
    first = random.choice((0, DAY - 10, DAY - 1))
    last = random.choice((first, DAY + 1))
    return Tie(
        random.choice((MINE, OTHER)), kind, subject, random.choice((*CROWD, GROUP)), first, last
    )


def some_ties(random: Random) -> tuple[Tie, ...]:
    """Return a few ties of all kinds, or one company group of nearly all."""
    if random.random() < 0.2:
        first = random.choice((0, DAY))
        group = (
            Tie(MINE, TieKind.PART_OF, s, GROUP, first, DAY + 1 if first else 0) for s in CROWD
        )
        return tuple(tie for tie in group if random.random() < 0.9)
    share = random.choice((0, 0.1))
    return tuple(a_tie(random, subject) for subject in CROWD if random.random() < share)


def dated(rules: Sequence[StateRule]) -> tuple[StateRule, ...]:
    """Return rules of which one word means worse for states that begin since the border."""
    found: list[StateRule] = []
    for rule in rules:
        if rule.state == "behind":
            worse = replace(rule, effect=Effect.RESTRICTED, since=BORDER)
            found += [replace(rule, until=BORDER), worse]
        else:
            found.append(rule)
    return tuple(found)


def a_crowd(random: Random) -> Facts:
    """Return a world of forty subjects, most of which stand alone and are alike."""
    signed = random.choice(((AGREEMENT,), (AGREEMENT, OTHERS_AGREEMENT)))
    facts = world([], signed=signed)
    state = [a_state(random) for _ in range(random.randrange(1, 4))]
    place = [a_place(random) for _ in range(random.choice((1, 1, 2)))]
    states = {
        subject: tuple(
            each._replace(number=10 * subject + index, subject=subject)
            for index, each in enumerate(a_little(random, another, state))
        )
        for subject in (*CROWD, GROUP)
        if random.random() < 0.9
    }
    places = {
        subject: tuple(p._replace(subject=subject) for p in a_little(random, moved, place))
        for subject in (*CROWD, GROUP)
    }
    ties = some_ties(random)
    volumes: tuple[Volume, ...] = ()
    law = facts.law
    clause = law.agreements[AGREEMENT].clauses[0]
    if random.random() < 0.3:
        named = replace(clause, worksites=frozenset({3, 5}))
        law = with_clauses(facts, named, replace(clause, number=999, duty=Duty.VOLUME_BALANCE))
        period = PartialDate.on(DAY - 100)
        volumes = (Volume(MINE, 7, GARMENTS, VolumeKind.ENROLLED_SUPPLY, period, 5.0, "t"),)
    confirmations = tuple(
        Confirmation(
            MINE,
            some_day(random),
            tracks=random.choice((frozenset(), frozenset({"listing"}))),
            excepted=frozenset(random.sample(CROWD, 5)) if random.random() < 0.3 else frozenset(),
            feed=random.choice(FEEDS),
        )
        for _ in range(random.randrange(7))
    )
    listings = (Listing(MINE, DAY - 5, 20, frozenset({4, 9})),) if random.random() < 0.3 else ()
    law = replace(law, confirmations=confirmations, listings=listings, rules=dated(law.rules))
    if random.random() < 0.2:
        law = framed(law)
    return replace(facts, law=law, states=states, places=places, ties=ties, volumes=volumes)


def framed(law: Law) -> Law:
    """Return the law with the first agreement as a framework that stands over the other's program.

    One without clauses, which the buyer signed, binds nowhere by itself.
    """
    framework = replace(law.agreements[AGREEMENT], framework=True, clauses=())
    programs = {**law.programs, OTHER: replace(law.programs[OTHER], parent=MINE)}
    return replace(law, agreements={**law.agreements, AGREEMENT: framework}, programs=programs)


def with_clauses(facts: Facts, *clauses: Clause) -> Law:
    agreements = dict(facts.law.agreements)
    agreements[AGREEMENT] = replace(agreements[AGREEMENT], clauses=clauses)
    return replace(facts.law, agreements=agreements)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32).map(Random), st.sampled_from((GARMENTS, JEANS)))
def test_a_list_says_of_everybody_what_the_rule_says_of_each(random: Random, product: int) -> None:
    facts = a_crowd(random)
    rule = Rule(facts, buyer=BUYER, product=product, day=DAY)
    listed = dict(zip(CROWD, rule.verdicts(CROWD), strict=True))
    assert listed == {subject: rule.verdict(subject) for subject in CROWD}


@pytest.mark.parametrize("days", [1, 300])
def test_subjects_that_differ_in_their_days_alone_are_alike(days: int) -> None:
    states = {
        subject: (
            State(
                subject, subject, MINE, "listing", "covered", s := DAY - days - subject, s, DAY, 90
            ),
        )
        for subject in CROWD
    }
    facts = replace(world([]), states=states)
    shapes = Shapes(Rule(facts, buyer=BUYER, product=GARMENTS, day=DAY).purchase)
    assert len({shapes.of(subject) for subject in CROWD}) == 1
    assert None not in {shapes.of(subject) for subject in CROWD}
