"""What takes much time or memory is done by a process of its own, so that nobody waits for it."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import orjson

MOST_SECONDS: Final = 900
_ROOT: Final = str(Path(__file__).parents[2])


async def done(module: str, *words: str | Path) -> Any:  # noqa: ANN401 - any JSON
    """Run a module of the hub to its end; return what it prints.

    Returns:
        What it prints, as JSON; none where it does not end well within `MOST_SECONDS`.
    """
    # The secrets among the hub's settings are nothing to it.
    known = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    paths = os.pathsep.join(filter(None, [_ROOT, known.get("PYTHONPATH")]))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", module, *words),
        env={**known, "PYTHONPATH": paths},
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,
    )
    try:
        async with asyncio.timeout(MOST_SECONDS):
            out, _ = await process.communicate()
    except TimeoutError:
        return None
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return None if process.returncode else orjson.loads(out)
