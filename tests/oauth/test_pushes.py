"""What operators write over HTTP: all or none, once for a key, of their own programs alone."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest

from adapters.kit.adapter import adapters
from hub.sync.export import export
from hub.sync.run import run
from hub.sync.sources import record
from tests.oauth.served import Hub

pytestmark = pytest.mark.anyio

CHANGES: Final = (
    "changes { kind factKind summary program { code } subject { ... on Organization { name } } "
    "before { state until } after { state since until } }"
)
TOLD: Final = f"recorded {{ index id kind }} unchanged revision {CHANGES} problems {{ code path }}"
RECORD: Final = (
    f"mutation($input: RecordFactsInput!) {{ done: recordFacts(input: $input) {{ {TOLD} }} }}"
)
WITHDRAW: Final = (
    f"mutation($input: WithdrawFactInput!) {{ done: withdrawFact(input: $input) {{ {TOLD} }} }}"
)
ELIGIBLE: Final = (
    'query($s: ID!) { eligibility(buyer: "wsr:walmart", supplier: $s, product: "tomatoes", '
    'asOf: "2026-11-10") { verdict reason } }'
)
Told = dict[str, Any]


def grower(number: int) -> list[Told]:
    """Return what is said of a grower that takes part."""
    reference = f"ffp:{number}"
    described = {"name": f"Example Farms {number}", "roles": ["SUPPLIER"], "country": "US"}
    return [
        {"organization": {"reference": reference, "regions": ["US-FL"], **described}},
        standing(reference, "participating", "2026-01-01"),
    ]


def standing(subject: str, state: str, since: str, **more: object) -> Told:
    """Return a standing as it is sent."""
    return {"standing": {"subject": subject, "state": state, "since": since, **more}}


class Operator:
    """An operator of a program with a token."""

    def __init__(self, hub: Hub, token: str | None) -> None:
        self.hub = hub
        self.token = token

    async def ask(self, query: str, **variables: object) -> Told:
        """Put a question, or a write."""
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        body = {"query": query, "variables": variables}
        answer = (await self.hub.http.post("/graphql", json=body, headers=headers)).json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def push(
        self,
        key: str,
        facts: Sequence[Mapping[str, object]],
        *,
        program: str = "ffp",
        dry: bool = False,
        since: str | None = None,
    ) -> Told:
        """Record facts; return what is told of it."""
        given: Told = {"program": program, "facts": facts, "idempotencyKey": key, "dryRun": dry}
        if since is not None:
            given["unchangedSince"] = since
        return (await self.ask(RECORD, input=given))["done"]

    async def withdraw(self, key: str, fact: str, program: str = "ffp") -> Told:
        """Withdraw a fact; return what is told of it."""
        given = {"program": program, "fact": fact, "reason": "a slip", "idempotencyKey": key}
        return (await self.ask(WITHDRAW, input=given))["done"]

    async def verdict(self, supplier: str) -> str:
        """Return what the hub says of a supplier."""
        found = (await self.ask(ELIGIBLE, s=supplier))["eligibility"]
        return f"{found['verdict']} {found['reason']}"


async def whole(hub: Hub) -> list[bytes]:
    """Return all that a hub's store knows."""
    return [line async for line in export(hub.store)]


@pytest.fixture
async def operator(giving: Hub) -> Operator:
    """Serve the record of the Fair Food Program to its operator."""
    await run(giving.store, record(adapters()["ffp"]))
    client = await giving.operator()
    await giving.register(id="of-ffp", programs=("ffp",), jwks=client.jwks)
    ffp = client.model_copy(update={"id": "of-ffp"})
    return Operator(giving, await giving.given(ffp))


