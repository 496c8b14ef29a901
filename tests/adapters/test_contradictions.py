"""Where the sources contradict each other, the record does what was decided for each.

c01 to c28 are the contradictions that the facts list. Those that decide a purchase are cases of
`tests/eligibility/cases.toml`, named by their number; the others are tests here.
"""

from collections.abc import AsyncGenerator
from typing import Any, Final

import pytest

from hub.store.embedded.store import EmbeddedStore
from tests.eligibility.test_cases import CASES
from tests.graphql.served import Hub, fill, served

pytestmark = pytest.mark.anyio

HANDLED: Final[dict[str, tuple[str, ...]]] = {
    "c01": ("test_c01_agreements_since_2010_and_a_monitor_since_2011",),
    "c02": ("c02 McDonald's signed in April 2007: in March it is not bound",),
    "c03": ("test_c03_the_premium_is_a_figure_of_each_buyer_and_no_constant",),
    "c04": ("test_figures_of_other_days_stand_beside_each_other[c04-states]",),
    "c05": ("c05 preference and exclusivity are duties apart: who prefers may buy from outside",),
    "c06": ("c06 each company has its own day: Target Australia on it",),
    "c07": ("test_c07_signatories_are_counted_and_not_believed",),
    "c08": ("test_figures_of_other_days_stand_beside_each_other[c08]",),
    "c09": ("test_figures_of_other_days_stand_beside_each_other[c09-workers]",),
    "c10": ("test_c10_suppliers_and_factories_are_counted_apart",),
    "c11": ("c11 the short name alone is nobody", "test_c11_a_short_name_finds_several"),
    "c12": ("c12 Trader Joe's is no buyer of the Accord",),
    "c13": ("test_c13_wrangler_is_a_name_of_kontoor",),
    "c14": ("c14 five units are named: a sixth is not",),
    "c15": ("test_c15_the_monitor_in_lesotho_is_workers_rights_watch",),
    "c16": ("c16 Glory closed in 2020 or in 2022: in 2021 that cannot be told",),
    "c17": ("test_figures_of_other_days_stand_beside_each_other[c17]",),
    "c18": ("test_c18_dindigul_is_a_town_in_tamil_nadu",),
    "c19": (
        "c19 a ban on imports is no word of the program: the unit stays as the program sees it",
    ),
    "c20": ("test_figures_of_other_days_stand_beside_each_other[c20]",),
    "c21": ("test_figures_of_other_days_stand_beside_each_other[c21]",),
    "c22": ("test_c22_signing_and_beginning_are_two_events",),
    "c23": ("test_what_no_question_needs_is_not_stated[c23]",),
    "c24": ("test_figures_of_other_days_stand_beside_each_other[c24]",),
    "c25": ("test_c25_two_unions_of_like_names_stay_two",),
    "c26": ("test_what_no_question_needs_is_not_stated[c26]",),
    "c27": ("test_figures_of_other_days_stand_beside_each_other[c27]",),
    "c28": ("test_c28_a_number_is_taken_by_its_check_character",),
}
"""Each contradiction, and the cases and tests that show what becomes of it."""


@pytest.fixture(scope="module")
async def hub() -> AsyncGenerator[Hub]:
    """Serve the bundled record of every program."""
    async with served(EmbeddedStore(":memory:")) as hub:
        await fill(hub.store)
        yield hub


Figure = tuple[float, str, str | None]
"""A figure: its qualifier and value, its unit, and the day or period it is for."""


async def figures(hub: Hub, program: str, metric: str, subject: str | None = None) -> set[Figure]:
    """Return a program's figures of a metric."""
    query = """query ($program: ID!) {
      program(id: $program) {
        figures(first: 200) { nodes { metric subject value unit since until evidence {
          source { title } } } }
      }
    }"""
    nodes = (await hub.ask(query, program=program))["program"]["figures"]["nodes"]
    asked = [
        node for node in nodes if node["metric"] == metric and subject in {None, node["subject"]}
    ]
    assert all(node["evidence"] for node in asked)
    return {(node["value"], node["unit"], node["until"] or node["since"]) for node in asked}


def test_each_contradiction_is_handled() -> None:
    assert list(HANDLED) == [f"c{number:02}" for number in range(1, 29)]
    cases = {case["name"] for case in CASES}
    for number, shown in HANDLED.items():
        for name in shown:
            function, _, example = name.partition("[")
            known = name in cases or callable(globals().get(function))
            assert known, f"{number}: there is no {name}"
            assert not example or example.rstrip("]") in {*BESIDE, *NOT_STATED}, name


def test_a_case_is_named_by_a_contradiction_that_is_handled_so() -> None:
    prefixes = {case["name"][:3] for case in CASES if case["name"][1:3].isdigit()}
    by_case = {number for number, shown in HANDLED.items() if shown[0].startswith(f"{number} ")}
    assert by_case <= {name for name in prefixes if name.startswith("c")} <= HANDLED.keys()


