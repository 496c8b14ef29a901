"""Several operators write as they like, answers get lost, and the hub restarts.

A model knows what must be there after each step, and what each is told.
"""

import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adapters.kit.adapter import adapters
from hub.oauth.principal import Scope
from hub.store.embedded.store import EmbeddedStore
from hub.store.neo4j.store import Neo4jStore
from hub.store.port import Store
from hub.sync.run import run
from hub.sync.sources import record
from tests.audit.logs import found
from tests.graphql.updating import SOON, listening
from tests.neo4j.server import Address
from tests.oauth.lossy import Line
from tests.oauth.senders import Sender
from tests.oauth.served import OPERATOR, Hub, client_of, key_set, served

pytestmark = [pytest.mark.anyio, pytest.mark.drill]

Told = dict[str, Any]
SCHEMES: Final = {"ffp": "ffp", "milk-with-dignity": "mwd"}
OPERATORS: Final = {"one": "ffp", "two": "ffp", "three": "milk-with-dignity"}
"""Clients, each with its program."""
SUPPLIERS: Final = (1, 2)
UNHURRIED: Final[Told] = {"cost_per_second": 10**9}
Rows = dict[int, int]
"""What is said of suppliers: on which day of a month each was confirmed last."""
Open = Callable[[], Store]


@dataclass
class Known:
    """A standing as it is known.

    Attributes:
        feed: By what it was brought.
        said_at: In which step it was said.
        version: Which write of all it is of.
    """

    day: int
    feed: str | None
    said_at: int
    version: int


@dataclass
class Waits:
    """A proposal that waits.

    Attributes:
        shown: What it was seen to change, of which versions.
    """

    id: str
    program: str
    rows: Rows
    said_at: int
    shown: frozenset[tuple[int, int, int | None]]
    state: str = "pending"


@dataclass
class Model:
    """What there must be."""

    known: dict[tuple[str, int], Known] = field(default_factory=dict[tuple[str, int], Known])
    proposals: list[Waits] = field(default_factory=list[Waits])
    writes: int = 0
    step: int = 0

    def difference(
        self, program: str, rows: Rows, feed: str | None, said_at: int
    ) -> frozenset[tuple[int, int, int | None]]:
        """Return what rows change: whose day becomes which, and which write that replaces."""
        changed: set[tuple[int, int, int | None]] = set()
        for supplier, day in rows.items():
            before = self.known.get((program, supplier))
            if before is None:
                changed.add((supplier, day, None))
            elif feed is None and day < before.day:
                continue  # of two pushes the later day counts
            elif (before.day, before.feed) != (day, feed) and said_at >= before.said_at:
                changed.add((supplier, day, before.version))
        return frozenset(changed)

    def write(self, program: str, rows: Rows, feed: str | None, said_at: int) -> int:
        """Say rows; return how many of them change something."""
        changed = self.difference(program, rows, feed, said_at)
        self.writes += bool(changed)
        for supplier, day, _ in changed:
            self.known[program, supplier] = Known(day, feed, said_at, self.writes)
        return len(changed)


ROWS: Final = st.dictionaries(
    st.sampled_from(SUPPLIERS), st.integers(1, 3), min_size=1, max_size=len(SUPPLIERS)
)
WHO: Final = st.sampled_from(("one", "two", "one", "two", "three"))
WHICH: Final = st.integers(0, 2)
"""Of several, the newest is the first."""
MOVED: Final = ["CONFLICT"]
LOST: Final = st.integers(0, 2)
"""How many answers to a request get lost before one arrives."""
STEPS: Final = st.lists(
    st.one_of(
        st.tuples(st.just("push"), WHO, LOST, ROWS),
        st.tuples(st.just("send"), WHO, LOST, ROWS),
        st.tuples(st.just("send and apply"), WHO, LOST, ROWS),
        st.tuples(st.just("apply"), WHO, LOST, WHICH),
        st.tuples(st.just("apply"), WHO, LOST, WHICH),
        st.tuples(st.just("reject"), WHO, LOST, WHICH),
        st.tuples(st.just("withdraw"), WHO, LOST, st.sampled_from(SUPPLIERS)),
        st.tuples(st.just("again"), WHO, LOST, WHICH),
        st.tuples(st.just("restart"), WHO, LOST, WHICH),
    ),
    min_size=3,
    max_size=14,
)  # fmt: skip


