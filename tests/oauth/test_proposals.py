"""Proposals over HTTP: who sees and decides them, what they show, and what they do once applied."""

import asyncio
from typing import Any

import pytest

from adapters.kit.adapter import adapters
from hub.errors import StoreUnavailableError
from hub.oauth.principal import Role, Scope
from hub.sync.run import run
from hub.sync.sources import record
from tests.audit.logs import found
from tests.oauth.senders import CHANGES, Sender, sender
from tests.oauth.test_audit import rows
from tests.oauth.test_documents import ORGANIZATIONS, STANDINGS
from tests.oauth.test_pushes import grower, standing, whole

pytestmark = pytest.mark.anyio


async def test_what_changed_since_it_was_looked_at_is_looked_at_again(ffp: Sender) -> None:
    await ffp.sends("1", ORGANIZATIONS, apply="true")
    sent = await ffp.sends("2", STANDINGS)
    elsewhere = await sender(ffp.hub, id="other")
    # What does not bear on it changes nothing of it, though it takes numbers.
    assert (await elsewhere.push("1", grower(77)))["problems"] == []
    await ffp.push("3", [standing("ffp:1", "participating", "2026-01-01")])
    before = await whole(ffp.hub)
    moved = await ffp.applies("4", sent["id"])
    assert [each["code"] for each in moved["problems"]] == ["CONFLICT"]
    assert "look at its changes again" in moved["problems"][0]["message"]
    assert moved["revision"] is None
    assert moved["proposal"]["run"]["added"] == 5
    assert await whole(ffp.hub) == before
    done = await ffp.applies("4", sent["id"])
    assert (done["problems"], done["proposal"]["run"]["added"]) == ([], 5)
    assert await found(ffp.hub.store) == []


async def test_what_does_not_bear_on_it_lets_it_through(ffp: Sender) -> None:
    sent = await ffp.sends("1", ORGANIZATIONS)
    assert (await ffp.push("2", grower(77)))["problems"] == []
    assert (await ffp.applies("3", sent["id"]))["problems"] == []


async def test_what_was_said_last_counts_however_long_something_waited(ffp: Sender) -> None:
    said = "subject,state,since,confirmedOn\nffp:1,participating,2026-01-01,2026-0%d-01\n"
    current = 'query { organization(id: "ffp:1") { standings { confirmedOn } } }'

    async def confirmed() -> str:
        [found] = (await ffp.ask(current))["organization"]["standings"]
        return found["confirmedOn"]

    await ffp.push("1", grower(1))
    done = await ffp.sends("2", said % 2, apply="true", partial="true")
    assert (done["counts"]["changed"], await confirmed()) == (1, "2026-02-01")
    waits = await ffp.sends("3", said % 3, partial="true")
    later = standing("ffp:1", "participating", "2026-01-01", confirmedOn="2026-04-01")
    assert (await ffp.push("4", [later]))["problems"] == []
    moved = await ffp.applies("5", waits["id"])
    assert [each["code"] for each in moved["problems"]] == ["CONFLICT"]
    assert (moved["proposal"]["run"]["changed"], moved["proposal"]["run"]["unchanged"]) == (0, 1)
    assert (await ffp.applies("5", waits["id"]))["problems"] == []
    assert await confirmed() == "2026-04-01"


async def test_changes_are_shown_page_by_page_with_what_was_before(ffp: Sender) -> None:
    await ffp.sends("1", ORGANIZATIONS, apply="true")
    await ffp.sends("2", STANDINGS, apply="true", dated="2026-01-15")
    later = STANDINGS.replace("since", "since,confirmedOn").replace("01-01", "01-01,2026-02-01")
    sent = await ffp.sends("3", later, dated="2026-02-01")
    first = await ffp.changes(sent["id"], 4)
    assert (len(first["nodes"]), first["pageInfo"]["hasNextPage"]) == (4, True)
    rest = await ffp.changes(sent["id"], 4, first["pageInfo"]["endCursor"])
    assert (len(rest["nodes"]), rest["pageInfo"]["hasNextPage"]) == (2, False)
    assert first["nodes"][0] == {
        "kind": "CHANGED", "fact": None, "factKind": "standing", "actor": "of-ffp",
        "revision": "", "summary": "standing participating changed",
        "subject": {"name": "Example Farms 1"},
        "before": {"state": "participating"}, "after": {"state": "participating"},
    }  # fmt: skip
    revision = (await ffp.applies("4", sent["id"]))["revision"]
    applied = (await ffp.changes(sent["id"]))["nodes"]
    assert {each["revision"] for each in applied} == {revision}
    assert all(each["fact"] for each in applied)
    assert applied[0]["after"] == {"state": "participating"}


