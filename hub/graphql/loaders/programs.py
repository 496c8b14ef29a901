"""What hangs on programs and agreements: agreements, buyers, rules, figures, clauses, runs."""

from collections.abc import Sequence
from typing import Any, Final

import strawberry

from graph_schema import agreements as agreement_facts
from graph_schema import programs as program_facts
from graph_schema.elements import Fact
from graph_schema.standing import StateRule as RuleFact
from hub.answers.desk import Sitting
from hub.answers.programs import agreements_of
from hub.errors import InvalidInputError
from hub.graphql.context import Request
from hub.graphql.cursors import Asked, of_another_question
from hub.graphql.loaders.paging import below, counted, pages
from hub.graphql.loaders.signing import buyers_of
from hub.graphql.prefetch import Given, Loader, loads
from hub.graphql.types.connections import PageInfo
from hub.graphql.types.facts import (
    Clause,
    Figure,
    Mechanism,
    Signature,
    StateRule,
)
from hub.graphql.types.runs import (
    RowProblem,
    RowProblemConnection,
    RowProblemEdge,
    SyncRun,
)
from hub.identity.ids import Numbered
from hub.store.port import Row
from hub.store.rows import instant
from hub.sync.proposal import shown

_LISTS: Final[dict[str, tuple[type[Fact], type[Any], str]]] = {
    "Program.stateRules": (RuleFact, StateRule, "program"),
    "Program.mechanisms": (program_facts.Mechanism, Mechanism, "program"),
    "Agreement.clauses": (agreement_facts.Clause, Clause, "agreement"),
}


