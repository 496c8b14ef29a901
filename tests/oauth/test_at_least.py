"""`Hub-At-Least`: a read that sees a write made by another hub, or says that it does not."""

import asyncio
from collections.abc import Sequence

import httpx
import pytest

from hub import at_least
from hub.store.port import Latest
from tests.oauth.served import QUERY, Hub
from tests.store.worlds import program, site, write

pytestmark = pytest.mark.anyio


async def ask(hub: Hub, *given: str, path: str = "/graphql") -> httpx.Response:
    """Put a question that asks for a revision."""
    headers = [("hub-at-least", each) for each in given]
    return await hub.http.get(path, params={"query": QUERY}, headers=headers)


async def test_a_read_waits_for_the_revision_that_it_asks_for(
    giving: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(giving.store, program("alpha"))
    looked = asyncio.Event()
    latest = giving.store.latest

    async def looking() -> Latest:
        try:
            return await latest()
        finally:
            looked.set()

    monkeypatch.setattr(giving.store, "latest", looking)
    waiting = asyncio.create_task(ask(giving, "2"))
    await looked.wait()
    assert not waiting.done()
    await write(giving.store, [site("alpha", 1)])
    answer = await waiting
    assert answer.json()["data"] == {"revision": {"id": "2"}}
    for known in ("0", "1", "2"):
        assert (await ask(giving, known)).json()["data"] == {"revision": {"id": "2"}}


async def test_a_revision_that_does_not_come_is_told(
    own: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_least, "PATIENCE", 0.0)
    for path in ("/graphql", "/programs/ffp/template.xlsx", "/programs/ffp/audit"):
        answer = await ask(own, "7", path=path)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        told = answer.json()
        assert (told["code"], told["status"]) == ("REVISION_NOT_REACHED", 503)
        assert told["detail"] == "revision 7 is not here yet, the newest is 0; try again"
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "given", [["x"], [""], ["-1"], ["1.0"], ["²"], ["1" * 19], ["1", "1"], ["1, 1"], ["0x1"]]
)
async def test_what_is_no_revision_is_refused(own: Hub, given: Sequence[str]) -> None:
    headers = [(b"hub-at-least", each.encode("latin-1")) for each in given]
    answer = await own.http.get("/graphql", params={"query": QUERY}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "www-authenticate" not in answer.headers
