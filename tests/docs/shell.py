"""The shell in which the pages' commands are run: few commands, all of them the hub's own doors."""

import asyncio
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

import httpx
import pytest
from starlette.applications import Starlette
from typer.testing import CliRunner

from hub.app import create_app
from hub.cli.main import app
from hub.oauth.clients import Registry
from hub.settings import read
from hub.store.open import from_settings
from tests.docs.pages import ROOT
from tests.oauth.served import OPERATOR, assertion, client_of, key_set

STORE: Final = ".cache/hub.db"
"""Where `make run` keeps the store."""
_HOUSE: Final = ("adapters", "graph_schema", "hub")
_TERMINAL: Final = {"TTY_COMPATIBLE": "1", "TERM": "dumb", "PYTHONUTF8": "1"}
"""A terminal of 80 columns without colours."""
_PRETTY: Final = ["|", "python3", "-m", "json.tool", "--no-ensure-ascii"]
_WIDTH: Final = 84
_WITH_TOKEN: Final = "Bearer $TOKEN"  # noqa: S105 - a variable of a page
"""Stands for the token of an operator, whom the page tells how to get one."""
_VOLATILE: Final = re.compile(
    r'(?<="requestId": ")[0-9a-f]{16}'
    r"|\b[0-9a-f]{32}\b"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?=Z)"
    r"|\d{4}-\d\d-\d\d \d\d:\d\d(?= UTC)"
    r"|[\d,]+(?= facts (?:exported|restored))"
)
"""What differs from hub to hub: ids, the instants of its commits, and how much it holds."""


class Shell:
    """A folder with a filled store, a shell's environment, and the hub's command line and API.

    Attributes:
        folder: Where commands are run.
        code: The exit code of the last command.
    """

    def __init__(self, folder: Path, store: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.code = 0
        self._patch = patch
        (folder / STORE).parent.mkdir(parents=True)
        shutil.copy(store, folder / STORE)
        patch.chdir(folder)
        for variable, value in {**_TERMINAL, "HUB_STORE": f"sqlite:///{STORE}"}.items():
            patch.setenv(variable, value)

    def keep(self, path: str, text: str) -> None:
        """Write a file that a page gives; one of an adapter makes the house be there, too."""
        if path.startswith("adapters/") and not (self.folder / "adapters").exists():
            for each in _HOUSE:
                ignored = shutil.ignore_patterns("explorer_files")
                shutil.copytree(ROOT / each, self.folder / each, ignore=ignored)
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text, encoding="utf-8")

    def run(self, command: str) -> str:
        """Return what a command prints, what differs from hub to hub left out.

        Raises:
            ValueError: It is no command of a page's examples.
        """
        words = shlex.split(command.replace("\\\n", " "))
        match words:
            case ["hub", *arguments, ">", file]:
                (self.folder / file).write_text(self._hub(arguments), encoding="utf-8")
                return ""
            case ["hub", *arguments]:
                return stable(self._hub(arguments))
            case ["curl", *arguments] if arguments[-len(_PRETTY) :] == _PRETTY:
                answer = json.loads(self._curl(arguments[: -len(_PRETTY)]))
                return stable(json.dumps(answer, indent=4, ensure_ascii=False))
            case ["curl", *arguments]:
                return stable(self._curl(arguments))
            case _:
                return self._own(words)

    def _own(self, words: Sequence[str]) -> str:
        """Return what a command of the shell's own prints."""
        match words:
            case ["export", *assigned]:
                for each in assigned:
                    variable, _, value = each.partition("=")
                    self._patch.setenv(variable, value)
                return ""
            case ["source", ".venv/bin/activate"]:
                return ""
            case ["echo", "$?"]:
                return str(self.code)
            case _:
                msg = f"{words} is not run here; show it in a block of `sh`, without output"
                raise ValueError(msg)

    def ask(self, query: str) -> str:
        """Return the answer to a GraphQL question."""
        body: Any = json.loads(self._http("POST", "/graphql", {}, json.dumps({"query": query})))
        body.pop("extensions", None)  # what it cost, which pages tell once
        return stable(pretty(body))

    def _hub(self, arguments: Sequence[str]) -> str:
        """Run a command of the hub; from the house that a page added to, where it did."""
        if (self.folder / "adapters").exists():
            program = "from hub.cli.main import main; main()"
            done = subprocess.run(  # noqa: S603 - our own interpreter and words of our pages
                [sys.executable, "-c", program, *arguments],
                env={**os.environ, "PYTHONPATH": str(self.folder)},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                check=False,
            )
            self.code = done.returncode
            return done.stdout
        result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
        self.code = result.exit_code
        return result.output

    def _curl(self, arguments: Sequence[str]) -> str:
        """Send a request as curl would."""
        headers: dict[str, str] = {}
        fields: dict[str, str] = {}
        body, path = None, ""
        given = iter(arguments)
        for each in given:
            match each:
                case "-H":
                    field, _, value = next(given).partition(":")
                    headers[field] = value.strip()
                case "-d":
                    body = next(given)
                case "--data-binary":
                    file = next(given).removeprefix("@")
                    body = (self.folder / file).read_text(encoding="utf-8")
                case "--data-urlencode":
                    field, _, value = next(given).partition("=")
                    fields[field] = value
                case "-s" | "-sG":
                    pass
                case url:
                    path = url.removeprefix("$HUB").removeprefix("http://127.0.0.1:8000")
        self.code = 0
        return self._http("GET" if body is None else "POST", path, headers, body, fields)

    def _http(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: str | None,
        fields: Mapping[str, str] | None = None,
    ) -> str:
        """Return the body of the API's response."""
        settings = read()
        api = create_app(from_settings(settings), settings)
        typed = {"content-type": "application/json", **headers}

        async def send() -> str:
            transport = httpx.ASGITransport(app=api)
            async with (
                api.router.lifespan_context(api),
                httpx.AsyncClient(transport=transport, base_url="http://hub.test") as client,
            ):
                if typed.get("authorization") == _WITH_TOKEN:
                    typed["authorization"] = f"Bearer {await _token(api, client)}"
                response = await client.request(
                    method, path, headers=typed, content=body, params=fields or None
                )
                return response.text

        return asyncio.run(send())


