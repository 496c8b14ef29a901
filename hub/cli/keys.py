"""`hub keys`: what the hub signs its tokens and the heads of its audit log with."""

from datetime import UTC, datetime

import typer

from hub.admin.signing import Rotated
from hub.admin.signing import rotate as rotate_all
from hub.cli.clients import registered
from hub.cli.console import StoreOption, plain, run, settings
from hub.store.deeds import Actor, By

app = typer.Typer(no_args_is_help=True, help="Signing keys: rotate.")


@app.command("rotate")
def rotate(store: StoreOption = None) -> None:
    """Make new keys: one for tokens, where the hub gives any, and one for the audit log.

    That for tokens is published at once and signs in six minutes; the old one goes when it may.

    Example: `hub keys rotate --store neo4j://127.0.0.1:7687`

    Exit codes: 0 rotated, 2 a rotation is under way, or no store.
    """
    chosen = settings(store)

    async def rotated() -> Rotated:
        async with registered(store) as found:
            return await rotate_all(found, chosen, By(Actor.SHELL))

    new = run(rotated)
    if new.tokens is not None:
        key, gone_at = new.tokens
        plain(
            f"key {key.kid} is published and signs from {_at(key.signs_from)}",
            f"the key before it is gone at {_at(gone_at)}",
        )
    plain(f"key {new.audit.kid} signs the heads of the audit log")


def _at(instant: int) -> str:
    return f"{datetime.fromtimestamp(instant, UTC):%Y-%m-%d %H:%M:%S} UTC"
