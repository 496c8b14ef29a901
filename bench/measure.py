"""Measures questions on several stores: the hub and the raw query in turn, A B A B."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from bench.asking import CURSOR, ENTITIES, LIST, SHARED, Client, body
from bench.law import TODAY
from bench.loading import opened
from bench.places import Place
from bench.raw import FACTS, Raw
from bench.raw_neo4j import RawNeo4j
from bench.raw_sqlite import RawSqlite
from bench.sample import asking, drawn, some
from bench.world import World
from graph_schema.codes import TieKind
from hub.identity.ids import Ids
from hub.store.columns import TIE_COLUMNS

SIZES: Final = (1, 100, 1_000, 10_000)
_REPEATED: Final = {1: 8, 100: 4, 1_000: 2}
"""How often a short question is asked in a round; each time about others."""
_UP: Final = (TieKind.OPERATED_BY.value, TieKind.PART_OF.value)
PAGE: Final = 50
_LARGEST_PAGE: Final = 500
_DEEP: Final = 10_000
"""Results that lie before the deep page, if there are so many."""


@dataclass(slots=True)
class Cell:
    """What one question took on one store, in seconds.

    Attributes:
        facts: Rows that the raw query fetched, on the average.
    """

    store: str
    question: str
    hub: list[float] = field(default_factory=list[float])
    raw: list[float] = field(default_factory=list[float])
    facts: float = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, ready to be put to the hub and to the store."""

    question: str
    body: bytes
    fetch: Callable[[Raw], int]


