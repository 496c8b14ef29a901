"""Cursors: places in a list, each good only for the list that gave it.

A cursor seals the question it belongs to: the field, its parent, and its arguments as they were
given, but for `first`. With others the number inside would lead to some other page, in silence.
What is left to its default is bound as left out: the page of tomorrow goes on from that of today.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from hub.errors import InvalidInputError
from hub.graphql.fetched import NOT_GIVEN
from hub.identity.ids import Ids
from hub.store.port import Page

ROOT: Final = 0
"""The parent of lists that have none; no node has this number."""
_PAGING: Final = frozenset({"first", "after"})
_LEFT_OUT: Final = (None, NOT_GIVEN)


@dataclass(frozen=True, slots=True)
class Asked(Page):
    """A page of a question's list: where it begins, and what its cursors are bound to.

    Attributes:
        question: Digest of the field and its arguments.
        bound: What the cursor that was given is bound to; none where none was.
    """

    question: bytes = b""
    bound: int | None = None

    def binds(self, parent: object) -> int:
        """Return what cursors of this list are bound to below a parent."""
        told = self.question + str(parent).encode()
        return int.from_bytes(hashlib.blake2b(told, digest_size=4).digest())

    def fits(self, parent: object) -> bool:
        """Whether the cursor that was given, if any, is of this list below a parent."""
        return self.bound in {None, self.binds(parent)}


def asked(
    ids: Ids, name: str, given: Mapping[str, Any], size: int, parents: Sequence[object]
) -> Asked:
    """Return the page that follows the cursor in `after`.

    Args:
        ids: Opens cursors.
        name: What lists are called that hold the same rows in the same order.
        given: The arguments of the field.
        size: Rows to bring.
        parents: Below whom it is asked for; a cursor is of one of them.

    Raises:
        InvalidInputError: `after` is no cursor of the hub, or one of another question.
    """
    bound = {k: v for k, v in given.items() if k not in _PAGING and v not in _LEFT_OUT}
    told = orjson.dumps([name, bound], option=orjson.OPT_SORT_KEYS)
    question = hashlib.blake2b(told, digest_size=16).digest()
    cursor: str | None = given.get("after") or None
    if cursor is None:
        return Asked(size, question=question)
    place = ids.place(cursor)
    if place is None:
        msg = "`after` is no cursor of this hub; take one from `pageInfo` or `edges`"
        raise InvalidInputError(msg, path=("after",))
    number, mark = place
    page = Asked(size, number, question, mark)
    if not any(map(page.fits, parents)):
        raise of_another_question()
    return page


def of_another_question() -> InvalidInputError:
    """Return the error of a cursor that is used where it was not given."""
    msg = (
        "`after` is a cursor of another list, or of other arguments; repeat those it came with "
        "(only `first` may change), or leave `after` out"
    )
    return InvalidInputError(msg, path=("after",))
