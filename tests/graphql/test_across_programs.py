"""Across programs over HTTP: a supplier's standings, and a buyer's obligations, side by side."""

from typing import Any, Final

import pytest

from tests.graphql.served import Hub

pytestmark = pytest.mark.anyio

SHARED: Final = """
query ($on: Date!) {
  sharedSuppliers(
    programs: ["example-produce", "example-garments"], disagreeing: true, first: 20, asOf: $on
  ) {
    nodes {
      programs { code }
      standings { id program { code } effect }
      supplier {
        id name
        standings(asOf: $on) {
          id track state effect since program { code name } evidence { source { title } }
        }
      }
    }
  }
}
"""
STANDINGS: Final = """
query ($ids: [ID!]!, $on: Date!) {
  nodes(ids: $ids) {
    ... on Subject {
      name
      standings(asOf: $on) {
        track state effect since startKnown program { code } evidence { source { publisher } }
      }
    }
  }
}
"""
OBLIGATIONS: Final = """
query ($buyer: ID!, $on: Date, $running: Date) {
  organization(id: $buyer) {
    signatures(asOf: $on, inForceOn: $running) {
      since until options coversGroup signed role
      evidence { source { reference title } confidence }
      agreement {
        name framework inForceFrom inForceUntil term program { code }
        clauses {
          duty text option unlisted countries regions
          products { name } worksites { name } standingProgram { code }
        }
      }
    }
  }
}
"""
DAY: Final = "2026-06-30"
"""A day in the middle of the example world's history."""


async def obligations(hub: Hub, buyer: str, on: str, *, running: bool = True) -> list[Any]:
    """Return what a buyer signed that holds on a day; of agreements in force on it, or of all."""
    given = {"buyer": buyer, "on": on, "running": on if running else None}
    return (await hub.ask(OBLIGATIONS, **given))["organization"]["signatures"]


def told(signature: Any) -> tuple[str, str | None, set[str], set[str], int]:  # noqa: ANN401
    """Return what a signature binds to: which agreement, since when, to what, where."""
    clauses = signature["agreement"]["clauses"]
    return (
        signature["agreement"]["name"],
        signature["since"],
        {clause["duty"] for clause in clauses},
        {country for clause in clauses for country in clause["countries"]},
        len({site["name"] for clause in clauses for site in clause["worksites"]}),
    )


async def test_the_standings_of_a_shared_supplier_stand_beside_each_other(hub: Hub) -> None:
    found = (await hub.ask(SHARED, on=DAY))["sharedSuppliers"]["nodes"]
    assert found
    for each in found:
        standings = each["supplier"]["standings"]
        by_program = {
            code: {s["effect"] for s in standings if s["program"]["code"] == code}
            for code in ("example-produce", "example-garments")
        }
        assert all(by_program.values())
        assert {program["code"] for program in each["programs"]} == set(by_program)
        assert {s["id"] for s in each["standings"]} == {s["id"] for s in standings}
        well = {"GOOD_STANDING", "FINDINGS"}
        ill = {"AT_RISK", "RESTRICTED", "INELIGIBLE", "CLOSED"}
        assert any(
            by_program[a] & well and by_program[b] & ill
            for a in by_program
            for b in by_program
            if a != b
        )
        for standing in standings:
            assert standing["evidence"][0]["source"]["title"].startswith("Example world")


async def test_one_program_has_no_say_in_what_another_answers(hub: Hub) -> None:
    query = """
    query ($id: ID!, $on: Date!) {
      produce: eligibility(
        buyer: "wsr:example-grocer-01", supplier: $id, product: "cotton", asOf: $on
      ) { rulings { program { code } standings { program { code } } } }
      garments: eligibility(
        buyer: "wsr:example-brand-01", supplier: $id, product: "garments", asOf: $on
      ) { rulings { program { code } standings { program { code } } } }
    }
    """
    for each in (await hub.ask(SHARED, on=DAY))["sharedSuppliers"]["nodes"][:5]:
        answers = await hub.ask(query, id=each["supplier"]["id"], on=DAY)
        rulings = [ruling for answer in answers.values() for ruling in answer["rulings"]]
        assert rulings
        for ruling in rulings:
            assert all(s["program"] == ruling["program"] for s in ruling["standings"])


async def test_suppliers_of_several_programs_are_told_in_one_question(hub: Hub) -> None:
    asked = {
        "wsr:rancho-durazno": ("ffp", "participating", "2024", False),
        "wsr:ws-ls-global": ("lesotho-agreement", "covered", "2023-09", False),
        "wsr:ws-in-natchi": ("dindigul-agreement", "covered", "2024", False),
        "wsr:ws-ev-tuba-garments-ltd": ("bangladesh-accord", "terminated", "2016-12", True),
        "wsr:md-farms": ("milk-with-dignity", "participating", "2018", True),
    }
    found = (await hub.ask(STANDINGS, ids=[*asked], on="2024-06-30"))["nodes"]
    for node, (code, state, since, start_known) in zip(found, asked.values(), strict=True):
        [standing] = node["standings"]
        assert (standing["program"]["code"], standing["state"]) == (code, state)
        assert (standing["since"], standing["startKnown"]) == (since, start_known)
        assert standing["evidence"]


