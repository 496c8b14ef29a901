"""Record facts, and withdraw one that was recorded in error."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import strawberry
from strawberry.types import Info

from adapters.kit.parsed import ProblemCode, RowProblem
from graph_schema.codes import Kind
from graph_schema.elements import fields
from graph_schema.exchange import OPERATORS
from hub.errors import HeldError, HubError, InvalidInputError, UnknownReferenceError
from hub.graphql.answered import told
from hub.graphql.changed import changed
from hub.graphql.context import Request, revision_in
from hub.graphql.mutations.allowed import check_key, check_reason, writing
from hub.graphql.proposed import proposals
from hub.graphql.types.answers import Conflict, Held, InvalidInput, Problem, UnknownReference
from hub.graphql.types.changes import (
    FactReference,
    Made,
    RecordFactsInput,
    RecordFactsPayload,
    WithdrawFactInput,
)
from hub.graphql.types.inputs import fact as as_fact
from hub.graphql.types.proposals import Proposal
from hub.identity.ids import Numbered, well_formed
from hub.store.port import Row
from hub.sync.intake import Outcome, Report
from hub.sync.proposal import found
from hub.sync.propose import hold_back
from hub.sync.push import Push, push
from hub.sync.receipt import Asked, Receipt
from hub.sync.withdraw import Withdrawal, withdraw

MOST_FACTS: Final = 10_000
_WRITTEN: Final[Mapping[int, Row]] = {}
"""Rows that are planned where a write was made: none."""
_REFERENCES: Final = {
    field.alias
    for fact in OPERATORS
    for field in fields(fact)
    if field.name == "external_ids"
    or (field.refers and not field.refers.by_name and Kind.PROGRAM not in field.refers.kinds)
}
"""Fields that name a node by reference, as the exchange format does, or by hub id."""


@strawberry.type
class FactMutations:
    """What operators write."""

    @strawberry.mutation(
        description=(
            "All facts or none. The same key with the same facts gives the first answer again; "
            "with other facts it is a Conflict."
        )
    )
    async def record_facts(
        self,
        info: Info[Request, None],
        input: RecordFactsInput,  # noqa: A002 - the contract's name
    ) -> RecordFactsPayload:
        """Record facts of a program."""
        request = info.context
        try:
            client, program = await writing(request, input.program)
            check_key(input.idempotency_key, "input")
            if not 1 <= len(input.facts) <= MOST_FACTS:
                msg = f"there are {len(input.facts)} facts; send 1 to {MOST_FACTS} at a time"
                raise InvalidInputError(msg, path=("input", "facts"))
            facts = await _by_reference(request, [as_fact(each) for each in input.facts])
            read = input.unchanged_since
            since = None if read is None else revision_in(read, "input", "unchangedSince")
            sent = Push(client, program.code, facts, input.idempotency_key, request.id, since)
            report = await push(request.store, sent, dry_run=input.dry_run)
            waits = await _waits(request, sent, report, dry_run=input.dry_run)
        except HubError as error:
            return _refused([told(error)])
        if waits is not None:
            return _refused([_held(waits.head.held, waits)])
        if report.outcome is Outcome.REFUSED:
            return _refused([_of_a_fact(each, facts) for each in report.problems])
        if report.outcome is Outcome.HELD:
            return _refused([_held(report.held, None)])
        return _written(request, client, report)

    @strawberry.mutation(
        description="Closes the recorded interval of a fact recorded in error; history keeps it."
    )
    async def withdraw_fact(
        self,
        info: Info[Request, None],
        input: WithdrawFactInput,  # noqa: A002 - the contract's name
    ) -> RecordFactsPayload:
        """Withdraw a fact."""
        request = info.context
        try:
            client, program = await writing(request, input.program)
            check_key(input.idempotency_key, "input")
            check_reason(input.reason, "input")
            fact = input.fact
            number = request.ids.number(fact, Numbered.FACT) if well_formed(fact) else None
            if number is None:
                raise UnknownReferenceError(fact, path=("input", "fact"))
            what = ["withdraw", program.code, number, input.reason]
            asked = Asked.of(client, input.idempotency_key, what)
            sent = Withdrawal(program.number, number, fact, request.id, input.reason)
            receipt = await withdraw(request.store, sent, asked)
        except HeldError as error:
            return _refused([_held([error.message], None, error.path)])
        except HubError as error:
            return _refused([told(error)])
        return _told(request, client, receipt)


async def _by_reference(
    request: Request, facts: Sequence[Mapping[str, Any]]
) -> Sequence[Mapping[str, Any]]:
    """Return facts that name nodes by reference alone; hub ids become references."""
    named: set[str] = set()

    def note(text: str) -> str:
        named.add(text)
        return text

    _with(note, facts)
    ids = sorted(filter(well_formed, named))
    if not ids:
        return facts
    numbers = dict(zip(ids, request.ids.numbers(ids), strict=True))
    known: dict[int, str] = {}
    wanted = sorted(number for number in numbers.values() if number is not None)
    seen = await request.store.kinds(wanted, (await request.sit()).moment)
    for node, text, merged in await request.store.references(sorted(seen)):
        if not merged:
            known.setdefault(node, text)
    texts = {text: known[n] for text, n in numbers.items() if n is not None and n in known}
    return _with(lambda text: texts.get(text, text), facts)


def _with(change: Callable[[str], str], given: Any, *, named: bool = False) -> Any:  # noqa: ANN401
    """Return facts with every text changed that stands in a field that names nodes."""
    if isinstance(given, list):
        return [_with(change, each, named=named) for each in given]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(given, dict):
        return {k: _with(change, v, named=k in _REFERENCES) for k, v in given.items()}  # pyright: ignore[reportUnknownVariableType]
    return change(given) if named and isinstance(given, str) else given


def _of_a_fact(found: RowProblem, facts: Sequence[Mapping[str, Any]]) -> Problem:
    """Return why a fact was refused, with its place in the request."""
    index = found.row - 1
    [word] = facts[index]
    path = ["input", "facts", str(index), word, *(found.column or "").split(".")]
    path = [part for part in path if part]
    code = found.code.value
    if found.code is ProblemCode.CONFLICT:
        return Conflict(code=code, message=found.message, path=path)
    if found.code is ProblemCode.UNKNOWN_REFERENCE:
        return UnknownReference(
            code=code, message=found.message, path=path, reference=found.subject or ""
        )
    return InvalidInput(code=code, message=found.message, path=path)


async def _waits(request: Request, sent: Push, report: Report, *, dry_run: bool) -> Proposal | None:
    """Return the proposal that a push is or was held as; none where it was not, or would be."""
    if report.receipt is not None and report.receipt.proposal is not None:
        known = await found(request.store, [report.receipt.proposal], [sent.program])
        heads = [head for head, _ in known.values()]
    elif report.outcome is Outcome.HELD and not dry_run:
        heads = [await hold_back(request.store, sent, report)]
    else:
        return None
    [proposal] = await proposals(request, heads) or [None]
    return proposal


def _held(why: Sequence[str], proposal: Proposal | None, path: Sequence[str] = ()) -> Held:
    message = "; ".join(why)
    return Held(code=HeldError.code, message=message, path=[*path] or None, proposal=proposal)


def _refused(problems: list[Problem]) -> RecordFactsPayload:
    return RecordFactsPayload(
        recorded=[], unchanged=0, changes=[], problems=problems, revision=None
    )


def _written(request: Request, client: str, report: Report) -> RecordFactsPayload:
    """Return what a client is told of its write, or would be."""
    if report.receipt is None:
        return RecordFactsPayload(
            recorded=[], unchanged=report.unchanged, changes=[], problems=[], revision=None
        )
    told = _told(request, client, report.receipt, report.planned)
    return replace(told, recorded=[], revision=None) if report.planned else told


def _told(
    request: Request, client: str, receipt: Receipt, planned: Mapping[int, Row] = _WRITTEN
) -> RecordFactsPayload:
    request.renew()
    ids = request.ids
    return RecordFactsPayload(
        recorded=[
            FactReference(index=index, id=strawberry.ID(ids.of(number, Numbered.FACT)), kind=word)
            for index, number, word in receipt.recorded
        ],
        unchanged=receipt.unchanged,
        changes=changed(
            request,
            [(each, _made(client, receipt, planned, each.fact)) for each in receipt.effects],
        ),
        problems=[],
        revision=str(receipt.revision),
    )


def _made(client: str, receipt: Receipt, planned: Mapping[int, Row], fact: int | None) -> Made:
    """Return what made an effect, or would make it: then it is the revision after the newest."""
    revision = receipt.revision + (1 if planned else 0)
    return Made(revision, receipt.recorded_at, client, planned.get(fact or 0))
