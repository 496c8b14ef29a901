"""`hub sync`: a program's record and an operator's files, with the difference they make."""

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from rich.console import Console

from hub.cli import console
from tests.cli.commands import Ran, done, hub, refused
from tests.cli.lists import workbook
from tests.cli.outside import install
from tests.sync.programs import ALPHA, BETA, BUYER, Document, sites, standings, table

pytestmark = pytest.mark.usefixtures("programs")

_HEAD: Final = re.compile(r"(\S+) \((\w+)\): ([\w ]+); (.+); revision (\d+)")
COUNTED: Final = ["added", "changed", "ended", "unchanged", "set aside"]
SITES: Final = sites("exa:1", "exa:2", "exa:3")
LISTED: Final = standings(*(f"exa:{each} listed 2020-01-01" for each in (1, 2, 3)))
FEWER: Final = standings(*(f"exa:{each} listed 2020-01-01" for each in (1, 2)))


def send(*documents: Document, dated: str | None = None, options: tuple[str, ...] = ()) -> Ran:
    """Send files of alpha's operator as one run."""
    given: list[str] = ["--dated", dated] if dated else []
    for name, content in documents:
        Path(name).write_bytes(content)
        given += ["--from", name]
    return hub("sync", ALPHA, *given, *options)


def head(line: str) -> tuple[str, dict[str, int]]:
    """Return what became of a run, and what it counts, out of its first line."""
    found = _HEAD.fullmatch(line)
    assert found, line
    program, feed, outcome, counts, _ = found.groups()
    counted = {name: int(count) for count, name in (c.split(" ", 1) for c in counts.split(", "))}
    assert list(counted) == COUNTED
    return f"{program} {feed} {outcome}", {name: n for name, n in counted.items() if n}


def verdict(supplier: str, day: str) -> str:
    """Return what the hub says of a supplier on a day."""
    asked = ("ask", BUYER, supplier, "garments", "--as-of", day, "--json")
    return done(*asked).json["verdict"]


@pytest.fixture
def begun(programs: None) -> None:  # noqa: ARG001 - they are installed before
    """Sync alpha's record, and three listed sites in January 2020."""
    done("sync", ALPHA)
    assert send(SITES, LISTED, dated="2020-01-15").code == 0


def test_a_record_is_added_once_and_then_unchanged() -> None:
    first, *lines = done("sync", ALPHA).out.splitlines()
    assert head(first) == (f"{ALPHA} record applied", {"added": len(lines)})
    assert f"  + signature {BUYER} (row 2): organization {BUYER}, agreement wsr:{ALPHA}-1" in (
        line.partition(", role")[0] for line in lines
    )
    [again] = done("sync", ALPHA).out.splitlines()
    assert head(again) == (f"{ALPHA} record unchanged", {"unchanged": len(lines)})


@pytest.mark.usefixtures("begun")
def test_the_difference_shows_what_is_added_changed_ended_unchanged_and_set_aside() -> None:
    columns = ("subject", "state", "since", "confirmedOn")
    told = (
        ("exa:1", "listed", "2020-01-01", ""),
        ("exa:2", "listed", "2020-01-01", "2020-02-01"),
        ("exa:2", "behind", "2020-02-01", ""),
        ("exa:2", "befind", "2020-02-02", ""),
        ("exa:2", "on track", "2012-02-02", ""),
    )
    rows = table("standings", (dict(zip(columns, row, strict=True)) for row in told))
    found = send(rows, dated="2020-02-15", options=("--yes",))
    assert found.code == 0
    first, added, changed, ended, word, early = found.out.splitlines()
    assert head(first) == (
        f"{ALPHA} operator applied",
        {"added": 1, "changed": 1, "ended": 1, "unchanged": 1, "set aside": 2},
    )
    assert added.startswith("  + standing exa:2 (row 4): subject exa:2, state behind, track repair")
    assert changed.startswith("  ~ standing exa:2 (row 3): ")
    assert changed.endswith("confirmedOn 2020-02-01")
    assert ended == "  - standing exa:3: listed ended on 2020-02-15"
    assert word.startswith(f"  ! standings, row 5, state: 'befind' is no word of {ALPHA}; ")
    assert word.endswith(" (UNKNOWN_WORD)")
    assert early.startswith("  ! standings, row 6, since: 2012-02-02 lies before")
    assert early.endswith(" (BEFORE_PROGRAM)")


