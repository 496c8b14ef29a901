"""Deeds: who changes what in a store, as the audit log tells it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from secrets import token_hex
from typing import Self


class Actor(StrEnum):
    """As whom somebody changes something."""

    CLIENT = "client"
    """A registered client, over HTTP."""
    SHELL = "shell"
    """Whoever has the command line and the store."""
    SCHEDULE = "schedule"
    """The hub, which reads a feed when it is due."""
    HUB = "hub"
    """The hub, for itself."""


class Action(StrEnum):
    """What is done."""

    RECORD_FACTS = "recordFacts"
    WITHDRAW_FACT = "withdrawFact"
    PROPOSE = "propose"
    APPLY_PROPOSAL = "applyProposal"
    REJECT_PROPOSAL = "rejectProposal"
    SYNC = "sync"
    IMPORT = "import"
    ADD_CLIENT = "addClient"
    ROTATE_CLIENT = "rotateClient"
    DISABLE_CLIENT = "disableClient"
    REVOKE_TOKEN = "revokeToken"  # noqa: S105 - a word
    MAKE_KEY = "makeKey"
    ROTATE_KEY = "rotateKey"


@dataclass(frozen=True, slots=True)
class By:
    """Who does it.

    Attributes:
        actor: As whom.
        client: Id of the client, where it is one.
        request: By which it is found in logs and answers.
    """

    actor: Actor
    client: str | None = None
    request: str = field(default_factory=lambda: token_hex(8))

    @classmethod
    def of(cls, client: str, request: str) -> Self:
        """Return a client that asks over HTTP."""
        return cls(Actor.CLIENT, client, request)


@dataclass(frozen=True, slots=True)
class Deed:
    """A change as its row tells it: nothing secret, and of persons nothing.

    Attributes:
        programs: Codes of the programs that it concerns, whose operators may read of it.
        subject: What it is done to, in one word.
        before: Hash of what was there, where something was.
        after: Hash of what is there now, where something is.
        revision: The revision of the graph that it makes, where it makes one.
        reason: Why, where somebody says so.
    """

    by: By
    action: Action
    programs: Sequence[str] = ()
    subject: str | None = None
    before: str | None = None
    after: str | None = None
    revision: int | None = None
    reason: str | None = None

    def changing(self, before: str | None, after: str | None) -> Self:
        """Return the deed of changing one text into another."""
        return replace(self, before=before and sha256(before), after=after and sha256(after))


def sha256(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()
