"""Answers in the format that is asked for; all but the first are made when one is asked for."""

import asyncio
from pathlib import Path
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import FileResponse

from hub.http.accept import weighed
from hub.http.media import XLSX
from hub.jobs import child
from hub.jobs.folder import ANSWERS, Folder
from hub.jobs.job import Job, State
from hub.jobs.refused import FolderUnavailableError, NotAcceptableError, NotDoneError
from hub.jobs.slices import ANSWERED

FORMATS: Final = {
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
    "xlsx": XLSX,
    "parquet": "application/vnd.apache.parquet",
}
_PATIENCE: Final = 20.0
"""Seconds that a request waits for a format to be made; then it may ask again."""


class Results:
    """Gives answers, and has them written in other formats, one after the other."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._turn = asyncio.Semaphore(1)
        self._making: dict[Path, asyncio.Task[object]] = {}

    async def give(self, request: Request, job: Job) -> FileResponse:
        """Return the answers of a job.

        Raises:
            NotAcceptableError: They are not written in the format.
            NotDoneError: They are not there yet, or not in that format.
            FolderUnavailableError: There is no room for that format.
        """
        form = _form(request)
        if job.state is not State.DONE:
            why = f": {job.reason}" if job.reason else f"; {job.done} of {job.rows} rows are done"
            msg = f"the job is {job.state}{why}"
            raise NotDoneError(msg)
        folder = self._folder.of(job)
        path = folder / ANSWERS if form == "ndjson" else folder / f"{ANSWERS}.{form}"
        if not path.exists():
            await self._made(job, path)
        headers = {"cache-control": "no-store", "vary": "accept"}
        name = f"eligibility-{job.id}.{form}"
        return FileResponse(path, headers=headers, media_type=FORMATS[form], filename=name)

    async def close(self) -> None:
        """Make no more."""
        for making in self._making.values():
            making.cancel()
        if self._making:
            await asyncio.wait(self._making.values())

    async def _made(self, job: Job, path: Path) -> None:
        if path not in self._making:
            making = asyncio.create_task(self._make(job, path))
            self._making[path] = making
            making.add_done_callback(lambda _: self._making.pop(path))
        done, _ = await asyncio.wait([self._making[path]], timeout=_PATIENCE)
        if not done:
            msg = f"the answers are being written as {path.suffix[1:]}; ask again"
            raise NotDoneError(msg)
        await done.pop()

    async def _make(self, job: Job, path: Path) -> None:
        columns = orjson.dumps(list(dict.fromkeys([*job.columns, *ANSWERED]))).decode()
        async with self._turn:
            words = (path.parent / ANSWERS, columns, path)
            if not await child.done("hub.jobs.formats", *words):
                msg = f"the answers cannot be written as {path.suffix[1:]} now; ask again later"
                raise FolderUnavailableError(msg)


def _form(request: Request) -> str:
    """Return the format that is asked for; NDJSON, where anything will do.

    Raises:
        NotAcceptableError: It is none of ours; the message says which there are.
    """
    given = request.query_params.get("format")
    if given is not None:
        if given not in FORMATS:
            msg = f"format is one of {', '.join(FORMATS)}"
            raise NotAcceptableError(msg, path=("format",))
        return given
    accepted = dict(weighed(request.headers.get("accept", "*/*")))
    for form, media in FORMATS.items():
        if accepted.get(media) == max(accepted.values(), default=0.0) > 0:
            return form
    if any(accepted.get(each) for each in ("*/*", "application/*")):
        return "ndjson"
    msg = f"answers are given as {', '.join(FORMATS.values())}; or ask ?format=csv"
    raise NotAcceptableError(msg)
