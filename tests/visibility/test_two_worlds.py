"""Whatever is asked, the answers tell nobody whether there is a secret (SECURITY.md, C4)."""

from collections.abc import AsyncGenerator, Callable, Sequence
from functools import wraps
from typing import Any, Final

import pytest
from graphql import build_schema

from graph_schema.sourcing import SourcingLink
from hub.errors import UnknownReferenceError
from hub.graphql.schema import text
from hub.identity.references import References
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import SHELL, Moment, Page
from tests.graphql.conforming import amiss
from tests.visibility.pairs import World, plain, questions, two_worlds
from tests.visibility.walk import walk
from tests.visibility.world import OUTSIDERS

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

Worlds = tuple[World, World]
EVERYWHERE: Final = tuple(walk(build_schema(text())))


@pytest.fixture(scope="module")
async def worlds(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Worlds]:
    """Serve both worlds."""
    async with two_worlds(tmp_path_factory.mktemp("worlds")) as served:
        yield served


async def differing(worlds: Worlds, asked: Sequence[str], *clients: str) -> list[tuple[str, ...]]:
    """Return the first question whose answers differ between the worlds, who asked it, and how.

    Also one that is answered otherwise than the schema says, whoever asks it.
    """
    for question in asked:
        for who in clients:
            there, elsewhere = [await world[who].response(question) for world in worlds]
            if plain(there) != plain(elsewhere):
                return [(who, question, *_parts(there.text, elsewhere.text))]
            if who == clients[0] and (wrong := amiss(question, there)):
                return [(who, question, wrong)]
    return []


def _parts(one: str, other: str) -> tuple[str, str]:
    """Return where two answers begin to differ."""
    same = next(
        (at for at, each in enumerate(zip(one, other, strict=False)) if len({*each}) > 1), 0
    )
    return one[max(0, same - 80) : same + 80], other[max(0, same - 80) : same + 80]


async def test_nothing_that_anybody_may_ask_tells_of_a_secret(worlds: Worlds) -> None:
    """Some of what the drill asks, which would take too long here."""
    assert await differing(worlds, EVERYWHERE[::4], "anonymous") == []
    assert await differing(worlds, questions(10), *OUTSIDERS) == []


@pytest.mark.drill
async def test_nobody_learns_of_what_it_may_not_see(worlds: Worlds) -> None:
    asked = questions(2000)
    assert len(set(asked)) > 1000  # the generator does not repeat itself
    assert await differing(worlds, EVERYWHERE, *OUTSIDERS) == []
    assert await differing(worlds, asked, *OUTSIDERS) == []


Leak = Callable[[pytest.MonkeyPatch], None]


def _to_the_shell(name: str, at: int) -> Leak:
    """Return a leak of a store that answers everybody's question as the shell's."""

    def leak(patch: pytest.MonkeyPatch) -> None:
        real = getattr(EmbeddedStore, name)

        @wraps(real)
        async def leaking(self: EmbeddedStore, *given: Any, **more: Any) -> Any:  # noqa: ANN401
            moment = given[at]
            shown = Moment(moment.revision, moment.known_at, SHELL)
            return await real(self, *given[:at], shown, *given[at + 1 :], **more)

        patch.setattr(EmbeddedStore, name, leaking)

    return leak


def count(patch: pytest.MonkeyPatch) -> None:
    """Count what is not seen."""
    _to_the_shell("count_at", 3)(patch)


def order(patch: pytest.MonkeyPatch) -> None:
    """Put last who has a link that is not seen."""
    real = EmbeddedStore.find

    async def leaking(self: EmbeddedStore, *given: Any) -> list[int]:  # noqa: ANN401
        found = await real(self, *given)
        shown = Moment(given[1].revision, given[1].known_at, SHELL)
        linked = await self.count_at(SourcingLink, "supplier", found, shown)
        seen = await self.count_at(SourcingLink, "supplier", found, given[1])
        return sorted(found, key=lambda number: linked.get(number, 0) > seen.get(number, 0))

    patch.setattr(EmbeddedStore, "find", leaking)


def cursor(patch: pytest.MonkeyPatch) -> None:
    """Give what is not seen a place on the page, and leave it out afterwards."""
    real = EmbeddedStore.facts_at

    async def leaking(self: EmbeddedStore, *given: Any, **more: Any) -> list[Any]:  # noqa: ANN401
        page: Page | None = more.get("page")
        seen = await real(self, *given, **more)
        if page is None:
            return seen
        kind, end, nodes, moment = given
        shown = Moment(moment.revision, moment.known_at, SHELL)
        every = await real(self, kind, end, nodes, shown, **more)
        numbers = {row["number"] for row in every}
        return [row for row in seen if row["number"] in numbers]

    patch.setattr(EmbeddedStore, "facts_at", leaking)


def error(patch: pytest.MonkeyPatch) -> None:
    """Tell in an error how many links there are."""
    real = References.named

    async def leaking(self: References, *given: Any) -> Any:  # noqa: ANN401
        found = await real(self, *given)
        shown = Moment(given[1].revision, given[1].known_at, SHELL)
        farm = await self._store.resolve(["alpha:farm2"])  # pyright: ignore[reportPrivateUsage]
        number = farm[1][0].node if farm[1][0] else 0
        linked = await self._store.count_at(SourcingLink, "supplier", [number], shown)  # pyright: ignore[reportPrivateUsage]
        return [
            UnknownReferenceError(f"{each.reference} {linked}")
            if isinstance(each, UnknownReferenceError)
            else each
            for each in found
        ]

    patch.setattr(References, "named", leaking)


def search(patch: pytest.MonkeyPatch) -> None:
    """Find first who has a link that is not seen."""
    real = EmbeddedStore.search

    async def leaking(self: EmbeddedStore, *given: Any) -> list[Any]:  # noqa: ANN401
        found = await real(self, *given)
        shown = Moment(given[2].revision, given[2].known_at, SHELL)
        numbers = [number for number, _, _ in found]
        linked = await self.count_at(SourcingLink, "supplier", numbers, shown)
        seen = await self.count_at(SourcingLink, "supplier", numbers, given[2])
        return [
            (number, kind, score + linked.get(number, 0) - seen.get(number, 0))
            for number, kind, score in found
        ]

    patch.setattr(EmbeddedStore, "search", leaking)


@pytest.mark.drill
@pytest.mark.parametrize("leak", [count, order, cursor, error, search])
async def test_a_leak_is_found(worlds: Worlds, monkeypatch: pytest.MonkeyPatch, leak: Leak) -> None:
    leak(monkeypatch)
    assert await differing(worlds, EVERYWHERE, "anonymous") != []
