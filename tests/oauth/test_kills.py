"""Pushes while the hub or its store is killed: what is acknowledged stays, nothing is half done."""

import asyncio
import random
import subprocess
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import httpx
import orjson
import pytest

from adapters.kit.adapter import adapters
from hub.oauth.clients import Registry
from hub.store.embedded.store import EmbeddedStore
from hub.store.neo4j.store import Neo4jStore
from hub.store.port import Store
from hub.sync.export import export
from hub.sync.run import run
from hub.sync.sources import record
from tests.cli.commands import ended, free_port, started
from tests.neo4j.server import Server
from tests.oauth.served import OPERATOR, assertion, client_of, key_set
from tests.oauth.test_pushes import RECORD, grower

pytestmark = [pytest.mark.anyio, pytest.mark.drill]

HUB_KILLS: Final = 50
SERVER_KILLS: Final = 10
PATIENCE: Final = 120
"""Seconds that a hub or a store may take to come back, on a busy machine."""
LONGEST: Final = 0.4
"""Seconds after which at the latest something is killed: a push takes a few hundredths."""


@dataclass
class Book:
    """What an operator's own system knows of its pushes.

    Attributes:
        told: What was acknowledged, by the number of the grower.
        next: The grower to be told next: again, where no answer came.
    """

    told: dict[int, Any] = field(default_factory=dict[int, Any])
    next: int = 1


class Pushing:
    """An operator's system that pushes to a hub at an address."""

    def __init__(self, http: httpx.AsyncClient, url: str, client: str) -> None:
        self._http = http
        self._url = url
        self._client = client
        self._token: str | None = None
        self.refusals: list[str] = []
        """Why pushes were not answered."""

    async def push(self, number: int) -> Any:  # noqa: ANN401 - any JSON
        """Tell of a grower; return the answer.

        Raises:
            httpx.HTTPError: No answer came, or one that the hub cannot now be asked.
        """
        if self._token is None:
            form = {"grant_type": "client_credentials", **assertion(self._client, aud=self._url)}
            given = await self._http.post("/oauth/token", data=form)
            given.raise_for_status()
            self._token = given.json()["access_token"]
        asked = {"program": "ffp", "facts": grower(number), "idempotencyKey": str(number)}
        answer = await self._http.post(
            "/graphql",
            json={"query": RECORD, "variables": {"input": asked}},
            headers={"authorization": f"Bearer {self._token}"},
        )
        answer.raise_for_status()
        body = answer.json()
        if "errors" in body:
            raise httpx.RemoteProtocolError(str(body))
        done = body["data"]["done"]
        if [each["code"] for each in done["problems"]] == ["STORE_UNAVAILABLE"]:
            msg = "whether it was written is not known"
            raise httpx.RemoteProtocolError(msg)
        assert done["problems"] == [], done
        return done

    async def until_killed(
        self, book: Book, kill: Callable[[], object], chance: random.Random
    ) -> None:
        """Push one grower after the other, and kill at some moment of it, until no answer comes."""
        dies_after = chance.randrange(3)
        while True:
            if dies_after == 0:
                # What is tried is the moment of the kill, so it is chosen by time.
                asyncio.get_running_loop().call_later(chance.uniform(0, LONGEST), kill)
            dies_after -= 1
            if not await self.again(book):
                return

    async def again(self, book: Book) -> bool:
        """Push what is not answered yet; return whether it is now."""
        try:
            book.told[book.next] = await self.push(book.next)
        except httpx.HTTPStatusError as error:
            self.refusals.append(error.response.text)
            await self._heed(error.response)
            return False
        except httpx.HTTPError as error:
            self.refusals.append(repr(error))
            return False
        book.next += 1
        return True

    async def _heed(self, refusal: httpx.Response) -> None:
        """Do what a refusal says: ask again no sooner than it tells, with a token that is good."""
        if refusal.status_code == HTTPStatus.UNAUTHORIZED:
            self._token = None
        await asyncio.sleep(float(refusal.headers.get("retry-after", 0)))


@contextmanager
def serving(
    folder: Path, url: str, variables: Mapping[str, str]
) -> Generator[subprocess.Popen[bytes]]:
    """Serve a store by a process of its own."""
    port = url.rpartition(":")[2]
    given = {**variables, "HUB_PUBLIC_URL": url}
    with started(
        "serve", "--port", port, folder=folder, variables=given, stdout=subprocess.DEVNULL
    ) as hub:
        yield hub


