"""What is too vague to be tried in every reading is UNKNOWN, in bounded time, and never a guess."""

from dataclasses import replace
from typing import Any

import pytest

from graph_schema.codes import Duty, Reason, Term, TieKind, Verdict, VolumeKind
from graph_schema.days import PartialDate
from hub.eligibility.explain import explanation
from hub.eligibility.facts import (
    Agreement,
    Facts,
    Place,
    Program,
    Signature,
    State,
    Tie,
    Volume,
)
from hub.eligibility.question import Answer, Question
from hub.eligibility.rule import Rule
from tests.eligibility.worlds import (
    AGREEMENT,
    BORDER,
    BUYER,
    DAY,
    GARMENTS,
    GROUP,
    MINE,
    OTHER,
    SISTER,
    SITE,
    WORDS,
    agreement,
    law,
    world,
)

TOO_COARSE = (Verdict.UNKNOWN, Reason.DATE_PRECISION)
UNCLEAR = PartialDate.between(DAY - 30, DAY + 30)
FIRM, CHILD = 104, 3


def ask(facts: Facts, subject: int = SITE, product: int = GARMENTS, day: int = DAY) -> Answer:
    """Return the answer for the buyer."""
    rule = Rule(facts, buyer=BUYER, product=product, day=day)
    return rule.answer(Question(BUYER, subject, product, day))


def said(answer: Answer) -> tuple[Verdict, Reason]:
    """Return what an answer says overall."""
    return answer.verdict, answer.reason


def state(number: int, word: str = "covered", track: str = "listing", **more: Any) -> State:  # noqa: ANN401
    """Return a fresh state of the site that began long ago."""
    began = DAY - 100
    plain = State(number, SITE, MINE, track, word, began, began, DAY, 400, printed="since then")
    return plain._replace(**more)


def vague(number: int, at: int, **more: Any) -> State:  # noqa: ANN401
    """Return a state that began within sixty days around a day."""
    return state(number, first=at - 30, last=at + 30, **more)


def under(facts: Facts, *agreements: Agreement) -> Facts:
    """Return facts under other agreements."""
    changed = {each.number: each for each in agreements}
    known = {**facts.law.agreements, **changed}
    return replace(facts, law=replace(facts.law, agreements=known))


def test_more_readings_of_beginnings_than_are_tried() -> None:
    states = [vague(n, DAY - n) for n in range(12)]
    assert said(ask(world(states))) == TOO_COARSE


def test_more_findings_over_several_tracks_than_are_weighed() -> None:
    """Each track alone can be tried; what all of them may amount to together cannot."""
    states = [
        vague(10 * at + n, DAY, track=track, word=word, regions=frozenset({f"BD-{n}"}))
        for at, (track, word, _) in enumerate(WORDS[::3])
        for n in range(2)
    ]
    assert said(ask(world(states))) == TOO_COARSE


def test_more_ties_of_unsure_days_than_are_tried() -> None:
    ties = tuple(
        Tie(MINE, TieKind.PART_OF, SITE, 1_000 + n, DAY - 30 - n, DAY + 30) for n in range(9)
    )
    assert said(ask(world([state(1)], ties))) == TOO_COARSE


def test_a_member_that_is_too_vague_leaves_its_organisation_unknown() -> None:
    states = [vague(n, DAY - n) for n in range(12)]
    ties = (Tie(MINE, TieKind.OPERATED_BY, SITE, GROUP),)
    answer = ask(world(states, ties), GROUP)
    assert said(answer) == TOO_COARSE


def test_more_volumes_of_unsure_periods_than_are_tried() -> None:
    clause = replace(agreement(AGREEMENT).clauses[0], duty=Duty.VOLUME_BALANCE)
    facts = under(world([]), replace(agreement(AGREEMENT), clauses=(clause,)))
    volumes = tuple(
        Volume(MINE, SITE, GARMENTS, VolumeKind.ENROLLED_SUPPLY, UNCLEAR, float(n), "t")
        for n in range(9)
    )
    assert said(ask(replace(facts, volumes=volumes))) == TOO_COARSE


def many_signatures() -> tuple[Signature, ...]:
    """Return signatures on so many days that an agreement's vague dates cannot all be tried."""
    return tuple(Signature(n, MINE, BUYER, AGREEMENT, DAY - n, DAY - n) for n in range(20))


def dated(number: int) -> Agreement:
    """Return an agreement of which no day is known exactly."""
    return replace(
        agreement(number),
        term=Term.AUTO_RENEWED,
        in_force_from=UNCLEAR,
        in_force_until=UNCLEAR,
        renewed_until=UNCLEAR,
    )


