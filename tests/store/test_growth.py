"""A question costs as many round trips for three hundred as for three."""

from collections.abc import Awaitable, Callable

import pytest

from graph_schema.codes import Kind
from graph_schema.standing import Standing
from hub.answers.desk import Desk
from hub.answers.eligibility import eligibility_list
from hub.store.port import Moment, Page, SharedSought, Sought, Whom
from tests.conftest import AnyStore
from tests.store.worlds import moment, numbers, said, site, standing, world, write

pytestmark = pytest.mark.anyio
ON = 736_500
Question = Callable[[AnyStore, list[int], Moment], Awaitable[object]]
QUESTIONS: dict[str, Question] = {
    "around": lambda store, nodes, seen: store.around(Whom([], nodes), seen),
    "kinds": lambda store, nodes, seen: store.kinds(nodes, seen),
    "statements": lambda store, nodes, seen: store.statements(nodes, seen),
    "references": lambda store, nodes, _: store.references(nodes),
    "resolve": lambda store, nodes, _: store.resolve([f"alpha:m{node}" for node in nodes]),
    "facts_at": lambda store, nodes, seen: store.facts_at(Standing, "subject", nodes, seen),
    "count_at": lambda store, nodes, seen: store.count_at(Standing, "subject", nodes, seen),
    "in_force": lambda store, nodes, seen: store.in_force("subject", nodes, seen, day=ON),
    "count_in_force": (
        lambda store, nodes, seen: store.count_in_force("subject", nodes, seen, day=ON)
    ),
    "find": (
        lambda store, nodes, seen: store.find(
            Sought(Kind.WORKSITE, [], (), ON), seen, Page(len(nodes))
        )
    ),
    "find_shared": (
        lambda store, nodes, seen: store.find_shared(
            SharedSought([], None, 1, ON), seen, Page(len(nodes))
        )
    ),
    "search": (
        lambda store, nodes, seen: store.search("site", [], seen, len(nodes), (float("inf"), 0))
    ),
}


async def test_round_trips_do_not_grow_with_rows(store: AnyStore) -> None:
    many = range(300)
    sites = [site("alpha", f"m{n}") for n in many]
    states = [standing("alpha", f"alpha:sm{n}", "listed", "2015-01-01") for n in many]
    ties = [said("alpha", "tie", kind="PART_OF", from_=f"alpha:sm{n}", to="alpha:group")
            for n in many]  # fmt: skip
    await write(store, [*world(), *sites, *states, *ties])
    nodes = await numbers(store, *(f"alpha:sm{n}" for n in many))
    seen = await moment(store)
    for name, question in QUESTIONS.items():
        cost: list[int] = []
        for some in (nodes[:3], nodes):
            before = store.round_trips
            await question(store, some, seen)
            cost.append(store.round_trips - before)
        assert cost == [1, 1], name


async def test_an_eligibility_list_costs_a_few_round_trips(store: AnyStore) -> None:
    many = range(300)
    sites = [site("alpha", f"m{n}") for n in many]
    states = [standing("alpha", f"alpha:sm{n}", "listed", "2015-01-01") for n in many]
    await write(store, [*world(), *sites, *states])
    desk = await Desk.open(store)
    sitting = await desk.sit()
    cost: list[int] = []
    for count in (3, 300):
        before = store.round_trips
        asked = [f"alpha:sm{n}" for n in range(count)]
        answers = await eligibility_list(sitting, "alpha:buyer", asked, "garments")
        assert [verdict for verdict in answers.verdicts if verdict is None] == []
        cost.append(store.round_trips - before)
    assert cost[0] == cost[1] <= 4
