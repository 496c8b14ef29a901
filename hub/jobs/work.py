"""The work: each job slice by slice, so that after a kill it goes on where it was.

What is answered is written before it is kept how far the job is; what was written beyond that is
cut off when it goes on. Its day, its revision and its present are those of its beginning, so that
it says the same however often it is begun.
"""

import asyncio
import logging
import os
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import orjson

from hub.answers.checked import Checked, Wanted, checked
from hub.answers.desk import Desk, Sitting
from hub.errors import HubError, StoreUnavailableError
from hub.http.counts import Counts
from hub.jobs.bounds import named_bytes
from hub.jobs.folder import ANSWERS, ROWS, Folder, GoneError, private
from hub.jobs.job import Job, State
from hub.oauth.ledger import Clock, Ledger
from hub.viewing import viewer

SLICE: Final = 10_000
"""Rows after which it is kept how far a job is."""
SLICE_BYTES: Final = 8_000_000
"""Bytes after which it is, of what rows ask and of the names of columns that answers have."""
AT_ONCE: Final = 2
"""Jobs that are worked on at once; the others wait, the oldest first."""
EVERY: Final = 1.0
"""Seconds after which the folder is looked at again, whatever happens."""
ANSWERED: Final = ("verdict", "reason", "problem", "problemCode")
"""Columns that an answered list has beside its own."""
_TIDIED: Final = 3_600.0
_TOLD: Final = 1_000
"""Rows that are written out at a time, so that others have their turn."""
_LOG: Final = logging.getLogger(__name__)


class Work:
    """Works on the jobs of a folder while it is this process's turn."""

    def __init__(self, folder: Folder, counts: Counts, clock: Clock) -> None:
        self._folder = folder
        self._counts = counts
        self._clock = clock
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look at the folder now."""
        self._wake.set()

    @asynccontextmanager
    async def running(self, desk: Desk, ledger: Ledger) -> AsyncGenerator[None]:
        """Work in the background."""
        self._folder.pending(self._clock())
        working = asyncio.create_task(self._run(desk, ledger))
        try:
            yield
        finally:
            working.cancel()
            await asyncio.wait([working])
            self._folder.close()

    async def _run(self, desk: Desk, ledger: Ledger) -> None:
        tasks: dict[str, asyncio.Task[None]] = {}
        tidied = -_TIDIED
        try:
            while True:
                self._wake.clear()
                if self._folder.mine():
                    if asyncio.get_running_loop().time() - tidied >= _TIDIED:
                        tidied = asyncio.get_running_loop().time()
                        self._folder.tidy()
                    tasks = {name: task for name, task in tasks.items() if not task.done()}
                    self._begin(tasks, desk, ledger)
                with suppress(TimeoutError):
                    async with asyncio.timeout(EVERY):
                        await self._wake.wait()
        finally:
            for task in tasks.values():
                task.cancel()
            if tasks:
                await asyncio.wait(tasks.values())

    def _begin(self, tasks: dict[str, asyncio.Task[None]], desk: Desk, ledger: Ledger) -> None:
        for job in self._folder.pending(self._clock()):
            if len(tasks) < AT_ONCE and job.id not in tasks:
                tasks[job.id] = asyncio.create_task(self._work(job, desk, ledger))

    async def _work(self, job: Job, desk: Desk, ledger: Ledger) -> None:
        """Work on a job until it is over, or something is not there; then it is begun again."""
        try:
            reason = await self._answer(job, desk, ledger)
        except GoneError:
            return
        except (StoreUnavailableError, OSError) as error:
            _LOG.warning("a job waits: %s", error)
            return
        except HubError as error:
            reason = error.message
        except Exception:  # noqa: BLE001 - or it would be begun again for ever
            _LOG.exception("a job cannot be worked on")
            reason = "a fault of the hub; send the list again, and tell who runs it"
        if reason is not None:
            self._end(job, reason)
        self.wake()

    def _end(self, job: Job, reason: str) -> None:
        """Give a job up."""
        last = self._folder.get(job.asker.client, job.id) or job
        with suppress(GoneError):
            self._folder.save(last.model_copy(update={"state": State.ENDED, "reason": reason}))

    async def _answer(self, job: Job, desk: Desk, ledger: Ledger) -> str | None:
        """Answer all that is not answered yet; return why it is given up, if it is."""
        seen = await viewer(desk, job.asker.principal(), job.began, job.latest)
        sitting = await desk.sit(
            as_of=job.as_of, known_at=job.known_at, viewer=seen, now=job.began, latest=job.latest
        )
        folder = self._folder.of(job)
        job = job.model_copy(update={"state": State.RUNNING})
        await asyncio.to_thread(self._folder.save, job)
        while job.done < job.rows:
            clients = (await ledger.state()).clients.values()
            if not any(job.asker.still(client) for client in clients):
                return "the client is no longer what it was when it sent the list"
            before, job = job, await _slice(job, sitting, folder)
            await asyncio.to_thread(self._folder.save, job)
            self._counts.rows(job.done - before.done)
        return None


async def _slice(job: Job, sitting: Sitting, folder: Path) -> Job:
    """Answer the next rows of a job; return how far it is then."""
    lines = await asyncio.to_thread(_read, folder / ROWS, job.read_to, named_bytes(job.columns))
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
    written = await asyncio.to_thread(append, folder / ANSWERS, job.written_to, told)
    counted = Counter(answer.verdict for answer in answers if answer.verdict is not None)
    done = job.done + len(answers)
    return job.model_copy(
        update={
            "state": State.DONE if done == job.rows else State.RUNNING,
            "done": done,
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
