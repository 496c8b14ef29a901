"""Every question of the port, asked of the small world."""

from datetime import date

import pytest

from graph_schema.agreements import Agreement, Clause, Signature
from graph_schema.codes import Effect, Kind
from graph_schema.parties import Organization, Tie, Worksite
from graph_schema.programs import Commodity, FactSource, Figure, Mechanism, Program
from graph_schema.sourcing import SourcingLink, Volume
from graph_schema.standing import Confirmation, Standing, StateRule
from hub.store.port import OPEN, SHELL, Moment, Page, Resolved, SharedSought, Sought, Whom
from hub.sync.intake import Origin
from tests.conftest import AnyStore
from tests.store.worlds import (
    CURRENT_OS_ID,
    MERGED_OS_ID,
    by_row,
    exported,
    moment,
    number,
    numbers,
    plain,
    site,
    standing,
    world,
    write,
)

pytestmark = pytest.mark.anyio
ALL = Page(500)
FIRST = (float("inf"), 0)


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


async def test_a_new_store_is_empty_and_has_a_key(store: AnyStore) -> None:
    latest = await store.latest()
    assert (latest.revision, latest.recorded_at, latest.law_revision) == (0, 0, 0)
    assert len(await store.key()) == 16
    assert await store.key() == await store.key()
    assert await store.recorded_at([1]) == {}
    assert await store.resolve(["alpha:s1"]) == (latest, [None])
    assert await exported(store) == []


async def test_a_revision_has_its_instant(store: AnyStore) -> None:
    await write(store, world(), on="2020-01-01")
    await write(store, [site("alpha", 8)], on="2020-02-01")
    latest = await store.latest()
    assert latest.revision == 2
    assert latest.law_revision == 1
    found = await store.recorded_at([1, 2, 3])
    assert sorted(found) == [1, 2]
    assert found[1] < found[2] == latest.recorded_at


async def test_references_resolve_merged_ones_and_those_of_other_programs(store: AnyStore) -> None:
    await write(store, world())
    asked = ["alpha:s1", "beta:s9", CURRENT_OS_ID, MERGED_OS_ID, "alpha:none", "program:beta"]
    latest, found = await store.resolve(asked)
    node = await number(store, "alpha:s1")
    same = Resolved(node, Kind.WORKSITE)
    assert latest == await store.latest()
    assert found[:5] == [same, same, same, Resolved(node, Kind.WORKSITE, merged=True), None]
    assert found[5] is not None
    assert found[5].kind is Kind.PROGRAM
    assert await store.references([node, node + 10_000]) == [
        (node, "alpha:s1", False),
        (node, CURRENT_OS_ID, False),
        (node, MERGED_OS_ID, True),
        (node, "beta:s9", False),
    ]


async def test_a_reference_stands_for_what_it_stood_for_in_a_revision(store: AnyStore) -> None:
    await write(store, world())
    await write(store, [site("alpha", 8, externalIds=["lei:529900T8BM49AURSDO55"])])
    _, [then, now] = await store.resolve(["alpha:s8", "alpha:s1"], revision=1)
    assert then is None
    assert now is not None
    _, [newest] = await store.resolve(["alpha:s8"])
    assert newest is not None


async def test_a_number_that_becomes_the_current_one_is_merged_no_more(store: AnyStore) -> None:
    await write(store, world())
    await write(store, [site("alpha", 1, externalIds=[MERGED_OS_ID, CURRENT_OS_ID], city="X")])
    _, [merged, current] = await store.resolve([CURRENT_OS_ID, MERGED_OS_ID])
    assert (merged and merged.merged, current and current.merged) == (True, False)
    _, [merged, current] = await store.resolve([CURRENT_OS_ID, MERGED_OS_ID], revision=1)
    assert (merged and merged.merged, current and current.merged) == (False, True)


