"""Statements on ineligibility: a bar only where all is understood, else a matter for a person."""

from pathlib import Path
from typing import Final

import pytest

from adapters.kit.parsed import ProblemCode
from graph_schema.standing import Standing
from hub.sync.intake import Outcome
from tests.adapters.documents import (
    PAGES,
    aside,
    html,
    intake,
    outcome,
    recorded,
    tag,
    turned_down,
    unchanged,
)
from tests.adapters.planted import EMAIL, PERSON, PHONE, assert_nowhere
from tests.sync.steps import ask, facts, held

pytestmark = pytest.mark.anyio

BANGLADESH: Final = "bangladesh-accord"
PROGRAMS: Final = ("international-accord", BANGLADESH)
DEKKO: Final = "wsr:ws-dekko-garments"
NAME: Final = "Dekko Garments Ltd."
"""Barred in these tests alone: the record has its address, so that it can be identified."""
PLACE: Final = "Mawna, Sreepur, Gazipur-1740"
FOOTER: Final = "The RSC carries on the inspections of the Accord in Bangladesh."


def statement(
    *more: str,
    heading: str = f"Statement on Ineligibility of {NAME}",
    day: str = "4 August 2026",
    place: str = f"The factory is located at {PLACE}.",
    effect: str = f"{NAME} is ineligible to produce for RSC signatory companies.",
) -> bytes:
    """Return a page with one statement."""
    texts = [day, place, effect, *more]
    head = "<nav><h3>Statement on Ineligibility of Example Menu</h3></nav>"
    return html(head, tag("h1", heading), tag("p", *filter(None, texts)), tag("p", FOOTER))


async def bars(document: bytes) -> list[tuple[str, str, str | None]]:
    """Return the state, the beginning and the note of the bars that a statement puts on Dekko."""
    async with recorded(*PROGRAMS) as store:
        report = await outcome(store, BANGLADESH, "statements", document)
        assert (report.outcome, report.problems) == (Outcome.APPLIED, [])
        found = await facts(store, Standing, "subject", DEKKO)
    return [
        (row["state"], row["since"], row["note"]) for row in found if row["track"] == "escalation"
    ]


async def test_a_clear_statement_bars_from_its_day() -> None:
    async with recorded(*PROGRAMS) as store:
        report = await outcome(store, BANGLADESH, "statements", statement())
        assert [each.row for each in report.added] == [1]
        assert await ask(store, DEKKO, "2026-08-03", buyer="wsr:hm") == "ELIGIBLE IN_GOOD_STANDING"
        assert await ask(store, DEKKO, "2026-08-04", buyer="wsr:hm") == (
            "INELIGIBLE INELIGIBLE_NAMED"
        )


@pytest.mark.parametrize(
    ("told", "bar"),
    [
        (statement(day="August 4, 2026"), ("ineligible", "2026-08-04", None)),
        (statement(day="4th August 2026"), ("ineligible", "2026-08-04", None)),
        (statement(day="Published on 4 August 2026"), ("ineligible", "2026-08-04", None)),
        (statement(day="August 2026"), ("ineligible", "2026-08", None)),
        (
            statement(effect=f"{NAME}, situated at {PLACE}, has been declared ineligible to supply "
                      "for the RSC companies.", place=""),
            ("ineligible", "2026-08-04", None),
        ),
        (
            statement(effect="The supplier has reached stage 3 of the escalation protocol, with "
                      "effect from 9 August 2026."),
            ("ineligible", "2026-08-09", None),
        ),
        (
            statement(effect="All signatory companies to the Accord are required to terminate "
                      f"business with {NAME} due to lack of fire doors."),
            ("ineligible", "2026-08-04", "lack of fire doors"),
        ),
        (
            statement("Date: 4 August 2026", f"Factory: {NAME}", f"Address: {PLACE}",
                      "Reason: structural remediation was not carried out", day="", place=""),
            ("ineligible", "2026-08-04", "structural remediation was not carried out"),
        ),
        (
            statement("Reason: a grievance of a worker"),
            ("ineligible", "2026-08-04", None),
        ),
        (
            statement("The other factories of its group are not affected."),
            ("ineligible", "2026-08-04", None),
        ),
    ],
    ids=["American date", "ordinal", "published on", "month", "address in the sentence", "stage 3",
         "reason", "labels", "a complaint is not kept", "the group is not affected"],
)  # fmt: skip
async def test_what_a_statement_says(told: bytes, bar: tuple[str, str, str | None]) -> None:
    assert await bars(told) == [bar]


