"""A hub in production, a catalogue beside it, and gateways that join them."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.app import create_app
from hub.oauth.clients import Registry, new_secret
from hub.oauth.principal import Role
from hub.oauth.principal import Scope as Allowed
from hub.settings import Environment, Settings
from hub.store.embedded.store import EmbeddedStore
from tests.docs.pages import DOCS, blocks
from tests.gateway.catalogue import catalogue
from tests.graphql.served import fill
from tests.oauth.served import HUB, client_of
from tests.outside import ended, installed, serving

GATEWAYS: Final = {"Hive Gateway": "serve.mjs", "Apollo's gateway": "apollo/serve.mjs"}
"""The scripts of gateways."""
DEPLOYED: Final = Path(__file__).parents[2] / "deploy" / "gateway"
PAGE: Final = DOCS / "gateway.md"
PRODUCTS: Final = (
    ("Jeans", "BD2020021QK28YZ"),
    ("Jacket", "BD2019086HB8VVT"),  # merged into the first, facts source S214
    ("Scarf", None),
    ("Belt", "BD2020021QK28YX"),  # a typing error
)


def shown(title: str) -> str:
    """Return a file that the page about gateways shows."""
    [found] = [
        each.text for each in blocks(PAGE.read_text(encoding="utf-8")) if each.title == title
    ]
    return found


class Counted:
    """An application that counts the questions that it is asked."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.asked = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        self.asked += scope["type"] == "http" and scope["path"] == "/graphql"
        await self._app(scope, receive, send)


@dataclass(frozen=True)
class System:
    """A hub and a catalogue that listen, and how their gateway shows the hub who asks.

    Attributes:
        counted: The hub's application.
        env: The variables of a gateway's process.
    """

    counted: Counted
    hub: str
    catalogue: str
    env: Mapping[str, str]

    def words(self) -> tuple[str, str]:
        """Return the subgraphs as composers are told of them."""
        return f"hub={self.hub}/graphql", f"catalogue={self.catalogue}/graphql"


@pytest.fixture(scope="package")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of gateways, with what they need."""
    return installed(DEPLOYED, tmp_path_factory.mktemp("node") / "gateway")


@pytest.fixture(scope="package")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[System]:
    """Serve the bundled record, as in production, and the catalogue."""
    async with running(tmp_path_factory.mktemp("gateway") / "hub.db", fill, PRODUCTS) as found:
        yield found


@asynccontextmanager
async def running(
    path: Path,
    filled: Callable[[EmbeddedStore], Awaitable[object]],
    products: Sequence[tuple[str, str | None]],
) -> AsyncGenerator[System]:
    """Serve a hub as in production, and a catalogue of products."""
    secret, kept = new_secret()
    router = client_of(
        role=Role.RESEARCHER, programs=(), scopes=(Allowed.READ, Allowed.ROUTER), secrets=(kept,)
    )
    store = EmbeddedStore(str(path))
    await store.open()
    await filled(store)
    await Registry(store.kept).add(router)
    await store.close()
    settings = Settings(
        environment=Environment.PRODUCTION,
        public_url=HUB,
        authorization_server=True,
        keys_secret=SecretStr("k" * 32),
        deadline_seconds=60,
    )
    counted = Counted(create_app(EmbeddedStore(str(path)), settings))
    async with (
        serving(lambda _: counted) as hub,
        serving(lambda _: catalogue(shown("catalogue.graphql"), products)) as neighbour,
    ):
        env = {"HUB_URL": hub, "HUB_CLIENT": router.id, "HUB_SECRET": secret, "PORT": "0"}
        yield System(counted, hub, neighbour, env)


async def composed(node: Path, system: System, script: str, *words: str) -> str:
    """Return the supergraph that a composer makes of subgraphs."""
    code, out, err = await ended(node, script, *words, env=system.env)
    assert code == 0, err
    assert err == ""
    return out


async def asked(url: str, query: str, **variables: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the answer of a gateway."""
    async with httpx.AsyncClient(timeout=60) as http:
        response = await http.post(url, json={"query": query, "variables": variables})
    return response.json()