async def test_kinds_are_told_of_what_is_visible(store: AnyStore) -> None:
    await write(store, world())
    found = await numbers(store, "alpha:s1", "alpha:buyer", "program:alpha", "wsr:jeans")
    kinds = await store.kinds([*found, 10_000], await moment(store))
    assert list(map(kinds.get, found)) == [
        Kind.WORKSITE, Kind.ORGANIZATION, Kind.PROGRAM, Kind.COMMODITY,
    ]  # fmt: skip
    assert len(kinds) == 4


async def test_small_kinds_come_whole_and_in_order(store: AnyStore) -> None:
    await write(store, world())
    for kind, count in (
        (Program, 2), (Commodity, 4), (StateRule, 12), (Agreement, 2), (Clause, 2),
        (Confirmation, 1), (Mechanism, 1), (Figure, 1), (FactSource, 1),
    ):  # fmt: skip
        rows = await store.everything(kind, 1)
        assert len(rows) == count, kind
        assert [row["number"] for row in rows] == sorted(row["number"] for row in rows)
        assert await store.everything(kind, 0) == []
        assert await store.everything(kind, OPEN) == rows
    [figure] = await store.everything(Figure, 1)
    assert (figure["value"], figure["since"], figure["since_first"]) == (12.5, None, None)
    [rule, *_] = await store.everything(StateRule, 1)
    assert plain(rule["lifted_by"]) == []


async def test_around_gathers_all_that_bears_on_buyers_and_subjects(store: AnyStore) -> None:
    await write(store, world())
    buyer, first, second, pool = await numbers(
        store, "alpha:buyer", "alpha:s1", "alpha:s2", "alpha:pool"
    )
    around = await store.around(Whom([buyer], [first, second, pool]), await moment(store))
    states = by_row(around.states)
    assert sorted((row["subject"] == first, row["state"]) for row in states) == [
        (False, "listed"), (True, "barred"), (True, "listed"), (True, "on track"),
    ]  # fmt: skip
    [listed] = [row for row in states if row["subject"] == second]
    assert listed["products"] == [await number(store, "wsr:jeans")]
    assert (listed["until"], listed["since"], listed["observed"]) == (None, "2015-01-01", None)
    [barred] = [row for row in states if row["state"] == "barred"]
    assert barred["announced_until_last"] == day("2016-12-31")
    places = by_row(around.places)
    assert sorted((row["name"], row["country"], row["worksite"]) for row in places) == [
        ("Buyer", "SE", 0), ("Pool", "US", 0),
        ("Site 1", "BD", 1), ("Site 2", "PK", 1), ("Site 9", "BD", 1),
    ]  # fmt: skip
    assert sorted(row["kind"] for row in by_row(around.ties)) == ["DELIVERS_TO", "PART_OF"]
    [volume] = by_row(around.volumes)
    assert (volume["quantity"], volume["pool"], volume["buyer"]) == (120.0, pool, None)
    [signature] = by_row(around.signatures)
    assert (signature["options"], signature["covers_group"]) == (["knit"], 1)


@pytest.mark.parametrize("asked", [("alpha:s1", ""), ("", "alpha:buyer"), ("", "")])
async def test_a_part_of_around_that_has_nothing_swallows_no_other(
    store: AnyStore, asked: tuple[str, str]
) -> None:
    await write(store, world())
    subject, buyer = asked
    subjects = [await number(store, subject)] if subject else []
    buyers = [await number(store, buyer)] if buyer else []
    around = await store.around(Whom([*buyers, 10_000], [*subjects, 10_001]), await moment(store))
    assert bool(around.states["number"]) == bool(subject)
    assert bool(around.signatures["number"]) == bool(buyer)
    assert len(around.places["reference"]) == (2 if subject else 1 if buyer else 0)
    assert len(around.volumes["pool"]) == 0


async def test_a_tie_between_two_that_are_asked_about_comes_once(store: AnyStore) -> None:
    await write(store, world())
    both = await numbers(store, "alpha:s1", "alpha:group")
    around = await store.around(Whom([], both), await moment(store))
    [tie] = by_row(around.ties)
    assert (tie["from_"], tie["to"]) == tuple(both)


