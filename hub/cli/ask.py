"""`hub ask`: one verdict, explained."""

from datetime import date
from typing import Annotated, Any

import orjson
import typer
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from hub.answers.eligibility import Answered, eligibility
from hub.cli.console import (
    COLOURS,
    OUT,
    AsOfOption,
    KnownAtOption,
    StoreOption,
    coloured,
    day,
    moment,
    plain,
    run,
    sitting,
)  # fmt: skip
from hub.eligibility.explain import explanation, summary, would_change
from hub.store.port import Moment
from hub.store.rows import instant


def ask(
    buyer: Annotated[str, typer.Argument(help="Who buys, such as wsr:walmart.")],
    supplier: Annotated[str, typer.Argument(help="From whom, such as wsr:ag-mart or os:….")],
    product: Annotated[str, typer.Argument(help="What, such as tomatoes.")],
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
    store: StoreOption = None,
) -> None:
    """May this buyer buy this product from this supplier, and why?

    Example: `hub ask wsr:walmart wsr:ag-mart tomatoes --as-of 2017-12-01`

    Exit codes: 0 answered, 2 bad input or no store.
    """
    on, known = day(as_of, "as-of"), moment(known_at, "known-at")

    async def answer() -> tuple[Answered, Moment]:
        async with sitting(store, as_of=on, known_at=known) as asked:
            return await eligibility(asked, buyer, supplier, product), asked.moment

    answered, asked_of = run(answer)
    if json:
        told = as_json(answered, asked_of)
        OUT.file.write(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        _show(answered)


def as_json(answered: Answered, moment: Moment) -> dict[str, Any]:
    """Return an answer as plain values, with what it takes to ask the same again."""
    answer, facts = answered.answer, answered.facts
    return {
        "asOf": date.fromordinal(answer.question.day),
        "knownAt": instant(moment.known_at),
        "revision": str(moment.revision),
        "verdict": answer.verdict,
        "reason": answer.reason,
        "summary": summary(answer, facts, figures=True),
        "rulings": [
            {
                "agreement": ruling.agreement.name,
                "program": facts.law.programs[ruling.program].code,
                "verdict": ruling.verdict,
                "reason": ruling.reason,
                "explanation": explanation(ruling, facts, answer.question.day),
                "wouldChange": list(would_change(ruling)),
            }
            for ruling in answer.rulings
        ],
        "notices": [{"code": notice.code, "text": notice.text} for notice in answer.notices],
    }


def _show(answered: Answered) -> None:
    answer, facts = answered.answer, answered.facts
    text = summary(answer, facts, figures=True)
    changes = dict.fromkeys(c for r in answer.rulings[:1] for c in would_change(r))
    notices = [f"notice {notice.code}: {notice.text}" for notice in answer.notices]
    if OUT.is_terminal:
        title = f"{coloured(answer.verdict)} · {answer.reason}"
        colour = COLOURS[answer.verdict]
        OUT.print(Panel(Text(text), title=title, title_align="left", border_style=colour))
        if answer.rulings:
            OUT.print(_rulings(answered))
    else:
        plain(f"{answer.verdict} {answer.reason}", text)
        for ruling in answer.rulings:
            program = facts.law.programs[ruling.program].code
            why = explanation(ruling, facts, answer.question.day)
            plain(f"{ruling.agreement.name} ({program}): {ruling.verdict} {ruling.reason}. {why}")
    plain(*(f"would change it: {change}" for change in changes), *notices)


def _rulings(answered: Answered) -> Table:
    """Return the rulings as a table, the one that decides first."""
    answer, facts = answered.answer, answered.facts
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    for column in ("agreement", "ruling", "why"):
        table.add_column(column, overflow="fold", no_wrap=column == "ruling")
    for ruling in answer.rulings:
        table.add_row(
            Text(f"{ruling.agreement.name}\n({facts.law.programs[ruling.program].code})"),
            f"{coloured(ruling.verdict)}\n{ruling.reason}",
            Text(explanation(ruling, facts, answer.question.day)),
        )
    return table
