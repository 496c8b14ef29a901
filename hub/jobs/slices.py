"""A slice of a job: its next rows, answered and written.

What is answered is written before it is kept how far the job is; what was written beyond that is
cut off when it goes on.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import orjson

from hub.answers.checked import Checked, Wanted, checked
from hub.answers.desk import Sitting
from hub.jobs.bounds import named_bytes
from hub.jobs.folder import ANSWERS, ROWS, Folder, private
from hub.jobs.job import Job, State

SLICE: Final = 10_000
"""Rows after which it is kept how far a job is."""
SLICE_BYTES: Final = 8_000_000
"""Bytes after which it is, of what rows ask and of the names of columns that answers have."""
ANSWERED: Final = ("verdict", "reason", "problem", "problemCode")
"""Columns that an answered list has beside its own."""
_TOLD: Final = 1_000
"""Rows that are written out at a time, so that others have their turn."""
_T = TypeVar("_T")


async def through(function: Callable[..., _T], *given: object) -> _T:
    """Have a thread do something; wait for it in any case, so that nothing is written later."""
    doing = asyncio.ensure_future(asyncio.to_thread(function, *given))
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait([doing])
        doing.exception()  # nobody asks for it any more
        raise


async def answered(job: Job, sitting: Sitting, folder: Folder) -> Job:
    """Answer the next rows of a job; return how far it is then.

    Raises:
        GoneError: It was deleted.
        HubError: It cannot be answered.
    """
    lines = await asyncio.to_thread(
        _read, folder.of(job) / ROWS, job.read_to, named_bytes(job.columns)
    )
    wanted: list[Wanted] = []
    cells: list[list[str]] = []
    for some in _parts(lines):
        for called, product, problem, own in map(orjson.loads, some):
            wanted.append(Wanted(called, product or job.product, problem))
            cells.append(own)
        await asyncio.sleep(0)
    answers = await checked(sitting, job.buyer, wanted, sentences=False)
    told: list[bytes] = []
    for some in _parts(list(zip(cells, answers, strict=True))):
        for own, answer in some:
            told.append(_line({**dict(zip(job.columns, own, strict=True)), **_told(answer)}))
        await asyncio.sleep(0)

    def write() -> int:
        folder.check(job)
        return append(folder.of(job) / ANSWERS, job.written_to, told)

    written = await through(write)
    counted = Counter(answer.verdict for answer in answers if answer.verdict is not None)
    done = job.done + len(answers)
    return job.model_copy(
        update={
            "state": State.DONE if done >= job.rows else State.RUNNING,
            "done": done,
            "begun": 1,
            "read_to": job.read_to + sum(map(len, lines)),
            "written_to": written,
            "counts": dict(Counter(job.counts) + counted),
            "problems": job.problems + len(answers) - counted.total(),
        }
    )


def _told(answer: Checked) -> dict[str, str | None]:
    return {
        "verdict": answer.verdict,
        "reason": answer.reason,
        "problem": answer.problem and answer.problem.message,
        "problemCode": answer.problem and answer.problem.code,
    }


def _line(row: Mapping[str, str | None]) -> bytes:
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _parts(rows: Sequence[Any]) -> Sequence[Sequence[Any]]:
    return [rows[at : at + _TOLD] for at in range(0, len(rows), _TOLD)]


def _read(path: Path, begin: int, named: int) -> list[bytes]:
    """Return the next lines from a place on, one at least if there is one."""
    found: list[bytes] = []
    size = 0
    with path.open("rb") as file:
        file.seek(begin)
        for line in file:
            found.append(line)
            size += len(line) + named
            if len(found) >= SLICE or size >= SLICE_BYTES:
                break
    return found


def append(path: Path, end: int, lines: Sequence[bytes]) -> int:
    """Write lines at a place, and nothing behind them, to the disk; return where they end."""
    with private(path) as file:
        file.truncate(end)
        file.seek(end)
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()
