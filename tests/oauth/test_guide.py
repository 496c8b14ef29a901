"""The guide of operators, from a key pair to a suspension, as a reader follows it."""

import re
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from adapters.kit.adapter import adapters
from hub.store.embedded.store import EmbeddedStore
from hub.sync.run import run
from hub.sync.sources import record
from tests.docs.pages import DOCS, blocks
from tests.outside import listening, printed

pytestmark = pytest.mark.anyio
PAGE = DOCS / "first-push.md"


def code(language: str) -> str:
    """Return what the page gives to type in, in its order."""
    page = blocks(PAGE.read_text(encoding="utf-8"))
    return "\n".join(block.text for block in page if block.language == language)


def told(line: str) -> Any:  # noqa: ANN401 - any JSON
    """Return the one field of an answer."""
    [answer] = orjson.loads(line)["data"].values()
    return answer


async def test_a_reader_suspends_a_supplier_and_every_answer_changes(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    store = EmbeddedStore(str(path))
    await store.open()
    await run(store, record(adapters()["example-produce"]))
    await store.close()
    async with listening(path) as url:
        known = {"HUB": url, "HUB_STORE": f"sqlite:///{path}"}
        typed = f'set -euo pipefail\n{code("bash")}\necho "$CLIENT"'
        out = await printed(tmp_path, "bash", "-c", typed, **known)
        lines = out.splitlines()
        pushed, before, suspended, after, *audit, client = lines
        assert [told(each)["problems"] for each in (pushed, suspended)] == [[], []]
        assert told(before)["verdict"] == "ELIGIBLE"
        assert (told(after)["verdict"], told(after)["reason"]) == ("INELIGIBLE", "SUSPENDED")
        rows = [orjson.loads(each)["row"] for each in audit]
        deeds = [row["action"] for row in rows if row.get("client") == client]
        assert deeds == ["recordFacts", "recordFacts"]
        script = f"HUB, CLIENT = {url!r}, {client!r}\n{code('python')}"
        # The library fetches over https alone, but for a hub that listens for a test.
        script = script.replace("auth=shown", "auth=shown, testing=True")
        answer = await printed(tmp_path, sys.executable, "-c", script)
    assert re.search("'verdict': 'INELIGIBLE', 'reason': 'SUSPENDED'", answer)
