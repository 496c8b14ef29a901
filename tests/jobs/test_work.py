"""How jobs are worked on: slice by slice, again where they were, and by one process of several."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from hub.jobs import work
from hub.oauth.clients import Registry
from hub.store.embedded.store import EmbeddedStore
from tests.cli.worlds import BARRED, GOOD, SILENT
from tests.jobs.clients import (
    ROWS,
    Sender,
    Told,
    as_csv,
    brand,
    from_ndjson,
    hub_on,
    problem,
)
from tests.oauth.served import Clock, Hub

pytestmark = pytest.mark.anyio
LIST: Final = as_csv(
    [(each, "jeans", str(at)) for at in range(9) for each in (GOOD, BARRED, SILENT)]
)


async def test_progress_is_told_as_events_until_it_is_over(
    buyer: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "SLICE", 10)
    job = await buyer.sends(LIST)
    told = await buyer.call("GET", f"/jobs/{job['id']}/events")
    events = [
        dict(line.split(": ", 1) for line in each.splitlines())
        for each in told.text.strip().split("\n\n")
    ]
    last = events[-1]
    assert (last["event"], last["id"]) == ("done", "27-done")
    assert orjson.loads(last["data"]) == await buyer.job(job["id"])
    counted = [orjson.loads(each["data"])["done"] for each in events]
    assert counted == sorted(counted)
    path = f"/jobs/{job['id']}/events"
    again = await buyer.call("GET", path, headers={"last-event-id": last["id"]})
    assert (again.status_code, again.content) == (204, b"")
    missed = await buyer.call("GET", path, headers={"last-event-id": "10-running"})
    assert missed.text.startswith("id: 27-done\n")


async def test_answers_are_not_given_before_they_are_there(
    buyer: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "AT_ONCE", 0)
    job = await buyer.sends(LIST)
    answer = await buyer.call("GET", f"/jobs/{job['id']}/result")
    assert problem(answer) == (409, "NOT_DONE", "the job is waiting; 0 of 27 rows are done")
    assert answer.headers["retry-after"] == "5"
    monkeypatch.setattr(work, "AT_ONCE", 2)
    assert len(from_ndjson(await buyer.answers(job["id"]))) == 27


async def test_a_job_that_stopped_goes_on_where_it_was(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fails while the second slice is written; then another process goes on."""
    append, failed = work.append, asyncio.Event()
    loop = asyncio.get_running_loop()

    def failing(target: Path, end: int, lines: Sequence[bytes]) -> int:
        if end == 0:
            return append(target, end, lines)
        append(target, end, [*lines[:3], b'{"Supplier": "cut o'])
        loop.call_soon_threadsafe(failed.set)
        raise OSError(28, "No space left on device")

    clock = Clock()
    async with hub_on(EmbeddedStore(str(path)), tmp_path / "jobs", clock) as hub:
        asks = await brand(hub)
        whole = await asks.sends(LIST)
        expected = await asks.answers(whole["id"])
        monkeypatch.setattr(work, "SLICE", 10)
        monkeypatch.setattr(work, "append", failing)
        job = await asks.sends(LIST)
        await asyncio.wait_for(failed.wait(), 60)
    monkeypatch.undo()
    monkeypatch.setattr(work, "SLICE", 7)
    clock.ahead = 40 * 86_400  # it goes on much later, but of the day and the revision it began
    for each in (tmp_path / "jobs").glob(f"*/{job['id']}/job.json"):
        kept: Told = orjson.loads(each.read_bytes())
        assert (kept["state"], kept["done"]) == ("running", 10)
        later = {**kept, "expires_at": "2999-01-01T00:00:00Z"}
        each.write_bytes(orjson.dumps(later))
    async with hub_on(EmbeddedStore(str(path)), tmp_path / "jobs", clock) as hub:
        [(client, _)] = await Registry(hub.store.kept).all()
        asks = Sender(hub, client.id, await hub.given(client))
        assert await asks.answers(job["id"]) == expected
        over = await asks.job(job["id"])
        assert over["counts"] == {"INELIGIBLE": 9, "UNKNOWN": 9, "ELIGIBLE": 9}
        assert (over["revision"], over["asOf"]) == (whole["revision"], whole["asOf"])


