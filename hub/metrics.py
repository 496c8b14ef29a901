"""Metrics: how old each feed is and what became of its last run, as Prometheus reads them.

The text format (version 0.0.4): a line of help and of type before the samples of a metric.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from hub.store.port import Row, Store
from hub.store.rows import micros
from hub.sync.remember import states

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
FRESH: Final = 1.0
"""Seconds for which what the store said holds, whoever asks."""
_SECOND: Final = 1_000_000
_ESCAPES: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


class Snapshot:
    """Asks the store once a second at most, however often metrics are asked for."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._lock = asyncio.Lock()
        self._told = ""
        self._told_at: float | None = None

    async def told(self) -> str:
        """Return the metrics of the store.

        Raises:
            StoreUnavailableError: It does not answer.
        """
        async with self._lock:
            now = self._clock()
            if self._told_at is None or not 0 <= now - self._told_at < FRESH:
                self._told = await exposition(self._store, datetime.fromtimestamp(now, UTC))
                self._told_at = now
            return self._told


async def exposition(store: Store, now: datetime) -> str:
    """Return all metrics of a store.

    Raises:
        StoreUnavailableError: It does not answer.
    """
    latest, feeds = await store.latest(), await states(store)
    return "".join(f"{line}\n" for line in _lines(latest.revision, feeds, micros(now)))


def _lines(revision: int, feeds: Mapping[tuple[str, str], Row], now: int) -> Iterator[str]:
    yield from _head("wsr_hub_revision", "Newest revision of the graph.")
    yield f"wsr_hub_revision {revision}"
    named = {_labels(program=code, feed=feed): run for (code, feed), run in sorted(feeds.items())}

    name = "wsr_hub_feed_age_seconds"
    yield from _head(name, "Time since a document of the feed was last taken, or found as it was.")
    for labels, run in named.items():
        if run["read_at"] is not None:
            yield f"{name}{{{labels}}} {(now - run['read_at']) / _SECOND:.0f}"

    name = "wsr_hub_feed_last_run_timestamp_seconds"
    yield from _head(name, "When the last run of the feed began, whatever became of it.")
    for labels, run in named.items():
        yield f"{name}{{{labels}}} {run['started_at'] / _SECOND:.0f}"

    name = "wsr_hub_feed_last_outcome"
    yield from _head(name, "What became of the last run of the feed, as a label; always 1.")
    for labels, run in named.items():
        yield f"{name}{{{labels},{_labels(outcome=run['outcome'])}}} 1"


def _head(name: str, text: str) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} gauge"


def _labels(**values: str) -> str:
    return ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in values.items())
