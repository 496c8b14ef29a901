"""References as users write them: a hub id, `scheme:value`, or a program's bare code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from graph_schema.codes import Kind
from graph_schema.references import LONGEST, normalise
from hub.errors import HubError, InvalidReferenceError, UnknownReferenceError
from hub.identity.ids import Ids, well_formed
from hub.store.port import Moment, Resolved, Store

SUBJECTS: Final = (Kind.ORGANIZATION, Kind.WORKSITE)
_CODE: Final = re.compile(r"[a-z][a-z0-9-]{1,62}")


@dataclass(frozen=True, slots=True)
class Named:
    """What a user's reference stands for.

    Attributes:
        merged_from: The reference, where it is a number that was merged into the current one.
    """

    number: int
    kind: Kind
    merged_from: str | None = None


class References:
    """Looks up references, all of a question's in one round trip."""

    def __init__(self, store: Store, ids: Ids) -> None:
        self._store = store
        self._ids = ids

    async def named(
        self,
        references: Sequence[str],
        moment: Moment,
        kinds: Sequence[Sequence[Kind]],
    ) -> list[Named | HubError]:
        """Return what each reference stands for, or the error that says why it stands for none.

        Args:
            references: As users write them.
            moment: In which revision, and who asks: what it may not see does not exist.
            kinds: For each reference, what it may stand for.
        """
        texts: list[str | None] = []
        found: list[Named | HubError | None] = []
        own: list[str] = []
        asked: list[str] = []
        for reference, allowed in zip(references, kinds, strict=True):
            text, error = reference.strip(), None
            if well_formed(text):
                own.append(text)
            else:
                text, error = _normalised(text, allowed)
                if text is not None:
                    asked.append(text)
            texts.append(text)
            found.append(error)
        ours = dict(zip(own, self._ids.numbers(own), strict=True)) if own else {}
        numbers = [ours.get(text) if text is not None else None for text in texts]
        if asked:
            _, resolved = await self._store.resolve(asked, moment.revision)
            by_text = dict(zip(asked, resolved, strict=True))
        else:
            by_text = {}
        nodes = {n for n in numbers if n is not None} | {r.node for r in by_text.values() if r}
        visible = await self._store.kinds(sorted(nodes), moment) if nodes else {}
        return [
            known
            if known is not None
            else _found(reference, allowed, _Where(number, by_text.get(text or ""), visible))
            for known, reference, allowed, text, number in zip(
                found, references, kinds, texts, numbers, strict=True
            )
        ]

    async def known(
        self, nodes: Sequence[int], moment: Moment, kinds: Sequence[Kind]
    ) -> list[Named | HubError]:
        """Return nodes that are found already as what they stand for, or why they do not.

        Args:
            nodes: Their numbers.
            moment: In which revision, and who asks: what it may not see does not exist.
            kinds: What they may be.
        """
        visible = await self._store.kinds(sorted(set(nodes)), moment)
        return [
            Named(number, visible[number])
            if visible.get(number) in kinds
            else UnknownReferenceError(self._ids.of(number))
            for number in nodes
        ]


@dataclass(frozen=True, slots=True)
class _Where:
    number: int | None
    resolved: Resolved | None
    visible: dict[int, Kind]


def _normalised(reference: str, allowed: Sequence[Kind]) -> tuple[str | None, HubError | None]:
    """Return a reference as it is kept, or the error that says why it is none."""
    if Kind.PROGRAM in allowed and _CODE.fullmatch(reference):
        return f"program:{reference}", None
    try:
        return normalise(reference), None
    except ValueError as error:
        return None, InvalidReferenceError(str(error))


def _found(reference: str, allowed: Sequence[Kind], where: _Where) -> Named | HubError:
    number = where.resolved.node if where.resolved else where.number
    kind = where.visible.get(number) if number is not None else None
    if number is None or kind is None or kind not in allowed:
        return UnknownReferenceError(reference[:LONGEST])
    merged = where.resolved is not None and where.resolved.merged
    return Named(number, kind, reference if merged else None)