async def test_of_a_company_those_who_held_a_word_are_told_like_subjects(store: AnyStore) -> None:
    await write(store, world())
    first, second, group = await numbers(store, "alpha:s1", "alpha:s2", "alpha:group")
    company = Whom(company=[first, second, group], words=["barred"])
    around = await store.around(company, await moment(store))
    assert {row["subject"] for row in by_row(around.states)} == {first}
    assert sorted(row["state"] for row in by_row(around.states)) == ["barred", "listed", "on track"]
    assert {row["reference"] for row in by_row(around.places)} == {first}
    assert (first, group) in {(tie["from_"], tie["to"]) for tie in by_row(around.ties)}
    nobody = await store.around(Whom(company=[second], words=["barred"]), await moment(store))
    assert not nobody.states["number"]
    assert not nobody.places["reference"]


async def test_statements_say_what_each_program_says_of_a_node(store: AnyStore) -> None:
    await write(store, world())
    nodes = await numbers(store, "alpha:s1", "alpha:buyer", "program:alpha", "alpha:a1")
    found = await store.statements(nodes, await moment(store))
    assert [(kind, row["name"]) for kind, row in found] == [
        (Program, "Program alpha"), (Organization, "Buyer"), (Worksite, "Site 1"),
        (Worksite, "Site 9"), (Agreement, "Agreement of alpha"),
    ]  # fmt: skip


ENDS = [
    (Standing, "subject", "alpha:s1", 3),
    (Standing, "program", "program:alpha", 5),
    (Tie, "to", "alpha:group", 1),
    (Tie, "from_", "alpha:s1", 1),
    (Signature, "organization", "alpha:buyer", 1),
    (Signature, "agreement", "beta:a1", 1),
    (Clause, "agreement", "alpha:a1", 1),
    (Clause, "standing_program", "program:alpha", 1),
    (SourcingLink, "supplier", "beta:s9", 1),
    (Volume, "product", "wsr:jeans", 0),
    (Commodity, "parent", "wsr:garments", 2),
    (Worksite, "reference", "alpha:s1", 2),
    (StateRule, "program", "program:beta", 6),
    (Confirmation, "program", "program:alpha", 1),
]


@pytest.mark.parametrize(("kind", "end", "at", "count"), ENDS)
async def test_facts_are_found_at_each_end(
    store: AnyStore, kind: type, end: str, at: str, count: int
) -> None:
    await write(store, world())
    node = await number(store, at)
    seen = await moment(store)
    found = await store.facts_at(kind, end, [node], seen)
    assert len(found) == count
    assert all(row[end] == node for row in found)
    assert await store.count_at(kind, end, [node], seen) == ({node: count} if count else {})
    by_number = await store.facts_at(kind, "number", [row["number"] for row in found], seen)
    assert by_number == found


async def test_unpublished_facts_exist_for_the_shell_alone(store: AnyStore) -> None:
    await write(store, world())
    [site_] = await numbers(store, "alpha:s1")
    public, shell = await moment(store), await moment(store, SHELL)
    assert await store.count_at(SourcingLink, "supplier", [site_], public) == {site_: 1}
    assert await store.count_at(SourcingLink, "supplier", [site_], shell) == {site_: 2}
    assert len(await store.facts_at(SourcingLink, "supplier", [site_], public)) == 1
    assert len(await store.facts_at(SourcingLink, "supplier", [site_], shell)) == 2
    pool = await number(store, "alpha:pool")
    assert await store.facts_at(Volume, "pool", [pool], public) == []
    around = await store.around(Whom([], [pool]), public)
    assert len(around.volumes["pool"]) == 1, "a volume counts in every answer"


async def test_facts_are_looked_up_by_an_indexed_text(store: AnyStore) -> None:
    await write(store, world())
    found = await store.facts_at(FactSource, "reference", ["S1", "S2"], await moment(store))
    assert [row["title"] for row in found] == ["A list"]


