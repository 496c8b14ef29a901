"""Serving: the hub on a socket, with what it needs beside it, until it is told to stop."""

import gc
import logging
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Final

import uvicorn
from rich.markup import escape
from starlette.applications import Starlette

from adapters.kit.adapter import adapters
from adapters.kit.fetch import Fetcher
from hub.app import Beside, create_app
from hub.audit.heads import witnessed
from hub.cli.console import ERR, FILL, fail
from hub.cli.stopping import Server
from hub.errors import InvalidInputError
from hub.graphql.updates.socket import LARGEST
from hub.oauth.access import access
from hub.settings import Settings
from hub.store.embedded.database import MEMORY
from hub.store.open import from_settings
from hub.store.port import Store
from hub.sync.feeds import configured
from hub.sync.run import run as sync_run
from hub.sync.schedule import Schedule
from hub.sync.sources import record
from hub.traces import traced

FETCHER: Final = Fetcher()

_QUESTION: Final = (
    '{ eligibility(buyer: "wsr:walmart", supplier: "wsr:ag-mart", product: "tomatoes", '
    'asOf: "2017-12-01") { verdict reason summary } }'
)
_DRAIN_SECONDS: Final = 25
"""Seconds that requests under way have once the hub is told to stop."""


def serving(
    chosen: Settings, host: str, port: int, *, demo: bool, example: bool
) -> Callable[[], Awaitable[None]]:
    """Return what serves the hub until it is told to stop.

    Args:
        chosen: The settings.
        host: Address to listen on.
        port: Port to listen on; 0: any.
        demo: Whether an empty store is filled with the record first.
        example: Whether that has the example world, too.
    """
    beside = _schedule(chosen)

    async def serve() -> None:
        with traced(chosen.traces), _bound(host, port) as listener:
            found = witnessed(from_settings(chosen), chosen)
            served = create_app(found, chosen, beside)
            await found.open()
            if demo:
                await fill(found, example=example)
            async with access(found, chosen, time.time):
                pass  # what is wrong with it is told here, in one line
            await _serve(served, found, chosen, listener)

    return serve


def _schedule(chosen: Settings) -> Beside:
    """Return what reads feeds beside the hub; nothing, where the settings ask for none."""
    try:
        addresses = configured(adapters(), chosen.feeds)
    except (ValueError, InvalidInputError) as error:
        fail(str(error))
    if chosen.sync_every_hours is None:
        return nullcontext
    if chosen.store.endswith(MEMORY):
        fail("HUB_SYNC_EVERY_HOURS: a store in memory is not shared; name a file in HUB_STORE")
    every = timedelta(hours=chosen.sync_every_hours)
    return Schedule(
        lambda: witnessed(from_settings(chosen), chosen), addresses, every, FETCHER
    ).running


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket of an address, which listens once the hub is ready.

    Raises:
        InvalidInputError: It is taken, or no address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # By the protocol the event loop knows that a small answer need not wait for the next.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        place = f"{host}, port {port}"
        msg = f"cannot listen on {place}: {error.strerror}; choose another --port or --host"
        raise InvalidInputError(msg) from error
    return listener


async def _serve(
    served: Starlette, store: Store, chosen: Settings, listener: socket.socket
) -> None:
    host, port = listener.getsockname()[:2]
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    ERR.print(f"[bold]WSR Hub[/] on {address}, store {escape(chosen.store)}")
    ERR.print(f"  explorer  {address}/graphql")
    ERR.print(f"  schema    {address}/graphql/schema.graphql")
    if not (await store.latest()).revision:
        ERR.print(f"  [bold yellow]it is empty[/]: nothing can be answered; {FILL}")
    ERR.print("  a question:")
    ERR.print(f"  curl -s {address}/graphql -H 'content-type: application/json' -d \\")
    quoted = _QUESTION.replace('"', '\\"')
    ERR.print(f'    \'{{"query": "{quoted}"}}\'', markup=False)
    if chosen.sync_every_hours is not None:
        ERR.print(f"  feeds     {', '.join(chosen.feeds)}; every {chosen.sync_every_hours} h")
    logging.getLogger("hub").setLevel(logging.INFO)
    config = uvicorn.Config(
        served,
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=LARGEST,
        log_level="warning",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
        server_header=False,
    )
    for each in (signal.SIGINT, signal.SIGTERM):
        # The server raises again what stopped it, when it has stopped; that is no failure.
        signal.signal(each, lambda _signal, _frame: None)
    gc.collect()
    gc.freeze()
    await Server(config, served.state.readiness, chosen.stopping_seconds).serve([listener])


async def fill(store: Store, *, example: bool) -> None:
    """Sync the bundled record of every program into an empty store, and the example world."""
    if (await store.latest()).revision:
        return
    for adapter in adapters().values():
        if example or not adapter.manifest.example:
            report = await sync_run(store, record(adapter))
            ERR.print(f"  [dim]{adapter.program}: {report.counts()['added']} facts[/]")
