"""Trusted documents: what may be asked, where that is settled beforehand, each by its hash.

As the appendix of GraphQL over HTTP about persisted documents has it: `documentId` is `sha256:`
and the hash of the document's text. Apollo's clients send the hash in `extensions` instead.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

import orjson
from graphql import GraphQLError, GraphQLSchema, validate

from hub.errors import HubError, InvalidInputError
from hub.graphql import guard
from hub.oauth.principal import Principal, Scope

SETTING: Final = "HUB_TRUSTED_DOCUMENTS"
PREFIX: Final = "sha256:"
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_UNBOUND: Final = frozenset({Scope.ROUTER, Scope.WRITE})
"""Who has one of these asks what it likes: a router makes its questions itself, and an operator
answers for what it sends."""
_UNREAD: Final = "#"
"""What stands for a document that is not to be read; strawberry asks nobody about an empty one."""
_SHOWN: Final = 80
"""Characters of an id that are told."""
_LINE: Final = 300
"""Characters of what is wrong with a document that are told."""


class DocumentRequiredError(InvalidInputError):
    """A document that is not named by an id, where only those are taken."""

    code = "PERSISTED_DOCUMENT_REQUIRED"


class DocumentNotFoundError(InvalidInputError):
    """An id by which no document is known."""

    code = "PERSISTED_DOCUMENT_NOT_FOUND"


class Documents:
    """What is known by an id, and whether anything else is taken."""

    def __init__(self, known: Mapping[str, str] | None = None) -> None:
        self._only = known is not None
        self._known = known or {}

    def text(self, asked: Mapping[str, Any], principal: Principal) -> str:
        """Return the document that somebody asks with.

        Raises:
            DocumentRequiredError: It has to be named by an id, and is not.
            DocumentNotFoundError: Nothing is known by its id.
        """
        given: str = asked.get("query") or ""
        if given and not (self._only and _UNBOUND.isdisjoint(principal.scopes)):
            return given
        named = id_of(asked)
        if named is None:
            msg = "only known documents are answered here; send the `documentId` of one"
            raise DocumentRequiredError(msg)
        found = self._known.get(named.removeprefix(PREFIX))
        if found is None:
            msg = f"no document is known here by the id {named[:_SHOWN]!r}"
            raise DocumentNotFoundError(msg)
        if given not in {"", found}:
            msg = "`query` is another text than that of the document; send its `documentId` alone"
            raise DocumentRequiredError(msg)
        return found

    def settled(
        self, asked: Mapping[str, Any], principal: Principal
    ) -> tuple[str, HubError | None]:
        """Return the same, or the error that is to be told in its place."""
        try:
            return self.text(asked, principal), None
        except InvalidInputError as error:
            return _UNREAD, error


def id_of(asked: Mapping[str, Any]) -> str | None:
    """Return the id by which a request names its document; none where it names none."""
    if isinstance(named := asked.get("documentId"), str):
        return named
    extensions = cast("Mapping[str, object]", asked.get("extensions") or {})
    persisted = extensions.get("persistedQuery")
    if not isinstance(persisted, dict):
        return None
    found = cast("Mapping[str, object]", persisted).get("sha256Hash")
    return found if isinstance(found, str) else None


def read(path: Path | None, schema: GraphQLSchema) -> Documents:
    """Return the documents of a manifest: a JSON object of texts by their hashes.

    Args:
        path: Where it is; none: every document is taken.
        schema: What they are asked of.

    Raises:
        InvalidInputError: It cannot be read, or one of its documents could not be answered.
    """
    if path is None:
        return Documents()
    try:
        found: Any = orjson.loads(path.read_bytes())
    except OSError as error:
        msg = f"{SETTING}: cannot read {path}: {error.strerror}"
        raise InvalidInputError(msg) from error
    except orjson.JSONDecodeError as error:
        msg = f"{SETTING}: {path} is not JSON: {error}"
        raise InvalidInputError(msg) from error
    if not isinstance(found, dict):
        msg = f"{SETTING}: {path} is no JSON object of documents by their hashes"
        raise InvalidInputError(msg)
    texts = cast("Mapping[str, object]", found)
    return Documents(dict(_checked(name, text, schema) for name, text in texts.items()))


def _checked(name: str, text: object, schema: GraphQLSchema) -> tuple[str, str]:
    """Return a document and its hash.

    Raises:
        InvalidInputError: It is not what it should be; the message says which and why.
    """
    hashed = name.removeprefix(PREFIX)
    if not isinstance(text, str) or not _HASH.fullmatch(hashed):
        raise _bad(name, "write the text of each by its SHA-256, in lower-case hexadecimal")
    if hashlib.sha256(text.encode()).hexdigest() != hashed:
        raise _bad(name, "its text has another SHA-256")
    try:
        problems = validate(schema, guard.parsed(text), max_errors=1)
        if problems:
            raise _bad(name, problems[0].message)
        guard.read(text)
    except GraphQLError as error:
        raise _bad(name, error.message) from error
    except guard.LimitExceededError as error:
        raise _bad(name, error.message) from error
    return hashed, text


def _bad(name: str, why: str) -> InvalidInputError:
    return InvalidInputError(f"{SETTING}: document {name[:_SHOWN]!r}: {why[:_LINE]}")
