"""Every example in the README and the docs is run, and shows what the hub answers."""

from datetime import date
from pathlib import Path

import pytest

from tests.docs.examples import commands, differences, told
from tests.docs.pages import DOCS, ROOT, name, pages
from tests.docs.shell import Shell
from tests.docs.worlds import filled_on, shell

PAGES = [page for page in pages() if page.name != "new-program.md"]
"""All but the recipe that has a test of its own."""
OF_A_DAY = [ROOT / "README.md", DOCS / "ask.md", DOCS / "rule.md", DOCS / "record.md"]
"""The pages that ask the example world or the record about a day."""
LATER = date(2029, 2, 1)


@pytest.mark.parametrize("page", PAGES, ids=map(name, PAGES))
def test_every_example_of_a_page_shows_what_the_hub_answers(page: Path, opened: Shell) -> None:
    different = differences(page, told(page, opened))
    assert not different, f"run `python -m tests.docs refresh` and look:\n{different}"


def test_a_reader_of_a_later_year_gets_the_answers_that_are_shown(tmp_path: Path) -> None:
    later = filled_on(tmp_path / "later.db", LATER)
    for page in OF_A_DAY:
        with shell(later) as opened:
            different = differences(page, told(page, opened))
            assert not different, f"name the day, and when it is to be known:\n{different}"


def test_an_output_that_is_not_the_one_of_now_is_found(tmp_path: Path, opened: Shell) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ hub ask wsr:nobody wsr:ag-mart tomatoes\nELIGIBLE\n```\n")
    assert "nothing here goes by 'wsr:nobody'" in told(page, opened)
    assert "ELIGIBLE" not in told(page, opened)


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ("```console\n$ rm -r /\n```\n", "not run here"),
        ("```graphql\n{ revision { id } }\n```\n", "a question without its answer"),
        ("```json\n{}\n```\n", "neither an answer nor a file"),
    ],
)
def test_an_example_that_cannot_be_run_is_refused(
    tmp_path: Path, opened: Shell, block: str, problem: str
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{block}\ntext\n")
    with pytest.raises(ValueError, match=problem):
        told(page, opened)


def test_a_command_goes_on_after_a_backslash_and_inside_quotes() -> None:
    text = "$ hub ask a b \\\n    c\nshown\n$ curl -d '{\n  x}' url\n"
    assert commands(text) == [
        ("hub ask a b \\\n    c", ["shown"]),
        ("curl -d '{\n  x}' url", []),
    ]
