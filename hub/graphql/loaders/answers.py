"""What answers lead to: buyers, suppliers, agreements, clauses and the states they rest on."""

from collections.abc import Sequence
from typing import Any

from graph_schema.agreements import Clause as ClauseFact
from graph_schema.elements import Fact
from graph_schema.sourcing import SourcingLink as LinkFact
from graph_schema.standing import Standing as StandingFact
from hub.answers.desk import Sitting
from hub.answers.disagreement import disagreeing
from hub.answers.eligibility import eligibility_of, in_short
from hub.errors import HubError
from hub.graphql.answered import notices, rulings, shown
from hub.graphql.context import Request
from hub.graphql.loaders.standings import shown as shown_standings
from hub.graphql.prefetch import Given, loads
from hub.graphql.types.answers import Eligibility, EligibilityNotice, EligibilityRow, Ruling
from hub.graphql.types.facts import Clause, Standing
from hub.store.port import Moment, Row


async def _nodes(request: Request, numbers: Sequence[int | None]) -> list[object]:
    """Return the nodes of numbers, one for each place of the answer."""
    found = await request.nodes(numbers)
    nodes = [found.get(number) if number is not None else None for number in numbers]
    return [node.twin() if node else None for node in nodes]


@loads("Eligibility.summary")
async def in_sentences(
    request: Request, parents: Sequence[Eligibility], _given: Given
) -> list[str]:
    """Say answers in one sentence each."""
    del request  # what it rests on is fetched already, as for the two below
    return [in_short(parent.sitting, parent.answered) for parent in parents]


@loads("Eligibility.rulings")
async def ruled(
    request: Request, parents: Sequence[Eligibility], _given: Given
) -> list[list[Ruling]]:
    """Give the rulings of answers."""
    del request
    return [rulings(parent.sitting, parent.answered) for parent in parents]


@loads("Eligibility.notices")
async def noticed(
    request: Request, parents: Sequence[Eligibility], _given: Given
) -> list[list[EligibilityNotice]]:
    """Give the notices of answers."""
    del request
    return [notices(parent.answered) for parent in parents]


