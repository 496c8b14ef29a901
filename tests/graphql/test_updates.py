"""Subscriptions: what changes reaches who may see it, once, over both transports."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from hub.errors import InvalidTokenError
from hub.graphql.tail import Tail
from hub.graphql.updates import held as counted
from hub.graphql.updates import socket, stream
from hub.oauth.principal import Principal
from hub.store.embedded.store import EmbeddedStore
from tests.conftest import unopened
from tests.graphql.updating import Listening, Subscriber, events, listening, opened
from tests.oauth.served import Clock
from tests.store.worlds import company, program, said, standing
from tests.visibility.world import CLIENTS, tell

pytestmark = pytest.mark.anyio

WORLD: Final = [
    *program("alpha"),
    *program("beta"),
    company("alpha", "shop", roles=["BUYER"]),
    company("alpha", "farm", roles=["SUPPLIER"]),
    company("alpha", "other", roles=["SUPPLIER"]),
    said("alpha", "signature", organization="alpha:shop", agreement="alpha:a1", since="2014-01-01"),
]
STANDINGS: Final = """subscription ($programs: [ID!], $suppliers: [ID!], $after: String) {
  told: standingChanged(programs: $programs, suppliers: $suppliers, after: $after) {
    kind cursor subject { ... on Organization { name } } before { state } after { state } } }"""
VERDICTS: Final = """subscription ($suppliers: [ID!]!, $after: String) {
  told: eligibilityChanged(
    buyer: "alpha:shop", product: "garments", suppliers: $suppliers, after: $after
  ) { verdict cursor supplier { ... on Organization { name } } } }"""
FARM, OTHER = "alpha:farm", "alpha:other"
CONNECTING: Final = 3
"""How often it is asked whose a token is until a change is told: when it connects and subscribes,
and when there is something new."""


@pytest.fixture(params=["sqlite", "neo4j"])
async def hub(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Listening]:
    """Serve a small world at an address, on one store after the other."""
    store = unopened(request, tmp_path)
    async with listening(store) as hub:
        await tell(store, WORLD)
        yield hub


@pytest.fixture
async def small(tmp_path: Path) -> AsyncGenerator[Listening]:
    """Serve it where the store does not matter."""
    async with listening(EmbeddedStore(str(tmp_path / "small.db"))) as hub:
        await tell(hub.store, WORLD)
        yield hub


async def token(hub: Listening, who: str) -> str:
    """Register a client and return its token."""
    of = CLIENTS[who]
    assert of is not None
    signing = await hub.operator()
    given = {"id": who.replace(" ", "-"), "role": of.role, "programs": of.programs}
    await hub.register(**given, organization=of.organization, jwks=signing.jwks)
    return await hub.given(signing.model_copy(update={"id": given["id"]}))


def brief(told: Any) -> tuple[str, str | None]:  # noqa: ANN401
    """Return whom a change is of, and to which state."""
    after: dict[str, str] = told["after"] or {}
    return told["subject"]["name"], after.get("state")


async def ready(
    hub: Listening,
    subscriber: Subscriber,
    query: str,
    **variables: Any,  # noqa: ANN401
) -> None:
    """Subscribe, and wait until it waits for changes."""
    before = waiting(hub)
    await subscriber.subscribe(query, **variables)
    await more_wait(hub, before)


def waiting(hub: Listening) -> int:
    """Return how many wait for changes."""
    tail: Tail = hub.app.state.tail
    return tail.waiting


async def more_wait(hub: Listening, before: int) -> None:
    """Wait until more wait for changes than before."""
    while waiting(hub) == before:
        await hub.http.get("/livez")


async def test_a_change_reaches_who_subscribed(hub: Listening) -> None:
    async with (
        Subscriber.connected(hub.url) as everybody,
        Subscriber.connected(hub.url) as others,
        Subscriber.connected(hub.url) as betas,
    ):
        await ready(hub, everybody, STANDINGS)
        await ready(hub, others, STANDINGS, suppliers=[OTHER])
        await ready(hub, betas, STANDINGS, programs=["beta"])
        await tell(hub.store, [standing("alpha", FARM, "listed", "2020-01-01")])
        await tell(hub.store, [standing("beta", OTHER, "on track", "2020-01-01")])
        assert brief(await everybody.next()) == ("Farm", "listed")
        assert brief(await everybody.next()) == ("Other", "on track")
        assert brief(await others.next()) == ("Other", "on track")
        assert brief(await betas.next()) == ("Other", "on track")


async def test_who_comes_back_goes_on_without_loss_or_repetition(hub: Listening) -> None:
    states = ["listed", "closed", "on track", "behind", "barred"]
    async with Subscriber.connected(hub.url) as first:
        await ready(hub, first, STANDINGS)
        for at, state in enumerate(states[:2]):
            await tell(hub.store, [standing("alpha", FARM, state, f"202{at}-01-01")])
        cursor = (await first.next())["cursor"]
    await tell(hub.store, [standing("alpha", FARM, state, "2023-01-01") for state in states[2:4]])
    async with Subscriber.connected(hub.url) as again:
        await again.subscribe(STANDINGS, after=cursor)
        found = [brief(await again.next())[1] for _ in range(3)]
        assert found == states[1:4]
        await tell(hub.store, [standing("alpha", FARM, states[4], "2024-01-01")])
        assert brief(await again.next()) == ("Farm", states[4])
    feed = await hub.http.post(
        "/graphql",
        json={"query": f'{{ changes(first: 9, after: "{cursor}") {{ nodes {{ cursor }} }} }}'},
    )
    assert len(feed.json()["data"]["changes"]["nodes"]) == 4


async def test_each_sees_its_own_changes(hub: Listening) -> None:
    async with (
        Subscriber.connected(hub.url) as public,
        Subscriber.connected(hub.url, await token(hub, "alpha")) as alpha,
    ):
        await ready(hub, public, STANDINGS)
        await ready(hub, alpha, STANDINGS)
        hidden = standing("alpha", FARM, "listed", "2020-01-01", published=False)
        shown = standing("alpha", FARM, "listed", "2020-01-01")
        for line in (hidden, shown, hidden):
            await tell(hub.store, [line])
        seen = [[(await each.next())["kind"] for _ in range(n)] for each, n in
                ((public, 2), (alpha, 3))]  # fmt: skip
        assert seen == [["RECORDED", "WITHDRAWN"], ["RECORDED", "CHANGED", "CHANGED"]]


async def test_a_verdict_that_becomes_another_is_told(hub: Listening) -> None:
    async with Subscriber.connected(hub.url) as first:
        await ready(hub, first, VERDICTS, suppliers=[FARM, OTHER])
        await tell(
            hub.store,
            [standing("alpha", each, "listed", "2020-01-01", confirmedOn="2026-11-01")
             for each in (FARM, OTHER)],
        )  # fmt: skip
        told = await first.next()
        assert (told["supplier"]["name"], told["verdict"]) == ("Farm", "ELIGIBLE")
    await tell(hub.store, [standing("alpha", FARM, "barred", "2021-01-01")])
    async with Subscriber.connected(hub.url) as again:
        await again.subscribe(VERDICTS, suppliers=[FARM, OTHER], after=told["cursor"])
        found = [await again.next() for _ in range(2)]
        assert [(each["supplier"]["name"], each["verdict"]) for each in found] == [
            ("Other", "ELIGIBLE"),
            ("Farm", "INELIGIBLE"),
        ]
        await again.subscribe(VERDICTS, "2", suppliers=[OTHER], after=told["cursor"])
        refused = await again.told()
        assert refused["payload"][0]["extensions"]["argument"] == "after"


async def test_of_nobody_named_those_are_watched_from_whom_the_buyer_buys(hub: Listening) -> None:
    link = {"buyer": "alpha:shop", "supplier": OTHER, "since": "2016-01-01", "published": True}
    async with Subscriber.connected(hub.url) as subscriber:
        await ready(hub, subscriber, VERDICTS.replace("[ID!]!", "[ID!]"))
        states = [standing("alpha", each, "barred", "2020-01-01") for each in (FARM, OTHER)]
        await tell(hub.store, [said("alpha", "sourcing", **link), *states])
        told = await subscriber.next()
        assert (told["supplier"]["name"], told["verdict"]) == ("Other", "INELIGIBLE")
        mixed = told["cursor"][64:] + told["cursor"][32:64] + told["cursor"][:32]
        for cursor in (mixed, told["cursor"][:32], "0" * 96):
            await subscriber.subscribe(VERDICTS.replace("[ID!]!", "[ID!]"), "2", after=cursor)
            refused = await subscriber.told()
            assert refused["payload"][0]["extensions"]["code"] == "INVALID_INPUT"


async def test_a_stream_of_events_tells_the_same(hub: Listening) -> None:
    await tell(hub.store, [standing("alpha", FARM, "listed", "2020-01-01")])
    found = (
        await hub.http.post(
            "/graphql", json={"query": "{ changes(first: 1) { nodes { cursor } } }"}
        )
    ).json()
    after = found["data"]["changes"]["nodes"][0]["cursor"]
    query = f'subscription {{ standingChanged(after: "{after}") {{ after {{ state }} }} }}'
    told = events(hub, query)
    assert await anext(told) == (
        "next",
        {"data": {"standingChanged": {"after": {"state": "listed"}}}, "extensions": {"cost": 2}},
    )
    await tell(hub.store, [standing("alpha", FARM, "barred", "2021-01-01")])
    name, body = await anext(told)
    assert (name, body["data"]["standingChanged"]) == ("next", {"after": {"state": "barred"}})
    await told.aclose()
    refused = [each async for each in events(hub, "subscription { nothing }")]
    assert [name for name, _ in refused] == ["next", "complete"]
    assert refused[0][1]["errors"][0]["extensions"]["code"] == "INVALID_QUERY"


async def test_queries_and_bad_requests_are_no_streams(small: Listening) -> None:
    refused = [each async for each in events(small, "{ revision { id } }")]
    assert refused[0][1]["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"
    answer = await small.http.post("/graphql/stream", json={"query": "x" * 70_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "TOO_LARGE")
    answer = await small.http.post("/graphql/stream", json=[])
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "INVALID_QUERY"),
        ("subscription { nothing }", "INVALID_QUERY"),
        ("subscription { standingChanged { " + "kind " * 21 + "} }", "LIMIT_EXCEEDED"),
        ("subscription A { x: __typename } subscription B { x: __typename }", "INVALID_INPUT"),
        (STANDINGS.replace("$after: String", "$after: Int"), "INVALID_INPUT"),
    ],
)
async def test_what_cannot_be_subscribed_to_is_refused_and_ends_nothing_else(
    small: Listening, query: str, code: str
) -> None:
    found = [each async for each in events(small, query)]
    assert [name for name, _ in found] == ["next", "complete"]
    assert found[0][1]["errors"][0]["extensions"]["code"] == code
    async with Subscriber.connected(small.url) as subscriber:
        for name in ("1", "2"):
            await subscriber.subscribe(query, name)
            told = await subscriber.told()
            assert (told["id"], told["type"]) == (name, "error")
            assert told["payload"][0]["extensions"]["code"] == code


async def test_a_token_ends_its_connection(tmp_path: Path) -> None:
    clock = Clock()
    async with listening(EmbeddedStore(str(tmp_path / "hub.db")), clock) as hub:
        await tell(hub.store, WORLD)
        short, long = await token(hub, "alpha"), await token(hub, "beta")
        refused = await bad_token(hub, "nonsense")
        assert refused[0] == 4403
        clock.ahead = 599  # tokens are good for ten minutes
        async with Subscriber.connected(hub.url, short) as expiring:
            assert (await expiring.closed())[0] == 4401
        clock.ahead = 0
        async with Subscriber.connected(hub.url, long) as held:
            await ready(hub, held, STANDINGS)
            clock.ahead = 700  # it goes unnoticed but for what is told
            await tell(hub.store, [standing("beta", FARM, "listed", "2020-01-01")])
            assert (await held.closed())[0] == 4403


async def test_each_change_is_told_to_who_may_still_see_it(
    small: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, asked = small.guard.known, 0

    async def until_two_were_told(text: str) -> Principal:
        nonlocal asked
        asked += 1
        if asked > CONNECTING + 2:
            msg = "it was revoked"
            raise InvalidTokenError(msg)
        return await known(text)

    monkeypatch.setattr(small.guard, "known", until_two_were_told)
    states = ("listed", "on track", "barred")
    async with Subscriber.connected(small.url, await token(small, "alpha")) as held:
        await ready(small, held, STANDINGS)
        await tell(small.store, [standing("alpha", FARM, each, "2020-01-01") for each in states])
        assert {brief(await held.next())[1] for _ in range(2)} < set(states)
        assert (await held.closed())[0] == 4403


async def bad_token(hub: Listening, text: str) -> tuple[int | None, str | None]:
    """Return how a connection is closed that brings a token."""
    async with opened(hub.url) as opening:
        subscriber = Subscriber(opening)
        payload = {"authorization": f"Bearer {text}"}
        await subscriber.send({"type": "connection_init", "payload": payload})
        return await subscriber.closed()


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["[]"], 4400),
        (["{"], 4400),
        (['{"type": 1}'], 4400),
        (['{"type": "dance"}'], 4400),
        (['{"type": "subscribe", "id": "1", "payload": {"query": "{a}"}}'], 4401),
        (['{"type": "subscribe", "id": 1, "payload": {"query": "{a}"}}'], 4400),
        (['{"type": "subscribe", "id": "1", "payload": {"query": 1}}'], 4400),
        (['{"type": "subscribe", "id": "1", "payload": []}'], 4400),
        (['{"type": "connection_init", "payload": {"authorization": 1}}'], 4403),
        (['{"type": "connection_init"}', '{"type": "connection_init"}'], 4429),
        (['{"type": "ping", "payload": {"a": "%s"}}' % ("x" * 65_536)], 1009),
        ([b"binary"], 4400),
    ],
)
async def test_what_is_no_message_ends_the_connection(
    small: Listening, messages: list[str | bytes], code: int
) -> None:
    async with opened(small.url) as opening:
        for message in messages:
            await opening.send(message)
        assert (await Subscriber(opening).closed())[0] == code
    assert (await small.http.get("/livez")).status_code == 200


async def test_who_says_nothing_is_let_go(
    small: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "TO_BEGIN", timedelta(seconds=0.05))
    async with opened(small.url) as opening:
        assert (await Subscriber(opening).closed())[0] == 4408


async def test_pages_of_other_origins_and_protocols_are_not_let_in(small: Listening) -> None:
    refused: Sequence[tuple[dict[str, Any], int]] = (
        ({"origin": "https://elsewhere.example"}, 403),
        ({"subprotocols": (Subprotocol("graphql-ws"),)}, 403),
    )
    for how, status in refused:
        with pytest.raises(InvalidStatus) as error:
            async with opened(small.url, **how):
                pass
        assert error.value.response.status_code == status
    async with Subscriber.connected(small.url, origin="https://hub.example"):
        pass


async def test_a_token_in_the_address_is_not_taken(small: Listening) -> None:
    with pytest.raises(InvalidStatus) as error:
        async with opened(small.url, path="/graphql?access_token=x"):
            pass
    assert error.value.response.status_code == 403


async def test_subscriptions_and_connections_are_bounded(
    small: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "MOST_SUBSCRIPTIONS", 2)
    monkeypatch.setattr(counted, "MOST_CONNECTIONS", 3)
    async with AsyncExitStack() as stack:
        held = [await stack.enter_async_context(Subscriber.connected(small.url)) for _ in range(2)]
        for name in ("a", "b", "c"):
            await held[0].subscribe(STANDINGS, name)
        told = await held[0].told()
        assert (told["id"], told["payload"][0]["extensions"]["code"]) == ("c", "LIMIT_EXCEEDED")
        await held[0].send({"id": "a", "type": "complete"})
        await held[0].subscribe("subscription { nothing }", "c")
        assert (await held[0].told())["payload"][0]["extensions"]["code"] == "INVALID_QUERY"
        more = await stack.enter_async_context(Subscriber.connected(small.url))
        async with opened(small.url) as opening:
            await Subscriber(opening).send({"type": "connection_init"})
            assert (await Subscriber(opening).closed())[0] == 4429
        answer = await small.http.post("/graphql/stream", json={"query": STANDINGS})
        assert (answer.status_code, answer.json()["code"]) == (429, "RATE_LIMITED")
        await more.socket.close()
        await stack.enter_async_context(Subscriber.connected(small.url))


async def test_who_does_not_read_is_cut_off(
    small: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "SLOW", 0.2)
    aliases = " ".join(f"n{n}: note" for n in range(20))
    query = f"subscription {{ standingChanged {{ after {{ {aliases} }} }} }}"
    async with Subscriber.connected(small.url, max_queue=1, compression=None) as slow:
        await ready(small, slow, query)
        lines = [
            standing(
                "alpha", FARM, "listed", f"20{n // 12:02}-{n % 12 + 1:02}-01", note="x" * 2_000
            )
            for n in range(12 * 13, 12 * 13 + 150)
        ]
        await tell(small.store, lines)
        await asyncio.wait(subscriptions(), timeout=30)
        assert not subscriptions()


def subscriptions() -> list[asyncio.Task[Any]]:
    """Return the subscriptions that are answered."""
    return [task for task in asyncio.all_tasks() if "run_operation" in repr(task)]


async def test_a_quiet_stream_is_kept_open(
    small: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "QUIET", 0.05)
    asked = {"query": STANDINGS}
    async with small.http.stream("POST", "/graphql/stream", json=asked) as answer:
        lines = answer.aiter_lines()
        assert [await anext(lines) for _ in range(2)] == [":", ""]


async def test_who_holds_on_is_told_that_the_hub_stops(tmp_path: Path) -> None:
    async with listening(EmbeddedStore(str(tmp_path / "hub.db"))) as hub:
        await tell(hub.store, WORLD)
        async with Subscriber.connected(hub.url) as held:
            await ready(hub, held, STANDINGS)
            before, told = waiting(hub), events(hub, STANDINGS)
            reading = asyncio.ensure_future(anext(told, None))
            await more_wait(hub, before)
            hub.app.state.readiness.stopping = hub.server.should_exit = True
            assert (await held.closed())[0] == 1012
            assert await reading is None
