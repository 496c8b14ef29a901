"""The recipe of a new program, followed to the letter."""

from tests.docs.examples import differences, told
from tests.docs.pages import DOCS, blocks
from tests.docs.shell import Shell

RECIPE = DOCS / "recipes" / "new-program.md"
FOLDER = "adapters/example_orchards/"


def test_the_folder_of_the_first_recipe_is_a_program_that_syncs_and_answers(opened: Shell) -> None:
    assert "'example-orchards' is no program" in opened.run("hub sync example-orchards")

    page = told(RECIPE, opened)

    assert not differences(RECIPE, page), "run `python -m tests.docs refresh` and look"
    assert "example-orchards (record): applied" in page
    for verdict in ("ELIGIBLE · IN_GOOD_STANDING", "INELIGIBLE · SUSPENDED"):
        assert verdict in page
    answer = opened.run("hub ask wsr:example-cider-house exo:1 apples --as-of 2028-01-01")
    assert "UNKNOWN · STALE_EVIDENCE" in answer
    assert "example-orchards (record): unchanged" in opened.run("hub sync example-orchards")


def test_the_first_recipe_writes_in_its_own_folder_alone() -> None:
    given = [block.title for block in blocks(RECIPE.read_text(encoding="utf-8")) if block.title]
    assert [path for path in given if not path.startswith(FOLDER)] == ["standings.csv"]
    assert f"{FOLDER}program.toml" in given