async def test_a_push_is_seen_in_the_next_answer_and_told_once(operator: Operator) -> None:
    first = await operator.push("1", grower(7))
    assert (first["problems"], first["unchanged"]) == ([], 0)
    assert [(each["index"], each["kind"]) for each in first["recorded"]] == [
        (0, "organization"), (1, "standing"),
    ]  # fmt: skip
    assert first["changes"][1] == {
        "kind": "RECORDED",
        "factKind": "standing",
        "summary": "standing participating recorded",
        "program": {"code": "ffp"},
        "subject": {"name": "Example Farms 7"},
        "before": None,
        "after": {"state": "participating", "since": "2026-01-01", "until": None},
    }
    assert await operator.verdict("ffp:7") == "ELIGIBLE IN_GOOD_STANDING"
    bar = [standing("ffp:7", "suspended", "2026-11-01", announcedUntil="2026-12-31")]
    second = await operator.push("2", bar)
    assert int(second["revision"]) == int(first["revision"]) + 1
    assert await operator.verdict("ffp:7") == "INELIGIBLE SUSPENDED"
    before = await whole(operator.hub)
    assert await operator.push("1", grower(7)) == first
    assert await operator.push("2", bar) == second
    assert (await operator.push("3", bar))["unchanged"] == 1
    assert await whole(operator.hub) == before


async def test_a_key_stands_for_one_write(operator: Operator) -> None:
    await operator.push("1", grower(7))
    before = await whole(operator.hub)
    other = await operator.push("1", grower(8))
    assert other["problems"] == [{"code": "CONFLICT", "path": ["input", "idempotencyKey"]}]
    assert (other["recorded"], other["revision"]) == ([], None)
    for key in ("", "k" * 256, "a\nb"):
        refused = await operator.push(key, grower(8))
        assert refused["problems"][0]["code"] == "INVALID_INPUT"
    assert await whole(operator.hub) == before


async def test_all_facts_or_none(operator: Operator) -> None:
    before = await whole(operator.hub)
    facts = [
        *grower(7),
        standing("ffp:7", "suspendd", "2026-11-01"),
        standing("ffp:nobody", "suspended", "2026-11-01"),
        standing("os:BD2020021QK28YX", "suspended", "2026-11-01"),
    ]
    refused = await operator.push("1", facts)
    assert refused["recorded"] == refused["changes"] == []
    assert {(each["code"], *each["path"]) for each in refused["problems"]} == {
        ("UNKNOWN_WORD", "input", "facts", "2", "standing", "state"),
        ("UNKNOWN_REFERENCE", "input", "facts", "3", "standing", "subject"),
        ("INVALID_REFERENCE", "input", "facts", "4", "standing", "subject"),
    }
    assert (await operator.push("2", []))["problems"][0]["path"] == ["input", "facts"]
    assert await whole(operator.hub) == before
    assert (await operator.push("1", facts[:2]))["problems"] == []


async def test_a_dry_run_tells_the_same_and_writes_nothing(operator: Operator) -> None:
    await operator.push("1", grower(7))
    bar = [standing("ffp:7", "suspended", "2026-11-01"), *grower(7)]
    before = await whole(operator.hub)
    dry = await operator.push("2", bar, dry=True)
    assert await whole(operator.hub) == before
    assert (dry["recorded"], dry["revision"], dry["unchanged"]) == ([], None, 2)
    wet = await operator.push("2", bar)
    assert wet["changes"] == dry["changes"]


async def test_what_was_recorded_in_error_is_withdrawn_once(operator: Operator) -> None:
    await operator.push("1", grower(7))
    bar = [standing("ffp:7", "suspended", "2026-11-01")]
    [fact] = (await operator.push("2", bar))["recorded"]
    gone = await operator.withdraw("3", fact["id"])
    [change] = gone["changes"]
    assert (change["kind"], change["before"]["state"]) == ("WITHDRAWN", "suspended")
    assert change["after"] is None
    assert await operator.verdict("ffp:7") == "ELIGIBLE IN_GOOD_STANDING"
    assert await operator.withdraw("3", fact["id"]) == gone
    again = await operator.withdraw("4", fact["id"])
    assert again["problems"] == [{"code": "CONFLICT", "path": ["input", "fact"]}]
    for unknown in ("f" * 32, "nothing"):
        problems = (await operator.withdraw("5", unknown))["problems"]
        assert problems == [{"code": "UNKNOWN_REFERENCE", "path": ["input", "fact"]}]
    assert (await operator.push("6", bar))["problems"] == []


