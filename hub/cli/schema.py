"""`hub schema`: the API's schema."""

from typing import Annotated

import typer

from hub.cli.console import OUT, StoreOption


def schema(
    federation: Annotated[
        bool, typer.Option("--federation", help="As a subgraph, for the composer of a router.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Print the GraphQL schema, which is the same for every store.

    Example: `hub schema > schema.graphql`

    Exit code: 0.
    """
    # It takes longer to read than other commands take to answer.
    from hub.graphql.schema import federated, text  # noqa: PLC0415

    del store  # taken as by every command
    OUT.file.write(federated() if federation else text())
