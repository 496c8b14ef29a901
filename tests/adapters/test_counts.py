"""Every fact that may be bundled is in the graph, and the API answers it; the rest has a reason."""

import re
import tomllib
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from adapters.kit.adapter import Adapter, adapters
from graph_schema.agreements import Agreement, Clause, Signature
from graph_schema.elements import Fact
from graph_schema.parties import Organization, Worksite
from graph_schema.programs import Commodity, FactSource, Figure, Mechanism, Program
from graph_schema.sourcing import SourcingLink
from hub.store.embedded.store import EmbeddedStore
from hub.sync.run import run
from hub.sync.sources import record
from tests.graphql.served import Hub, served

pytestmark = pytest.mark.anyio

COUNTS: Final[Mapping[str, Any]] = tomllib.loads(
    Path(__file__).with_name("counts.toml").read_text(encoding="utf-8")
)
FILES: Final[Mapping[str, Mapping[str, Any]]] = {each["name"]: each for each in COUNTS["file"]}
REAL: Final = {code: found for code, found in adapters().items() if not found.manifest.example}
LINES: Final = {code: found.record().lines for code, found in REAL.items()}
OWN: Final[Mapping[str, type[Fact]]] = {
    "programs.csv": Program,
    "agreements.csv": Agreement,
    "clauses.csv": Clause,
    "signatories.csv": Signature,
    "worksites.csv": Worksite,
    "sourcing_links.csv": SourcingLink,
    "mechanisms.csv": Mechanism,
    "figures.csv": Figure,
}
"""Files of which a row belongs to one program and is one row of its record."""
SHARED: Final[Mapping[str, type[Fact]]] = {"products.csv": Commodity, "sources.csv": FactSource}
"""Files of which a row may stand in the records of several programs."""
EVENTS: Final = "standing_events.csv"
BATCH: Final = 50
_RANGE: Final = re.compile(r"([a-zA-Z]*)(\d+)-([a-zA-Z]*)(\d+)")
_ROW: Final = re.compile(r"^\| (\S+\.csv) \| (\d+) \| (\d+) \| (\d+) \|", re.MULTILINE)


def named(rows: Sequence[str]) -> Iterator[str]:
    """Yield every row of ids and ranges of them, such as `ev060` and `fg192-fg196`."""
    for each in rows:
        found = _RANGE.fullmatch(each)
        if found is None:
            yield each
            continue
        letters, first, _, last = found.groups()
        for number in range(int(first), int(last) + 1):
            yield f"{letters}{number:0{len(first)}}"


def left_out(file: str) -> list[str]:
    """Return the rows of a file that are left out."""
    return [row for group in FILES[file].get("left_out", ()) for row in named(group["rows"])]


def bundled(kind: type[Fact]) -> Iterator[Fact]:
    """Yield the facts of a kind in all records."""
    return (line.fact for lines in LINES.values() for line in lines if isinstance(line.fact, kind))


def references(*kinds: type[Fact]) -> list[str]:
    """Return the references that all records describe with facts of some kinds."""
    return sorted({getattr(fact, "reference") for kind in kinds for fact in bundled(kind)})  # noqa: B009


def told(adapter: Adapter) -> dict[str, tuple[int, int]]:
    """Return how many rows of each file concern a folder, as it says, and how many it bundles."""
    text = (adapter.folder / "record" / "LEFT_OUT.md").read_text(encoding="utf-8")
    return {file: (int(rows), int(taken)) for file, rows, taken, _ in _ROW.findall(text)}


@pytest.mark.parametrize("file", FILES)
def test_every_row_is_bundled_or_left_out_with_a_reason(file: str) -> None:
    found = left_out(file)
    assert len(set(found)) == len(found)
    assert FILES[file]["bundled"] + len(found) == FILES[file]["rows"]
    assert all(group["why"] for group in FILES[file].get("left_out", ()))


@pytest.mark.parametrize("code", REAL)
def test_a_folder_bundles_as_much_as_it_says(code: str) -> None:
    counts = Counter(type(line.fact) for line in LINES[code])
    said = told(REAL[code])
    for file, kind in (OWN | SHARED).items():
        assert said.get(file, (0, 0))[1] == counts[kind], file


@pytest.mark.parametrize("file", [*OWN, "suppliers.csv", EVENTS, "os_id_merges.csv"])
def test_the_folders_bundle_together_what_may_be_bundled(file: str) -> None:
    said = [told(adapter).get(file, (0, 0)) for adapter in REAL.values()]
    assert sum(taken for _, taken in said) == FILES[file]["bundled"]


@pytest.mark.parametrize("file", SHARED)
def test_what_several_programs_name_is_all_there(file: str) -> None:
    found = references(SHARED[file])
    assert len(found) == FILES[file]["bundled"]
    assert not set(left_out(file)) & set(found)