class Bench:
    """One store, its hub and its raw access, and what is asked of them."""

    def __init__(self, place: Place, client: Client, world: World) -> None:
        self.kind = place.kind
        self._client = client
        self._world = world
        self._random = Random(world.seed)  # noqa: S311 - no secret
        self._asking = asking(world)
        self._url = place.url
        revision, self._ids = asyncio.run(self._opened())
        self.raw: Raw = (
            RawSqlite(place.url.removeprefix("sqlite:///"), revision)
            if place.address is None
            else RawNeo4j(place.address, revision)
        )
        self._numbers = dict(zip(self._asking, self.raw.named(self._asking), strict=True))
        self.depth, self._deep = self._far()

    def ask(self, asked: Asked, cell: Cell, *, hub_first: bool) -> None:
        """Put a question to both, and keep what each took."""
        self._client.wake()
        for hub in (hub_first, not hub_first):
            began = time.perf_counter()
            if hub:
                self._client.post(asked.body)
                cell.hub.append(time.perf_counter() - began)
            else:
                fetched = asked.fetch(self.raw)
                cell.raw.append(time.perf_counter() - began)
                cell.facts += (fetched - cell.facts) / len(cell.raw)

    def questions(self) -> Iterator[Asked]:
        """Yield the questions of one round, each about suppliers drawn anew."""
        for size in SIZES:
            for _ in range(_REPEATED.get(size, 1)):
                if size <= self._world.suppliers:
                    yield self._list(size)
        if self._world.suppliers >= SIZES[-1]:
            yield self._list(SIZES[-1], by_reference=True)
            yield self._entities(SIZES[-1])
        yield self._page("sharedSuppliers, first page", None, 0)
        if self.depth:
            cursor, number = self._deep
            yield self._page(f"sharedSuppliers, after {self.depth:,}", cursor, number)

    def check(self, asked: Asked) -> None:
        """Put a question to both, and see that the hub's answer has no error."""
        self._client.data(asked.body)
        asked.fetch(self.raw)

    def verdicts(self) -> dict[str, int]:
        """Return the verdicts of one fixed list, to compare stores by; every row has one."""
        chosen = [self._world.supplier(n) for n in range(min(2_000, self._world.suppliers))]
        references = [each.reference for each in chosen]
        found = self._client.ask(LIST, buyer=self._asking[0], suppliers=references)
        counts = {each["verdict"]: each["count"] for each in found["eligibilityList"]["counts"]}
        if sum(counts.values()) != len(references):
            message = f"{sum(counts.values())} of {len(references)} rows have a verdict"
            raise AssertionError(message)
        return counts

    def close(self) -> None:
        """Let go of the store."""
        self.raw.close()

    async def _opened(self) -> tuple[int, Ids]:
        async with opened(self._url) as store:
            return (await store.latest()).revision, Ids(await store.key())

    def _list(self, size: int, *, by_reference: bool = False) -> Asked:
        buyer = self._random.choice(self._asking)
        number = self._numbers[buyer]
        references = drawn(self._world, size, self._random)
        numbers = list(self.raw.named(references))
        bearing = self._bearing(number, numbers)
        if by_reference:
            sent = body(LIST, buyer=buyer, suppliers=references)
            return Asked(
                f"eligibilityList, {size:,} by reference",
                sent,
                lambda raw: sum(map(len, (raw.named(references), *raw.facts(number, bearing)))),
            )
        sent = body(LIST, buyer=buyer, suppliers=self._ids.many(numbers))
        return Asked(
            f"eligibilityList, {size:,}",
            sent,
            lambda raw: sum(map(len, raw.facts(number, bearing))),
        )

    def _entities(self, size: int) -> Asked:
        """Return a router's question about as many suppliers, of whom it knows the types."""
        buyer = self._random.choice(self._asking)
        chosen = some(self._world, size, self._random)
        references = [each.reference for each in chosen]
        bearing = self._bearing(self._numbers[buyer], list(self.raw.named(references)))
        named = [
            {
                "__typename": "Organization" if each.organization else "Worksite",
                "id": each.reference,
            }
            for each in chosen
        ]
        return Asked(
            f"_entities, {size:,} by reference",
            body(ENTITIES, buyer=buyer, representations=named),
            lambda raw: sum(
                map(len, (raw.named(references), *raw.facts(self._numbers[buyer], bearing)))
            ),
        )

    def _bearing(self, buyer: int, subjects: Sequence[int]) -> list[int]:
        """Return subjects, and the operators and groups above them: their facts are asked, too."""
        found = dict.fromkeys(subjects)
        frontier = set(subjects)
        while frontier:
            ties = self.raw.facts(buyer, sorted(frontier))[FACTS.index("ties")]
            rows = (dict(zip(TIE_COLUMNS, tie, strict=True)) for tie in ties)
            above = {row["to"] for row in rows if row["kind"] in _UP and row["from_"] in frontier}
            frontier = above - found.keys()
            found.update(dict.fromkeys(sorted(frontier)))
        return list(found)

    def _page(self, question: str, cursor: str | None, after: int) -> Asked:
        sent = body(SHARED, first=PAGE, after=cursor)
        day = TODAY.toordinal()
        return Asked(question, sent, lambda raw: sum(map(len, raw.shared(after, PAGE + 1, day))))

    def _far(self) -> tuple[int, tuple[str, int]]:
        """Return how many results lie before a page far in, and where it begins."""
        found: list[tuple[int, str]] = []
        cursor: str | None = None
        while len(found) * _LARGEST_PAGE < _DEEP:
            shared = self._client.ask(CURSOR, first=_LARGEST_PAGE, after=cursor)["sharedSuppliers"]
            if not shared["pageInfo"]["hasNextPage"]:
                break
            cursor = str(shared["pageInfo"]["endCursor"])
            found.append((len(found) * _LARGEST_PAGE + _LARGEST_PAGE, cursor))
        if not found:
            return 0, ("", 0)
        depth, last = found[-1]
        place = self._ids.place(last)
        return depth, (last, place[0] if place else 0)


def measure(benches: Sequence[Bench], rounds: int, tell: Callable[[int], None]) -> list[Cell]:
    """Return what every question took on every store, asked in turn, after one round unmeasured."""
    for bench in benches:
        for asked in bench.questions():
            bench.check(asked)
    cells: dict[tuple[str, str], Cell] = {}
    for number in range(rounds):
        tell(number)
        for bench in benches:
            for at, asked in enumerate(bench.questions()):
                key = (bench.kind, asked.question)
                cell = cells.setdefault(key, Cell(*key))
                bench.ask(asked, cell, hub_first=(number + at) % 2 == 0)
    return list(cells.values())
