"""The exchange format: one fact a line, the program that says it, and where it comes from."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Self, cast

from pydantic import Field, model_validator

from graph_schema.agreements import Agreement, Clause, Signature
from graph_schema.codes import Confidence
from graph_schema.days import PartialDate
from graph_schema.elements import Element, Fact
from graph_schema.parties import Organization, Tie, Worksite
from graph_schema.programs import Commodity, FactSource, Figure, Mechanism, Program
from graph_schema.references import ProgramCode
from graph_schema.sourcing import SourcingLink, Volume
from graph_schema.standing import CompleteRun, Confirmation, Standing, StateRule
from graph_schema.texts import Word

FACTS: Final[tuple[type[Fact], ...]] = (
    Program,
    Commodity,
    FactSource,
    StateRule,
    Organization,
    Worksite,
    Agreement,
    Clause,
    Tie,
    Signature,
    Standing,
    Confirmation,
    CompleteRun,
    SourcingLink,
    Volume,
    Mechanism,
    Figure,
)
"""Every fact there is. One that names a node stands behind the one that makes it."""

BY_WORD: Final = {fact.word: fact for fact in FACTS}
OPERATORS: Final = tuple(fact for fact in FACTS if fact.sent)
"""What operators send; the rest is the record's and the administrator's."""


class Provenance(Element):
    """Where a fact comes from and since when it is known."""

    sources: tuple[Word, ...] = ()
    """Numbers of its sources."""
    confidence: Confidence | None = None
    """How sure the source is."""
    known_on: date | None = None
    """The day it became public; only the record and the administrator may state an earlier one."""


class Bookkeeping(Provenance):
    """What a whole-graph export adds, so that the past can be asked as it was known."""

    recorded_at: datetime | None = None
    """Instant, in UTC, from which it is known."""
    withdrawn_at: datetime | None = None
    """Instant, in UTC, from which it is known otherwise."""
    stated_at: datetime | None = None
    """Instant, in UTC, of the document that says it; an older one never overwrites a newer."""
    retrieved_at: datetime | None = None
    """Instant, in UTC, at which the hub read it."""
    feed: Word | None = None
    """The feed that brought it."""
    max_age_days: Annotated[int, Field(ge=0)] | None = None
    """Days after its last confirmation on which it still counts as fresh."""
    visible: bool | None = None
    """Whether everyone may see it."""
    begins_between: PartialDate | None = None
    """When it began, where an earlier statement of the same fact told that more exactly."""
    last_confirmed_on: date | None = None
    """Day of its last confirmation by itself, where an earlier statement told that."""
    row: Annotated[int, Field(ge=0)] | None = None
    """Row of the document."""


class Line(Element):
    """One line of an exchange file."""

    program: ProgramCode
    """The program that says it."""
    fact: Fact
    """What it says."""
    about: Bookkeeping = Bookkeeping()
    """Where it comes from."""
    number: int | None = None
    """Its own number in an exchange file; `row` is that of the document it first stood in."""

    @property
    def place(self) -> int | None:
        """Where to look for it: its number in an exchange file, else its row."""
        return self.about.row if self.number is None else self.number

    @model_validator(mode="before")
    @classmethod
    def _unfold(cls, given: Any) -> Any:  # noqa: ANN401
        """Read `{"program": …, "standing": {…}, "sources": […]}`."""
        if not isinstance(given, dict):
            return given
        stated = cast("dict[str, Any]", given)
        if isinstance(stated.get("fact"), Fact):
            return stated
        words = [key for key in stated if key in BY_WORD]
        if len(words) != 1:
            msg = f"a line holds a program and one fact: {', '.join(BY_WORD)}"
            raise ValueError(msg)
        known = {"program", words[0]}
        return {
            "program": stated.get("program"),
            "fact": BY_WORD[words[0]].model_validate(stated[words[0]]),
            "about": {key: value for key, value in stated.items() if key not in known},
        }

    def unfolded(self) -> dict[str, Any]:
        """Return the line as it is written, without what is not given."""
        return {
            "program": self.program,
            self.fact.word: self.fact.model_dump(mode="json", by_alias=True, exclude_defaults=True),
            **self.about.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        }

    def with_known_on(self, day: date | None) -> Self:
        """Return the same line with another day of becoming public."""
        return self.model_copy(update={"about": self.about.model_copy(update={"known_on": day})})
