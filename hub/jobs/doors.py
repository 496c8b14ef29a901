"""Where lists are sent, looked after and fetched."""

from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from http import HTTPStatus
from math import nan
from typing import Final

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub.answers.desk import Desk
from hub.errors import HubError, UnknownReferenceError
from hub.http.counts import Counts
from hub.http.held import HeldStream, one_more
from hub.http.media import JSON
from hub.jobs.events import events, place
from hub.jobs.folder import Folder
from hub.jobs.folder import place as where
from hub.jobs.job import OVER, Job
from hub.jobs.refused import TooManyJobsError
from hub.jobs.results import Results
from hub.jobs.taking import Charge, Taking, reader
from hub.jobs.work import Work
from hub.oauth.guard import Guard
from hub.oauth.ledger import Clock, Ledger
from hub.oauth.principal import Principal
from hub.settings import Settings

MOST_STREAMS: Final = 20
"""Streams of events of a client at once."""
_HEADERS: Final = {"cache-control": "no-store"}


class Jobs:
    """The jobs of one served hub: each is its client's alone, and is nothing to others."""

    def __init__(self, settings: Settings, counts: Counts, clock: Clock) -> None:
        folder = Folder(where(settings))
        self._folder = folder
        self._clock = clock
        self._taking = Taking(folder, settings.jobs_kept_hours, clock)
        self._results = Results(folder)
        self._work = Work(folder, counts, clock)
        self._streams = Counter[str]()
        counts.watch_jobs(self._pending)

    @asynccontextmanager
    async def running(self, desk: Desk, ledger: Ledger) -> AsyncGenerator[None]:
        """Work on jobs in the background."""
        async with self._work.running(desk, ledger):
            try:
                yield
            finally:
                await self._results.close()

    async def answer(
        self, request: Request, desk: Desk, principal: Principal, guard: Guard, charge: Charge
    ) -> Response:
        """Take a list; or tell how far a job is, give its answers, or delete it.

        Args:
            request: What is asked.
            desk: Where lists are answered.
            principal: Who asks.
            guard: Tells whether it still may, as long as it is told of a job.
            charge: Is told what a list costs.

        Raises:
            HubError: It is not taken (`Taking.take`), its answers are not given (`Results.give`),
                or the client has no such job.
        """
        if request.method == "POST":
            return await self._take(request, desk, principal, charge)
        job = self._mine(request, principal)
        match request.path_params.get("part"):
            case "result":
                return await self._results.give(request, job)
            case "events":
                return self._events(request, job, principal, guard)
            case None if request.method == "DELETE":
                await self._work.drop(job)
                return Response(status_code=HTTPStatus.NO_CONTENT)
            case None:
                return Response(orjson.dumps(job.shown()), headers=_HEADERS, media_type=JSON)
            case _:
                raise HTTPException(HTTPStatus.NOT_FOUND)

    def _pending(self) -> float:
        """Return how many jobs are not over; no number, where the folder cannot be used."""
        try:
            return len(self._folder.pending())
        except OSError:
            return nan

    async def _take(
        self, request: Request, desk: Desk, principal: Principal, charge: Charge
    ) -> Response:
        job = await self._taking.take(request, desk, principal, charge)
        self._work.wake()
        headers = {**_HEADERS, "location": f"/jobs/{job.id}"}
        body = orjson.dumps(job.shown())
        return Response(body, int(HTTPStatus.ACCEPTED), headers, JSON)

    def _events(self, request: Request, job: Job, principal: Principal, guard: Guard) -> Response:
        """Tell how far a job is whenever that changes.

        Raises:
            TooManyJobsError: The client is told of jobs by as many streams as may be.
        """
        client = reader(principal)
        last = request.headers.get("last-event-id")
        if job.state in OVER and last == place(job):
            return Response(status_code=HTTPStatus.NO_CONTENT)  # so nobody comes again

        async def look() -> Job | None:
            try:
                await guard.admit(request)
                return (
                    None if request.app.state.readiness.stopping else self._mine(request, principal)
                )
            except HubError:
                return None

        with ExitStack() as held:
            held.enter_context(self._streaming(client))
            return HeldStream(events(job, last, look), held.pop_all())

    @contextmanager
    def _streaming(self, client: str) -> Generator[None]:
        """Hold a stream of a client.

        Raises:
            TooManyJobsError: It holds as many as may be.
        """
        if self._streams[client] >= MOST_STREAMS:
            msg = f"this client has {MOST_STREAMS} streams of events; close one"
            raise TooManyJobsError(msg)
        with one_more(self._streams, client):
            yield

    def _mine(self, request: Request, principal: Principal) -> Job:
        """Return a job of the client that asks.

        Raises:
            UnauthenticatedError: Nobody says who asks.
            NotAllowedError: Its token does not allow reading.
            UnknownReferenceError: It has no such job, or no longer.
        """
        client, id_ = reader(principal), request.path_params["id"]
        job = self._folder.get(client, id_)
        if job is None or job.expires_at.timestamp() <= self._clock():
            raise UnknownReferenceError(id_[:80])
        return job
