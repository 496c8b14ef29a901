"""Tokens, secrets and assertions stand in no log, answer or metric."""

import logging

import pytest

from tests.oauth.served import Hub, assertion, basic, claims, signed

pytestmark = pytest.mark.anyio


async def test_nothing_secret_is_logged_or_told(
    giving: Hub, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    client = await giving.operator()
    reader, secret = await giving.reader()
    shown, bad = assertion(client.id), assertion(client.id, aud="https://other.example")
    token = await giving.given(client)
    foreign = signed(claims())
    answers = [
        await giving.post("token", **shown),
        await giving.post("token", **shown),
        await giving.post("token", **bad),
        await giving.post("token", basic(reader.id, secret), scope="write"),
        await giving.post("token", basic(client.id, secret)),
        await giving.http.post("/oauth/token", params={"client_secret": secret}),
        await giving.ask(token),
        await giving.ask(foreign),
        await giving.ask(f"{token}x"),
        await giving.http.get("/graphql", params={"query": "{a}", "access_token": token}),
        await giving.post("revoke", **assertion(client.id), token=token),
        await giving.ask(token),
        await giving.http.get("/metrics"),
    ]
    given = answers[0].json()["access_token"]
    planted = [secret, token, given, foreign, *(each["client_assertion"] for each in (shown, bad))]
    parts = {part for text in planted for part in text.split(".") if len(part) > 40}
    assert len(parts) > 10
    ours = [record for record in caplog.records if not record.name.startswith("httpx")]
    logged = "\n".join(record.getMessage() for record in ours) + "".join(capfd.readouterr())
    told = "\n".join(f"{answer.headers} {answer.text}" for answer in answers[1:])
    assert [part for part in parts if part in logged] == []
    assert [part for part in parts if part in told] == []


async def test_what_the_store_keeps_lets_nobody_in(giving: Hub) -> None:
    reader, secret = await giving.reader()
    kept = giving.store.kept
    for kind in ("client", "signing-key", "revoked", "assertion"):
        assert secret not in repr(await kept.all(kind))
    hashed = reader.secrets[0].sha256
    assert (await giving.post("token", basic(reader.id, hashed))).status_code == 401