async def test_only_facts_that_may_hold_on_a_day(store: AnyStore) -> None:
    await write(store, world())
    shop = await number(store, "beta:shop")
    seen = await moment(store)
    for text, count in (("2013-12-31", 0), ("2014-01-01", 1), ("2015-12-31", 1), ("2016-01-01", 0)):
        asked = day(text)
        found = await store.facts_at(Signature, "organization", [shop], seen, day=asked)
        counted = await store.count_at(Signature, "organization", [shop], seen, day=asked)
        assert (len(found), counted.get(shop, 0)) == (count, count), text


async def test_pages_hold_so_many_of_each_node(store: AnyStore) -> None:
    await write(store, world())
    nodes = await numbers(store, "program:alpha", "program:beta")
    seen = await moment(store)
    whole = await store.facts_at(StateRule, "program", nodes, seen)
    assert len(whole) == 12
    first = await store.facts_at(StateRule, "program", nodes, seen, page=Page(2))
    assert [row["program"] for row in first].count(nodes[0]) == 2
    assert [row["program"] for row in first].count(nodes[1]) == 2
    [one] = await numbers(store, "program:alpha")
    paged: list[int] = []
    after = 0
    while page := await store.facts_at(StateRule, "program", [one], seen, page=Page(4, after)):
        assert len(page) <= 4
        paged += [row["number"] for row in page]
        after = paged[-1]
    assert paged == [row["number"] for row in whole if row["program"] == one]


async def test_states_in_force_have_the_day_they_really_ended(store: AnyStore) -> None:
    await write(store, world())
    [node] = await numbers(store, "alpha:s3")
    seen = await moment(store)
    before = await store.in_force("subject", [node], seen, day=day("2017-01-31"))
    assert [(row["state"], row["effect"], row["ended"], row["ends"]) for row in before] == [
        ("listed", "GOOD_STANDING", "2017-02-01", day("2017-02-01"))
    ]
    after = await store.in_force("subject", [node], seen, day=day("2017-02-01"))
    assert [(row["state"], row["ended"]) for row in after] == [("closed", None)]
    ever = await store.in_force("subject", [node], seen, day=None)
    assert [row["state"] for row in ever] == ["listed", "closed"]
    by_fact = await store.in_force("fact", [row["number"] for row in ever], seen, day=None)
    assert [row["in_force"] for row in by_fact] == [row["in_force"] for row in ever]


async def test_a_bar_ends_when_it_is_lifted_and_not_before(store: AnyStore) -> None:
    await write(store, world())
    node = await number(store, "beta:s9")
    [barred] = await store.in_force(
        "subject", [node], await moment(store), day=day("2019-06-01"), effects=[Effect.INELIGIBLE]
    )
    assert barred["ended"] is None
    await write(store, [standing("beta", "beta:s9", "cleared", "2018-03-01")])
    seen = await moment(store)
    held = await store.in_force("subject", [node], seen, day=day("2018-02-28"))
    assert "barred" in {row["state"] for row in held}
    [ended] = [row for row in held if row["state"] == "barred"]
    assert ended["ended"] == "2018-03-01"
    later = await store.in_force("subject", [node], seen, day=day("2018-03-01"))
    assert {row["state"] for row in later} == {"listed", "on track", "cleared"}


async def test_states_in_force_by_program_are_paged_filtered_and_counted(store: AnyStore) -> None:
    await write(store, world())
    program = await number(store, "program:alpha")
    seen, on = await moment(store), day("2016-06-01")
    everyone = await store.in_force("program", [program], seen, day=on)
    assert len(everyone) == 4
    assert await store.count_in_force("program", [program], seen, day=on) == {program: 4}
    effects = [Effect.FINDINGS, Effect.GOOD_STANDING]
    good = await store.in_force("program", [program], seen, day=on, effects=effects, page=Page(3))
    assert [row["in_force"] for row in good] == [row["in_force"] for row in everyone][:3]
    rest = await store.in_force(
        "program", [program], seen, day=on, effects=effects, page=Page(3, good[-1]["in_force"])
    )
    assert len(rest) == 1
    counted = await store.count_in_force(
        "program", [program], seen, day=on, effects=[Effect.FINDINGS]
    )
    assert counted == {program: 1}
    assert await store.count_in_force("program", [program], seen, day=day("2013-01-01")) == {}


