"""The files of `deploy/`, read as their tools read them."""

import re
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy"


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction of a Dockerfile, its lines joined."""

    word: str
    rest: str


def steps() -> list[Step]:
    """Return the instructions of the Dockerfile."""
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [Step(*line.split(maxsplit=1)) for line in joined.splitlines()]


def last_stage() -> list[Step]:
    """Return the instructions that the image itself is made by."""
    every = steps()
    begin = max(at for at, step in enumerate(every) if step.word == "FROM")
    return every[begin:]


def sent(path: Path) -> bool:
    """Return whether a file of the repository is sent to the builder; the last rule counts."""
    name = path.relative_to(ROOT).as_posix()
    parents = [name, *(each.as_posix() for each in path.relative_to(ROOT).parents)]
    taken = True
    for rule in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        pattern = rule.removeprefix("!").removeprefix("**/")
        anywhere = rule.startswith("**/")
        if rule and not rule.startswith("#") and _meets(parents, pattern, anywhere=anywhere):
            taken = rule.startswith("!")
    return taken


def _meets(names: list[str], pattern: str, *, anywhere: bool) -> bool:
    if anywhere:
        return any(name.rsplit("/", 1)[-1] == pattern for name in names)
    return any("/" not in name[len(pattern) :] and fnmatch(name, pattern) for name in names)


def compose() -> dict[str, Any]:
    """Return the compose file, which keeps to maps, lists and words on one line."""
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    lines = [line for line in text.splitlines() if line.strip() and line.lstrip()[0] != "#"]
    found, rest = _node(lines, 0)
    assert not rest
    return found


def _node(lines: list[str], depth: int) -> tuple[Any, list[str]]:
    """Return the map or list at a depth, and the lines after it."""
    found: dict[str, Any] = {}
    items: list[str] = []
    while lines and _depth(lines[0]) == depth:
        line, *lines = lines
        if line.lstrip().startswith("- "):
            items.append(_word(line.lstrip()[2:]))
            continue
        key, _, value = line.strip().partition(":")
        assert key not in found, f"{key} stands twice"
        if value.strip():
            found[key] = _word(value)
        elif lines and _depth(lines[0]) > depth:
            found[key], lines = _node(lines, _depth(lines[0]))
        else:
            found[key] = None
    assert not (found and items)
    return items or found, lines


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _word(text: str) -> str:
    return text.strip().strip('"')
