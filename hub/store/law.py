"""What holds for every question, read once per revision that changes it."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Final

from graph_schema import agreements, programs, standing
from graph_schema.codes import Duty, Effect, Reason, Term, Unlisted
from graph_schema.days import BEGINNING, FOR_EVER
from graph_schema.elements import Fact
from graph_schema.texts import folded
from hub.eligibility.facts import (
    Agreement,
    Clause,
    Commodity,
    Confirmation,
    Law,
    Listing,
    Program,
    StateRule,
)
from hub.store.port import Moment, Row, Store
from hub.store.rows import partial

KINDS: Final[tuple[type[Fact], ...]] = (
    programs.Program,
    programs.Commodity,
    standing.StateRule,
    agreements.Agreement,
    agreements.Clause,
    standing.Confirmation,
    standing.CompleteRun,
)
"""The facts that make the law; a write that changes none of them leaves it as it is."""

_MOST_LAWS: Final = 64
_Rows = Mapping[type[Fact], Sequence[Row]]


class LawBook:
    """The rows of the law of the newest revision that changed it, and the law at an instant."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._revision = -1
        self._rows: _Rows = {}
        self._instants: list[int] = []
        self._laws: dict[int, Law] = {}

    async def at(self, moment: Moment, law_revision: int) -> Law:
        """Return the law of a moment.

        Args:
            moment: The revision and instant asked of.
            law_revision: The newest revision that changed the law.
        """
        if moment.revision < law_revision:
            return law(await self._read(moment.revision), moment)
        if self._revision != law_revision:
            rows = await self._read(moment.revision)
            self._rows, self._revision, self._laws = rows, law_revision, {}
            self._instants = sorted(
                {
                    instant
                    for found in rows.values()
                    for row in found
                    for instant in (row["recorded_from"], row["recorded_until"])
                }
            )
        known = bisect_right(self._instants, moment.known_at)
        if known not in self._laws:
            if len(self._laws) >= _MOST_LAWS:
                self._laws.pop(next(iter(self._laws)))
            self._laws[known] = law(self._rows, moment)
        return self._laws[known]

    async def _read(self, revision: int) -> _Rows:
        """Return the rows of the law; a commodity's code is its first reference's value."""
        rows: dict[type[Fact], list[Row]] = {
            kind: await self._store.everything(kind, revision) for kind in KINDS
        }
        products = rows[programs.Commodity]
        codes: dict[int, str] = {}
        for node, text, _ in await self._store.references([row["reference"] for row in products]):
            codes.setdefault(node, text.partition(":")[2])
        rows[programs.Commodity] = [row | {"code": codes[row["reference"]]} for row in products]
        return rows


def law(rows: _Rows, moment: Moment) -> Law:
    """Return the law that rows make, as known at a moment."""
    seen = {kind: [row for row in found if _known(row, moment)] for kind, found in rows.items()}
    newest = _owned(seen[agreements.Agreement])
    clauses: dict[int, list[Row]] = {}
    for clause in sorted(seen[agreements.Clause], key=lambda row: row["number"]):
        stated = newest.get(clause["agreement"])
        if stated and stated["program"] == clause["program"]:
            clauses.setdefault(clause["agreement"], []).append(clause)
    return Law(
        programs={
            number: _program(row)
            for number, row in (
                _earliest(_not_yet(rows[programs.Program], moment), "program")
                | _newest(seen[programs.Program], "program")
            ).items()
        },
        agreements={
            number: _agreement(row, clauses.get(number, ())) for number, row in newest.items()
        },
        rules=tuple(_rule(row) for row in seen[standing.StateRule]),
        commodities={
            number: _commodity(row)
            for number, row in _earliest(seen[programs.Commodity], "reference").items()
        },
        confirmations=(
            *(_confirmation(row, None) for row in seen[standing.Confirmation]),
            *(
                _confirmation(row, row["feed"])
                for row in seen[standing.CompleteRun]
                if row["tracks"]
            ),
        ),
        listings=tuple(
            _listing(row)
            for row in seen[standing.CompleteRun]
            if row["listing"] and not row["unidentified"]
        ),
        spellings=frozenset(row["state"] for row in rows[standing.StateRule]),
    )


