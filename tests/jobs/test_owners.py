"""Whose a job is: its client's alone, as long as it is kept."""

from pathlib import Path

import pytest

from hub.oauth.clients import Registry
from hub.oauth.principal import Role, Scope
from hub.store.embedded.store import EmbeddedStore
from tests.cli.worlds import GOOD
from tests.jobs.clients import (
    ROWS,
    Sender,
    as_csv,
    brand,
    from_ndjson,
    hub_on,
    problem,
)
from tests.oauth.served import Clock, Hub

pytestmark = pytest.mark.anyio
DOORS = (("GET", ""), ("GET", "/events"), ("GET", "/result"), ("DELETE", ""))


async def test_a_job_is_nothing_to_another_client(buyer: Sender, here: Hub) -> None:
    job = await buyer.sends(as_csv(ROWS), key="mine")
    await buyer.over(job["id"])
    other = await brand(here)
    for method, door in DOORS:
        said = problem(await other.call(method, f"/jobs/{job['id']}{door}"))
        unknown = problem(await other.call(method, f"/jobs/{'0' * 32}{door}"))
        assert said[:2] == unknown[:2] == (404, "UNKNOWN_REFERENCE")
        assert said[2].replace(job["id"], "0" * 32) == unknown[2]
    assert (await other.sends(as_csv(ROWS), key="mine"))["id"] != job["id"]
    assert (await buyer.job(job["id"]))["state"] == "done"


async def test_nobody_has_jobs_without_a_token(buyer: Sender, here: Hub) -> None:
    job = await buyer.sends(as_csv(ROWS))
    sent = await here.http.post("/jobs/eligibility", content=as_csv(ROWS))
    answers = [await here.http.request(m, f"/jobs/{job['id']}{door}") for m, door in DOORS]
    for answer in (sent, *answers):
        assert problem(answer)[:2] == (401, "UNAUTHENTICATED")
        assert answer.headers["www-authenticate"].startswith("Bearer resource_metadata=")


async def test_any_client_that_may_read_may_ask(here: Hub) -> None:
    given = {"role": Role.OPERATOR, "programs": ("alpha",), "scopes": (Scope.READ, Scope.WRITE)}
    operator = await brand(here, None, **given)
    job = await operator.sends(as_csv(ROWS))
    assert len(from_ndjson(await operator.answers(job["id"]))) == len(ROWS)
    [(client, _)] = await Registry(here.store.kept).all()
    writes = Sender(here, operator.id, await here.given(client, scope="write"))
    assert (await writes.refused(as_csv(ROWS)))[:2] == (403, "NOT_ALLOWED")


async def test_a_request_that_is_sent_again_is_one_job(buyer: Sender) -> None:
    listed = as_csv(ROWS)
    first = await buyer.sends(listed, key="monday")
    await buyer.over(first["id"])
    again = await buyer.sends(listed, key="monday")
    assert (again["id"], again["state"]) == (first["id"], "done")
    assert (await buyer.sends(listed))["id"] != first["id"]
    for changed in ({"body": as_csv(ROWS[:1])}, {"body": listed, "asOf": "2020-03-01"}):
        assert (await buyer.refused(**changed, key="monday"))[:2] == (422, "KEY_USED")


async def test_what_is_deleted_is_gone(buyer: Sender, tmp_path: Path) -> None:
    job = await buyer.sends(as_csv(ROWS))
    await buyer.answers(job["id"], "csv")
    answer = await buyer.call("DELETE", f"/jobs/{job['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    for method, door in DOORS:
        assert (await buyer.call(method, f"/jobs/{job['id']}{door}")).status_code == 404
    assert [each for each in (tmp_path / "jobs").glob("**/*") if each.is_file()] == [
        tmp_path / "jobs" / ".lock"
    ]


async def test_what_is_kept_long_enough_is_deleted(path: Path, tmp_path: Path) -> None:
    clock = Clock()
    async with hub_on(EmbeddedStore(str(path)), tmp_path / "jobs", clock) as hub:
        asks = await brand(hub)
        job = await asks.sends(as_csv(ROWS))
        await asks.answers(job["id"])
        clock.ahead = 71.9 * 3600
        asks.token = await hub.given((await Registry(hub.store.kept).all())[0][0])
        assert (await asks.job(job["id"]))["state"] == "done"
        clock.ahead = 72.1 * 3600
        asks.token = await hub.given((await Registry(hub.store.kept).all())[0][0])
        assert (await asks.call("GET", f"/jobs/{job['id']}")).status_code == 404
    async with hub_on(EmbeddedStore(str(path)), tmp_path / "jobs", clock):
        assert [*(tmp_path / "jobs").glob("*/*")] == []


async def test_files_are_for_the_hub_alone(buyer: Sender, tmp_path: Path) -> None:
    job = await buyer.sends(as_csv(ROWS))
    await buyer.answers(job["id"], "xlsx")
    found = [*(tmp_path / "jobs").glob("**/*")]
    assert {each.name for each in found} >= {"job.json", "rows", "answers", "answers.xlsx"}
    assert [each for each in (tmp_path / "jobs", *found) if each.stat().st_mode & 0o077] == []


async def test_a_client_has_as_many_jobs_as_it_may(
    buyer: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.jobs.taking.MOST_KEPT", 2)
    jobs = [await buyer.sends(as_csv([(GOOD, "", "")])) for _ in range(2)]
    for job in jobs:
        await buyer.over(job["id"])
    answer = await buyer.send(as_csv(ROWS))
    assert problem(answer)[:2] == (429, "TOO_MANY_JOBS")
    assert answer.headers["retry-after"] == "5"
    await buyer.call("DELETE", f"/jobs/{jobs[0]['id']}")
    await buyer.over((await buyer.sends(as_csv(ROWS)))["id"])
    monkeypatch.setattr("hub.jobs.taking.MOST_PENDING", 0)
    assert (await buyer.refused(as_csv(ROWS)))[:2] == (429, "TOO_MANY_JOBS")


async def test_lists_are_paid_for_as_questions_are(
    buyer: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def left() -> int:
        told = await buyer.call("POST", "/graphql", json={"query": "{ __typename }"})
        return int(told.headers["ratelimit"].partition("r=")[2].partition(";")[0])

    monkeypatch.setattr("hub.jobs.taking.SENT", 0)
    monkeypatch.setattr("hub.jobs.taking.NAMED", 20_000)
    monkeypatch.setattr("hub.jobs.taking.ROWS_OF_ONE", 1)
    before = await left()
    await buyer.sends(as_csv([(GOOD, "", "")]), key="a")
    assert before - await left() < 5_000  # the clock goes on
    listed = as_csv([("Example Weavers", "", ""), ("Others", "", ""), ("Others", "jeans", "")])
    await buyer.sends(listed, key="b")
    after = await left()
    assert before - after > 30_000
    await buyer.sends(listed, key="b")  # it is there already
    assert after - await left() < 5_000
    monkeypatch.setattr("hub.jobs.taking.SENT", 10_000_000)
    await buyer.refused(b"no list", key="c")
    answer = await buyer.send(listed, key="b")
    assert problem(answer)[:2] == (429, "RATE_LIMITED")
    assert int(answer.headers["retry-after"]) > 100
