"""The explorer: every question it offers is answered, and it gives nothing but its own files."""

import base64
import hashlib
import json
import re
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from graphql import OperationDefinitionNode, build_schema, parse, print_ast, validate
from starlette.requests import Request as HttpRequest

from adapters.kit.adapter import adapters
from hub.answers.desk import Desk
from hub.app import create_app
from hub.graphql import explorer
from hub.graphql.context import Request
from hub.graphql.limits import budgets
from hub.graphql.schema import schema, text
from hub.oauth.principal import ANONYMOUS
from hub.settings import Settings
from hub.store.embedded.store import EmbeddedStore
from hub.sync.run import run
from hub.sync.sources import record

pytestmark = pytest.mark.anyio

EXAMPLES: Final = (explorer.PAGE / "examples.graphql").read_text("utf-8")
TEXTS: Final = {
    each.name.value: print_ast(each)
    for each in parse(EXAMPLES).definitions
    if isinstance(each, OperationDefinitionNode) and each.name
}
OPERATIONS: Final = list(TEXTS)
WHO: Final = [
    "Brand buyers",
    "Program operators",
    "Worker organisations",
    "Researchers",
    "Integrators",
]
NAMES: Final = [file.name for file in explorer.BROWSER_FILES]
BROWSER: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
NOT_FILES: Final = (
    "",
    ".",
    "..",
    "../explorer.py",
    "../../../pyproject.toml",
    "..%2f..%2f..%2fpyproject.toml",
    "%2e%2e/explorer.py",
    "..\\explorer.py",
    "/etc/passwd",
    "//etc/passwd",
    "graphiql.js/../../explorer.py",
    "./graphiql.js",
    "graphiql.js/",
    "graphiql.js\0",
    "GRAPHIQL.JS",
    "graphiql.js.map",
    "package.json",
)


@pytest.fixture(scope="module")
async def desk() -> AsyncGenerator[Desk]:
    """Yield a desk over the bundled public record and the example world."""
    store = EmbeddedStore(":memory:")
    await store.open()
    for adapter in adapters().values():
        await run(store, record(adapter))
    yield await Desk.open(store)
    await store.close()


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Return a folder with a file in the place of each of GraphiQL's, and one more."""
    folder = tmp_path / "explorer_files"
    folder.mkdir()
    for name in [*NAMES, "LICENSE.react.txt"]:
        (folder / name).write_text(name)
    (tmp_path / "explorer.py").write_text("beside it")
    return folder


async def test_every_example_is_valid() -> None:
    assert validate(build_schema(text()), parse(EXAMPLES)) == []


@pytest.mark.parametrize("name", OPERATIONS)
async def test_every_example_is_answered(name: str, desk: Desk) -> None:
    # Whoever tries one brings no token.
    budget = budgets(Settings().anonymous_cost, Settings().anonymous_rows).of(ANONYMOUS)
    result = await schema.execute(TEXTS[name], context_value=Request(desk, budget=budget))
    assert result.errors is None
    assert result.data is not None
    assert all(value not in (None, [], {}) for value in result.data.values())


async def test_the_examples_tell_what_they_promise(desk: Desk) -> None:
    async def ask(name: str) -> Any:  # noqa: ANN401
        result = await schema.execute(TEXTS[name], context_value=Request(desk))
        assert result.data is not None
        [answer] = result.data.values()
        return answer

    assert (await ask("InGoodStanding"))["verdict"] == "ELIGIBLE"
    assert (await ask("TooOldToTell"))["verdict"] == "UNKNOWN"
    barred = await ask("BarredWithItsGroup")
    assert (barred["verdict"], barred["reason"]) == ("INELIGIBLE", "GROUP_TERMINATED")
    assert barred["rulings"][0]["standings"][0]["evidence"]
    *good, bad = (await ask("WholeList"))["rows"]
    assert all(row["verdict"] and not row["problem"] for row in good)
    assert bad["verdict"] is None
    assert "check" in bad["problem"]["message"]
    assert (await ask("BoundAtASite"))["totalCount"] > 100
    assert (await ask("StandingBadly"))["totalCount"] > 0
    assert (await ask("WordsOfAProgram"))["stateRules"]
    assert (await ask("ProgramsDisagree"))["totalCount"] > 0
    assert (await ask("Search"))["edges"]
    assert [run["outcome"] for run in (await ask("LastLists"))["lastSyncs"]]
    assert (await ask("WhoMustAct"))["nodes"][0]["signatures"]["totalCount"] > 0
    assert any(each["clauses"] for each in (await ask("WhatItObliges"))["nodes"])
    assert (await ask("WhereFrom"))["standings"][0]["evidence"]
    *known, unknown = await ask("WhichAreKnown")
    assert all(known)
    assert unknown is None
    assert (await ask("PageByPage"))["pageInfo"]["hasNextPage"]
    assert (await ask("ReadOn"))["nodes"][0]["cursor"]
    assert (await ask("TimeTravel"))["standings"]