async def test_a_job_of_a_client_that_is_disabled_is_given_up(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "AT_ONCE", 0)
    async with hub_on(EmbeddedStore(str(path)), tmp_path / "jobs") as hub:
        asks, other = await brand(hub), await brand(hub)
        job, others = await asks.sends(LIST), await other.sends(LIST)
        await Registry(hub.store.kept).disable(asks.id)
        hub.app.state.access.ledger.forget()
        assert (await asks.call("GET", f"/jobs/{job['id']}")).status_code == 401
        monkeypatch.setattr(work, "AT_ONCE", 2)
        assert (await other.over(others["id"]))["state"] == "done"
    [kept] = [*(tmp_path / "jobs").glob(f"*/{job['id']}/job.json")]
    told: Any = orjson.loads(kept.read_bytes())
    assert told["state"] == "ended"
    assert told["reason"].startswith("the client is no longer what it was")


async def test_a_fault_ends_a_job_and_says_nothing_of_itself(
    buyer: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def faulty(*_: Any, **__: Any) -> None:  # noqa: ANN401
        msg = "a secret"
        raise RuntimeError(msg)

    with monkeypatch.context() as patch:
        patch.setattr(work, "checked", faulty)
        over = await buyer.over((await buyer.sends(LIST))["id"])
    assert over["state"] == "ended"
    assert over["reason"].startswith("a fault of the hub")
    status, code, said = problem(await buyer.call("GET", f"/jobs/{over['id']}/result"))
    assert (status, code, said) == (409, "NOT_DONE", f"the job is ended: {over['reason']}")
    assert (await buyer.over((await buyer.sends(LIST))["id"]))["state"] == "done"


async def test_one_of_two_hubs_works_and_both_tell(here: Hub, path: Path, tmp_path: Path) -> None:
    buyer = await brand(here)
    await buyer.over((await buyer.sends(LIST))["id"])  # so the first has the folder
    async with hub_on(EmbeddedStore(str(path)), tmp_path / "jobs") as second:
        there = Sender(second, buyer.id, buyer.token)
        second.app.state.access.ledger.forget()
        [(client, _)] = await Registry(here.store.kept).all()
        there.token = await second.given(client)
        job = await there.sends(LIST)
        assert await there.answers(job["id"]) == await buyer.answers(job["id"])


async def test_metrics_tell_how_many_rows_were_answered(buyer: Sender, here: Hub) -> None:
    await buyer.over((await buyer.sends(as_csv(ROWS)))["id"])
    told = (await here.http.get("/metrics")).text.splitlines()
    assert f"wsr_hub_job_rows_total {len(ROWS)}.0" in told
    assert "wsr_hub_jobs_pending 0.0" in told
    assert any(
        line.startswith('wsr_hub_requests_total{door="/jobs",status="202"}') for line in told
    )


async def test_who_opens_too_many_streams_is_refused(
    buyer: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.jobs.doors.MOST_STREAMS", 0)
    job = await buyer.sends(LIST)
    answer = await buyer.call("GET", f"/jobs/{job['id']}/events")
    assert problem(answer)[:2] == (429, "TOO_MANY_JOBS")


async def test_a_slice_ends_by_what_it_takes_as_well_as_by_its_rows(
    buyer: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names of columns, which each answer has, are part of it."""
    append, written = work.append, list[int]()

    def counted(target: Path, end: int, lines: Sequence[bytes]) -> int:
        written.append(len(lines))
        return append(target, end, lines)

    monkeypatch.setattr(work, "append", counted)
    monkeypatch.setattr(work, "SLICE_BYTES", 400)
    listed = as_csv([(GOOD, str(at)) for at in range(9)], ("supplier", "n" * 150))
    assert len(from_ndjson(await buyer.answers((await buyer.sends(listed))["id"]))) == 9
    assert written == [2, 2, 2, 2, 1]
