"""Whatever world is written, both stores answer alike."""

# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from contextlib import suppress
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_schema.codes import Effect, Kind
from graph_schema.exchange import FACTS
from graph_schema.parties import Tie, Worksite
from graph_schema.sourcing import SourcingLink
from graph_schema.standing import Standing, StateRule
from hub.errors import BadDocumentError
from hub.store.embedded.database import MEMORY
from hub.store.embedded.store import EmbeddedStore
from hub.store.neo4j.store import Neo4jStore
from hub.store.port import (
    OPEN,
    Moment,
    Page,
    SharedSought,
    Sought,
    Store,
    Whom,
)
from hub.store.rows import micros
from tests.neo4j.server import Address
from tests.store.histories import AT_LENGTH, EXACT, FIXED, PLACES, WHO, generations, viewer
from tests.store.worlds import by_row, exported, plain, write

pytestmark = [pytest.mark.anyio, pytest.mark.drill]


class Asked:
    """A moment of a store, and what is asked of it there."""

    def __init__(self, store: Store, moment: Moment, day: int) -> None:
        self.store = store
        self.moment = moment
        self.day = day
        self.nodes: list[int] = []
        self.programs: list[int] = []
        self.agreements: list[int] = []

    async def told(self) -> dict[str, Any]:
        """Return what the store tells of everything, by question."""
        names = [*PLACES, "alpha:buyer", "alpha:shop"]
        _, found = await self.store.resolve(names, self.moment.revision)
        self.nodes = [known.node for known in found if known]
        law = ["program:alpha", "program:beta", "alpha:a1", "beta:a1"]
        _, found = await self.store.resolve(law)
        numbers = [known.node for known in found if known]
        self.programs, self.agreements = numbers[:2], numbers[2:]
        parts = (self._gathered, self._facts, self._held, self._found, self._shared, self._named)
        answers = {name: each for part in parts for name, each in (await part()).items()}
        return {name: _unordered(plain(answer)) for name, answer in answers.items()}

    async def _gathered(self) -> dict[str, Any]:
        around = await self.store.around(Whom(self.nodes, self.nodes), self.moment)
        return {
            "around": [by_row(getattr(around, part)) for part in around.__slots__],
            "kinds": await self.store.kinds(self.nodes, self.moment),
            "statements": [row for _, row in await self.store.statements(self.nodes, self.moment)],
            "rules": await self.store.everything(StateRule, self.moment.revision),
            "runs": await self.store.runs(self.programs),
            "touched": await self.store.touched(1, self.moment.revision, 1_000),
        }

    async def _facts(self) -> dict[str, Any]:
        answers: dict[str, Any] = {}
        ends = ((Standing, "subject"), (Tie, "from_"), (Tie, "to"), (SourcingLink, "supplier"),
                (Worksite, "reference"))  # fmt: skip
        for (kind, end), history, day in product(ends, (False, True), (None, self.day)):
            name = f"{kind.__name__} {end} {history} {day}"
            how: Any = {"history": history, "day": day}
            at = (kind, end, self.nodes, self.moment)
            answers[name] = await self.store.facts_at(*at, **how)
            answers[f"count {name}"] = await self.store.count_at(*at, **how)
        return answers

    async def _held(self) -> dict[str, Any]:
        answers: dict[str, Any] = {}
        some = (Effect.GOOD_STANDING, Effect.INELIGIBLE)
        ends = (("subject", self.nodes), ("program", self.programs))
        for (end, nodes), effects in product(ends, ((), some)):
            how: Any = {"day": self.day, "effects": effects}
            name, at = f"in force {end} {effects}", (end, nodes, self.moment)
            answers[name] = await self.store.in_force(*at, **how)
            answers[f"page {name}"] = await self.store.in_force(*at, page=Page(2), **how)
            answers[f"count {name}"] = await self.store.count_in_force(*at, **how)
        return answers

    async def _found(self) -> dict[str, Any]:
        answers: dict[str, Any] = {}
        _, [jeans] = await self.store.resolve(["wsr:jeans"])
        for kind, country, products in product(
            (Kind.WORKSITE, Kind.ORGANIZATION), (None, "PK"), ([], [jeans.node] if jeans else [])
        ):
            asked = frozenset(products)
            sought = Sought(kind, self.programs, (), self.day, asked, country)
            name = f"{kind} {country} {products}"
            answers[f"find {name}"] = await self.store.find(sought, self.moment, Page(9))
            answers[f"count {name}"] = await self.store.count(sought, self.moment)
        signed = ([self.agreements, self.agreements[:1], []], None, self.day, self.moment)
        answers["buyers"] = await self.store.find_buyers(*signed, Page(9))
        answers["count buyers"] = await self.store.count_buyers(*signed)
        return answers

    async def _shared(self) -> dict[str, Any]:
        answers: dict[str, Any] = {}
        for buyers, at_least, disagreeing in product(
            (None, [], self.nodes[-1:]), (1, 2), (None, True, False)
        ):
            sought = SharedSought([], buyers, at_least, self.day, disagreeing)
            name = f"shared {buyers} {at_least} {disagreeing}"
            answers[name] = await self.store.find_shared(sought, self.moment, Page(9))
            answers[f"count {name}"] = await self.store.count_shared(sought, self.moment)
        return answers

    async def _named(self) -> dict[str, Any]:
        answers: dict[str, Any] = {}
        for text in ("mill", "ahr", "si", "old mi"):
            hits = await self.store.search(text, [], self.moment, 20, (float("inf"), 0))
            answers[f"search {text}"] = sorted(node for node, _, _ in hits)
        return answers


def _unordered(answer: Any) -> Any:  # noqa: ANN401
    if isinstance(answer, list) and answer and isinstance(answer[0], dict):
        return sorted(answer, key=repr)  # pyright: ignore[reportUnknownVariableType]
    return answer


@settings(AT_LENGTH, max_examples=12)
@given(
    writes=generations(),
    revision=st.integers(1, 4),
    known=st.sampled_from((None, "2015-06-30", "2016-02-01", "2020-01-02", "2020-01-04")),
    day=st.sampled_from(EXACT),
    who=st.sampled_from(WHO),
)
async def test_both_stores_answer_alike(
    neo4j_server: Address,
    writes: list[list[dict[str, Any]]],
    revision: int,
    known: str | None,
    day: str,
    who: str,
) -> None:
    neo4j_server.empty()
    stores: tuple[Store, ...] = (
        EmbeddedStore(MEMORY),
        Neo4jStore(neo4j_server.url, neo4j_server.user, neo4j_server.password),
    )
    answers: list[dict[str, Any]] = []
    for store in stores:
        await store.open()
        await write(store, FIXED, on="2020-01-01")
        for at, lines in enumerate(writes, start=2):
            with suppress(BadDocumentError):
                await write(store, lines, on=f"2020-01-0{at}")
        latest = await store.latest()
        moment = Moment(
            min(revision, latest.revision),
            micros(date.fromisoformat(known)) if known else OPEN - 1,
            await viewer(store, who),
        )
        found = await Asked(store, moment, date.fromisoformat(day).toordinal()).told()
        found["export"] = plain([[FACTS.index(kind), row] for kind, row in await exported(store)])
        answers.append(found)
        await store.close()
    embedded, neo4j = answers
    assert {name: embedded[name] for name in embedded if embedded[name] != neo4j[name]} == {
        name: neo4j[name] for name in neo4j if embedded[name] != neo4j[name]
    }
