"""How jobs are worked on: slice by slice, again where they were, and by one process of several."""

import asyncio
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from hub.jobs import slices, work
from hub.jobs.folder import Folder
from hub.jobs.job import Job
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
    monkeypatch.setattr(slices, "SLICE", 10)
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
    append, failed = slices.append, asyncio.Event()
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
        monkeypatch.setattr(slices, "SLICE", 10)
        monkeypatch.setattr(slices, "append", failing)
        job = await asks.sends(LIST)
        await asyncio.wait_for(failed.wait(), 60)
    monkeypatch.undo()
    monkeypatch.setattr(slices, "SLICE", 7)
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
        patch.setattr(slices, "checked", faulty)
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


async def test_a_list_takes_no_room_of_what_is_asked_again(buyer: Sender, here: Hub) -> None:
    await buyer.over((await buyer.sends(as_csv(ROWS)))["id"])
    assert not here.app.state.desk.bearing
    assert here.app.state.watching.cache is here.app.state.desk.cache


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
    append, written = slices.append, list[int]()

    def counted(target: Path, end: int, lines: Sequence[bytes]) -> int:
        written.append(len(lines))
        return append(target, end, lines)

    monkeypatch.setattr(slices, "append", counted)
    monkeypatch.setattr(slices, "SLICE_BYTES", 400)
    listed = as_csv([(GOOD, str(at)) for at in range(9)], ("supplier", "n" * 150))
    assert len(from_ndjson(await buyer.answers((await buyer.sends(listed))["id"]))) == 9
    assert written == [2, 2, 2, 2, 1]


