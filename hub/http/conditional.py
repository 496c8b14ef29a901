"""Documents that seldom change: who has one is told that it is as it was (RFC 9110, section 13)."""

import hashlib
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response


class Document:
    """A text with a name for its state, given again only to who has another state of it."""

    def __init__(self, text: str, media_type: str) -> None:
        self._body = text.encode()
        self._media_type = media_type
        # Weak, for it is the same however the bytes are compressed on their way.
        self.etag = f'W/"{hashlib.sha256(self._body).hexdigest()[:32]}"'

    async def answer(self, request: Request) -> Response:
        """Give the document, or say that what the client has is of this state."""
        headers = {"etag": self.etag, "cache-control": "no-cache"}
        known = {each.strip() for each in request.headers.get("if-none-match", "").split(",")}
        opaque = {each.removeprefix("W/") for each in known}
        if "*" in known or self.etag.removeprefix("W/") in opaque:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(self._body, headers=headers, media_type=self._media_type)