def sought(programs: list[int], on: str, **more: object) -> Sought:
    return Sought(Kind.WORKSITE, programs, more.pop("effects", ()), day(on), **more)  # type: ignore[arg-type]


async def test_subjects_are_found_by_what_they_hold(store: AnyStore) -> None:
    await write(store, world())
    s1, s2, s3 = await numbers(store, "alpha:s1", "alpha:s2", "alpha:s3")
    alpha, beta = await numbers(store, "program:alpha", "program:beta")
    garments, jeans = await numbers(store, "wsr:garments", "wsr:jeans")
    seen = await moment(store)
    cases: list[tuple[Sought, list[int]]] = [
        (sought([alpha], "2016-06-01"), [s1, s2, s3]),
        (sought([beta], "2016-06-01"), [s1]),
        (sought([], "2016-06-01"), [s1, s2, s3]),
        (sought([alpha], "2014-06-01"), [s1]),
        (sought([alpha], "2016-06-01", effects=[Effect.FINDINGS]), [s1]),
        (sought([alpha, beta], "2016-06-01", effects=[Effect.INELIGIBLE]), [s1]),
        (sought([alpha], "2016-06-01", country="PK"), [s2]),
        (sought([alpha], "2016-06-01", products=frozenset({jeans})), [s1, s2, s3]),
        (sought([alpha], "2016-06-01", products=frozenset({garments})), [s1, s3]),
    ]
    for asked, expected in cases:
        assert await store.find(asked, seen, ALL) == expected, asked
        assert await store.count(asked, seen) == len(expected), asked
    paged = await store.find(sought([alpha], "2016-06-01"), seen, Page(2))
    assert paged == [s1, s2]
    assert await store.find(sought([alpha], "2016-06-01"), seen, Page(2, s2)) == [s3]
    organizations = Sought(Kind.ORGANIZATION, [alpha], (), day("2016-06-01"))
    assert await store.find(organizations, seen, ALL) == []


async def test_shared_suppliers_are_found_and_whether_programs_disagree(store: AnyStore) -> None:
    await write(store, world())
    await write(store, [site("beta", 2, externalIds=["alpha:s2"]),
                        standing("beta", "beta:s2", "listed", "2015-01-01")])  # fmt: skip
    s1, s2, s3 = await numbers(store, "alpha:s1", "alpha:s2", "alpha:s3")
    alpha, beta = await numbers(store, "program:alpha", "program:beta")
    buyer, shop = await numbers(store, "alpha:buyer", "beta:shop")
    public, shell = await moment(store), await moment(store, SHELL)
    on = day("2016-06-15")

    def shared(
        programs: list[int], buyers: list[int] | None, at_least: int, **more: object
    ) -> SharedSought:
        return SharedSought(programs, buyers, at_least, on, **more)  # type: ignore[arg-type]

    cases: list[tuple[SharedSought, Moment, list[int]]] = [
        (shared([], None, 2), public, [s1, s2]),
        (shared([alpha, beta], None, 2), public, [s1, s2]),
        (shared([alpha], None, 2), public, []),
        (shared([alpha], None, 1), public, [s1, s2, s3]),
        (shared([], None, 2, disagreeing=True), public, [s1]),
        (shared([], None, 2, disagreeing=False), public, [s2]),
        (shared([], None, 2, country="PK"), public, [s2]),
        (shared([], [], 2), public, []),
        (shared([], [], 2), shell, [s1]),
        (shared([], [buyer], 1), public, [s1]),
        (shared([], [shop], 1), public, []),
        (shared([], [shop], 1), shell, [s1]),
        (shared([alpha, beta], [buyer, shop], 2), shell, [s1]),
        (shared([alpha], [buyer, shop], 2), shell, []),
    ]
    for asked, seen, expected in cases:
        assert await store.find_shared(asked, seen, ALL) == expected, asked
        assert await store.count_shared(asked, seen) == len(expected), asked
    assert await store.find_shared(shared([], None, 2), public, Page(1)) == [s1]
    assert await store.find_shared(shared([], None, 2), public, Page(1, s1)) == [s2]


