"""`Hub-At-Least`: a read that sees a write, whichever hub made it.

A write is told its revision. Who sends that with a later read is answered from this revision or a
newer one, or not at all.
"""

import asyncio
from typing import Final

from starlette.datastructures import Headers

from hub.errors import InvalidInputError, RevisionNotReachedError
from hub.store.port import Store

HEADER: Final = "hub-at-least"
PATIENCE: Final = 5.0
"""Seconds that a read waits for the revision."""
_SHORTEST: Final = 0.02
_LONGEST: Final = 0.5
_MOST_DIGITS: Final = 18


async def reached(headers: Headers, store: Store) -> None:
    """Wait until a store has the revision that a request asks for.

    Raises:
        InvalidInputError: The header is no revision, or there are two.
        RevisionNotReachedError: The revision did not come in time.
    """
    given = headers.getlist(HEADER)
    text = given[0]
    well_formed = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    if len(given) > 1 or not well_formed:
        msg = "Hub-At-Least is one revision, as a write returned it: a whole number"
        raise InvalidInputError(msg)
    wanted, pause, waited = int(text), _SHORTEST, 0.0
    while (newest := (await store.latest()).revision) < wanted:
        if waited >= PATIENCE:
            msg = f"revision {wanted} is not here yet, the newest is {newest}; try again"
            raise RevisionNotReachedError(msg)
        await asyncio.sleep(pause)
        waited += pause
        pause = min(2 * pause, _LONGEST)
