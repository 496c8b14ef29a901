"""Statements that a parser is not sure of: each waits for its operators, and says nothing."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from adapters.kit.adapter import adapters
from hub.store.deeds import Actor
from hub.sync.feeds import Address
from hub.sync.reading import read
from hub.sync.run import run
from hub.sync.sources import record
from tests.adapters.bangladesh_accord.test_statements import BANGLADESH, DEKKO, NAME, statement
from tests.cli.commands import Ran, hub
from tests.oauth.senders import Sender, sender
from tests.oauth.served import Hub
from tests.oauth.test_documents import rows
from tests.oauth.test_pushes import Told, whole
from tests.sync.shelf import Shelf

pytestmark = pytest.mark.anyio

Sync = Callable[..., Any]
LISTED: Final = (
    '{ proposals(program: "bangladesh-accord", first: 50) { totalCount nodes '
    "{ id state held run { feed added } } } }"
)
VERDICT: Final = (
    "query($on: Date!) { eligibility(buyer: "
    f'"wsr:hm", supplier: "{DEKKO}", product: "garments", asOf: $on)'
    " { verdict reason } }"
)
SIX_MONTHS: Final = f"{NAME} is ineligible to produce for RSC companies for six months."
UNSURE: Final = statement(effect=SIX_MONTHS)
SURE: Final = (
    statement()
    .replace(b"Dekko Garments Ltd.", b"Sadaf Fashions Ltd")
    .replace(
        b"Mawna, Sreepur, Gazipur-1740", b"768 Askarabad, D.T. Road, North Agrabad, Chittagong"
    )
)
BOTH: Final = SURE.replace(b"</body>", b"<h1>" + UNSURE.partition(b"<h1>")[2])
WHY: Final = f"a sentence on its effect is not understood: {SIX_MONTHS.replace('Ltd.', 'Ltd')!r}"


@pytest.fixture
async def rsc(giving: Hub) -> Sender:
    """Serve the records of the Accord to its operator in Bangladesh."""
    for program in ("international-accord", BANGLADESH):
        await run(giving.store, record(adapters()[program]))
    return await sender(giving, id="of-rsc", programs=(BANGLADESH,))


@pytest.fixture
def sync(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rsc: Sender
) -> Sync:
    """Return what syncs a page of statements on the command line, into the store that is served."""
    url = f"sqlite:///{tmp_path}/hub.db"
    if request.node.callspec.params["giving"] == "neo4j":
        address = request.getfixturevalue("neo4j_server")
        url = address.url
        for name, value in (("USER", address.user), ("PASSWORD", address.password)):
            if value is not None:
                monkeypatch.setenv(f"HUB_NEO4J_{name}", value)

    async def command(page: bytes, *options: str) -> Ran:
        path = tmp_path / "page.html"
        path.write_bytes(page)
        given = ("sync", BANGLADESH, "--feed", "statements", "--from", path, "--store", url)
        done = await asyncio.to_thread(hub, *given, *options)
        rsc.hub.app.state.access.ledger.forget()
        return done

    return command


async def waiting(rsc: Sender) -> list[Told]:
    """Return the proposals of the program."""
    return (await rsc.ask(LISTED))["proposals"]["nodes"]


async def verdict(rsc: Sender, on: str = "2026-11-20") -> str:
    """Return what a buyer is told of the factory."""
    found = (await rsc.ask(VERDICT, on=on))["eligibility"]
    return f"{found['verdict']} {found['reason']}"


async def test_what_is_clear_is_recorded_and_the_rest_waits_until_it_is_applied(
    rsc: Sender, sync: Sync
) -> None:
    dry = await sync(BOTH, "--dry-run")
    assert (dry.code, await waiting(rsc)) == (0, [])
    assert "row 6 is not recorded, it would wait for a person, as a proposal" in dry.out
    done = await sync(BOTH)
    assert (done.code, "applied; 1 added" in done.out) == (0, True)
    [waits] = await waiting(rsc)
    assert waits == {
        "id": waits["id"],
        "state": "pending",
        "held": f"row 9: {WHY}",
        "run": {"feed": "statements", "added": 1},
    }
    note = f"row 6 is not recorded, it is the proposal {waits['id']}, pending: row 9: {WHY}"
    assert note in done.out
    assert await verdict(rsc) == "ELIGIBLE IN_GOOD_STANDING"
    [change] = (await rsc.changes(waits["id"]))["nodes"]
    assert (change["kind"], change["factKind"], change["actor"]) == (
        "RECORDED", "standing", "shell",
    )  # fmt: skip
    assert (change["before"], change["after"]) == (None, {"state": "ineligible"})
    before = await whole(rsc.hub)
    assert (await sync(BOTH)).code == 0
    assert [each["id"] for each in await waiting(rsc)] == [waits["id"]]
    assert await whole(rsc.hub) == before
    applied = await rsc.applies("1", waits["id"])
    assert (applied["problems"], applied["proposal"]["state"]) == ([], "applied")
    assert await verdict(rsc, "2026-08-03") == "ELIGIBLE IN_GOOD_STANDING"
    assert await verdict(rsc, "2026-08-04") == "INELIGIBLE INELIGIBLE_NAMED"
    after = await whole(rsc.hub)
    again = await rsc.applies("2", waits["id"])
    assert [each["code"] for each in again["problems"]] == ["CONFLICT"]
    done = await sync(BOTH)
    assert f"it is the proposal {waits['id']}, applied" in done.out
    assert [each["id"] for each in await waiting(rsc)] == [waits["id"]]
    assert await whole(rsc.hub) == after
    told = [row for row in await rows(rsc.hub.store) if row["subject"] == waits["id"]]
    assert [(row["actor"], row["action"]) for row in told] == [
        ("shell", "propose"), ("client", "applyProposal"),
    ]  # fmt: skip


async def test_one_that_was_rejected_never_waits_again(rsc: Sender) -> None:
    before = await whole(rsc.hub)
    given: dict[str, Any] = {
        "program": BANGLADESH, "feed": "statements", "media": "text/html", "apply": "true",
    }  # fmt: skip
    sent = await rsc.sends("1", UNSURE, **given)
    assert (sent["state"], sent["counts"]["added"], sent["setAside"]) == ("applied", 0, [])
    [waits] = [each for each in await waiting(rsc) if each["state"] == "pending"]
    assert sent["notes"] == [
        f"row 1 is not recorded, it is the proposal {waits['id']}, pending: row 4: {WHY}"
    ]
    done = await rsc.rejects("2", waits["id"], "it is over by then")
    assert (done["problems"], done["proposal"]["state"]) == ([], "rejected")
    # Neither as it was, nor where it stands on another row of another page.
    for key, page in (("3", UNSURE), ("4", BOTH.replace(SURE, UNSURE))):
        sent = await rsc.sends(key, page, **given)
        assert f"it is the proposal {waits['id']}, rejected" in sent["notes"][-1]
    assert [each["id"] for each in await waiting(rsc) if each["state"] == "pending"] == []
    assert not [line for line in await whole(rsc.hub) if line not in before and DEKKO in str(line)]
    assert await verdict(rsc) == "ELIGIBLE IN_GOOD_STANDING"


async def test_what_has_waited_overwrites_nothing_newer(rsc: Sender) -> None:
    address = Address(adapters()[BANGLADESH], "statements", "https://rsc-bd.org/statement.html")
    shelf = Shelf(documents={address.url: UNSURE})
    for _ in range(2):
        await read(rsc.hub.store, address, shelf, actor=Actor.SCHEDULE)
    [waits] = await waiting(rsc)
    assert (waits["state"], waits["held"]) == ("pending", f"row 4: {WHY}")
    newer = {"subject": DEKKO, "state": "ineligible", "since": "2026-08-04", "note": "newer"}
    over = {"subject": DEKKO, "state": "requalified", "since": "2026-09-01"}
    for key, said in (("1", newer), ("2", over)):
        told = await rsc.push(key, [{"standing": said}], program=BANGLADESH)
        assert told["problems"] == []
    before = await whole(rsc.hub)
    moved = await rsc.applies("3", waits["id"])
    assert [each["code"] for each in moved["problems"]] == ["CONFLICT"]
    # It still says why it waits; what it would do by now is nothing.
    [shown] = await waiting(rsc)
    assert (shown["held"], shown["run"]["added"]) == (waits["held"], 0)
    assert (await rsc.changes(waits["id"]))["nodes"] == []
    applied = await rsc.applies("4", waits["id"])
    assert (applied["problems"], applied["proposal"]["state"]) == ([], "applied")
    assert await whole(rsc.hub) == before
    assert await verdict(rsc, "2026-08-31") == "INELIGIBLE INELIGIBLE_NAMED"
    assert await verdict(rsc) == "ELIGIBLE IN_GOOD_STANDING"
