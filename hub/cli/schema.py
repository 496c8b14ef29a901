"""`hub schema`: the API's schema."""

from hub.cli.console import OUT, StoreOption
from hub.graphql.schema import text


def schema(store: StoreOption = None) -> None:
    """Print the GraphQL schema, which is the same for every store.

    Example: `hub schema > schema.graphql`

    Exit code: 0.
    """
    del store  # taken as by every command
    OUT.file.write(text())