def _known(row: Row, moment: Moment) -> bool:
    """Whether a row is seen at a moment."""
    return (
        row["revision_from"] <= moment.revision
        and row["recorded_from"] <= moment.known_at
        and (row["revision_until"] > moment.revision or row["recorded_until"] > moment.known_at)
    )


def _not_yet(rows: Sequence[Row], moment: Moment) -> list[Row]:
    """Return what a revision holds that was not known at the moment.

    A fact may state that it was known before its program was described to the hub; whose word it
    is can be told all the same.
    """
    return [
        row
        for row in rows
        if row["revision_from"] <= moment.revision and row["recorded_from"] > moment.known_at
    ]


def _newest(rows: Sequence[Row], key: str) -> dict[int, Row]:
    """Return the newest statement of each node."""
    ordered = sorted(rows, key=lambda row: (row["stated_at"], row["number"]))
    return {row[key]: row for row in ordered}


def _owned(rows: Sequence[Row]) -> dict[int, Row]:
    """Return the newest statement of each agreement by the program that stated it first.

    Another program's statement of the same agreement changes nothing.
    """
    owners = {
        row["reference"]: row["program"]
        for row in sorted(rows, key=lambda row: row["number"], reverse=True)
    }
    mine = [row for row in rows if row["program"] == owners[row["reference"]]]
    return _newest(mine, "reference")


def _earliest(rows: Sequence[Row], key: str) -> dict[int, Row]:
    """Return the earliest known statement of each node."""
    ordered = sorted(rows, key=lambda row: (row["recorded_from"], row["number"]), reverse=True)
    return {row[key]: row for row in ordered}


def _program(row: Row) -> Program:
    return Program(
        row["program"],
        row["code"],
        row["name"],
        row["parent"],
        example=bool(row["example"]),
        publishes=bool(row["publishes_standings"]),
    )


def _agreement(row: Row, clauses: Sequence[Row]) -> Agreement:
    return Agreement(
        number=row["reference"],
        program=row["program"],
        name=row["name"],
        term=Term(row["term"]),
        framework=bool(row["framework"]),
        under=row["under"],
        supersedes=row["supersedes"],
        concluded_on=partial(row, "concluded_on"),
        in_force_from=partial(row, "in_force_from"),
        in_force_until=partial(row, "in_force_until"),
        renewed_until=partial(row, "renewed_until"),
        signatories_complete=bool(row["signatories_complete"]),
        clauses=tuple(_clause(clause) for clause in clauses),
    )


def _clause(row: Row) -> Clause:
    return Clause(
        number=row["number"],
        agreement=row["agreement"],
        duty=Duty(row["duty"]),
        standing_program=row["standing_program"],
        text=row["text"],
        option=row["option"],
        products=frozenset(row["products"]),
        countries=frozenset(row["countries"]),
        regions=frozenset(row["regions"]),
        worksites=frozenset(row["worksites"]),
        unlisted=Unlisted(row["unlisted"]),
    )


def _rule(row: Row) -> StateRule:
    return StateRule(
        number=row["number"],
        program=row["program"],
        track=row["track"],
        state=row["state"],
        effect=Effect(row["effect"]),
        reason=Reason(row["reason"]) if row["reason"] else None,
        group=bool(row["group"]),
        lifted_by=frozenset(folded(word) for word in row["lifted_by"]),
        implies_membership=bool(row["implies_membership"]),
        since=row["since"] if row["since"] is not None else BEGINNING,
        until=row["until"] if row["until"] is not None else FOR_EVER,
    )


def _commodity(row: Row) -> Commodity:
    return Commodity(
        number=row["reference"],
        code=row["code"],
        name=row["name"],
        parent=row["parent"],
        aliases=tuple(row["aliases"]),
        hs=tuple(row["hs"]),
    )


def _confirmation(row: Row, feed: str | None) -> Confirmation:
    return Confirmation(
        program=row["program"],
        on=row["on"],
        tracks=frozenset(row["tracks"]),
        excepted=frozenset(row["except_"]),
        feed=feed,
    )


def _listing(row: Row) -> Listing:
    return Listing(row["program"], row["on"], row["max_age"], frozenset(row["except_"]))