MOVES: Final = (
    ("send", "one", 1, {1: 1, 2: 1}),
    ("push", "two", 2, {1: 2}),
    ("apply", "two", 0, 0),
    ("apply", "two", 2, 0),
    ("again", "one", 0, 1),
    ("apply", "one", 0, 0),
)
"""What waits is overtaken, and looked at again."""
WITHDRAWS: Final = (
    ("push", "one", 1, {1: 1}),
    ("send", "two", 0, {1: 2}),
    ("withdraw", "one", 1, 1),
    ("apply", "one", 0, 0),
    ("restart", "one", 0, 0),
    ("apply", "one", 2, 0),
    ("reject", "two", 0, 0),
    ("again", "one", 1, 1),
)
CROSSES: Final = (
    ("send", "three", 0, {1: 1}),
    ("apply", "one", 0, 0),
    ("reject", "one", 1, 0),
    ("send and apply", "three", 2, {1: 2}),
    ("reject", "three", 2, 1),
    ("send", "one", 0, {2: 3}),
    ("push", "two", 1, {2: 3}),
    ("apply", "two", 1, 0),
)


def standing(program: str, supplier: int, day: int) -> Told:
    """Return what is said of a supplier."""
    reference = f"{SCHEMES[program]}:{supplier}"
    said = {"subject": reference, "state": "participating", "since": "2026-01-01"}
    return {"standing": {**said, "confirmedOn": f"2026-02-0{day}"}}


def table(program: str, rows: Rows) -> str:
    """Return the same as a document."""
    lines = [
        f"{SCHEMES[program]}:{supplier},participating,2026-01-01,2026-02-0{day}"
        for supplier, day in rows.items()
    ]
    return "\n".join(("subject,state,since,confirmedOn", *lines))


