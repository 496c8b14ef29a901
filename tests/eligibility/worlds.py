"""Small worlds for property tests: one subject, its group, two programs, one buyer."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from graph_schema.codes import Confidence, Duty, Effect, Reason, Term, TieKind
from graph_schema.days import PartialDate
from hub.eligibility.facts import (
    Agreement,
    Clause,
    Commodity,
    Confirmation,
    Facts,
    Law,
    Place,
    Program,
    Signature,
    State,
    StateRule,
    Tie,
)

DAY = date(2020, 6, 15).toordinal()
BUYER, SITE, SISTER, GROUP = 100, 101, 102, 103
MINE, OTHER = 1, 2
GARMENTS, JEANS = 50, 51
AGREEMENT, OTHERS_AGREEMENT = 200, 201
LIFTS = frozenset({"requalified"})
BORDER = DAY - 20
"""The day on which bars stop reaching the group."""

WORDS: tuple[tuple[str, str, Effect], ...] = (
    ("listing", "covered", Effect.GOOD_STANDING),
    ("listing", "inactive", Effect.NOT_IN_PROGRAM),
    ("listing", "closed", Effect.CLOSED),
    ("remediation", "on track", Effect.FINDINGS),
    ("remediation", "behind", Effect.AT_RISK),
    ("remediation", "pending", Effect.NO_EFFECT),
    ("compliance", "non-compliant", Effect.RESTRICTED),
    ("escalation", "stage 1", Effect.AT_RISK),
    ("escalation", "ineligible", Effect.INELIGIBLE),
    ("escalation", "requalified", Effect.NO_EFFECT),
)


def rules(program: int) -> list[StateRule]:
    """Return the rules of a program: bars reach the group until the border, not since."""
    found: list[StateRule] = []
    for number, (track, word, effect) in enumerate(WORDS):
        lifted = LIFTS if track == "escalation" and word != "requalified" else frozenset[str]()
        rule = StateRule(number, program, track, word, effect, lifted_by=lifted)
        if effect is Effect.INELIGIBLE:
            reason = Reason.INELIGIBLE_NAMED
            found.append(replace(rule, group=True, until=BORDER, reason=reason))
            found.append(replace(rule, since=BORDER, reason=reason))
        else:
            found.append(rule)
    return found


def law(*confirmations: Confirmation) -> Law:
    """Return a law of two programs, each with an agreement that covers garments."""
    return Law(
        programs={
            MINE: Program(MINE, "mine", "Mine"),
            OTHER: Program(OTHER, "other", "Other"),
        },
        agreements={number: agreement(number) for number in (AGREEMENT, OTHERS_AGREEMENT)},
        rules=tuple(rules(MINE) + rules(OTHER)),
        commodities={
            GARMENTS: Commodity(GARMENTS, "garments", "Garments"),
            JEANS: Commodity(JEANS, "jeans", "Jeans", parent=GARMENTS),
        },
        confirmations=confirmations,
    )


def agreement(number: int) -> Agreement:
    """Return an agreement of a program with one clause on garments."""
    program = MINE if number == AGREEMENT else OTHER
    clause = Clause(
        number + 100,
        number,
        Duty.TERMINATE_INELIGIBLE,
        program,
        products=frozenset({GARMENTS}),
        countries=frozenset({"BD"}),
    )
    return Agreement(number, program, f"Agreement {number}", Term.OPEN, clauses=(clause,))


def world(states: list[State], ties: tuple[Tie, ...] = (), signed: tuple[int, ...] = ()) -> Facts:
    """Return the facts of a world in which the buyer signed since long ago."""
    by_subject: dict[int, list[State]] = {}
    for state in states:
        by_subject.setdefault(state.subject, []).append(state)
    places = {
        node: tuple(
            Place(node, program, f"Node {node}", "BD", worksite=node != GROUP)
            for program in (MINE, OTHER)
        )
        for node in (SITE, SISTER, GROUP)
    }
    signatures = tuple(
        Signature(
            1000 + number,
            MINE if number == AGREEMENT else OTHER,
            BUYER,
            number,
            DAY - 2000,
            DAY - 2000,
            confidence=Confidence.HIGH,
        )
        for number in signed or (AGREEMENT,)
    )
    return Facts(
        law=law(),
        signatures=signatures,
        states={node: tuple(held) for node, held in by_subject.items()},
        ties=ties,
        places=places,
    )


GROUPED = (
    Tie(MINE, TieKind.PART_OF, SITE, GROUP),
    Tie(MINE, TieKind.PART_OF, SISTER, GROUP),
)


def near(day: int, width: int) -> st.SearchStrategy[int]:
    """Days around another day."""
    return st.integers(day - width, day + width)


@st.composite
def exact_states(
    draw: st.DrawFn, subjects: tuple[int, ...] = (SITE,), program: int = MINE, most: int = 5
) -> list[State]:
    """States of some subjects with exact days near the day asked, fresh or stale."""
    found: list[State] = []
    for _ in range(draw(st.integers(0, most))):
        track, word, _effect = draw(st.sampled_from(WORDS))
        start = draw(near(DAY, 40))
        fresh = draw(st.booleans())
        until = draw(st.none() | near(DAY, 40).map(PartialDate.on))
        announced = draw(st.none() | near(DAY, 40).map(PartialDate.on))
        number = len(found) + 1 + 1000 * program
        found.append(
            State(
                number=number,
                subject=draw(st.sampled_from(subjects)),
                program=program,
                track=track,
                word=word,
                first=start,
                last=start,
                confirmed=DAY if fresh else DAY - 500,
                max_age=400,
                until=until if until and until.first >= start else None,
                announced_until=announced if announced and announced.first >= start else None,
                products=frozenset({JEANS}) if draw(st.integers(0, 4)) == 0 else frozenset(),
                printed="since then",
            )
        )
    return found


@st.composite
def coarser(draw: st.DrawFn, state: State) -> State:
    """The same state with a beginning known less exactly."""
    return state._replace(
        first=state.first - draw(st.integers(0, 30)),
        last=state.last + draw(st.integers(0, 30)),
    )
