"""Where the time of one bulk question goes: the hub in this process, under the profiler."""

import asyncio
import cProfile
import pstats
import threading
from collections.abc import Callable
from random import Random
from types import FrameType
from typing import Any, Final

import httpx

from bench.asking import LIST, body
from bench.measure import SIZES
from bench.places import Place
from bench.sample import asking, drawn
from bench.world import World
from hub.app import create_app
from hub.settings import read
from hub.store.open import from_settings

SHOWN: Final = 25


class Profilers:
    """One profiler for each thread that starts from now on, and for this one."""

    def __init__(self) -> None:
        self._each = [cProfile.Profile()]

    def start(self) -> None:
        """Profile threads that start from now on, and this one."""
        threading.setprofile(self._begin)
        self._each[0].enable()

    def forget(self) -> None:
        """Forget what was seen so far."""
        for each in self._each:
            each.clear()

    def stop(self) -> pstats.Stats:
        """Return what was seen."""
        self._each[0].disable()
        threading.setprofile(_nothing)
        stats = pstats.Stats(self._each[0])
        for each in self._each[1:]:
            stats.add(each)
        return stats

    def _begin(self, _frame: FrameType, _event: str, _argument: object) -> None:
        profile = cProfile.Profile()
        self._each.append(profile)
        profile.enable()


def _nothing(_frame: FrameType, _event: str, _argument: object) -> None:
    return None


def profile(place: Place, world: World, order: str = "tottime") -> pstats.Stats:
    """Print where the time of one list of 10,000 goes, after one that warms everything up."""
    profilers = Profilers()
    profilers.start()
    asyncio.run(_ask(place, world, profilers.forget))
    stats = profilers.stop()
    stats.sort_stats(order).print_stats(SHOWN)
    return stats


async def _ask(place: Place, world: World, warm: Callable[[], None]) -> None:
    settings = read(
        store=place.url,
        anonymous_cost=20_000,
        anonymous_rows=10_000,
        anonymous_cost_per_second=1_000_000_000,
        deadline_seconds=600,
    )
    app: Any = create_app(from_settings(settings), settings)
    buyer = asking(world)[0]
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://bench"
        ) as client,
    ):
        chance = Random(world.seed)  # noqa: S311 - no secret
        for again in (False, True):
            sent = body(LIST, buyer=buyer, suppliers=drawn(world, SIZES[-1], chance))
            answer = await client.post(
                "/graphql", content=sent, headers={"content-type": "application/json"}
            )
            answer.raise_for_status()
            if not again:
                warm()
