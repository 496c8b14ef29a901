"""What nodes are called, for who asks: a number that only hidden statements give tells of them."""

from collections.abc import Mapping, Sequence

from graph_schema.parties import Organization, Worksite
from hub.answers.desk import Sitting


async def references(
    sitting: Sitting, numbers: Sequence[int]
) -> Mapping[int, list[tuple[bool, str]]]:
    """Return the references of subjects, those of a worksite's current number first.

    One that only an unpublished statement gave tells who made it: it is there for who sees that.

    Returns:
        For each node whether a reference was merged into the current one, and the reference.
    """
    store = sitting.desk.store
    given: dict[int, set[str]] = {}
    for kind in (Organization, Worksite):
        for row in await store.facts_at(kind, "reference", numbers, sitting.moment, history=True):
            told = given.setdefault(row["reference"], set())
            told |= {row["called"], *(row["external_ids"] or ())}
    found: dict[int, list[tuple[bool, str]]] = {}
    for node, text, merged in await store.references(numbers):
        if text in given.get(node, ()):
            found.setdefault(node, []).append((merged, text))
    return {node: sorted(known) for node, known in found.items()}
