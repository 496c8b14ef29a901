"""`hub keys`: what the hub signs its tokens with."""

import time
from datetime import UTC, datetime

import typer

from hub.cli.clients import registered
from hub.cli.console import StoreOption, fail, plain, run, settings
from hub.oauth.keys import Seal, SigningKey
from hub.oauth.keys import rotate as rotate_keys

app = typer.Typer(no_args_is_help=True, help="Signing keys: rotate.")


@app.command("rotate")
def rotate(store: StoreOption = None) -> None:
    """Publish a new signing key, which signs in six minutes; the old one goes when it may.

    Example: `hub keys rotate --store neo4j://127.0.0.1:7687`

    Exit codes: 0 rotated, 2 a rotation is under way, the hub gives no tokens, or no store.
    """
    chosen = settings(store)
    if not chosen.gives_tokens:
        fail("this hub gives no tokens: HUB_AUTHORIZATION_SERVER is not set")

    async def rotated() -> tuple[SigningKey, int]:
        async with registered(store) as found:
            seal = Seal(chosen, await found.key())
            return await rotate_keys(found.kept, seal, time.time())

    key, gone_at = run(rotated)
    plain(
        f"key {key.kid} is published and signs from {_at(key.signs_from)}",
        f"the key before it is gone at {_at(gone_at)}",
    )


def _at(instant: int) -> str:
    return f"{datetime.fromtimestamp(instant, UTC):%Y-%m-%d %H:%M:%S} UTC"