async def test_whom_nobody_knows_yet_is_nobody_elses_name(ffp: Sender) -> None:
    """Numbers that a proposal would have used may be another's by the time it is looked at."""
    new = range(101, 141)
    bars = [standing(f"ffp:{number}", "suspended", "2026-11-01") for number in new]
    described = [grower(number)[0] for number in new]
    waits = (await ffp.pushes_held("1", [*described, *bars]))["proposal"]
    assert (await ffp.push("2", [grower(number)[0] for number in range(7, 47)]))["problems"] == []
    shown = (await ffp.changes(waits["id"]))["nodes"]
    assert shown[40]["summary"] == "standing suspended recorded: ffp:101"
    for each in shown:
        assert (each["subject"], each["before"], each["fact"]) == (None, None, None)
        barred = {"state": "suspended"} if each["factKind"] == "standing" else None
        assert each["after"] == barred
    other = await sender(ffp.hub, id="other")
    assert (await other.applies("1", waits["id"]))["problems"] == []
    named = {each["subject"]["name"] for each in (await ffp.changes(waits["id"]))["nodes"]}
    assert named == {f"Example Farms {number}" for number in new}


async def test_a_rejected_proposal_is_not_applied(ffp: Sender) -> None:
    sent = await ffp.sends("1", ORGANIZATIONS)
    before = await whole(ffp.hub)
    for reason in ("", "x" * 1_001):
        [problem] = (await ffp.rejects("2", sent["id"], reason))["problems"]
        assert (problem["code"], problem["path"]) == ("INVALID_INPUT", ["reason"])
    gone = await ffp.rejects("2", sent["id"])
    assert (gone["problems"], gone["proposal"]["state"]) == ([], "rejected")
    assert gone["proposal"]["reason"] == "wrong file"
    assert await ffp.rejects("2", sent["id"]) == gone
    [other] = (await ffp.rejects("2", sent["id"], "another reason"))["problems"]
    assert (other["code"], other["path"]) == ("CONFLICT", ["idempotencyKey"])
    for told in (await ffp.rejects("3", sent["id"]), await ffp.applies("4", sent["id"])):
        assert [each["code"] for each in told["problems"]] == ["CONFLICT"]
    assert await whole(ffp.hub) == before
    assert (await rows(ffp.hub.store))[-1]["action"] == "rejectProposal"
    assert await found(ffp.hub.store) == []


async def test_of_two_that_decide_at_once_one_does(ffp: Sender) -> None:
    other = await sender(ffp.hub, id="other")
    sent = await ffp.sends("1", ORGANIZATIONS)
    told = await asyncio.gather(
        ffp.applies("2", sent["id"]), other.rejects("2", sent["id"]), other.applies("3", sent["id"])
    )
    codes = sorted([each["code"] for each in one["problems"]] for one in told)
    assert codes == [[], ["CONFLICT"], ["CONFLICT"]]
    assert (await ffp.proposal(sent["id"]))["state"] in {"applied", "rejected"}
    assert await found(ffp.hub.store) == []