@loads("Eligibility.buyer")
async def buyer(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
    """Bring who buys."""
    return await _nodes(request, [p.answered.question.buyer for p in parents])


@loads("Eligibility.supplier")
async def supplier(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
    """Bring from whom."""
    return await _nodes(request, [p.answered.question.subject for p in parents])


@loads("Eligibility.product")
async def product(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
    """Bring what."""
    return await _nodes(request, [p.answered.question.product for p in parents])


@loads("EligibilityNotice.subject")
async def subject(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
    """Bring whom notices are about."""
    return await _nodes(request, [parent.number for parent in parents])


@loads("Ruling.agreement")
async def agreement(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
    """Bring the agreements of rulings."""
    return await _nodes(request, [parent.ruling.agreement.number for parent in parents])


@loads("Ruling.program")
async def program(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
    """Bring the standing programs of rulings."""
    return await _nodes(request, [parent.ruling.program for parent in parents])


@loads("Ruling.clause")
async def clause(request: Request, parents: Sequence[Any], _given: Given) -> list[Clause | None]:
    """Bring the clauses that label rulings."""
    numbers = [parent.ruling.clause.number if parent.ruling.clause else 0 for parent in parents]
    sitting = await request.sit()
    rows = await _by_number(request, ClauseFact, numbers, sitting.moment)
    made = {clause.row["number"]: clause for clause in request.facts(Clause, list(rows.values()))}
    return [made[number].twin() if number in made else None for number in numbers]


@loads("Ruling.standings")
async def standings(
    request: Request, parents: Sequence[Any], _given: Given
) -> list[list[Standing]]:
    """Bring the states that rulings rest on, decisive first, as known when each answer was.

    A list of buyers has rulings of two moments: a brand's own answer counts what others' do not.
    """
    numbers = [
        [f.state.number for f in parent.ruling.outcome.findings if f.state] for parent in parents
    ]
    wanted: dict[Moment, dict[int, None]] = {}
    for parent, each in zip(parents, numbers, strict=True):
        wanted.setdefault(parent.moment, {}).update(dict.fromkeys(each))
    made = {
        moment: await _rested_on(request, parents[0].sitting, moment, list(rest))
        for moment, rest in wanted.items()
    }
    return [
        [made[parent.moment][n].twin() for n in each if n in made[parent.moment]]
        for parent, each in zip(parents, numbers, strict=True)
    ]


async def _rested_on(
    request: Request, sitting: Sitting, moment: Moment, numbers: Sequence[int]
) -> dict[int, Standing]:
    """Return states by number, with the ends that they really have for whoever is answered."""
    rows = await _by_number(request, StandingFact, numbers, moment)
    held = await request.store.in_force("fact", list(rows), moment, day=None)
    real = {row["number"]: row for row in held}
    full = [real.get(number, row) for number, row in rows.items()]
    return {each.row["number"]: each for each in shown_standings(request, sitting, full)}


async def _by_number(
    request: Request, kind: type[Fact], numbers: Sequence[int], moment: Moment
) -> dict[int, Row]:
    """Return facts by number, those withdrawn since included."""
    if not numbers:
        return {}
    rows = await request.store.facts_at(
        kind, "number", list(dict.fromkeys(numbers)), moment, history=True
    )
    return {row["number"]: row for row in rows}


@loads("Organization.eligibility", "Worksite.eligibility")
async def eligibility(
    request: Request, parents: Sequence[Any], given: Given
) -> list[Eligibility | HubError | None]:
    """Answer the same question of many subjects together."""
    sitting = await request.at(given)
    ids, numbers = [each.id for each in parents], [each.number for each in parents]
    try:
        answers = await eligibility_of(sitting, given["buyer"], ids, numbers, given["product"])
    except HubError as error:
        return [error for _ in parents]
    found = [answers.answered(index) for index in range(len(numbers))]
    return [
        shown(sitting, each) if each else problem
        for each, problem in zip(found, answers.problems, strict=True)
    ]


@loads("EligibilityRow.eligibility")
async def row_eligibility(
    request: Request, parents: Sequence[EligibilityRow], _given: Given
) -> list[Eligibility | None]:
    """Give whole answers of a list's rows; they rest on what is fetched already."""
    del request
    return [parent.whole() for parent in parents]


@loads("Binding.buyer")
async def bound(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
    """Bring the buyers that are bound."""
    return await _nodes(request, [parent.buyer_number for parent in parents])


@loads("SharedSupplier.supplier")
async def shared_supplier(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
    """Bring shared suppliers."""
    return await _nodes(request, [parent.number for parent in parents])


async def _held(request: Request, parents: Sequence[Any]) -> dict[int, list[Row]]:
    """Return the standings in force of shared suppliers, on the day their list asks of."""
    sitting = parents[0].sitting
    numbers = [parent.number for parent in parents]
    found: dict[int, list[Row]] = {}
    rows = await request.store.in_force("subject", numbers, sitting.moment, day=sitting.day)
    wanted = set(parents[0].programs_asked)
    for row in rows:
        if not wanted or row["program"] in wanted:
            found.setdefault(row["subject"], []).append(row)
    return found


@loads("SharedSupplier.standings")
async def shared_standings(
    request: Request, parents: Sequence[Any], _given: Given
) -> list[list[Standing]]:
    """Bring the standings of shared suppliers, those of a program together."""
    held = await _held(request, parents)
    sitting = parents[0].sitting
    codes = sitting.law.programs
    return [
        shown_standings(
            request,
            sitting,
            sorted(
                held.get(parent.number, ()),
                key=lambda row: (codes[row["program"]].code, row["track"], row["number"]),
            ),
        )
        for parent in parents
    ]


@loads("SharedSupplier.programs")
async def shared_programs(
    request: Request, parents: Sequence[Any], _given: Given
) -> list[list[object]]:
    """Bring the programs in which shared suppliers hold a standing."""
    held = await _held(request, parents)
    codes = parents[0].sitting.law.programs
    each = [
        sorted({row["program"] for row in held.get(p.number, ())}, key=lambda n: codes[n].code)
        for p in parents
    ]
    found = await request.nodes([number for numbers in each for number in numbers])
    return [[found[n].twin() for n in numbers if n in found] for numbers in each]


@loads("SharedSupplier.disagree")
async def disagree(request: Request, parents: Sequence[Any], _given: Given) -> list[bool]:
    """Tell whether a shared supplier stands well in one program and badly in another."""
    held = await _held(request, parents)
    return [disagreeing(held.get(parent.number, ())) for parent in parents]


@loads("SharedSupplier.buyers")
async def shared_buyers(
    request: Request, parents: Sequence[Any], _given: Given
) -> list[list[object]]:
    """Bring the buyers that visible links tie to shared suppliers."""
    sitting = parents[0].sitting
    numbers = [parent.number for parent in parents]
    rows = await request.store.facts_at(
        LinkFact, "supplier", numbers, sitting.moment, day=sitting.day
    )
    buyers: dict[int, dict[int, None]] = {}
    for row in rows:
        buyers.setdefault(row["supplier"], {})[row["buyer"]] = None
    found = await request.nodes([n for each in buyers.values() for n in each])
    return [
        [found[n].twin() for n in sorted(buyers.get(number, ())) if n in found]
        for number in numbers
    ]
