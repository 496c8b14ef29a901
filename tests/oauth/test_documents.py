"""Documents that operators send over HTTP: each is a proposal with its difference."""

import asyncio
import io
import zipfile
from typing import Final

import pytest

from adapters.kit.adapter import adapters
from hub.oauth.principal import Role, Scope
from hub.store.port import Store
from hub.sync.run import run
from hub.sync.sources import record
from tests.audit.logs import found, said
from tests.oauth.senders import Sender, sender
from tests.oauth.served import Hub
from tests.oauth.test_pushes import grower, standing, whole

pytestmark = pytest.mark.anyio

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ORGANIZATIONS: Final = "reference,name,roles,country,regions\n" + "".join(
    f"ffp:{n},Example Farms {n},SUPPLIER,US,US-FL\n" for n in range(1, 7)
)
STANDINGS: Final = "subject,state,since\n" + "".join(
    f"ffp:{n},participating,2026-01-01\n" for n in range(1, 7)
)


@pytest.fixture
async def ffp(giving: Hub) -> Sender:
    """Serve the record of the Fair Food Program to an operator of it."""
    await run(giving.store, record(adapters()["ffp"]))
    return await sender(giving, id="of-ffp")


@pytest.fixture
async def here(own: Hub) -> Sender:
    """Serve the same on SQLite, for what does not depend on the store."""
    await run(own.store, record(adapters()["ffp"]))
    return await sender(own, id="of-ffp")


async def rows(store: Store) -> list[dict[str, object]]:
    """Return what all rows of the audit log say."""
    return [said(row) for row in await store.audit.page(0, 1_000)]


async def test_a_document_waits_with_its_difference_and_is_applied_once(ffp: Sender) -> None:
    before = await whole(ffp.hub)
    sent = await ffp.sends("1", ORGANIZATIONS)
    assert (sent["state"], sent["held"], sent["feed"]) == ("pending", [], "operator")
    assert sent["counts"] == {
        "added": 6, "changed": 0, "ended": 0, "unchanged": 0, "setAside": 0,
    }  # fmt: skip
    assert sent["added"][0] == {
        "kind": "organization",
        "about": "ffp:1",
        "row": 2,
        "summary": "reference ffp:1, name Example Farms 1, roles SUPPLIER, country US, "
        "regions US-FL",
    }
    assert await whole(ffp.hub) == before
    seen = await ffp.proposal(sent["id"])
    assert (seen["state"], seen["held"], seen["sentBy"]) == ("pending", None, "of-ffp")
    assert seen["run"] == {
        "feed": "operator", "outcome": "pending", "complete": True,
        "added": 6, "changed": 0, "ended": 0, "unchanged": 0, "setAsideCount": 0,
    }  # fmt: skip
    done = await ffp.applies("2", sent["id"])
    assert (done["problems"], done["proposal"]["state"]) == ([], "applied")
    assert done["proposal"]["decidedBy"] == "of-ffp"
    after = await whole(ffp.hub)
    assert len(after) > len(before)
    assert await ffp.applies("2", sent["id"]) == done
    again = await ffp.applies("3", sent["id"])
    assert [each["code"] for each in again["problems"]] == ["CONFLICT"]
    assert again["proposal"]["state"] == "applied"
    assert await whole(ffp.hub) == after
    [*_, sends, applies] = await rows(ffp.hub.store)
    assert [sends["action"], applies["action"]] == ["propose", "applyProposal"]
    for row in (sends, applies):
        assert (row["client"], row["programs"]) == ("of-ffp", ["ffp"])
        assert row["subject"] == sent["id"]
    assert applies["revision"] == int(done["revision"])
    assert await found(ffp.hub.store) == []
    [of_operator] = [
        each
        for each in (await ffp.ask('{ program(id: "ffp") { lastSyncs { feed outcome added } } }'))[
            "program"
        ]["lastSyncs"]
        if each["feed"] == "operator"
    ]
    assert of_operator == {"feed": "operator", "outcome": "applied", "added": 6}


