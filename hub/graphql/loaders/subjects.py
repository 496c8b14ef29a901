"""What hangs on organisations and worksites: numbers, ties, signatures, sites, links."""

from collections.abc import Sequence
from typing import Any

from graph_schema.agreements import Signature as SignatureFact
from graph_schema.codes import TieKind
from graph_schema.elements import Fact
from graph_schema.parties import Tie as TieFact
from graph_schema.sourcing import SourcingLink as LinkFact
from hub.answers.calling import references
from hub.answers.programs import agreements_of
from hub.graphql.context import Request
from hub.graphql.loaders.paging import below, counted, pages
from hub.graphql.prefetch import Given, loads
from hub.graphql.types.facts import ExternalId, Signature, SourcingLink, Tie
from hub.store.port import Row

_GROUPING = (TieKind.OPERATED_BY.value, TieKind.PART_OF.value)


@loads("Organization.externalIds", "Worksite.externalIds")
async def external_ids(
    request: Request, parents: Sequence[Any], _given: Given
) -> list[list[ExternalId]]:
    """Bring the numbers under which subjects are known."""
    found = await references(await request.sit(), [parent.number for parent in parents])
    return [
        [
            ExternalId(scheme=scheme, value=value, since=None, until=None)
            for scheme, _, value in (text.partition(":") for _, text in found.get(p.number, ()))
        ]
        for p in parents
    ]


@loads("Worksite.osId")
async def os_id(request: Request, parents: Sequence[Any], _given: Given) -> list[str | None]:
    """Bring the current OS IDs of worksites."""
    found = await references(await request.sit(), [parent.number for parent in parents])
    current = [
        [text for merged, text in found.get(p.number, ()) if text.startswith("os:") and not merged]
        for p in parents
    ]
    return [each[0].removeprefix("os:") if each else None for each in current]


@loads("Organization.ties", "Worksite.ties")
async def ties(request: Request, parents: Sequence[Any], given: Given) -> list[list[Tie]]:
    """Bring the ties of subjects on a day, from either end."""
    sitting = await request.at(given)
    numbers = [parent.number for parent in parents]
    rows: dict[int, Row] = {}
    for end in ("from_", "to"):
        for row in await request.store.facts_at(
            TieFact, end, numbers, sitting.moment, day=sitting.day
        ):
            rows[row["number"]] = row
    made = request.facts(Tie, [rows[number] for number in sorted(rows)])
    found: dict[int, list[Tie]] = {}
    for tie in made:
        for number in {tie.row["from_"], tie.row["to"]}:
            found.setdefault(number, []).append(tie)
    return [[tie.twin() for tie in found.get(number, ())] for number in numbers]


@loads("Worksite.operator")
async def operator(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
    """Bring who operates worksites today."""
    return await _tied(request, parents, TieKind.OPERATED_BY)


@loads("Worksite.movedTo")
async def moved_to(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
    """Bring the sites to which worksites moved."""
    return await _tied(request, parents, TieKind.MOVED_TO)


async def _tied(request: Request, parents: Sequence[Any], kind: TieKind) -> list[object]:
    """Return the node at the other end of each parent's newest tie of a kind."""
    sitting = await request.sit()
    numbers = [parent.number for parent in parents]
    rows = await request.store.facts_at(TieFact, "from_", numbers, sitting.moment, day=sitting.day)
    newest = sorted(
        (row for row in rows if row["kind"] == kind), key=lambda row: row["begins_first"]
    )
    ends = {row["from_"]: row["to"] for row in newest}
    found = await request.nodes(list(ends.values()))
    nodes = [found.get(ends.get(number, 0)) for number in numbers]
    return [node.twin() if node else None for node in nodes]


@loads("Organization.signatures")
async def signatures(
    request: Request, parents: Sequence[Any], given: Given
) -> list[list[Signature]]:
    """Bring what organisations signed, as valid on a day."""
    sitting = await request.at(given)
    numbers = [parent.number for parent in parents]
    rows = await request.store.facts_at(
        SignatureFact,
        "organization",
        numbers,
        sitting.moment,
        day=sitting.day,
        signed=given["signed"],
    )
    if on := given.get("in_force_on"):
        running = {*agreements_of(sitting, (), on)}
        rows = [row for row in rows if row["agreement"] in running]
    found: dict[int, list[Signature]] = {}
    for signature in request.facts(Signature, rows):
        found.setdefault(signature.row["organization"], []).append(signature)
    return [[each.twin() for each in found.get(number, ())] for number in numbers]


@loads("Organization.worksites")
async def worksites(request: Request, parents: Sequence[Any], given: Given) -> list[object]:
    """Bring the worksites that organisations operate or that are part of them."""
    sitting = await request.at(given)
    numbers = [parent.number for parent in parents]
    page = request.page("worksites", given, numbers)
    rows = await request.store.facts_at(TieFact, "to", numbers, sitting.moment, day=sitting.day)
    inside: dict[int, set[int]] = {number: set() for number in numbers}
    for row in rows:
        if row["kind"] in _GROUPING:
            inside[row["to"]].add(row["from_"])
    wanted = {number for found in inside.values() for number in found}
    kinds = await request.store.kinds(sorted(wanted), sitting.moment)
    sites = {
        number: sorted(each for each in found if kinds.get(each) == "WORKSITE")
        for number, found in inside.items()
    }
    shown = {
        number: [each for each in found if each > page.after][: page.size]
        for number, found in sites.items()
    }
    nodes = await request.nodes([each for found in shown.values() for each in found])
    return [
        below(
            request,
            number,
            [nodes[each] for each in shown[number] if each in nodes],
            page,
            _known(len(sites[number])),
            place="node",
        )
        for number in numbers
    ]


def _known(count: int) -> Any:  # noqa: ANN401 - a counter of what is known already
    async def counter() -> int:
        return count

    return counter


@loads("Organization.suppliers")
async def suppliers(request: Request, parents: Sequence[Any], given: Given) -> list[object]:
    """Bring the links from buyers to their suppliers."""
    return await _links(request, parents, given, "buyer")


@loads("Organization.buyers", "Worksite.buyers")
async def buyers(request: Request, parents: Sequence[Any], given: Given) -> list[object]:
    """Bring the links from suppliers to their buyers."""
    return await _links(request, parents, given, "supplier")


async def _links(request: Request, parents: Sequence[Any], given: Given, end: str) -> list[object]:
    sitting = await request.at(given)
    numbers = [parent.number for parent in parents]
    page = request.page(f"links of {end}", given, numbers)
    kind: type[Fact] = LinkFact
    rows = await request.store.facts_at(
        kind, end, numbers, sitting.moment, day=sitting.day, page=page
    )
    count = counted(
        lambda: request.store.count_at(kind, end, numbers, sitting.moment, day=sitting.day)
    )
    return pages(request, end, numbers, request.facts(SourcingLink, rows), page, count)
