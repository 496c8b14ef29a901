"""Where operators send documents: each becomes a proposal, with the difference that it makes."""

import hashlib
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from adapters.kit.gate import is_workbook
from hub.answers.desk import Desk
from hub.documents.asked import Asked, asked
from hub.errors import BadDocumentError
from hub.http.asked import KEY, OtherContentError, Turns
from hub.http.media import JSON
from hub.http.upload import Kind, received
from hub.identity.ids import Numbered
from hub.oauth.principal import Principal
from hub.oauth.writers import NoOperatorError, check_scope, client_of, operates
from hub.settings import Settings
from hub.store.deeds import By
from hub.store.port import Store
from hub.sync.feeds import installed
from hub.sync.intake import Change
from hub.sync.making import Sending
from hub.sync.proposal import Proposal, Shown, State, shown
from hub.sync.propose import propose
from hub.sync.receipt import Asked as Key
from hub.sync.receipt import KeyUsedError


class Reception:
    """Takes documents, of each client one at a time."""

    def __init__(self, settings: Settings) -> None:
        self._most_bytes = settings.most_document_bytes
        self._turns = Turns("document")

    async def take(
        self, request: Request, desk: Desk, principal: Principal, request_id: str
    ) -> Response:
        """Return the proposal that a document becomes, and its difference.

        Raises:
            UnauthenticatedError: Nobody says who sends it.
            NotAllowedError: It is no operator of the program, or its token does not allow it.
            InvalidInputError: The request is not what it should be; the message says why.
            ConflictError: Another document of the client is under way, or too many wait.
            BadDocumentError: The document is not what it should be.
        """
        code = request.path_params["code"]
        client = await _operator(desk, principal, code)
        adapter = installed().get(code)
        wanted = asked(request, client, code, adapter)
        with self._turns.of(client):
            content = await received(request, self._most_bytes)
            _check(wanted.kind, content)
            sent = Sending(
                program=code,
                document=wanted.document,
                content=content,
                by=By.of(client, request_id),
                asked=Key.of(client, wanted.key, _digested(code, wanted, content)),
                apply=wanted.apply,
            )
            try:
                made = await propose(desk.store, adapter, sent)
            except KeyUsedError as error:
                raise OtherContentError(error.message, path=(KEY,)) from error
            return await _told(desk, made, request_id)


async def _operator(desk: Desk, who: Principal, code: str) -> str:
    """Return the id of a client that may write a program.

    Of a program that is not there the same is said as of another's.
    """
    client = client_of(who)
    law = (await desk.sit()).law
    known = any(each.code == code for each in law.programs.values())
    if not known or not operates(who, code):
        raise NoOperatorError
    check_scope(who)
    return client


def _check(kind: Kind, content: bytes) -> None:
    """Refuse a document that is not what its type says.

    Raises:
        BadDocumentError: It is not.
    """
    if not content.strip():
        msg = "the document is empty; send it as the body of the request"
        raise BadDocumentError(msg)
    if is_workbook(content) is not (kind is Kind.XLSX):
        msg = f"the document is not what its type says, {kind}; send it with its own content type"
        raise BadDocumentError(msg)


def _digested(code: str, asked: Asked, content: bytes) -> object:
    """Return all that is asked, by which the same request is known again."""
    document = asked.document
    return [
        "document", code, document.form, document.feed, document.name,
        str(document.dated), document.partial, asked.apply, hashlib.sha256(content).hexdigest(),
    ]  # fmt: skip


async def _told(desk: Desk, made: Proposal, request_id: str) -> Response:
    store: Store = desk.store
    difference = (await shown(store, [made.number])).get(made.number)
    body = {
        "id": desk.ids.of(made.number, Numbered.PROPOSAL),
        "program": made.program,
        "feed": made.document.feed,
        "state": made.state,
        "held": made.held,
        "forAnotherClient": made.bars,
        "complete": made.complete,
        "counts": {
            "added": made.counts["added"],
            "changed": made.counts["changed"],
            "ended": made.counts["ended"],
            "unchanged": made.counts["unchanged"],
            "setAside": made.counts["set aside"],
        },
        **(_difference(difference) if difference else {}),
        "revision": None if made.revision is None else str(made.revision),
    }
    waits = made.state is State.PENDING
    status = HTTPStatus.ACCEPTED if waits else HTTPStatus.OK
    headers = {"x-request-id": request_id, "cache-control": "no-store"}
    return Response(orjson.dumps(body), int(status), headers, JSON)


def _difference(told: Shown) -> Mapping[str, Any]:
    return {
        "added": _changes(told.added),
        "changed": _changes(told.changed),
        "ended": _changes(told.ended),
        "notListed": dict(told.more),
        "setAside": [
            {
                "table": each.table,
                "row": each.row,
                "column": each.column,
                "code": each.code,
                "message": each.message,
            }
            for each in told.problems
        ],
        "notes": told.notes,
    }


def _changes(changes: Sequence[Change]) -> Sequence[Mapping[str, Any]]:
    return [
        {"kind": each.kind, "about": each.what, "row": each.row, "summary": each.summary}
        for each in changes
    ]
