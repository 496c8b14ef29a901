"""Reading: a query's text as a tree, within the limits, and with one operation that is meant."""

from collections.abc import Generator
from typing import Any

from graphql import DocumentNode, OperationDefinitionNode
from strawberry.extensions import SchemaExtension

from hub.errors import InvalidInputError
from hub.graphql import limits


class Reading(SchemaExtension):
    """Reads the queries of one schema."""

    def on_parse(self) -> Generator[None]:
        """Parse a query.

        Raises:
            LimitExceededError: It asks for too much.
            InvalidInputError: It is not clear which of its operations is meant.
        """
        context = self.execution_context
        document = limits.parsed(context.query or "")
        given: Any = context  # strawberry keeps graphql-core's schema and the name to itself
        limits.check(document, given.schema._schema, context.variables or {})  # noqa: SLF001
        _choose(document, given._provided_operation_name)  # noqa: SLF001
        context.graphql_document = document
        yield


def _choose(document: DocumentNode, name: str | None) -> None:
    """Refuse a document in which no one operation is meant."""
    names = [
        each.name.value if each.name else ""
        for each in document.definitions
        if isinstance(each, OperationDefinitionNode)
    ]
    if name is not None and name not in names:
        msg = f"there is no operation {name[:80]!r} in the query"
        raise InvalidInputError(msg, path=("operationName",))
    if name is None and len(names) != 1:
        msg = f"the query has {len(names)} operations; name the one that is meant"
        raise InvalidInputError(msg, path=("operationName",))
