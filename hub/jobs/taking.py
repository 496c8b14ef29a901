"""A list is taken: received, read, and put into the folder as a job."""

import asyncio
import hashlib
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

import orjson
from starlette.requests import Request

from adapters.kit.gate import MOST_BYTES
from graph_schema.codes import Kind
from hub.answers.desk import Desk
from hub.errors import BadDocumentError, NotAllowedError
from hub.http.asked import KEY, OtherContentError, Turns
from hub.http.body import taken_in
from hub.jobs import child
from hub.jobs.asked import Asked, asked
from hub.jobs.folder import ROWS, Folder, private
from hub.jobs.job import OVER, Asker, Job
from hub.jobs.refused import (
    FolderUnavailableError,
    TooManyJobsError,
)
from hub.oauth.ledger import Clock
from hub.oauth.principal import Principal, Scope
from hub.oauth.writers import client_of
from hub.viewing import viewer

Charge = Callable[[int], object]
"""Counts what something costs, out of what one's queries may cost."""
SENT: Final = 100
"""What a list costs, whatever becomes of it."""
ROWS_OF_ONE: Final = 10
"""Rows that cost 1: they have neither sentences nor evidence."""
NAMED: Final = 10
"""What a name costs: it is searched for, and whose it is looked up."""
MOST_PENDING: Final = 3
"""Jobs of a client that are not over."""
MOST_KEPT: Final = 20
"""All its jobs."""
SENDING: Final = 600.0
"""Seconds in which a list must have come."""
_READ_AT_ONCE: Final = 2
_LIST: Final = "list"
_BEYOND: Final = "the list is damaged, or takes more memory or time than is allowed; send it as CSV"


class Taking:
    """Takes lists, of each client one at a time."""

    def __init__(self, folder: Folder, kept_hours: int, clock: Clock) -> None:
        self._folder = folder
        self._kept = timedelta(hours=kept_hours)
        self._clock = clock
        self._turns = Turns("list")
        self._reading = asyncio.Semaphore(_READ_AT_ONCE)

    async def take(self, request: Request, desk: Desk, principal: Principal, charge: Charge) -> Job:
        """Return the job that a list becomes, or became when the same request was sent before.

        Args:
            request: Brings the list.
            desk: Where it is to be answered.
            principal: Who sends it.
            charge: Is told what it costs.

        Raises:
            UnauthenticatedError: Nobody says who sends it.
            NotAllowedError: Its token does not allow reading.
            InvalidInputError: The request is not what it should be; the message says why.
            UnknownReferenceError: Nothing goes by the buyer's reference.
            TooManyJobsError: The client has as many jobs as it may.
            BadDocumentError: The list is not what it should be.
            FolderUnavailableError: There is no room for it.
        """
        charge(SENT)
        client = reader(principal)
        wanted = asked(request)
        job = await self._begun(desk, principal, client, wanted)
        with self._turns.of(client):
            try:
                made = await asyncio.to_thread(self._folder.new)
                try:
                    return await self._made(request, wanted, job, made, charge)
                finally:
                    await asyncio.to_thread(shutil.rmtree, made, ignore_errors=True)
            except OSError as error:
                msg = f"the list cannot be kept now: {error.strerror}; send it again later"
                raise FolderUnavailableError(msg) from error

    async def _begun(
        self, desk: Desk, principal: Principal, client: str, wanted: Asked
    ) -> Mapping[str, Any]:
        """Return what is known of a job before its list has come."""
        began = datetime.fromtimestamp(self._clock(), UTC)
        latest = await desk.store.latest()
        seen = await viewer(desk, principal, began, latest)
        sitting = await desk.sit(
            as_of=wanted.as_of, known_at=wanted.known_at, viewer=seen, now=began, latest=latest
        )
        if wanted.product:
            sitting.product(wanted.product)
        await sitting.named(wanted.buyer, Kind.ORGANIZATION, argument="buyer")
        named = f"{client} {wanted.key}" if wanted.key else token_hex(16)
        return {
            "id": hashlib.sha256(named.encode()).hexdigest()[:32],
            "made": token_hex(8),
            "asker": Asker.of(principal, client),
            "buyer": wanted.buyer,
            "product": wanted.product,
            "as_of": date.fromordinal(sitting.day),
            "known_at": wanted.known_at,
            "began": began,
            "revision": latest.revision,
            "recorded_at": latest.recorded_at,
            "law_revision": latest.law_revision,
            "expires_at": began + self._kept,
        }

    async def _made(
        self,
        request: Request,
        wanted: Asked,
        job: Mapping[str, Any],
        made: Path,
        charge: Charge,
    ) -> Job:
        """Receive a list and make it a job."""
        client = job["asker"].client
        hashed = hashlib.sha256()
        with private(made / _LIST) as file:

            def take(part: bytes) -> None:
                hashed.update(part)
                file.write(part)

            await taken_in(request, MOST_BYTES, SENDING, take, "list")
        digest = _digested(wanted, hashed.hexdigest())
        known = self._folder.get(client, job["id"])
        if known is None:
            self._check_room(client)
            read = await self._read(wanted, made)
            charge(read["rows"] // ROWS_OF_ONE + NAMED * read["names"])
            (made / _LIST).unlink()
            whole = Job(**job, digest=digest, columns=tuple(read["columns"]), rows=read["rows"])
            known = self._folder.put(made, whole)
        if known.digest != digest:
            msg = "this Idempotency-Key was used for another list; take a new one"
            raise OtherContentError(msg, path=(KEY,))
        return known

    def _check_room(self, client: str) -> None:
        jobs = self._folder.all_of(client)
        if sum(job.state not in OVER for job in jobs) >= MOST_PENDING:
            msg = f"{MOST_PENDING} lists of this client wait or are answered; wait for one of them"
            raise TooManyJobsError(msg)
        if len(jobs) >= MOST_KEPT:
            msg = f"{MOST_KEPT} lists of this client are kept; delete one: DELETE /jobs/ID"
            raise TooManyJobsError(msg)

    async def _read(self, wanted: Asked, made: Path) -> Mapping[str, Any]:
        """Have a list read into rows.

        Raises:
            BadDocumentError: It cannot be, or has no column that there must be.
        """
        async with self._reading:
            words = (wanted.kind, made / _LIST, made / ROWS)
            told = await child.done("hub.jobs.reading", *words) or {"problem": _BEYOND}
        problem = told.get("problem")
        if problem is None and not told["product"] and not wanted.product:
            problem = "no column says what is bought; add a column `product`, or ask ?product=NAME"
        if problem is not None:
            raise BadDocumentError(problem)
        return told


def reader(who: Principal) -> str:
    """Return the id of a client that may ask.

    Raises:
        UnauthenticatedError: Nobody says who asks.
        NotAllowedError: Its token does not allow reading.
    """
    client = client_of(who)
    if Scope.READ not in who.scopes:
        msg = "the token does not allow reading; ask for the scope read"
        raise NotAllowedError(msg)
    return client


def _digested(wanted: Asked, digest: str) -> str:
    """Return all that is asked, by which the same request is known again."""
    parts = [wanted.buyer, wanted.product, wanted.as_of, wanted.known_at, wanted.kind, digest]
    return hashlib.sha256(orjson.dumps(parts)).hexdigest()