@pytest.mark.usefixtures("begun")
def test_the_same_file_again_changes_nothing() -> None:
    found = send(SITES, LISTED, dated="2020-01-15")
    assert found.code == 0
    [only] = found.out.splitlines()
    outcome, counted = head(only)
    assert outcome == f"{ALPHA} operator unchanged"
    assert counted.keys() == {"unchanged"}


@pytest.mark.usefixtures("begun")
def test_a_held_run_applies_nothing_until_a_person_says_yes() -> None:
    found = send(FEWER, dated="2020-02-15")
    assert found.code == 3
    assert head(found.out.splitlines()[0])[0] == f"{ALPHA} operator held"
    assert "  - standing exa:3: listed ended on 2020-02-15" in found.out
    why, then = found.err.splitlines()
    assert why.startswith("held: 1 of 3 listed standings are gone, more than 20%")
    assert then == "nothing was applied; look at the difference, then repeat with --yes"
    assert verdict("exa:3", "2020-03-01") == "ELIGIBLE"

    found = send(FEWER, dated="2020-02-15", options=("--yes",))
    assert found.code == 0
    assert head(found.out.splitlines()[0])[0] == f"{ALPHA} operator applied"
    assert verdict("exa:3", "2020-03-01") == "UNKNOWN"


@pytest.mark.usefixtures("begun")
def test_a_dry_run_shows_the_difference_and_applies_nothing() -> None:
    barred = standings("exa:1 barred 2020-02-01", "exa:2 listed 2020-01-01")
    shown = send(barred, dated="2020-02-15", options=("--dry-run", "--partial"))
    assert shown.code == 0
    assert head(shown.out.splitlines()[0])[0] == f"{ALPHA} operator dry run"
    assert "  + standing exa:1 (row 2): subject exa:1, state barred" in shown.out
    assert verdict("exa:1", "2020-03-01") == "ELIGIBLE"

    applied = send(barred, dated="2020-02-15", options=("--partial",))
    assert applied.out.splitlines()[1:] == shown.out.splitlines()[1:]
    assert verdict("exa:1", "2020-03-01") == "INELIGIBLE"


@pytest.mark.usefixtures("begun")
def test_a_dry_run_tells_that_the_run_would_be_held() -> None:
    found = send(FEWER, dated="2020-02-15", options=("--dry-run",))
    assert found.code == 3
    assert found.err.startswith("held: ")


@pytest.mark.usefixtures("begun")
def test_a_partial_file_ends_nothing_by_absence() -> None:
    found = send(FEWER, dated="2020-02-15", options=("--partial",))
    assert found.code == 0
    assert "ended" not in head(found.out.splitlines()[0])[1]
    assert verdict("exa:3", "2020-03-01") == "ELIGIBLE"


@pytest.mark.usefixtures("begun")
def test_a_file_of_another_program_is_held_and_says_whose_it_is() -> None:
    done("sync", BETA)
    found = send(sites("exb:1", "exb:2"), standings("exb:1 listed 2020-01-01"))
    assert found.code == 3
    assert f"held: most of it names references of {BETA}; if it is a file of {BETA}" in found.err
    assert "  ! worksites, row 2, reference: exb:1 is a reference of example-beta" in found.out
    assert hub("ask", BUYER, "exb:1", "garments").code == 2


@pytest.mark.usefixtures("begun")
def test_a_row_of_nobody_known_stops_absence_and_is_noted() -> None:
    found = send(standings("exa:1 listed 2020-01-01", "exa:9 listed 2020-01-01"))
    assert found.code == 3
    assert found.out.splitlines()[-2:] == [
        "  ! standings, row 3, subject: nothing goes by exa:9; describe it first, or in the same "
        "file (UNKNOWN_REFERENCE)",
        "rows set aside that name nobody known: 1; nothing was ended by absence",
    ]


