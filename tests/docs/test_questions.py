"""Every question is asked in every language, and prints what its page shows, in a later year, too.

The pages are written with a hub of today, and compared with one that was filled years later: an
answer that depends on the day is found, and so is one that was not written anew.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.docs import notebook
from tests.docs.examples import differences
from tests.docs.pages import name
from tests.docs.questions import LANGUAGES, PAGES, asked, examples, prepared, told
from tests.docs.test_examples import LATER
from tests.docs.worlds import filled_on

MEND = "run `python -m tests.docs refresh` and look; name the day, and when it is to be known"
ASKED = [page for page in PAGES if page.name != "index.md"]


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store that was filled in a later year."""
    return filled_on(tmp_path_factory.mktemp("later") / "hub.db", LATER)


@pytest.fixture(scope="module")
def printed(later: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Return what each example prints."""
    return asyncio.run(asked(later, prepared(tmp_path_factory.mktemp("questions"))))


@pytest.mark.parametrize("page", ASKED, ids=map(name, ASKED))
def test_a_question_prints_in_each_language_what_is_shown(
    page: Path, printed: Mapping[str, str]
) -> None:
    assert [each.language for each in examples(page)] == LANGUAGES
    different = differences(page, told(page, printed))
    assert not different, f"{MEND}:\n{different}"


def test_python_and_javascript_say_the_same(printed: Mapping[str, str]) -> None:
    for page in ASKED:
        _, python, javascript = (printed[each.script] for each in examples(page))
        assert python == javascript, name(page)


def test_an_output_that_is_not_the_one_of_now_is_found(printed: Mapping[str, str]) -> None:
    page = ASKED[0]
    other = {**printed, next(examples(page)).script: '{"data": null}'}
    assert '-    "data": null' not in differences(page, told(page, printed))
    assert '"data": null' in differences(page, told(page, other))


def test_the_notebook_shows_what_the_hub_answers(later: Path, tmp_path: Path) -> None:
    different = differences(notebook.NOTEBOOK, asyncio.run(notebook.told(later, tmp_path)))
    assert not different, f"{MEND}:\n{different}"
