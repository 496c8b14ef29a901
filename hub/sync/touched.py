"""Touched: whom what is planned may bar, however it says so."""

from collections.abc import Mapping
from typing import Any, Final

from graph_schema.agreements import Agreement, Clause
from graph_schema.codes import TieKind
from graph_schema.elements import Fact
from graph_schema.parties import Tie, Worksite
from graph_schema.standing import CompleteRun, Confirmation, Standing
from hub.sync.alike import Drawn
from hub.sync.plan import Plan

GROUPING: Final = frozenset({TieKind.PART_OF.value, TieKind.OPERATED_BY.value})
"""Ties by which a state of one bears on another."""
_CONFIRMS: Final = (Confirmation, CompleteRun)
_FORBIDS: Final = (Agreement, Clause)


class Touched:
    """Of whom a run says something that may bar them, or unsays what kept them from being barred.

    Attributes:
        told: Of whom it tells a word that may bar, takes back or ends a state, or says or unsays
            that they belong to somebody.
        listed: Of whom it tells a state, whatever it is.
        closed: Of whom it says that they have closed, and did not before.
        confirms: Whether it says that states are still so, which makes stale ones count again.
        unsays: Whether it says so no more.
        forbids: Whether it changes from whom agreements forbid to buy.
        looks: Whether it says that an agreement looks at the states of another program.
    """

    def __init__(
        self, program: int, words: frozenset[tuple[str, str]], looking: frozenset[int]
    ) -> None:
        """Begin with nobody.

        Args:
            program: Number of the program.
            words: The words of the program that may bar, each with its track.
            looking: Agreements that look at the states of other programs already.
        """
        self.told: set[int] = set()
        self.listed: set[int] = set()
        self.closed: set[int] = set()
        self.confirms = False
        self.unsays = False
        self.forbids = False
        self.looks = False
        self._program = program
        self._looking = looking
        self._words = words

    def take(self, plan: Plan) -> None:
        """Take in what is planned."""
        before = {row["identity"]: row for _, row, _ in plan.closed}
        for kind, row in plan.facts:
            self._begins(kind, row)
            if kind is Worksite and row["closed_on"] is not None:
                known = before.get(row["identity"])
                if known is None or known["closed_on"] is None:
                    self.closed.add(row["reference"])
        for kind, row, _ in plan.closed:
            if kind is Standing:
                self.told.add(row["subject"])
            elif kind is Tie:
                self._tied(row)
            self.unsays |= kind in _CONFIRMS
            self.forbids |= kind in _FORBIDS

    def draw(self, drawn: Drawn) -> None:
        """Take in what rows become that are like others; all of it is new."""
        for series in drawn.batch.series.get(drawn.kind, ()):
            for row in series.rows():
                self._begins(drawn.kind, row)

    def _begins(self, kind: type[Fact], row: Mapping[str, Any]) -> None:
        if kind is Standing:
            self.listed.add(row["subject"])
            if (row["track"], row["state"]) in self._words:
                self.told.add(row["subject"])
        elif kind is Tie:
            self._tied(row)
        self.confirms |= kind in _CONFIRMS
        self.forbids |= kind in _FORBIDS
        if kind is Clause:
            self.looks |= row["standing_program"] != self._program
        elif kind is Agreement:
            self.looks |= row["reference"] in self._looking

    def _tied(self, row: Mapping[str, Any]) -> None:
        if row["kind"] in GROUPING:
            self.told.add(row["from_"])
