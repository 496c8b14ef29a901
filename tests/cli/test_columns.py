"""`hub check`: which columns of a list are taken for what, guessed or named, in CSV and XLSX."""

from pathlib import Path

import pytest

from tests.cli.lists import answers, check, listed, verdicts, workbook
from tests.cli.worlds import BARRED, GOOD, NAMES, TWINS
from tests.store.worlds import CURRENT_OS_ID

pytestmark = pytest.mark.usefixtures("store")

SUPPLIER_COLUMNS = [
    ("Supplier", GOOD), ("OS ID", CURRENT_OS_ID), ("os_id", CURRENT_OS_ID), ("Reference", GOOD),
    ("Factory Name", NAMES[GOOD]), ("ID", GOOD), ("WORKSITE", GOOD), ("farm", GOOD),
]  # fmt: skip


@pytest.mark.parametrize(("column", "called"), SUPPLIER_COLUMNS)
def test_the_suppliers_column_is_guessed(column: str, called: str) -> None:
    found = check(listed(f"Note,{column},Price", f"x,{called},1"))
    assert f"supplier from column {column!r}, product 'jeans'" in found.err
    assert verdicts(found) == ["ELIGIBLE"]


def test_an_id_comes_before_a_name_and_the_name_where_there_is_no_id() -> None:
    rows = (f"{TWINS},{CURRENT_OS_ID},", f"{NAMES[BARRED]},,", ",,x")
    found = check(listed("Name,OS ID,Note", *rows))
    assert "supplier from column 'OS ID' or else 'Name'" in found.err
    assert verdicts(found) == ["ELIGIBLE", "INELIGIBLE", "problem"]


def test_a_number_without_a_scheme_is_of_the_scheme_that_its_column_names() -> None:
    bare = CURRENT_OS_ID.removeprefix("os:")
    assert verdicts(check(listed("OS ID", bare, CURRENT_OS_ID, '""', "x"))) == [
        "ELIGIBLE", "ELIGIBLE", "problem",
    ]  # fmt: skip
    assert verdicts(check(listed("LEI", "529900T8BM49AURSDO55"))) == ["problem"]


@pytest.mark.parametrize("column", ["Product", "commodity", "CROP", "item"])
def test_the_products_column_is_guessed_and_comes_before_the_option(column: str) -> None:
    path = listed(f"supplier,{column}", f"{BARRED},jeans", f"{BARRED},", f"{BARRED},nothing")
    found = check(path, product="garments")
    assert f"product from column {column!r}" in found.err
    assert verdicts(found) == ["INELIGIBLE", "INELIGIBLE", "problem"]
    assert answers(found)[2]["problem"].startswith("the product 'nothing' is not known")


def test_columns_may_be_named_in_place_of_a_guess() -> None:
    path = listed("Supplier,Product,Other,What", f"x,x,{GOOD},jeans")
    named = ("--supplier-column", "other", "--product-column", "WHAT")
    found = check(path, *named, product=None)
    assert "supplier from column 'Other', product from column 'What'" in found.err
    assert verdicts(found) == ["ELIGIBLE"]


def test_what_is_named_is_printed_as_it_is() -> None:
    found = check(listed("[/x],supplier", f"{GOOD},x"), "--supplier-column", "[/x]", product="[/]")
    assert found.err.splitlines()[0] == "supplier from column '[/x]', product '[/]'"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_may_be_separated_as_spreadsheets_do(separator: str) -> None:
    path = listed(separator.join(("Supplier", "Note")), separator.join((GOOD, "x")))
    assert verdicts(check(path)) == ["ELIGIBLE"]


def test_several_sheets_that_name_suppliers_are_refused(folder: Path) -> None:
    path = workbook(
        folder / "list.xlsx", A=[["Supplier"], [GOOD]], B=[["Supplier"], [BARRED]], C=[["Note"]]
    )
    found = check(path)
    assert (found.code, found.out) == (2, "")
    assert "the sheets 'A' and 'B' name suppliers; check one at a time" in found.err


def test_the_one_sheet_that_names_suppliers_is_the_list(folder: Path) -> None:
    path = workbook(
        folder / "list.xlsx",
        About=[["Example list"], ["of suppliers"]],
        Empty=[["Supplier"]],
        List=[["Supplier", "Product", "Price"], [GOOD, "jeans", 2.5], [], [BARRED, "jeans", 3]],
        More=[["Supplier"]],
    )
    found = check(path, product=None)
    assert found.code == 3
    assert "supplier from column 'Supplier' of the sheet 'List', " in found.err
    assert [(row["Supplier"], row["Price"], row["verdict"]) for row in answers(found)] == [
        (GOOD, "2.5", "ELIGIBLE"),
        (BARRED, "3", "INELIGIBLE"),
    ]
