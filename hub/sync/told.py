"""Told: whom the kept facts of a report are about, by the references that people know."""

from collections.abc import Sequence
from dataclasses import replace

from hub.store.port import Store
from hub.sync.intake import Change
from hub.sync.resolve import PROGRAM


async def told(store: Store, changes: Sequence[Change], scheme: str | None) -> list[Change]:
    """Return changes, each with whom it is about.

    Args:
        store: Where the references are; one round trip for all.
        changes: What a run does; what a row of its document names is named already.
        scheme: Of the references that the program itself makes; these come first.
    """
    about = sorted({node for change in changes for node in change.about})
    names: dict[int, str] = {}
    if about:
        for node, text, merged in await store.references(about):
            own = scheme is not None and text.startswith(f"{scheme}:")
            if not merged and (own or node not in names):
                names[node] = text.removeprefix(f"{PROGRAM}:")
    return [
        replace(change, what=" - ".join(names[node] for node in change.about))
        if change.about
        else change
        for change in changes
    ]