async def test_a_termination_before_2019_05_08_reaches_the_group() -> None:
    """Sadaf's own statement of 2015, and what the rule of that day makes of it."""
    page = html(
        tag("h1", "Statement on Business Termination with Sadaf Fashions Ltd"),
        tag("p", "2 November 2015"),
        tag("p", "The factory is located at 768 Askarabad, D.T. Road, North Agrabad, Chittagong."),
        tag("p", "The Accord signatories are required to terminate business with Sadaf Fashions "
            "Ltd and all factories that it operates for its refusal of structural measures."),
    )  # fmt: skip
    async with recorded(*PROGRAMS) as store:
        report = await outcome(store, BANGLADESH, "statements", page)
        assert (report.problems, len(report.added) + len(report.changed)) == ([], 1)
        sadaf = "wsr:ws-ev-sadaf-fashions-ltd"
        asked = await ask(store, sadaf, "2015-12-01", buyer="wsr:hm")
        assert asked == "INELIGIBLE TERMINATED"
        today = await ask(store, sadaf, "2026-11-20", buyer="wsr:hm")
        assert today == "UNKNOWN STALE_BAR"


async def test_a_statement_on_a_group_bars_the_group() -> None:
    page = html(
        tag("h1", "Statement on Business Termination with FNF Group"),
        tag("p", "Published on 3 October 2017"),
        tag("p", "Accord brands shall end business with FNF Group effective immediately."),
    )
    async with recorded(*PROGRAMS) as store:
        await outcome(store, BANGLADESH, "statements", page)
        asked = await ask(store, "wsr:ws-ev-klarion-designs-ltd", "2017-10-03", buyer="wsr:hm")
        assert asked == "INELIGIBLE GROUP_TERMINATED"


async def test_a_bar_of_the_group_since_then_is_recorded_on_the_group() -> None:
    effect = (
        f"{NAME} is ineligible to produce for RSC companies and all other factories of the "
        "Dekko ISHO group."
    )
    async with recorded(*PROGRAMS) as store:
        await outcome(store, BANGLADESH, "statements", statement(effect=effect))
        assert await held(store, "wsr:dekkoisho", "2026-08-04") == {"ineligible"}
        assert "ineligible" in await held(store, DEKKO, "2026-08-04")