async def test_what_a_buyer_is_bound_to_is_told_with_where_and_since_when(hub: Hub) -> None:
    found = await obligations(hub, "wsr:hm", "2024-06-30")
    assert sorted(map(told, found), key=lambda each: each[0]) == [
        ("Bangladesh Safety Agreement 2023", None, {"TERMINATE_INELIGIBLE"}, {"BD"}, 0),
        (
            "Dindigul brand agreement: H&M Group", "2022-04-01", {"BUSINESS_CONSEQUENCES"}, {"IN"},
            2,
        ),
        ("International Accord 2023 (renewed framework)", None, set(), set(), 0),
        ("Pakistan Accord (2023)", "2023-01", {"TERMINATE_INELIGIBLE"}, {"PK"}, 0),
    ]  # fmt: skip
    for signature in found:
        assert signature["evidence"]
        assert all(clause["text"] for clause in signature["agreement"]["clauses"])
        assert signature["agreement"]["framework"] is (not signature["agreement"]["clauses"])


async def test_versions_that_ended_are_told_only_where_they_are_asked_for(hub: Hub) -> None:
    every = await obligations(hub, "wsr:hm", "2024-06-30", running=False)
    now = await obligations(hub, "wsr:hm", "2024-06-30")
    ended = {told(each)[0] for each in every} - {told(each)[0] for each in now}
    assert ended == {
        "Accord on Fire and Building Safety in Bangladesh (2013)",
        "2018 Accord on Fire and Building Safety in Bangladesh (Transition Accord)",
        "International Accord 2021",
    }
    [then] = await obligations(hub, "wsr:hm", "2016-06-30")
    assert told(then)[:2] == ("Accord on Fire and Building Safety in Bangladesh (2013)", "2013-05")


async def test_an_agreement_past_its_computed_end_may_still_bind(hub: Hub) -> None:
    """Nobody says whether it was renewed, so it is not left out as if it had ended."""
    names = [told(each)[0] for each in await obligations(hub, "wsr:pvh", "2025-06-30")]
    assert "Dindigul brand agreement: PVH Corp." in names


async def test_a_documented_refusal_is_told_as_such_and_binds_to_nothing(hub: Hub) -> None:
    assert await obligations(hub, "wsr:nike", "2025-06-30") == []
    query = """{
      organization(id: "wsr:nike") {
        signatures(asOf: "2025-06-30", signed: false) { signed since agreement { name } }
      }
      agreement(id: "wsr:cj-2024") {
        given: signatures(first: 5) { totalCount nodes { signed organization { name } } }
        refused: signatures(first: 5, signed: false) {
          totalCount nodes { signed organization { name } }
        }
        program { buyers(first: 5, asOf: "2025-06-30") { nodes { name } } }
      }
    }"""
    answered = await hub.ask(query)
    [refusal] = answered["organization"]["signatures"]
    assert (refusal["signed"], refusal["since"]) == (False, None)
    assert refusal["agreement"]["name"] == "Central Java Agreement for Gender Justice"
    agreement = answered["agreement"]
    for asked, signed, name in (("given", True, "Fanatics"), ("refused", False, "Nike")):
        assert agreement[asked]["totalCount"] == 1
        [found] = agreement[asked]["nodes"]
        assert (found["signed"], found["organization"]["name"]) == (signed, name)
    assert agreement["program"]["buyers"]["nodes"] == [{"name": "Fanatics"}]


async def test_a_buyer_bound_in_two_programs_sees_both_and_the_options_it_took(hub: Hub) -> None:
    found = await obligations(hub, "wsr:example-retailer-04", DAY)
    assert {each["agreement"]["program"]["code"] for each in found} == {
        "example-produce", "example-garments",
    }  # fmt: skip
    [produce] = [each for each in found if "2024" in each["agreement"]["name"]]
    assert (produce["since"], produce["options"]) == ("2024-07-01", ["core", "fibre"])
    [fibre] = [c for c in produce["agreement"]["clauses"] if c["option"] == "fibre"]
    assert fibre["standingProgram"]["code"] == "example-produce"


async def test_a_groups_signature_says_whether_it_binds_its_members(hub: Hub) -> None:
    [covering] = await obligations(hub, "wsr:example-retail-group-01", DAY)
    assert covering["coversGroup"] is True
    [alone] = await obligations(hub, "wsr:example-retail-group-02", DAY)
    assert alone["coversGroup"] is False
