"""`hub keys`: what the hub signs its tokens and the heads of its audit log with."""

import time
from datetime import UTC, datetime

import typer
from joserfc.jwk import ECKey

from hub.audit.heads import rotate as rotate_audit
from hub.cli.clients import registered
from hub.cli.console import StoreOption, plain, run, settings
from hub.oauth.keys import Seal, SigningKey
from hub.oauth.keys import rotate as rotate_keys

app = typer.Typer(no_args_is_help=True, help="Signing keys: rotate.")


@app.command("rotate")
def rotate(store: StoreOption = None) -> None:
    """Make new keys: one for tokens, where the hub gives any, and one for the audit log.

    That for tokens is published at once and signs in six minutes; the old one goes when it may.

    Example: `hub keys rotate --store neo4j://127.0.0.1:7687`

    Exit codes: 0 rotated, 2 a rotation is under way, or no store.
    """
    chosen = settings(store)

    async def rotated() -> tuple[tuple[SigningKey, int] | None, ECKey]:
        async with registered(store) as found:
            seal = Seal(chosen, await found.key())
            tokens = None
            if chosen.gives_tokens:
                tokens = await rotate_keys(found.kept, seal, time.time())
            return tokens, await rotate_audit(found.kept, seal)

    tokens, audit = run(rotated)
    if tokens is not None:
        key, gone_at = tokens
        plain(
            f"key {key.kid} is published and signs from {_at(key.signs_from)}",
            f"the key before it is gone at {_at(gone_at)}",
        )
    plain(f"key {audit.kid} signs the heads of the audit log")


def _at(instant: int) -> str:
    return f"{datetime.fromtimestamp(instant, UTC):%Y-%m-%d %H:%M:%S} UTC"
