"""The work: each job slice by slice, so that after a kill it goes on where it was.

Its day, its revision and its present are those of its beginning, so that it says the same however
often it is begun. Clients take turns: a job of one gives way after a slice while another waits.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

from hub.answers.desk import Desk
from hub.errors import HubError, StoreUnavailableError
from hub.http.counts import Counts
from hub.jobs.bounds import MOST_WRITTEN
from hub.jobs.folder import Folder, GoneError
from hub.jobs.job import OVER, Job, State
from hub.jobs.slices import answered, through
from hub.oauth.ledger import Clock, Ledger
from hub.viewing import viewer

AT_ONCE: Final = 2
"""Jobs that are worked on at once; the others wait."""
EVERY: Final = 1.0
"""Seconds after which the folder is looked at again, whatever happens."""
MOST_BEGUN: Final = 3
"""How often a job is begun at one place: who kills the hub each time is not begun for ever."""
_LONGEST_PAUSE: Final = 60.0
"""Seconds until what failed is tried again; a second at first, each time twice as long."""
_TIDIED: Final = 3_600.0
_LOG: Final = logging.getLogger(__name__)


@dataclass(slots=True)
class _Pause:
    """How long it is waited until something is tried again."""

    seconds: float = EVERY / 2
    until: float = 0.0

    def again(self) -> None:
        """Wait twice as long as before."""
        self.seconds = min(2 * self.seconds, _LONGEST_PAUSE)
        self.until = asyncio.get_running_loop().time() + self.seconds

    def over(self) -> bool:
        """Whether it is time to try."""
        return asyncio.get_running_loop().time() >= self.until


class Work:
    """Works on the jobs of a folder while it is this process's turn."""

    def __init__(self, folder: Folder, counts: Counts, clock: Clock) -> None:
        self._folder = folder
        self._counts = counts
        self._clock = clock
        self._wake = asyncio.Event()
        self._tasks: dict[str, tuple[Job, asyncio.Task[None]]] = {}
        self._pauses: dict[str, _Pause] = {}
        self._waiting: frozenset[str] = frozenset()
        self._served: dict[str, int] = {}
        self._tidied = -_TIDIED

    def wake(self) -> None:
        """Look at the folder now."""
        self._wake.set()

    async def drop(self, job: Job) -> None:
        """Delete a job, and return once nobody works on it any more."""
        await asyncio.to_thread(self._folder.drop, job)
        if job.made in self._tasks:
            _, task = self._tasks[job.made]
            task.cancel()
            await asyncio.wait([task])
        self.wake()

    @asynccontextmanager
    async def running(self, desk: Desk, ledger: Ledger) -> AsyncGenerator[None]:
        """Work in the background."""
        with suppress(OSError):
            self._folder.expire(self._clock())
        working = asyncio.create_task(self._run(desk, ledger))
        try:
            yield
        finally:
            working.cancel()
            await asyncio.wait([working])
            self._folder.close()

    async def _run(self, desk: Desk, ledger: Ledger) -> None:
        pause = _Pause()
        try:
            while True:
                self._wake.clear()
                if pause.over():
                    try:
                        self._look(desk, ledger)
                        pause = _Pause()
                    except OSError as error:
                        _LOG.warning("the folder of jobs cannot be used: %s", error.strerror)
                        pause.again()
                with suppress(TimeoutError):
                    async with asyncio.timeout(EVERY):
                        await self._wake.wait()
        finally:
            tasks = [task for _, task in self._tasks.values()]
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks)

    def _look(self, desk: Desk, ledger: Ledger) -> None:
        """Look at the folder, and begin what can be begun.

        Raises:
            OSError: It cannot be used.
        """
        if not self._folder.mine():
            return
        self._folder.expire(self._clock())
        time = asyncio.get_running_loop().time()
        if time - self._tidied >= _TIDIED:
            self._tidied = time
            self._folder.tidy()
        self._tasks = {made: each for made, each in self._tasks.items() if not each[1].done()}
        pending = self._folder.pending()
        self._pauses = {j.made: self._pauses[j.made] for j in pending if j.made in self._pauses}
        waiting = [j for j in pending if j.made not in self._tasks and self._ready(j)]
        while waiting and len(self._tasks) < AT_ONCE:
            job = min(waiting, key=self._turn)
            waiting.remove(job)
            self._served[job.asker.client] = max(self._served.values(), default=0) + 1
            self._tasks[job.made] = job, asyncio.create_task(self._work(job, desk, ledger))
        self._waiting = frozenset(job.asker.client for job in waiting)
        there = {job.asker.client for job in pending}
        self._served = {each: turn for each, turn in self._served.items() if each in there}

    def _ready(self, job: Job) -> bool:
        return job.made not in self._pauses or self._pauses[job.made].over()

    def _turn(self, job: Job) -> tuple[int, int]:
        """Return by what it is told whose turn it is; of one client it is the oldest job's."""
        client = job.asker.client
        return self._running()[client], self._served.get(client, 0)

    def _running(self) -> Counter[str]:
        """Return how many jobs of each client are worked on."""
        return Counter(job.asker.client for job, _ in self._tasks.values())

    def _gives_way(self, job: Job) -> bool:
        """Whether somebody waits of whom fewer jobs are worked on."""
        running = self._running()
        return any(running[each] < running[job.asker.client] for each in self._waiting)

    async def _work(self, job: Job, desk: Desk, ledger: Ledger) -> None:
        """Work on a job until it is over, gives way, or something is not there."""
        try:
            try:
                reason = await self._answer(job, desk, ledger)
            except HubError as error:
                if isinstance(error, StoreUnavailableError):
                    raise
                reason = error.message
            self._leave(job, reason)
        except GoneError:
            return
        except asyncio.CancelledError:
            with suppress(GoneError, OSError):
                self._leave(job, None)
            raise
        except (StoreUnavailableError, OSError) as error:
            _LOG.warning("a job waits: %s", error)
            self._pauses.setdefault(job.made, _Pause()).again()
            with suppress(GoneError, OSError):
                self._leave(job, None)
            return
        except Exception:  # noqa: BLE001 - or it would be begun again for ever
            _LOG.exception("a job cannot be worked on")
            with suppress(GoneError, OSError):
                self._leave(job, "a fault of the hub; send the list again, and tell who runs it")
        self.wake()

    def _leave(self, job: Job, reason: str | None) -> None:
        """Keep why a job is given up; else that it was left in good order, however often.

        Raises:
            GoneError: It was deleted.
            OSError: It cannot be kept.
        """
        last = self._folder.check(job)
        if reason is not None:
            self._folder.save(last.model_copy(update={"state": State.ENDED, "reason": reason}))
        elif last.begun and last.state not in OVER:
            self._folder.save(last.model_copy(update={"begun": last.begun - 1}))

    async def _answer(self, job: Job, desk: Desk, ledger: Ledger) -> str | None:
        """Answer all that is not answered yet, or until it gives way.

        Returns:
            Why it is given up, if it is.

        Raises:
            GoneError: It was deleted.
            StoreUnavailableError: The store does not answer.
            OSError: The folder cannot be used.
            HubError: It cannot be answered.
        """
        if job.begun >= MOST_BEGUN:
            return f"it was begun {job.begun} times at row {job.done} and got no further"
        job = job.model_copy(update={"state": State.RUNNING, "begun": job.begun + 1})
        await through(self._folder.save, job)
        seen = await viewer(desk, job.asker.principal(), job.began, job.latest)
        # A long list is asked once; kept, it would take the room of what is asked again.
        sitting = await desk.sit(
            as_of=job.as_of,
            known_at=job.known_at,
            viewer=seen,
            now=job.began,
            latest=job.latest,
            keeping=False,
        )
        while job.done < job.rows:
            clients = (await ledger.state()).clients.values()
            if not any(job.asker.still(client) for client in clients):
                return "the client is no longer what it was when it sent the list"
            before, job = job, await answered(job, sitting, self._folder)
            if job.done == before.done:
                return f"its rows from {job.done} on are lost; send the list again"
            if job.written_to > 2 * MOST_WRITTEN:
                return f"its answers take more than {2 * MOST_WRITTEN:,} bytes; send it in parts"
            await through(self._folder.save, job)
            self._counts.rows(job.done - before.done)
            self._pauses.pop(job.made, None)
            if self._gives_way(job):
                break
        return None
