"""The schema: every question, put together; its text is committed as `schema.graphql`."""

from pathlib import Path
from typing import Final

import strawberry
from graphql import GraphQLError, GraphQLSchema
from strawberry.types import ExecutionContext

from hub.graphql import described, prices, rules
from hub.graphql.executor import HubExecutor
from hub.graphql.loaders import (
    answers,
    changes,
    evidence,
    links,
    programs,
    proposals,
    standings,
    subjects,
)
from hub.graphql.mutations.facts import FactMutations
from hub.graphql.mutations.proposals import ProposalMutations
from hub.graphql.questions.bindings import BindingQuestions
from hub.graphql.questions.changes import ChangeQuestions
from hub.graphql.questions.eligibility import EligibilityQuestions
from hub.graphql.questions.federation import RouterQuestions
from hub.graphql.questions.programs import Programs
from hub.graphql.questions.proposals import ProposalQuestions
from hub.graphql.questions.search import Lookups
from hub.graphql.questions.shared import SharedQuestions
from hub.graphql.questions.sourcing import SourcingQuestions
from hub.graphql.questions.subjects import Subjects
from hub.graphql.questions.updates import Subscription
from hub.graphql.reading import Reading
from hub.graphql.scalars import SCALARS
from hub.graphql.subgraph import subgraph
from hub.graphql.types.answers import Conflict, Held, InvalidInput, NotAllowed, UnknownReference
from hub.graphql.types.nodes import Commodity

LOADERS: Final = (answers, changes, evidence, links, programs, proposals, standings, subjects)
"""Modules that bring fetched fields; being imported they are registered."""
COMMITTED: Final = Path(__file__).parent / "schema.graphql"


@strawberry.type
class Query(
    EligibilityQuestions,
    BindingQuestions,
    SharedQuestions,
    SourcingQuestions,
    Programs,
    Subjects,
    ChangeQuestions,
    Lookups,
    ProposalQuestions,
    RouterQuestions,
):
    """The questions."""


class HubSchema(strawberry.Schema):
    """The schema; what goes wrong is logged where it is shown (`hub.graphql.errors`)."""

    def plain(self) -> GraphQLSchema:
        """Return the schema as graphql-core has it."""
        return self._schema

    def publish(self) -> None:
        """Tell in the schema what everything is, and what its fields cost."""
        described.describe(self._schema)
        prices.publish(self._schema)

    def check(self) -> None:
        """Refuse to be served while somebody may ask what nobody said who may.

        Raises:
            NoRuleError: A field has no rule; the message names it.
        """
        rules.check(self._schema)

    def process_errors(
        self,
        errors: list[GraphQLError],
        execution_context: ExecutionContext | None = None,
    ) -> None:
        """Log nothing here: strawberry would log every client's mistake with its query."""


@strawberry.type
class Mutation(FactMutations, ProposalMutations):
    """What operators write."""


schema = HubSchema(
    Query,
    Mutation,
    Subscription,
    config=SCALARS,
    execution_context_class=HubExecutor,
    extensions=[Reading],
    types=[InvalidInput, UnknownReference, NotAllowed, Conflict, Held, Commodity],
)
schema.publish()


def text() -> str:
    """Return the schema as it is committed."""
    return f"{schema.as_str()}\n"


def federated() -> str:
    """Return the schema as a router composes it, which is also told to it by `_service`."""
    return subgraph(text())
