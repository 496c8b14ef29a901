"""`hub doctor`: is everything as it should be, and if not, what to do?"""

import time
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

import typer
from rich.markup import escape

from adapters.kit.adapter import RECORD, Adapter, Feed, adapters
from hub.cli.console import BAD_INPUT, FILL, OUT, StoreOption, run, settings
from hub.errors import HubError, StoreUnavailableError
from hub.identity.ids import Ids
from hub.oauth.keys import SIGNING, Seal, opened
from hub.settings import Settings
from hub.store.open import from_settings, missing
from hub.store.port import Latest, Row
from hub.store.rows import instant
from hub.sync.feeds import configured
from hub.sync.intake import Outcome
from hub.sync.remember import states

Told = tuple[bool, str]
"""Whether something is well, and what is said of it."""
_SKEW_SECONDS: Final = 5


def doctor(store: StoreOption = None) -> None:
    """Check settings, store, keys, clock, feeds and adapters, and say what to do.

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
                well = well and told[0]
                _line(*told)
        except (HubError, ValueError) as error:
            well = False
            _line(False, str(error))
    return well


async def _store(chosen: Settings) -> AsyncIterator[Told]:
    """Say what the store holds, that its key and newest instant can be, and how old feeds are."""
    if missing(chosen):
        msg = f"store: there is none at {chosen.store}; check the address, or {FILL}"
        raise HubError(msg)
    store = from_settings(chosen)
    try:
        await store.open()
        latest, key = await store.latest(), await store.key()
        signing = await store.kept.all(SIGNING) if chosen.gives_tokens else {}
        runs = await states(store)
    finally:
        await store.close()
    if latest.revision:
        of = instant(latest.recorded_at)
        yield True, f"store: it answers; revision {latest.revision} of {of:%Y-%m-%d %H:%M} UTC"
    else:
        yield True, f"store: it answers and is empty; {FILL}"
    yield True, _keys(key, signing, chosen)
    yield True, _clock(latest)
    for told in _feeds(runs, chosen):
        yield told


def _keys(key: bytes, signing: Mapping[str, str], chosen: Settings) -> str:
    try:
        Ids(key)
    except ValueError as error:
        msg = "keys: the key of hub ids is damaged; restore the store from a backup"
        raise HubError(msg) from error
    try:
        opened(signing, Seal(chosen, key), time.time())
    except StoreUnavailableError as error:
        msg = f"keys: {error.message}; set the one they were sealed with"
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


async def _adapters(chosen: Settings) -> AsyncIterator[Told]:
    found = adapters()
    yield True, f"adapters: {len(found)} programs: {', '.join(found)}"
    configured(found, chosen.feeds)


def _feeds(runs: Mapping[tuple[str, str], Row], chosen: Settings) -> Iterator[Told]:
    """Say of each feed how old it is, and what to do where that is too old."""
    try:
        known = adapters()
    except ValueError:
        return  # which is told where adapters are
    wanted = {(program, feed) for program, _, feed in (key.partition("/") for key in chosen.feeds)}
    for program, feed in sorted({*runs, *wanted}):
        if feed != RECORD:
            days = _max_age(known.get(program), feed)
            file = "" if (program, feed) in wanted else " --from FILE"
            asked = f"{program} --feed {feed}{file}"
            well, told = _feed(runs.get((program, feed)), days, asked)
            yield well, f"feed {program}/{feed}: {told}"


def _feed(run: Row | None, most_days: int, asked: str) -> Told:
    """Say how old a feed is by its newest run; a run that came to nothing wants a person."""
    if run is None:
        return False, f"never read; run `hub sync {asked}`"
    days = None if run["read_at"] is None else (datetime.now(UTC) - instant(run["read_at"])).days
    age = "never read" if days is None else f"last read {_days(days)} ago" if days else "read today"
    if run["outcome"] == Outcome.HELD:
        return False, f"{age}; held: {run['why']}; look at it with `hub sync {asked}`, then --yes"
    if run["outcome"] == Outcome.FAILED:
        return False, f"{age}; failed: {run['why']}; mend that, then `hub sync {asked}`"
    if days is not None and days > most_days:
        return False, f"{age}, more than {_days(most_days)}: it is stale; run `hub sync {asked}`"
    return True, age


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _max_age(adapter: Adapter | None, feed: str) -> int:
    """Return the days on which a feed counts as fresh."""
    try:
        return adapter.feed(feed).max_age_days if adapter else Feed().max_age_days
    except KeyError:
        return Feed().max_age_days


def _line(well: bool, text: str) -> None:
    sign = "[green]✓[/]" if well else "[bold red]✗[/]"
    OUT.print(sign, escape(text), soft_wrap=True)
