"""Programs side by side over HTTP: who drives them, what they have, what they report."""

from typing import Any, Final

import pytest

from tests.graphql.served import Hub

pytestmark = pytest.mark.anyio

COMPARED: Final = """
query ($code: ID!, $on: Date!) {
  program(id: $code) {
    code status example parent { code } workerOrganizations { name } monitor { name }
    agreements(first: 20) { nodes { name clauses { duty text standingProgram { code } } } }
    buyers(asOf: $on, first: 1) { totalCount }
    mechanisms { name presence how evidence { source { reference } confidence } }
    stateRules { track state effect group liftedBy since until explanation }
    figures(first: 200) {
      totalCount
      nodes {
        metric subject qualifier value unit since until
        evidence { source { reference title publisher published } confidence }
      }
    }
  }
}
"""


async def compared(hub: Hub, code: str, on: str = "2024-01-15") -> dict[str, Any]:
    """Return a program as it is compared with others."""
    return (await hub.ask(COMPARED, code=code, on=on))["program"]


async def test_who_drives_and_who_monitors_is_told_for_each_program(hub: Hub) -> None:
    told = {}
    for code in ("ffp", "lesotho-agreement", "bangladesh-accord", "dindigul-agreement"):
        found = await compared(hub, code)
        workers = {each["name"] for each in found["workerOrganizations"]}
        told[code] = (
            found["parent"],
            found["monitor"],
            len(workers),
            found["buyers"]["totalCount"],
        )
        assert not found["example"]
    assert told == {
        "ffp": (None, {"name": "Fair Food Standards Council"}, 1, 16),
        "lesotho-agreement": (None, {"name": "Workers' Rights Watch"}, 5, 3),
        "bangladesh-accord": (
            {"code": "international-accord"}, {"name": "RMG Sustainability Council"}, 4, 6,
        ),
        "dindigul-agreement": (None, None, 3, 3),
    }  # fmt: skip


async def test_mechanisms_are_told_with_how_they_work_and_from_where(hub: Hub) -> None:
    found = {
        each["name"]: each for each in (await compared(hub, "lesotho-agreement"))["mechanisms"]
    }
    assert {name: each["presence"] for name, each in found.items()} == {
        "complaint mechanism": "YES", "worker education": "YES", "market consequence": "YES",
        "audits": "NO", "premium": "NO",
    }  # fmt: skip
    consequence = found["market consequence"]
    assert consequence["how"] == "brands reduce orders"
    assert [each["source"]["reference"] for each in consequence["evidence"]] == ["S160", "S162"]


async def test_the_words_of_each_program_are_told_with_what_they_mean(hub: Hub) -> None:
    rules = (await compared(hub, "bangladesh-accord"))["stateRules"]
    [ended] = [each for each in rules if each["state"] == "terminated" and each["group"]]
    assert (ended["track"], ended["effect"], ended["until"]) == (
        "escalation", "INELIGIBLE", "2019-05-08",
    )  # fmt: skip
    assert set(ended["liftedBy"]) == {"requalified", "de-escalated"}
    assert all(each["explanation"] for each in rules)


async def test_agreements_are_told_with_the_text_of_their_clauses(hub: Hub) -> None:
    agreements = (await compared(hub, "ffp"))["agreements"]["nodes"]
    [common] = [each for each in agreements if each["clauses"]]
    assert {each["duty"] for each in common["clauses"]} == {
        "PREFER", "STOP_SUSPENDED", "PAY_PREMIUM",
    }  # fmt: skip
    assert all(each["text"] for each in common["clauses"])
    framework = (await compared(hub, "international-accord"))["agreements"]["nodes"]
    assert {c["standingProgram"]["code"] for each in framework for c in each["clauses"]} == {
        "bangladesh-accord"
    }


async def test_figures_that_contradict_each_other_stand_beside_each_other_with_their_sources(
    hub: Hub,
) -> None:
    figures = (await compared(hub, "international-accord"))["figures"]
    assert figures["totalCount"] == len(figures["nodes"])
    of_a_day = [
        (
            each["qualifier"], each["value"], each["unit"],
            [evidence["source"]["reference"] for evidence in each["evidence"]],
        )
        for each in figures["nodes"]
        if (each["metric"], each["until"]) == ("signatory companies", "2021-09-01")
    ]  # fmt: skip
    assert of_a_day == [
        ("=", 77.0, "companies", ["S093", "S094"]),
        ("=", 80.0, "companies", ["S094"]),
        (">", 90.0, "companies", ["S092"]),
    ]
    for each in figures["nodes"]:
        assert each["unit"]
        assert all(evidence["source"]["title"] for evidence in each["evidence"])
        assert {evidence["confidence"] for evidence in each["evidence"]} <= {
            "high", "medium", "low",
        }  # fmt: skip


async def test_a_buyer_is_counted_while_an_agreement_that_it_signed_is_in_force(hub: Hub) -> None:
    query = """query ($on: Date!) {
      program(id: "bangladesh-accord") { buyers(asOf: $on, first: 500) { nodes { name } } }
      buyers(program: "bangladesh-accord", asOf: $on, first: 500) { totalCount nodes { name } }
    }"""
    for on, bound in (("2018-05-31", True), ("2018-06-01", False), ("2013-05-12", False)):
        found = await hub.ask(query, on=on)
        names = {each["name"] for each in found["program"]["buyers"]["nodes"]}
        assert ("Loblaw Companies" in names) is bound
        assert names == {each["name"] for each in found["buyers"]["nodes"]}
        assert found["buyers"]["totalCount"] == len(names)
