"""A job: a list that a client wants answered, as of one moment, and how far it is."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from graph_schema.codes import Verdict
from hub.oauth.clients import Client
from hub.oauth.principal import Principal, Role, Scope
from hub.store.port import Latest
from hub.store.rows import instant, micros


class State(StrEnum):
    """What becomes of a job."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    ENDED = "ended"
    """It was given up; its reason says why."""


OVER = frozenset({State.DONE, State.ENDED})


class Asker(BaseModel):
    """Who asks, as its registration was when it asked: by that it is decided what it may see."""

    model_config = ConfigDict(frozen=True)

    client: str
    role: Role
    programs: tuple[str, ...]
    organization: str | None

    @classmethod
    def of(cls, who: Principal, client: str) -> "Asker":
        """Return who a principal is."""
        programs = tuple(sorted(who.programs))
        return cls(client=client, role=who.role, programs=programs, organization=who.organization)

    def principal(self) -> Principal:
        """Return as whom the graph is asked."""
        return Principal(
            client=self.client,
            role=self.role,
            programs=frozenset(self.programs),
            organization=self.organization,
            scopes=frozenset({Scope.READ}),
        )

    def still(self, client: Client) -> bool:
        """Whether a registration is what it was."""
        known = (client.id, client.role, tuple(sorted(client.programs)), client.organization)
        was = (self.client, self.role, self.programs, self.organization)
        return known == was and Scope.READ in client.scopes


class Job(BaseModel):
    """A job, as it is kept.

    Attributes:
        made: Tells it from another of the same id that was deleted.
        digest: Of all that was asked, by which the same request is known again.
        product: Of rows that name none.
        as_of: The day asked of.
        known_at: As known when, if it was asked for.
        began: The present of all its answers.
        revision: Of the graph, like the two that follow (`hub.store.port.Latest`).
        columns: Names of the list's columns.
        rows: How many it has.
        done: How many of them are answered.
        read_to: Bytes of the rows that these take.
        written_to: Bytes of the answers that these take.
        counts: How many of them have each verdict.
        problems: How many have none.
        begun: How often it was begun since it went on.
        reason: Why it was given up.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    made: str
    asker: Asker
    digest: str
    buyer: str
    product: str
    as_of: date
    known_at: datetime | None
    began: datetime
    revision: int
    recorded_at: int
    law_revision: int
    columns: tuple[str, ...]
    rows: int
    expires_at: datetime
    state: State = State.WAITING
    done: int = 0
    read_to: int = 0
    written_to: int = 0
    counts: Mapping[Verdict, int] = {}
    problems: int = 0
    begun: int = 0
    reason: str | None = None

    @property
    def latest(self) -> Latest:
        """The revision of which it is answered."""
        return Latest(self.revision, self.recorded_at, self.law_revision)

    def shown(self) -> dict[str, Any]:
        """Return the job as its client is told of it."""
        known = self.known_at or instant(max(micros(self.began), self.recorded_at))
        return {
            "id": self.id,
            "state": self.state,
            "rows": self.rows,
            "done": self.done,
            "counts": {each.value: self.counts[each] for each in Verdict if each in self.counts},
            "problems": self.problems,
            "reason": self.reason,
            "asOf": self.as_of,
            "knownAt": known.astimezone(UTC),
            "revision": str(self.revision),
            "createdAt": self.began,
            "expiresAt": self.expires_at,
        }
