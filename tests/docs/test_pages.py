"""The pages name what is there: links, files, commands, settings, words."""

import re
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer.main

from adapters.kit.parsed import ProblemCode
from docs import generated
from graph_schema.codes import Duty, Effect, Reason, Verdict
from hub.cli.main import app
from hub.errors import HubError
from hub.settings import PREFIX, Settings
from tests.docs.examples import commands
from tests.docs.pages import DOCS, ROOT, blocks, name, pages, prose

PAGES = pages()
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_PATH = re.compile(r"(adapters|bench|deploy|docs|graph_schema|hub|requirements|tests)/[\w./*-]*")
_TARGET = re.compile(r"^([a-z0-9]+):", re.MULTILINE)
_NOTICE = re.compile(r'Notice\(\s*"([A-Z_]+)"')


def text(page: str) -> str:
    """Return a page of the docs."""
    return (DOCS / page).read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as the site makes them."""
    found: set[str] = set()
    for heading in _HEADING.findall(prose(page.read_text(encoding="utf-8"))):
        plain = re.sub(r"[^\w\s-]", "", heading).strip().lower()
        found.add(re.sub(r"[-\s]+", "-", plain))
    return found


def options() -> dict[str, set[str]]:
    """Return the options of every command of the hub."""
    found: dict[str, set[str]] = {}
    waiting: list[tuple[str, Any]] = [("", typer.main.get_command(app))]
    while waiting:
        name, command = waiting.pop()
        within = getattr(command, "commands", {})
        waiting += [(f"{name} {each}".strip(), below) for each, below in within.items()]
        if not within:
            named = ((*each.opts, *each.secondary_opts) for each in command.params)
            found[name] = {option for each in named for option in each}
    return found


def command_of(words: Sequence[str], known: Container[str]) -> str:
    """Return the command that a line begins with, which may be two words."""
    return next((two for two in (" ".join(words[:2]),) if two in known), words[0])


def links() -> Iterator[tuple[Path, str]]:
    """Yield every link of every page to another page or file."""
    for page in PAGES:
        for link in _LINK.findall(prose(page.read_text(encoding="utf-8"))):
            if not link.startswith(("http://", "https://")):
                yield page, link


LINKS = list(dict.fromkeys(links()))


@pytest.mark.parametrize(
    ("page", "link"), LINKS, ids=[f"{name(page)}, {link}" for page, link in LINKS]
)
def test_a_link_leads_somewhere(page: Path, link: str) -> None:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    assert target.is_file()
    assert not anchor or anchor in anchors(target)


def test_every_page_stands_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    listed = set(re.findall(r"[\w/.-]+\.md", navigation))
    assert listed == {page.relative_to(DOCS).as_posix() for page in PAGES[1:]}


def test_decisions_are_listed_in_order_and_by_one_title() -> None:
    files = sorted((DOCS / "decisions").glob("0*.md"))
    there = [(path.read_text(encoding="utf-8").partition("\n")[0][2:], path.name) for path in files]
    assert [title[:5] for title, _ in there] == [f"{path.name[:4]} " for path in files]
    assert len({path.name[:4] for path in files}) == len(files)
    assert re.findall(r"- \[(.+)\]\((0.+)\)", text("decisions/index.md")) == there
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert re.findall(r'- "(.+)": decisions/(0.+)', navigation) == there


@pytest.mark.parametrize("page", PAGES, ids=map(name, PAGES))
def test_a_path_that_a_page_names_is_there(page: Path) -> None:
    for code in _CODE.findall(prose(page.read_text(encoding="utf-8"))):
        if _PATH.fullmatch(code):
            assert any(ROOT.glob(code.rstrip("/"))), code


@pytest.mark.parametrize("page", PAGES, ids=map(name, PAGES))
def test_a_command_for_the_reader_alone_is_one_that_there_is(page: Path) -> None:
    targets = set(_TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    known = options()
    for block in blocks(page.read_text(encoding="utf-8")):
        folder = ROOT
        for line in block.text.splitlines() if block.language == "sh" else ():
            words = line.partition("#")[0].split()
            match words:
                case ["make", target]:
                    assert target in targets
                case ["cd", path]:
                    folder /= path
                case ["npm", "ci"]:
                    assert (folder / "package-lock.json").is_file()
                case ["node", script, *_]:
                    assert (folder / script).is_file()
                case ["hub", *rest]:
                    options_of = known[command_of(rest, known)]
                    assert {word for word in rest if word.startswith("-")} <= options_of
                case _:
                    assert words == ["python", "-m", "tests.docs", "refresh"]


def test_what_is_written_from_the_code_is_as_it_would_be_written() -> None:
    for path, should_be in generated.parts():
        written = path.read_text(encoding="utf-8")
        assert written == should_be, f"run `python -m tests.docs refresh` for {name(path)}"


def test_every_verdict_reason_and_notice_is_explained() -> None:
    page = text("verdicts.md")
    sources = (path.read_text(encoding="utf-8") for path in ROOT.glob("hub/eligibility/*.py"))
    notices = {code for source in sources for code in _NOTICE.findall(source)}
    assert notices
    for word in (*Verdict, *Reason, *notices):
        assert re.search(rf"^\|.*\b{word}\b", page, re.MULTILINE), word


def test_every_effect_and_duty_a_table_can_hold_is_named_to_operators() -> None:
    named = f"{text('rule.md')}{text('data-dictionary.md')}"
    assert [word for word in (*Effect, *Duty) if word not in named] == []


def test_every_setting_is_listed() -> None:
    variables = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    assert set(re.findall(rf"^\| `({PREFIX}\w+)`", text("running.md"), re.MULTILINE)) == variables


def test_every_problem_of_a_row_and_every_error_has_its_remedy() -> None:
    def below(kind: type[HubError]) -> Iterator[type[HubError]]:
        yield kind
        for each in kind.__subclasses__():
            yield from below(each)

    assert [code for code in ProblemCode if code not in text("operators.md")] == []
    assert [each.code for each in below(HubError) if each.code not in text("ask.md")] == []


def test_every_command_is_shown_or_told() -> None:
    told = {
        command_of(command.split()[1:], options())
        for page in PAGES
        for block in blocks(page.read_text(encoding="utf-8"))
        for command, _ in (
            commands(block.text)
            if block.language == "console"
            else [(line, []) for line in block.text.splitlines()]
            if block.language == "sh"
            else ()
        )
        if command.startswith("hub ")
    }
    assert options().keys() - told <= {"schema"}


def test_a_decision_is_half_a_page() -> None:
    for path in (DOCS / "decisions").glob("0*.md"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 25
        parts = [line for line in lines if line.startswith("## ")]
        assert parts == ["## Context", "## Decision", "## Consequences"]
