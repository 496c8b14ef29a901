"""The store of teams: the port's questions, answered by a Neo4j."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final, LiteralString

from graph_schema.codes import Effect, Kind
from graph_schema.elements import Fact
from graph_schema.exchange import FACTS
from hub.spans import span
from hub.store.audit import Log
from hub.store.columns import DESCRIBING, IN_FORCE
from hub.store.kept import Records
from hub.store.neo4j import reads, texts, writes
from hub.store.neo4j.audit import Neo4jLog
from hub.store.neo4j.driver import Bolt
from hub.store.neo4j.generation import Generation
from hub.store.neo4j.kept import Neo4jRecords
from hub.store.neo4j.lists import Lists
from hub.store.neo4j.opening import prepare
from hub.store.port import (
    OPEN,
    Around,
    Latest,
    Moment,
    Page,
    Resolved,
    Row,
    Store,
    Whom,
    Writing,
)

OPENED: Final = -1
"""A revision after which every open fact was brought."""


class Neo4jStore(Lists, Store):
    """A graph in one database of a Neo4j server."""

    def __init__(self, url: str, user: str, password: str | None, database: str = "neo4j") -> None:
        self.bolt = Bolt(url, user, password, database)
        self._one_writer = asyncio.Lock()
        self._audit = Neo4jLog(self.bolt)
        self.audit: Log = self._audit
        self.kept: Records = Neo4jRecords(self.bolt, self._audit)

    @property
    def round_trips(self) -> int:
        """Questions put to the server so far."""
        return self.bolt.round_trips

    async def open(self) -> None:
        """Make constraints and indexes, and the key of public ids."""
        await self.bolt.open()
        await prepare(self.bolt, secrets.token_bytes(16))

    async def close(self) -> None:
        """Close the connections."""
        await self.bolt.close()

    async def key(self) -> bytes:
        """Return the key of public ids."""
        [key] = await self.bolt.read(texts.KEY, {})
        return bytes(key)

    async def latest(self) -> Latest:
        """Return the newest revision."""
        return Latest(*await self.bolt.read(texts.LATEST, {}))

    async def recorded_at(self, revisions: Sequence[int]) -> dict[int, int]:
        """Return when revisions were committed."""
        found = await self.bolt.read(texts.RECORDED_AT, {"revisions": list(revisions)})
        return dict(zip(*found, strict=True))

    async def resolve(
        self, references: Sequence[str], revision: int | None = None
    ) -> tuple[Latest, list[Resolved | None]]:
        """Return the newest revision and what references stand for."""
        found: list[Resolved | None] = []
        newest = Latest(0, 0, 0)
        for some in reads.pieces(references):
            at = {"texts": some, "revision": revision or None}
            *latest, resolved = await self.bolt.read(texts.RESOLVE, at)
            newest = Latest(*latest)
            known = {i: Resolved(node, Kind(kind), merged) for i, node, kind, merged in resolved}
            found += map(known.get, range(len(some)))
        return newest, found

    async def kinds(self, numbers: Sequence[int], moment: Moment) -> dict[int, Kind]:
        """Return what nodes are."""
        at = reads.seen(moment) | {"nodes": list(numbers)}
        nodes, kinds = await self.bolt.read(texts.KINDS, at)
        return dict(zip(nodes, map(Kind, kinds), strict=True))

    async def everything(self, kind: type[Fact], revision: int) -> list[Row]:
        """Return all facts that a revision has of a small kind."""
        [found] = await self.bolt.read(texts.everything(kind), {"revision": revision})
        return reads.facts(kind, found, revision)

    async def around(self, asked: Whom, moment: Moment) -> Around:
        """Return what bears on buyers and subjects."""
        at = reads.seen(moment) | {
            "buyers": list(asked.buyers),
            "subjects": list(asked.subjects),
            "both": list(dict.fromkeys((*asked.buyers, *asked.subjects))),
            "company": list(asked.company),
            "words": list(asked.words),
        }
        return reads.around(await self.bolt.read(texts.AROUND, at))

    async def statements(
        self, nodes: Sequence[int], moment: Moment
    ) -> list[tuple[type[Fact], Row]]:
        """Return what programs say of nodes."""
        at = reads.seen(moment) | {"nodes": list(nodes)}
        answer = await self.bolt.read(texts.STATEMENTS, at)
        return [
            (kind, row)
            for kind, rows in zip(DESCRIBING, answer, strict=True)
            for row in reads.facts(kind, rows, moment.revision)
        ]

    async def references(self, nodes: Sequence[int]) -> list[tuple[int, str, bool]]:
        """Return the references of nodes."""
        [found] = await self.bolt.read(texts.REFERENCES, {"nodes": list(dict.fromkeys(nodes))})
        return [(node, text, merged) for node, text, merged in found]

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
        at = reads.parameters(nodes, moment, day=day, page=page or Page(reads.PIECE), signed=signed)
        text = texts.at(kind, end, history=history)
        made = partial(reads.facts, kind, revision=moment.revision)
        return await self._rows(text, at, made, (end, "number"), whole=page is None)

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
        at = reads.parameters(nodes, moment, day=day, page=Page(0), signed=signed)
        found = await self.bolt.read(texts.count_at(kind, end, history=history), at)
        return dict(zip(*found, strict=True))

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
        size = page or Page(reads.PIECE)
        at = reads.parameters(nodes, moment, day=day, page=size, effects=effects)
        made = partial(reads.held, revision=moment.revision)
        by = ("number" if end == "fact" else end, "in_force")
        return await self._rows(texts.in_force(end), at, made, by, whole=page is None)

    async def held_then(self, facts: Sequence[tuple[int, int]], moment: Moment) -> list[Row]:
        """Return standings as they were known to hold in revisions of the past."""
        at = reads.seen(moment) | {"pairs": [list(each) for each in facts]}
        [found] = await self.bolt.read(texts.HELD_THEN, at)
        return reads.held_then(found)

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
        at = reads.parameters(nodes, moment, day=day, page=Page(0), effects=effects)
        found = await self.bolt.read(texts.count_in_force(end), at)
        return dict(zip(*found, strict=True))

    async def current(self, identities: Sequence[str], kind: type[Fact]) -> list[Row]:
        """Return the open facts of identities."""
        found: list[Row] = []
        for some in reads.pieces(identities):
            [open_] = await self.bolt.read(texts.current(kind), {"identities": some})
            found += reads.facts(kind, open_, OPENED)
        return found

    async def closed_by(self, identities: Sequence[str], kind: type[Fact]) -> dict[str, int]:
        """Return the newest revisions that closed a row of identities."""
        found: dict[str, int] = {}
        for some in reads.pieces(identities):
            [pairs] = await self.bolt.read(texts.closed_by(kind), {"identities": some})
            found.update(pairs)
        return found

    async def of_feed(self, kind: type[Fact], program: int, feed: str) -> AsyncIterator[Row]:
        """Yield the open facts that a feed brought."""
        at = {"program": program, "feed": feed, "size": reads.PIECE // 2, "revision": OPENED}
        async for row in self._one_by_one(kind, texts.of_feed(kind), at):
            yield row

    async def derived(self, subjects: Sequence[int]) -> list[Row]:
        """Return the derived standings of subjects."""
        [found] = await self.bolt.read(
            texts.DERIVED_OF, {"subjects": list(dict.fromkeys(subjects))}
        )
        still = {"revision_until": OPEN}  # whatever a writer is staging
        return [{name: row.get(name) for name in IN_FORCE} | still for row in found]

    async def record_run(self, run: Row, problems: Sequence[Row]) -> int:
        """Keep what became of a sync run."""
        return await writes.record_run(self.bolt, run, problems)

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[Writing]:
        """Begin a generation; leaving it without a commit forgets it."""
        with span("store_write", store="neo4j"):
            async with self._one_writer, Generation.begin(self.bolt, self, self._audit) as made:
                yield made

    async def export(self) -> AsyncIterator[tuple[type[Fact], Row]]:
        """Yield every fact there ever was, as the newest revision has it."""
        newest = await self.latest()
        for kind in FACTS:
            at = {"revision": newest.revision, "size": reads.PIECE // 2}
            async for row in self._one_by_one(kind, texts.exported(kind), at):
                yield kind, row

    async def _rows(
        self,
        text: LiteralString,
        at: dict[str, Any],
        made: Callable[[Any], list[Row]],
        by: tuple[str, str],
        *,
        whole: bool,
    ) -> list[Row]:
        """Return a page of the rows of each node, or all of them by the piece."""

        async def ask(nodes: Sequence[int] | Sequence[str], after: int) -> list[Row]:
            [found] = await self.bolt.read(text, at | {"nodes": nodes, "after": after})
            return made(found)

        found = await ask(at["nodes"], at["after"])
        return await reads.rest(ask, found, *by) if whole else found

    async def _one_by_one(
        self, kind: type[Fact], text: LiteralString, at: dict[str, Any]
    ) -> AsyncIterator[Row]:
        """Yield facts in the order of their numbers, read by the piece."""
        after, full = 0, True
        while full:
            [found] = await self.bolt.read(text, at | {"after": after})
            for row in reads.facts(kind, found, at["revision"]):
                yield row
                after = row["number"]
            full = len(found) == at["size"]