UNSURE: Final = {
    "no date": (statement(day=""), "its date is not clear"),
    "an ambiguous date": (statement(day="10.02.2025"), "its date is not clear (10.02.2025)"),
    "an ambiguous date with its label": (statement("Date: 04/08/2026", day=""), "not clear (04/08"),
    "two dates": (statement("5 August 2026"), "its date is not clear"),
    "an impossible date": (statement(day="31 June 2026"), "its date is not clear"),
    "an unknown factory": (
        statement(
            heading="Statement on Ineligibility of Example Mill",
            effect="Example Mill is ineligible to produce for RSC companies.",
        ),
        "nobody has said at its address who Example Mill is",
    ),
    "another address": (
        statement(place="The factory is located at 2 Other Road."), "nobody has said at its address"
    ),
    "two addresses": (statement("It was located at 2 Other Road."), "it prints several addresses"),
    "no address": (statement(place=""), "nobody has said who Dekko Garments Ltd. is"),
    "a name that the record knows without a street": (
        statement(heading="Statement on Ineligibility of Riverside Apparels",
                  effect="Riverside Apparels is ineligible to produce for RSC companies."),
        "nobody has said at its address who Riverside Apparels is",
    ),
    "another factory in the text": (
        statement(effect="Example Mill is ineligible to produce for RSC companies."),
        "a sentence on its effect names somebody else",
    ),
    "another factory by its label": (
        statement("Factory: Example Mill"), "its heading and its text name different factories"
    ),
    "no effect": (statement(effect="The RSC has written to the factory."), "it does not say in"),
    "an effect that is not understood": (
        statement(effect="Orders with the factory shall be terminated in stages."),
        "a sentence on its effect is not understood",
    ),
    "a negation": (
        statement(effect=f"{NAME} is not ineligible to produce for RSC companies."),
        "a sentence on its effect is not understood",
    ),
    "a negation before it": (
        statement(effect=f"It is not so that {NAME} is ineligible to produce for RSC companies."),
        "a sentence on its effect names somebody else",
    ),
    "a second sentence against it": (
        statement(f"{NAME} is eligible to produce for RSC companies."),
        "a sentence on its effect is not understood",
    ),
    "a period": (
        statement(effect=f"{NAME} is ineligible to produce for RSC companies for six months."),
        "a sentence on its effect is not understood",
    ),
    "a limit in the reason": (
        statement(effect=f"{NAME} is ineligible to produce for RSC companies due to orders that "
                  "ceased."),
        "a sentence on its effect is not understood",
    ),
    "a quotation": (
        statement(effect=f"\u201c{NAME} is ineligible to produce for RSC companies\u201d"),
        "it quotes, conditions, disputes",
    ),
    "what others say": (
        statement(effect=f"According to the press, {NAME} is ineligible to produce for companies."),
        "(According)",
    ),
    "a condition": (
        statement(effect=f"{NAME} is ineligible to produce for RSC companies unless it repairs."),
        "(unless)",
    ),
    "a correction": (statement("This is a correction of 1 August."), "(correction)"),
    "a retraction": (
        statement("The RSC has withdrawn its statement of 1 August."), "(withdrawn)"
    ),
    "a dispute": (statement("The owner disputes the decision."), "(disputes)"),
    "a requalification": (statement(heading=f"Statement on requalification of {NAME}"),
                          "its heading is not that of a bar"),
    "a group that nobody knows": (
        statement(effect=f"{NAME} is ineligible to produce for RSC companies and all other "
                  "factories of the Example group."),
        "it bars a group, and nobody has said who that is",
    ),
    "a group without a name": (
        statement(effect=f"{NAME} is ineligible to produce for RSC companies and all factories it "
                  "operates."),
        "it bars a group, and nobody has said who that is",
    ),
    "words on the group that are not understood": (
        statement("Some sister companies are concerned as well."),
        "a sentence on its effect is not understood",
    ),
    "the rule of its day": (
        statement("The other factories of its group are not affected.", day="7 May 2019")
        .replace(b"RSC", b"Accord"),
        "what it says of other factories does not agree with the rule of its day",
    ),
    "the Accord after it spoke": (
        statement(effect="All signatories shall end business with the factory.",
                  day="31 May 2020"),
        "it is not clear who says it",
    ),
    "a label with two values": (
        statement(f"Address: {PLACE}", "Address: 2 Other Road"), "it quotes, conditions, disputes"
    ),
    "a sentence without end": (
        statement(effect="The factory is ineligible to produce for RSC companies due to "
                  + "a door and " * 80 + "a wall."),
        "a sentence on its effect is not understood",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", UNSURE)
async def test_what_is_not_sure_is_for_a_person(case: str) -> None:
    document, why = UNSURE[case]
    found = intake(BANGLADESH, "statements", document)
    [problem] = found.problems
    assert (found.lines, problem.row, problem.code) == ([], 1, ProblemCode.NEEDS_PERSON)
    assert why in problem.message


async def test_what_is_not_sure_is_never_a_standing() -> None:
    async with recorded(*PROGRAMS) as store, unchanged(store):
        for document, _ in UNSURE.values():
            report = await outcome(store, BANGLADESH, "statements", document)
            assert report.held == [
                "1 of 1 rows were set aside, more than 5%; mend them, or confirm the rest"
            ]
            report = await outcome(store, BANGLADESH, "statements", document, confirmed=True)
            assert (report.outcome, aside(report)) == (Outcome.UNCHANGED, [(1, "NEEDS_PERSON")])


async def test_a_word_is_taken_only_in_the_days_in_which_it_was_used() -> None:
    late = statement(heading=f"Statement on Business Termination with {NAME}")
    async with recorded(*PROGRAMS) as store:
        report = await outcome(store, BANGLADESH, "statements", late, confirmed=True)
        assert aside(report) == [(1, "UNKNOWN_WORD")]
        early = late.replace(b"4 August 2026", b"1 August 2012").replace(b"RSC", b"Accord")
        report = await outcome(store, BANGLADESH, "statements", early, confirmed=True)
        assert aside(report) == [(1, "BEFORE_PROGRAM")]


async def test_one_of_several_statements_may_be_unclear() -> None:
    clear = statement().partition(b"<h1>")[2].partition(b"</body>")[0]
    unclear = clear.replace(b"4 August 2026", b"04.08.2026")
    page = html("<h1>" + clear.decode(), "<h1>" + unclear.decode(), "<h1>" + clear.decode())
    async with recorded(*PROGRAMS) as store:
        report = await outcome(store, BANGLADESH, "statements", page, confirmed=True)
    assert ([code for _, code in aside(report)], len(report.added), report.unchanged) == (
        ["NEEDS_PERSON"], 1, 1,
    )  # fmt: skip


def both(*days: str) -> bytes:
    """Return a page with a statement of each of some days."""
    [head, *_], bodies = zip(
        *(
            statement(day=day).decode().removesuffix("</body></html>\n").split("<h1>")
            for day in days
        ),
        strict=True,
    )
    return f"{head}<h1>{'<h1>'.join(bodies)}</body></html>\n".encode()


async def test_statements_of_one_page_that_contradict_each_other_are_set_aside() -> None:
    async with recorded(*PROGRAMS) as store, unchanged(store):
        page = both("4 August 2026", "9 August 2026")
        report = await outcome(store, BANGLADESH, "statements", page, confirmed=True)
        assert [code for _, code in aside(report)] == ["CONTRADICTION"] * 2
        assert {(each.subject, each.message) for each in report.problems} == {
            (
                DEKKO,
                "the page says of it ineligible since 2026-08-04 and 2026-08-09; "
                "a person must decide",
            )
        }


async def test_statements_of_one_page_whose_days_agree_are_taken() -> None:
    found = intake(BANGLADESH, "statements", both("4 August 2026", "August 2026"))
    assert (len(found.lines), found.problems) == (2, [])


async def test_the_same_statement_again_changes_nothing_and_silence_ends_nothing() -> None:
    async with recorded(*PROGRAMS) as store:
        await outcome(store, BANGLADESH, "statements", statement())
        report = await outcome(store, BANGLADESH, "statements", b"\xef\xbb\xbf" + statement())
        assert report.outcome is Outcome.UNCHANGED
        sadaf = statement().replace(b"Dekko Garments Ltd.", b"Sadaf Fashions Ltd")
        place = b"768 Askarabad, D.T. Road, North Agrabad, Chittagong"
        await outcome(store, BANGLADESH, "statements", sadaf.replace(PLACE.encode(), place))
        assert "ineligible" in await held(store, DEKKO, "2026-11-01")


async def test_marks_of_direction_and_invisible_characters_do_not_matter() -> None:
    page = statement().replace(b"is ineligible", "is\u00a0\u202aineligible\u202c".encode())
    assert await bars(page) == [("ineligible", "2026-08-04", None)]


@pytest.mark.parametrize("broken", PAGES)
async def test_a_broken_page_changes_nothing(broken: str) -> None:
    damage, reason = PAGES[broken]
    async with recorded(*PROGRAMS) as store:
        assert reason in await turned_down(store, BANGLADESH, "statements", damage(statement()))


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(
            html(tag("h1", "Participating growers"), tag("li", NAME)), id="of another program"
        ),
        pytest.param(
            html(
                tag("h1", "News"), tag("p", f"Statement on Ineligibility of {NAME} by the Accord")
            ),
            id="without a heading",
        ),
    ],
)
async def test_a_page_without_a_statement_is_refused(page: bytes) -> None:
    async with recorded(*PROGRAMS) as store:
        told = await turned_down(store, BANGLADESH, "statements", page)
    assert "it is not the page that the feed is about" in told