@asynccontextmanager
async def asking(url: str) -> AsyncGenerator[httpx.AsyncClient]:
    """Return a client of a hub that listens by then."""
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE, trust_env=False) as http:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    assert (await http.get("/livez")).status_code == 200
                except httpx.ConnectError:
                    continue
                break
        yield http


async def prepared(store: Store) -> str:
    """Fill a store with a program's record, and register its operator; return the client's id."""
    await store.open()
    await run(store, record(adapters()["ffp"]))
    client = client_of(id="pushes", programs=("ffp",), jwks=key_set(OPERATOR))
    await Registry(store.kept).add(client)
    await store.close()
    return client.id


async def check(store: Store, book: Book) -> None:
    """Check that a store knows what was acknowledged, whole and once, and nothing else."""
    await store.open()
    known: dict[str, list[str]] = {}
    async for line in export(store):
        told = orjson.loads(line)
        for kind, key in (("organization", "reference"), ("standing", "subject")):
            reference = told.get(kind, {}).get(key, "")
            if reference.startswith("ffp:"):
                known.setdefault(reference, []).append(kind)
    await store.close()
    numbers = range(1, book.next)
    assert known == {f"ffp:{number}": ["organization", "standing"] for number in numbers}
    revisions = [int(book.told[number]["revision"]) for number in numbers]
    assert revisions == sorted(set(revisions))


async def killed_often(
    folder: Path, fresh: Callable[[], Store], variables: Mapping[str, str]
) -> None:
    """Kill a hub while it is pushed to, again and again, and check what is left."""
    client = await prepared(fresh())
    url = f"http://127.0.0.1:{free_port()}"
    book, chance = Book(), random.Random(5)  # noqa: S311 - when to kill is no secret
    for _ in range(HUB_KILLS):
        with serving(folder, url, variables) as hub:
            async with asking(url) as http:
                await Pushing(http, url, client).until_killed(book, hub.kill, chance)
    with serving(folder, url, variables):
        async with asking(url) as http:
            pushing = Pushing(http, url, client)
            assert book.next > HUB_KILLS // 2
            for number in (1, book.next - 1):
                assert await pushing.push(number) == book.told[number]
            book.told[book.next] = await pushing.push(book.next)
            book.next += 1
    await check(fresh(), book)
    assert ended("audit", "verify", folder=folder, variables=variables).code == 0


async def test_a_hub_on_sqlite_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    await killed_often(
        tmp_path, lambda: EmbeddedStore(str(path)), {"HUB_STORE": f"sqlite:///{path}"}
    )


def on(server: Server) -> tuple[Callable[[], Store], Mapping[str, str]]:
    """Return what opens a server's store, and the settings of a hub on it."""
    assert server.password is None
    variables = {"HUB_STORE": server.url, "HUB_NEO4J_USER": server.user}
    return lambda: Neo4jStore(server.url, server.user, server.password), variables


async def test_a_hub_on_neo4j_is_killed(tmp_path: Path) -> None:
    with Server() as server:
        fresh, variables = on(server)
        await killed_often(tmp_path, fresh, variables)


async def test_the_server_is_killed_under_the_hub(tmp_path: Path) -> None:
    """The hub lives on, and takes pushes again once its store is back."""
    with Server(quick=False) as server:
        fresh, variables = on(server)
        client = await prepared(fresh())
        url = f"http://127.0.0.1:{free_port()}"
        book, chance = Book(), random.Random(6)  # noqa: S311 - when to kill is no secret
        with serving(tmp_path, url, variables):
            async with asking(url) as http:
                pushing = Pushing(http, url, client)
                for _ in range(SERVER_KILLS):
                    await pushing.until_killed(book, server.kill, chance)
                    server.start()
                    pushing.refusals.clear()
                    try:
                        async with asyncio.timeout(PATIENCE):
                            while not await pushing.again(book):
                                continue
                    except TimeoutError:
                        pytest.fail(f"not taken again: {pushing.refusals[-3:]}")
        await check(fresh(), book)
        assert ended("audit", "verify", folder=tmp_path, variables=variables).code == 0