def test_an_agreement_whose_days_are_too_vague() -> None:
    facts = replace(world([state(1)]), signatures=many_signatures())
    assert said(ask(under(facts, dated(AGREEMENT)))) == TOO_COARSE


def test_an_agreement_too_vague_that_does_not_cover_the_purchase() -> None:
    """Nothing is in force, and whether the buyer is bound at all is not found."""
    facts = replace(world([state(1)]), signatures=many_signatures())
    elsewhere = replace(facts.law, agreements={AGREEMENT: dated(AGREEMENT)})
    places = {SITE: (Place(SITE, MINE, "Site", "IN"),)}
    answer = ask(replace(facts, law=elsewhere, places=places))
    assert said(answer) == (Verdict.NOT_BOUND, Reason.NO_SIGNATURE)


def test_more_versions_of_unsure_beginnings_than_are_tried() -> None:
    """Whether the buyer, which they do not name, was bound again is not known."""
    ended = PartialDate.on(DAY - 90)
    first = replace(agreement(AGREEMENT), term=Term.FIXED, in_force_until=ended)
    begun = PartialDate.on(DAY - 80)
    second = replace(
        agreement(300), program=MINE, supersedes=AGREEMENT, in_force_from=begun, term=Term.FIXED
    )
    later = [
        replace(agreement(400 + n), program=MINE, supersedes=300, in_force_from=UNCLEAR)
        for n in range(9)
    ]
    facts = world([state(1)])
    assert said(ask(under(facts, first, second, *later))) == TOO_COARSE
    over = replace(second, in_force_until=PartialDate.on(DAY - 70))
    assert said(ask(under(facts, first, over, *later[:2]))) == TOO_COARSE


def test_who_signed_a_version_followed_by_too_many_is_still_said_to_be_incomplete() -> None:
    later = [
        replace(agreement(400 + n), program=MINE, supersedes=300, in_force_from=UNCLEAR)
        for n in range(9)
    ]
    facts = replace(under(world([]), replace(agreement(300), program=MINE), *later), signatures=())
    answer = ask(facts)
    assert said(answer) == (Verdict.NOT_BOUND, Reason.NO_SIGNATURE)
    assert "SIGNATORY_LIST_INCOMPLETE" in {notice.code for notice in answer.notices}


def test_who_bears_on_a_subject_too_loosely_tied_is_the_subject_alone() -> None:
    """It belongs to the program by its own state, though nothing is in force."""
    ties = tuple(
        Tie(MINE, TieKind.PART_OF, SITE, 1_000 + n, DAY - 30 - n, DAY + 30) for n in range(9)
    )
    facts = world([state(1)], ties)
    places = {SITE: (Place(SITE, MINE, "Site", "IN"),)}
    answer = ask(replace(facts, places=places))
    assert said(answer) == (Verdict.OUT_OF_SCOPE, Reason.COUNTRY_OUT_OF_SCOPE)


def test_an_end_of_a_vague_state_known_to_the_day_is_one_of_the_days_that_are_tried() -> None:
    early = vague(1, DAY - 10, until=PartialDate.on(DAY + 1))
    assert said(ask(world([early]))) == TOO_COARSE
    until_today = vague(1, DAY - 60, until=PartialDate.on(DAY))
    assert said(ask(world([until_today]))) == (Verdict.UNKNOWN, Reason.NO_EVIDENCE)


def test_a_state_that_ends_on_a_vague_day() -> None:
    ending = state(1, until=PartialDate.between(DAY - 5, DAY + 5))
    assert said(ask(world([ending]))) == TOO_COARSE
    over = state(1, until=PartialDate.between(DAY - 9, DAY - 5))
    assert said(ask(world([over]))) == (Verdict.UNKNOWN, Reason.NO_EVIDENCE)


def test_a_word_that_meant_nothing_when_a_state_began_says_nothing() -> None:
    unsaid = state(1, word="ineligible", track="escalation")
    rules = tuple(r for r in law().rules if r.since == BORDER or r.state != "ineligible")
    facts = world([unsaid])
    silent = replace(facts, law=replace(facts.law, rules=rules))
    assert said(ask(silent)) == (Verdict.UNKNOWN, Reason.NO_EVIDENCE)