async def test_it_is_applied_at_once_where_asked_and_nothing_holds_it(ffp: Sender) -> None:
    done = await ffp.sends("1", ORGANIZATIONS, apply="true")
    assert done["state"] == "applied"
    newest = (await ffp.ask("{ revision { id } }"))["revision"]["id"]
    assert done["revision"] == newest
    standings = await ffp.sends("2", STANDINGS, apply="true")
    assert standings["state"] == "applied"
    assert await ffp.verdict("ffp:3") == "ELIGIBLE IN_GOOD_STANDING"
    bad = STANDINGS.replace("ffp:6,participating", "ffp:6,on probation")
    held = await ffp.sends("3", bad, apply="true")
    assert (held["state"], held["counts"]["setAside"]) == ("pending", 1)
    assert "set aside" in held["held"][0]
    assert held["setAside"][0]["row"] == 7
    [problem] = (
        await ffp.ask(
            "query($id: ID!) { proposal(id: $id) { run { outcome setAside(first: 9) { nodes { row "
            "column code } } } } }",
            id=held["id"],
        )
    )["proposal"]["run"]["setAside"]["nodes"]
    assert problem == {"row": 7, "column": "state", "code": "UNKNOWN_WORD"}
    # Who sent it may let it through, once it was looked at: it bars nobody.
    assert (await ffp.applies("4", held["id"]))["problems"] == []
    actions = [row["action"] for row in await rows(ffp.hub.store)][-4:]
    assert actions == ["applyProposal", "applyProposal", "propose", "applyProposal"]
    assert await found(ffp.hub.store) == []


async def test_the_same_sent_again_is_the_same_proposal(ffp: Sender) -> None:
    first = await ffp.sends("1", ORGANIZATIONS)
    logged = await rows(ffp.hub.store)
    assert await ffp.sends("1", ORGANIZATIONS) == first
    assert await ffp.refused("1", STANDINGS) == (422, "KEY_USED")
    assert await ffp.refused("1", ORGANIZATIONS, apply="true") == (422, "KEY_USED")
    listed = 'query { proposals(program: "ffp", first: 9) { totalCount nodes { id } } }'
    assert (await ffp.ask(listed))["proposals"] == {
        "totalCount": 1, "nodes": [{"id": first["id"]}],
    }  # fmt: skip
    assert await rows(ffp.hub.store) == logged
    done = await ffp.sends("2", ORGANIZATIONS, apply="true")
    after = await whole(ffp.hub)
    assert await ffp.sends("2", ORGANIZATIONS, apply="true") == done
    assert await whole(ffp.hub) == after
    same = await ffp.sends("3", ORGANIZATIONS, apply="true", partial="true")
    assert (same["state"], same["counts"]["unchanged"]) == ("applied", 6)
    assert await whole(ffp.hub) == after


