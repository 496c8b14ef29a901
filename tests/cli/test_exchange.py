"""`hub import` and `hub export`: facts in, the whole graph out, and into another store alike."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from tests.cli.commands import Ran, done, ended, hub, line, refused
from tests.cli.worlds import BARRED, BUYER, DAY, GOOD, SILENT, TOLD, UNBOUND, lines, ndjson
from tests.store.worlds import MERGED_OS_ID, said, standing

COPY: Final = ("--store", "sqlite:///copy.db")
REFUSED: Final = "nothing was applied; mend these lines and repeat:"
MAKER: Final = said("alpha", "organization", reference="alpha:m", name="Example Menders")


def bring(*told: Mapping[str, Any], options: tuple[str, ...] = ()) -> Ran:
    """Import lines."""
    return hub("import", ndjson(Path("facts.ndjson"), told), *options)


def wrong(found: Ran) -> list[str]:
    """Return what a refused import says of each bad line."""
    assert found.code == 2, found
    assert not found.out
    first, *bad = found.err.splitlines()
    assert line(first) == REFUSED
    return bad


def everything(*options: str) -> list[str]:
    """Return what a store says to every kind of question, as it was known before and now."""
    days = ("2020-02-29", DAY)
    asked = [
        ("ask", buyer, supplier, "garments", "--as-of", day, "--known-at", instant)
        for buyer in (BUYER, UNBOUND)
        for supplier in (GOOD, BARRED, SILENT, MERGED_OS_ID)
        for day in days
        for instant in (TOLD, "2999-01-01")
    ]
    asked += [("shared", "--as-of", day, "--at-least", "1") for day in days]
    return [done(*each, *options).out for each in asked]


@pytest.fixture
def changed(store: Path) -> Path:
    """Return a store with a past: a fact that is known otherwise now, and a withdrawn record."""
    bring(standing("alpha", GOOD, "listed", "2020-01-01", confirmedOn="2020-06-20"))
    bring(standing("alpha", BARRED, "cleared", "2020-06-25", confirmedOn="2020-06-26"))
    return store


@pytest.mark.usefixtures("changed")
def test_an_export_imported_into_an_empty_store_answers_every_question_alike() -> None:
    exported = done("export", "graph.ndjson")
    assert not exported.out
    count = len(Path("graph.ndjson").read_bytes().splitlines())
    assert exported.err == f"{count} facts exported\n"
    restored = done("import", "graph.ndjson", *COPY)
    assert restored.err == f"{count} facts restored; revision 1\n"
    assert everything(*COPY) == everything()

    done("export", "again.ndjson", *COPY)
    assert Path("again.ndjson").read_bytes() == Path("graph.ndjson").read_bytes()


@pytest.mark.usefixtures("changed")
def test_an_export_holds_what_is_known_otherwise_by_now() -> None:
    done("export", "graph.ndjson")
    told = [orjson.loads(each) for each in Path("graph.ndjson").read_bytes().splitlines()]
    states = [each for each in told if each.get("standing", {}).get("subject") == GOOD]
    assert [each["standing"]["confirmedOn"] for each in states] == ["2020-06-01", "2020-06-20"]
    assert ["withdrawnAt" in each for each in states] == [True, False]
    assert states[0]["withdrawnAt"] == states[1]["recordedAt"]


@pytest.mark.usefixtures("changed")
def test_a_pipe_gets_what_a_file_gets() -> None:
    piped = done("export", "-")
    done("export", "graph.ndjson")
    assert piped.out.encode() == Path("graph.ndjson").read_bytes()
    assert piped.err.endswith(" facts exported\n")


@pytest.mark.usefixtures("store")
def test_an_export_goes_into_an_empty_store_alone() -> None:
    done("export", "graph.ndjson")
    assert refused("import", "graph.ndjson") == (
        "the file is an export with recorded intervals; import it into an empty store"
    )


@pytest.mark.usefixtures("store")
def test_a_dry_run_of_an_export_restores_nothing() -> None:
    done("export", "graph.ndjson")
    found = done("import", "graph.ndjson", "--dry-run", *COPY)
    assert found.out.startswith("import: dry run; ")
    assert "is empty" in refused("ask", BUYER, GOOD, "jeans", *COPY)


def test_an_empty_store_is_not_exported_over_an_earlier_export(folder: Path) -> None:
    (folder / "graph.ndjson").write_text("of yesterday", "utf-8")
    assert refused("export", "graph.ndjson").startswith("there is no store at sqlite:///hub.db")
    done("import", ndjson(folder / "facts.ndjson", lines()), "--dry-run")
    assert refused("export", "graph.ndjson").startswith("the store at sqlite:///hub.db is empty")
    assert (folder / "graph.ndjson").read_text("utf-8") == "of yesterday"


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing/graph.ndjson", "No such file or directory"),
        (".", "Is a directory"),
        ("taken", "Is a directory"),
    ],
)
def test_an_address_that_cannot_be_written_is_told_in_one_line(
    folder: Path, name: str, why: str
) -> None:
    (folder / "taken").mkdir()
    before = sorted(folder.iterdir())
    assert refused("export", name) == f"cannot write {name}: {why}"
    assert sorted(folder.iterdir()) == before


@pytest.mark.usefixtures("store")
def test_a_pipe_is_written_as_it_is(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with open(os.open("pipe", os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:  # noqa: PTH123
        done("export", "pipe")
        assert reader.read().decode() == done("export", "-").out
    assert (folder / "pipe").is_fifo()
    (folder / "printed").symlink_to("/dev/stdout")
    assert ended("export", "printed", folder=folder).out == done("export", "-").out
    assert (folder / "printed").is_symlink()


@pytest.mark.usefixtures("store")
def test_no_format_is_taken_that_is_not_written() -> None:
    found = hub("export", "graph.csv", "--format", "csv")
    assert found.code == 2
    assert "'csv' is not one of 'ndjson'" in found.err
    assert done("export", "graph.ndjson", "--format", "ndjson").code == 0


@pytest.mark.usefixtures("store")
def test_facts_are_added_once_changed_and_then_unchanged() -> None:
    state = standing("alpha", "alpha:m", "listed", "2020-01-01", confirmedOn="2020-06-01")
    later = standing("alpha", "alpha:m", "listed", "2020-01-01", confirmedOn="2020-06-10")
    head, maker, listed = bring(MAKER, state).out.splitlines()
    assert head.startswith("import: applied; 2 added, 0 changed, 0 ended, 0 unchanged, 0 set aside")
    assert maker == ("  + organization alpha:m (row 1): reference alpha:m, name Example Menders")
    assert listed.startswith("  + standing alpha:m (row 2): subject alpha:m, state listed, track ")
    assert done("ask", BUYER, "alpha:m", "jeans", "--as-of", DAY).out.startswith("ELIGIBLE ")

    head, changed = bring(MAKER, later).out.splitlines()
    assert head.startswith("import: applied; 0 added, 1 changed, 0 ended, 1 unchanged")
    assert changed.startswith("  ~ standing alpha:m (row 2): ")
    [head] = bring(MAKER, later).out.splitlines()
    assert head.startswith("import: unchanged; 0 added, 0 changed, 0 ended, 2 unchanged")


@pytest.mark.usefixtures("store")
def test_a_dry_run_shows_the_same_and_applies_nothing() -> None:
    shown = bring(MAKER, options=("--dry-run",))
    assert shown.code == 0
    assert shown.out.startswith("import: dry run; 1 added")
    assert hub("ask", BUYER, "alpha:m", "jeans").code == 2
    assert bring(MAKER).out.splitlines()[1:] == shown.out.splitlines()[1:]


@pytest.mark.usefixtures("store")
def test_a_fact_may_say_since_when_it_is_known() -> None:
    bring({**standing("alpha", SILENT, "barred", "2020-02-01"), "knownOn": "2020-02-10"})
    asked = ("ask", BUYER, SILENT, "jeans", "--as-of", "2020-02-05", "--known-at")
    assert done(*asked, "2020-02-09T23:59:59Z").out.startswith("UNKNOWN NO_EVIDENCE\n")
    assert done(*asked, "2020-02-10T00:00:00Z").out.startswith("INELIGIBLE INELIGIBLE_NAMED\n")


BAD: Final[Mapping[str, tuple[Mapping[str, Any] | bytes, str]]] = {
    "no JSON": (b"{", "line 3: it is not JSON: "),
    "not UTF-8": ('{"program":"ü"}'.encode("latin-1"), "line 3: it is not UTF-8; save the file"),
    "no fact": ({"program": "alpha"}, "line 3, the line: a line holds a program and one fact: "),
    "unknown fact": (said("alpha", "stnding"), "line 3, the line: a line holds a program and one"),
    "no program": ({"organization": MAKER["organization"]}, "line 3, program: "),
    "country that is none": (
        said("alpha", "organization", reference="alpha:n", name="Example", country="USA"),
        "line 3, country: 'USA' is no country of ISO 3166-1; write two capitals, such as BD",
    ),
    "day that is none": (
        standing("alpha", GOOD, "listed", "2020-13-01"),
        "line 3, since: '2020-13-01' is no day of the calendar; write it like 2016-12-02",
    ),
    "wrong check character": (
        standing("alpha", "os:BD2020021QK28YX", "listed", "2020-01-01"),
        "line 3, subject: the check character of OS ID BD2020021QK28YX is wrong",
    ),
    "a product called as another is": (
        said("alpha", "commodity", reference="wsr:zz", name="Jeans"),
        "line 3, name: 'Jeans' is what wsr:jeans is called; call it otherwise",
    ),
    "a product that is a part of itself": (
        said("alpha", "commodity", reference="wsr:zz", name="Example Zz", parent="wsr:zz"),
        "line 3, parent: wsr:zz is no part of itself; name what it is a part of",
    ),
    "a day of becoming known that is yet to come": (
        {**standing("alpha", GOOD, "listed", "2020-01-01"), "knownOn": "2999-01-01"},
        "line 3, knownOn: 2999-01-01 is yet to come; give the day on which it was so",
    ),
    "no object": (b"[]", "line 3, the line: it is no JSON object; write {"),
    "unknown field": (
        standing("alpha", GOOD, "listed", "2020-01-01", colour="red"),
        "line 3, colour: there is no such field; the data dictionary lists those there are",
    ),
    "unknown program": (
        standing("gamma", GOOD, "listed", "2020-01-01"),
        "line 3, program: the program gamma is not known; the programs are: alpha, beta",
    ),
    "unknown reference": (
        standing("alpha", "alpha:nobody", "listed", "2020-01-01"),
        "line 3, subject: nothing goes by alpha:nobody; ",
    ),
    "unknown word": (
        standing("alpha", GOOD, "lsted", "2020-01-01"),
        "line 3, state: 'lsted' is no word of alpha; its words are: listed (listing)",
    ),
    "before its program": (
        standing("alpha", GOOD, "listed", "2012-12-31"),
        "line 3, since: 2012-12-31 lies before the program's first agreement",
    ),
}


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(("bad", "problem"), BAD.values(), ids=BAD)
def test_a_bad_line_is_named_with_its_field_and_reason_and_nothing_is_applied(
    folder: Path, bad: Mapping[str, Any] | bytes, problem: str
) -> None:
    third = bad if isinstance(bad, bytes) else orjson.dumps(bad)
    (folder / "facts.ndjson").write_bytes(orjson.dumps(MAKER) + b"\n\n" + third + b"\n")
    [told] = wrong(hub("import", "facts.ndjson"))
    assert told.startswith(problem)
    assert hub("ask", BUYER, "alpha:m", "jeans").code == 2


@pytest.mark.usefixtures("store")
def test_every_bad_line_is_named_up_to_twenty() -> None:
    told = [said("alpha", "organization", reference=f"alpha:{n}", name="") for n in range(23)]
    bad = wrong(bring(*told))
    assert [each.partition(":")[0] for each in bad[:-1]] == [
        f"line {n}, name" for n in range(1, 21)
    ]
    assert bad[-1] == "... and 3 more"


NO_FILE: Final = "it is no regular file but a device or a pipe; save what it holds as a file"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing.ndjson", "cannot read missing.ndjson: No such file or directory"),
        (".", "cannot read .: Is a directory"),
        ("empty.ndjson", "the file has no line; write one fact a line, as JSON"),
        ("large.ndjson", "large.ndjson: the file is larger than 1,000 MB; send it in parts"),
        ("pipe", f"pipe: {NO_FILE}"),
        ("/dev/zero", f"zero: {NO_FILE}"),
    ],
)
def test_a_file_without_facts_is_refused_in_one_line(folder: Path, name: str, said: str) -> None:
    (folder / "empty.ndjson").write_text("\n\n", "utf-8")
    with (folder / "large.ndjson").open("wb") as file:
        file.truncate(1_000_000_001)
    os.mkfifo(folder / "pipe")
    assert refused("import", name) == said
    assert not (folder / "hub.db").exists()
