"""A store that remembers: what many ask alike of one moment is asked of the real one once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

from hub.store.port import Store

_OF_A_MOMENT: Final = frozenset(
    {"changes", "facts_at", "held_then", "in_force", "kinds", "statements"}
)
"""Questions that name a moment: their answers stay the same for ever."""
_MOST: Final = 256
"""Answers that are kept."""


class _Remembered:
    """Passes questions on, and keeps the answers of some."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, asyncio.Task[Any]] = {}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        real = getattr(self._store, name)
        return self._remembering(name, real) if name in _OF_A_MOMENT else real

    def _remembering(
        self, name: str, ask: Callable[..., Awaitable[Any]]
    ) -> Callable[..., Awaitable[Any]]:
        async def remembered(*given: object, **more: object) -> Any:  # noqa: ANN401
            key = repr((name, given, more))
            if key not in self._known:
                if len(self._known) >= _MOST:
                    self._known.clear()
                self._known[key] = asyncio.ensure_future(ask(*given, **more))
            asked = self._known[key]
            try:
                found = await asyncio.shield(asked)
            except BaseException:
                if asked.done() and self._known.get(key) is asked:
                    del self._known[key]
                raise
            # Who asks may put the rows in an order of its own.
            return found.copy()

        return remembered


def remembered(store: Store) -> Store:
    """Return a store that puts what is asked again of a moment to the real one only once."""
    return cast("Store", _Remembered(store))
