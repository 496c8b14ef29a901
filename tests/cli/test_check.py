"""`hub check`: a buyer's list, each row with its verdict; which columns and names are taken."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.cli.commands import done, hub, refused
from tests.cli.lists import ANSWERS, answers, check, counts, listed, verdicts
from tests.cli.worlds import (
    BARRED,
    BUYER,
    DAY,
    GOOD,
    NAMES,
    SILENT,
    TWINS,
    WRONG_OS_ID,
    ndjson,
)
from tests.store.worlds import said

ALIKE: Final = range(30)

pytestmark = pytest.mark.usefixtures("store")


def test_each_row_comes_back_with_its_verdict_beside_the_buyers_own_columns() -> None:
    found = check(listed("Supplier,Note", f"{GOOD},first", f'{SILENT},"second, quoted"'))
    assert found.out.splitlines()[0] == "Supplier,Note,verdict,reason,summary,problem"
    first, second = answers(found)
    assert (first["Supplier"], first["Note"]) == (GOOD, "first")
    assert (second["Supplier"], second["Note"]) == (SILENT, "second, quoted")
    assert (first["verdict"], first["reason"]) == ("ELIGIBLE", "IN_GOOD_STANDING")
    assert (second["verdict"], second["reason"]) == ("UNKNOWN", "NO_EVIDENCE")
    assert first["problem"] is second["problem"] is None


def test_a_row_says_what_ask_says() -> None:
    path = listed("supplier", GOOD, BARRED, SILENT)
    for row in answers(check(path, "--known-at", "2020-06-15")):
        said = done(
            "ask", BUYER, row["supplier"], "jeans", "--as-of", DAY, "--known-at", "2020-06-15",
            "--json",
        ).json  # fmt: skip
        assert {name: said[name] for name in ANSWERS[:3]} == {n: row[n] for n in ANSWERS[:3]}


def test_the_day_and_the_instant_are_those_that_are_asked_of() -> None:
    path = listed("supplier", BARRED)
    asked = ("check", path, "--buyer", BUYER, "--product", "jeans")
    assert verdicts(hub(*asked, "--as-of", "2020-02-01")) == ["ELIGIBLE"]
    assert verdicts(hub(*asked, "--as-of", "2020-03-01")) == ["INELIGIBLE"]
    assert verdicts(hub(*asked, "--as-of", DAY, "--known-at", "2020-06-14")) == ["UNKNOWN"]


def test_columns_are_shown_and_verdicts_counted_beside_the_result() -> None:
    found = check(listed("Supplier,Product", *(f"{each},jeans" for each in (GOOD, GOOD, BARRED))))
    assert found.err.splitlines()[0] == (
        "supplier from column 'Supplier', product from column 'Product'"
    )
    assert counts(found) == ["1 INELIGIBLE", "2 ELIGIBLE"]


@pytest.mark.parametrize(
    ("suppliers", "code"),
    [
        ([GOOD], 0),
        ([GOOD, SILENT], 0),
        ([GOOD, BARRED], 3),
        ([GOOD, "wsr:nobody"], 2),
        ([BARRED, "wsr:nobody"], 3),
    ],
    ids=["nothing barred", "one unknown", "one barred", "one not answered", "barred and not"],
)
def test_the_exit_code_says_whether_something_is_barred(suppliers: list[str], code: int) -> None:
    assert check(listed("supplier", *suppliers)).code == code


def test_a_row_that_cannot_be_answered_says_why_and_spoils_no_other() -> None:
    path = listed("supplier", GOOD, "wsr:nobody", WRONG_OS_ID, '""', "Example Nobody", BARRED)
    found = check(path)
    assert verdicts(found) == ["ELIGIBLE", "problem", "problem", "problem", "INELIGIBLE"]
    problems = [row["problem"] for row in answers(found) if row["problem"]]
    assert problems == [
        "nothing here goes by 'wsr:nobody'; check it, or search",
        "the check character of OS ID BD2020021QK28YX is wrong; look it up again",
        "nothing here goes by 'Example Nobody'; check it, or search",
    ]
    assert counts(found)[-1] == "3 not answered; see the column `problem`"


def test_a_row_without_a_supplier_is_a_problem_of_that_row() -> None:
    found = check(listed("supplier,note", f"{GOOD},", ",nobody"))
    assert verdicts(found) == ["ELIGIBLE", "problem"]
    assert answers(found)[1]["problem"].startswith("'' is not a reference")


@pytest.mark.parametrize(
    "name", ["Example Weavers", "EXAMPLE WEAVERS", "example  weavers", "Example-Weavers."]
)
def test_a_supplier_may_be_called_by_its_name(name: str) -> None:
    assert verdicts(check(listed("name", name))) == ["ELIGIBLE"]


def test_a_supplier_may_be_called_by_an_alias() -> None:
    assert verdicts(check(listed("name", "Example Colours"))) == ["INELIGIBLE"]


def test_part_of_a_name_stands_for_nobody() -> None:
    parts = ["Example", "Weavers", "Example Weavers Ltd", "Exámple Weavers"]
    assert verdicts(check(listed("name", *parts))) == ["problem"] * 4


def test_a_name_of_several_stands_for_none_and_names_them() -> None:
    [row] = answers(check(listed("name", TWINS)))
    assert row["verdict"] is None
    assert row["problem"] == f"2 suppliers go by '{TWINS}'; write which: alpha:s3, alpha:s4"


def test_more_than_ten_thousand_rows_are_answered_in_slices() -> None:
    called = [GOOD, NAMES[BARRED], "wsr:nobody"]
    rows = [called[number % 3] for number in range(10_002)]
    found = check(listed("supplier", *rows))
    assert found.code == 3
    assert [row["supplier"] for row in answers(found)] == rows
    assert verdicts(found) == ["ELIGIBLE", "INELIGIBLE", "problem"] * 3_334
    assert counts(found) == [
        "3,334 INELIGIBLE",
        "3,334 ELIGIBLE",
        "3,334 not answered; see the column `problem`",
    ]


def test_a_list_that_was_answered_may_be_answered_again() -> None:
    listed("supplier,note", f"{BARRED},x")
    again = ("--output", "answered.csv")
    check(Path("list.csv"), *again)
    before = Path("answered.csv").read_bytes()
    found = check(Path("answered.csv"), *again)
    assert "answered anew, over what the list has there: verdict, reason, summary, problem" in (
        found.err
    )
    assert Path("answered.csv").read_bytes() == before


@pytest.mark.usefixtures("terminal")
def test_a_terminal_gets_the_rows_that_need_a_look_the_worst_first() -> None:
    rows = [f"{each},jeans" for each in (*[GOOD] * 20, SILENT, "wsr:[b]nobody", BARRED)]
    found = check(listed("supplier,product", *rows))
    assert found.code == 3
    told = [line.split()[:2] for line in found.out.splitlines() if not line.startswith(" ")]
    assert told[0] == ["supplier", "verdict"]
    assert told[1:4] == [
        ["wsr:[b]nobody", "problem"],
        [BARRED, "INELIGIBLE"],
        [SILENT, "UNKNOWN"],
    ]
    assert told[4:-1] == [[GOOD, "ELIGIBLE"]] * 17
    assert found.out.splitlines()[-1] == "... and 3 more; write all with --output"


@pytest.mark.usefixtures("terminal")
def test_a_terminal_gets_a_short_list_whole() -> None:
    found = check(listed("supplier", GOOD))
    assert "write all with --output" not in found.out


MISTAKES: Final[Mapping[str, tuple[str, list[str], str]]] = {
    "no file": ("missing.csv", [], "cannot read missing.csv: No such file or directory"),
    "a folder": (".", [], "cannot read .: Is a directory"),
    "empty": ("empty.csv", [], "empty.csv: the file is empty"),
    "nothing but blanks": ("blank.csv", [], "blank.csv: the file is empty"),
    "header alone": ("header.csv", [], "header.csv: there is no row below the header"),
    "not UTF-8": ("latin.csv", [], "3 is not UTF-8; save the file as"),
    "UTF-16": ("utf16.csv", [], "as “CSV UTF-8”"),
    "damaged workbook": ("damaged.xlsx", [], "damaged.xlsx: the "),
    "no workbook": ("text.xlsx", [], "text.xlsx is no XLSX workbook; save it as one, or as"),
    "no end": ("/dev/zero", [], "zero: it is no regular file but a device or a pipe;"),
    "no supplier column": (
        "other.csv",
        [],
        "other.csv: there is no column that says who supplies; the columns are A, B; name one "
        "with --supplier-column",
    ),
    "no such supplier column": (
        "list.csv",
        ["--supplier-column", "Who"],
        "list.csv: there is no column 'Who'; the columns are Supplier, Note; name one with "
        "--supplier-column",
    ),
    "no such product column": (
        "list.csv",
        ["--supplier-column", "Supplier", "--product-column", "What"],
        "list.csv: there is no column 'What'; the columns are Supplier, Note; name one with "
        "--product-column",
    ),
    "no day": ("list.csv", ["--as-of", "2020-02-30"], "--as-of '2020-02-30' is no day"),
    "no instant": ("list.csv", ["--known-at", "x"], "--known-at 'x' is no instant"),
    "its own name": (
        "list.csv",
        ["--output", "./list.csv"],
        "list.csv is the list itself; write the answers to another file",
    ),
    "a folder for the answers": (
        "list.csv",
        ["--output", "."],
        ".: write a name that ends with one of",
    ),
    "no known format": (
        "list.csv",
        ["--output", "answers.pdf"],
        "answers.pdf: write a name that ends with one of .csv, .xlsx, .json, .ndjson",
    ),
}


@pytest.fixture
def files(folder: Path) -> None:
    """Write lists that cannot be taken, and one that can."""
    (folder / "empty.csv").touch()
    (folder / "blank.csv").write_text("\n\n \n", "utf-8")
    (folder / "header.csv").write_text("Supplier,Note\n", "utf-8")
    (folder / "latin.csv").write_bytes(f"Supplier\n{GOOD}\nExample Färber\n".encode("latin-1"))
    (folder / "utf16.csv").write_bytes(f"Supplier\n{GOOD}\n".encode("utf-16"))
    (folder / "damaged.xlsx").write_bytes(b"PK\x03\x04 and nothing more")
    (folder / "text.xlsx").write_text("nothing but text\n", "utf-8")
    (folder / "other.csv").write_text("A,B\n1,2\n", "utf-8")
    listed("Supplier,Note", f"{GOOD},x")


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(("name", "options", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_list_that_cannot_be_taken_is_refused_in_one_line(
    name: str, options: list[str], said: str
) -> None:
    asked = ("check", name, "--buyer", BUYER, "--product", "jeans")
    assert said in refused(*asked, *options)


@pytest.mark.usefixtures("files")
def test_a_product_that_is_not_known_ends_it_where_it_is_an_option() -> None:
    found = hub("check", "list.csv", "--buyer", BUYER, "--product", "spaceship")
    assert (found.code, found.out) == (2, "")
    assert found.err.splitlines()[1].startswith("✗ the product 'spaceship' is not known")


@pytest.mark.usefixtures("files")
def test_a_list_without_any_product_is_refused_in_one_line() -> None:
    asked = ("check", "list.csv", "--buyer", BUYER)
    assert refused(*asked) == "name the product with --product, or give the list a column `product`"


def test_a_row_without_a_product_is_named() -> None:
    path = listed("supplier,product", f"{GOOD},jeans", "", f"{GOOD},")
    found = check(path, product=None)
    assert found.code == 2
    assert found.err.splitlines()[1] == (
        "✗ row 4 names no product; give --product, or a column `product`"
    )


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("buyer", "said"),
    [
        ("wsr:nobody", "✗ nothing here goes by 'wsr:nobody'; check it, or search"),
        ("Example Clothes", "✗ 'Example Clothes' is not a reference; write scheme:value"),
    ],
)
def test_a_wrong_buyer_ends_it(buyer: str, said: str) -> None:
    found = hub("check", "list.csv", "--buyer", buyer, "--product", "jeans")
    assert found.code == 2
    assert not found.out
    assert found.err.splitlines()[1].startswith(said)


def test_names_like_it_do_not_hide_whose_else_a_name_is(folder: Path) -> None:
    """Else who lists enough names alike could have its own site answered for another's."""
    name = NAMES[GOOD]
    alike = [said("beta", "worksite", reference=f"beta:n{n}", name=f"{name} {name}") for n in ALIKE]
    taken = said("beta", "worksite", reference="beta:taken", name=f"{name} {name}", aliases=[name])
    done("import", ndjson(folder / "alike.ndjson", [*alike, taken]))
    [row] = answers(check(listed("name", name)))
    assert row["verdict"] is None
    assert row["problem"] == f"2 suppliers go by '{name}'; write which: {GOOD}, beta:taken"


def test_a_row_that_cannot_be_taken_spoils_no_other() -> None:
    found = check(
        listed("supplier,note", GOOD, "#N/A,gone", f"{BARRED},\x1b[31mred", f"{GOOD},,,x")
    )
    assert verdicts(found) == ["ELIGIBLE", "problem", "problem", "problem"]
    _, missing, coloured, wide = answers(found)
    assert missing["problem"] == (
        "row 3, column 'supplier': it holds the error #N/A; mend the formula, or empty the cell"
    )
    assert (missing["supplier"], missing["note"]) == ("", "gone")
    assert coloured["supplier"] == BARRED
    assert "\x1b" not in found.out
    assert wide["problem"].startswith("row 5: it has more cells than there are columns")
    assert found.code == 2


def test_a_list_that_is_too_large_is_not_read() -> None:
    """Its length is enough to refuse it: so a file without an end takes no memory."""
    path = Path("large.csv")
    with path.open("wb") as file:
        file.truncate(200_000_001)
    assert refused("check", path, "--buyer", BUYER, "--product", "jeans").endswith(
        "large.csv: the file is larger than 200 MB; send it in parts"
    )
