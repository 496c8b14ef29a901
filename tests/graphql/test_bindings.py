"""Who is bound at a supplier: exactly the buyers of whom the verdict says so, and the linked."""

from typing import Any, Final

import pytest

from tests.graphql.served import Hub
from tests.store.worlds import company, program, said, site, standing

pytestmark = pytest.mark.anyio

CODE: Final = "bind"
SIGNED: Final = {"alone": None, "top": True, "vague": None, "bare": False}
"""Who signed, and whether that covers its group."""
PART_OF: Final = {
    "middle": "top", "bottom": "middle", "loop": "bottom", "top": "loop",
    "maybe": "vague", "not": "bare",
}  # fmt: skip
"""Who is part of whom; `top` is so of a part of itself, as lists have it now and then."""
OTHERS: Final = ("nobody", "linked")


def world() -> list[dict[str, Any]]:
    """Return a site in good standing, and buyers that are bound each in its own way."""
    names = {*SIGNED, *PART_OF, *OTHERS}
    lines = [*program(CODE), site(CODE, 1, country="NP")]
    lines += [company(CODE, name, roles=["BUYER"]) for name in sorted(names)]
    lines += [
        said(CODE, "signature", organization=f"{CODE}:{name}", agreement=f"{CODE}:a1",
             since="2014-01-01", coversGroup=covers)
        for name, covers in SIGNED.items()
    ]  # fmt: skip
    lines += [
        said(CODE, "tie", kind="PART_OF", from_=f"{CODE}:{part}", to=f"{CODE}:{whole}")
        for part, whole in PART_OF.items()
    ]
    lines += [
        standing(CODE, f"{CODE}:s1", "listed", "2014-01-01", confirmedOn="2016-06-01"),
        said(CODE, "sourcing", buyer=f"{CODE}:linked", supplier=f"{CODE}:s1", since="2014-01-01",
             published=True),
    ]  # fmt: skip
    return lines


async def test_bound_is_who_the_verdict_says_is_bound(hub: Hub) -> None:
    await hub.tell(*world())
    query = """{ bindings(supplier: "bind:s1", product: "jeans", first: 500, asOf: "2016-06-01") {
      nodes { buyer { name } eligibility { verdict } } } }"""
    nodes = (await hub.ask(query))["bindings"]["nodes"]
    bound = {
        node["buyer"]["name"].lower(): node["eligibility"]["verdict"]
        for node in nodes
        if node["buyer"]["name"].lower() in {*SIGNED, *PART_OF, *OTHERS}  # other worlds have more
    }
    one = """query ($buyer: ID!) { eligibility(
      buyer: $buyer, supplier: "bind:s1", product: "jeans", asOf: "2016-06-01") { verdict } }"""
    asked = {
        name: (await hub.ask(one, buyer=f"bind:{name}"))["eligibility"]["verdict"]
        for name in {*SIGNED, *PART_OF, *OTHERS}
    }
    assert bound == {
        name: verdict
        for name, verdict in asked.items()
        if verdict != "NOT_BOUND" or name == "linked"
    }
    assert set(asked) - set(bound) == {"not", "nobody"}
    assert {name for name, verdict in bound.items() if verdict == "UNKNOWN"} == {"maybe"}
