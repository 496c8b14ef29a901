"""The past over the API: valid on a day, known at an instant, of a revision; what was withdrawn.

A program of the past says one of everything. It is valid from VALID to the day before OVER, and
was public from KNOWN on; then its record says it no more.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast

import pytest
from graphql import build_schema, is_object_type

from graph_schema.exchange import FACTS, Line
from hub.graphql.schema import text
from hub.sync.intake import Intake, Origin
from hub.sync.run import run
from tests.graphql.served import Hub
from tests.store.worlds import company, program, said, site, standing

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

VALID, INSIDE, OVER = "2015-01-01", "2016-06-01", "2017-01-01"
DAY_BEFORE, LAST_DAY = "2014-12-31", "2016-12-31"
KNOWN: Final = "2016-03-01T00:00:00Z"
INSTANT_BEFORE: Final = "2016-02-29T23:59:59.999999Z"
CODE, OTHER = "then", "beside"
SITE, FIRM, BUYER = f"{CODE}:s1", f"{CODE}:firm", f"{CODE}:chain"
ASKED: Final = f'buyer: "{BUYER}", product: "jeans"'


def _in(parent: str) -> str:
    return f"{parent} {{ list: %s {{ %s }} }}"


_SITE, _FIRM = _in(f'worksite(id: "{SITE}")'), _in(f'organization(id: "{FIRM}")')
_BUYER, _PROGRAM = _in(f'organization(id: "{BUYER}")'), _in(f'program(id: "{CODE}")')
_AGREEMENT, _ROOT = _in(f'agreement(id: "{CODE}:a1")'), "list: %s { %s }"
PAGE: Final = "nodes { __typename }"
ROWS: Final = "__typename"
DATED: Final[dict[str, tuple[str, str, str]]] = {
    "Agreement.signatures": (_AGREEMENT, "signatures(first: 9, %s)", PAGE),
    "Organization.ties": (_BUYER, "ties(%s)", ROWS),
    "Organization.standings": (_FIRM, "standings(%s)", ROWS),
    "Organization.buyers": (_FIRM, "buyers(first: 9, %s)", PAGE),
    "Organization.eligibility": (_FIRM, f"eligibility({ASKED}, %s)", "verdict"),
    "Organization.signatures": (_BUYER, "signatures(%s)", ROWS),
    "Organization.worksites": (_FIRM, "worksites(first: 9, %s)", PAGE),
    "Organization.suppliers": (_BUYER, "suppliers(first: 9, %s)", PAGE),
    "Worksite.ties": (_SITE, "ties(%s)", ROWS),
    "Worksite.standings": (_SITE, "standings(%s)", ROWS),
    "Worksite.buyers": (_SITE, "buyers(first: 9, %s)", PAGE),
    "Worksite.eligibility": (_SITE, f"eligibility({ASKED}, %s)", "verdict"),
    "Program.agreements": (_PROGRAM, "agreements(first: 9, %s)", PAGE),
    "Program.buyers": (_PROGRAM, "buyers(first: 9, %s)", PAGE),
    "Program.standings": (_PROGRAM, "standings(first: 9, %s)", PAGE),
    "Query.eligibility": (_ROOT, f'eligibility(supplier: "{SITE}", {ASKED}, %s)', "verdict"),
    "Query.eligibilityList": (
        _ROOT, f'eligibilityList(suppliers: ["{SITE}"], {ASKED}, %s)', "rows { verdict }",
    ),
    "Query.bindings": (
        _ROOT, f'bindings(supplier: "{SITE}", product: "jeans", first: 500, %s)',
        "nodes { buyer { name } }",
    ),
    "Query.sharedSuppliers": (
        _ROOT, f'sharedSuppliers(programs: ["{CODE}", "{OTHER}"], first: 9, %s)', PAGE,
    ),
    "Query.agreements": (_ROOT, f'agreements(program: "{CODE}", first: 9, %s)', PAGE),
    "Query.buyers": (_ROOT, f'buyers(program: "{CODE}", first: 9, %s)', PAGE),
    "Query.suppliers": (_ROOT, f'suppliers(program: "{CODE}", first: 9, %s)', PAGE),
    "Query.worksites": (_ROOT, f'worksites(program: "{CODE}", first: 9, %s)', PAGE),
}  # fmt: skip
"""Every field that takes a day and an instant: where it is, its call, what of it is asked."""


def frame() -> list[dict[str, Any]]:
    """Return what both programs are, who there is, and nothing that happened."""
    return [
        *program(CODE)[:-1],
        company(CODE, "firm"),
        company(CODE, "chain", roles=["BUYER"]),
        company(CODE, "parent"),
        site(CODE, 1, country="NP"),
        site(CODE, 2, country="NP"),
    ]


def happened() -> list[dict[str, Any]]:
    """Return one of everything that happens, known since KNOWN."""
    while_valid = {"since": VALID, "until": OVER}
    clause = {"duty": "TERMINATE_INELIGIBLE", "text": "Stop.", "products": ["garments"]}
    lines = [
        said(
            CODE, "agreement", reference=f"{CODE}:a1", name="Agreement of then", clauses=[clause],
            inForceFrom=VALID, inForceUntil=LAST_DAY, signatoriesComplete=True,
        ),
        said(CODE, "signature", organization=BUYER, agreement=f"{CODE}:a1", **while_valid),
        said(CODE, "tie", kind="OPERATED_BY", from_=SITE, to=FIRM, **while_valid),
        said(CODE, "tie", kind="PART_OF", from_=BUYER, to=f"{CODE}:parent", **while_valid),
        standing(CODE, SITE, "listed", VALID, until=OVER, confirmedOn=INSIDE),
        standing(CODE, FIRM, "listed", VALID, until=OVER, confirmedOn=INSIDE),
        standing(CODE, f"{CODE}:s2", "listed", VALID, until=OVER, confirmedOn=INSIDE),
    ]  # fmt: skip
    lines += [
        said(CODE, "sourcing", buyer=BUYER, supplier=each, published=True, **while_valid)
        for each in (SITE, FIRM)
    ]
    return [line | {"knownOn": KNOWN[:10]} for line in lines]


async def recorded(hub: Hub, *lines: Mapping[str, Any]) -> str:
    """Sync a record of the program of the past, all of it, and return the revision."""
    made = [Line.model_validate(line) for line in lines]
    intake = Intake(
        origin=Origin.RECORD, lines=made, program=CODE, feed="record", complete=True,
        kinds=frozenset(FACTS),
    )  # fmt: skip
    return str((await run(hub.store, intake)).revision)


@pytest.fixture(scope="module")
async def revisions(hub: Hub) -> tuple[str, str]:
    """Return the revision in which everything had happened, and the one that withdrew it."""
    await recorded(hub, *frame())
    await hub.tell(
        *program(OTHER),
        site(OTHER, 2, country="NP", externalIds=[f"{CODE}:s2"]),
        standing(OTHER, f"{OTHER}:s2", "behind", "2013-01-01") | {"knownOn": "2013-01-01"},
    )
    then = await recorded(hub, *frame(), *happened())
    return then, await recorded(hub, *frame())


async def seen(hub: Hub, field: str, **given: str) -> bool:
    """Return whether a field shows what happened, on a day and as known at an instant."""
    parent, call, selection = DATED[field]
    day = "inForceOn" if field.endswith(".agreements") else "asOf"
    arguments = ", ".join(f'{name.replace("asOf", day)}: "{at}"' for name, at in given.items())
    found = await hub.ask(f"{{ {parent % (call % arguments, selection)} }}")
    while "list" not in found:
        [found] = found.values()
        if found is None:
            return False
    return shows(found["list"])


def shows(listed: Any) -> bool:  # noqa: ANN401
    """Return whether a list has rows, bindings the one buyer, an answer the one verdict."""
    if not isinstance(listed, dict):
        return len(listed) > 0
    told = cast("dict[str, Any]", listed)
    if "rows" in told:
        [told] = told["rows"]
    if "verdict" in told:
        assert told["verdict"] in {"ELIGIBLE", "NOT_BOUND", "UNKNOWN"}
        return told["verdict"] == "ELIGIBLE"
    bound = [row["buyer"]["name"] for row in told["nodes"] if "buyer" in row]
    return "Chain" in bound if bound else len(told["nodes"]) > 0


def test_every_field_with_a_day_and_an_instant_is_asked() -> None:
    types = build_schema(text()).type_map.values()
    found = {
        f"{each.name}.{name}"
        for each in types
        if is_object_type(each)
        for name, field in each.fields.items()
        if "knownAt" in field.args
    }
    assert found == DATED.keys()


@pytest.mark.usefixtures("revisions")
@pytest.mark.parametrize("field", DATED)
async def test_a_field_shows_what_was_valid_on_the_day_and_known_at_the_instant(
    hub: Hub, field: str
) -> None:
    shown = {
        (day, known): await seen(hub, field, asOf=day, knownAt=known)
        for day in (DAY_BEFORE, VALID, LAST_DAY, OVER)
        for known in (INSTANT_BEFORE, KNOWN)
    }
    assert shown == {
        (day, known): known == KNOWN and day in {VALID, LAST_DAY} for day, known in shown
    }


@pytest.mark.usefixtures("revisions")
@pytest.mark.parametrize("field", DATED)
async def test_what_was_withdrawn_is_shown_as_known_before_it_was(hub: Hub, field: str) -> None:
    """Today it is gone; as known the instant before, it is there."""
    query = f"""{{ organization(id: "{FIRM}") {{
      standingHistory(first: 9) {{ nodes {{ withdrawnAt }} }} }} }}"""
    [fact] = (await hub.ask(query))["organization"]["standingHistory"]["nodes"]
    withdrawn = fact["withdrawnAt"]
    assert not await seen(hub, field, asOf=INSIDE, knownAt=withdrawn)
    assert not await seen(hub, field, asOf=INSIDE)
    moment = datetime.fromisoformat(withdrawn)
    before = moment.replace(microsecond=moment.microsecond - 1).isoformat()
    assert await seen(hub, field, asOf=INSIDE, knownAt=before)


@pytest.mark.parametrize("field", ["Query.eligibility", "Query.eligibilityList"])
async def test_a_revision_answers_as_it_did(
    hub: Hub, revisions: tuple[str, str], field: str
) -> None:
    then, withdrawn = revisions
    assert await seen(hub, field, asOf=INSIDE, atRevision=then)
    assert await seen(hub, field, asOf=INSIDE, atRevision=then, knownAt=KNOWN)
    assert not await seen(hub, field, asOf=INSIDE, atRevision=then, knownAt=INSTANT_BEFORE)
    assert not await seen(hub, field, asOf=INSIDE, atRevision=withdrawn)


async def test_a_ruling_rests_on_states_as_they_were_known(hub: Hub) -> None:
    """Asked as known before the bar was lifted, the answer does not tell of the lifting."""
    code = "lifted"
    await hub.tell(
        *(line | {"knownOn": "2013-01-01"} for line in program(code)),
        site(code, 1),
        company(code, "buyer"),
        said(code, "signature", organization=f"{code}:buyer", agreement=f"{code}:a1",
             since="2014-01-01") | {"knownOn": "2014-01-01"},
        standing(code, f"{code}:s1", "barred", "2016-01-01", confirmedOn="2016-02-01")
        | {"knownOn": "2016-02-01"},
        standing(code, f"{code}:s1", "cleared", "2016-03-01") | {"knownOn": "2016-06-01"},
    )  # fmt: skip
    query = f"""query ($known: DateTime!) {{
      eligibility(
        buyer: "{code}:buyer", supplier: "{code}:s1", product: "jeans",
        asOf: "2016-04-01", knownAt: $known
      ) {{ verdict rulings {{ agreement {{ name }} standings {{ state until }} }} }}
    }}"""
    before = (await hub.ask(query, known="2016-05-01T00:00:00Z"))["eligibility"]
    assert before["verdict"] == "INELIGIBLE"
    assert before["rulings"][0]["standings"] == [{"state": "barred", "until": None}]
    after = (await hub.ask(query, known="2016-07-01T00:00:00Z"))["eligibility"]
    assert after["verdict"] != "INELIGIBLE"


@pytest.mark.usefixtures("revisions")
async def test_a_state_may_be_known_since_before_its_program_was_described(hub: Hub) -> None:
    """An import tells of a program today and of what it said years ago; both can be asked."""
    query = f"""{{ worksite(id: "{CODE}:s2") {{
      standings(asOf: "{INSIDE}", knownAt: "{KNOWN}") {{ state program {{ code }} }}
      eligibility({ASKED}, asOf: "{INSIDE}", knownAt: "{KNOWN}") {{ verdict }}
    }} }}"""
    found = (await hub.ask(query))["worksite"]
    assert {"state": "behind", "program": {"code": OTHER}} in found["standings"]
    assert found["eligibility"] is not None


@pytest.mark.usefixtures("revisions")
async def test_what_nobody_describes_any_more_is_looked_up_and_not_found_by_search(
    hub: Hub,
) -> None:
    query = f"""{{
      agreement(id: "{CODE}:a1") {{ name }}
      search(text: "Agreement of then", kinds: [AGREEMENT], first: 50) {{
        edges {{ node {{ ... on Agreement {{ name }} }} }} }}
    }}"""
    found = await hub.ask(query)
    assert found["agreement"] == {"name": "Agreement of then"}
    names = {edge["node"]["name"] for edge in found["search"]["edges"]}
    assert "Agreement of then" not in names
