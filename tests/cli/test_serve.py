"""`hub serve`: how it starts, what it serves, what stops its start, and how it ends."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any, Final

import httpx
import pytest

from adapters.kit.adapter import adapters
from hub.errors import StoreUnavailableError
from hub.graphql import explorer
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import Latest
from tests.cli.commands import BOUND, Ran, done, free_port, hub, refused, started
from tests.cli.outside import install
from tests.cli.worlds import BARRED, BUYER, DAY
from tests.graphql.served import served
from tests.oauth.served import served as timed
from tests.sync.programs import ALPHA, folders, sites
from tests.sync.shelf import FEEDS, HOST, Shelf

PATIENCE: Final = 60
"""Seconds that the hub may take to listen, on a busy machine."""
QUESTION: Final = (
    f'{{ eligibility(buyer: "{BUYER}", supplier: "{BARRED}", product: "jeans", asOf: "{DAY}") '
    "{ verdict } }"
)
Visit = Callable[[httpx.Client], None]


@pytest.fixture
def signals() -> Generator[None]:
    """Keep this process alive where the hub would let a signal end it, and as it was afterwards."""
    kept = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGTERM, lambda _signal, _frame: None)
    yield
    for each, handler in kept.items():
        signal.signal(each, handler)


def listening(client: httpx.Client) -> None:
    """Wait until the hub answers."""
    until = monotonic() + PATIENCE
    while monotonic() < until:
        try:
            assert client.get("/livez").text == "ok"
        except httpx.ConnectError:
            continue
        return
    pytest.fail("the hub does not start")


def visited(*options: object, visit: Visit) -> Ran:
    """Serve in this process, let a thread visit the hub, then stop it as containers do."""
    port = free_port()
    failures: list[BaseException] = []

    def visiting() -> None:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
                listening(client)
                visit(client)
        except BaseException as failure:  # noqa: BLE001 - told by the test's own thread
            failures.append(failure)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    visitor = Thread(target=visiting)
    visitor.start()
    found = hub("serve", "--port", port, *options)
    visitor.join()
    if failures:
        raise failures[0]
    return found


def ask(client: httpx.Client, question: str) -> Any:  # noqa: ANN401 - any JSON
    """Return the data of an answer."""
    return client.post("/graphql", json={"query": question}).json()["data"]


@pytest.mark.usefixtures("store", "signals")
def test_it_says_where_it_is_serves_what_it_says_and_ends_when_told_to() -> None:
    def visit(client: httpx.Client) -> None:
        assert ask(client, QUESTION) == {"eligibility": {"verdict": "INELIGIBLE"}}
        assert client.get("/readyz").text == "ok"
        assert client.get("/graphql/schema.graphql").text == done("schema").out
        composed = ask(client, "{ _service { sdl } }")["_service"]["sdl"]
        assert composed == done("schema", "--federation").out
        for page in ("/", "/graphql"):
            assert (
                "<!doctype html>" in client.get(page, headers={"accept": "text/html"}).text.lower()
            )
        assert client.get("/graphql/explorer/no.js").status_code == 404
        missing = client.get("/nowhere")
        assert (missing.status_code, missing.json()["code"]) == (404, "NOT_FOUND")
        assert client.post("/livez").status_code == 405

    found = visited(visit=visit)
    assert (found.code, found.out) == (0, "")
    head, *_, question = found.err.splitlines()
    address = head.removeprefix("WSR Hub on ").removesuffix(", store sqlite:///hub.db")
    assert f"  explorer  {address}/graphql\n" in found.err
    assert f"  schema    {address}/graphql/schema.graphql\n" in found.err
    assert "eligibility(buyer:" in question
    assert "it is empty" not in found.err


@pytest.mark.usefixtures("folder", "signals")
def test_it_says_that_an_empty_store_answers_nothing_and_what_fills_it() -> None:
    found = visited(visit=lambda _: None)
    assert "it is empty: nothing can be answered; fill it with `hub serve --demo`" in found.err


def programs(client: httpx.Client) -> set[str]:
    """Return the codes of the programs that a hub knows, of those that there are, and alpha."""
    codes = [*adapters(), "alpha"]
    return {
        code for code in codes if ask(client, f'{{ program(id: "{code}") {{ id }} }}')["program"]
    }


@pytest.mark.usefixtures("signals")
@pytest.mark.parametrize("example", [True, False], ids=["with example", "without"])
def test_demo_fills_an_empty_store_with_or_without_the_example_world(*, example: bool) -> None:
    seen: set[str] = set()
    options = ["--demo"] if example else ["--demo", "--no-example"]
    found = visited(*options, visit=lambda client: seen.update(programs(client)))
    assert found.code == 0
    made_up = {code for code in adapters() if code.startswith("example-")}
    assert seen == (set(adapters()) if example else set(adapters()) - made_up)
    told = [each.strip() for each in found.err.splitlines() if each.endswith(" facts")]
    assert {each.partition(":")[0] for each in told} == seen
    asked = ("ask", "wsr:walmart", "wsr:ag-mart", "tomatoes", "--as-of", "2017-12-01")
    assert done(*asked).out.startswith("ELIGIBLE ")


@pytest.mark.usefixtures("store", "signals")
def test_demo_leaves_a_filled_store_as_it_is() -> None:
    seen: set[str] = set()
    found = visited("--demo", visit=lambda client: seen.update(programs(client)))
    assert seen == {"alpha"}
    assert found.err.startswith("WSR Hub on ")


@pytest.mark.usefixtures("signals")
def test_a_schedule_reads_feeds_beside_what_is_served(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = install(folder / "site", f"with_{folder.name}")
    folders(where, manifest=FEEDS)
    monkeypatch.syspath_prepend(folder / "site")
    shelf = Shelf()
    monkeypatch.setattr("hub.cli.serving.FETCHER", shelf)
    url = shelf.put(sites("exa:1"))
    monkeypatch.setenv("HUB_FEEDS", f'{{"{ALPHA}/list": "{url}"}}')
    monkeypatch.setenv("HUB_SYNC_EVERY_HOURS", "1")

    def visit(client: httpx.Client) -> None:
        question = f'{{ program(id: "{ALPHA}") {{ lastSyncs {{ feed outcome readAt }} }} }}'
        until = monotonic() + PATIENCE
        while monotonic() < until:
            program = ask(client, question)["program"]
            runs = {each["feed"]: each for each in (program or {"lastSyncs": ()})["lastSyncs"]}
            if "list" in runs:
                assert runs["list"]["outcome"] == "applied"
                assert runs["list"]["readAt"]
                return
        pytest.fail("the feed is not read")

    found = visited(visit=visit)
    assert found.code == 0
    assert f"  feeds     {ALPHA}/list; every 1 h\n" in found.err
    assert len(shelf.asked) == 1


def test_a_store_in_memory_is_served_without_a_schedule(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders(install(folder / "site", f"with_{folder.name}"), manifest=FEEDS)
    monkeypatch.syspath_prepend(folder / "site")
    monkeypatch.setenv("HUB_FEEDS", f'{{"{ALPHA}/list": "https://{HOST}/list"}}')
    monkeypatch.setenv("HUB_SYNC_EVERY_HOURS", "1")
    assert refused("serve", "--store", "sqlite:///:memory:") == (
        "HUB_SYNC_EVERY_HOURS: a store in memory is not shared; name a file in HUB_STORE"
    )


@pytest.mark.anyio
async def test_readiness_is_of_the_store_and_liveness_is_not() -> None:
    class Gone(EmbeddedStore):
        there = True

        async def latest(self) -> Latest:
            if not self.there:
                msg = "the store at example does not answer"
                raise StoreUnavailableError(msg)
            return await super().latest()

    store = Gone(":memory:")
    async with timed(store) as api:
        assert (await api.http.get("/readyz")).text == "ok"
        store.there = False
        api.clock.ahead += 1
        answer = await api.http.get("/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "STORE_UNAVAILABLE")
        assert "at example" not in answer.text
        assert (await api.http.get("/livez")).text == "ok"


@pytest.mark.anyio
async def test_a_file_of_the_explorer_is_kept_by_browsers(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "graphiql.js").write_text("// example", "utf-8")
    monkeypatch.setattr(explorer, "asset", {"graphiql.js": folder / "graphiql.js"}.get)
    async with served(EmbeddedStore(":memory:")) as api:
        answer = await api.http.get("/graphql/explorer/graphiql.js")
        assert (answer.status_code, answer.text) == (200, "// example")
        assert answer.headers["cache-control"] == "public, max-age=86400"
        assert (await api.http.get("/graphql/explorer/other.js")).status_code == 404


@contextmanager
def serving(
    folder: Path, stopping_seconds: str = "0"
) -> Generator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    """Serve in a process of its own, on a port that it finds, and give a client once it listens."""
    variables = {"HUB_STOPPING_SECONDS": stopping_seconds}
    with started("serve", "--port", 0, folder=folder, variables=variables) as process:
        assert process.stderr
        address = process.stderr.readline().decode().removeprefix("WSR Hub on ").partition(",")[0]
        with httpx.Client(base_url=address, timeout=PATIENCE) as client:
            listening(client)
            yield process, client


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_clean(folder: Path, told: signal.Signals) -> None:
    with serving(folder) as (process, client):
        assert ask(client, QUESTION) == {"eligibility": {"verdict": "INELIGIBLE"}}
        process.send_signal(told)
        out, err = process.communicate(timeout=BOUND)
    assert (process.returncode, out) == (0, b"")
    assert b"Traceback" not in err
    assert [path.name for path in folder.iterdir()] == ["hub.db"]


@pytest.mark.usefixtures("store")
def test_a_request_under_way_is_answered_before_it_ends(folder: Path) -> None:
    body = f'{{"query": "{QUESTION.replace(chr(34), chr(92) + chr(34))}"}}'.encode()
    with serving(folder) as (process, client), socket.socket() as late:
        address = (client.base_url.host, client.base_url.port)
        late.connect(address)
        head = f"POST /graphql HTTP/1.1\r\nhost: hub\r\ncontent-length: {len(body)}\r\n"
        late.sendall(f"{head}content-type: application/json\r\n\r\n".encode() + body[:10])
        assert client.get("/livez").text == "ok"
        process.send_signal(signal.SIGTERM)
        _refuses(address)
        late.sendall(body[10:])
        with late.makefile("rb") as answer:
            assert answer.readline() == b"HTTP/1.1 200 OK\r\n"
            assert b'{"data":{"eligibility":{"verdict":"INELIGIBLE"}},' in answer.read()
        process.communicate(timeout=BOUND)
    assert process.returncode == 0


@pytest.mark.usefixtures("store")
def test_it_says_that_it_stops_before_it_does(folder: Path) -> None:
    with serving(folder, stopping_seconds="60") as (process, client):
        assert client.get("/readyz").text == "ok"
        process.send_signal(signal.SIGTERM)
        _is_not_ready(client)
        assert ask(client, QUESTION) == {"eligibility": {"verdict": "INELIGIBLE"}}
        assert client.get("/livez").text == "ok"
        process.send_signal(signal.SIGTERM)  # who is told twice does not wait
        process.communicate(timeout=BOUND)
    assert process.returncode == 0


@pytest.mark.usefixtures("store")
def test_it_stops_when_it_has_said_so(folder: Path) -> None:
    with serving(folder, stopping_seconds="0.1") as (process, _client):
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=BOUND)
    assert process.returncode == 0


def _is_not_ready(client: httpx.Client) -> None:
    """Wait until a hub says that it stops."""
    until = monotonic() + PATIENCE
    while monotonic() < until:
        answer = client.get("/readyz")
        if answer.status_code == 503:
            assert answer.json()["code"] == "STOPPING"
            assert answer.headers["retry-after"]
            return
    pytest.fail("the hub does not say that it stops")


def _refuses(address: tuple[str, int | None]) -> None:
    """Wait until a hub takes no more connections."""
    until = monotonic() + PATIENCE
    while monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(address):
                return
    pytest.fail("the hub does not stop")
