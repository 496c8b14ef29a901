"""Push: facts that an operator's client sends: all or none, and once for a key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from adapters.kit.contacts import without_mail_in
from adapters.kit.parsed import RowProblem, problems
from graph_schema.exchange import Bookkeeping, Line
from hub.store.deeds import By
from hub.store.port import Store
from hub.sync.intake import Intake, Origin, Report
from hub.sync.receipt import Asked
from hub.sync.run import run


@dataclass(frozen=True, slots=True)
class Push:
    """What a client sends.

    Attributes:
        client: Id of the client.
        program: Code of the program that says it.
        facts: Each as the exchange format writes it, without its program.
        key: What the client calls this write; the same again has no second effect.
        request: Id of the request.
        unchanged_since: The revision in which the client read what it changes; nothing is, where
            that was changed since.
    """

    client: str
    program: str
    facts: Sequence[Mapping[str, Any]]
    key: str
    request: str
    unchanged_since: int | None = None

    def asked(self) -> Asked:
        """Return it as a write that the client may ask for again."""
        since = [] if self.unchanged_since is None else [self.unchanged_since]
        return Asked.of(self.client, self.key, ["facts", self.program, *since, *self.facts])


async def push(
    store: Store, sent: Push, *, dry_run: bool = False, now: datetime | None = None
) -> Report:
    """Record facts of a program: all of them, or none.

    A problem's `row` is the place of its fact, from 1.

    Raises:
        ConflictError: The client used the key for something else.
    """
    intake = pushed(sent.program, sent.facts, By.of(sent.client, sent.request))
    intake.unchanged_since = sent.unchanged_since
    return await run(store, intake, dry_run=dry_run, now=now, asked=sent.asked())


def pushed(program: str, facts: Sequence[Mapping[str, Any]], by: By) -> Intake:
    """Return facts that a client of a program sends, which are recorded all or not at all."""
    lines: list[Line] = []
    refused: list[RowProblem] = []
    for place, fact in enumerate(facts, start=1):
        try:
            line = Line.model_validate({"program": program, **without_mail_in(fact)})
            lines.append(line.model_copy(update={"about": Bookkeeping(row=place)}))
        except ValidationError as error:
            refused += problems(error, place)
    return Intake(
        origin=Origin.OPERATOR,
        by=by,
        lines=lines,
        program=program,
        kinds=frozenset(type(line.fact) for line in lines),
        whole=True,
        problems=refused,
    )
