"""Operators that send documents and decide proposals, over HTTP."""

from collections.abc import AsyncIterator
from typing import Any, Final

import httpx

from hub.oauth.principal import Scope
from tests.oauth.served import Hub
from tests.oauth.test_pushes import Operator, Told

CSV: Final = "text/csv"
SHOWN: Final = (
    "id state held forAnotherClient sentBy decidedBy reason program { code } "
    "run { feed outcome complete added changed ended unchanged setAsideCount } "
)
PROPOSAL: Final = f"query($id: ID!) {{ proposal(id: $id) {{ {SHOWN} }} }}"
CHANGES: Final = (
    "query($id: ID!, $first: Int!, $after: String) { proposal(id: $id) { changes(first: $first, "
    "after: $after) { pageInfo { hasNextPage endCursor } nodes { kind fact factKind "
    "actor revision summary subject { ... on Organization { name } } before { state } "
    "after { state } } } } }"
)
_DECIDED: Final = f"{{ proposal {{ {SHOWN} }} problems {{ code path message }} revision }}"
APPLY: Final = (
    "mutation($id: ID!, $key: String!) { done: applyProposal(id: $id, idempotencyKey: $key) "
    f"{_DECIDED} }}"
)
REJECT: Final = (
    "mutation($id: ID!, $key: String!, $reason: String!) { done: rejectProposal(id: $id, "
    f"reason: $reason, idempotencyKey: $key) {_DECIDED} }}"
)
HELD: Final = (
    "mutation($input: RecordFactsInput!) { done: recordFacts(input: $input) { recorded { id } "
    f"revision problems {{ code message ... on Held {{ proposal {{ {SHOWN} }} }} }} }} }}"
)


class Sender(Operator):
    """An operator that sends documents and decides what waits."""

    async def send(
        self,
        key: str | None,
        content: str | bytes | AsyncIterator[bytes],
        *,
        program: str = "ffp",
        media: str | None = CSV,
        headers: dict[str, str] | None = None,
        **given: str,
    ) -> httpx.Response:
        """Send a document; return the answer."""
        told = {
            "authorization": f"Bearer {self.token}" if self.token else None,
            "idempotency-key": key,
            "content-type": media,
            **(headers or {}),
        }
        return await self.hub.http.post(
            f"/programs/{program}/documents",
            content=content,
            headers={name: value for name, value in told.items() if value is not None},
            params=given,
        )

    async def sends(self, key: str, content: str | bytes, **given: Any) -> Told:  # noqa: ANN401
        """Send a document that is taken; return the proposal."""
        answer = await self.send(key, content, **given)
        assert answer.status_code in {200, 202}, answer.text
        return answer.json()

    async def refused(self, *given: Any, **more: Any) -> tuple[int, str]:  # noqa: ANN401
        """Send a document that is not taken; return the status and the code."""
        answer = await self.send(*given, **more)
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        told = answer.json()
        assert told["status"] == answer.status_code
        assert told["requestId"] == answer.headers["x-request-id"]
        return answer.status_code, told["code"]

    async def proposal(self, public_id: str) -> Told:
        """Return a proposal as it is now."""
        return (await self.ask(PROPOSAL, id=public_id))["proposal"]

    async def changes(self, public_id: str, first: int = 500, after: str | None = None) -> Told:
        """Return a page of what a proposal changes."""
        found = await self.ask(CHANGES, id=public_id, first=first, after=after)
        return found["proposal"]["changes"]

    async def applies(self, key: str, public_id: str) -> Told:
        """Apply a proposal; return what is told of it."""
        return (await self.ask(APPLY, id=public_id, key=key))["done"]

    async def rejects(self, key: str, public_id: str, reason: str = "wrong file") -> Told:
        """Reject a proposal; return what is told of it."""
        return (await self.ask(REJECT, id=public_id, key=key, reason=reason))["done"]

    async def pushes_held(self, key: str, facts: list[Told]) -> Told:
        """Push what is held; return the problem with its proposal."""
        given = {"program": "ffp", "facts": facts, "idempotencyKey": key}
        done = (await self.ask(HELD, input=given))["done"]
        assert (done["recorded"], done["revision"]) == ([], None)
        [problem] = done["problems"]
        return problem


async def sender(hub: Hub, **fields: Any) -> Sender:  # noqa: ANN401 - fields of a client
    """Return an operator of the Fair Food Program, unless told otherwise."""
    signs = await hub.operator()
    given = {"programs": ("ffp",), "scopes": (Scope.READ, Scope.WRITE), **fields}
    client = await hub.register(jwks=signs.jwks, **given)
    return Sender(hub, await hub.given(client))
