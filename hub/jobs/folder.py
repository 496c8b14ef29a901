"""The folder of jobs: each is a folder of its own, below that of its client.

    CLIENT/ID/job.json     the job, replaced as a whole whenever it goes on
    CLIENT/ID/rows         what its rows ask, one a line
    CLIENT/ID/answers      its answers, one a line

It is all there is of a job: who may read the folder knows it, and nothing else does. A folder is
there whole or not at all, since it is made under another name.
"""

import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from secrets import token_hex
from typing import IO, Any, Final

from hub.jobs.job import OVER, Job
from hub.settings import Settings
from hub.store.embedded.database import MEMORY
from hub.store.open import SQLITE

ROWS: Final = "rows"
ANSWERS: Final = "answers"
_JOB: Final = "job.json"
_LOCK: Final = ".lock"
_ID: Final = re.compile("[0-9a-f]{32}")
_LEFT: Final = 6 * 60 * 60
"""Seconds after which nobody makes what has no name of its own yet."""


class GoneError(Exception):
    """A job that was deleted meanwhile."""


def place(settings: Settings) -> Path:
    """Return where a hub keeps its jobs."""
    if settings.jobs_folder is not None:
        return settings.jobs_folder
    path = settings.store.removeprefix(SQLITE)
    in_file = settings.store.startswith(SQLITE) and path != MEMORY
    return Path(f"{path}.jobs" if in_file else "hub-jobs")


class Folder:
    """The jobs of a hub; several processes may have the same one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._over: dict[Path, float] = {}
        self._lock: IO[bytes] | None = None

    def mine(self) -> bool:
        """Return whether this process is the one that works; it is until it ends."""
        if self._lock is None and self._path.is_dir():
            lock = private(self._path / _LOCK)
            if not _locked(lock):
                lock.close()
                return False
            self._lock = lock
        return self._lock is not None

    def close(self) -> None:
        """Let another process work."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def new(self) -> Path:
        """Return a folder in which a job is made."""
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path / f".{token_hex(16)}"
        path.mkdir(mode=0o700)
        return path

    def put(self, made: Path, job: Job) -> Job:
        """Take in a job that is made; return it, or the one there is of the same id."""
        _write(made / _JOB, job)
        path = self.of(job)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            made.rename(path)
        except OSError:
            found = self.get(job.asker.client, job.id)
            if found is None:
                raise
            return found
        return job

    def get(self, client: str, id_: str) -> Job | None:
        """Return a job of a client; none where it has no such job."""
        return _read(self._of(client) / id_) if _ID.fullmatch(id_) else None

    def all_of(self, client: str) -> list[Job]:
        """Return all jobs of a client."""
        found = map(_read, self._of(client).glob("*"))
        return [job for job in found if job is not None]

    def save(self, job: Job) -> None:
        """Keep how far a job is.

        Raises:
            GoneError: It was deleted.
        """
        try:
            _write(self.of(job) / _JOB, job)
        except FileNotFoundError as error:
            raise GoneError from error

    def drop(self, job: Job) -> None:
        """Delete a job with all that it has."""
        path = self._path / f".{token_hex(16)}"
        with suppress(FileNotFoundError):
            self.of(job).rename(path)
        shutil.rmtree(path, ignore_errors=True)

    def pending(self, now: float) -> list[Job]:
        """Return the jobs that are not over, the oldest first; delete what has expired by now."""
        found: list[Job] = []
        over: dict[Path, float] = {}
        for path in self._jobs():
            expires = self._over.get(path)
            job = None if expires is not None and now < expires else _read(path)
            if job is None:
                over |= {} if expires is None else {path: expires}
                continue
            expires = job.expires_at.timestamp()
            if expires <= now:
                self.drop(job)
            elif job.state in OVER:
                over[path] = expires
            else:
                found.append(job)
        self._over = over
        return sorted(found, key=lambda job: (job.began, job.id))

    def tidy(self) -> None:
        """Delete what was left when a process was killed."""
        for path in self._path.glob(".*"):
            with suppress(FileNotFoundError):
                if path.is_dir() and time.time() - path.stat().st_mtime > _LEFT:
                    shutil.rmtree(path, ignore_errors=True)

    def of(self, job: Job) -> Path:
        """Return the folder of a job."""
        return self._of(job.asker.client) / job.id

    def _of(self, client: str) -> Path:
        return self._path / hashlib.sha256(client.encode()).hexdigest()[:32]

    def _jobs(self) -> Iterator[Path]:
        for path in self._path.glob("*/*"):
            if _ID.fullmatch(path.name) and _ID.fullmatch(path.parent.name):
                yield path


def private(path: Path, mode: str = "ab") -> IO[Any]:
    """Open a file that nobody else may read."""
    return open(path, mode, opener=lambda name, flags: os.open(name, flags, 0o600))


def _read(path: Path) -> Job | None:
    try:
        return Job.model_validate_json((path / _JOB).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None


def _write(path: Path, job: Job) -> None:
    """Write a job, so that it is the old one or the new one whatever happens."""
    partial = path.with_name(f".{token_hex(8)}")
    with private(partial, "wb") as file:
        file.write(job.model_dump_json().encode())
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _locked(file: IO[bytes]) -> bool:
    """Take a lock that ends with the process; where a system knows none, everybody has it."""
    if find_spec("fcntl") is None:
        return True
    fcntl = import_module("fcntl")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
