"""Programs as folders: what a manifest says, what a folder gives, and how folders are found."""

import sys
from datetime import date
from pathlib import Path
from typing import Final

import pytest

import adapters as ours
from adapters.kit.adapter import OPERATOR, Adapter, Feed, adapters
from adapters.kit.parsed import Parsed
from adapters.kit.tables import UnreadableError
from graph_schema.exchange import FACTS
from graph_schema.parties import Worksite
from graph_schema.programs import Commodity, FactSource
from graph_schema.standing import Standing
from tests.adapters.books import lines
from tests.sync.programs import ALPHA, BETA, RECORD, folders

CODE: Final = "example-gamma"
PACKAGE: Final = "example_outside"
MANIFEST: Final = """
code = "example-gamma"
name = "Example Program Gamma"
scheme = "exg"

[feeds.list]
about = "the list on the page of the program"
url = "https://example.org/list"
every_days = 7
max_age_days = 30
listing = true
complete = false
required = ["state"]
rows = [2, 50]
may_shrink = 0.1
may_fail = 0.5
parser = "page"

[feeds.lost]
parser = "nowhere"
"""
PARSER: Final = '''
"""A program outside the tree."""

from datetime import date

from adapters.kit.parsed import Parsed, line
from graph_schema.exchange import Bookkeeping, Line
from graph_schema.standing import Standing


def page(document, reading):
    """Return what a page of the program says: a supplier in each line."""
    parsed = Parsed(kinds={Standing}, dated=date(2026, 11, 1))
    for row, text in enumerate(document.decode().split(), start=1):
        given = {"subject": f"exg:{text}", "state": "listed", "observed": "2026-11-01"}
        parsed.lines.append(line(reading.program, Standing, given, Bookkeeping(row=row)))
    return parsed


def record():
    """Yield a line that no table of the record holds."""
    yield Line.model_validate(
        {"program": "example-gamma", "source": {"reference": "X1", "title": "Example list"}}
    )
'''


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a program in a package of its own, which can be imported."""
    folder = tmp_path / PACKAGE / "gamma"
    (folder / "record").mkdir(parents=True)
    (folder.parent / "__init__.py").write_text("")
    (folder / "__init__.py").write_text(PARSER)
    (folder / "program.toml").write_text(MANIFEST)
    (folder / "record" / "commodities.csv").write_bytes(
        lines("reference,name", "wsr:apples,Apples")
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        monkeypatch.delitem(sys.modules, name)
    return folder


def gamma(outside: Path) -> Adapter:
    """Return the program outside the tree."""
    return adapters({outside.parent: PACKAGE})[CODE]


def test_a_feed_is_what_the_manifest_says(outside: Path) -> None:
    adapter = gamma(outside)
    assert (adapter.program, adapter.manifest.name) == (CODE, "Example Program Gamma")
    assert (adapter.manifest.scheme, adapter.manifest.example) == ("exg", False)
    assert adapter.feed("list") == Feed(
        about="the list on the page of the program",
        url="https://example.org/list",
        every_days=7,
        max_age_days=30,
        complete=False,
        listing=True,
        required=("state",),
        rows=(2, 50),
        may_shrink=0.1,
        may_fail=0.5,
        parser="page",
    )


def test_every_program_has_the_feed_of_the_operator(outside: Path, tmp_path: Path) -> None:
    assert gamma(outside).feed(OPERATOR) == Feed(about="the operator's template")
    assert folders(tmp_path / "programs")[ALPHA].feed(OPERATOR).max_age_days == 100
    with pytest.raises(KeyError, match="page"):
        gamma(outside).feed("page")


def test_a_feed_with_a_parser_is_read_by_it(outside: Path) -> None:
    parsed = gamma(outside).parse("list", b"one two", "list.html")
    assert [line.unfolded() for line in parsed.lines] == [
        {
            "program": CODE,
            "standing": {"subject": f"exg:{name}", "state": "listed", "observed": "2026-11-01"},
            "row": row,
        }
        for row, name in ((1, "one"), (2, "two"))
    ]
    assert parsed.dated == date(2026, 11, 1)


def test_parts_of_a_document_are_one(outside: Path) -> None:
    adapter, whole = gamma(outside), Parsed()
    whole.add(adapter.parse(OPERATOR, lines("subject,track", "one,listing"), "standings.csv"))
    whole.add(adapter.parse("list", b"one two"))
    whole.add(adapter.parse(OPERATOR, lines("reference,name", "exg:1,One"), "worksites.csv"))
    assert [line.about.row for line in whole.lines] == [1, 2, 2]
    assert {problem.column for problem in whole.problems} == {"subject", "state"}
    assert whole.kinds == {Standing, Worksite}
    assert whole.columns == {"subject", "track", "reference", "name"}
    assert (whole.missing, whole.dated) == (["standings: state"], date(2026, 11, 1))


def test_a_parser_that_is_not_there_is_told_by_name(outside: Path) -> None:
    with pytest.raises(AttributeError, match="nowhere"):
        gamma(outside).parse("lost", b"")


def test_the_operator_sends_the_template(outside: Path) -> None:
    document = lines("reference,name", "exg:1,Example Site")
    parsed = gamma(outside).parse(OPERATOR, document, "worksites.csv")
    assert [line.program for line in parsed.lines] == [CODE]
    with pytest.raises(UnreadableError, match="the columns fit several tables"):
        gamma(outside).parse(OPERATOR, document)


def test_the_record_is_its_tables_and_what_the_folder_makes(outside: Path) -> None:
    parsed = gamma(outside).record()
    assert [type(line.fact) for line in parsed.lines] == [Commodity, FactSource]
    assert parsed.kinds == {Commodity, FactSource}


def test_a_folder_of_data_alone_makes_nothing(tmp_path: Path) -> None:
    parsed = folders(tmp_path)[ALPHA].record()
    assert len(parsed.lines) == sum(text.count("\n") - 1 for text in RECORD.values())
    assert parsed.problems == []


def test_a_folder_whose_package_makes_nothing_has_its_tables(outside: Path) -> None:
    (outside / "__init__.py").write_text("")
    assert [type(line.fact) for line in gamma(outside).record().lines] == [Commodity]


def test_a_broken_table_of_a_record_is_named(outside: Path) -> None:
    (outside / "record" / "ties.csv").write_bytes(lines("kind,whence,to"))
    with pytest.raises(UnreadableError) as caught:
        gamma(outside).record()
    assert str(caught.value).startswith("gamma/record/ties.csv: ties: column 'whence' is not known")


@pytest.mark.parametrize(
    ("manifest", "why"),
    [
        (b"code = ", "Invalid value"),
        (b'code = "example-gamma"\n', "name\n  Field required"),
        (b'code = "Gamma"\nname = "Gamma"\n', "code\n  String should match pattern"),
        (b'code = "gamma"\nname = "Gamma"\ncolour = "red"\n', "colour\n  Extra inputs"),
        (b'code = "gamma"\nname = "Gamma"\n[feeds.list]\nrows = 3\n', "feeds.list.rows\n"),
        (b'code = "gamma"\nname = "Cot\xe9"\n', "codec can't decode byte 0xe9"),
    ],
    ids=["no TOML", "no name", "a bad code", "a field more", "a bad bound", "no UTF-8"],
)
def test_a_manifest_that_is_wrong_is_named_with_the_field(
    outside: Path, manifest: bytes, why: str
) -> None:
    (outside / "program.toml").write_bytes(manifest)
    with pytest.raises(ValueError, match=r"^gamma/program\.toml: ") as caught:
        adapters({outside.parent: PACKAGE})
    assert why in str(caught.value)


def test_programs_come_in_the_order_of_their_codes(outside: Path, tmp_path: Path) -> None:
    folders(tmp_path / "programs")
    found = adapters({outside.parent: PACKAGE, tmp_path / "programs": "nowhere"})
    assert list(found) == [ALPHA, BETA, CODE]
    assert found[BETA].package == "nowhere.example_beta"


def test_two_folders_of_one_program_are_refused(tmp_path: Path) -> None:
    folders(tmp_path / "one")
    folders(tmp_path / "two")
    with pytest.raises(
        ValueError, match=f"^example_alpha and example_alpha are both of the p.+ {ALPHA}$"
    ):
        adapters({tmp_path / "one": "one", tmp_path / "two": "two"})


def test_ours_are_found_by_their_folders() -> None:
    folder = Path(ours.__path__[0])
    manifests = {path.parent.name for path in folder.glob("*/program.toml")}
    assert {adapter.folder.name for adapter in adapters().values()} == manifests
    assert len(manifests) >= 9


def test_a_new_folder_is_a_program_and_changes_no_other(tmp_path: Path) -> None:
    before = folders(tmp_path)
    new = tmp_path / "orchards"
    (new / "record").mkdir(parents=True)
    (new / "program.toml").write_text('code = "example-orchards"\nname = "Example Orchards"\n')
    found = adapters({tmp_path: "nowhere"})
    assert set(found) - set(before) == {"example-orchards"}
    assert [found[code].record().lines for code in before] == [
        before[code].record().lines for code in before
    ]


def test_programs_outside_are_found_by_an_entry_point(outside: Path) -> None:
    installed = outside.parents[1] / "example_outside-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: example_outside\nVersion: 1.0\n"
    )
    (installed / "entry_points.txt").write_text(f"[wsr_hub.adapters]\noutside = {PACKAGE}\n")
    found = adapters()
    assert found[CODE].folder == outside
    assert [type(line.fact) for line in found[CODE].record().lines] == [Commodity, FactSource]


@pytest.mark.parametrize("code", list(adapters()))
def test_every_record_is_read_whole(code: str) -> None:
    parsed = adapters()[code].record()
    assert (parsed.problems, parsed.missing) == ([], [])
    assert {type(line.fact) for line in parsed.lines} <= parsed.kinds <= set(FACTS)
    assert {line.program for line in parsed.lines} == {code}
