"""`hub check`: a buyer's whole list, each row with its verdict."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.markup import escape
from rich.progress import Progress, TaskID
from rich.table import Table

from graph_schema.codes import Verdict
from hub.answers.checked import Checked, Wanted, checked
from hub.answers.desk import Sitting
from hub.answers.lists import BuyerList
from hub.cli.console import (
    BAD_INPUT,
    DECIDE,
    ERR,
    OUT,
    AsOfOption,
    KnownAtOption,
    StoreOption,
    coloured,
    day,
    fail,
    moment,
    progress,
    run,
    sitting,
)  # fmt: skip
from hub.cli.lists import read
from hub.errors import BadDocumentError, InvalidInputError
from hub.written import as_csv, check_name, write

ANSWERED: Final = ("verdict", "reason", "summary", "problem")
"""Columns that an answered list has beside its own."""
_SHOWN: Final = 20


def check(
    path: Annotated[Path, typer.Argument(help="CSV or XLSX with ids or names.", metavar="LIST")],
    buyer: Annotated[str, typer.Option("--buyer", help="Who buys, such as wsr:walmart.")],
    product: Annotated[
        str | None, typer.Option("--product", help="What; a product column comes first.")
    ] = None,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", help="F.csv, .xlsx, .json, .ndjson, .parquet.")
    ] = None,
    supplier_column: Annotated[
        str | None, typer.Option("--supplier-column", help="Column of the supplier, not guessed.")
    ] = None,
    product_column: Annotated[
        str | None, typer.Option("--product-column", help="Column of the product, not guessed.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """May this buyer buy from each supplier of a list?

    Example: `hub check suppliers.csv --buyer wsr:walmart --product tomatoes --output answers.csv`

    Exit codes: 0 every row is answered and none INELIGIBLE; 3 some row is INELIGIBLE; 2 bad input:
    the list, an option, or some row (its `problem` says what, the others are answered).
    """
    on, known = day(as_of, "as-of"), moment(known_at, "known-at")

    async def answer() -> list[dict[str, Any]]:
        if output is not None:
            check_name(output)
        listed = read(path, supplier_column, product_column)
        _check_other(output, path, listed)
        _show_columns(listed, product)
        async with sitting(store, as_of=on, known_at=known) as asked:
            _check_product(asked, product)
            with progress("checking") as bar:
                task = bar.add_task("", total=len(listed.rows))
                rows = await _answers(asked, buyer, product, listed, (bar, task))
        columns = list(dict.fromkeys([*listed.columns.header, *ANSWERED]))
        if output is not None:
            write(rows, columns, output)
        elif not OUT.is_terminal:
            as_csv(rows, columns, sys.stdout)
        else:
            _show(rows, list(listed.suppliers()))
        return rows

    rows = run(answer)
    _count(rows)
    if any(row["verdict"] == Verdict.INELIGIBLE for row in rows):
        raise typer.Exit(DECIDE)
    if any(row["problem"] for row in rows):
        raise typer.Exit(BAD_INPUT)


async def _answers(
    sitting: Sitting,
    buyer: str,
    product: str | None,
    listed: BuyerList,
    bar: tuple[Progress, TaskID],
) -> list[dict[str, Any]]:
    """Return every row of the list with its answer."""
    wanted = [
        Wanted(called, listed.columns.what(cells) or product or "", listed.problems.get(number))
        for called, (number, cells) in zip(listed.suppliers(), listed.rows, strict=True)
    ]
    for each, (number, _) in zip(wanted, listed.rows, strict=True):
        if not each.product and each.problem is None:
            msg = f"row {number} names no product; give --product, or a column `product`"
            raise BadDocumentError(msg)
    progress_bar, task = bar
    answers = await checked(
        sitting,
        buyer,
        wanted,
        lambda some: progress_bar.advance(task, some),
        sentences=True,
    )
    return [
        {**cells, **_told(answered)}
        for (_, cells), answered in zip(listed.rows, answers, strict=True)
    ]


def _told(answered: Checked) -> dict[str, str | None]:
    return {
        "verdict": answered.verdict and answered.verdict.value,
        "reason": answered.reason and answered.reason.value,
        "summary": answered.summary,
        "problem": answered.problem and answered.problem.message,
    }


def _show_columns(listed: BuyerList, product: str | None) -> None:
    """Say which columns are taken for what, before anything is answered."""
    if not listed.columns.product and product is None:
        fail("name the product with --product, or give the list a column `product`")
    what = (
        f"product from column {listed.columns.product!r}"
        if listed.columns.product
        else f"product {product!r}"
    )
    columns = " or else ".join(repr(each) for each in listed.columns.naming)
    sheet = f" of the sheet {listed.sheet!r}" if listed.sheet else ""
    told = f"supplier from column {columns}{sheet}, {what}"
    ERR.print(told, style="dim", markup=False)
    again = ", ".join(name for name in ANSWERED if name in listed.columns.header)
    if again:
        ERR.print(f"answered anew, over what the list has there: {again}", style="dim")


def _check_product(sitting: Sitting, product: str | None) -> None:
    """Refuse a product that is not known before any row is answered.

    Raises:
        InvalidInputError: The message names the nearest ones.
    """
    if product is not None:
        sitting.product(product)


def _check_other(output: Path | None, path: Path, listed: BuyerList) -> None:
    """Refuse to write the answers over the list, unless it is an answered one.

    Raises:
        InvalidInputError: They are the same file.
    """
    same = output is not None and output.resolve() == path.resolve()
    if same and not {*ANSWERED} <= {*listed.columns.header}:
        msg = f"{output} is the list itself; write the answers to another file"
        raise InvalidInputError(msg)


def _show(rows: Sequence[Mapping[str, Any]], called: Sequence[str]) -> None:
    """Print the rows that need a look, the worst first."""
    order = [verdict.value for verdict in Verdict]
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    for column in ("supplier", "verdict", "why"):
        table.add_column(column, overflow="fold")
    ranked = sorted(
        zip(rows, called, strict=True),
        key=lambda each: order.index(each[0]["verdict"]) if each[0]["verdict"] else -1,
    )
    for row, name in ranked[:_SHOWN]:
        verdict = coloured(Verdict(row["verdict"])) if row["verdict"] else "[bold red]problem[/]"
        table.add_row(escape(name), verdict, escape(row["summary"] or row["problem"]))
    OUT.print(table)
    if len(rows) > _SHOWN:
        OUT.print(f"[dim]... and {len(rows) - _SHOWN:,} more; write all with --output[/]")


def _count(rows: Sequence[Mapping[str, Any]]) -> None:
    counted = Counter(row["verdict"] for row in rows)
    for verdict in Verdict:
        if counted[verdict.value]:
            ERR.print(f"  {counted[verdict.value]:>7,} {coloured(verdict)}")
    if counted[None]:
        ERR.print(f"  {counted[None]:>7,} [bold red]not answered[/]; see the column `problem`")