async def test_what_bars_many_is_applied_by_another_client(ffp: Sender) -> None:
    numbers = range(1, 41)
    await ffp.push("1", [fact for number in numbers for fact in grower(number)])
    before = await whole(ffp.hub)
    bars = [standing(f"ffp:{number}", "suspended", "2026-11-01") for number in numbers]
    problem = await ffp.pushes_held("2", bars)
    assert problem["code"] == "HELD"
    waits = problem["proposal"]
    assert (waits["state"], waits["forAnotherClient"]) == ("pending", True)
    assert (waits["run"]["feed"], waits["run"]["added"]) == ("recordFacts", 40)
    assert "would bar 40" in waits["held"]
    assert await ffp.pushes_held("2", bars) == problem
    assert await whole(ffp.hub) == before
    refused = await ffp.applies("3", waits["id"])
    assert [each["code"] for each in refused["problems"]] == ["NOT_ALLOWED"]
    assert await ffp.verdict("ffp:7") == "ELIGIBLE IN_GOOD_STANDING"
    other = await sender(ffp.hub, id="other")
    done = await other.applies("1", waits["id"])
    assert (done["problems"], done["proposal"]["decidedBy"]) == ([], "other")
    assert await ffp.verdict("ffp:7") == "INELIGIBLE SUSPENDED"
    assert await found(ffp.hub.store) == []


async def test_a_document_that_bars_many_waits_for_another_client_too(ffp: Sender) -> None:
    await ffp.push("1", [fact for number in range(1, 41) for fact in grower(number)])
    bars = "subject,state,since\n" + "".join(
        f"ffp:{n},suspended,2026-11-01\n" for n in range(1, 41)
    )
    sent = await ffp.sends("2", bars, apply="true", partial="true")
    assert (sent["state"], sent["forAnotherClient"]) == ("pending", True)
    [problem] = (await ffp.applies("3", sent["id"]))["problems"]
    assert problem["code"] == "NOT_ALLOWED"
    other = await sender(ffp.hub, id="other")
    assert (await other.applies("1", sent["id"]))["problems"] == []
    # Who is barred already is not barred anew by what confirms it.
    later = bars.replace("since", "since,confirmedOn").replace("11-01", "11-01,2026-11-02")
    again = await ffp.sends("4", later, apply="true", partial="true", dated="2026-11-02")
    assert again["state"] == "applied"


async def test_nobody_sees_or_decides_what_is_not_theirs(ffp: Sender) -> None:
    hub = ffp.hub
    sent = await ffp.sends("1", ORGANIZATIONS)
    await run(hub.store, record(adapters()["milk-with-dignity"]))
    signs = await hub.operator()
    brand = await hub.register(
        id="brand", role=Role.BRAND, programs=(), organization="wsr:walmart",
        scopes=(Scope.READ,), jwks=signs.jwks,
    )  # fmt: skip
    before, logged = await whole(hub), await rows(hub.store)
    others = {
        "anonymous": (Sender(hub, None), (401, "UNAUTHENTICATED"), "UNAUTHENTICATED"),
        "brand": (Sender(hub, await hub.given(brand)), (403, "NOT_ALLOWED"), "NOT_ALLOWED"),
        "foreign": (
            await sender(hub, programs=("milk-with-dignity",)),
            (403, "NOT_ALLOWED"),
            "UNKNOWN_REFERENCE",
        ),
        "reads": (await sender(hub, scopes=(Scope.READ,)), (403, "NOT_ALLOWED"), "NOT_ALLOWED"),
    }
    logged = await rows(hub.store)
    for name, (who, door, decided) in others.items():
        for code in ("ffp", "nobody"):
            assert await who.refused("1", ORGANIZATIONS, program=code) == door
        for told in (await who.applies("9", sent["id"]), await who.rejects("9", sent["id"])):
            assert [each["code"] for each in told["problems"]] == [decided]
            assert (told["proposal"], told["revision"]) == (None, None)
        sees = name == "reads"
        query = 'query($id: ID!) { node(id: $id) { id } nodes(ids: [$id, "ffp"]) { id } }'
        seen = await who.ask(query, id=sent["id"])
        assert (seen["node"] is not None) is sees
        assert [each is not None for each in seen["nodes"]] == [sees, True]
        for query in (
            "query($id: ID!) { proposal(id: $id) { id } }",
            'query { proposals(program: "ffp", first: 9) { nodes { id } } }',
        ):
            body = {"query": query, "variables": {"id": sent["id"]}}
            headers = {"authorization": f"Bearer {who.token}"} if who.token else {}
            answer = (await hub.http.post("/graphql", json=body, headers=headers)).json()
            if sees:
                assert "errors" not in answer
            else:
                [error] = answer["errors"]
                assert error["extensions"]["code"] == "UNKNOWN_REFERENCE"
                assert list(answer["data"].values()) == [None]
    assert await whole(hub) == before
    assert await rows(hub.store) == logged
    assert (await ffp.proposal(sent["id"]))["state"] == "pending"


