"""Nodes as they are shown: what all programs say of each, the earliest known statement first."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from graph_schema.agreements import Agreement
from graph_schema.codes import Kind
from graph_schema.elements import Fact
from graph_schema.parties import Organization, Worksite
from graph_schema.programs import Commodity, Program
from hub.answers.desk import Sitting
from hub.answers.profile import Profile
from hub.store.cache import ENTRIES
from hub.store.port import Row
from hub.store.rows import columns

KINDS: Final[Mapping[type[Fact], Kind]] = {
    Program: Kind.PROGRAM,
    Organization: Kind.ORGANIZATION,
    Worksite: Kind.WORKSITE,
    Agreement: Kind.AGREEMENT,
    Commodity: Kind.COMMODITY,
}
_OWNED: Final = (Program, Agreement)
"""Of these the newest statement of one program counts, not what several say together."""
_Said = tuple[type[Fact], Row]


async def profiles(
    sitting: Sitting, numbers: Sequence[int], *, former: bool = False
) -> dict[int, Profile]:
    """Return nodes by number in one round trip; those that are not visible are left out.

    Args:
        sitting: As known when, and who asks.
        numbers: Numbers of nodes.
        former: Show a node that nobody describes any more as it was described last, so that the
            facts of the past that name it can be told; two more round trips where there is one.
    """
    kept = sitting.kept(sitting.desk.shown, sitting.moment)
    known = kept.known(numbers)
    wanted = [number for number in numbers if number not in known] if known else numbers
    if not wanted:
        return known
    said: dict[int, list[_Said]] = {}
    for kind, row in await sitting.desk.store.statements(wanted, sitting.moment):
        said.setdefault(_about(kind, row), []).append((kind, row))
    found = {number: _profile(sitting, number, of) for number, of in said.items()}
    kept.keep(found, sum(_size(kind, row) for of in said.values() for kind, row in of))
    missing = [number for number in wanted if number not in said] if former else []
    if missing:
        last = await _described_last(sitting, missing)
        found |= {number: _profile(sitting, number, of) for number, of in last.items()}
    found |= known
    return {number: found[number] for number in numbers if number in found}


def _size(kind: type[Fact], row: Row) -> int:
    """Return how much memory a statement takes: one, and more where it has long lists."""
    return 1 + sum(len(row[name] or ()) for name in _listed(kind)) // ENTRIES


def _about(kind: type[Fact], row: Row) -> int:
    return row["program"] if kind is Program else row["reference"]


async def _described_last(sitting: Sitting, numbers: Sequence[int]) -> dict[int, list[_Said]]:
    """Return what was said last of nodes that nobody describes any more."""
    store, moment = sitting.desk.store, sitting.moment
    kinds = await store.kinds(numbers, moment)
    said: dict[int, list[_Said]] = {}
    for fact, kind in KINDS.items():
        mine = [number for number, found in kinds.items() if found is kind]
        if mine:
            end = "program" if fact is Program else "reference"
            for row in await store.facts_at(fact, end, mine, moment, history=True):
                said.setdefault(_about(fact, row), []).append((fact, row))
    last = {number: max(row["recorded_until"] for _, row in of) for number, of in said.items()}
    return {
        number: [each for each in of if each[1]["recorded_until"] == last[number]]
        for number, of in said.items()
    }


def _profile(sitting: Sitting, number: int, said: list[_Said]) -> Profile:
    programs = sitting.law.programs
    kind = said[0][0]
    ordered = [row for of, row in said if of is kind]
    if len(ordered) > 1:
        ordered.sort(
            key=lambda row: (
                row["recorded_from"],
                programs[row["program"]].code if row["program"] in programs else "",
                row["number"],
            )
        )
    merged = _newest(ordered) if kind in _OWNED else _merged(kind, ordered)
    if kind is Commodity and number in sitting.law.commodities:
        merged["code"] = sitting.law.commodities[number].code
    by = tuple(dict.fromkeys(row["program"] for row in ordered))
    return Profile(number, KINDS[kind], merged, by, ordered)


def _newest(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the newest statement of the program that stated it first."""
    owner = rows[0]["program"]
    mine = [row for row in rows if row["program"] == owner]
    return dict(max(mine, key=lambda row: (row["stated_at"], row["number"])))


def _merged(kind: type[Fact], rows: Sequence[Row]) -> dict[str, Any]:
    """Return the first statement, its gaps filled by later ones, lists joined."""
    merged = dict(rows[0])
    if len(rows) == 1:
        for name in _listed(kind):
            merged[name] = [*dict.fromkeys(merged[name])] if merged[name] else []
        return merged
    for column in columns(kind):
        if column.type is list:
            values = (value for row in rows for value in row[column.name] or ())
            merged[column.name] = list(dict.fromkeys(values))
        else:
            known = (row[column.name] for row in rows if row[column.name] is not None)
            merged[column.name] = next(known, None)
    return merged


@cache
def _listed(kind: type[Fact]) -> Sequence[str]:
    """Return the columns of a kind that hold lists."""
    return [column.name for column in columns(kind) if column.type is list]
