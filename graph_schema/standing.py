"""Standing: how one program sees one subject over time. It has no expiry date."""

from datetime import date
from typing import ClassVar

from pydantic import Field as Declared
from pydantic import model_validator

from graph_schema.codes import Effect, Reason
from graph_schema.days import PartialDate
from graph_schema.elements import Fact
from graph_schema.references import ProductName, SubjectRef
from graph_schema.texts import RegionCode, Text, Word


class Standing(Fact):
    """One state of one subject on one track of one program."""

    word: ClassVar = "standing"
    table: ClassVar = "standings"
    key: ClassVar = ("subject", "track", "state", "since", "observed", "products", "regions")
    begins_at: ClassVar = "subject"

    subject: SubjectRef
    """Who holds it."""
    state: Word
    """The program's own word, as its state rules spell it."""
    track: Word | None = None
    """Which of the program's tracks; may be left out where only one has the word."""
    since: PartialDate | None = None
    """First day of it."""
    observed: PartialDate | None = None
    """When it was seen, where its first day is not known: it counts from the first day of that."""
    until: PartialDate | None = None
    """First day it no longer holds. It does not end a state that must be lifted."""
    announced_until: PartialDate | None = None
    """Last day of an announced period, as printed; it does not end the state by itself."""
    products: tuple[ProductName, ...] = ()
    """Products it concerns, with all below them; empty: all."""
    regions: tuple[RegionCode, ...] = ()
    """Regions it concerns, ISO 3166-2; empty: all."""
    confirmed_on: date | None = None
    """Last day the program confirmed it."""
    published: bool | None = None
    """Whether the program publishes it; default: the program's practice."""
    note: Text | None = None
    """What the program or its source adds."""

    @property
    def began(self) -> PartialDate:
        """When it began, or was seen; a standing has one of the two."""
        began = self.since or self.observed
        assert began is not None  # noqa: S101 - `_dated` sees to it
        return began

    @model_validator(mode="after")
    def _dated(self) -> "Standing":
        if self.since is None and self.observed is None:
            msg = "it needs `since`, when it began, or `observed`, when it was seen"
            raise ValueError(msg)
        return self


class Confirmation(Fact):
    """All the program's states on these tracks are still so on that day, but for some subjects."""

    word: ClassVar = "confirmation"
    table: ClassVar = "confirmations"
    key: ClassVar = ("on", "tracks", "except_")

    on: date
    """The day of which it speaks."""
    tracks: tuple[Word, ...] = ()
    """The tracks it speaks of; empty: all."""
    except_: tuple[SubjectRef, ...] = Declared(default=(), alias="except")
    """Subjects of which it says nothing."""


class StateRule(Fact):
    """What a program's own word means for a purchase, in the days it was used so."""

    word: ClassVar = "stateRule"
    table: ClassVar = "state_rules"
    sent: ClassVar = False
    key: ClassVar = ("track", "state", "since")

    track: Word
    """The track the word stands on."""
    state: Word
    """The word as the program spells it; case, blanks and punctuation do not matter."""
    effect: Effect
    """What it means for a purchase."""
    reason: Reason | None = None
    """The reason a ruling on it gives; none where the effect has but one."""
    group: bool = False
    """Whether it reaches the whole company group."""
    lifted_by: tuple[Word, ...] = ()
    """The words that end it; it stands beside later states until one of them."""
    implies_membership: bool = True
    """Whether it shows that the subject is in the program; an audit does not."""
    since: date | None = None
    """First day of a standing's beginning that the rule is for."""
    until: date | None = None
    """First day of a standing's beginning that the rule is no longer for."""
    explanation: Text = ""
    """What the program says the word means, in the hub's own words."""


class CompleteRun(Fact):
    """A complete list of a feed: what it still showed on a day, and that it left nothing out."""

    word: ClassVar = "completeRun"
    table: ClassVar = "complete_runs"
    sent: ClassVar = False
    key: ClassVar = ("feed", "on")

    feed: Word
    """Which of the program's feeds."""
    on: date
    """The day of which the list speaks."""
    kinds: tuple[Word, ...] = ()
    """The kinds of facts it speaks of, such as `standing` and `tie`."""
    tracks: tuple[Word, ...] = ()
    """The tracks it speaks of, where it speaks of standings; empty: it shows none."""
    listing: bool = False
    """Whether absence from the list means that a subject is not in the program."""
    except_: tuple[SubjectRef, ...] = Declared(default=(), alias="except")
    """Subjects of which the list says nothing: their rows were set aside, or could have been."""
    unidentified: int = 0
    """Rows set aside whose subject is not known: with any, absence says nothing."""
