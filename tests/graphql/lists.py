"""Every list of the API, each where the bundled record and the example world have rows for it."""

from dataclasses import dataclass
from typing import Any, Final

from tests.graphql.served import Hub

PAGE_INFO: Final = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"


@dataclass(frozen=True)
class Listed:
    """A connection: where it is, and how its rows are told apart.

    Attributes:
        field: The schema's field, `Type.field`.
        call: The field with its arguments beside `first` and `after`.
        row: Selects of a row what tells it from others.
        within: Selects the parent; `%s` stands for the connection. Empty: it is at the root.
        counted: Whether it has `nodes` and `totalCount`, as most have.
    """

    field: str
    call: str
    row: str = "id"
    within: str = "%s"
    counted: bool = True

    def query(self) -> str:
        """Return the query for one page."""
        name, _, given = self.call.partition("(")
        arguments = f"first: $first, after: $after, {given.rstrip(')')}"
        counted = f"totalCount nodes {{ {self.row} }}" if self.counted else ""
        page = f"{counted} edges {{ cursor node {{ {self.row} }} }} {PAGE_INFO}"
        body = self.within % f"list: {name}({arguments}) {{ {page} }}"
        return f"query ($first: Int!, $after: String) {{ {body} }}"

    async def page(self, hub: Hub, first: int, after: str | None = None) -> dict[str, Any]:
        """Return one page."""
        found = await hub.ask(self.query(), first=first, after=after)
        while "list" not in found:
            [found] = found.values()
        return found["list"]


FFP: Final = 'program(id: "ffp") { %s }'
DEKKO: Final = 'worksite(id: "wsr:ws-dekko-garments") { %s }'
POOL: Final = 'organization(id: "wsr:example-pool-01") { %s }'
GROUP: Final = 'organization(id: "wsr:haesong") { %s }'
BRAND: Final = 'organization(id: "wsr:example-brand-01") { %s }'
HOLDINGS: Final = 'organization(id: "wsr:example-holdings-07") { %s }'
LISTS: Final = (
    Listed("Query.programs", "programs"),
    Listed("Query.agreements", "agreements"),
    Listed("Query.buyers", 'buyers(asOf: "2024-06-30")'),
    Listed("Query.suppliers", "suppliers"),
    Listed("Query.worksites", 'worksites(program: "example-garments")'),
    Listed("Query.search", 'search(text: "garments")', "... on Node { id }", counted=False),
    Listed(
        "Query.bindings",
        'bindings(supplier: "wsr:example-farm-001", product: "tomatoes")',
        "buyer { id }",
    ),
    Listed(
        "Query.sharedSuppliers",
        'sharedSuppliers(programs: ["example-produce", "example-garments"])',
        "supplier { id }",
    ),
    Listed("Query.changes", 'changes(programs: ["pakistan-accord"])', counted=False),
    Listed("Program.agreements", "agreements", within=FFP),
    Listed("Program.buyers", 'buyers(asOf: "2020-01-01")', within=FFP),
    Listed("Program.standings", 'standings(asOf: "2017-06-01")', within=FFP),
    Listed("Program.figures", "figures", within=FFP),
    Listed("Agreement.signatures", "signatures", within='agreement(id: "wsr:accord-2013") { %s }'),
    Listed("Organization.suppliers", "suppliers", within=BRAND),
    Listed("Organization.worksites", "worksites", within=GROUP),
    Listed("Organization.standingHistory", "standingHistory", within=HOLDINGS),
    Listed("Organization.buyers", "buyers", within=POOL),
    Listed("Worksite.standingHistory", "standingHistory", within=DEKKO),
    Listed("Worksite.buyers", "buyers", within=DEKKO),
)
