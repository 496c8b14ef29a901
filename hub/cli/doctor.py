"""`hub doctor`: is everything as it should be, and if not, what to do?"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Final

import typer
from rich.markup import escape

from adapters.kit.adapter import adapters
from hub.cli.console import BAD_INPUT, FILL, OUT, StoreOption, run, settings
from hub.errors import HubError
from hub.identity.ids import Ids
from hub.settings import Settings
from hub.store.open import from_settings, missing
from hub.store.port import Latest
from hub.store.rows import instant

_SKEW_SECONDS: Final = 5


def doctor(store: StoreOption = None) -> None:
    """Check settings, store, keys, clock and adapters, and say what to do.

    Example: `hub doctor --store neo4j://127.0.0.1:7687`

    Exit codes: 0 all is well, 2 something is wrong.
    """
    chosen = settings(store)
    _line(True, f"settings: {chosen.environment}, store {chosen.store}")
    well = run(lambda: _check_all(chosen))
    if not well:
        raise typer.Exit(BAD_INPUT)


async def _check_all(chosen: Settings) -> bool:
    well = True
    for check in (_store, _adapters):
        try:
            async for told in check(chosen):
                _line(True, told)
        except (HubError, ValueError) as error:
            well = False
            _line(False, str(error))
    return well


async def _store(chosen: Settings) -> AsyncIterator[str]:
    """Say what the store holds, and that its key and its newest instant can be."""
    if missing(chosen):
        msg = f"store: there is none at {chosen.store}; check the address, or {FILL}"
        raise HubError(msg)
    store = from_settings(chosen)
    try:
        await store.open()
        latest, key = await store.latest(), await store.key()
    finally:
        await store.close()
    if latest.revision:
        of = instant(latest.recorded_at)
        yield f"store: it answers; revision {latest.revision} of {of:%Y-%m-%d %H:%M} UTC"
    else:
        yield f"store: it answers and is empty; {FILL}"
    yield _keys(key)
    yield _clock(latest)


def _keys(key: bytes) -> str:
    try:
        Ids(key)
    except ValueError as error:
        msg = "keys: the key of hub ids is damaged; restore the store from a backup"
        raise HubError(msg) from error
    return "keys: the key of hub ids is in the store"


def _clock(latest: Latest) -> str:
    ahead = (instant(latest.recorded_at) - datetime.now(UTC)).total_seconds()
    if ahead > _SKEW_SECONDS:
        msg = (
            f"clock: the newest revision was committed {ahead:.0f} s in the future; "
            "set this machine's clock"
        )
        raise HubError(msg)
    return "clock: it has not gone back"


async def _adapters(_chosen: Settings) -> AsyncIterator[str]:
    found = adapters()
    yield f"adapters: {len(found)} programs: {', '.join(found)}"


def _line(well: bool, text: str) -> None:
    sign = "[green]✓[/]" if well else "[bold red]✗[/]"
    OUT.print(sign, escape(text), soft_wrap=True)
