"""Pages of questions: what is asked there in each language, of a hub that listens.

Such a page shows its query once, as a file, and then in tabs how it is asked and what is printed.
All examples of a language are run by one process, in a folder with the files of all pages.
"""

import asyncio
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent
from typing import Final

from tests.docs.pages import DOCS, laid_out
from tests.docs.shell import pretty, stable
from tests.outside import installed, listening, printed

PAGES: Final = sorted((DOCS / "questions").glob("*.md"))
_ASKING: Final = Path(__file__).with_name("asking")
_PACKAGES: Final = Path(__file__).parents[1] / "graphql" / "outside"
"""Where a lock file has what scripts of JavaScript need."""
_TAB: Final = re.compile(
    r"^    ```(?P<language>bash|python|js)\n(?P<code>[\s\S]*?)^    ```\n"
    r"\n    ```(?P<form>json|text)\n(?P<shown>[\s\S]*?)^    ```$",
    re.MULTILINE,
)
LANGUAGES: Final = ["bash", "python", "js"]
_RUN: Final[Mapping[str, tuple[str | Path, ...]]] = {
    "bash": ("bash", _ASKING / "all.sh"),
    "python": (sys.executable, _ASKING / "all.py"),
    "js": ("node", _ASKING / "all.mjs"),
}


@dataclass(frozen=True, slots=True)
class Example:
    """How a page asks in one language.

    Attributes:
        script: Name of the file that is run.
        begins: Where in the page begins what it prints, and `ends` where that ends.
    """

    script: str
    language: str
    code: str
    form: str
    begins: int
    ends: int


def examples(page: Path) -> Iterator[Example]:
    """Yield the examples of a page, in their order."""
    for at, found in enumerate(_TAB.finditer(page.read_text(encoding="utf-8"))):
        language = found["language"]
        script = f"{page.stem}-{at}.{language}".replace(".js", ".mjs")
        begins, ends = found.span("shown")
        yield Example(script, language, dedent(found["code"]), found["form"], begins, ends)


def told(page: Path, printed: Mapping[str, str]) -> str:
    """Return a page as it would be if each of its examples showed what was printed."""
    text = page.read_text(encoding="utf-8")
    for each in reversed([*examples(page)]):
        now = indent(f"{_shown(each.form, printed[each.script])}\n", "    ")
        text = text[: each.begins] + now + text[each.ends :]
    return text


def _shown(form: str, printed: str) -> str:
    if form == "text":
        return stable(printed)
    answer = json.loads(printed)
    answer.pop("extensions", None)  # what it cost, which pages tell once
    return stable(pretty(answer, taken=4))


def prepared(folder: Path) -> Path:
    """Return a folder with the files and examples of all pages, and the packages they need."""
    installed(_PACKAGES, folder)
    for page in PAGES:
        laid_out(page, folder)
        for each in examples(page):
            (folder / each.script).write_text(each.code, encoding="utf-8")
    return folder


async def asked(store: Path, folder: Path) -> Mapping[str, str]:
    """Run what a folder was prepared with, against a hub with a store.

    Returns:
        What each script prints.
    """
    found = [each for page in PAGES for each in examples(page)]
    async with listening(store) as url:
        await asyncio.gather(*(_run(language, found, folder, url) for language in LANGUAGES))
    scripts = (each.script for each in found)
    return {each: (folder / f"{each}.out").read_text(encoding="utf-8") for each in scripts}


async def _run(language: str, found: Sequence[Example], folder: Path, url: str) -> None:
    scripts = [each.script for each in found if each.language == language]
    await printed(folder, *_RUN[language], *scripts, HUB=url)