BESIDE: Final[dict[str, tuple[str, str, str | None, set[Figure]]]] = {
    "c04-states": (
        "ffp", "coverage", None,
        {
            (10, "states", "2022-12"), (23, "states", "2024-11"),
            (9, "crops", "2022-12"), (12, "crops", "2024-11"),
        },
    ),
    "c08": (
        "international-accord", "signatory companies", "International Accord",
        {(199, "companies", "2024"), (240, "companies", "2024-10")},
    ),
    "c09-workers": (
        "bangladesh-accord", "workers covered", None,
        {
            (2_000_000, "workers", "2013-10-03"), (2_000_000, "workers", "2021-04-23"),
            (1_800_000, "workers", "2023-05"), (2_700_000, "workers", "2024"),
        },
    ),
    "c17": (
        "dindigul-agreement", "workers covered", None,
        {(5_000, "workers", "2022"), (3_500, "workers", "2024")},
    ),
    "c20": (
        "pakistan-accord", "workers covered", None,
        {
            (574_000, "workers", "2024-05-29"), (567_000, "workers", "2025"),
            (655_000, "workers", "2025-08-11"),
        },
    ),
    "c21": (
        "milk-with-dignity", "farms enrolled", None,
        {(72, "farms", "2018-07-25"), (70, "farms", "2020-10"), (54, "farms", "2024-10")},
    ),
    "c24": (
        "ffp", "supermarkets", "Ahold USA",
        {(780, "stores", "2015-07"), (776, "stores", "2015-07-29")},
    ),
    "c27": (
        "international-accord", "signatory companies", "International Accord 2021",
        {
            (77, "companies", "2021-09-01"), (80, "companies", "2021-09-01"),
            (90, "companies", "2021-09-01"), (190, "companies", "2023-01"),
            (200, "companies", "2023-05-29"),
        },
    ),
}  # fmt: skip
"""Figures that were published of other days, by program, metric and subject."""


@pytest.mark.parametrize("number", BESIDE)
async def test_figures_of_other_days_stand_beside_each_other(hub: Hub, number: str) -> None:
    program, metric, subject, expected = BESIDE[number]
    assert await figures(hub, program, metric, subject) == expected


async def test_c01_agreements_since_2010_and_a_monitor_since_2011(hub: Hub) -> None:
    query = """{
      program(id: "ffp") {
        started monitor { name } mechanisms { name how evidence { source { title } } }
      }
      agreement(id: "wsr:ffp-grower-2010-ftge") { inForceFrom }
    }"""
    found = await hub.ask(query)
    program = found["program"]
    assert program["started"] == "2010"
    assert found["agreement"]["inForceFrom"] == "2010-11-16"
    [audits] = [each for each in program["mechanisms"] if each["name"] == "audits"]
    assert "since 2011" in audits["how"]
    titles = {each["source"]["title"] for each in audits["evidence"]}
    assert {"Coalition of Immokalee Workers", "Fair Food Program"} <= titles
    assert program["monitor"]["name"] == "Fair Food Standards Council"


async def test_c03_the_premium_is_a_figure_of_each_buyer_and_no_constant(hub: Hub) -> None:
    paid = await figures(hub, "ffp", "premium per pound")
    assert {value for value, _, _ in paid} == {1.5}
    lowest = await figures(hub, "ffp", "premium per pound, lowest")
    highest = await figures(hub, "ffp", "premium per pound, highest")
    assert (lowest, highest) == ({(1, "US cents", "2017")}, {(4, "US cents", "2017")})
    query = """{ agreement(id: "wsr:ffp-buyer-generic") {
      clauses { duty text products { code } } } }"""
    clauses = (await hub.ask(query))["agreement"]["clauses"]
    [premium] = [clause for clause in clauses if clause["duty"] == "PAY_PREMIUM"]
    assert not any(sign.isdigit() for sign in premium["text"])
    assert premium["products"] == [{"code": "tomatoes"}]


async def test_c07_signatories_are_counted_and_not_believed(hub: Hub) -> None:
    """A page told of 46 in its title and of 48 in its text; the record knows some by name."""
    told = await figures(
        hub, "bangladesh-accord", "signatory companies", "Bangladesh Safety Agreement 2023"
    )
    assert {46, 48} <= {value for value, _, _ in told}
    query = """{ agreement(id: "wsr:bd-2023") {
      signatoriesComplete
      signatures(first: 500, asOf: "2024-06-01") { totalCount nodes { organization { id } } }
    } }"""
    agreement = (await hub.ask(query))["agreement"]
    signed = {node["organization"]["id"] for node in agreement["signatures"]["nodes"]}
    assert agreement["signatures"]["totalCount"] == len(agreement["signatures"]["nodes"])
    assert 0 < len(signed) < 46
    assert agreement["signatoriesComplete"] is False


