"""Proposals as they are kept: small records beside the graph, none of them for ever.

A proposal has a head, the document that it came with, and the difference that somebody looks at,
each a record of its own, so that a list of proposals reads heads alone.
"""

import secrets
import time
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

import orjson
from pydantic import TypeAdapter

from adapters.kit.parsed import RowProblem
from hub.store.kept import FOREVER, NOTHING, Kept
from hub.store.port import NOBODY, Row, Store
from hub.sync.document import Document, Form
from hub.sync.intake import Change, Report
from hub.sync.plan import MOST_SHOWN
from hub.sync.receipt import Effect

WAITS: Final = timedelta(days=30)
"""How long a proposal waits for somebody."""
STAYS: Final = timedelta(days=90)
"""How long one that was decided can still be looked at."""
MOST_WAITING: Final = 20
"""Proposals of one program that wait at once."""
MOST_UNSURE: Final = 100
"""Statements of one program that its parsers are not sure of, and that wait beside these."""
MOST_DECIDED: Final = 500
"""Proposals of one program, beyond which the oldest that were decided are forgotten."""
DOCUMENT: Final = "proposed document"
DIFFERENCE: Final = "proposed difference"
EFFECTS: Final = "proposed effects"
_MICROS: Final = timedelta(microseconds=1)
_BITS: Final = 3


class State(StrEnum):
    """What became of a proposal."""

    PENDING = "pending"
    APPLIED = "applied"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Proposal:
    """The head of a proposal.

    Attributes:
        number: By which it is found; later ones have higher ones.
        program: Code of the program whose operators may see and decide it.
        client: Id of the client that sent it; `schedule` where a feed was read when it was due,
            `shell` where somebody synced a document that has such a statement.
        sent_at: When, in microseconds since 1970.
        complete: Whether the document leaves nothing out.
        held: Why somebody must look at it; empty: it only waits to be applied.
        bars: Whether it bars many, so that another client than the sender must apply it.
        difference: Digest of the difference that is shown.
        counts: How many facts it adds, changes, ends, leaves, and how many rows are set aside.
        decided_by: Id of the client that applied or rejected it.
        decided_at: When.
        reason: Why it was rejected.
        revision: The revision that it made, or the newest where it changed nothing.
    """

    number: int
    program: str
    document: Document
    client: str
    sent_at: int
    complete: bool
    held: tuple[str, ...]
    bars: bool
    difference: str
    counts: Mapping[str, int]
    state: State = State.PENDING
    decided_by: str | None = None
    decided_at: int | None = None
    reason: str | None = None
    revision: int | None = None

    @property
    def key(self) -> str:
        """The key of its records; keys have the order of numbers."""
        return key(self.number)

    @property
    def expires_at(self) -> int:
        """When it is forgotten."""
        if self.decided_at is None:
            return self.sent_at + WAITS // _MICROS
        return self.decided_at + STAYS // _MICROS

    def shows(self, report: Report) -> "Proposal":
        """Return it with the difference that a run makes."""
        return replace(
            self,
            complete=report.complete,
            held=tuple(report.held),
            bars=report.bars,
            difference=report.difference,
            counts=dict(report.counts()),
        )

    def decided(self, state: State, client: str, at: int, **more: Any) -> "Proposal":  # noqa: ANN401
        """Return it as somebody decided it."""
        return replace(self, state=state, decided_by=client, decided_at=at, **more)

    def kept(self, instead_of: str) -> Kept:
        """Return the record of its head."""
        told = _HEAD.dump_json(self).decode()
        return Kept(kind(self.program), self.key, told, self.expires_at, instead_of)

    def with_document(self, content: bytes) -> Kept:
        """Return the record of its document."""
        packed = orjson.dumps(b64encode(zlib.compress(content)).decode()).decode()
        return Kept(DOCUMENT, self.key, packed, self.expires_at)

    def with_difference(self, report: Report) -> Iterator[Kept]:
        """Yield the records of what somebody looks at."""
        texts = Shown(
            added=report.added,
            changed=report.changed,
            ended=report.ended,
            more=dict(report.more),
            notes=report.notes[:MOST_SHOWN],
            problems=report.problems[:MOST_SHOWN],
        )
        yield Kept(DIFFERENCE, self.key, _SHOWN.dump_json(texts).decode(), self.expires_at)
        made = Effects(report.effects)
        if self.state is not State.APPLIED:
            made = _not_made(report)
        yield Kept(EFFECTS, self.key, _EFFECTS.dump_json(made).decode(), self.expires_at)

    def marked(self) -> Iterator[Kept]:
        """Yield the record by which a statement is known again: once decided, for ever."""
        if self.document.form is Form.UNSURE:
            waits = self.state is State.PENDING
            until, instead = (self.expires_at, NOTHING) if waits else (FOREVER, None)
            about, number = self.document.statement, str(self.number)
            yield Kept(statements(self.program), about, number, until, instead)

    def without(self, *kinds: str) -> Iterator[Kept]:
        """Yield what makes records of it be forgotten."""
        return (Kept(each, self.key, "null", 0) for each in kinds)


