"""Suppliers by their names: only a name that is wholly theirs, and theirs alone, stands for one."""

from collections.abc import Iterable, Mapping
from typing import Final

from graph_schema.texts import folded
from hub.answers.desk import Sitting
from hub.answers.profiles import Profile, profiles
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
        exact += [number for number, each in found.items() if wanted in _names(each)]
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
    texts: dict[int, str] = {}
    for node, text, merged in await store.references(exact):
        if not merged:
            texts.setdefault(node, text)
    listed = ", ".join([*texts.values()][:_SHOWN])
    return InvalidInputError(f"{len(exact)} suppliers go by {name!r}; write which: {listed}")


def _names(profile: Profile) -> set[str]:
    """Return what somebody is called, as names are compared."""
    return {folded(text) for text in (profile.row["name"], *(profile.row["aliases"] or ()))}
