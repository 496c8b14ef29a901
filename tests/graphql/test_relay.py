"""A small app's questions, compiled by Relay's own compiler, and asked as it writes them."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from hub.graphql.schema import text
from tests.graphql.served import Hub
from tests.outside import SOON, installed

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]
APP: Final = Path(__file__).with_name("relay")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the text of each operation as the compiler writes it, by its name."""
    folder = installed(APP, tmp_path_factory.mktemp("relay"))
    (folder / "schema.graphql").write_text(text(), encoding="utf-8")
    node = shutil.which("node")
    assert node
    done = subprocess.run(  # noqa: S603 - a compiler of our own lock file
        [node, "node_modules/relay-compiler/cli.js"],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        timeout=SOON,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    made = {path.name.partition(".")[0]: path for path in folder.rglob("__generated__/*.js")}
    texts = {name: _TEXT.search(path.read_text(encoding="utf-8")) for name, path in made.items()}
    return {name: json.loads(found[1]) for name, found in texts.items() if found}


_TEXT: Final = re.compile(r'"text": ("(?:[^"\\]|\\.)*")')


def rows(connection: dict[str, Any]) -> list[str]:
    """Return whom the rows of a page are about."""
    return [each["node"]["subject"]["id"] for each in connection["edges"]]


async def test_an_app_pages_through_a_list(hub: Hub, compiled: dict[str, str]) -> None:
    query = compiled["SuppliersQuery"].replace("first: 20", "first: 3")
    program = (await hub.ask(query, program="example-produce"))["program"]
    seen = rows(program["standings"])
    for _ in range(2):
        after = program["standings"]["pageInfo"]["endCursor"]
        program = (
            await hub.ask(
                compiled["SuppliersPageQuery"], id=program["id"], first=3, after=after
            )
        )["node"]  # fmt: skip
        seen += rows(program["standings"])
    whole = await hub.ask(query.replace("first: 3", "first: 9"), program="example-produce")
    assert seen == rows(whole["program"]["standings"])


async def test_an_app_asks_again_for_a_supplier_that_it_shows(
    hub: Hub, compiled: dict[str, str]
) -> None:
    site = (await hub.ask('{ worksite(id: "exp:0001") { id name } }'))["worksite"]
    asked = {"buyer": "wsr:example-grocer-01", "product": "tomatoes"}
    first = (await hub.ask(compiled["VerdictQuery"], supplier=site["id"], **asked))["node"]
    again = (await hub.ask(compiled["VerdictAgainQuery"], id=site["id"], **asked))["node"]
    assert first == again
    assert first["name"] == site["name"]
    assert first["eligibility"]["verdict"]