async def test_a_cursor_leads_on_in_its_own_list_alone(ffp: Sender) -> None:
    first, second = await ffp.sends("1", ORGANIZATIONS), await ffp.sends("2", ORGANIZATIONS)
    page = await ffp.changes(first["id"], 2)
    body = {
        "query": CHANGES,
        "variables": {"id": second["id"], "first": 2, "after": page["pageInfo"]["endCursor"]},
    }
    headers = {"authorization": f"Bearer {ffp.token}"}
    [error] = (await ffp.hub.http.post("/graphql", json=body, headers=headers)).json()["errors"]
    assert error["extensions"]["code"] == "INVALID_INPUT"
    listed = (
        'query($n: Int!, $after: String) { proposals(program: "ffp", first: $n, after: $after) '
        "{ totalCount nodes { id } pageInfo { hasNextPage endCursor } } }"
    )
    one = (await ffp.ask(listed, n=1))["proposals"]
    assert (one["totalCount"], one["nodes"]) == (2, [{"id": first["id"]}])
    rest = (await ffp.ask(listed, n=1, after=one["pageInfo"]["endCursor"]))["proposals"]
    assert (rest["nodes"], rest["pageInfo"]["hasNextPage"]) == ([{"id": second["id"]}], False)


async def test_many_proposals_cost_as_many_round_trips_as_one(ffp: Sender) -> None:
    query = (
        'query($n: Int!) { proposals(program: "ffp", first: $n) { nodes { id program { code } '
        "run { setAside(first: 9) { nodes { row } } } changes(first: 9) { nodes { kind "
        "program { code } subject { id } before { state } after { state products { code } } "
        "} } } } }"
    )
    await ffp.sends("0", ORGANIZATIONS, apply="true")
    for number in range(1, 6):
        await ffp.sends(str(number), STANDINGS)
    store: Any = ffp.hub.store
    trips: list[int] = []
    for many in (1, 2, 6):
        await ffp.ask(query, n=many)
        before = store.round_trips
        await ffp.ask(query, n=many)
        trips.append(store.round_trips - before)
    assert trips[1] == trips[2]


@pytest.mark.parametrize("lost", ["the request", "the answer"])
async def test_what_the_store_did_not_acknowledge_is_asked_again(
    ffp: Sender, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """The store goes away before or after a proposal, and then a rejection, is kept."""
    records = ffp.hub.store.kept
    keep = records.put_all

    async def goes_away(*given: Any, **more: Any) -> None:  # noqa: ANN401
        monkeypatch.undo()
        if lost == "the answer":
            await keep(*given, **more)
        msg = "it does not answer"
        raise StoreUnavailableError(msg)

    monkeypatch.setattr(records, "put_all", goes_away)
    answer = await ffp.send("1", ORGANIZATIONS)
    assert (answer.status_code, answer.json()["code"]) == (503, "STORE_UNAVAILABLE")
    assert answer.headers["retry-after"] == "2"
    sent = await ffp.sends("1", ORGANIZATIONS)
    listed = 'query { proposals(program: "ffp", first: 9) { nodes { id state } } }'
    told = (await ffp.ask(listed))["proposals"]["nodes"]
    assert told == [{"id": sent["id"], "state": "pending"}]
    monkeypatch.setattr(records, "put_all", goes_away)
    [problem] = (await ffp.rejects("2", sent["id"]))["problems"]
    assert problem["code"] == "STORE_UNAVAILABLE"
    gone = await ffp.rejects("2", sent["id"])
    assert (gone["problems"], gone["proposal"]["state"]) == ([], "rejected")
    assert [row["action"] for row in await rows(ffp.hub.store)][-2:] == [
        "propose", "rejectProposal",
    ]  # fmt: skip
    assert await found(ffp.hub.store) == []