async def test_what_is_said_otherwise_is_told_with_what_was_known_before(
    operator: Operator,
) -> None:
    await operator.push("1", grower(7))
    [_, joined] = grower(7)
    later = standing("ffp:7", "participating", "2026-01-01", confirmedOn="2026-11-01")
    [change] = (await operator.push("2", [later]))["changes"]
    assert (change["kind"], change["before"]["state"]) == ("CHANGED", "participating")
    assert joined != later
    over = standing("ffp:7", "participating", "2026-01-01", until="2026-11-05")
    [change] = (await operator.push("3", [over]))["changes"]
    assert (change["kind"], change["before"]["until"]) == ("ENDED", None)
    assert change["after"]["until"] == "2026-11-05"


async def test_what_was_changed_since_it_was_read_is_not_changed(operator: Operator) -> None:
    [described, joined] = grower(7)
    read = (await operator.push("1", [described, joined]))["revision"]
    left = standing("ffp:7", "participating", "2026-01-01", until="2026-11-05")
    renamed = {"organization": {**described["organization"], "name": "Example Groves 7"}}
    first = await operator.push("2", [left], since=read)
    assert [each["kind"] for each in first["changes"]] == ["ENDED"]
    before = await whole(operator.hub)
    late = await operator.push("3", [renamed, joined], since=read)
    conflict = {"code": "CONFLICT", "path": ["input", "facts", "1", "standing"]}
    assert (late["problems"], late["recorded"]) == ([conflict], [])
    given = {"program": "ffp", "facts": [joined], "idempotencyKey": "3", "unchangedSince": read}
    query = RECORD.replace("code path", "__typename")
    refused = await operator.ask(query, input=given)
    assert refused["done"]["problems"] == [{"__typename": "Conflict"}]
    dry = await operator.push("3", [renamed, joined], since=read, dry=True)
    assert dry["problems"] == [conflict]
    assert await whole(operator.hub) == before
    assert await operator.push("2", [left], since=read) == first
    other = await operator.push("2", [left], since=first["revision"])
    assert other["problems"] == [{"code": "CONFLICT", "path": ["input", "idempotencyKey"]}]
    anew = await operator.push("3", [renamed, joined], since=first["revision"])
    assert [each["kind"] for each in anew["changes"]] == ["CHANGED", "CHANGED"]
    assert (await operator.push("4", [joined], since=read))["unchanged"] == 1
    refused = await operator.push("5", [left], since="-1")
    assert refused["problems"] == [{"code": "INVALID_INPUT", "path": ["input", "unchangedSince"]}]


async def test_what_was_withdrawn_since_it_was_read_is_not_recorded_again(
    operator: Operator,
) -> None:
    await operator.push("1", grower(7))
    bar = standing("ffp:7", "suspended", "2026-11-01")
    barred = await operator.push("2", [bar])
    gone = await operator.withdraw("3", barred["recorded"][0]["id"])
    late = await operator.push("4", [bar], since=barred["revision"])
    assert late["problems"] == [{"code": "CONFLICT", "path": ["input", "facts", "0", "standing"]}]
    assert await operator.verdict("ffp:7") == "ELIGIBLE IN_GOOD_STANDING"
    anew = await operator.push("4", [bar], since=gone["revision"])
    assert len(anew["recorded"]) == 1
    assert await operator.verdict("ffp:7") == "INELIGIBLE SUSPENDED"


