"""A plan: what a run would write, and the difference that makes."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.kit import template
from adapters.kit.parsed import RowProblem
from graph_schema.elements import Fact
from graph_schema.standing import CompleteRun, Standing
from hub.store.port import Row
from hub.sync.intake import Change, Item

MOST_SHOWN: Final = 1_000
"""Changes of one sort that are kept to be looked at."""


@dataclass(slots=True)
class Plan:
    """What a run would write.

    What was handed on to be written is no more in `facts` and `closed`; it still counts.

    Attributes:
        facts: New rows by kind, without numbers.
        closed: Rows closed: kind, row, and the instant from which they are known otherwise.
        unseen: How many of those added, changed, ended and unchanged are not for everybody.
        more: How many changes were not kept, of those added, changed and ended.
        shown: How many facts of a kind the complete list still shows, or could have.
        absent: How many of them it shows no more.
    """

    facts: list[tuple[type[Fact], dict[str, Any]]] = field(
        default_factory=list[tuple[type[Fact], dict[str, Any]]]
    )
    closed: list[tuple[type[Fact], Row, int]] = field(
        default_factory=list[tuple[type[Fact], Row, int]]
    )
    added: list[Change] = field(default_factory=list[Change])
    changed: list[Change] = field(default_factory=list[Change])
    ended: list[Change] = field(default_factory=list[Change])
    unchanged: int = 0
    unseen: Counter[str] = field(default_factory=Counter[str])
    more: Counter[str] = field(default_factory=Counter[str])
    problems: list[RowProblem] = field(default_factory=list[RowProblem])
    shown: Counter[type[Fact]] = field(default_factory=Counter[type[Fact]])
    absent: Counter[type[Fact]] = field(default_factory=Counter[type[Fact]])

    @property
    def empty(self) -> bool:
        """Whether nothing would be written."""
        return not self.facts and not self.closed

    def add(self, item: Item, row: dict[str, Any]) -> None:
        """Plan a fact that is new."""
        self.facts.append((type(item.fact), row))
        if type(item.fact) is not CompleteRun:
            self._told(item, "added", self.added, row)

    def change(self, item: Item, row: dict[str, Any], current: Row, known_until: int) -> None:
        """Plan a fact that is known otherwise from an instant on."""
        self.closed.append((type(item.fact), current, known_until))
        self.facts.append((type(item.fact), row))
        if type(item.fact) is not CompleteRun:
            self._told(item, "changed", self.changed, row, current)

    def begin_earlier(self, item: Item, row: Row, known: Row, now: int) -> None:
        """Plan that a state began earlier than was known."""
        self.closed.append((type(item.fact), known, now))
        self.facts.append((type(item.fact), row))
        self._told(item, "changed", self.changed, row, known)

    def resume(self, row: Row) -> None:
        """Plan that a state that was ended is seen again."""
        self.facts.append((Standing, row))
        self._kept("added", self.added, Standing, row, f"seen again on {row['observed']}")

    def end(self, kind: type[Fact], row: Row, ended: Row, now: int) -> None:
        """Plan that a fact holds no more."""
        self.closed.append((kind, row, now))
        self.facts.append((kind, ended))
        self._kept("ended", self.ended, kind, row, f"ended on {ended['until']}")
        self.shown[kind] += 1
        self.absent[kind] += 1

    def end_earlier(self, kind: type[Fact], row: Row, ended: Row, now: int) -> None:
        """Plan that a fact held less long than was known; the list shrinks by nothing."""
        self.closed.append((kind, row, now))
        self.facts.append((kind, ended))
        self._kept("ended", self.ended, kind, row, f"ended on {ended['until']} already")

    def withdraw(self, kind: type[Fact], row: Row, now: int) -> None:
        """Plan that a fact is said no more, as if it had never been so."""
        self.closed.append((kind, row, now))
        self._kept("ended", self.ended, kind, row, "withdrawn")

    def same(self, row: Row, times: int = 1) -> None:
        """Take note of a fact that is known as it is said."""
        self.unchanged += times
        self.count("unchanged", row, times=times)

    def count(self, sort: str, *rows: Row, times: int = 1) -> None:
        """Count what is not for everybody: what was not and is not seen."""
        if not any(row["visible"] for row in rows):
            self.unseen[sort] += times

    def _told(self, item: Item, sort: str, changes: list[Change], *rows: Row) -> None:
        self.count(sort, *rows)
        if len(changes) < MOST_SHOWN:
            changes.append(_change(item))
        else:
            self.more[sort] += 1

    def _kept(
        self, sort: str, changes: list[Change], kind: type[Fact], row: Row, summary: str
    ) -> None:
        self.count(sort, row)
        if len(changes) < MOST_SHOWN:
            changes.append(_known(kind, row, summary))
        else:
            self.more[sort] += 1


def _change(item: Item) -> Change:
    shown = template.cells(item.fact)
    summary = ", ".join(f"{name} {value}" for name, value in shown.items() if value)
    return Change(item.fact.word, item.subject or item.line.program, summary, item.line.about.row)


def _known(kind: type[Fact], row: Row, becomes: str) -> Change:
    """Return what becomes of a kept fact; `told` says whom it is about."""
    what = row.get("state") or row.get("kind") or row.get("role") or row.get("name")
    ends = (row[end] for end in (kind.begins_at, kind.ends_at) if end)
    about = tuple(node for node in ends if node is not None)
    whom = "" if about else str(what or row["identity"][:8])
    return Change(kind.word, whom, f"{what} {becomes}" if about and what else becomes, about=about)
