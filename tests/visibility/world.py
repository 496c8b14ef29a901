"""A small world with secrets, and clients of every kind that ask about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx
import orjson

from graph_schema.exchange import Line
from hub.oauth.principal import Role, Scope
from hub.store.port import Store
from hub.sync.intake import Intake, Origin
from hub.sync.run import run
from tests.oauth.served import Hub
from tests.store.worlds import company, program, said, standing

Told = dict[str, Any]

FARMS: Final = ("alpha:farm1", "alpha:farm2", "alpha:farm3", "alpha:farm4")
SHOP, RIVAL, DECOY = "alpha:shop", "alpha:rival", "beta:decoy"
"""A buyer with a secret, another buyer, and a supplier that beta alone describes."""
WORLD: Final[Sequence[Told]] = (
    *program("alpha"),
    *program("beta", publishesStandings=False),
    *program("gamma"),
    company("alpha", "shop", country="SE", roles=["BUYER"]),
    company("alpha", "rival", country="SE", roles=["BUYER"]),
    *(company("alpha", name, country="SE", roles=["BUYER"]) for name in ("third", "fourth")),
    company("alpha", "stranger", country="SE", roles=["BUYER"]),
    *(
        company("alpha", farm.partition(":")[2], country=country, roles=["SUPPLIER"])
        for farm, country in zip(FARMS, ("BD", "BD", "PK", "PK"), strict=True)
    ),
    company("beta", "decoy", country="BD", roles=["SUPPLIER"]),
    *(
        said(code, "signature", organization=buyer, agreement=f"{code}:a1", since="2014-01-01")
        for code in ("alpha", "beta")
        for buyer in (SHOP, RIVAL)
    ),
    *(standing("alpha", farm, "listed", "2015-01-01") for farm in FARMS),
    standing("gamma", FARMS[0], "on track", "2015-01-01"),
    said(
        "alpha", "sourcing", buyer=SHOP, supplier=FARMS[0], since="2015-01-01", published=True
    ),
    said(
        "alpha", "sourcing", buyer=RIVAL, supplier=FARMS[0], since="2015-01-01", published=True
    ),
)  # fmt: skip


def secret(supplier: str) -> list[Told]:
    """Return what is not public of a supplier: that the shop buys from it, and a standing."""
    return [
        said("alpha", "sourcing", buyer=SHOP, supplier=supplier, since="2016-01-01"),
        standing("beta", supplier, "barred", "2016-01-01", published=False),
    ]


AFTER: Final[Sequence[Told]] = tuple(
    said("alpha", "sourcing", buyer=buyer, supplier=FARMS[1], since="2016-01-01", published=True)
    for buyer in ("alpha:third", "alpha:fourth")
)
"""What is public, and told after the secret."""


async def tell(store: Store, lines: Sequence[Told]) -> None:
    """Record lines as one generation."""
    told = [Line.model_validate(line) for line in lines]
    await run(store, Intake(origin=Origin.ADMINISTRATOR, lines=told), confirmed=True)


@dataclass(frozen=True)
class Who:
    """A client: as what it asks, and for whom."""

    role: Role
    programs: tuple[str, ...] = ()
    organization: str | None = None


CLIENTS: Final[Mapping[str, Who | None]] = {
    "anonymous": None,
    "researcher": Who(Role.RESEARCHER),
    "an admin": Who(Role.ADMIN),
    "the shop": Who(Role.BRAND, organization=SHOP),
    "a rival": Who(Role.BRAND, organization=RIVAL),
    "a stranger": Who(Role.BRAND, organization="alpha:stranger"),
    "the farm": Who(Role.SUPPLIER, organization=FARMS[1]),
    "another farm": Who(Role.SUPPLIER, organization=FARMS[0]),
    "alpha": Who(Role.OPERATOR, programs=("alpha",)),
    "beta": Who(Role.OPERATOR, programs=("beta",)),
    "gamma": Who(Role.OPERATOR, programs=("gamma",)),
}
OUTSIDERS: Final = ("anonymous", "researcher", "a stranger", "another farm", "gamma")
"""Who sees neither the secret link nor the secret standing, nor asks for an answer of its own.

In the rival's own answer the standing counts."""


class Client:
    """A client of a served hub, with its token."""

    def __init__(self, hub: Hub, token: str | None) -> None:
        self._hub = hub
        self._headers = {"authorization": f"Bearer {token}"} if token else {}

    async def response(self, query: str, **variables: object) -> httpx.Response:
        """Return an answer with its status and headers."""
        body = {"query": query, "variables": variables}
        return await self._hub.http.post("/graphql", json=body, headers=self._headers)

    async def post(self, query: str, **variables: object) -> bytes:
        """Return the bytes of an answer."""
        return (await self.response(query, **variables)).content

    async def answer(self, query: str, **variables: object) -> Told:
        """Return the whole of an answer."""
        return orjson.loads(await self.post(query, **variables))

    async def ask(self, query: str, **variables: object) -> Told:
        """Return the data of an answer without errors."""
        answer = await self.answer(query, **variables)
        assert "errors" not in answer, answer
        return answer["data"]


async def client(hub: Hub, name: str) -> Client:
    """Register a client and give it a token."""
    who = CLIENTS[name]
    if who is None:
        return Client(hub, None)
    scopes = {Role.OPERATOR: (Scope.READ, Scope.WRITE), Role.ADMIN: (Scope.ADMIN,)}
    signing = await hub.operator()
    await hub.register(
        id=name.replace(" ", "-"),
        role=who.role,
        programs=who.programs,
        organization=who.organization,
        scopes=scopes.get(who.role, (Scope.READ,)),
        jwks=signing.jwks,
    )
    registered = signing.model_copy(update={"id": name.replace(" ", "-")})
    return Client(hub, await hub.given(registered))
