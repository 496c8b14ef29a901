"""Long lists in a hub of its own: killed in the middle, and a million rows in little memory."""

import asyncio
import re
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import orjson
import pytest

from bench.bulk import files, ran
from hub.oauth.clients import Registry
from hub.oauth.principal import Role, Scope
from hub.store.embedded.store import EmbeddedStore
from tests.cli.commands import free_port
from tests.cli.worlds import BARRED, BUYER, DAY, GOOD, SILENT
from tests.jobs.clients import as_csv
from tests.oauth.served import OPERATOR, assertion, client_of, key_set
from tests.oauth.test_kills import PATIENCE, asking, serving

pytestmark = [pytest.mark.anyio, pytest.mark.drill]

KILLS: Final = 3
MILLION: Final = 1_000_000
MOST_ABOVE: Final = 150_000
"""Kilobytes above a hub that has answered a short list."""
_WALMART: Final = {"buyer": "wsr:walmart", "product": "tomatoes"}


async def registered(path: Path) -> str:
    """Register a client that reads; return its id."""
    store = EmbeddedStore(str(path))
    await store.open()
    client = client_of(
        role=Role.RESEARCHER, programs=(), scopes=(Scope.READ,), jwks=key_set(OPERATOR)
    )
    await Registry(store.kept).add(client)
    await store.close()
    return client.id


class Lists:
    """A client that sends lists to a hub at an address."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self._http = http
        self.token = token
        self._headers = {"authorization": f"Bearer {token}"}

    async def send(self, body: bytes, asked: dict[str, str]) -> str:
        """Send a list; return the id of its job."""
        headers = {**self._headers, "content-type": "text/csv"}
        answer = await self._http.post(
            "/jobs/eligibility", content=body, params=asked, headers=headers
        )
        assert answer.status_code == 202, answer.text
        return answer.json()["id"]

    async def job(self, id_: str) -> Any:  # noqa: ANN401 - any JSON
        """Return a job as it is."""
        return (await self._http.get(f"/jobs/{id_}", headers=self._headers)).json()

    async def further(self, id_: str) -> int:
        """Return how many rows of a job are done, once it is more than it was."""
        path, last = f"/jobs/{id_}/events", (await self.job(id_))["done"]
        headers = {**self._headers, "last-event-id": f"{last}-running"}
        async with self._http.stream("GET", path, headers=headers) as told:
            async for line in told.aiter_lines():
                if line.startswith("data: ") and orjson.loads(line[6:])["done"] > last:
                    return orjson.loads(line[6:])["done"]
        msg = "it is over"
        raise AssertionError(msg)

    async def answers(self, id_: str) -> bytes:
        """Return the answers of a job once it is done."""
        told = await self._http.get(f"/jobs/{id_}/events", headers=self._headers)
        over = orjson.loads(told.text.split("data: ")[-1])
        assert over["state"] == "done", over
        return (await self._http.get(f"/jobs/{id_}/result", headers=self._headers)).content


async def lists(http: httpx.AsyncClient, client: str) -> Lists:
    """Return a client with a token of the hub."""
    aud = str(http.base_url).rstrip("/")
    form = {"grant_type": "client_credentials", **assertion(client, aud=aud)}
    given = await http.post("/oauth/token", data=form)
    return Lists(http, given.json()["access_token"])


async def test_a_job_that_is_killed_says_what_one_says_that_is_not(
    path: Path, tmp_path: Path
) -> None:
    client, url = await registered(path), f"http://127.0.0.1:{free_port()}"
    listed = as_csv([((GOOD, BARRED, SILENT)[at % 3], "jeans", str(at)) for at in range(200_000)])
    asked = {"buyer": BUYER, "asOf": DAY}
    variables = {"HUB_STORE": f"sqlite:///{path}"}
    with serving(tmp_path, url, variables):
        async with asking(url) as http:
            sends = await lists(http, client)
            expected = await sends.answers(await sends.send(listed, asked))
            job = await sends.send(listed, asked)
    seen: list[int] = []
    for _ in range(KILLS):
        with serving(tmp_path, url, variables) as hub:
            async with asking(url) as http:
                sends = await lists(http, client)
                seen.append(await sends.further(job))
                hub.kill()
    assert seen == sorted(set(seen))
    assert seen[-1] < 200_000
    with serving(tmp_path, url, variables):
        async with asking(url) as http:
            assert await (await lists(http, client)).answers(job) == expected
    assert len(expected.splitlines()) == 200_000


@contextmanager
def filled(folder: Path, suppliers: int) -> Generator[Path]:
    """Yield a store with a list of suppliers of the Fair Food Program."""
    path = folder / "hub.db"
    variables = {"HUB_STORE": f"sqlite:///{path}"}
    listed = [each for file in files(folder, 2 * suppliers) for each in ("--from", str(file))]
    ran(["sync", "ffp"], variables)
    ran(["sync", "ffp", *listed, "--yes"], variables)
    yield path


def kilobytes(process: subprocess.Popen[bytes], name: str) -> int:
    """Return how much memory a process takes, or took at most."""
    told = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    found = re.search(rf"{name}:\s+(\d+) kB", told)
    assert found is not None
    return int(found[1])


async def test_a_million_rows_take_little_memory(tmp_path: Path) -> None:
    suppliers = 20_000
    with filled(tmp_path, suppliers) as path:
        client, url = await registered(path), f"http://127.0.0.1:{free_port()}"
        rows = [f"ffp:bulk-{at * 7919 % suppliers:07},{at}\n" for at in range(MILLION)]
        listed = "".join(["reference,order\n", *rows]).encode()
        with serving(tmp_path, url, {"HUB_STORE": f"sqlite:///{path}"}) as hub:
            async with asking(url) as http, asyncio.timeout(10 * PATIENCE):
                sends = await lists(http, client)
                short = b"".join(listed.splitlines(keepends=True)[:1_001])
                await sends.answers(await sends.send(short, _WALMART))
                idle = kilobytes(hub, "VmHWM")
                job = await sends.send(listed, _WALMART)
                answers = await sends.answers(job)
                peak = kilobytes(hub, "VmHWM")
                told = await sends.job(job)
    assert (told["rows"], told["done"], told["problems"]) == (MILLION, MILLION, 0)
    assert answers.count(b"\n") == sum(told["counts"].values()) == MILLION
    assert peak - idle < MOST_ABOVE
