"""As many products as the hub takes entities, through gateways, in one question."""

from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from graph_schema.exchange import Line
from hub.graphql.entities import MOST
from hub.store.embedded.store import EmbeddedStore
from hub.sync.intake import Intake, Origin
from hub.sync.run import run
from tests.gateway.conftest import GATEWAYS, asked, composed, running
from tests.outside import started
from tests.store.worlds import company, program, said, site, standing

pytestmark = [pytest.mark.anyio, pytest.mark.drill]

QUESTION: Final = """query ($first: Int!) { products(first: $first) { nodes { site {
  name eligibility(buyer: "many:buyer", product: "garments") { verdict }
} } } }"""
_SYMBOLS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def os_id(number: int) -> str:
    """Return an OS ID with its check character."""
    plain = f"BD2020001{number:05}"
    total = sum(map(ord, plain[:2])) + sum(map(_SYMBOLS.index, plain[2:]))
    return f"{plain}{_SYMBOLS[total % 32]}"


async def tell(store: EmbeddedStore) -> None:
    """Record a program with as many sites as may be asked for, and one buyer."""
    lines = [
        *program("many"),
        company("many", "buyer", country="SE", roles=["BUYER"]),
        *(site("many", n, externalIds=[f"os:{os_id(n)}"]) for n in range(MOST)),
        *(standing("many", f"many:s{n}", "listed", "2026-01-01") for n in range(MOST)),
        said(
            "many", "signature", organization="many:buyer", agreement="many:a1", since="2014-01-01"
        ),
    ]
    told = [Line.model_validate(line) for line in lines]
    await run(store, Intake(origin=Origin.ADMINISTRATOR, lines=told), confirmed=True)


async def test_as_many_products_as_may_be_get_verdicts_in_one_question(
    node: Path, tmp_path: Path
) -> None:
    products = [(f"Product {n}", os_id(n)) for n in range(MOST)]
    supergraph = tmp_path / "supergraph.graphql"
    async with running(tmp_path / "hub.db", tell, products) as system:
        text = await composed(node, system, "compose.mjs", *system.words())
        supergraph.write_text(text, encoding="utf-8")
        for script in GATEWAYS.values():
            async with started(node, script, {**system.env, "SUPERGRAPH": str(supergraph)}) as url:
                for first in (1, MOST):
                    before = system.counted.asked
                    answer = await asked(url, QUESTION, first=first)
                    assert "errors" not in answer, answer["errors"][:1]
                    sites = [each["site"] for each in answer["data"]["products"]["nodes"]]
                    assert len({each["name"] for each in sites}) == first
                    verdicts = Counter(each["eligibility"]["verdict"] for each in sites)
                    assert len(verdicts) == 1
                    assert system.counted.asked == before + 1
