"""Whatever numbers one operator claims, and when: another's suppliers are whom it says they are."""

from typing import Any, Final

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adapters.kit.adapter import Adapter
from hub.store.port import Store
from tests.sync.conftest import NewStore
from tests.sync.programs import ALPHA, BETA, sites
from tests.sync.steps import begin, push

pytestmark = pytest.mark.anyio

BETAS: Final = {"exb:1": "gln:4000000000001", "exb:2": "duns:100000002"}
"""Beta's sites, and the number that each has."""
NUMBERS: Final = (*BETAS.values(), "lei:529900T8BM49AURSDO55")

Rows = list[tuple[str, dict[str, str]]]
"""References, and their columns, one document each."""


def claims() -> st.SearchStrategy[Rows]:
    """Return what alpha may claim of its sites, step by step."""
    own = st.sampled_from(("exa:1", "exa:2", "exa:3"))
    others = st.lists(st.sampled_from((*NUMBERS, *BETAS)), unique=True, max_size=3)
    columns = others.map(lambda texts: {"externalIds": "|".join(texts)} if texts else {})
    return st.lists(st.tuples(own, columns), max_size=5)


async def describe(store: Store, adapter: Adapter, rows: Rows) -> None:
    """Send rows one after another; those that name what nobody knows yet are set aside."""
    for reference, columns in rows:
        await push(store, adapter, sites(reference, **columns), complete=False, confirmed=True)


async def nodes(store: Store, *texts: str) -> list[int | None]:
    """Return what references stand for."""
    _, found = await store.resolve(texts)
    return [each and each.node for each in found]


LATER: Final[Rows] = [("exa:1", {"externalIds": f"{BETAS['exb:1']}|exb:1"})]


@example(first=[], bare=True, between=LATER, last=[("exa:2", {"externalIds": BETAS["exb:1"]})])
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=claims(), bare=st.booleans(), between=claims(), last=claims())
async def test_the_other_programs_suppliers_stay_apart(
    new_store: NewStore, programs: dict[str, Adapter], first: Rows, bare: bool, between: Rows,
    last: Rows,
) -> None:  # fmt: skip
    alpha, beta = programs[ALPHA], programs[BETA]
    described: Any = [(site, {"externalIds": number}) for site, number in BETAS.items()]
    async with new_store() as store:
        await begin(store, alpha, beta)
        await describe(store, alpha, first)
        await describe(store, beta, [(site, {}) for site in BETAS] if bare else described[:1])
        await describe(store, alpha, between)
        await describe(store, beta, described)
        own = await nodes(store, *BETAS)
        numbered = await nodes(store, *BETAS.values())
        assert None not in own
        assert own[0] != own[1]
        for at, number in enumerate(numbered):
            assert number != own[1 - at]  # nobody finds one of beta's sites by the other's number
        if not first and not between:
            assert numbered == own
        await describe(store, alpha, last)
        assert await nodes(store, *BETAS) == own
        assert await nodes(store, *BETAS.values()) == numbered
