"""How far a job is, as server-sent events: an event whenever that changed, until it is over.

An event is called by how far the job was; who comes back with it is told what is newer.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Final

import orjson

from hub.jobs.job import OVER, Job

EVERY: Final = 0.5
"""Seconds after which it is looked how far a job is."""
_QUIET: Final = 30
"""Looks after which a line is sent where nothing else was, so that nobody hangs up."""


def place(job: Job) -> str:
    """Return what an event is called."""
    return f"{job.done}-{job.state}"


async def events(
    job: Job, last: str | None, look: Callable[[], Awaitable[Job | None]]
) -> AsyncGenerator[bytes]:
    """Yield how far a job is as events.

    Args:
        job: The job.
        last: The last event that the client had.
        look: Returns the job as it is then; none where there is nothing more to be told.
    """
    now: Job | None = job
    quiet = 0
    while now is not None:
        quiet += 1
        if place(now) != last:
            last, quiet = place(now), 0
            data = orjson.dumps(now.shown())
            yield f"id: {last}\nevent: {now.state}\ndata: ".encode() + data + b"\n\n"
        elif quiet % _QUIET == 0:
            yield b":\n\n"
        if now.state in OVER:
            return
        await asyncio.sleep(EVERY)
        now = await look()