async def test_a_page_of_more_statements_than_any_is_refused() -> None:
    page = html(tag("h1", *(f"Statement on Ineligibility of Example {n}" for n in range(101))),
                tag("p", "The Accord"))  # fmt: skip
    async with recorded(*PROGRAMS) as store:
        told = await turned_down(store, BANGLADESH, "statements", page)
    assert "it holds 101 statements; no page holds more than 100" in told


async def test_contacts_are_kept_and_told_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    contact = (
        f"Contact: {PERSON}, {EMAIL}, {PHONE}",
        f"For more information contact {PERSON} at {EMAIL} or {PHONE}",
    )
    reason = f"Reason: no fire doors; write to {EMAIL} or call {PHONE}"
    reports = await assert_nowhere(
        tmp_path,
        caplog,
        BANGLADESH,
        "statements",
        [
            statement(*contact, reason),
            statement(*contact, reason, day=f"4 August 2026 {EMAIL}"),
            statement(*contact, heading=f"Statement on Ineligibility of {NAME}, {PHONE}, {EMAIL}"),
            statement(*contact, place=f"The factory is located at {PLACE}, {PHONE}, {EMAIL}."),
            statement(*contact)[:-20],
        ],
    )
    assert [len(report.added) for report in reports] == [1, 0, 0, 0]