def test_a_sure_way_to_a_group_counts_before_an_unsure_one() -> None:
    """The buyer is part of the firm that signed, surely through one, perhaps through another."""
    buyer_ties = (
        Tie(MINE, TieKind.PART_OF, BUYER, GROUP, DAY - 30, DAY + 30),
        Tie(MINE, TieKind.PART_OF, BUYER, SISTER),
        Tie(MINE, TieKind.PART_OF, SISTER, FIRM),
        Tie(MINE, TieKind.PART_OF, GROUP, FIRM),
    )
    signed = Signature(1, MINE, FIRM, AGREEMENT, DAY - 99, DAY - 99, covers_group=True)
    facts = replace(world([state(1)]), signatures=(signed,), buyer_ties=buyer_ties)
    assert said(ask(facts)) == (Verdict.ELIGIBLE, Reason.IN_GOOD_STANDING)
    reversed_ties = replace(facts, buyer_ties=buyer_ties[::-1])
    assert said(ask(reversed_ties)) == (Verdict.ELIGIBLE, Reason.IN_GOOD_STANDING)


def test_a_signature_that_ended_on_a_vague_day() -> None:
    signed = Signature(1, MINE, BUYER, AGREEMENT, DAY - 99, DAY - 99, until=UNCLEAR)
    facts = replace(world([state(1)]), signatures=(signed,))
    assert said(ask(facts)) == TOO_COARSE


@pytest.mark.parametrize(
    ("sure", "verdict"),
    [(False, TOO_COARSE), (True, (Verdict.ELIGIBLE, Reason.IN_GOOD_STANDING))],
)
def test_signatures_that_each_may_bind_are_not_tried_in_every_combination(
    sure: bool, verdict: tuple[Verdict, Reason]
) -> None:
    """Sixty pages that show the buyer, each known by its day alone: 2 ** 60 combinations."""
    vague = [Signature(n, MINE, BUYER, AGREEMENT, DAY - 99, DAY + 1 + n) for n in range(60)]
    signed = Signature(60, MINE, BUYER, AGREEMENT, DAY - 99, DAY if sure else DAY + 99)
    facts = replace(world([state(1)]), signatures=(*vague, signed))
    assert said(ask(facts)) == verdict


@pytest.mark.parametrize(
    ("region", "reason"),
    [("BD-10", Reason.IN_GOOD_STANDING), ("BD-20", Reason.COUNTRY_OUT_OF_SCOPE)],
)
def test_a_clause_for_regions_covers_the_sites_in_them(region: str, reason: Reason) -> None:
    clause = replace(agreement(AGREEMENT).clauses[0], regions=frozenset({"BD-10"}))
    facts = under(world([state(1)]), replace(agreement(AGREEMENT), clauses=(clause,)))
    places = {SITE: (Place(SITE, MINE, "Site", "BD", regions=frozenset({region})),)}
    assert ask(replace(facts, places=places)).reason is reason


def test_a_framework_that_has_not_begun_is_no_miss() -> None:
    parent = replace(law(), programs={**law().programs, CHILD: Program(CHILD, "c", "C", MINE)})
    framework = Agreement(
        AGREEMENT, MINE, "Framework", framework=True, in_force_from=PartialDate.on(DAY + 9)
    )
    covering = replace(agreement(300), program=CHILD)
    agreements = {AGREEMENT: framework, 300: covering}
    facts = replace(world([]), law=replace(parent, agreements=agreements))
    assert said(ask(facts)) == (Verdict.NOT_BOUND, Reason.NO_SIGNATURE)
    begun = replace(framework, in_force_from=PartialDate.on(DAY - 9))
    facts = replace(facts, law=replace(parent, agreements={AGREEMENT: begun, 300: covering}))
    assert said(ask(facts)) == (Verdict.NOT_BOUND, Reason.FRAMEWORK_ONLY)


def test_a_day_of_closing_without_an_end_is_told_as_not_known() -> None:
    """Its site may be closed or not; the sentence invents no day."""
    open_end = PartialDate.parse(f"{PartialDate.on(DAY - 5).text}/..")
    places = {SITE: (Place(SITE, MINE, "Site", "BD", closed_on=open_end),)}
    answer = ask(replace(world([state(1)]), places=places))
    assert said(answer) == TOO_COARSE
    [ruling] = answer.rulings
    assert "closed since a day not known" in explanation(ruling, world([]), DAY)


def test_another_programs_group_is_no_group_here() -> None:
    ties = tuple(Tie(OTHER, TieKind.PART_OF, node, GROUP) for node in (SITE, SISTER))
    barred = state(2, "ineligible", "escalation", subject=SISTER, first=DAY - 50, last=DAY - 50)
    assert said(ask(world([state(1), barred], ties))) == (
        Verdict.ELIGIBLE,
        Reason.IN_GOOD_STANDING,
    )
