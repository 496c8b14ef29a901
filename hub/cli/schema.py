"""`hub schema`: the API's schema."""

from hub.cli.console import OUT
from hub.graphql.schema import text


def schema() -> None:
    """Print the GraphQL schema.

    Example: `hub schema > schema.graphql`

    Exit code: 0.
    """
    OUT.file.write(text())