def test_the_page_offers_every_example(installed: Path) -> None:
    groups = _embedded(explorer.page(installed))
    offered = [example for group in groups for example in group["examples"]]
    assert [example["name"] for example in offered] == OPERATIONS
    for example in offered:
        [operation] = parse(example["query"]).definitions
        assert isinstance(operation, OperationDefinitionNode)
        assert example["query"].startswith(f"# {example['title']}\n")


def test_each_kind_of_user_has_questions(installed: Path) -> None:
    groups = {group["name"]: group["examples"] for group in _embedded(explorer.page(installed))}
    assert list(groups) == WHO
    assert [name for name, examples in groups.items() if len(examples) < 3] == []


@pytest.mark.parametrize(
    ("method", "accept", "query", "expected"),
    [
        ("GET", BROWSER, "", True),
        ("GET", BROWSER, "utm=1", True),
        ("GET", BROWSER, "query=%7B__typename%7D", False),
        ("GET", "application/json", "", False),
        ("GET", "*/*", "", False),
        ("GET", None, "", False),
        ("POST", BROWSER, "", False),
    ],
)
def test_it_is_for_browsers(method: str, accept: str | None, query: str, *, expected: bool) -> None:
    headers = [(b"accept", accept.encode())] if accept else []
    scope = {
        "type": "http", "method": method, "headers": headers, "query_string": query.encode(),
    }  # fmt: skip
    assert explorer.wanted(HttpRequest(scope)) is expected


def test_installed_files_are_loaded_from_the_hub_alone(installed: Path) -> None:
    page, policy = explorer.page(installed), _policy(explorer.headers(installed))
    for file in explorer.BROWSER_FILES:
        assert f'"{explorer.ASSETS}{file.name}?{file.version}"' in page
    assert _loaded(page) == []
    assert "://" not in policy


@pytest.mark.parametrize("missing", [*NAMES, None])
def test_a_missing_file_means_the_cdn(installed: Path, missing: str | None) -> None:
    if missing:
        (installed / missing).unlink()
    folder = installed if missing else installed / "nowhere"
    page, policy = explorer.page(folder), _policy(explorer.headers(folder))
    assert _loaded(page) == [file.address for file in _in_order()]
    for file in explorer.BROWSER_FILES:
        assert file.address.startswith(explorer.CDN)
        assert f"@{file.version}/" in file.address
        assert f'integrity="{file.integrity}" crossorigin="anonymous"' in page
        assert file.address in policy


def test_the_page_may_run_its_own_script_and_no_other(installed: Path) -> None:
    [script] = re.findall(r"<script>(.*?)</script>", explorer.page(installed), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = _policy(explorer.headers(installed))
    assert f"script-src 'self' 'sha256-{digest}';" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy


@pytest.mark.parametrize("name", NAMES)
def test_an_installed_file_is_given(installed: Path, name: str) -> None:
    assert explorer.asset(name, installed) == installed / name
    assert explorer.asset(name, installed / "nowhere") is None


@pytest.mark.parametrize("name", [*NOT_FILES, "LICENSE.react.txt"])
def test_nothing_else_is_given(installed: Path, name: str) -> None:
    assert explorer.asset(name, installed) is None
    assert explorer.asset(str(installed / "graphiql.js"), installed) is None


async def test_over_http() -> None:
    app = create_app(EmbeddedStore(":memory:"), Settings())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
        page = await client.get("/graphql", headers={"accept": BROWSER})
        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        told = {**explorer.headers(), "vary": "accept, Accept-Encoding"}
        assert page.headers.items() >= told.items()
        assert "<title>WSR Hub</title>" in page.text
        for name in ("%2e%2e/explorer.py", "..%2fexplorer.py", "%2fetc%2fpasswd", "unknown.js"):
            answer = await client.get(f"{explorer.ASSETS}{name}")
            assert answer.status_code == 404


def test_the_lock_pins_what_the_page_loads() -> None:
    """No registry is named, and what is installed has the hashes that the page states."""
    lock = json.loads((explorer.PAGE / "package-lock.json").read_text("utf-8"))
    assert not [name for name, each in lock["packages"].items() if "resolved" in each]
    package = json.loads((explorer.PAGE / "package.json").read_text("utf-8"))
    for name, version in package["dependencies"].items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    for file in explorer.BROWSER_FILES:
        path = explorer.asset(file.name)
        if path is not None:
            digest = hashlib.sha384(path.read_bytes()).digest()
            assert file.integrity == f"sha384-{base64.b64encode(digest).decode()}"


def _embedded(page: str) -> list[dict[str, Any]]:
    """Return the examples in a page."""
    [given] = re.findall(r'<script type="application/json" id="examples">(.*?)</script>', page)
    return json.loads(given)


def _loaded(page: str) -> list[str]:
    """Return what a page loads from elsewhere, in order."""
    return re.findall(r'<(?:script|link)[^>]* (?:src|href)="(https?:[^"]*)"', page)


def _in_order() -> list[explorer.BrowserFile]:
    """Return the files as a page has them: styles in its head, scripts at its end."""
    return sorted(explorer.BROWSER_FILES, key=lambda file: file.name.endswith(".js"))


def _policy(headers: Mapping[str, str]) -> str:
    return headers["content-security-policy"]
