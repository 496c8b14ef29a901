"""The explorer: GraphiQL with example questions, for whoever opens `/graphql` in a browser.

Its page is put together from `explorer_page/`. GraphiQL itself is nobody's to commit: `make
explorer` installs it by a lock file into `explorer_files/`, and where it is not installed, the page
takes the same files, checked by the same hashes, from a public CDN.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final

from starlette.requests import Request

PAGE: Final = Path(__file__).parent / "explorer_page"
"""What the page is made of."""
FILES: Final = Path(__file__).parent / "explorer_files"
"""Where `make explorer` installs GraphiQL."""
ASSETS: Final = "/graphql/explorer/"
"""Address of the installed files."""
CDN: Final = "https://cdn.jsdelivr.net/npm/"
"""Public copies of npm packages, file by file."""

_GROUP: Final = re.compile(r"^## (.+)\n", re.MULTILINE)
_EXAMPLE: Final = re.compile(
    r"^# (?P<title>.+)\nquery (?P<name>\w+) \{\n[\s\S]+?^\}$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class BrowserFile:
    """A file of GraphiQL that the page loads."""

    name: str
    """What it is called where it is installed."""
    version: str
    """Version of its package."""
    address: str
    """Where the CDN has it."""
    integrity: str
    """Hash of its content, as browsers check it."""

    def tag(self, *, local: bool) -> str:
        """Return the element that loads it; the version keeps an old copy from being reused."""
        address = f"{ASSETS}{self.name}?{self.version}" if local else self.address
        checked = f'integrity="{self.integrity}" crossorigin="anonymous"'
        if self.name.endswith(".css"):
            return f'    <link rel="stylesheet" href="{address}" {checked}>'
        return f'    <script src="{address}" {checked}></script>'


def wanted(request: Request) -> bool:
    """Return whether a browser asks for the explorer rather than for an answer."""
    browser = request.method in {"GET", "HEAD"} and "text/html" in request.headers.get("accept", "")
    return browser and "query" not in request.query_params


def page(files: Path = FILES) -> str:
    """Return the explorer's page."""
    local = _installed(files)
    return _PAGE.substitute(
        styles="\n".join(f.tag(local=local) for f in BROWSER_FILES if f.name.endswith(".css")),
        scripts="\n".join(f.tag(local=local) for f in BROWSER_FILES if f.name.endswith(".js")),
        style=_STYLE,
        examples=_EXAMPLES,
        script=_SCRIPT,
    )


def headers(files: Path = FILES) -> Mapping[str, str]:
    """Return what a browser is told with the page: above all, what it may load and from where."""
    elsewhere = [] if _installed(files) else [file.address for file in BROWSER_FILES]
    scripts = ["'self'", _SCRIPT_HASH, *(each for each in elsewhere if each.endswith(".js"))]
    styles = ["'self'", "'unsafe-inline'", *(each for each in elsewhere if each.endswith(".css"))]
    policy = {
        "default-src": ["'none'"],
        "script-src": scripts,
        "style-src": styles,  # the editors write style attributes
        "img-src": ["'self'", "data:"],
        "font-src": ["data:"],
        "connect-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    return {
        "content-security-policy": "; ".join(f"{k} {' '.join(v)}" for k, v in policy.items()),
        "cache-control": "no-cache",
        "referrer-policy": "no-referrer",
        "vary": "accept",
    }


def asset(name: str, files: Path = FILES) -> Path | None:
    """Return an installed file by its name; none for every name that is not one of them."""
    path = files / name if name in _NAMES else None
    return path if path and path.is_file() else None


def _installed(files: Path) -> bool:
    """Return whether every file is installed."""
    return all((files / file.name).is_file() for file in BROWSER_FILES)


def _browser_files() -> tuple[BrowserFile, ...]:
    """Return the files in the order in which the page loads them."""
    package = json.loads((PAGE / "package.json").read_text("utf-8"))
    versions = package["dependencies"]
    return tuple(
        BrowserFile(
            name=file["file"],
            version=versions[file["package"]],
            address=f"{CDN}{file['package']}@{versions[file['package']]}/{file['path']}",
            integrity=file["integrity"],
        )
        for file in package["browserFiles"]
    )


def _examples() -> str:
    """Return the example questions by group, as JSON that may stand inside a page."""
    _, *parts = _GROUP.split((PAGE / "examples.graphql").read_text("utf-8"))
    groups = [
        {
            "name": name,
            "examples": [
                {"title": each["title"], "name": each["name"], "query": each.group()}
                for each in _EXAMPLE.finditer(text)
            ],
        }
        for name, text in zip(parts[::2], parts[1::2], strict=True)
    ]
    return json.dumps(groups, ensure_ascii=False).replace("<", "\\u003c")


BROWSER_FILES: Final = _browser_files()
_NAMES: Final = frozenset(file.name for file in BROWSER_FILES)
_PAGE: Final = Template((PAGE / "index.html").read_text("utf-8"))
_STYLE: Final = (PAGE / "explorer.css").read_text("utf-8")
_SCRIPT: Final = (PAGE / "explorer.js").read_text("utf-8")
_SCRIPT_HASH: Final = (
    f"'sha256-{base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()}'"
)
_EXAMPLES: Final = _examples()
