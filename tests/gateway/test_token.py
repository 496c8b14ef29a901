"""How a gateway keeps the token by which it shows the hub who asks."""

from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

import orjson
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.outside import ended, serving

pytestmark = [pytest.mark.anyio, pytest.mark.drill]

PROBE: Final = """
import { authorization } from "./token.mjs";
const told = () => authorization().then((each) => each.authorization, (error) => error.message);
console.log(JSON.stringify([...(await Promise.all([told(), told()])), await told()]));
"""


async def told(node: Path, expires_in: int, *, failing: int = 0) -> list[str]:
    """Return what two who ask at once are given, and one who comes later."""
    (node / "probe.mjs").write_text(PROBE, encoding="utf-8")
    given: list[str] = []

    async def token(request: Request) -> Response:
        assert dict(parse_qsl((await request.body()).decode())) == {
            "grant_type": "client_credentials",
            "scope": "read router",
        }
        assert request.headers["authorization"] == "Basic YSUyMGNsaWVudDpwJTNBcQ=="
        given.append(f"t{len(given)}")
        if len(given) <= failing:
            return JSONResponse({"error": "temporarily_unavailable"}, 503)
        return JSONResponse({"access_token": given[-1], "expires_in": expires_in})

    routes = [Route("/oauth/token", token, methods=["POST"])]
    async with serving(lambda _: Starlette(routes=routes)) as url:
        env = {"HUB_URL": url, "HUB_CLIENT": "a client", "HUB_SECRET": "p:q"}
        code, out, err = await ended(node, "probe.mjs", env=env)
    assert code == 0, err
    return orjson.loads(out)


async def test_a_token_is_asked_for_once_while_it_is_good(node: Path) -> None:
    assert await told(node, 600) == ["Bearer t0"] * 3


async def test_a_token_is_asked_for_again_before_it_ends(node: Path) -> None:
    assert await told(node, 60) == ["Bearer t0", "Bearer t0", "Bearer t1"]


async def test_who_got_no_token_asks_again(node: Path) -> None:
    first, second, third = await told(node, 600, failing=1)
    assert first == second == 'the hub gives no token: {"error":"temporarily_unavailable"}'
    assert third == "Bearer t1"
