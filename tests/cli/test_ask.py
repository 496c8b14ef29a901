"""`hub ask`: one verdict, explained; and each mistake in one line."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.cli.commands import done, refused
from tests.cli.worlds import BARRED, BUYER, DAY, GOOD, UNBOUND, WRONG_OS_ID
from tests.store.worlds import CURRENT_OS_ID, MERGED_OS_ID

pytestmark = pytest.mark.usefixtures("store")


def asked(supplier: str, *options: str, product: str = "jeans", on: str = DAY) -> list[str]:
    """Return what `hub ask` prints, line by line."""
    return done("ask", BUYER, supplier, product, "--as-of", on, *options).out.splitlines()


def test_a_verdict_comes_first_then_why_then_each_ruling_then_what_would_change_it() -> None:
    verdict, summary, ruling, change = asked(BARRED)
    assert verdict == "INELIGIBLE INELIGIBLE_NAMED"
    assert summary == (
        "Example Clothes must not buy jeans from Example Dyers: the program named it ineligible "
        "(“barred” since 2020-03-01, last confirmed 2020-06-01 (30 days before); "
        "Agreement of alpha, Program alpha)."
    )
    assert ruling.startswith("Agreement of alpha (alpha): INELIGIBLE INELIGIBLE_NAMED. Duty: ")
    assert change == "would change it: requalification or de-escalation by the program"


def test_json_says_the_same() -> None:
    verdict, summary, ruling, change = asked(BARRED)
    told = done("ask", BUYER, BARRED, "jeans", "--as-of", DAY, "--json").json
    assert f"{told['verdict']} {told['reason']}" == verdict
    assert told["summary"] == summary
    [each] = told["rulings"]
    head = f"{each['agreement']} ({each['program']}): {each['verdict']} {each['reason']}."
    assert f"{head} {each['explanation']}" == ruling
    assert [f"would change it: {why}" for why in each["wouldChange"]] == [change]
    assert told["notices"] == []
    assert told["asOf"] == DAY


def test_json_says_of_when_and_of_which_revision_it_is() -> None:
    asked_at = ("--as-of", DAY, "--known-at", "2020-06-20T12:00:00+02:00")
    told = done("ask", BUYER, BARRED, "jeans", *asked_at, "--json").json
    assert (told["asOf"], told["knownAt"]) == (DAY, "2020-06-20T10:00:00+00:00")
    assert told["revision"].isdecimal()


@pytest.mark.parametrize("reference", [GOOD, CURRENT_OS_ID, CURRENT_OS_ID.lower(), f" {GOOD} "])
def test_a_supplier_goes_by_each_of_its_numbers(reference: str) -> None:
    assert asked(reference)[0] == "ELIGIBLE IN_GOOD_STANDING"


def test_a_supplier_goes_by_its_hub_id() -> None:
    [found] = done("shared", "--programs", "alpha,beta", "--as-of", DAY, "--json").json
    assert asked(found["id"]) == asked(BARRED)


def test_a_merged_number_is_answered_with_a_notice() -> None:
    *answer, notice = asked(MERGED_OS_ID)
    assert answer == asked(GOOD)
    assert notice.startswith("notice MERGED_ID: ")
    told = done("ask", BUYER, MERGED_OS_ID, "jeans", "--as-of", DAY, "--json").json
    assert [f"notice {each['code']}: {each['text']}" for each in told["notices"]] == [notice]


@pytest.mark.parametrize("product", ["garments", "Clothes", "JEANS", "wsr:jeans"])
def test_a_product_goes_by_its_names(product: str) -> None:
    assert asked(GOOD, product=product)[0] == "ELIGIBLE IN_GOOD_STANDING"


@pytest.mark.parametrize(
    ("on", "verdict"),
    [
        ("2019-12-31", "UNKNOWN NO_EVIDENCE"),
        ("2020-01-01", "ELIGIBLE IN_GOOD_STANDING"),
        ("2020-02-29", "ELIGIBLE IN_GOOD_STANDING"),
        ("2020-03-01", "INELIGIBLE INELIGIBLE_NAMED"),
        ("2021-07-06", "INELIGIBLE INELIGIBLE_NAMED"),
        ("2021-07-07", "UNKNOWN STALE_BAR"),
    ],
)
def test_any_day_may_be_asked(on: str, verdict: str) -> None:
    assert asked(BARRED, on=on)[0] == verdict


def test_without_a_day_it_is_asked_of_today() -> None:
    out = done("ask", BUYER, BARRED, "jeans").out
    assert out.startswith("UNKNOWN STALE_BAR\n")


@pytest.mark.parametrize(
    ("instant", "verdict"),
    [
        ("2020-06-14", "UNKNOWN"),
        ("2020-06-14T23:59:59Z", "UNKNOWN"),
        ("2020-06-15T01:59:59+02:00", "UNKNOWN"),
        ("2020-06-15T00:00:00", "INELIGIBLE"),
        ("2020-06-14T23:59:59-01:00", "INELIGIBLE"),
    ],
)
def test_it_answers_as_was_known_at_an_instant_which_is_utc_unless_it_says(
    instant: str, verdict: str
) -> None:
    assert asked(BARRED, "--known-at", instant)[0].split()[0] == verdict


def test_an_answer_without_a_ruling_says_so() -> None:
    verdict, summary = done("ask", UNBOUND, GOOD, "jeans", "--as-of", DAY).out.splitlines()[:2]
    assert verdict == "NOT_BOUND NO_SIGNATURE"
    assert summary.startswith("No signature of Example Shop in force")


@pytest.mark.usefixtures("terminal")
def test_a_terminal_gets_a_box_and_a_table() -> None:
    box, *_, change = asked(BARRED)
    assert box.startswith("╭─ INELIGIBLE · INELIGIBLE_NAMED ─")
    assert change == "would change it: requalification or de-escalation by the program"
    out = "\n".join(asked(BARRED))
    assert "agreement           ruling            why" in out
    assert "Agreement of alpha  INELIGIBLE        Duty: end business" in out


@pytest.mark.usefixtures("terminal")
def test_a_terminal_gets_the_box_alone_where_no_ruling_is() -> None:
    out = done("ask", UNBOUND, GOOD, "jeans", "--as-of", DAY).out
    assert out.startswith("╭─ NOT_BOUND · NO_SIGNATURE ─")
    assert "ruling" not in out


MISTAKES: Final[Mapping[str, tuple[list[str], str]]] = {
    "unknown buyer": (["wsr:nobody", GOOD, "jeans"], "nothing here goes by 'wsr:nobody'"),
    "unknown supplier": ([BUYER, "wsr:nobody", "jeans"], "nothing here goes by 'wsr:nobody'"),
    "buyer that is a site": ([GOOD, GOOD, "jeans"], f"nothing here goes by '{GOOD}'"),
    "supplier that is an agreement": ([BUYER, "alpha:a1", "jeans"], "nothing here goes by"),
    "hub id of nobody": ([BUYER, "0" * 32, "jeans"], "nothing here goes by '000"),
    "name for a buyer": (["Example Clothes", GOOD, "jeans"], "is not a reference; write scheme"),
    "empty buyer": (["", GOOD, "jeans"], "'' is not a reference"),
    "name for a supplier": ([BUYER, "Example Dyers", "jeans"], "is not a reference"),
    "wrong check character": ([BUYER, WRONG_OS_ID, "jeans"], "the check character of OS ID"),
    "no OS ID": ([BUYER, "os:1", "jeans"], "'1' is not an OS ID"),
    "characters that are none": (["wsr:\udcff", GOOD, "jeans"], "characters that do not print"),
    "misspelt product": ([BUYER, GOOD, "jean"], "'jean' is not known; the nearest are: jeans"),
    "unknown product": ([BUYER, GOOD, "qqqq"], "'qqqq' is not known; the nearest are: none"),
    "empty product": ([BUYER, GOOD, ""], "the product '' is not known"),
    "no day": ([BUYER, GOOD, "jeans", "--as-of", "2017-13-01"], "--as-of '2017-13-01' is no day"),
    "no instant": ([BUYER, GOOD, "jeans", "--known-at", "then"], "--known-at 'then' is no instant"),
}


@pytest.mark.parametrize(("arguments", "said"), MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize("json", [[], ["--json"]], ids=["plain", "json"])
def test_a_mistake_is_told_in_one_line(arguments: list[str], said: str, json: list[str]) -> None:
    assert said in refused("ask", *arguments, *json)
