"""Every error the hub raises on purpose, with its stable code and HTTP status.

HubError                      500  INTERNAL            a fault of ours
├── InvalidInputError         400  INVALID_INPUT       a value that cannot be taken; says which
│   └── InvalidReferenceError 400  INVALID_REFERENCE   no reference, or wrong check characters
├── UnknownReferenceError     404  UNKNOWN_REFERENCE   nothing of that name, or not visible
├── UnauthenticatedError      401  UNAUTHENTICATED     nobody says who asks, or the token is no good
├── NotAllowedError           403  NOT_ALLOWED         the client may not do it
├── BadDocumentError          422  BAD_DOCUMENT        a file that is not what it should be
├── HeldError                 409  HELD                a sync that a person must decide
├── ConflictError             409  CONFLICT            somebody else changed it first
├── InvalidTokenError         401  INVALID_TOKEN       a token that is not taken; says why
├── OAuthError                400  OAUTH_ERROR         what RFC 6749 refuses, in its own words
├── IssuerUnavailableError    503  ISSUER_UNAVAILABLE  the keys of an issuer cannot be fetched
├── RevisionNotReachedError   503  REVISION_NOT_REACHED the revision asked for did not come
├── DeadlineExceededError     504  DEADLINE_EXCEEDED   the answer takes too long
└── StoreUnavailableError     503  STORE_UNAVAILABLE   the store does not answer
"""

from collections.abc import Sequence
from enum import StrEnum
from http import HTTPStatus
from typing import ClassVar


class HubError(Exception):
    """Base of them all; `code` goes to `extensions.code`, `status` to HTTP."""

    code: ClassVar[str] = "INTERNAL"
    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(self, message: str, *, path: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = tuple(path)


class InvalidInputError(HubError):
    """A value that cannot be taken; the message names it and what would do."""

    code = "INVALID_INPUT"
    status = HTTPStatus.BAD_REQUEST


class InvalidReferenceError(InvalidInputError):
    """A text that is no reference, or whose check characters are wrong."""

    code = "INVALID_REFERENCE"


class UnknownReferenceError(HubError):
    """Nothing goes by this reference, or the viewer may not see it: the two are the same."""

    code = "UNKNOWN_REFERENCE"
    status = HTTPStatus.NOT_FOUND

    def __init__(self, reference: str, *, path: Sequence[str] = ()) -> None:
        super().__init__(f"nothing here goes by {reference!r}; check it, or search", path=path)
        self.reference = reference


class UnauthenticatedError(HubError):
    """Nobody says who asks, or the token cannot be taken."""

    code = "UNAUTHENTICATED"
    status = HTTPStatus.UNAUTHORIZED


class NotAllowedError(HubError):
    """The client may not do this; what it may not see it is not told of."""

    code = "NOT_ALLOWED"
    status = HTTPStatus.FORBIDDEN


class BadDocumentError(HubError):
    """A file that cannot be read as what it should be; the message names the place."""

    code = "BAD_DOCUMENT"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class HeldError(HubError):
    """A sync that is not believable; a person looks at its diff and decides."""

    code = "HELD"
    status = HTTPStatus.CONFLICT


class ConflictError(HubError):
    """Somebody else changed it first; read again and repeat."""

    code = "CONFLICT"
    status = HTTPStatus.CONFLICT


class InvalidTokenError(HubError):
    """A token that is not taken; the message says why and shows nothing of it."""

    code = "INVALID_TOKEN"
    status = HTTPStatus.UNAUTHORIZED


class Refusal(StrEnum):
    """The words in which an authorization server refuses (RFC 6749, section 5.2)."""

    INVALID_CLIENT = "invalid_client"
    INVALID_REQUEST = "invalid_request"
    INVALID_SCOPE = "invalid_scope"
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"
    UNAUTHORIZED_CLIENT = "unauthorized_client"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"


class OAuthError(HubError):
    """A request that the authorization server refuses (RFC 6749, section 5.2).

    Attributes:
        error: The word that the RFC has for it.
        told_as: Its HTTP status.
        retry_after: Seconds after which it may be sent again, where it came too often.
        challenge: How a client may show who it is, as `WWW-Authenticate` has it.
    """

    code = "OAUTH_ERROR"
    status = HTTPStatus.BAD_REQUEST

    def __init__(
        self,
        error: Refusal,
        message: str,
        told_as: HTTPStatus = HTTPStatus.BAD_REQUEST,
        *,
        retry_after: int | None = None,
        challenge: str | None = None,
    ) -> None:
        super().__init__(message)
        self.error = error
        self.told_as = told_as
        self.retry_after = retry_after
        self.challenge = challenge


class IssuerUnavailableError(HubError):
    """The keys of a trusted issuer are not known and cannot be fetched now."""

    code = "ISSUER_UNAVAILABLE"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class RevisionNotReachedError(HubError):
    """A read asked for a revision at least so new, and that did not come in time."""

    code = "REVISION_NOT_REACHED"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class DeadlineExceededError(HubError):
    """The answer takes longer than anybody should wait for."""

    code = "DEADLINE_EXCEEDED"
    status = HTTPStatus.GATEWAY_TIMEOUT


class StoreUnavailableError(HubError):
    """The store does not answer, or refuses the password."""

    code = "STORE_UNAVAILABLE"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class StoreLostError(StoreUnavailableError):
    """No answer came from the store at all."""