async def test_a_job_that_is_deleted_writes_nothing_into_the_next_of_its_key(
    buyer: Sender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, begun, go = slices.append, asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def held(target: Path, end: int, lines: Sequence[bytes]) -> int:
        loop.call_soon_threadsafe(begun.set)
        go.wait(60)
        target.parent.mkdir(exist_ok=True)
        return append(target, end, lines)

    monkeypatch.setattr(slices, "append", held)
    job = await buyer.sends(LIST, key="k")
    await asyncio.wait_for(begun.wait(), 60)
    monkeypatch.undo()
    deleting = asyncio.create_task(buyer.call("DELETE", f"/jobs/{job['id']}"))
    while (await buyer.call("GET", f"/jobs/{job['id']}")).status_code == 200:
        pass
    assert not deleting.done()  # it waits for who works on it
    go.set()
    assert (await deleting).status_code == 204
    for left in (tmp_path / "jobs").glob(f"*/{job['id']}"):
        shutil.rmtree(left)
    again = await buyer.sends(as_csv(ROWS), key="k")
    assert again["id"] == job["id"]
    assert len(from_ndjson(await buyer.answers(again["id"]))) == len(ROWS)


async def test_a_hub_beside_deletes_a_job_and_takes_another_of_its_key(
    here: Hub, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = await brand(here)
    await buyer.over((await buyer.sends(LIST))["id"])  # so the first has the folder
    answered, begun, go = work.answered, asyncio.Event(), asyncio.Event()

    async def held(*given: Any) -> Job:  # noqa: ANN401
        begun.set()
        await go.wait()
        return await answered(*given)

    async with hub_on(EmbeddedStore(str(path)), tmp_path / "jobs") as second:
        [(client, _)] = await Registry(here.store.kept).all()
        there = Sender(second, buyer.id, await second.given(client))
        with monkeypatch.context() as patch:
            patch.setattr(work, "answered", held)
            job = await there.sends(LIST, key="k")
            await asyncio.wait_for(begun.wait(), 60)
        assert (await there.call("DELETE", f"/jobs/{job['id']}")).status_code == 204
        await there.sends(as_csv(ROWS), key="k")
        go.set()
        assert len(from_ndjson(await there.answers(job["id"]))) == len(ROWS)


async def test_a_job_whose_rows_are_lost_is_given_up(
    buyer: Sender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "AT_ONCE", 0)
    job = await buyer.sends(LIST)
    [rows] = (tmp_path / "jobs").glob(f"*/{job['id']}/rows")
    rows.write_bytes(b"".join(rows.read_bytes().splitlines(keepends=True)[:5]))
    monkeypatch.setattr(work, "AT_ONCE", 2)
    over = await buyer.over(job["id"])
    assert (over["state"], over["done"]) == ("ended", 5)
    assert over["reason"] == "its rows from 5 on are lost; send the list again"


async def test_a_job_that_gets_no_further_is_given_up(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ends each time; what is told in good order is not counted."""
    monkeypatch.setattr(work, "AT_ONCE", 0)
    async with hub_on(EmbeddedStore(str(path)), tmp_path / "jobs") as hub:
        job = await (await brand(hub)).sends(LIST)
    [kept] = (tmp_path / "jobs").glob(f"*/{job['id']}/job.json")
    monkeypatch.setattr(work, "AT_ONCE", 2)

    async def held(*_: Any, **__: Any) -> None:  # noqa: ANN401
        begun.set()
        await asyncio.Event().wait()

    killed = kept.read_bytes()
    for times in (1, 2, 3):
        begun = asyncio.Event()
        kept.write_bytes(killed)
        with monkeypatch.context() as patch:
            patch.setattr(work, "answered", held)
            async with hub_on(EmbeddedStore(str(path)), tmp_path / "jobs") as hub:
                await asyncio.wait_for(begun.wait(), 60)
                killed = kept.read_bytes()
        assert orjson.loads(killed)["begun"] == times
        assert orjson.loads(kept.read_bytes())["begun"] == times - 1
    kept.write_bytes(killed)
    async with hub_on(EmbeddedStore(str(path)), tmp_path / "jobs") as hub:
        [(client, _)] = await Registry(hub.store.kept).all()
        asks = Sender(hub, client.id, await hub.given(client))
        over = await asks.over(job["id"])
    assert (over["state"], over["done"]) == ("ended", 0)
    assert over["reason"] == "it was begun 3 times at row 0 and got no further"


@pytest.mark.parametrize("broken", [b"", b'{"id": "x"}', b'{"id'])
async def test_a_job_that_cannot_be_read_spoils_no_other(
    path: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, broken: bytes
) -> None:
    async with hub_on(EmbeddedStore(str(path)), tmp_path / "jobs") as hub:
        asks = await brand(hub)
        job = await asks.sends(LIST, key="k")
        await asks.over(job["id"])
    [kept] = (tmp_path / "jobs").glob(f"*/{job['id']}/job.json")
    kept.write_bytes(broken)
    async with hub_on(EmbeddedStore(str(path)), tmp_path / "jobs") as hub:
        [(client, _)] = await Registry(hub.store.kept).all()
        asks = Sender(hub, client.id, await hub.given(client))
        assert (await asks.call("GET", f"/jobs/{job['id']}")).status_code == 404
        assert (await asks.over((await asks.sends(LIST))["id"]))["state"] == "done"
        assert "wsr_hub_jobs_pending 0.0" in (await hub.http.get("/metrics")).text
        assert caplog.text.count("cannot be used: it is cut off, or of old") == 1
        again = await asks.sends(LIST, key="k")
        assert again["id"] == job["id"]
        assert (await asks.over(job["id"]))["state"] == "done"


async def test_a_folder_that_cannot_be_used_is_tried_again(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "EVERY", 0.01)
    failed = asyncio.Event()

    def failing(*_: object) -> None:
        failed.set()
        raise PermissionError(13, "Permission denied")

    patch = pytest.MonkeyPatch()
    for name in ("mine", "expire", "pending"):
        patch.setattr(Folder, name, failing)
    async with hub_on(EmbeddedStore(str(path)), tmp_path / "jobs") as hub:
        failed.clear()
        await asyncio.wait_for(failed.wait(), 60)
        assert "wsr_hub_jobs_pending NaN" in (await hub.http.get("/metrics")).text
        asks = await brand(hub)
        job = await asks.sends(LIST)
        patch.undo()
        assert (await asks.over(job["id"]))["state"] == "done"


async def test_what_tells_how_many_wait_deletes_nothing(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()

    def nothing(*_: object) -> None:
        pass

    async with hub_on(EmbeddedStore(str(path)), tmp_path / "jobs", clock) as hub:
        job = await (await brand(hub)).sends(LIST)
        monkeypatch.setattr(Folder, "expire", nothing)
        clock.ahead = 100 * 3600
        await hub.http.get("/metrics")
        assert [*(tmp_path / "jobs").glob(f"*/{job['id']}")] != []


async def test_a_job_gives_way_to_that_of_another_client(
    here: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "SLICE", 1)
    monkeypatch.setattr(work, "AT_ONCE", 1)
    first, second = await brand(here), await brand(here)
    answered, served, both = work.answered, list[str](), asyncio.Event()

    async def noted(job: Job, *given: Any) -> Job:  # noqa: ANN401
        await both.wait()
        served.append(job.asker.client)
        return await answered(job, *given)

    monkeypatch.setattr(work, "answered", noted)
    jobs = [await first.sends(LIST), await first.sends(LIST)]
    later = await second.sends(LIST)
    both.set()
    assert (await second.over(later["id"]))["state"] == "done"
    for job in jobs:
        assert (await first.over(job["id"]))["state"] == "done"
    start = served.index(second.id)
    assert start < 27  # before the first job is done
    assert served[start : start + 8] == [second.id, first.id] * 4


async def test_streams_that_are_opened_at_once_are_counted(
    buyer: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.jobs.doors.MOST_STREAMS", 2)
    monkeypatch.setattr(work, "AT_ONCE", 0)
    job = await buyer.sends(LIST)
    path = f"/jobs/{job['id']}/events"
    asking = [asyncio.create_task(buyer.call("GET", path)) for _ in range(6)]
    refused = 0
    while refused < 4:
        done, asking = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        refused += len(done)
        assert {problem(each.result())[:2] for each in done} == {(429, "TOO_MANY_JOBS")}
    monkeypatch.setattr(work, "AT_ONCE", 2)
    assert {(await each).status_code for each in asking} == {200}
    assert (await buyer.over(job["id"]))["state"] == "done"  # their places are free again
