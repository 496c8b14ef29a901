"""Suppliers by their names: only a name that is wholly theirs, and theirs alone, stands for one.

A name counts where a program says it that described the supplier first or states a standing of it;
else anybody could name another's supplier.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

from graph_schema.parties import Organization, Worksite
from graph_schema.standing import Standing
from graph_schema.texts import folded
from hub.answers.calling import references
from hub.answers.desk import Sitting
from hub.answers.profile import Profile
from hub.answers.profiles import profiles
from hub.errors import HubError, InvalidInputError, UnknownReferenceError
from hub.identity.references import SUBJECTS

_PAGES: Final = (20, *[1_000] * 10)
"""Matches of a name that are looked at, page by page: whose else it is may stand on any of them."""
_SHOWN: Final = 4
_EVERY_SCORE: Final = 1e308


async def by_names(sitting: Sitting, names: Iterable[str]) -> Mapping[str, str | HubError]:
    """Return the reference of the supplier that goes by each name, or why there is none.

    Spelling counts but for case, blanks and punctuation; a name of several suppliers stands for
    none of them, since a wrong guess would answer for somebody else.
    """
    return {name: await _by_name(sitting, name) for name in dict.fromkeys(names)}


async def _by_name(sitting: Sitting, name: str) -> str | HubError:
    store = sitting.desk.store
    wanted = folded(name)
    exact: list[int] = []
    place = (_EVERY_SCORE, 0)
    for size in _PAGES:
        hits = await store.search(name, SUBJECTS, sitting.moment, size, place)
        found = await profiles(sitting, [number for number, _, _ in hits])
        exact += await _going_by(sitting, found, wanted)
        if len(hits) < size or len(exact) > _SHOWN:
            break
        number, _, score = hits[-1]
        place = (score, number)
    else:
        return InvalidInputError(f"too many names are like {name!r}; write the reference")
    if len(exact) == 1:
        return sitting.desk.ids.of(exact[0])
    if not exact:
        return UnknownReferenceError(name)
    called = await references(sitting, exact)
    # Of a merged worksite the current number, which comes first.
    texts = [called[number][0][1] for number in exact if number in called]
    listed = ", ".join(texts[:_SHOWN])
    return InvalidInputError(f"{len(exact)} suppliers go by {name!r}; write which: {listed}")


async def _going_by(sitting: Sitting, found: Mapping[int, Profile], wanted: str) -> list[int]:
    """Return those of whom a program says the name that may name them."""
    saying = {
        number: {row["program"] for row in each.said if wanted in _names(row)}
        for number, each in found.items()
    }
    named = [number for number, programs in saying.items() if programs]
    shared = [number for number in named if len(found[number].programs) > 1]
    naming = await _naming(sitting, shared) if shared else {}
    return [n for n in named if n not in naming or not saying[n].isdisjoint(naming[n])]


async def _naming(sitting: Sitting, numbers: Sequence[int]) -> dict[int, AbstractSet[int]]:
    """Return the programs that may name each supplier.

    Who described it first is asked of all that was ever said: a correction comes later.
    """
    store, moment, programs = sitting.desk.store, sitting.moment, sitting.law.programs
    first: dict[int, tuple[int, str, int]] = {}
    for kind in (Organization, Worksite):
        for row in await store.facts_at(kind, "reference", numbers, moment, history=True):
            code = programs[row["program"]].code if row["program"] in programs else ""
            said = (row["recorded_from"], code, row["program"])
            first[row["reference"]] = min(said, first.get(row["reference"], said))
    naming = {number: {program} for number, (_, _, program) in first.items()}
    for row in await store.facts_at(Standing, "subject", numbers, moment):
        naming[row["subject"]].add(row["program"])
    return {**naming}


def _names(row: Mapping[str, Any]) -> AbstractSet[str]:
    """Return what a statement calls somebody, as names are compared."""
    return {folded(text) for text in (row["name"], *(row["aliases"] or ()))}