def test_nobody_is_there_who_is_left_out() -> None:
    rows = FILES["organisations.csv"]["bundled"] + FILES["suppliers.csv"]["bundled"]
    found = references(Organization)
    brokers = ["wsr:happy-dirt"]
    assert len([each for each in found if each not in brokers]) == rows
    gone = {
        f"wsr:{row}" for file in ("organisations.csv", "suppliers.csv") for row in left_out(file)
    }
    assert gone
    assert not gone & set(found)


def test_no_worksite_rests_on_a_source_of_unclear_licence() -> None:
    unclear = {"S213", "S216", "S217"}
    for lines in LINES.values():
        for line in lines:
            assert not unclear & set(line.about.sources or ())


def test_every_event_went_somewhere() -> None:
    went = [row for event in COUNTS["event"] for row in named(event["rows"])]
    assert len(went) == FILES[EVENTS]["bundled"]
    assert sorted([*went, *left_out(EVENTS)]) == [
        f"ev{number:03}" for number in range(1, FILES[EVENTS]["rows"] + 1)
    ]


@pytest.fixture(scope="module")
async def hub() -> AsyncGenerator[Hub]:
    """Serve the bundled record of every program, and nothing else."""
    async with served(EmbeddedStore(":memory:")) as hub:
        for adapter in REAL.values():
            await run(hub.store, record(adapter))
        yield hub


PROGRAMS: Final = "{ programs(first: 50) { nodes { code } totalCount } }"
PROGRAM: Final = """query ($code: ID!) { program(id: $code) {
  mechanisms { id } stateRules { id } agreements(first: 20) { nodes { id } }
  figures(first: 200) { totalCount nodes { id evidence { source { reference } } } }
} }"""
AGREEMENT: Final = """query ($id: ID!) { agreement(id: $id) {
  clauses { id text }
  signatures(first: 500) { totalCount nodes { id signed evidence { row } } }
  refused: signatures(first: 500, signed: false) { totalCount nodes { id signed } }
} }"""
NODES: Final = """query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename ... on Subject {
  standingHistory(first: 50) { nodes { id state since program { code } } }
  buyers(first: 50) { nodes { id } }
} } }"""


async def test_the_api_answers_every_program_with_all_that_is_its_own(hub: Hub) -> None:
    counts: Counter[str] = Counter()
    programs = (await hub.ask(PROGRAMS))["programs"]
    counts["programs"] = programs["totalCount"]
    for each in programs["nodes"]:
        program = (await hub.ask(PROGRAM, code=each["code"]))["program"]
        counts["mechanisms"] += len(program["mechanisms"])
        counts["state_rules"] += len(program["stateRules"])
        counts["agreements"] += len(program["agreements"]["nodes"])
        counts["figures"] += len(program["figures"]["nodes"])
        assert len(program["figures"]["nodes"]) == program["figures"]["totalCount"]
        assert all(figure["evidence"] for figure in program["figures"]["nodes"])
        for found in program["agreements"]["nodes"]:
            agreement = (await hub.ask(AGREEMENT, id=found["id"]))["agreement"]
            given, refused = agreement["signatures"], agreement["refused"]
            signed = [row["signed"] for row in (*given["nodes"], *refused["nodes"])]
            assert len(signed) == given["totalCount"] + refused["totalCount"]
            assert all(clause["text"] for clause in agreement["clauses"])
            counts["clauses"] += len(agreement["clauses"])
            counts["signatures"] += signed.count(True)
            counts["non_signatures"] += signed.count(False)
    assert counts == {name: COUNTS["graph"][name] for name in counts}
    assert counts["signatures"] + counts["non_signatures"] == FILES["signatories.csv"]["bundled"]


async def test_the_api_answers_everybody_with_standings_and_links(hub: Hub) -> None:
    kinds: Counter[str] = Counter()
    standings: dict[str, tuple[str, str, str]] = {}
    links: set[str] = set()
    wanted = references(Organization, Worksite, Commodity)
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        for node in (await hub.ask(NODES, ids=batch))["nodes"]:
            kinds[node["__typename"]] += 1
            for row in node.get("standingHistory", {"nodes": ()})["nodes"]:
                standings[row["id"]] = (row["program"]["code"], row["state"], row["since"])
            links |= {row["id"] for row in node.get("buyers", {"nodes": ()})["nodes"]}
    graph = COUNTS["graph"]
    assert kinds == {
        "Organization": graph["organizations"],
        "Worksite": graph["worksites"],
        "Commodity": graph["commodities"],
    }
    assert (len(standings), len(links)) == (graph["standings"], graph["links"])
    went = Counter(standings.values())
    for event in COUNTS["event"]:
        assert went[tuple(event["said"])] == event["standings"], event


async def test_a_merged_number_leads_to_the_site_that_has_it_now(hub: Hub) -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Worksite { osId } } }"
    merged = ["os:BD2019086HB8VVT", "os:BD2024197QKS136"]
    assert len(merged) == FILES["os_id_merges.csv"]["bundled"]
    found = (await hub.ask(query, ids=merged))["nodes"]
    assert found == [{"osId": "BD2020021QK28YZ"}] * 2
