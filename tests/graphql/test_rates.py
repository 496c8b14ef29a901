"""Rates: who asks too much waits, or too much at once; and no answer is waited for long."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
import pytest

from hub.oauth.throttle import MOST_KNOWN, Throttle
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import Latest
from tests.graphql.served import URL
from tests.oauth.served import ISSUER, QUERY, Clock, Hub, claims, served, signed, trusted

pytestmark = pytest.mark.anyio
COSTLY: Final = "{ programs(first: 500) { nodes { agreements(first: 9) { nodes { id } } } } }"
LIST: Final = """query ($suppliers: [ID!]!) {
  eligibilityList(buyer: "wsr:x", suppliers: $suppliers, product: "x") { counts { count } }
}"""


class StillClock(Clock):
    """Tells a time that passes only when a test turns it."""

    def __call__(self) -> float:
        """Return the time."""
        return 1_900_000_000 + self.ahead


class SlowStore(EmbeddedStore):
    """Answers nothing until it is let; counts whom it keeps waiting."""

    def __init__(self) -> None:
        super().__init__(":memory:")
        self.goes_on = asyncio.Event()
        self.kept_waiting = 0
        self.most = 0
        self.goes_on.set()

    async def latest(self) -> Latest:
        """Return the newest revision, in time."""
        self.kept_waiting += 1
        self.most = max(self.most, self.kept_waiting)
        try:
            await self.goes_on.wait()
        finally:
            self.kept_waiting -= 1
        return await super().latest()


@asynccontextmanager
async def slow(**settings: Any) -> AsyncGenerator[tuple[Hub, SlowStore]]:  # noqa: ANN401
    """Serve a slow store."""
    store = SlowStore()
    async with served(store, **settings) as hub:
        store.most = 0
        store.goes_on.clear()
        yield hub, store


async def ask(hub: Hub, query: str = QUERY, **headers: str) -> httpx.Response:
    """Put a question."""
    return await hub.http.post(URL, json={"query": query}, headers=headers)


def told(response: httpx.Response, status: int, code: str) -> str:
    """Check that a question is put off; return why."""
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert response.headers["content-type"] == "application/problem+json"
    return response.json()["detail"]


def left(response: httpx.Response) -> tuple[int, int]:
    """Return what is left, and the seconds until it is all."""
    name, amount, seconds = response.headers["ratelimit"].split(";")
    assert name == '"cost"'
    return int(amount.removeprefix("r=")), int(seconds.removeprefix("t="))


async def test_an_address_has_so_much_to_ask_for() -> None:
    clock = StillClock()
    async with served(EmbeddedStore(":memory:"), clock) as hub:
        first = await ask(hub)
        assert first.headers["ratelimit-policy"] == '"cost";q=20000;w=40'
        assert left(first) == (19_999, 1)
        for number in range(1, 4):
            assert left(await ask(hub, COSTLY))[0] == 19_999 - 5_000 * number
        assert left(await ask(hub, COSTLY)) == (0, 41)  # the last one may cost more than is left
        refused = await ask(hub, COSTLY)
        assert "ask again in 1 seconds" in told(refused, 429, "RATE_LIMITED")
        assert refused.headers["retry-after"] == "1"
        assert left(refused) == (0, 41)
        clock.ahead += 1
        assert left(await ask(hub)) == (498, 40)
        clock.ahead += 3_600
        assert left(await ask(hub)) == (19_999, 1)


async def test_what_is_refused_is_charged_too() -> None:
    async with served(EmbeddedStore(":memory:"), StillClock()) as hub:
        left_over = 20_000
        for query, cost in (
            ("{ nothing }", 1),
            ("{", 100),
            ("", 100),
            ("{ " + "revision { id } " * 21 + "}", 100),
            ("mutation { x }", 1),
            ("{ programs(first: 5) { nodes { nothing } } }", 5),
        ):
            response = await ask(hub, query)
            assert response.status_code == 400, query
            left_over -= cost
            assert left(response)[0] == left_over, query
        response = await hub.http.post(URL, content=b"x", headers={"content-type": "text/plain"})
        assert (response.status_code, left(response)[0]) == (415, left_over - 100)
        assert "ratelimit" not in (await hub.http.get("/livez")).headers


async def test_a_client_has_more_and_all_have_their_own() -> None:
    async with served(EmbeddedStore(":memory:"), **trusted()) as hub:
        await hub.register(issuer=ISSUER, external_id="app")
        token = {"authorization": f"Bearer {signed()}"}
        for _ in range(5):
            await ask(hub, COSTLY)
        assert told(await ask(hub), 429, "RATE_LIMITED")
        known = await ask(hub, **token)
        assert known.headers["ratelimit-policy"] == '"cost";q=400000;w=40'
        assert left(known) == (399_999, 1)


def test_a_throttle_forgets_who_has_not_asked_for_longest() -> None:
    throttle = Throttle(2, 1, StillClock())
    throttle.charge("first", 10)
    assert throttle.wait("first", 0) == 8
    for number in range(MOST_KNOWN):
        throttle.charge(f"other {number}", 10)
    assert throttle.wait("first", 0) == 0
    assert throttle.left("other 1") == (0, 10)
    assert throttle.left("first") == (2, 0)


async def test_so_many_are_answered_at_once_and_so_many_wait() -> None:
    async with slow() as (hub, store):
        asked = [asyncio.create_task(ask(hub)) for _ in range(41)]
        done, waiting = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        [refused] = done
        assert "40 of your queries wait" in told(refused.result(), 429, "RATE_LIMITED")
        assert refused.result().headers["retry-after"] == "1"
        assert len(waiting) == 40
        store.goes_on.set()
        answers = await asyncio.gather(*waiting)
        assert {each.status_code for each in answers} == {200}
        assert store.most == 8
        assert (await ask(hub)).status_code == 200


async def test_no_answer_is_waited_for_long() -> None:
    async with slow(deadline_seconds=0.05) as (hub, store):
        detail = told(await ask(hub), 504, "DEADLINE_EXCEEDED")
        assert "within 0.05 seconds" in detail
        assert store.kept_waiting == 0
        asked = {"query": LIST, "variables": {"suppliers": ["wsr:x"]}}
        detail = told(await hub.http.post(URL, json=asked), 504, "DEADLINE_EXCEEDED")
        assert "within 0.3 seconds" in detail
        store.goes_on.set()
        assert (await ask(hub)).status_code == 200


async def test_no_request_is_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.graphql.http.SENDING", 0.05)

    async def half() -> AsyncGenerator[bytes]:
        yield b'{"query":'
        await asyncio.Event().wait()

    async with served(EmbeddedStore(":memory:")) as hub:
        headers = {"content-type": "application/json"}
        response = await hub.http.post(URL, content=half(), headers=headers)
        assert "0.05 seconds" in told(response, 408, "REQUEST_TIMEOUT")


async def test_a_write_is_never_cut_off() -> None:
    async with slow(deadline_seconds=0.05, **trusted()) as (hub, store):
        await hub.register(issuer=ISSUER, external_id="app")
        query = (
            'mutation { withdrawFact(input: {program: "alpha", fact: "x", reason: "x", '
            'idempotencyKey: "x"}) { problems { code } revision } }'
        )
        asking = asyncio.create_task(ask(hub, query, authorization=f"Bearer {signed()}"))
        assert not (await asyncio.wait({asking}, timeout=0.2))[0], asking.result().text
        store.goes_on.set()
        assert (await asking).status_code == 200


async def test_what_is_no_query_is_out_of_the_same_bucket() -> None:
    clock = StillClock()
    store = EmbeddedStore(":memory:")
    async with served(store, clock, anonymous_cost_per_second=25, **trusted()) as hub:
        await hub.register(issuer=ISSUER, external_id="app")
        template, log = "/programs/alpha/template.xlsx", "/programs/alpha/audit"
        assert left(await hub.http.get(log)) == (900, 4)
        assert left(await hub.http.get(template)) == (400, 24)
        assert left(await hub.http.get(template)) == (0, 44)
        for path in (template, log):
            refused = await hub.http.get(path)
            assert told(refused, 429, "RATE_LIMITED")
            assert refused.headers["retry-after"] == "4"
        for _ in range(50):
            for path in ("/livez", "/readyz", "/metrics"):
                assert (await hub.http.get(path)).status_code == 200
        now = int(clock())
        token = {"authorization": f"Bearer {signed(claims(iat=now, exp=now + 60))}"}
        known = await hub.http.get(log, headers=token)
        assert (known.status_code, left(known)[0]) == (200, 400_000 - 100)


async def test_metrics_ask_the_store_once_a_second() -> None:
    clock, store = StillClock(), EmbeddedStore(":memory:")
    async with served(store, clock) as hub:
        await hub.http.get("/metrics")
        before = store.round_trips
        for _ in range(10):
            await hub.http.get("/metrics")
        assert store.round_trips == before
        clock.ahead += 1
        await hub.http.get("/metrics")
        assert store.round_trips > before
