"""What all tests share: the stores. A test that takes `store` runs once on each of them."""

import gc
import os
import sys
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any, Final

import pytest
from coverage import Coverage

from hub.store.embedded.store import EmbeddedStore
from hub.store.neo4j.store import Neo4jStore
from tests.neo4j.server import ROOT, Address, Server, given, lacking

AnyStore = EmbeddedStore | Neo4jStore
_CHILDREN: Final = "COVERAGE_PROCESS_CONFIG"
"""Tells the processes of tests to count branches, too."""
_WITHOUT = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run async tests on asyncio alone."""
    return "asyncio"


@pytest.fixture(scope="session")
def java(pytestconfig: pytest.Config) -> None:
    """Be there where a Neo4j can be started; else the test cannot run, which is told loudly."""
    why = lacking()
    if why is None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"the Neo4j store must be tested here, but {why}")
    pytestconfig.stash[_WITHOUT] = why
    pytest.skip(why)


@pytest.fixture(scope="session")
def neo4j_server(request: pytest.FixtureRequest) -> Generator[Address]:
    """Yield the server that all tests share."""
    yield from neo4j(request, heap="512m", sized=False)


def neo4j(request: pytest.FixtureRequest, **how: Any) -> Generator[Address]:  # noqa: ANN401
    """Yield the server that HUB_TEST_NEO4J names, else one of our own, started as is told."""
    named = given()
    if named is not None:
        yield named
        return
    request.getfixturevalue("java")
    with Server(**how) as server:
        yield server


@pytest.fixture
async def embedded_store(tmp_path: Path) -> AsyncGenerator[EmbeddedStore]:
    """Yield an empty store in a file of its own."""
    store = EmbeddedStore(str(tmp_path / "hub.db"))
    await store.open()
    yield store
    await store.close()


@pytest.fixture
async def neo4j_store(neo4j_server: Address) -> AsyncGenerator[Neo4jStore]:
    """Yield an empty store in the server's database."""
    neo4j_server.empty()
    store = Neo4jStore(neo4j_server.url, neo4j_server.user, neo4j_server.password)
    await store.open()
    yield store
    await store.close()


def unopened(request: pytest.FixtureRequest, folder: Path) -> AnyStore:
    """Return an empty store that is not open yet, of the kind that a fixture's parameter names."""
    if request.param == "sqlite":
        return EmbeddedStore(str(folder / "hub.db"))
    address: Address = request.getfixturevalue("neo4j_server")
    address.empty()
    return Neo4jStore(address.url, address.user, address.password)


@pytest.fixture(params=["embedded", "neo4j"])
def store(request: pytest.FixtureRequest) -> AnyStore:
    """Return an empty store, of one kind after the other."""
    return request.getfixturevalue(f"{request.param}_store")


def pytest_collection_finish() -> None:
    """Look for cycles as rarely as the hub does itself."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Count no branches of a test that takes those of another: it takes half as long again."""
    if Coverage.current() is None or not _taken_by_another(item):
        return (yield)
    in_children, counting = os.environ.pop(_CHILDREN, None), sys.gettrace()
    sys.settrace(None)  # in this thread alone: others, which later tests use, too, count on
    try:
        return (yield)
    finally:
        sys.settrace(counting)
        if in_children is not None:
            os.environ[_CHILDREN] = in_children


def _taken_by_another(item: pytest.Item) -> bool:
    """Whether a test runs on Neo4j what another runs on SQLite, beyond the store's own tests.

    Likewise what is generated, or in many orders: each of its cases has a test of its own.
    """
    if item.get_closest_marker("uncounted") is not None:
        return True
    folder = item.path.relative_to(ROOT / "tests").parts[0]
    return folder != "store" and "neo4j" in item.name.partition("[")[2]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say in one loud line that the Neo4j store was not tested."""
    why = config.stash.get(_WITHOUT, None)
    if why is not None:
        terminalreporter.write_sep(
            "!", f"THE NEO4J STORE WAS NOT TESTED: {why}; or set HUB_TEST_NEO4J", red=True
        )
