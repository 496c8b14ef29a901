"""What a process that `child` starts may take, so that no list takes all there is."""

from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from typing import Final

import orjson

MOST_WRITTEN: Final = 2_000_000_000
"""Bytes that the answers of a job may take, its own columns with their names among them."""


def bound(*, memory: int, seconds: int, written: int) -> None:
    """Take no more than this, and leave no dump.

    Args:
        memory: Bytes of address space.
        seconds: Of a processor's time.
        written: Bytes of a file.
    """
    limits = {"AS": memory, "CPU": seconds, "FSIZE": written, "CORE": 0}
    # Where a system knows none of these limits, the clock of the parent is left.
    with suppress(ImportError):
        resource = import_module("resource")
        for name, most in limits.items():
            with suppress(OSError, ValueError):
                resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))


def named_bytes(columns: Iterable[str]) -> int:
    """Return what the names of the columns take in each answered row."""
    return len(orjson.dumps(dict.fromkeys(columns, "")))