def test_the_first_file_of_a_program_brings_its_record() -> None:
    found = send(SITES, LISTED)
    assert found.code == 0
    heads = [head(line)[0] for line in found.out.splitlines() if not line.startswith(" ")]
    assert heads == [f"{ALPHA} record applied", f"{ALPHA} operator applied"]


def test_what_was_done_before_a_mistake_is_shown() -> None:
    found = send(SITES, dated="2999-01-01")
    assert found.code == 2
    assert head(found.out.splitlines()[0])[0] == f"{ALPHA} record applied"
    assert found.err == (
        "✗ it is dated 2999-01-01, which is yet to come; give the day of which it speaks\n"
    )


def test_a_file_is_not_compared_with_what_is_not_known() -> None:
    Path("standings.csv").write_bytes(LISTED[1])
    assert refused("sync", ALPHA, "--from", "standings.csv", "--dry-run") == (
        f"{ALPHA} is not known yet, so its file cannot be compared; first sync its record: "
        f"hub sync {ALPHA}"
    )
    assert "is empty" in refused("ask", BUYER, "exa:1", "garments")


@pytest.mark.usefixtures("begun")
def test_a_workbook_has_a_sheet_for_each_table(folder: Path) -> None:
    path = workbook(
        folder / "list.xlsx",
        worksites=[["reference", "name", "country"], ["exa:4", "Example Site 4", "BD"]],
        standings=[["subject", "state", "since"], ["exa:4", "barred", "2020-01-05"]],
    )
    found = hub("sync", ALPHA, "--from", path, "--dated", "2020-01-20", "--partial")
    assert found.code == 0, found
    assert verdict("exa:4", "2020-01-20") == "INELIGIBLE"


@pytest.mark.usefixtures("begun")
def test_sheets_left_blank_beside_filled_ones_end_nothing(folder: Path) -> None:
    path = workbook(
        folder / "list.xlsx",
        worksites=[["reference", "name", "country"], ["exa:4", "Example Site 4", "BD"]],
        standings=[["subject", "state", "since"]],
    )
    found = hub("sync", ALPHA, "--from", path, "--dated", "2020-01-20", "--yes")
    assert head(found.out.splitlines()[0]) == (f"{ALPHA} operator applied", {"added": 1})
    assert verdict("exa:1", "2020-01-20") == "ELIGIBLE"


def test_every_record_is_synced_with_all() -> None:
    first = done("sync", "--all").out
    heads = [head(line) for line in first.splitlines() if not line.startswith(" ")]
    again = [head(line) for line in done("sync", "--all").out.splitlines()]
    codes = [outcome.split()[0] for outcome, _ in heads]
    assert codes == sorted(codes)
    assert {ALPHA, BETA, "ffp", "bangladesh-accord", "example-produce"} < set(codes)
    assert [outcome for outcome, _ in heads] == [f"{code} record applied" for code in codes]
    assert [outcome for outcome, _ in again] == [f"{code} record unchanged" for code in codes]


@pytest.mark.usefixtures("terminal")
def test_a_terminal_gets_the_first_changes_and_a_pipe_all(monkeypatch: pytest.MonkeyPatch) -> None:
    done("sync", ALPHA)
    many = sites(*(f"exa:{number}" for number in range(30)))
    wrong = standings(*(f"exa:{number} unheard 2020-01-01" for number in range(25)))
    shown = send(many, wrong)
    assert sum(line.startswith("  + worksite") for line in shown.out.splitlines()) == 20
    assert "  ... and 10 more added; a pipe gets all\n" in shown.out
    assert sum("UNKNOWN_WORD" in line for line in shown.out.splitlines()) == 20
    assert "  ... and 5 more rows set aside; a pipe gets all\n" in shown.out

    monkeypatch.delenv("TTY_COMPATIBLE")
    piped = send(many, wrong)
    assert sum(line.startswith("  + worksite") for line in piped.out.splitlines()) == 30
    assert sum(line.endswith("(UNKNOWN_WORD)") for line in piped.out.splitlines()) == 25
    assert " more " not in piped.out


