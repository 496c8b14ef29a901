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


ASIDE: Final = {
    "no date": (statement(day=""), "it prints no date that can be read"),
    "an impossible date": (statement(day="31 June 2026"), "it prints no date that can be read"),
    "a year of two digits": (statement(day="04/08/26"), "it prints no date that can be read"),
    "an impossible day from which it bars": (
        statement(effect="The supplier has reached stage 3 of the escalation protocol, with "
                  "effect from 31 June 2026."),
        "row 4: the day from which it bars cannot be read",
    ),
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
    "two addresses by their label": (
        statement(f"Address: {PLACE}", "Address: 2 Other Road"), "it prints several addresses"
    ),
    "no address": (statement(place=""), "nobody has said who Dekko Garments Ltd. is"),
    "a name that the record knows without a street": (
        statement(heading="Statement on Ineligibility of Riverside Apparels",
                  effect="Riverside Apparels is ineligible to produce for RSC companies."),
        "nobody has said at its address who Riverside Apparels is",
    ),
    "another factory in the text": (
        statement(effect="Example Mill is ineligible to produce for RSC companies."),
        "row 4: a sentence on its effect names somebody else",
    ),
    "another factory by its label": (
        statement("Factory: Example Mill"),
        "row 5: its heading and its text name different factories",
    ),
    "a requalification": (statement(heading=f"Statement on requalification of {NAME}"),
                          "its heading is not that of a bar"),
}  # fmt: skip
"""Statements of which it cannot be read whom, or on no day at all, they bar."""
MISUNDERSTOOD: Final = "row 4: a sentence on its effect is not understood"
UNSURE: Final = {
    "an ambiguous date": (
        statement(day="10.02.2026"),
        "2026-02-10/2026-10-02",
        ["row 2: its date is not clear: '10.02.2026'"],
    ),
    "an ambiguous date with its label": (
        statement("Date: 04/08/2026", day=""),
        "2026-04-08/2026-08-04",
        ["row 4: its date is not clear: '04/08/2026'"],
    ),
    "two dates": (
        statement("5 August 2026"),
        "2026-08-04/2026-08-05",
        ["row 5: its date is not clear: '5 August 2026'"],
    ),
    "two days from which it bars": (
        statement(
            *(
                "The supplier has reached stage 3 of the escalation protocol, with effect from "
                f"{day} August 2026."
                for day in (9, 11)
            ),
            effect="",
        ),
        "2026-08-09/2026-08-11",
        ["row 1: it says of several days that the bar holds from then on"],
    ),
    "no effect": (
        statement(effect="The RSC has written to the factory."),
        "2026-08-04",
        ["row 1: it does not say in clear words that signatories must end business"],
    ),
    "an effect that is not understood": (
        statement(effect="Orders with the factory shall be terminated in stages."),
        "2026-08-04",
        [f"{MISUNDERSTOOD}: 'Orders with the factory shall be terminated in stages.'"],
    ),
    "a negation": (
        statement(effect=f"{NAME} is not ineligible to produce for RSC companies."),
        "2026-08-04",
        [MISUNDERSTOOD],
    ),
    "a negation before it": (
        statement(effect=f"It is not so that {NAME} is ineligible to produce for RSC companies."),
        "2026-08-04",
        [MISUNDERSTOOD],
    ),
    "a second sentence against it": (
        statement(f"{NAME} is eligible to produce for RSC companies."),
        "2026-08-04",
        ["row 5: a sentence on its effect is not understood"],
    ),
    "a period": (
        statement(effect=f"{NAME} is ineligible to produce for RSC companies for six months."),
        "2026-08-04",
        [MISUNDERSTOOD],
    ),
    "a limit in the reason": (
        statement(effect=f"{NAME} is ineligible to produce for RSC companies due to orders that "
                  "ceased."),
        "2026-08-04",
        [MISUNDERSTOOD],
    ),
    "a quotation": (
        statement(effect=f"\u201c{NAME} is ineligible to produce for RSC companies\u201d"),
        "2026-08-04",
        ["row 4: it quotes, conditions, disputes", MISUNDERSTOOD],
    ),
    "what others say": (
        statement(effect=f"According to the press, {NAME} is ineligible to produce for companies."),
        "2026-08-04",
        ["(According)", MISUNDERSTOOD],
    ),
    "a condition": (
        statement(effect=f"{NAME} is ineligible to produce for RSC companies unless it repairs."),
        "2026-08-04",
        ["(unless)", MISUNDERSTOOD],
    ),
    "a correction": (
        statement("This is a correction of 1 August."), "2026-08-04", ["row 5: it quotes"]
    ),
    "a retraction": (
        statement("The RSC has withdrawn its statement of 1 August."), "2026-08-04", ["(withdrawn)"]
    ),
    "a dispute": (statement("The owner disputes the decision."), "2026-08-04", ["(disputes)"]),
    "a group that nobody knows": (
        statement(effect=f"{NAME} is ineligible to produce for RSC companies and all other "
                  "factories of the Example group."),
        "2026-08-04",
        ["row 1: it bars a group, and nobody has said who that is"],
    ),
    "a group without a name": (
        statement(effect=f"{NAME} is ineligible to produce for RSC companies and all factories it "
                  "operates."),
        "2026-08-04",
        ["it bars a group, and nobody has said who that is"],
    ),
    "words on the group that are not understood": (
        statement("Some sister companies are concerned as well."),
        "2026-08-04",
        ["row 5: a sentence on its effect is not understood"],
    ),
    "the rule of its day": (
        statement("The other factories of its group are not affected.", day="7 May 2019")
        .replace(b"RSC", b"Accord"),
        "2019-05-07",
        ["what it says of other factories does not agree with the rule of its day"],
    ),
    "the Accord after it spoke": (
        statement(effect="All signatories shall end business with the factory.",
                  day="31 May 2020"),
        "2020-05-31",
        ["it is not clear who says it"],
    ),
    "a label with two values": (
        statement("Reason: no fire doors", "Reason: no exits"),
        "2026-08-04",
        ["row 6: a label has two values"],
    ),
    "a complaint is not quoted": (
        statement("Date: 4 August 2026", f"The harassment at {NAME} led to a suspension.", day=""),
        "2026-08-04",
        ["row 5: a sentence on its effect is not understood"],
    ),
    "whom to contact is not quoted": (
        statement(f"Contact: {PERSON}, who claims that it is an error"),
        "2026-08-04",
        ["row 5: it quotes, conditions, disputes or takes back something (claims)"],
    ),
    "a sentence without end": (
        statement(effect="The factory is ineligible to produce for RSC companies due to "
                  + "a door and " * 80 + "a wall."),
        "2026-08-04",
        [MISUNDERSTOOD],
    ),
}  # fmt: skip
"""Statements that leave open whether, how far or on which day they bar Dekko: what each would say
if it were so, and why it is not sure."""


