"""The folder of jobs: each is a folder of its own, below that of its client.

    CLIENT/ID/job.json     the job, replaced as a whole whenever it goes on
    CLIENT/ID/rows         what its rows ask, one a line
    CLIENT/ID/answers      its answers, one a line

It is all there is of a job: who may read the folder knows it, and nothing else does. A folder is
there whole or not at all, since it is made under another name.
"""

import hashlib
import logging
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
_UNREADABLE: Final = 3 * 24 * 60 * 60
"""Seconds after which a job that cannot be read is deleted: nobody knows until when it was kept."""
_MOST_NOTED: Final = 100
"""Folders that cannot be used of which the log tells, each once."""
_LOG: Final = logging.getLogger(__name__)


_Stamp = tuple[int, int]
"""Which file it is, and of when."""


class GoneError(Exception):
    """A job that was deleted meanwhile; there may be another of its id."""


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
        self._over: dict[Path, tuple[_Stamp, float]] = {}
        self._noted: set[Path] = set()
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
            if found is not None:
                return found
            self._drop(path)  # it cannot be read, or is gone by now
            made.rename(path)
        return job

    def get(self, client: str, id_: str) -> Job | None:
        """Return a job of a client; none where it has no such job."""
        return self._read(self._of(client) / id_) if _ID.fullmatch(id_) else None

    def all_of(self, client: str) -> list[Job]:
        """Return all jobs of a client."""
        found = map(self._read, self._of(client).glob("*"))
        return [job for job in found if job is not None]

    def check(self, job: Job) -> Job:
        """Return a job as it is kept by now.

        Raises:
            GoneError: It was deleted.
        """
        kept = self.get(job.asker.client, job.id)
        if kept is None or kept.made != job.made:
            raise GoneError
        return kept

    def save(self, job: Job) -> None:
        """Keep how far a job is.

        Raises:
            GoneError: It was deleted.
        """
        self.check(job)
        try:
            _write(self.of(job) / _JOB, job)
        except FileNotFoundError as error:
            raise GoneError from error

    def drop(self, job: Job) -> None:
        """Delete a job with all that it has."""
        self._drop(self.of(job))

    def pending(self) -> list[Job]:
        """Return the jobs that are not over, the oldest first."""
        found = [job for _, _, job in self._seen() if job is not None]
        return sorted(found, key=lambda job: (job.began, job.id))

    def expire(self, now: float) -> None:
        """Delete what has expired by now."""
        for path, expires, _ in self._seen():
            if expires <= now:
                try:
                    self._drop(path)
                except OSError as error:
                    self._note(path, error)

    def tidy(self) -> None:
        """Delete what was left when a process was killed, and what cannot be read."""
        unreadable = [path for path in self._jobs() if self._read(path) is None]
        for most, paths in ((_LEFT, self._path.glob(".*")), (_UNREADABLE, unreadable)):
            for path in paths:
                with suppress(FileNotFoundError):
                    if path.is_dir() and time.time() - path.stat().st_mtime > most:
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

    def _seen(self) -> list[tuple[Path, float, Job | None]]:
        """Return where each job is, when it expires, and what it is where it is not over."""
        found: list[tuple[Path, float, Job | None]] = []
        over: dict[Path, tuple[_Stamp, float]] = {}
        for path in self._jobs():
            stamp, job = _stamp(path / _JOB), None
            known, expires = self._over.get(path, (None, 0.0))
            if stamp is None or known != stamp:
                job = self._read(path)
                if job is None:
                    continue
                expires = job.expires_at.timestamp()
            if stamp is not None and (job is None or job.state in OVER):
                over[path], job = (stamp, expires), None
            found.append((path, expires, job))
        self._over = over
        return found

    def _read(self, path: Path) -> Job | None:
        """Return a job; none where there is none, or it cannot be read: the others can."""
        try:
            return Job.model_validate_json((path / _JOB).read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError) as error:
            self._note(path, error)
            return None

    def _drop(self, path: Path) -> None:
        aside = self._path / f".{token_hex(16)}"
        with suppress(FileNotFoundError):
            path.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)

    def _note(self, path: Path, error: Exception) -> None:
        """Log that a job cannot be used, once."""
        if path not in self._noted and len(self._noted) < _MOST_NOTED:
            self._noted.add(path)
            why = error.strerror if isinstance(error, OSError) else "it is cut off, or of old"
            _LOG.warning("the job in %s cannot be used: %s", path, why)


def private(path: Path, mode: str = "ab") -> IO[Any]:
    """Open a file that nobody else may read."""
    return open(path, mode, opener=lambda name, flags: os.open(name, flags, 0o600))


def _stamp(path: Path) -> _Stamp | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns


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