async def test_a_clause_that_was_changed_since_is_left_out_of_no_agreement(
    operator: Operator,
) -> None:
    def agreement(*countries: str) -> Told:
        clauses = [
            {"duty": "STOP_SUSPENDED", "text": f"Of {each}", "countries": [each]}
            for each in countries
        ]
        about = {
            "reference": "ffp:example",
            "name": "Example agreement",
            "concludedOn": "2026-01-01",
        }
        return {"agreement": {**about, "clauses": clauses}}

    read = (await operator.push("1", [agreement("US")]))["revision"]
    added = await operator.push("2", [agreement("US", "MX", "GT")], since=read)
    assert added["problems"] == []
    late = await operator.push("3", [agreement("US")], since=read)
    assert late["problems"] == [{"code": "CONFLICT", "path": ["input", "facts", "0", "agreement"]}]
    assert (await operator.push("3", [agreement("US")], since=added["revision"]))["problems"] == []


async def test_another_programs_fact_is_not_there_to_be_withdrawn(operator: Operator) -> None:
    await run(operator.hub.store, record(adapters()["lesotho-agreement"]))
    query = '{ program(id: "lesotho-agreement") { standings(first: 1) { nodes { id } } } }'
    [fact] = (await operator.ask(query))["program"]["standings"]["nodes"]
    gone = await operator.withdraw("1", fact["id"])
    assert gone["problems"] == [{"code": "UNKNOWN_REFERENCE", "path": ["input", "fact"]}]


async def test_suppliers_may_be_named_by_hub_id(operator: Operator) -> None:
    await operator.push("1", grower(7))
    found = await operator.ask('{ organization(id: "ffp:7") { id } }')
    bar = [standing(found["organization"]["id"], "suspended", "2026-11-01")]
    assert (await operator.push("2", bar))["problems"] == []
    assert await operator.verdict("ffp:7") == "INELIGIBLE SUSPENDED"


async def test_a_push_that_bars_many_at_once_is_held(operator: Operator) -> None:
    numbers = range(1, 41)
    await operator.push("1", [fact for number in numbers for fact in grower(number)])
    before = await whole(operator.hub)
    bars = [standing(f"ffp:{number}", "suspended", "2026-11-01") for number in numbers]
    assert (await operator.push("2", bars))["problems"] == [{"code": "HELD", "path": None}]
    assert await whole(operator.hub) == before
    for key, until in (("4", "2099-01-01"), ("5", "2026-11-01")):  # a bar does not end by a day
        ending = [
            standing(f"ffp:{number}", "suspended", "2026-11-01", until=until) for number in numbers
        ]
        assert [each["code"] for each in (await operator.push(key, ending))["problems"]] == ["HELD"]
    assert await whole(operator.hub) == before
    # Whom a client told of just now makes the share no greater; one always goes through.
    assert (await operator.push("3", bars[:1]))["problems"] == []


async def test_small_pushes_and_what_is_taken_back_are_held_like_a_great_push(
    operator: Operator,
) -> None:
    numbers = range(1, 11)
    await operator.push("1", [fact for number in numbers for fact in grower(number)])
    audits: list[str] = []
    for number in numbers:
        lifted = standing(f"ffp:{number}", "re-entry audit passed", "2026-11-02")
        [audit] = (await operator.push(f"lifted {number}", [lifted]))["recorded"]
        audits.append(audit["id"])
        bar = standing(f"ffp:{number}", "suspended", "2026-11-01")
        assert (await operator.push(f"bar {number}", [bar]))["problems"] == []
    held = [{"code": "HELD", "path": ["input", "fact"]}]
    told = [(await operator.withdraw(f"gone {a}", a))["problems"] for a in audits]
    passed = told.count([])
    assert 1 < passed < len(audits)
    assert told == [[]] * passed + [held] * (len(audits) - passed)
    bar = [standing("ffp:10", "suspended", "2026-11-03")]
    for dry in (True, False):
        assert (await operator.push("2", bar, dry=dry))["problems"] == [
            {"code": "HELD", "path": None}
        ]


async def test_a_program_that_is_not_there_is_told_like_anothers(operator: Operator) -> None:
    before = await whole(operator.hub)
    for program in ("pakistan-accord", "nobody", ""):
        assert (await operator.push("2", grower(8), program=program))["problems"] == [
            {"code": "NOT_ALLOWED", "path": ["input", "program"]}
        ]
    assert await whole(operator.hub) == before
