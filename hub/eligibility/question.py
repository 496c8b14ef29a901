"""The question, and its answer."""

from dataclasses import dataclass, field

from graph_schema.codes import Reason, Verdict
from hub.eligibility.facts import Agreement, Clause
from hub.eligibility.force import Miss
from hub.eligibility.verdict import Outcome


@dataclass(frozen=True, slots=True)
class Question:
    """May this buyer buy this product from this subject on this day?

    Attributes:
        buyer: Number of an organisation.
        subject: Number of an organisation or worksite.
        product: Number of a commodity.
        day: The day asked of, as `date.toordinal`.
        merged_from: The number it was asked by, where that was merged into another.
    """

    buyer: int
    subject: int
    product: int
    day: int
    merged_from: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a buyer's staff should know that does not change the verdict."""

    code: str
    text: str
    subject: int | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one agreement says of the purchase.

    Attributes:
        clause: The clause that labels it; none where no clause covers the purchase.
        program: The program whose standings it looks at.
        outcome: Verdict, reason, and what it rests on.
        in_force: Whether it counts for the overall verdict.
        miss: How near it came to bind, where it covers the purchase.
        notices: What to know about the signature or the place.
    """

    agreement: Agreement
    clause: Clause | None
    program: int
    outcome: Outcome
    in_force: bool
    miss: Miss | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The answer in a word."""
        return self.outcome.verdict

    @property
    def reason(self) -> Reason:
        """Why."""
        return self.outcome.reason


@dataclass(frozen=True, slots=True)
class Answer:
    """The overall verdict, and one ruling per agreement considered, the decisive first."""

    question: Question
    verdict: Verdict
    reason: Reason
    rulings: tuple[Ruling, ...] = ()
    notices: tuple[Notice, ...] = field(default=())
