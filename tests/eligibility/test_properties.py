"""What holds for every world: the algebra of verdicts, and who may change what."""

from hypothesis import given, settings
from hypothesis import strategies as st

from graph_schema.codes import Reason, Verdict
from hub.eligibility.facts import Facts, State
from hub.eligibility.question import Answer, Question
from hub.eligibility.rule import Rule
from hub.eligibility.verdict import RANK, Outcome, worse
from tests.eligibility.worlds import (
    AGREEMENT,
    BUYER,
    DAY,
    GARMENTS,
    GROUPED,
    JEANS,
    OTHER,
    OTHERS_AGREEMENT,
    SISTER,
    SITE,
    coarser,
    exact_states,
    world,
)

OUTCOMES = st.builds(Outcome, st.sampled_from(Verdict), st.sampled_from(Reason))
PRODUCTS = st.sampled_from([GARMENTS, JEANS])
EXAMPLES = settings(max_examples=400, deadline=None)


def ask(facts: Facts, product: int = GARMENTS) -> Answer:
    rule = Rule(facts, buyer=BUYER, product=product, day=DAY)
    answer = rule.answer(Question(BUYER, SITE, product, DAY))
    assert rule.verdict(SITE) == (answer.verdict, answer.reason)
    return answer


def ruling(answer: Answer, agreement: int = AGREEMENT) -> tuple[Verdict, Reason]:
    found = next(r for r in answer.rulings if r.agreement.number == agreement)
    return found.verdict, found.reason


@given(OUTCOMES, OUTCOMES, OUTCOMES)
def test_the_worse_of_outcomes_is_associative_and_commutative(
    a: Outcome, b: Outcome, c: Outcome
) -> None:
    assert worse(a, b) == worse(b, a)
    assert worse(worse(a, b), c) == worse(a, worse(b, c))


@EXAMPLES
@given(exact_states((SITE, SISTER)), exact_states((SITE, SISTER), program=OTHER), PRODUCTS)
def test_another_programs_facts_never_change_this_programs_ruling(
    mine: list[State], others: list[State], product: int
) -> None:
    signed = (AGREEMENT, OTHERS_AGREEMENT)
    alone = ask(world(mine, GROUPED, signed), product)
    beside = ask(world(mine + others, GROUPED, signed), product)
    assert ruling(alone) == ruling(beside)


@EXAMPLES
@given(st.data(), exact_states((SITE, SISTER), most=4), PRODUCTS)
def test_a_coarser_date_never_turns_a_definite_verdict_into_another_definite_one(
    data: st.DataObject, exact: list[State], product: int
) -> None:
    coarse = [data.draw(coarser(state)) for state in exact]
    before, _ = ruling(ask(world(exact, GROUPED), product))
    after, reason = ruling(ask(world(coarse, GROUPED), product))
    assert after in (before, Verdict.UNKNOWN)
    if after is not before:
        assert reason is Reason.DATE_PRECISION


@EXAMPLES
@given(exact_states((SITE, SISTER)), st.integers(0, 4), PRODUCTS)
def test_a_stale_state_never_improves_an_answer(
    states: list[State], which: int, product: int
) -> None:
    if not states:
        return
    chosen = states[which % len(states)]
    rest = [state for state in states if state is not chosen]
    stale = chosen._replace(confirmed=DAY - 500)
    silent = chosen._replace(word="pending", track="remediation")
    if chosen.word in ("closed", "requalified") or chosen.track != "remediation":
        return
    with_stale, _ = ruling(ask(world([*rest, stale], GROUPED), product))
    without, _ = ruling(ask(world([*rest, silent], GROUPED), product))
    assert RANK[with_stale] <= RANK[without]


@EXAMPLES
@given(exact_states((SITE, SISTER)), PRODUCTS)
def test_a_subject_with_only_stale_states_is_never_cleared(
    states: list[State], product: int
) -> None:
    stale = [state._replace(confirmed=DAY - 500) for state in states]
    verdict, _ = ruling(ask(world(stale, GROUPED), product))
    assert verdict in (Verdict.UNKNOWN, Verdict.CLOSED)


@EXAMPLES
@given(exact_states((SITE, SISTER)), PRODUCTS)
def test_the_order_in_which_facts_come_does_not_matter(states: list[State], product: int) -> None:
    forwards = ask(world(states, GROUPED), product)
    backwards = ask(world(states[::-1], GROUPED), product)
    assert ruling(forwards) == ruling(backwards)
