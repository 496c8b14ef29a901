"""Documents that operators send over HTTP: each is a proposal with its difference."""

import asyncio
import io
import zipfile
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final

import pytest

from adapters.kit.adapter import adapters
from hub.store.embedded.store import EmbeddedStore
from hub.sync.propose import MOST_ROWS
from hub.sync.run import run
from hub.sync.sources import record
from tests.audit.logs import found
from tests.oauth.senders import Sender, sender
from tests.oauth.served import Hub, served
from tests.oauth.test_audit import rows
from tests.oauth.test_pushes import whole
from tests.store.worlds import program, write

pytestmark = pytest.mark.anyio

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ORGANIZATIONS: Final = "reference,name,roles,country,regions\n" + "".join(
    f"ffp:{n},Example Farms {n},SUPPLIER,US,US-FL\n" for n in range(1, 7)
)
STANDINGS: Final = "subject,state,since\n" + "".join(
    f"ffp:{n},participating,2026-01-01\n" for n in range(1, 7)
)


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


async def test_a_document_of_too_many_rows_is_refused_before_it_is_planned(here: Sender) -> None:
    rows = "".join(f"ffp:{n},Example Farms {n},SUPPLIER\n" for n in range(MOST_ROWS + 1))
    answer = await here.send("1", f"reference,name,roles\n{rows}")
    assert (answer.status_code, answer.json()["code"]) == (422, "BAD_DOCUMENT")
    assert "send up to 20,000 at a time" in answer.json()["detail"]


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


async def test_a_document_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    store = EmbeddedStore(str(tmp_path / "hub.db"))
    async with served(store, most_document_bytes=1_000) as hub:
        await run(hub.store, record(adapters()["ffp"]))
        ffp = await sender(hub, id="of-ffp")
        large = ORGANIZATIONS + "#" * 1_000
        assert await ffp.refused("1", large) == (413, "TOO_LARGE")
        assert await ffp.refused("1", large.encode(), headers={"content-length": "9"}) == (
            413, "TOO_LARGE",
        )  # fmt: skip
        assert (await ffp.sends("1", ORGANIZATIONS))["state"] == "pending"


async def test_a_document_that_does_not_come_is_not_waited_for(
    here: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.http.upload.SENDING", 0.01)

    async def never() -> AsyncGenerator[bytes]:
        yield b"reference,name\n"
        await asyncio.Event().wait()

    refused = await here.refused("1", never())
    assert refused == (408, "REQUEST_TIMEOUT")
    assert (await here.sends("1", ORGANIZATIONS))["state"] == "pending"


async def test_documents_are_posted_and_nothing_else(here: Sender) -> None:
    answer = await here.hub.http.get("/programs/ffp/documents")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.headers["content-type"] == "application/problem+json"
    nobody = await here.hub.http.post("/programs/ffp/documents")
    assert nobody.status_code == 401
    assert "resource_metadata=" in nobody.headers["www-authenticate"]


async def test_a_program_without_a_folder_here_takes_facts_alone(own: Hub) -> None:
    await write(own.store, program("alpha"))
    alpha = await sender(own, programs=("alpha",))
    facts = '[{"organization":{"reference":"alpha:1","name":"Farm","roles":["SUPPLIER"]}}]'
    refused = await alpha.refused("1", ORGANIZATIONS, program="alpha")
    assert refused == (415, "UNSUPPORTED_MEDIA_TYPE")
    sent = await alpha.sends("1", facts, program="alpha", media="application/json")
    assert (await alpha.applies("2", sent["id"]))["problems"] == []