async def test_of_many_that_send_the_same_at_once_there_is_one_proposal(ffp: Sender) -> None:
    answers = await asyncio.gather(*(ffp.send("1", ORGANIZATIONS) for _ in range(4)))
    told = sorted(answer.status_code for answer in answers)
    assert set(told) <= {202, 409}
    assert 202 in told
    for answer in answers:
        if answer.status_code == 409:
            assert (answer.json()["code"], answer.headers["retry-after"]) == ("IN_FLIGHT", "1")
    listed = 'query { proposals(program: "ffp", first: 9) { totalCount } }'
    assert (await ffp.ask(listed))["proposals"]["totalCount"] == 1


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
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (6, True)
    rest = await ffp.changes(sent["id"], 4, first["pageInfo"]["endCursor"])
    assert (len(rest["nodes"]), rest["pageInfo"]["hasNextPage"]) == (2, False)
    assert first["nodes"][0] == {
        "kind": "CHANGED", "fact": None, "factKind": "standing", "actor": "of-ffp",
        "revision": "", "subject": {"name": "Example Farms 1"},
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
    for each in (await ffp.changes(waits["id"]))["nodes"]:
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
        for program in ("ffp", "nobody"):
            assert await who.refused("1", ORGANIZATIONS, program=program) == door
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


async def test_json_is_taken_as_lines_that_end_nothing(ffp: Sender) -> None:
    facts = b"\n".join(
        b'{"organization":{"reference":"ffp:%d","name":"Example Farms %d","roles":["SUPPLIER"]}}'
        % (n, n)
        for n in (1, 2)
    )
    lines = await ffp.sends("1", facts, media="application/x-ndjson", apply="true")
    assert (lines["state"], lines["complete"], lines["counts"]["added"]) == ("applied", False, 2)
    listed = b'[{"standing":{"subject":"ffp:1","state":"participating","since":"2026-01-01"}}]'
    sent = await ffp.sends("2", listed, media="application/json", apply="true")
    assert (sent["state"], sent["counts"]["added"]) == ("applied", 1)
    bad = (
        b'{"program":"milk-with-dignity","standing":{"subject":"ffp:1","state":"left"}}\n\n'
        b'{"standing":\n[]\n{"standing":{"subject":"ffp:1","state":"left","since":"2026-02-31"}}'
    )
    held = await ffp.sends("3", bad, media="application/x-ndjson", apply="true")
    assert held["state"] == "pending"
    assert [(each["row"], each["code"]) for each in held["setAside"]][:2] == [
        (1, "INVALID_INPUT"), (3, "INVALID_INPUT"),
    ]  # fmt: skip
    assert {each["row"] for each in held["setAside"]} == {1, 3, 4, 5}
    assert await ffp.refused("4", b"[1", media="application/json") == (422, "BAD_DOCUMENT")
    many = b'[{"standing":{}}' + b',{"standing":{}}' * 10_000 + b"]"
    assert await ffp.refused("5", many, media="application/json") == (422, "BAD_DOCUMENT")


async def test_a_list_of_another_program_is_held(here: Sender) -> None:
    rows = "".join(f"rsc:{n},participating,2026-01-01\n" for n in range(1, 40))
    sent = await here.sends("1", "subject,state,since\n" + rows, apply="true")
    assert sent["state"] == "pending"
    assert sent["held"]


async def test_a_request_that_is_none_is_refused_with_what_to_do(here: Sender) -> None:
    before, logged = await whole(here.hub), await rows(here.hub.store)
    invalid, media = (400, "INVALID_INPUT"), (415, "UNSUPPORTED_MEDIA_TYPE")
    for key in (None, "", "k" * 256):
        assert await here.refused(key, ORGANIZATIONS) == invalid
    for given in (
        {"feed": "nobody"}, {"dated": "yesterday"}, {"apply": "yes"}, {"applies": "true"},
        {"name": "a\nb"},
    ):  # fmt: skip
        assert await here.refused("1", ORGANIZATIONS, **given) == invalid
    for kind in ("text/plain", "multipart/form-data", "text/csv; charset=latin-1", None):
        assert await here.refused("1", ORGANIZATIONS, media=kind) == media
    assert await here.refused("1", "<p>", media="text/html") == media
    assert await here.refused("1", "[]", media="application/json", feed="weekly") == media
    encoded = {"content-encoding": "gzip"}
    assert await here.refused("1", ORGANIZATIONS, headers=encoded) == media
    assert await whole(here.hub) == before
    assert await rows(here.hub.store) == logged


async def test_a_document_that_cannot_be_read_is_refused(here: Sender) -> None:
    before, logged = await whole(here.hub), await rows(here.hub.store)
    bad = (422, "BAD_DOCUMENT")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name in ("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"):
            bomb.writestr(name, b" " * 30_000_000)
    for content, kind in (
        ("", "text/csv"),
        (b"\xff\xfe", "text/csv"),
        ("a,b\n1,2\n", "text/csv"),
        (archive.getvalue(), XLSX),
        (archive.getvalue(), "text/csv"),
        (ORGANIZATIONS, XLSX),
        ("subject,state,since\nffp:1,participating,2026-01-01\n\x00", "application/pdf"),
    ):
        expected = (415, "UNSUPPORTED_MEDIA_TYPE") if kind == "application/pdf" else bad
        assert await here.refused("1", content, media=kind) == expected
    tomorrow = await here.refused("1", STANDINGS, dated="2126-01-01")
    assert tomorrow == bad
    assert await whole(here.hub) == before
    assert await rows(here.hub.store) == logged


async def test_a_workbook_is_taken_as_it_is_given_out(here: Sender) -> None:
    template = await here.hub.http.get("/programs/ffp/template.xlsx")
    blank = await here.sends("1", template.content, media=XLSX, apply="true")
    assert (blank["state"], blank["counts"]["added"]) == ("pending", 0)
    assert "0 rows" in blank["held"][0]
    unnamed = await here.sends(
        "2", ORGANIZATIONS, media="application/octet-stream", name="organizations.csv"
    )
    assert unnamed["state"] == "pending"