@pytest.mark.parametrize("case", ASIDE)
async def test_what_is_said_of_nobody_or_of_no_day_is_set_aside(case: str) -> None:
    document, why = ASIDE[case]
    found = intake(BANGLADESH, "statements", document)
    [problem] = found.problems
    assert (found.lines, found.unsure) == ([], [])
    assert (problem.row, problem.code) == (1, ProblemCode.NEEDS_PERSON)
    assert why in problem.message


@pytest.mark.parametrize("case", UNSURE)
async def test_what_is_not_sure_is_for_a_person(case: str) -> None:
    document, since, reasons = UNSURE[case]
    found = intake(BANGLADESH, "statements", document)
    [unsure] = found.unsure
    assert (found.lines, found.problems) == ([], [])
    assert len(unsure.why) == len(reasons)
    for told, why in zip(unsure.why, reasons, strict=True):
        assert why in told
        assert "harassment" not in told
        assert PERSON not in told
    [line] = unsure.lines
    assert isinstance(line.fact, Standing)
    assert (line.fact.subject, str(line.fact.since), line.about.row) == (DEKKO, since, 1)


async def test_what_is_not_sure_is_never_a_standing() -> None:
    async with recorded(*PROGRAMS) as store, unchanged(store):
        for document in (each[0] for each in (*ASIDE.values(), *UNSURE.values())):
            for confirmed in (False, True):
                report = await outcome(
                    store, BANGLADESH, "statements", document, confirmed=confirmed
                )
                assert (report.outcome, report.held) == (Outcome.UNCHANGED, [])


async def test_what_is_clear_is_recorded_beside_what_is_said_of_nobody() -> None:
    nobody = statement(heading="Statement on Ineligibility of Example Mill")
    page = statement().replace(b"</body>", b"<h1>" + nobody.partition(b"<h1>")[2])
    async with recorded(*PROGRAMS) as store:
        report = await outcome(store, BANGLADESH, "statements", page)
        assert (report.outcome, aside(report)) == (Outcome.APPLIED, [(6, "NEEDS_PERSON")])
        assert "ineligible" in await held(store, DEKKO, "2026-08-04")


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
        assert len(intake(BANGLADESH, "statements", page).unsure) == 1
        report = await outcome(store, BANGLADESH, "statements", page)
    assert (report.outcome, len(report.added), report.unchanged) == (Outcome.APPLIED, 1, 1)


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


async def test_statements_of_one_page_that_contradict_each_other_are_not_sure() -> None:
    found = intake(BANGLADESH, "statements", both("4 August 2026", "9 August 2026"))
    assert (found.lines, found.problems) == ([], [])
    would_be = [line.fact for each in found.unsure for line in each.lines]
    days = [str(fact.since) for fact in would_be if isinstance(fact, Standing)]
    assert days == ["2026-08-04", "2026-08-09"]
    for each in found.unsure:
        [why] = each.why
        assert f"the page says of {DEKKO} ineligible since 2026-08-04 and 2026-08-09" in why


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
            statement(
                *contact,
                f"The bar was lifted, said {EMAIL}, {PHONE}.",
            ),
        ],
    )
    assert [len(report.added) for report in reports] == [1, 0, 0, 0, 0]
