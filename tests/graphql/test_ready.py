"""Whether the hub is ready: asked often, it asks its store once a second."""

import asyncio

import httpx
import pytest

from hub.errors import StoreUnavailableError
from hub.http.readiness import Readiness, StoppingError
from tests.graphql.test_rates import SlowStore, StillClock
from tests.oauth.served import served

pytestmark = pytest.mark.anyio


class Failing:
    """A store that may fail; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.fails = False

    async def __call__(self) -> None:
        """Answer, or fail."""
        self.asked += 1
        if self.fails:
            msg = "it is away"
            raise StoreUnavailableError(msg)


async def test_the_store_is_asked_once_a_second() -> None:
    store, clock = Failing(), StillClock()
    readiness = Readiness(store, clock)
    await asyncio.gather(*(readiness.check() for _ in range(50)))
    assert store.asked == 1
    store.fails = True
    await readiness.check()
    clock.ahead += 1
    for _ in range(3):
        with pytest.raises(StoreUnavailableError, match="away"):
            await readiness.check()
    assert store.asked == 2
    store.fails = False
    clock.ahead -= 1  # a clock that goes back keeps nothing
    await readiness.check()
    assert store.asked == 3


async def test_a_hub_that_stops_is_not_ready() -> None:
    readiness = Readiness(Failing(), StillClock())
    readiness.stopping = True
    with pytest.raises(StoppingError):
        await readiness.check()


async def test_a_store_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.http.readiness.PATIENCE", 0.05)
    store = SlowStore()
    async with served(store) as hub:

        async def ready() -> httpx.Response:
            return await hub.http.get("/readyz")

        assert (await ready()).text == "ok"
        store.goes_on.clear()
        hub.clock.ahead += 2
        answer = await ready()
        assert (answer.status_code, answer.json()["code"]) == (503, "STORE_UNAVAILABLE")
        assert (await hub.http.get("/livez")).text == "ok"
        store.goes_on.set()
        hub.clock.ahead += 2
        assert (await ready()).text == "ok"