async def _token(api: Starlette, http: httpx.AsyncClient) -> str:
    """Return the token of an operator of the Example Produce Program."""
    state = api.state
    office = client_of(id="office", programs=("example-produce",), jwks=key_set(OPERATOR))
    await Registry(state.desk.store.kept).add(office)
    state.access.ledger.forget()
    shown = assertion(office.id, aud=state.settings.public_url)
    form = {"grant_type": "client_credentials", **shown}
    return (await http.post("/oauth/token", data=form)).json()["access_token"]


def pretty(value: Any, indent: str = "", taken: int = 0) -> str:  # noqa: ANN401 - any JSON
    """Return JSON for readers: what fits on a line stands on one.

    Args:
        value: What is written.
        indent: Of the line on which it begins.
        taken: Characters of that line that stand before and after it.
    """
    line = json.dumps(value, ensure_ascii=False)
    fits = len(indent) + taken + len(line) <= _WIDTH
    if fits or not isinstance(value, dict | list) or not value:
        return line
    inside = f"{indent}  "
    if isinstance(value, dict):
        named = cast("dict[str, Any]", value)
        parts = [
            f"{json.dumps(key)}: {pretty(each, inside, len(key) + 5)}"
            for key, each in named.items()
        ]
        begin, end = "{}"
    else:
        listed = cast("list[Any]", value)
        parts = [pretty(each, inside, 1) for each in listed]
        begin, end = "[]"
    between = f",\n{inside}"
    return f"{begin}\n{inside}{between.join(parts)}\n{indent}{end}"


def stable(printed: str) -> str:
    """Return what a command printed with `…` for what differs from hub to hub."""
    lines = (line.rstrip() for line in _VOLATILE.sub("…", printed).splitlines())
    return "\n".join(lines).strip("\n")