MISTAKES: Final[Mapping[str, tuple[list[str], str]]] = {
    "no program": ([], "name one program, or say --all"),
    "program and all": ([ALPHA, "--all"], "name one program, or say --all"),
    "unknown program": (["nobody"], "'nobody' is no program; the programs are bangladesh-accord,"),
    "file and all": (["--all", "--from", "x"], "--from and --feed are of one program; name it"),
    "feed and all": (["--all", "--feed", "x"], "--from and --feed are of one program; name it"),
    "feed without a file": ([ALPHA, "--feed", "operator"], "--feed says whose document it is;"),
    "unknown feed": ([ALPHA, "--feed", "no", "--from", "empty.csv"], "has no feed 'no'; its feeds"),
    "day without a file": ([ALPHA, "--dated", "2020-01-01"], "--dated and --partial are said of a"),
    "partial without a file": ([ALPHA, "--partial"], "--dated and --partial are said of a file"),
    "no day": ([ALPHA, "--dated", "2020-13-01"], "--dated '2020-13-01' is no day of the calendar"),
    "missing file": ([ALPHA, "--from", "no.csv"], "cannot read no.csv: No such file or directory"),
    "folder": ([ALPHA, "--from", "."], "cannot read .: Is a directory"),
    "device": ([ALPHA, "--from", "/dev/zero"], "zero: it is no regular file but a device or a"),
    "address": (
        [ALPHA, "--from", "https://list.example/a.csv"],
        "feed does not allow list.example",
    ),
    "plain address": (
        [ALPHA, "--from", "http://list.example/a"],
        "an address that begins with https",
    ),
    "empty file": ([ALPHA, "--from", "empty.csv"], "empty.csv: the file is empty"),
    "not UTF-8": ([ALPHA, "--from", "latin.csv"], "2 is not UTF-8; save the file as “CSV UTF-8”"),
    "no table": ([ALPHA, "--from", "other.csv"], "are no table of the template"),
    "unknown column": ([ALPHA, "--from", "standings.csv"], "standings: column 'colour' is not"),
}


@pytest.mark.parametrize(("arguments", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_one_line_and_changes_nothing(
    folder: Path, arguments: list[str], said: str
) -> None:
    (folder / "empty.csv").touch()
    (folder / "latin.csv").write_bytes("subject,state,since\nexa:ü".encode("latin-1"))
    (folder / "other.csv").write_text("A,B\n1,2\n", "utf-8")
    (folder / "standings.csv").write_text("subject,state,since,colour\n", "utf-8")
    assert said in refused("sync", *arguments)
    assert "there is no store" in refused("ask", BUYER, "exa:1", "x") or "empty" in (
        refused("ask", BUYER, "exa:1", "x")
    )


@pytest.mark.parametrize(
    ("manifest", "record", "said"),
    [
        ("code = ", "", "broken/program.toml: Invalid value"),
        (
            'code = "example-broken"\nname = "Example Broken"\n',
            "reference,name\nno reference,Example\n",
            "the record of example-broken, worksites, row 2, reference: ",
        ),
        (
            'code = "example-broken"\nname = "Example Broken"\n',
            "colour\nred\n",
            "broken/record/worksites.csv: worksites: column 'colour' is not known",
        ),
    ],
    ids=["manifest", "row", "column"],
)
def test_a_broken_folder_of_a_program_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, manifest: str, record: str, said: str
) -> None:
    broken = install(folder / "site", f"with_{folder.name}") / "broken"
    (broken / "record").mkdir(parents=True)
    (broken / "program.toml").write_text(manifest, "utf-8")
    (broken / "record" / "worksites.csv").write_text(record, "utf-8")
    monkeypatch.syspath_prepend(folder / "site")
    assert said in refused("sync", "example-broken")


@pytest.mark.usefixtures("begun")
def test_a_terminal_shows_how_far_a_run_is_and_a_pipe_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "rows" not in send(SITES, FEWER).err
    shown = io.StringIO()
    terminal = Console(file=shown, force_terminal=True, width=100)
    monkeypatch.setattr(console, "ERR", terminal)
    assert send(SITES, LISTED).code == 0
    assert "reading and comparing rows" in shown.getvalue()
    assert "6/6" in shown.getvalue()
