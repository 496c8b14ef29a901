"""Pages of the documentation, and the fenced blocks in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"

_FENCE: Final = re.compile(
    r"^(?P<fence>```+)(?P<language>[\w-]*)(?P<options>[^\n`]*)\n(?P<text>[\s\S]*?)^(?P=fence)$",
    re.MULTILINE,
)
_TITLE: Final = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block.

    Attributes:
        language: `console`: commands with what they print, which are run. `graphql`: a question,
            answered by the block of `json` below it. `sh`: commands for the reader alone.
        title: Of a file, its path from where the commands are run.
        text: What is between the fences.
        begins: Where `text` begins in the page.
        line: The line of the page on which `text` begins.
    """

    language: str
    title: str | None
    text: str
    begins: int
    line: int

    @property
    def ends(self) -> int:
        """Where `text` ends in the page."""
        return self.begins + len(self.text)


def pages() -> list[Path]:
    """Return every page: the README, and all below `docs/`."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def name(page: Path) -> str:
    """Return how a page is called in a report."""
    return page.relative_to(ROOT).as_posix()


def blocks(text: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    for found in _FENCE.finditer(text):
        title = _TITLE.search(found["options"])
        begins = found.start("text")
        line = text.count("\n", 0, begins) + 1
        yield Block(found["language"], title and title[1], found["text"], begins, line)


def prose(text: str) -> str:
    """Return a page without its fenced blocks."""
    return _FENCE.sub("", text)


def laid_out(page: Path, folder: Path) -> list[Block]:
    """Write the files that a page shows into a folder; return the blocks of the page."""
    found = [*blocks(page.read_text(encoding="utf-8"))]
    for block in found:
        if block.title:
            (folder / block.title).write_text(block.text, encoding="utf-8")
    return found
