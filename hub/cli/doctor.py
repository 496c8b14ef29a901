"""`hub doctor`: is everything as it should be, and if not, what to do?"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

import typer
from rich.markup import escape

from adapters.kit.adapter import adapters
from hub.cli.console import BAD_INPUT, OUT, StoreOption, run, settings
from hub.errors import HubError
from hub.settings import Settings
from hub.store.open import from_settings
from hub.store.rows import instant

_SKEW_SECONDS: Final = 5


def doctor(store: StoreOption = None) -> None:
    """Check settings, store, clock and adapters, and say what to do.

    Example: `hub doctor --store neo4j://127.0.0.1:7687`

    Exit codes: 0 all is well, 2 something is wrong.
    """
    chosen = settings(store)
    _line(True, f"settings: {chosen.environment}, store {chosen.store}")
    well = run(lambda: _check_all(chosen))
    if not well:
        raise typer.Exit(BAD_INPUT)


async def _check_all(chosen: Settings) -> bool:
    checks: list[Callable[[Settings], Awaitable[str]]] = [_store, _adapters]
    well = True
    for check in checks:
        try:
            _line(True, await check(chosen))
        except (HubError, ValueError) as error:
            well = False
            _line(False, str(error))
    return well


async def _store(chosen: Settings) -> str:
    """Say what the store holds; that the clock has not gone back is checked with it."""
    store = from_settings(chosen)
    try:
        await store.open()
        latest = await store.latest()
    finally:
        await store.close()
    if latest.revision == 0:
        return "store: it answers and is empty; fill it with `hub serve --demo` or `hub sync --all`"
    recorded = instant(latest.recorded_at)
    ahead = (recorded - datetime.now(UTC)).total_seconds()
    if ahead > _SKEW_SECONDS:
        msg = (
            f"clock: the newest revision was committed {ahead:.0f} s in the future; "
            "set this machine's clock"
        )
        raise HubError(msg)
    return f"store: it answers; revision {latest.revision} of {recorded:%Y-%m-%d %H:%M} UTC"


async def _adapters(_chosen: Settings) -> str:
    found = adapters()
    return f"adapters: {len(found)} programs: {', '.join(found)}"


def _line(well: bool, text: str) -> None:
    sign = "[green]✓[/]" if well else "[bold red]✗[/]"
    OUT.print(sign, escape(text), soft_wrap=True)