class Play:
    """One play of steps, on a hub and on the model."""

    def __init__(self, open_store: Open, *, cut: bool = False) -> None:
        """Play over a line that is cut when an answer gets lost, or else ask once more for it."""
        self.model = Model()
        self._open = open_store
        self._cut = cut
        self._line: Line | None = None
        self._stack = AsyncExitStack()
        self._hub: Hub | None = None
        self._asked: list[tuple[Callable[[], Awaitable[Any]], Any]] = []
        self._first = 0

    @property
    def hub(self) -> Hub:
        """The hub as it runs now."""
        assert self._hub is not None
        return self._hub

    async def begin(self) -> None:
        """Start the hub."""
        await self._stack.aclose()
        if self._cut:
            self._hub = await self._stack.enter_async_context(listening(self._open()))
            self._line = await self._stack.enter_async_context(Line.to(self._hub.url))
            client = httpx.AsyncClient(base_url=self._line.url, timeout=SOON)
            self._hub.http = await self._stack.enter_async_context(client)
        else:
            self._hub = await self._stack.enter_async_context(served(self._open(), **UNHURRIED))
        tokens = {
            name: await self.hub.given(client_of(id=name, programs=(program,)))
            for name, program in OPERATORS.items()
        }
        self._operators = {name: Sender(self.hub, token) for name, token in tokens.items()}

    async def end(self) -> None:
        """Stop the hub."""
        await self._stack.aclose()

    async def play(self, steps: Sequence[tuple[str, str, int, Any]]) -> None:
        """Take steps; after each all must be as the model says."""
        await self.begin()
        self._first = await self._revision()
        for number, (what, who, lost, told) in enumerate(steps):
            self.model.step += 1
            await getattr(self, f"_{what.replace(' ', '_')}")(number, who, lost, told)
            await self._check()
        assert await found(self.hub.store) == []

    async def _sure(self, lost: int, ask: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401
        """Ask until an answer arrives; what was asked is done once, and told alike each time."""
        if self._line is not None:
            for _ in range(lost):
                await self._line.lose(ask)
            lost = 0
        answers = [await ask() for _ in range(lost + 1)]
        assert all(answer == answers[0] for answer in answers)
        self._asked.append((ask, answers[0]))
        return answers[0]

    async def _push(self, number: int, who: str, lost: int, rows: Rows) -> None:
        program = OPERATORS[who]
        facts = [standing(program, *each) for each in rows.items()]

        async def ask() -> Told:
            return await self._operators[who].push(f"p{number}", facts, program=program)

        done = await self._sure(lost, ask)
        changed = self.model.write(program, rows, None, self.model.step)
        assert done["problems"] == []
        assert (len(done["changes"]), done["unchanged"]) == (changed, len(rows) - changed)

    async def _send(
        self, number: int, who: str, lost: int, rows: Rows, *, at_once: bool = False
    ) -> None:
        program, step = OPERATORS[who], self.model.step
        given = {"apply": "true"} if at_once else {}

        async def ask() -> Told:
            return await self._operators[who].sends(
                f"s{number}", table(program, rows), program=program, partial="true", **given
            )

        answer = await self._sure(lost, ask)
        self._asked.pop()  # it is told as it is by then
        shown = self.model.difference(program, rows, "operator", step)
        assert answer["counts"]["added"] + answer["counts"]["changed"] == len(shown)
        assert answer["state"] == ("applied" if at_once else "pending")
        waits = Waits(answer["id"], program, rows, step, shown, answer["state"])
        self.model.proposals.append(waits)
        if at_once:
            self.model.write(program, rows, "operator", step)

    async def _send_and_apply(self, number: int, who: str, lost: int, rows: Rows) -> None:
        await self._send(number, who, lost, rows, at_once=True)

    async def _apply(self, number: int, who: str, lost: int, which: int) -> None:
        await self._decide(number, who, lost, which, rejects=False)

    async def _reject(self, number: int, who: str, lost: int, which: int) -> None:
        await self._decide(number, who, lost, which, rejects=True)

    async def _decide(self, number: int, who: str, lost: int, which: int, *, rejects: bool) -> None:
        if not self.model.proposals:
            return
        waits = self.model.proposals[-1 - which % len(self.model.proposals)]
        expected = self._refused(who, waits, rejects=rejects)
        if expected == MOVED:
            lost = 0  # asked again it would be applied, for by then it is shown as it is

        async def ask() -> Told:
            operator = self._operators[who]
            decide = operator.rejects if rejects else operator.applies
            done = await decide(f"d{number}", waits.id)
            return {"codes": [each["code"] for each in done["problems"]], **done}

        done = await self._sure(lost, ask)
        if expected:
            self._asked.pop()
        assert done["codes"] == expected
        if not expected:
            waits.state = "rejected" if rejects else "applied"
            assert done["proposal"]["state"] == waits.state
            if not rejects:
                self.model.write(waits.program, waits.rows, "operator", waits.said_at)

    def _refused(self, who: str, waits: Waits, *, rejects: bool) -> list[str]:
        """Return why a decision is refused; it then shows what it would change by now."""
        if waits.program != OPERATORS[who]:
            return ["UNKNOWN_REFERENCE"]
        if waits.state != "pending":
            return ["CONFLICT"]
        now = self.model.difference(waits.program, waits.rows, "operator", waits.said_at)
        before, waits.shown = waits.shown, waits.shown if rejects else now
        return [] if waits.shown == before else MOVED

    async def _withdraw(self, number: int, who: str, lost: int, supplier: int) -> None:
        program = OPERATORS[who]
        if (program, supplier) not in self.model.known:
            return
        [held] = await self._held(program, supplier)

        async def ask() -> Told:
            return await self._operators[who].withdraw(f"w{number}", held["id"], program)

        done = await self._sure(lost, ask)
        assert [each["kind"] for each in done["changes"]] == ["WITHDRAWN"]
        self.model.writes += 1
        del self.model.known[program, supplier]

    async def _again(self, _number: int, _who: str, lost: int, which: int) -> None:
        """Send something once more that was answered long ago."""
        if self._asked:
            ask, answered = self._asked[-1 - which % len(self._asked)]
            for _ in range(lost + 1):
                assert await ask() == answered

    async def _restart(self, _number: int, _who: str, _lost: int, _which: int) -> None:
        await self.begin()

    async def _check(self) -> None:
        """See that all is as the model says."""
        assert await self._revision() == self._first + self.model.writes
        for program in SCHEMES:
            for supplier in SUPPLIERS:
                known = self.model.known.get((program, supplier))
                days = [each["confirmedOn"] for each in await self._held(program, supplier)]
                assert days == ([f"2026-02-0{known.day}"] if known else [])
        for who, program in OPERATORS.items():
            query = "query($p: ID!) { proposals(program: $p, first: 99) { nodes { id state } } }"
            told = (await self._operators[who].ask(query, p=program))["proposals"]["nodes"]
            mine = [each for each in self.model.proposals if each.program == program]
            assert told == [{"id": each.id, "state": each.state} for each in mine]

    async def _held(self, program: str, supplier: int) -> list[Told]:
        who = next(name for name, of in OPERATORS.items() if of == program)
        query = "query($id: ID!) { organization(id: $id) { standings { id confirmedOn } } }"
        reference = f"{SCHEMES[program]}:{supplier}"
        return (await self._operators[who].ask(query, id=reference))["organization"]["standings"]

    async def _revision(self) -> int:
        return int((await self._operators["one"].ask("{ revision { id } }"))["revision"]["id"])


async def prepare(store: Store) -> None:
    """Fill a store that is not open with both programs, their suppliers and their operators."""
    async with served(store, **UNHURRIED) as hub:
        for program in SCHEMES:
            await run(store, record(adapters()[program]))
        for name, program in OPERATORS.items():
            scopes = (Scope.READ, Scope.WRITE)
            office = {"id": name, "programs": (program,), "scopes": scopes}
            client = await hub.register(jwks=key_set(OPERATOR), **office)
            facts = [{"organization": described(program, n)} for n in SUPPLIERS]
            operator = Sender(hub, await hub.given(client))
            done = await operator.push("described", facts, program=program)
            assert done["problems"] == []


def described(program: str, supplier: int) -> Told:
    """Return who a supplier is."""
    reference = f"{SCHEMES[program]}:{supplier}"
    return {"reference": reference, "name": "Example Farms", "roles": ["SUPPLIER"], "country": "US"}


@asynccontextmanager
async def playing(open_store: Open, *, cut: bool) -> AsyncGenerator[Play]:
    """Return a play, whose hub is stopped in the end."""
    play = Play(open_store, cut=cut)
    try:
        yield play
    finally:
        await play.end()


@pytest.fixture(scope="module")
async def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with both programs."""
    path = tmp_path_factory.mktemp("stateful") / "hub.db"
    await prepare(EmbeddedStore(str(path)))
    return path


def often(examples: int) -> settings:
    """Return the settings of so many plays."""
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )


async def on_sqlite(
    prepared: Path, steps: Sequence[tuple[str, str, int, Any]], *, cut: bool = False
) -> None:
    """Play on a copy of a file."""
    copy = prepared.with_name("copy.db")
    for stale in prepared.parent.glob("copy.db*"):
        stale.unlink()
    shutil.copy(prepared, copy)
    async with playing(lambda: EmbeddedStore(str(copy)), cut=cut) as play:
        await play.play(steps)


async def on_neo4j(
    address: Address, steps: Sequence[tuple[str, str, int, Any]], *, cut: bool = False
) -> None:
    """Play on an emptied server."""

    def opened() -> Neo4jStore:
        return Neo4jStore(address.url, address.user, address.password)

    address.empty()
    await prepare(opened())
    async with playing(opened, cut=cut) as play:
        await play.play(steps)


@often(150)
@example(steps=MOVES)
@example(steps=WITHDRAWS)
@example(steps=CROSSES)
@given(steps=STEPS)
async def test_what_operators_do_has_the_effect_that_the_model_has(
    prepared: Path, steps: Sequence[tuple[str, str, int, Any]]
) -> None:
    await on_sqlite(prepared, steps)


@often(20)
@example(steps=MOVES)
@example(steps=WITHDRAWS)
@given(steps=STEPS)
async def test_and_on_neo4j(
    neo4j_server: Address, steps: Sequence[tuple[str, str, int, Any]]
) -> None:
    await on_neo4j(neo4j_server, steps)


@often(8)
@example(steps=MOVES)
@example(steps=WITHDRAWS)
@example(steps=CROSSES)
@given(steps=STEPS)
async def test_what_was_done_and_not_answered_is_done_once(
    prepared: Path, steps: Sequence[tuple[str, str, int, Any]]
) -> None:
    await on_sqlite(prepared, steps, cut=True)


async def test_and_on_neo4j_what_was_done_and_not_answered_is_done_once(
    neo4j_server: Address,
) -> None:
    await on_neo4j(neo4j_server, MOVES, cut=True)
