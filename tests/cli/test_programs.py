"""`hub programs`: programs side by side, and figures that contradict each other with sources."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cli.commands import done, refused
from tests.cli.worlds import DAY, known, ndjson
from tests.store.worlds import said

pytestmark = pytest.mark.usefixtures("told")

COUNCIL, PRESS = "Example Council", "Example Press"
FIGURE: Final[Mapping[str, Any]] = {
    "metric": "workers covered",
    "subject": "program",
    "unit": "workers",
}


def lines() -> list[dict[str, Any]]:
    """Return what alpha says of itself beside the small graph, and a third program below it."""
    alpha = {
        "code": "alpha", "name": "Program alpha", "scheme": "alpha",
        "workerOrganizations": ["alpha:union"], "monitor": "alpha:council",
    }  # fmt: skip
    gamma = {
        "code": "gamma", "name": "Program gamma", "scheme": "gamma", "status": "PILOT",
        "parent": "alpha", "example": True,
    }  # fmt: skip
    few = {**FIGURE, "qualifier": "~", "value": 90_000.5, "since": "2019", "until": "2020"}
    itself = known(
        "2013-01-01",
        said("alpha", "organization", reference="alpha:union", name="Example Union"),
        said("alpha", "organization", reference="alpha:council", name="Example Council"),
        {"program": "alpha", "programRecord": alpha},
        {"program": "gamma", "programRecord": gamma},
    )
    reported = known(
        "2015-01-01",
        said("alpha", "source", reference="X1", title="Example report X1", publisher=COUNCIL),
        said("alpha", "source", reference="X2", title="Example report X2", publisher=PRESS),
        said("alpha", "mechanism", name="audits", presence="YES", how="each season"),
        said("alpha", "mechanism", name="premium", presence="NO"),
        {
            **said("alpha", "figure", **FIGURE, qualifier="=", value=120_000, until="2020"),
            "sources": ["X1"],
            "confidence": "high",
        },
        said("alpha", "figure", metric="audits", subject="farms", value=7, unit="audits"),
        {**said("alpha", "figure", **few), "sources": ["X2", "X1"]},
    )
    return [*itself, *reported]


@pytest.fixture
def told(store: Path, folder: Path) -> Path:
    """Have a store in which programs say of themselves what can be compared."""
    done("import", ndjson(folder / "programs.ndjson", lines()))
    return store


ALPHA: Final = [
    "alpha: Program alpha; ACTIVE; buyers 1, suppliers 1, sites 3, agreements 1",
    "alpha worker organisation: Example Union",
    "alpha monitor: Example Council",
    "alpha agreement: Agreement of alpha; in force; TERMINATE_INELIGIBLE",
    "alpha audits: yes, each season",
    "alpha premium: no",
    "alpha audits (farms): 7 audits; no date; source not stated",
    "alpha workers covered: 120,000 workers; 2020; source X1 Example report X1",
    (
        "alpha workers covered: ~ 90,000.5 workers; 2019 to 2020; "
        "source X2 Example report X2, X1 Example report X1"
    ),
]
GAMMA: Final = [
    "gamma: Program gamma; PILOT (made up); buyers 0, suppliers 0, sites 0, agreements 0",
    "gamma parent: alpha",
]


def programs(*words: str, on: str = DAY) -> list[str]:
    """Return the lines that `hub programs` prints."""
    return done("programs", *words, "--as-of", on).out.splitlines()


def test_programs_stand_below_each_other_line_by_line() -> None:
    found = programs()
    assert found[: len(ALPHA)] == ALPHA
    assert found[len(ALPHA)] == (
        "beta: Program beta; ACTIVE; buyers 0, suppliers 0, sites 1, agreements 1"
    )
    assert found[-len(GAMMA) :] == GAMMA


def test_those_that_are_named_are_compared_in_that_order() -> None:
    assert programs("gamma", "alpha", "gamma") == [*GAMMA, *ALPHA]


def test_what_is_counted_is_of_the_day() -> None:
    [first, *_] = programs("alpha", on="2013-05-12")
    assert first.endswith("; buyers 0, suppliers 0, sites 0, agreements 1")
    assert "alpha agreement: Agreement of alpha; not in force; TERMINATE_INELIGIBLE" in (
        programs("alpha", on="2012-12-31")
    )


def test_what_became_public_later_is_not_told() -> None:
    told = done("programs", "alpha", "--as-of", DAY, "--known-at", "2014-12-31", "--json")
    [found] = told.json
    assert (found["monitor"], found["figures"], found["mechanisms"]) == (COUNCIL, [], [])
    before = ("programs", "alpha", "--known-at", "2012-12-31")
    assert done(*before).out == "no program was known then\n"
    assert done(*before, "--json").json == []


def test_json_says_the_same_and_figures_keep_their_sources() -> None:
    [found] = done("programs", "alpha", "--as-of", DAY, "--json").json
    assert {name: found[name] for name in ("code", "status", "parent", "monitor", "sites")} == {
        "code": "alpha", "status": "ACTIVE", "parent": None, "monitor": COUNCIL,
        "sites": 3,
    }  # fmt: skip
    assert found["workerOrganizations"] == ["Example Union"]
    [agreement] = found["agreements"]
    assert (agreement["runs"], agreement["inForceFrom"]) == (True, "2013-01-01")
    assert agreement["clauses"] == [{"duty": "TERMINATE_INELIGIBLE", "text": "Stop."}]
    assert [each["presence"] for each in found["mechanisms"]] == ["YES", "NO"]
    of_workers = [each for each in found["figures"] if each["metric"] == "workers covered"]
    assert [
        (each["qualifier"], each["value"], each["unit"], each["since"], each["until"])
        for each in of_workers
    ] == [("=", 120_000.0, "workers", None, "2020"), ("~", 90_000.5, "workers", "2019", "2020")]
    assert [[s["publisher"] for s in each["sources"]] for each in of_workers] == [
        [COUNCIL],
        [PRESS, COUNCIL],
    ]
    assert [each["confidence"] for each in of_workers] == ["high", None]


@pytest.mark.usefixtures("terminal")
def test_a_terminal_gets_tables() -> None:
    rows = [line.split() for line in programs("alpha", "gamma")]
    for row in (
        "program status buyers suppliers sites agreements",
        "alpha ACTIVE 1 1 3 1",
        "gamma PILOT (made up) 0 0 0 0",
        "alpha Example Union Example Council -",
        "gamma - - alpha",
        "alpha Agreement of alpha yes TERMINATE_INELIGIBLE",
        "alpha yes audits",
        "no premium",
        "workers covered ~ 90,000.5 workers 2019 to 2020 X2, X1",
        "X2 Example report X2 Example Press -",
    ):
        assert row.split() in rows, row


MISTAKES: Final[Mapping[str, tuple[list[str], str]]] = {
    "unknown program": (["alpha", "nobody"], "nothing here goes by 'nobody'"),
    "a site": (["alpha:s1"], "nothing here goes by 'alpha:s1'"),
    "no day": (["--as-of", "2020-02-30"], "--as-of '2020-02-30' is no day of the calendar"),
    "no instant": (["--known-at", "soon"], "--known-at 'soon' is no instant"),
}


@pytest.mark.parametrize(("words", "told_so"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_one_line(words: list[str], told_so: str) -> None:
    assert told_so in refused("programs", *words)
