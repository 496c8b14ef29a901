"""The page about long lists, as a reader follows it."""

import sys
from pathlib import Path

import pytest

from adapters.kit.adapter import adapters
from hub.oauth.clients import Registry
from hub.oauth.principal import Role, Scope
from hub.store.embedded.store import EmbeddedStore
from hub.sync.run import run
from hub.sync.sources import record
from tests.docs.pages import DOCS, laid_out
from tests.jobs.test_drills import lists
from tests.oauth.served import OPERATOR, client_of, key_set
from tests.oauth.test_kills import asking
from tests.outside import listening, printed

pytestmark = pytest.mark.anyio


async def test_a_reader_sends_a_list_and_fetches_the_answers(tmp_path: Path) -> None:
    page = laid_out(DOCS / "bulk.md", tmp_path)
    [typed] = [block.text for block in page if block.language == "bash"]
    store = EmbeddedStore(str(tmp_path / "hub.db"))
    await store.open()
    await run(store, record(adapters()["example-produce"]))
    client = client_of(
        role=Role.BRAND,
        programs=(),
        organization="wsr:example-grocer-01",
        scopes=(Scope.READ,),
        jwks=key_set(OPERATOR),
    )
    await Registry(store.kept).add(client)
    await store.close()
    async with listening(tmp_path / "hub.db") as url, asking(url) as http:
        known = {"HUB": url, "TOKEN": (await lists(http, client.id)).token}
        out = await printed(tmp_path, "bash", "-euo", "pipefail", "-c", typed, **known)
        told = await printed(tmp_path, sys.executable, "long_list.py", **known)
    header, *rows = out.removeprefix("\ufeff").splitlines()
    assert header == "Supplier,Product,Order,verdict,reason,problem,problemCode"
    assert [row.split(",")[2] for row in rows] == ["A-1", "A-2", "A-3"]
    assert rows[2].endswith(",UNKNOWN_REFERENCE")
    events = (tmp_path / "events.txt").read_text(encoding="utf-8")
    assert "event: done\n" in events
    *progress, first, second, last = told.splitlines()
    assert progress[-1] == "done 3 of 3"
    assert [first, second] == [
        " ".join((*row.split(",")[:1], row.split(",")[3])) for row in rows[:2]
    ]
    assert last == "Example Nobody UNKNOWN_REFERENCE"
