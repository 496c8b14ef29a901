"""The rows that concern a program, shown to its operators over HTTP."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from starlette.responses import Response

from hub.errors import InvalidInputError, UnknownReferenceError
from hub.oauth.principal import Principal, Scope
from hub.oauth.writers import operates
from hub.store.audit import Entry
from hub.store.port import Store

NDJSON: Final = "application/x-ndjson"
MOST_ROWS: Final = 500
ROWS: Final = 100
"""Rows of a page where nobody says how many."""
_MOST_DIGITS: Final = 15


async def shown(
    store: Store, principal: Principal, code: str, asked: Mapping[str, str], address: str
) -> Response:
    """Return a page of the rows that concern a program, one JSON object a line.

    Args:
        store: Where the log is.
        principal: Who asks.
        code: Code of the program.
        asked: `after`, the number of the last row before the page, and `first`, how many rows.
        address: Where pages stand; the next one is named in the header `Link` (RFC 8288).

    Raises:
        UnknownReferenceError: It is no operator of the program that asks, or may not read; of a
            program that does not exist the same is said.
        InvalidInputError: `after` or `first` is no number, or out of bounds.
    """
    if not operates(principal, code) or Scope.READ not in principal.scopes:
        raise UnknownReferenceError(code)
    after, first = _number(asked, "after", 0), _number(asked, "first", ROWS)
    if not 1 <= first <= MOST_ROWS:
        msg = f"first is {first}; ask for 1 to {MOST_ROWS} rows"
        raise InvalidInputError(msg, path=("first",))
    found = await store.audit.of_program(code, after, first + 1)
    page = found[:first]
    headers = {"cache-control": "no-store"}
    if len(found) > first:
        headers["link"] = f'<{address}?after={page[-1].seq}&first={first}>; rel="next"'
    return Response("".join(_lines(page)), headers=headers, media_type=NDJSON)


def _lines(page: Sequence[Entry]) -> Iterator[str]:
    """Yield rows to the letter, each beside its hash, so that who reads them can check it."""
    for entry in page:
        yield f'{{"hash":"{entry.hash}","row":{entry.text}}}\n'


def _number(asked: Mapping[str, str], name: str, default: int) -> int:
    given = asked.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdecimal() and len(given) <= _MOST_DIGITS):
        msg = f"{name} is no whole number"
        raise InvalidInputError(msg, path=(name,))
    return int(given)
