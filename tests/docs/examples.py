"""Examples: what a page shows beside what the hub answers now."""

import shlex
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Final

from tests.docs.pages import Block, blocks, name
from tests.docs.shell import Shell

_CUT: Final = "..."
"""A last line that says that the rest of an output is left out."""
_UNANSWERED: Final = "line {line}: a question without its answer; show it below, as json"


def told(page: Path, shell: Shell) -> str:
    """Return a page as it would be if every output in it were the one of now.

    Raises:
        ValueError: An example cannot be run.
    """
    text = page.read_text(encoding="utf-8")
    found: list[str] = []
    at = 0
    question: Block | None = None
    for block in blocks(text):
        if question is not None and block.language != "json":
            raise ValueError(_UNANSWERED.format(line=question.line))
        found += (text[at : block.begins], _block(block, question, shell))
        at = block.ends
        question = block if block.language == "graphql" and block.title is None else None
    if question is not None:
        raise ValueError(_UNANSWERED.format(line=question.line))
    return "".join([*found, text[at:]])


def differences(page: Path, now: str) -> str:
    """Return how a page differs from what it should be; empty where it does not."""
    shown = page.read_text(encoding="utf-8").splitlines()
    return "\n".join(unified_diff(shown, now.splitlines(), name(page), "now", lineterm=""))


def _block(block: Block, question: Block | None, shell: Shell) -> str:
    """Return the text of a block as it should be, having run what it asks to be run."""
    if block.title is not None:
        shell.keep(block.title, block.text)
        return block.text
    match block.language:
        case "console":
            return "".join(_console(block, shell))
        case "json" if question is not None:
            return f"{shell.ask(question.text)}\n"
        case "json":
            msg = f"line {block.line}: JSON that is neither an answer nor a file; show the question"
            raise ValueError(msg)
        case _:
            return block.text


def _console(block: Block, shell: Shell) -> Iterator[str]:
    """Yield the commands of a console, each followed by what it prints."""
    for command, shown in commands(block.text):
        printed = shell.run(command).splitlines()
        if shown and shown[-1] == _CUT:
            printed = [*_kept(printed, shown[:-1]), _CUT]
        yield f"$ {command}\n"
        yield from (f"{line}\n" for line in printed)


def _kept(printed: list[str], shown: list[str]) -> list[str]:
    """Return an output up to the last line shown of it; if that is gone, as many lines of it."""
    last = shown[-1] if shown else ""
    return printed[: printed.index(last) + 1 if last in printed else len(shown)]


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Return the commands of a console and the lines shown below each.

    A command goes on after a backslash, and while a quotation is open.
    """
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        elif found and not found[-1][1] and _goes_on(found[-1][0]):
            found[-1] = (f"{found[-1][0]}\n{line}", [])
        elif found:
            found[-1][1].append(line)
    return found


def _goes_on(command: str) -> bool:
    try:
        shlex.split(command)
    except ValueError:
        return True
    return command.endswith("\\")
