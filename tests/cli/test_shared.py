"""`hub shared`: the suppliers that programs or buyers share, with their standings side by side."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.cli.commands import done, refused
from tests.cli.worlds import BARRED, BUYER, DAY, GOOD, NAMES, TWINS, UNBOUND

pytestmark = pytest.mark.usefixtures("store")

BOTH: Final = (
    "Example Dyers (BD, they disagree): alpha listing: listed (GOOD_STANDING); "
    "alpha stage: barred (INELIGIBLE); beta listing: listed (GOOD_STANDING)"
)


def shared(*options: str, on: str = DAY) -> list[str]:
    """Return what `hub shared` prints, a supplier a line."""
    return done("shared", "--as-of", on, *options).out.splitlines()


def names(*options: str, on: str = DAY) -> set[str]:
    """Return the names of the suppliers that it prints."""
    return {line.partition(" (")[0] for line in shared(*options, on=on)}


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--programs", "alpha,beta"],
        ["--programs", " beta , alpha, "],
        ["--programs", "alpha", "--programs", "beta"],
        ["--programs", "alpha,beta", "--at-least", "2", "--disagreeing"],
    ],
    ids=["all programs", "commas", "blanks", "repeated", "disagreeing"],
)
def test_a_supplier_of_several_programs_is_a_line_with_all_its_standings(
    options: list[str],
) -> None:
    assert shared(*options) == [BOTH]


def test_json_says_the_same() -> None:
    [found] = done("shared", "--as-of", DAY, "--json").json
    assert (found["name"], found["country"]) == ("Example Dyers", "BD")
    assert found["disagree"] is True
    assert sorted(found["standings"], key=lambda each: (each["program"], each["track"])) == [
        {"program": "alpha", "track": "listing", "state": "listed", "effect": "GOOD_STANDING"},
        {"program": "alpha", "track": "stage", "state": "barred", "effect": "INELIGIBLE"},
        {"program": "beta", "track": "listing", "state": "listed", "effect": "GOOD_STANDING"},
    ]
    asked = ("ask", BUYER, found["id"], "jeans", "--as-of", DAY)
    assert done(*asked).out == done("ask", BUYER, BARRED, *asked[3:]).out


@pytest.mark.parametrize(
    "buyers", [["--buyers", f"{BUYER},{UNBOUND}"], ["--buyers", BUYER, "--buyers", UNBOUND]]
)
def test_a_supplier_of_several_buyers_is_found_likewise(buyers: list[str]) -> None:
    assert shared(*buyers) == ["Example Weavers (BD): alpha listing: listed (GOOD_STANDING)"]


def test_one_program_is_enough_where_it_is_said() -> None:
    assert names("--programs", "alpha", "--at-least", "1") == {
        NAMES[GOOD], NAMES[BARRED], "Example Makers", TWINS,
    }  # fmt: skip
    assert names("--programs", "beta", "--at-least", "1") == {NAMES[BARRED]}
    assert names("--programs", "alpha", "--at-least", "2") == set()


def test_a_place_that_nobody_states_is_said_to_be_unknown() -> None:
    assert "Example Makers (country unknown): alpha listing: listed (GOOD_STANDING)" in (
        shared("--programs", "alpha", "--at-least", "1")
    )


def test_no_more_are_printed_than_are_wanted() -> None:
    every = shared("--programs", "alpha", "--at-least", "1")
    assert shared("--programs", "alpha", "--at-least", "1", "--first", "3") == every[:3]


def test_it_says_where_there_are_more() -> None:
    asked = ("shared", "--programs", "alpha", "--at-least", "1", "--as-of", DAY, "--first")
    every = len(done(*asked, "100").out.splitlines())
    assert done(*asked, str(every)).err == ""
    told = done(*asked, str(every - 1)).err
    assert told.startswith(f"the first {every - 1} are shown and there are more; ")


def test_standings_are_those_of_the_day() -> None:
    listed = BOTH.replace("alpha stage: barred (INELIGIBLE); ", "").replace(", they disagree", "")
    assert shared(on="2020-02-29") == [listed]
    assert shared("--disagreeing", on="2020-02-29") == []
    assert shared(on="2019-12-31") == []
    assert done("shared", "--as-of", "2019-12-31", "--json").json == []
    assert done("shared", "--as-of", "2019-12-31").err == "no supplier is shared so\n"


@pytest.mark.usefixtures("terminal")
def test_a_terminal_gets_a_table() -> None:
    header, first, *more = shared()
    assert header.split() == ["supplier", "country", "standings"]
    assert first.split() == "Example Dyers BD alpha: listed (listing, GOOD_STANDING)".split()
    assert [line.strip() for line in more] == [
        "they disagree           alpha: barred (stage, INELIGIBLE)",
        "beta: listed (listing, GOOD_STANDING)",
    ]
    assert shared(on="2019-12-31") == ["no supplier is shared so"]


MISTAKES: Final[Mapping[str, tuple[list[str], str]]] = {
    "unknown program": (["--programs", "alpha,nobody"], "nothing here goes by 'nobody'"),
    "no code of a program": (["--programs", "Alpha"], "'Alpha' is not a reference"),
    "unknown buyer": (["--buyers", "wsr:nobody"], "nothing here goes by 'wsr:nobody'"),
    "site for a buyer": (["--buyers", GOOD], f"nothing here goes by '{GOOD}'"),
    "no program": (["--programs", " , "], "--programs names nothing; leave it out to mean all"),
    "no day": (["--as-of", "2020-02-30"], "--as-of '2020-02-30' is no day of the calendar"),
}


@pytest.mark.parametrize(("options", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_one_line(options: list[str], said: str) -> None:
    assert said in refused("shared", *options)