async def test_signatories_are_found_for_each_group_of_agreements(store: AnyStore) -> None:
    await write(store, world())
    alpha, beta = await numbers(store, "alpha:a1", "beta:a1")
    buyer, shop = await numbers(store, "alpha:buyer", "beta:shop")
    seen, on = await moment(store), day("2015-01-01")
    groups = [[alpha, beta], [alpha], [], [beta]]
    found = await store.find_buyers(groups, None, on, seen, ALL)
    assert found == [[buyer, shop], [buyer], [], [shop]]
    assert await store.count_buyers(groups, None, on, seen) == [2, 1, 0, 1]
    assert await store.find_buyers(groups, "US", on, seen, ALL) == [[shop], [], [], [shop]]
    assert await store.find_buyers([[alpha, beta]], None, on, seen, Page(1)) == [[buyer]]
    assert await store.find_buyers([[alpha, beta]], None, on, seen, Page(1, buyer)) == [[shop]]
    after = day("2016-01-01")
    assert await store.find_buyers([[alpha, beta]], None, after, seen, ALL) == [[buyer]]


async def test_names_are_found_by_words_and_beginnings_of_words(store: AnyStore) -> None:
    await write(store, world())
    seen = await moment(store)
    s1, buyer = await numbers(store, "alpha:s1", "alpha:buyer")
    for text, kinds, expected in (
        ("ninth", [], [s1]), ("nin sit", [], [s1]), ("SITE ninth", [], [s1]), ("dhaka", [], [s1]),
        ("ahlens", [], [buyer]), ("Åhléns & Sö", [], [buyer]), ("buyer ninth", [], []),
        ("ninth", [Kind.ORGANIZATION], []), ("", [], []), ("  -_ ", [], []),
        ('") OR *', [], []), ("AND", [], []),
    ):  # fmt: skip
        found = await store.search(text, kinds, seen, 10, FIRST)
        assert [node for node, _, _ in found] == expected, text


async def test_names_are_paged_the_best_first(store: AnyStore) -> None:
    await write(store, world())
    seen = await moment(store)
    whole = await store.search("site", [], seen, 10, FIRST)
    assert len(whole) == 3
    assert [-score for _, _, score in whole] == sorted(-score for _, _, score in whole)
    paged: list[tuple[int, Kind, float]] = []
    at = FIRST
    while page := await store.search("site", [], seen, 1, at):
        paged += page
        at = (page[-1][2], page[-1][0])
    assert paged == whole


async def test_the_writer_sees_what_is_open(store: AnyStore) -> None:
    await write(store, world(), program=None)
    await write(store, [standing("alpha", "alpha:s3", "behind", "2018-01-01")],
                origin=Origin.OPERATOR, program="alpha", feed="operator")  # fmt: skip
    node, program = await numbers(store, "alpha:s3", "program:alpha")
    [brought] = [row async for row in store.of_feed(Standing, program, "operator")]
    assert (brought["state"], brought["subject"]) == ("behind", node)
    assert await store.current([brought["identity"], "0" * 32], Standing) == [brought]
    assert [row async for row in store.of_feed(Standing, program, "record")] == []
    assert await store.closed_by([brought["identity"], "0" * 32], Standing) == {}
    await write(store, [standing("alpha", "alpha:s3", "behind", "2018-01-01", until="2018-05-01")],
                origin=Origin.OPERATOR, program="alpha", feed="operator")  # fmt: skip
    closed = await store.closed_by([brought["identity"], "0" * 32], Standing)
    assert closed == {brought["identity"]: (await store.latest()).revision}
    rows = await store.derived([node])
    assert {row["track"] for row in rows} == {"listing", "repair"}
    assert {row["subject"] for row in rows} == {node}
