"""The embedded store: the port's questions, answered from one SQLite file."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Final

from graph_schema.codes import Effect, Kind
from graph_schema.elements import Fact
from graph_schema.exchange import FACTS
from hub.spans import span
from hub.store.audit import Log
from hub.store.columns import tokens
from hub.store.deeds import Deed
from hub.store.embedded import changes, list_texts, lists, reads, texts, writes
from hub.store.embedded.audit import EmbeddedLog
from hub.store.embedded.database import Database
from hub.store.embedded.kept import EmbeddedRecords
from hub.store.kept import Kept, Records
from hub.store.port import (
    OPEN,
    SHELL,
    Around,
    Batch,
    Change,
    Latest,
    Moment,
    Page,
    Resolved,
    Row,
    SharedSought,
    Sought,
    Store,
    Whom,
    Writing,
)

_EXPORTED: Final = 5_000
"""Facts read at a time where all are."""
_ALL: Final = 2**31


class EmbeddedStore(Store):
    """A graph in one SQLite file, or in memory."""

    def __init__(self, path: str, *, mapped: bool = True) -> None:
        self.database = Database(path, mapped=mapped)
        self._one_writer = asyncio.Lock()
        self._audit = EmbeddedLog(self.database)
        self.audit: Log = self._audit
        self.kept: Records = EmbeddedRecords(self.database, self._one_writer, self._audit)

    @property
    def round_trips(self) -> int:
        """Questions put to the file so far."""
        return self.database.round_trips

    async def open(self) -> None:
        """Make tables and indexes, and the key of public ids."""
        await self.database.open()
        await self.database.write(writes.make_key, secrets.token_bytes(16))

    async def close(self) -> None:
        """Close the file."""
        await self.database.close()

    async def key(self) -> bytes:
        """Return the key of public ids."""
        return await self.database.read(reads.key)

    async def latest(self) -> Latest:
        """Return the newest revision."""
        return await self.database.read(reads.latest)

    async def recorded_at(self, revisions: Sequence[int]) -> dict[int, int]:
        """Return when revisions were committed."""
        at = {"revisions": reads.listed(revisions)}
        return await self.database.read(reads.counted, texts.RECORDED_AT, at)

    async def changes(
        self, kinds: Sequence[type[Fact]], programs: Sequence[int], moment: Moment, page: Page
    ) -> list[Change]:
        """Return what revisions made of facts."""
        return await self.database.read(changes.changes, kinds, programs, moment, page)

    async def touched(self, since: int, revision: int, most: int) -> set[int] | None:
        """Return the nodes at which revisions changed a fact that bears on questions."""
        return await self.database.read(changes.touched, since, revision, most)

    async def held_then(self, facts: Sequence[tuple[int, int]], moment: Moment) -> list[Row]:
        """Return standings as they were known to hold in revisions of the past."""
        return await self.database.read(reads.held_then, facts, moment)

    async def resolve(
        self, references: Sequence[str], revision: int | None = None
    ) -> tuple[Latest, list[Resolved | None]]:
        """Return the newest revision and what references stand for."""
        return await self.database.read(reads.resolve, references, revision)

    async def kinds(self, numbers: Sequence[int], moment: Moment) -> dict[int, Kind]:
        """Return what nodes are."""
        return await self.database.read(reads.kinds, numbers, moment)

    async def everything(self, kind: type[Fact], revision: int) -> list[Row]:
        """Return all facts that a revision has of a small kind."""
        return await self.database.read(reads.everything, kind, revision)

    async def around(self, asked: Whom, moment: Moment) -> Around:
        """Return what bears on buyers and subjects."""
        return await self.database.read(reads.around, asked, moment)

    async def statements(
        self, nodes: Sequence[int], moment: Moment
    ) -> list[tuple[type[Fact], Row]]:
        """Return what programs say of nodes."""
        return await self.database.read(reads.statements, nodes, moment)

    async def references(self, nodes: Sequence[int]) -> list[tuple[int, str, bool]]:
        """Return the references of nodes."""
        return await self.database.read(reads.references, nodes)

    async def facts_at(
        self,
        kind: type[Fact],
        end: str,
        nodes: Sequence[int] | Sequence[str],
        moment: Moment,
        *,
        day: int | None = None,
        page: Page | None = None,
        history: bool = False,
        signed: bool | None = None,
    ) -> list[Row]:
        """Return the facts that name nodes in a field."""
        at = reads.parameters(nodes, moment, day=day, page=page, signed=signed)
        return await self.database.read(reads.facts_at, kind, end, at, history=history)

    async def count_at(
        self,
        kind: type[Fact],
        end: str,
        nodes: Sequence[int],
        moment: Moment,
        *,
        day: int | None = None,
        history: bool = False,
        signed: bool | None = None,
    ) -> dict[int, int]:
        """Return how many facts `facts_at` has for each node."""
        at = reads.parameters(nodes, moment, day=day, signed=signed)
        text = texts.count_at(kind, end, history=history)
        return await self.database.read(reads.counted, text, at)

    async def in_force(
        self,
        end: str,
        nodes: Sequence[int],
        moment: Moment,
        *,
        day: int | None,
        effects: Sequence[Effect] = (),
        page: Page | None = None,
    ) -> list[Row]:
        """Return the standings in force at subjects or programs."""
        at = reads.parameters(nodes, moment, day=day, page=page)
        return await self.database.read(reads.in_force, end, at, effects)

    async def count_in_force(
        self,
        end: str,
        nodes: Sequence[int],
        moment: Moment,
        *,
        day: int,
        effects: Sequence[Effect] = (),
    ) -> dict[int, int]:
        """Return how many standings `in_force` has for each node."""
        at = reads.parameters(nodes, moment, day=day, effects=effects)
        return await self.database.read(reads.counted, texts.count_in_force(end), at)

    async def find(self, sought: Sought, moment: Moment, page: Page) -> list[int]:
        """Return the subjects that hold a state as sought."""
        return await self.database.read(lists.found, sought, moment, page)

    async def count(self, sought: Sought, moment: Moment) -> int:
        """Return how many subjects `find` has."""
        return await self.database.read(lists.count_found, sought, moment)

    async def find_shared(self, sought: SharedSought, moment: Moment, page: Page) -> list[int]:
        """Return the subjects that several programs or buyers share."""
        text, _ = lists.shared_texts(sought)
        return await self.database.read(reads.numbers, text, lists.shared(sought, moment, page))

    async def count_shared(self, sought: SharedSought, moment: Moment) -> int:
        """Return how many subjects `find_shared` has."""
        _, text = lists.shared_texts(sought)
        at = lists.shared(sought, moment, Page(_ALL))
        [number] = await self.database.read(reads.numbers, text, at)
        return number

    async def find_buyers(
        self,
        groups: Sequence[Sequence[int]],
        country: str | None,
        day: int,
        moment: Moment,
        page: Page,
    ) -> list[list[int]]:
        """Return who signed one of each group of agreements."""
        at = [lists.signed(group, country, day, moment, page) for group in groups]
        return await self.database.read(reads.each_of, list_texts.BUYERS, at)

    async def count_buyers(
        self, groups: Sequence[Sequence[int]], country: str | None, day: int, moment: Moment
    ) -> list[int]:
        """Return how many organisations `find_buyers` has for each group."""
        at = [lists.signed(group, country, day, moment, Page(_ALL)) for group in groups]
        found = await self.database.read(reads.each_of, list_texts.COUNT_BUYERS, at)
        return [count for [count] in found]

    async def sourcing_counts(
        self, program: int, day: int, moment: Moment, least: int
    ) -> list[tuple[str | None, int | None, int]]:
        """Return how many links a program does not publish, by country and product."""
        at = reads.seen(moment) | {"program": program, "day": day, "least": least}
        found = await self.database.read(reads.rows, list_texts.SOURCING_COUNTS, at)
        return [(row["country"], row["product"], row["links"]) for row in found]

    async def search(
        self, text: str, kinds: Sequence[Kind], moment: Moment, size: int, after: tuple[float, int]
    ) -> list[tuple[int, Kind, float]]:
        """Return nodes whose names match a text."""
        words = tokens(text)
        if not words:
            return []
        at = reads.seen(moment) | {
            "text": " ".join(f'"{word}"*' for word in words),
            "letters": len(" ".join(words)),
            "kinds": reads.listed(kinds),
            "score": after[0],
            "after": after[1],
            "size": size,
        }
        found = await self.database.read(reads.rows, list_texts.SEARCH, at)
        return [(row["rowid"], Kind(row["kind"]), row["score"]) for row in found]

    async def runs(self, programs: Sequence[int]) -> list[Row]:
        """Return the newest run of each feed of programs."""
        return await self.database.read(
            reads.rows, texts.RUNS, {"programs": reads.listed(dict.fromkeys(programs))}
        )

    async def runs_that_made(self, revisions: Sequence[int]) -> list[Row]:
        """Return the runs that made revisions."""
        at = {"revisions": reads.listed(dict.fromkeys(revisions))}
        return await self.database.read(reads.rows, texts.RUNS_THAT_MADE, at)

    async def run_problems(self, runs: Sequence[int], page: Page) -> list[Row]:
        """Return a page of the rows that each of these runs set aside."""
        at = {"runs": reads.listed(dict.fromkeys(runs)), "after": page.after, "size": page.size}
        return await self.database.read(reads.rows, texts.PROBLEMS, at)

    async def current(self, identities: Sequence[str], kind: type[Fact]) -> list[Row]:
        """Return the open facts of identities."""
        return await self.database.read(reads.current, kind, identities)

    async def closed_by(self, identities: Sequence[str], kind: type[Fact]) -> dict[str, int]:
        """Return the newest revisions that closed a row of identities."""
        return await self.database.read(reads.closed_by, kind, identities)

    async def of_feed(self, kind: type[Fact], program: int, feed: str) -> AsyncIterator[Row]:
        """Yield the open facts that a feed brought."""
        at = {"program": program, "feed": feed, "after": 0, "size": _EXPORTED}
        while rows := await self.database.read(reads.of_feed, kind, at):
            for row in rows:
                yield row
            at["after"] = rows[-1]["number"]

    async def derived(self, subjects: Sequence[int]) -> list[Row]:
        """Return the derived standings of subjects."""
        at = {"subjects": reads.listed(dict.fromkeys(subjects))}
        return await self.database.read(reads.rows, texts.DERIVED_OF, at)

    async def record_run(self, run: Row, problems: Sequence[Row]) -> int:
        """Keep what became of a sync run."""
        async with self._one_writer:
            return await self.database.write(writes.record_run, run, problems)

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[Writing]:
        """Begin a generation; leaving it without a commit forgets it."""
        with span("store_write", store="sqlite"):
            async with self._one_writer:
                base, node, fact = await self.database.write(writes.begin)
                generation = _Generation(self.database, self._audit, base, (node, fact))
                try:
                    yield generation
                finally:
                    await generation.abandon()

    async def export(self) -> AsyncIterator[tuple[type[Fact], Row]]:
        """Yield every fact there ever was, as the newest revision has it."""
        newest = await self.latest()
        for kind in FACTS:
            at = {"revision": newest.revision, "after": 0, "size": _EXPORTED}
            while rows := await self.database.read(reads.exported, kind, at):
                for row in rows:
                    yield kind, row
                at["after"] = rows[-1]["number"]


class _Generation(Writing):
    """One SQLite transaction. What is staged is written while its writer goes on."""

    def __init__(
        self, database: Database, audit: EmbeddedLog, base: Latest, free: tuple[int, int]
    ) -> None:
        self._database = database
        self._audit = audit
        self._staging: asyncio.Future[None] | None = None
        self.base = base
        self.next_node, self.next_fact = free
        self._first_fact = self.next_fact

    async def stage(self, batch: Batch) -> None:
        """Add to the transaction, once what was added before is written."""
        await self._staged()
        self._staging = self._database.write(writes.stage, batch, self.base.revision + 1)

    async def resolve(self, references: Sequence[str]) -> list[Resolved | None]:
        """Return what references stand for in the transaction."""
        await self._staged()
        revision = self.base.revision + 1
        return (await self._database.write(reads.resolve, references, revision))[1]

    async def facts_at(self, kind: type[Fact], end: str, nodes: Sequence[int]) -> list[Row]:
        """Return the facts that ever named nodes, as the transaction has them."""
        await self._staged()
        at = reads.parameters(nodes, Moment(self.base.revision + 1, OPEN - 1, SHELL), day=None)
        return await self._database.write(reads.facts_at, kind, end, at, history=True)

    async def commit(
        self, recorded_at: int, *, law_changed: bool, deed: Deed, kept: Sequence[Kept] = ()
    ) -> Latest:
        """Commit the transaction."""
        await self._staged()
        revision = self.base.revision + 1
        free = (self.next_node, self._first_fact, self.next_fact)
        done = replace(deed, revision=revision)
        tell = partial(self._audit.append, deed=done, now=recorded_at)
        step = partial(writes.commit, law_changed=law_changed, kept=kept, tell=tell)
        await self._database.write(step, revision, recorded_at, free)
        law = revision if law_changed else self.base.law_revision
        return Latest(revision, recorded_at, law)

    async def _staged(self) -> None:
        """Wait until what was added is written; what went wrong is told now."""
        staging, self._staging = self._staging, None
        if staging is not None:
            await staging

    async def abandon(self) -> None:
        """Forget the transaction, unless it was committed."""
        if self._staging is not None:
            await asyncio.gather(self._staging, return_exceptions=True)
        await self._database.write(writes.abandon)