def _listed(kind: type[Fact], shown: type[Any], end: str) -> Loader:
    """Return a loader of all facts of a kind at one end of the parents."""

    async def load(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
        sitting = await request.sit()
        numbers = [parent.number for parent in parents]
        rows = await request.store.facts_at(kind, end, numbers, sitting.moment)
        found: dict[int, list[Any]] = {}
        for fact in request.facts(shown, rows):
            found.setdefault(fact.row[end], []).append(fact)
        return [[each.twin() for each in found.get(number, ())] for number in numbers]

    return load


for _field, _of in _LISTS.items():
    loads(_field)(_listed(*_of))


@loads("Program.figures")
async def figures(request: Request, parents: Sequence[Any], given: Given) -> list[object]:
    """Bring the published totals of programs."""
    of = (program_facts.Figure, Figure, "program")
    return await _page("figures", request, parents, given, of)


@loads("Agreement.signatures")
async def signatures(request: Request, parents: Sequence[Any], given: Given) -> list[object]:
    """Bring who signed agreements."""
    of = (agreement_facts.Signature, Signature, "agreement")
    return await _page("signatures", request, parents, given, of)


async def _page(
    name: str,
    request: Request,
    parents: Sequence[Any],
    given: Given,
    of: tuple[type[Fact], type[Any], str],
) -> list[object]:
    """Return a page of facts at one end of each parent."""
    kind, shown, end = of
    sitting = await request.at(given)
    day = sitting.day if "as_of" in given else None
    numbers = [parent.number for parent in parents]
    page = request.page(name, given, numbers)
    which: dict[str, Any] = {"day": day, "signed": given.get("signed")}
    rows = await request.store.facts_at(kind, end, numbers, sitting.moment, page=page, **which)
    count = counted(lambda: request.store.count_at(kind, end, numbers, sitting.moment, **which))
    return pages(request, end, numbers, request.facts(shown, rows), page, count)


@loads("Program.agreements")
async def agreements(request: Request, parents: Sequence[Any], given: Given) -> list[object]:
    """Bring the agreements of programs."""
    sitting = await request.sit(None, given.get("known_at"))
    page = request.page("agreements", given, [p.number for p in parents])
    on = given.get("in_force_on")
    listed = {p.number: agreements_of(sitting, {p.number}, on) for p in parents}
    shown = {
        number: [each for each in found if each > page.after][: page.size]
        for number, found in listed.items()
    }
    nodes = await request.nodes([each for found in shown.values() for each in found])
    return [
        below(
            request,
            p.number,
            [nodes[each] for each in shown[p.number] if each in nodes],
            page,
            _counted(len(listed[p.number])),
            place="node",
        )
        for p in parents
    ]


@loads("Program.buyers")
async def buyers(request: Request, parents: Sequence[Any], given: Given) -> list[object]:
    """Bring the buyers whose signatures hold in programs."""
    return await buyers_of(request, [parent.number for parent in parents], None, given)


def _counted(count: int) -> Any:  # noqa: ANN401 - a counter of what is known already
    async def counter() -> int:
        return count

    return counter


@loads("Program.lastSync")
async def last_sync(
    request: Request, parents: Sequence[Any], _given: Given
) -> list[SyncRun | None]:
    """Bring the newest run of each program."""
    rows = await request.store.runs([parent.number for parent in parents])
    sitting = await request.sit()
    found = {row["program"]: shown_run(request, sitting, row) for row in rows}
    return [found.get(parent.number) for parent in parents]


@loads("Program.lastSyncs")
async def last_syncs(
    request: Request, parents: Sequence[Any], _given: Given
) -> list[list[SyncRun]]:
    """Bring the newest run of each feed of each program."""
    rows = await request.store.runs([parent.number for parent in parents])
    sitting = await request.sit()
    return [
        [shown_run(request, sitting, row) for row in rows if row["program"] == parent.number]
        for parent in parents
    ]


def shown_run(request: Request, sitting: Sitting, row: Row) -> SyncRun:
    """Return a run as it is shown: who may not see all of it is told of the rest alone."""
    viewer, program = sitting.moment.viewer, sitting.law.programs[row["program"]]
    whole = viewer.everything or program.number in viewer.programs

    def count(name: str) -> int:
        return row[name] - (0 if whole else row[f"unseen_{name}"] or 0)

    return SyncRun(
        id=strawberry.ID(request.ids.of(row["number"], Numbered.RUN)),
        number=row["number"],
        program_number=row["program"],
        proposed=False,
        feed=row["feed"],
        started_at=instant(row["started_at"]),
        finished_at=instant(row["finished_at"]) if row["finished_at"] else None,
        read_at=instant(row["read_at"]) if row["read_at"] else None,
        outcome=row["outcome"],
        complete=bool(row["complete"]),
        added=count("added"),
        changed=count("changed"),
        ended=count("ended"),
        unchanged=count("unchanged"),
        set_aside_count=row["set_aside"] if whole or program.publishes else 0,
    )


@loads("SyncRun.program")
async def run_program(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
    """Bring the programs of runs."""
    found = await request.nodes([parent.program_number for parent in parents])
    return [found.get(parent.program_number) for parent in parents]


@loads("SyncRun.setAside")
async def set_aside(
    request: Request, parents: Sequence[Any], given: Given
) -> list[RowProblemConnection | InvalidInputError | None]:
    """Bring the rows that runs set aside, to the programs' operators alone."""
    page = request.page("setAside", given, [parent.number for parent in parents])
    viewer = (await request.sit()).moment.viewer
    own = [p.number for p in parents if viewer.everything or p.program_number in viewer.programs]
    proposed = {p.number for p in parents if p.proposed}
    synced = [number for number in own if number not in proposed]
    rows = await request.store.run_problems(synced, page) if synced else []
    rows += await _proposed(request, [number for number in own if number in proposed], page)
    mine = {number: [row for row in rows if row["run"] == number] for number in own}
    return [
        None
        if p.number not in mine
        else _problems(request, p.number, mine[p.number], page)
        if page.fits(p.number)
        else of_another_question()
        for p in parents
    ]


async def _proposed(request: Request, numbers: Sequence[int], page: Asked) -> list[Row]:
    """Return a page of the rows that the documents of proposals would have set aside."""
    found = await shown(request.store, numbers)
    return [
        {"run": run, "number": place, "row": each.row, "field": each.column}
        | {"code": each.code.value, "message": f"{each.place}: {each.message}"}
        for run, told in found.items()
        for place, each in enumerate(told.problems, start=1)
        if page.after < place <= page.after + page.size
    ]


def _problems(
    request: Request, parent: int, rows: Sequence[Row], page: Asked
) -> RowProblemConnection:
    shown = rows[: page.size - 1]
    marks = request.cursors([row["number"] for row in shown], page, parent)
    nodes = [
        RowProblem(row=row["row"], column=row["field"], code=row["code"], message=row["message"])
        for row in shown
    ]
    return RowProblemConnection(
        edges=[RowProblemEdge(cursor=c, node=n) for c, n in zip(marks, nodes, strict=True)],
        nodes=nodes,
        page_info=PageInfo(
            has_next_page=len(rows) == page.size,
            has_previous_page=page.after > 0,
            start_cursor=marks[0] if marks else None,
            end_cursor=marks[-1] if marks else None,
        ),
    )
