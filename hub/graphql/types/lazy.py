"""Names of types that stand in a module above: a fact leads back to the nodes it ties."""

from typing import TYPE_CHECKING, Annotated, TypeAlias

import strawberry

if TYPE_CHECKING:
    from hub.graphql.types.answers import Eligibility
    from hub.graphql.types.nodes import (
        Agreement,
        Commodity,
        Organization,
        Program,
        Subject,
        Worksite,
    )
    from hub.graphql.types.proposals import Proposal

_NODES = "hub.graphql.types.nodes"

LazySubject: TypeAlias = Annotated["Subject", strawberry.lazy(_NODES)]
LazyOrganization: TypeAlias = Annotated["Organization", strawberry.lazy(_NODES)]
LazyWorksite: TypeAlias = Annotated["Worksite", strawberry.lazy(_NODES)]
LazyAgreement: TypeAlias = Annotated["Agreement", strawberry.lazy(_NODES)]
LazyProgram: TypeAlias = Annotated["Program", strawberry.lazy(_NODES)]
LazyCommodity: TypeAlias = Annotated["Commodity", strawberry.lazy(_NODES)]
LazyEligibility: TypeAlias = Annotated["Eligibility", strawberry.lazy("hub.graphql.types.answers")]
LazyProposal: TypeAlias = Annotated["Proposal", strawberry.lazy("hub.graphql.types.proposals")]
