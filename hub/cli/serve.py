"""`hub serve`: the hub over HTTP."""

from typing import Annotated

import typer

from hub.cli.console import StoreOption, run, settings


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", help="Port to listen on; 0: any.", min=0, max=65_535)
    ] = 8000,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="Fill an empty store with the record and the example world."),
    ] = False,
    example: Annotated[
        bool, typer.Option("--example/--no-example", help="With or without the example world.")
    ] = True,
    store: StoreOption = None,
) -> None:
    """Serve the GraphQL API, its explorer and its schema.

    Example: `hub serve --demo --store sqlite:///hub.db`

    Exit codes: 0 stopped, 2 bad settings, no store, or the port is taken.
    """
    # What serves takes longer to read than other commands take to answer.
    from hub.cli.serving import serving  # noqa: PLC0415

    run(serving(settings(store), host, port, demo=demo, example=example))