@dataclass(frozen=True, slots=True)
class Shown:
    """The difference in words, as `hub sync` shows it; the first rows of each sort."""

    added: Sequence[Change]
    changed: Sequence[Change]
    ended: Sequence[Change]
    more: Mapping[str, int]
    notes: Sequence[str]
    problems: Sequence[RowProblem]


@dataclass(frozen=True, slots=True)
class Effects:
    """The first of what becomes of facts; of those that wait, `fact` is an index of `planned`.

    Attributes:
        planned: The standings that would begin.
    """

    effects: Sequence[Effect] = ()
    planned: Mapping[int, Row] = field(default_factory=dict[int, Row])


def _not_made(report: Report) -> Effects:
    """Return what would become of facts: their numbers, and those of new nodes, may be others'."""
    named = {(each.kind, each.row): each.what for each in (*report.added, *report.changed)}
    effects: list[Effect] = []
    planned: dict[int, Row] = {}
    for index, each in enumerate(report.effects):
        new = each.subject is not None and each.subject >= report.first_new
        row = report.planned.get(each.fact or 0)
        fact = whom = None
        if row is not None:
            fact = index
            planned[index] = {**row, "subject": NOBODY} if new else row
            whom = named.get((each.word, row["row"])) if new else None
        effects.append(
            replace(
                each,
                fact=fact,
                subject=None if new else each.subject,
                summary=f"{each.summary}: {whom}" if whom else each.summary,
            )
        )
    return Effects(effects, planned)


_HEAD: Final = TypeAdapter(Proposal)
_SHOWN: Final = TypeAdapter(Shown)
_EFFECTS: Final = TypeAdapter(Effects)


def kind(program: str) -> str:
    """Return the kind of the records of a program's proposals."""
    return f"proposal {program}"


def statements(program: str) -> str:
    """Return the kind of the records by which statements of a program are known again."""
    return f"statement {program}"


def key(number: int) -> str:
    """Return the key of a proposal's records."""
    return f"{number:020}"


def new_number() -> int:
    """Return a number for a proposal; later ones are higher, and 54 bits long."""
    return time.time_ns() // 1_000 << _BITS | secrets.randbits(_BITS)


async def every(store: Store, program: str) -> list[Proposal]:
    """Return the proposals of a program, the oldest first."""
    return [_HEAD.validate_json(text) for text in (await store.kept.all(kind(program))).values()]


async def found(
    store: Store, numbers: Sequence[int], programs: Sequence[str]
) -> dict[int, tuple[Proposal, str]]:
    """Return those proposals of some programs that there are, each with its head's text."""
    named = [(kind(program), key(number)) for number in numbers for program in programs]
    texts = (await store.kept.some(named)).values() if named else ()
    heads = ((_HEAD.validate_json(text), text) for text in texts)
    return {head.number: (head, text) for head, text in heads}


async def document(store: Store, proposal: Proposal) -> bytes | None:
    """Return the document of a proposal that waits."""
    text = await store.kept.get(DOCUMENT, proposal.key)
    return None if text is None else zlib.decompress(b64decode(orjson.loads(text)))


async def shown(store: Store, numbers: Sequence[int]) -> dict[int, Shown]:
    """Return the differences of proposals in words."""
    return {n: _SHOWN.validate_json(text) for n, text in (await _some(store, DIFFERENCE, numbers))}


async def effects(store: Store, numbers: Sequence[int]) -> dict[int, Effects]:
    """Return what becomes of facts by proposals."""
    return {n: _EFFECTS.validate_json(text) for n, text in (await _some(store, EFFECTS, numbers))}


async def _some(store: Store, of: str, numbers: Sequence[int]) -> list[tuple[int, str]]:
    named = [(of, key(number)) for number in numbers]
    found = await store.kept.some(named) if named else {}
    return [(int(number), text) for (_, number), text in found.items()]


def forgotten(proposals: Sequence[Proposal]) -> list[Kept]:
    """Return what makes the oldest of too many decided proposals be forgotten."""
    decided = [each for each in proposals if each.state is not State.PENDING]
    kinds = (DIFFERENCE, EFFECTS)
    return [
        gone
        for each in decided[: max(0, len(proposals) - MOST_DECIDED)]
        for gone in each.without(kind(each.program), *kinds)
    ]
