"""Reading: a query's text as a tree, within the limits, and with one operation that is meant."""

import math
from collections.abc import Generator
from functools import cache
from typing import Any

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode, OperationType
from strawberry.extensions import SchemaExtension

from hub.errors import InvalidInputError, UnauthenticatedError
from hub.graphql import guard
from hub.graphql.context import Request
from hub.graphql.cost import cost
from hub.graphql.limits import LARGEST
from hub.graphql.prices import Prices, prices
from hub.http.refused import TooLargeError
from hub.spans import span


class Reading(SchemaExtension):
    """Reads the queries of one schema."""

    def on_parse(self) -> Generator[None]:
        """Parse a query, and charge who asks for it.

        Raises:
            HubError: Its document is not to be read.
            LimitExceededError: It asks for too much.
            TooLargeError: It brings more than such a query may.
            UnauthenticatedError: It asks for the schema, which is told to clients alone.
            InvalidInputError: It is not clear which of its operations is meant.
        """
        with span("read_query"):
            self._read()
        yield

    def _read(self) -> None:
        context = self.execution_context
        request: Request = context.context
        if request.refusal is not None:
            raise request.refusal
        given: Any = context  # strawberry keeps graphql-core's schema and the name to itself
        schema: GraphQLSchema = given.schema._schema  # noqa: SLF001
        variables = context.variables or {}
        document = guard.read(context.query or "")
        guard.check_given(variables)
        operation = _chosen(document, given._provided_operation_name)  # noqa: SLF001
        root = schema.get_root_type(operation.operation)
        name = root.name if root else ""
        costs = cost(document, operation, _prices(schema), name, variables)
        costs.within(request.budget)
        if costs.of_schema and not request.tells_schema:
            msg = "without a token the schema is not told here; it is at /graphql/schema.graphql"
            raise UnauthenticatedError(msg)
        if not costs.rows and request.size > LARGEST:
            msg = f"the request is larger than {LARGEST} bytes, and brings no list of its own"
            raise TooLargeError(msg)
        request.cost, request.cost_told = costs.total, costs.told
        if operation.operation is OperationType.MUTATION and request.deadline is not None:
            request.deadline.put_off(math.inf)  # a write is never cut off half way
        elif costs.rows:
            request.take_longer()
        context.graphql_document = document


@cache
def _prices(schema: GraphQLSchema) -> Prices:
    return prices(schema)


def _chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """Return the operation that is meant.

    Raises:
        InvalidInputError: No one operation is.
    """
    named = [
        (each.name.value if each.name else "", each)
        for each in document.definitions
        if isinstance(each, OperationDefinitionNode)
    ]
    found = [each for said, each in named if name in {None, said}]
    if name is not None and not found:
        msg = f"there is no operation {name[:80]!r} in the query"
        raise InvalidInputError(msg, path=("operationName",))
    if name is None and len(found) != 1:
        msg = f"the query has {len(named)} operations; name the one that is meant"
        raise InvalidInputError(msg, path=("operationName",))
    return found[0]