async def test_c10_suppliers_and_factories_are_counted_apart(hub: Hub) -> None:
    told = await figures(hub, "bangladesh-accord", "terminated")
    by_unit = {
        unit: {value for value, of, until in told if of == unit and (until or "") < "2016-06"}
        for unit in ("suppliers", "factories")
    }
    assert by_unit == {"suppliers": {13}, "factories": {3, 27, 26}}


async def names_found(hub: Hub, text: str) -> set[str]:
    """Return the names of the organisations that a search finds."""
    query = """query ($text: String!) {
      search(text: $text, kinds: [ORGANIZATION], first: 20) {
        edges { node { ... on Organization { name } } }
      }
    }"""
    edges = (await hub.ask(query, text=text))["search"]["edges"]
    return {edge["node"]["name"] for edge in edges}


async def test_c11_a_short_name_finds_several(hub: Hub) -> None:
    assert {"Target Australia", "Target Corporation"} <= await names_found(hub, "Target")


async def test_c13_wrangler_is_a_name_of_kontoor(hub: Hub) -> None:
    assert await names_found(hub, "Wrangler") == {"Kontoor Brands"}
    query = """{ program(id: "lesotho-agreement") {
      buyers(first: 10, asOf: "2020-01-01") { nodes { name } } } }"""
    nodes = (await hub.ask(query))["program"]["buyers"]["nodes"]
    assert {node["name"] for node in nodes} == {
        "Levi Strauss & Co.", "The Children's Place", "Kontoor Brands",
    }  # fmt: skip


async def test_c15_the_monitor_in_lesotho_is_workers_rights_watch(hub: Hub) -> None:
    found = await hub.ask('{ program(id: "lesotho-agreement") { monitor { name } } }')
    assert found["program"]["monitor"] == {"name": "Workers' Rights Watch"}
    assert await names_found(hub, "WERI") == set()


async def test_c18_dindigul_is_a_town_in_tamil_nadu(hub: Hub) -> None:
    query = '{ worksite(id: "wsr:ws-in-natchi") { city region country } }'
    found = (await hub.ask(query))["worksite"]
    assert found == {"city": "Dindigul", "region": "IN-TN", "country": "IN"}


async def test_c22_signing_and_beginning_are_two_events(hub: Hub) -> None:
    query = """{
      agreement(id: "wsr:mwd-benjerry") { inForceFrom }
      organization(id: "wsr:md-farms") {
        standingHistory(first: 10) { nodes { state since startKnown } }
      }
    }"""
    found = await hub.ask(query)
    assert found["agreement"]["inForceFrom"] == "2017-10-03"
    history = found["organization"]["standingHistory"]["nodes"]
    assert {"state": "participating", "since": "2018", "startKnown": True} in history


NOT_STATED: Final[dict[str, tuple[str, str]]] = {
    "c23": ("milk-with-dignity", "founded"),
    "c26": ("ffp", "rank"),
}
"""A program, and a word that no figure of it is about."""


@pytest.mark.parametrize("number", NOT_STATED)
async def test_what_no_question_needs_is_not_stated(hub: Hub, number: str) -> None:
    program, word = NOT_STATED[number]
    query = """query ($program: ID!) { program(id: $program) {
      figures(first: 200) { nodes { metric subject } } mechanisms { how } } }"""
    found: dict[str, Any] = (await hub.ask(query, program=program))["program"]
    assert found["figures"]["nodes"]
    assert word not in str(found)


async def test_c25_two_unions_of_like_names_stay_two(hub: Hub) -> None:
    query = """{
      one: organization(id: "wsr:biguf") { id name }
      other: organization(id: "wsr:bigwf") { id name }
    }"""
    found = await hub.ask(query)
    assert found["one"]["id"] != found["other"]["id"]
    assert found["one"]["name"] != found["other"]["name"]


TAKEN: Final = (
    "os:BD2020021QK28YZ", "os:bd2020021qk28yz", "os:BD 2020021-QK28YZ", "os:BD2019086HB8VVT",
)  # fmt: skip
REFUSED: Final = (
    "os:BD2020021QK28YX", "os:BD2020021QK28Y", "os:XX2020021QK28YZ", "os:IN2019083ARVAHM",
    "os:BD2020052SQBIRI", "os:IN2019083ORCRAFT",
)  # fmt: skip


@pytest.mark.parametrize("reference", [*TAKEN, *REFUSED])
async def test_c28_a_number_is_taken_by_its_check_character(hub: Hub, reference: str) -> None:
    query = "query ($id: ID!) { worksite(id: $id) { name osId } }"
    answer = await hub.answer(query, id=reference)
    if reference in TAKEN:
        assert answer["data"]["worksite"]["osId"] == "BD2020021QK28YZ"
    else:
        [error] = answer["errors"]
        assert error["extensions"]["code"] == "INVALID_REFERENCE"
