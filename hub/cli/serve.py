"""`hub serve`: the hub over HTTP."""

import logging
from typing import Annotated, Final

import typer
import uvicorn

from adapters.kit.adapter import adapters
from hub.app import create_app
from hub.cli.console import ERR, StoreOption, run, settings
from hub.settings import Settings
from hub.store.open import from_settings
from hub.store.port import Store
from hub.sync.run import run as sync_run
from hub.sync.sources import record

_QUESTION: Final = (
    '{ eligibility(buyer: "wsr:walmart", supplier: "wsr:ag-mart", product: "tomatoes", '
    'asOf: "2017-12-01") { verdict reason summary } }'
)


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port to listen on.")] = 8000,
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

    Exit codes: 0 stopped, 2 bad settings or no store.
    """
    chosen = settings(store)
    run(lambda: _serve(chosen, host, port, demo=demo, example=example))


async def _serve(chosen: Settings, host: str, port: int, *, demo: bool, example: bool) -> None:
    store = from_settings(chosen)
    await store.open()
    if demo:
        await fill(store, example=example)
    address = f"http://{host}:{port}"
    ERR.print(f"[bold]WSR Hub[/] on {address}, store {chosen.store}")
    ERR.print(f"  explorer  {address}/graphql")
    ERR.print(f"  schema    {address}/graphql/schema.graphql")
    ERR.print("  a question:")
    ERR.print(f"  curl -s {address}/graphql -H 'content-type: application/json' -d \\")
    quoted = _QUESTION.replace('"', '\\"')
    ERR.print(f'    \'{{"query": "{quoted}"}}\'', markup=False)
    logging.getLogger("hub").setLevel(logging.INFO)
    config = uvicorn.Config(
        create_app(store, chosen),
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        log_level="warning",
        timeout_keep_alive=30,
        server_header=False,
    )
    await uvicorn.Server(config).serve()


async def fill(store: Store, *, example: bool) -> None:
    """Sync the bundled record of every program into an empty store, and the example world."""
    if (await store.latest()).revision:
        return
    for adapter in adapters().values():
        if example or not adapter.manifest.example:
            report = await sync_run(store, record(adapter))
            ERR.print(f"  [dim]{adapter.program}: {report.counts()['added']} facts[/]")
