"""The bundled public records give the golden answers on every store, and the same in all detail."""

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from adapters.kit.adapter import adapters
from hub.answers.desk import Desk, Sitting
from hub.answers.eligibility import eligibility, eligibility_list
from hub.eligibility.explain import explanation, summary
from hub.errors import HubError
from hub.store.embedded.store import EmbeddedStore
from hub.store.neo4j.store import Neo4jStore
from hub.store.port import SHELL, Store
from hub.sync.run import run
from hub.sync.sources import record
from tests.conftest import AnyStore

pytestmark = pytest.mark.anyio

_CASES: Final = Path(__file__).parents[1] / "eligibility" / "cases.toml"
_OWN_FACTS: Final = {"facts", "farms", "factories", "companies", "record"}
GOLDEN: Final[list[dict[str, Any]]] = [
    case
    for case in tomllib.loads(_CASES.read_text(encoding="utf-8"))["case"]
    if not _OWN_FACTS & case.keys()
]
"""The cases that the bundled records alone answer."""
_BUYERS: Final = ("wsr:walmart", "wsr:hm", "wsr:levis", "wsr:benjerrys")
_PRODUCTS: Final = ("tomatoes", "garments", "milk")


async def recorded(store: Store) -> None:
    """Write every program's bundled record."""
    for adapter in adapters().values():
        if not adapter.manifest.example:
            await run(store, record(adapter))


async def sitting(store: Store, on: str, known_at: str | None = None) -> Sitting:
    desk = await Desk.open(store)
    known = datetime.fromisoformat(known_at) if known_at else None
    return await desk.sit(as_of=date.fromisoformat(on), known_at=known, viewer=SHELL)


async def test_the_records_give_the_golden_answers(store: AnyStore) -> None:
    await recorded(store)
    assert len(GOLDEN) > 10
    wrong: list[str] = []
    for case in GOLDEN:
        ask, expect = case["ask"], case["expect"]
        sat = await sitting(store, ask["on"], ask.get("knownAt"))
        try:
            found = (await eligibility(sat, ask["buyer"], ask["supplier"], ask["product"])).answer
            got, wanted = (found.verdict, found.reason), (expect["verdict"], expect["reason"])
        except HubError as error:
            got, wanted = (error.code, ""), (expect.get("error"), "")
        if got != wanted:
            wrong.append(f"{case['name']}: {got} instead of {wanted}")
    assert wrong == []


async def test_both_stores_answer_for_every_supplier_alike(
    embedded_store: EmbeddedStore, neo4j_store: Neo4jStore
) -> None:
    told: list[list[Any]] = []
    for store in (embedded_store, neo4j_store):
        await recorded(store)
        references = await _suppliers(store)
        assert len(references) > 150
        answers: list[Any] = []
        for on in ("2017-06-01", "2026-06-30"):
            sat = await sitting(store, on)
            for buyer, product in zip(_BUYERS, (*_PRODUCTS, "milk"), strict=False):
                found = await eligibility_list(sat, buyer, references, product)
                answers += [*found.verdicts, *found.reasons]
                for index in range(0, len(references), 5):
                    answered = found.answered(index)
                    if answered is not None:
                        answers.append(summary(answered.answer, answered.facts, figures=True))
                        answers += [
                            explanation(ruling, answered.facts, sat.day)
                            for ruling in answered.answer.rulings
                        ]
        told.append(answers)
    assert told[0] == told[1]


async def _suppliers(store: Store) -> list[str]:
    """Return a reference of every subject, in the order of their numbers."""
    latest = await store.latest()
    nodes = range(1, 5_000)
    found = await store.references(list(nodes))
    assert latest.revision > 0
    first: dict[int, str] = {}
    for node, text, _ in found:
        if not text.startswith("program:"):
            first.setdefault(node, text)
    return list(first.values())
