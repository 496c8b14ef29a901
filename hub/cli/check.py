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
from hub.answers.desk import Sitting
from hub.answers.eligibility import eligibility_list
from hub.answers.names import by_names
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
from hub.cli.lists import BuyerList, read
from hub.cli.written import as_csv, check_name, write
from hub.eligibility.explain import summary
from hub.errors import BadDocumentError, HubError, InvalidInputError
from hub.identity.ids import well_formed

_AT_ONCE: Final = 1_000
"""Rows answered at a time, so that progress is seen."""
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
        Path | None, typer.Option("--output", help="F.csv, .xlsx, .json or .ndjson.")
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
        columns = list(dict.fromkeys([*listed.header, *ANSWERED]))
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
    rows: list[dict[str, Any]] = [dict(cells) for _, cells in listed.rows]
    by_product: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        problem = listed.problems.get(listed.rows[index][0])
        if problem is not None:
            row.update(_problem(problem))
            continue
        what = (row[listed.product] if listed.product else "") or product or ""
        by_product.setdefault(what, []).append(index)
    if "" in by_product:
        number, _ = listed.rows[by_product[""][0]]
        msg = f"row {number} names no product; give --product, or a column `product`"
        raise BadDocumentError(msg)
    progress_bar, task = bar
    progress_bar.advance(task, len(listed.problems))
    called = list(listed.suppliers())
    names = await by_names(sitting, (text for text in called if text and not _written(text)))
    for what, indexes in by_product.items():
        for some in (indexes[at : at + _AT_ONCE] for at in range(0, len(indexes), _AT_ONCE)):
            for index, answered in zip(
                some,
                await _chunk(sitting, buyer, what, [called[index] for index in some], names),
                strict=True,
            ):
                rows[index] |= answered
            progress_bar.advance(task, len(some))
    return rows


async def _chunk(
    sitting: Sitting,
    buyer: str,
    product: str,
    called: Sequence[str],
    names: Mapping[str, str | HubError],
) -> list[dict[str, str | None]]:
    """Return the answers for some suppliers as columns by name."""
    references = [names.get(text, text) for text in called]
    asked = [text for text in references if isinstance(text, str)]
    try:
        answers = await eligibility_list(sitting, buyer, asked, product)
    except HubError as error:
        if "product" in error.path:
            return [_problem(error.message)] * len(called)
        raise
    found: list[dict[str, str | None]] = []
    places = iter(range(len(asked)))
    for reference in references:
        if isinstance(reference, HubError):
            found.append(_problem(reference.message))
            continue
        at = next(places)
        answered, problem = answers.answered(at), answers.problems[at]
        if answered is None:
            found.append(_problem(problem.message if problem else "it cannot be answered"))
            continue
        found.append(
            {
                "verdict": answered.answer.verdict.value,
                "reason": answered.answer.reason.value,
                "summary": summary(answered.answer, answered.facts, figures=True),
                "problem": None,
            }
        )
    return found


def _problem(message: str) -> dict[str, str | None]:
    return {"verdict": None, "reason": None, "summary": None, "problem": message}


def _written(text: str) -> bool:
    """Whether a text is written as a reference or a hub id, not as a name."""
    scheme, colon, value = text.partition(":")
    return well_formed(text) or bool(
        colon and scheme.isalnum() and scheme.islower() and value.strip() == value
    )


def _show_columns(listed: BuyerList, product: str | None) -> None:
    """Say which columns are taken for what, before anything is answered."""
    if not listed.product and product is None:
        fail("name the product with --product, or give the list a column `product`")
    what = f"product from column {listed.product!r}" if listed.product else f"product {product!r}"
    columns = " or else ".join(repr(each) for each in listed.naming)
    sheet = f" of the sheet {listed.sheet!r}" if listed.sheet else ""
    told = f"supplier from column {columns}{sheet}, {what}"
    ERR.print(told, style="dim", markup=False)
    again = ", ".join(name for name in ANSWERED if name in listed.header)
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
    if same and not {*ANSWERED} <= {*listed.header}:
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
