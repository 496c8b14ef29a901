"""Unsure: a statement that its parser is not sure of waits for a person, once, and says nothing."""

from datetime import datetime

import orjson

from adapters.kit.parsed import Apart, ProblemCode, RowProblem, Unsure
from hub.errors import ConflictError
from hub.identity.ids import Numbered
from hub.store.deeds import Action
from hub.store.port import Store
from hub.store.rows import digest
from hub.sync import proposal as kept
from hub.sync.document import Document, Form
from hub.sync.intake import Intake, Report
from hub.sync.making import Making, Sending, begin, ids_of
from hub.sync.proposal import State
from hub.sync.receipt import Asked
from hub.sync.run import Decision, How, carry_out
from hub.sync.sent import read


async def wait(
    store: Store, intake: Intake, *, now: datetime | None = None, dry_run: bool = False
) -> None:
    """Let the statements of a document that its parser is not sure of wait, each as a proposal.

    One that waits already, that a person has decided, or that would change nothing does not wait
    again. One that could not be recorded whatever a person says is set aside. What became of each
    is among the notes and the problems of the intake.

    Args:
        store: Where to.
        intake: The document, which is not recorded here.
        now: The instant; the present where not given.
        dry_run: Find out what would wait, and keep nothing.

    Raises:
        BadDocumentError: It speaks of a day yet to come.
    """
    for each in intake.unsure:
        await _Waiting(store, intake, each, now=now, dry_run=dry_run).settle()


class _Waiting:
    """One statement on its way to wait."""

    def __init__(
        self, store: Store, intake: Intake, unsure: Unsure, *, now: datetime | None, dry_run: bool
    ) -> None:
        self._store = store
        self._intake = intake
        self._unsure = unsure
        self._now = now
        self._dry_run = dry_run

    async def settle(self) -> None:
        """Find out what is to become of it, and do it."""
        sent = self._sent()
        if await self._told(sent):
            return
        making = await begin(self._store, sent, Apart())
        report = await self._looked_at(sent, making)
        if report.problems:
            self._set_aside(*report.problems)
        elif not (report.added or report.changed or report.ended):
            self._note("what it would say is known already")
        elif self._dry_run:
            self._note("it would wait for a person, as a proposal")
        else:
            await self._keep(sent, making, report)

    async def _looked_at(self, sent: Sending, making: Making) -> Report:
        """Return what it would do, if it is so."""
        program, document, by = sent.program, sent.document, sent.by
        intake = read(program, None, document, sent.content, by)
        intake.bounds = self._intake.bounds
        decision = Decision(making.deed(Action.APPLY_PROPOSAL), making.applied)
        return await carry_out(
            self._store, intake, How(dry_run=True, now=self._now, decision=decision)
        )

    async def _keep(self, sent: Sending, making: Making, report: Report) -> None:
        try:
            made = await making.keep(self._store, report)
        except ConflictError as error:
            # Too many wait; or another run has let it wait meanwhile.
            if not await self._told(sent):
                message = f"{'; '.join(self._unsure.why)}; {error.message}"
                self._set_aside(RowProblem(self._unsure.row, ProblemCode.NEEDS_PERSON, message))
        else:
            await self._tell(made.number, made.state)

    async def _told(self, sent: Sending) -> bool:
        """Note as which proposal it waits or was decided; return whether there is one."""
        kind, program = kept.statements(sent.program), sent.program
        known = await self._store.kept.get(kind, sent.document.statement)
        if known is None:
            return False
        found = await kept.found(self._store, [int(known)], [program])
        await self._tell(int(known), found[int(known)][0].state if found else None)
        return True

    async def _tell(self, number: int, state: State | None) -> None:
        name = (await ids_of(self._store)).of(number, Numbered.PROPOSAL)
        self._note(f"it is the proposal {name}, {state.value if state else 'decided long ago'}")

    def _note(self, what: str) -> None:
        why = "; ".join(self._unsure.why)
        self._intake.notes = [
            *self._intake.notes,
            f"row {self._unsure.row} is not recorded, {what}: {why}",
        ]

    def _set_aside(self, *problems: RowProblem) -> None:
        self._intake.problems = [*self._intake.problems, *problems]

    def _sent(self) -> Sending:
        """Return what it would say, as what is sent."""
        intake, unsure = self._intake, self._unsure
        program = intake.program or ""
        facts = [line.unfolded() for line in unsure.lines]
        plain = [{name: value for name, value in fact.items() if name != "row"} for fact in facts]
        document = Document(
            form=Form.UNSURE,
            feed=intake.feed,
            dated=intake.dated,
            statement=digest(program, intake.feed, unsure.words, plain),
            why=unsure.why,
        )
        client = intake.by.client or intake.by.actor.value
        asked = Asked.of(client, f"statement {document.statement} {intake.by.request}", facts)
        content = b"\n".join(map(orjson.dumps, facts))
        return Sending(program, document, content, intake.by, asked)
