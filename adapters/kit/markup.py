"""What a page may hold before anything parses it, so that no page takes more than is believable.

A parser takes about 300 bytes for each tag, and steps for each pair of a tag and one that is still
open around it: what is short to write may be long to read. All bounds are far beyond what the pages
of programs hold, and are counted over the bare text, in one pass.
"""

import re
from collections import Counter
from typing import Final

from adapters.kit.gate import UnreadableError

MOST_BYTES: Final = 5_000_000
MOST_TAGS: Final = 100_000
MOST_OPEN: Final = 5_000
"""Elements that are open at once, nested in one another or never closed."""
MOST_REPEATED: Final = 8
"""The same of those whose content is taken again and again: a style, which a parser opens anew in
each paragraph until it is closed, and a table, whose cells are cells of the tables around it."""
MOST_ATTRIBUTES: Final = 1_000
"""Attributes of one element."""

_REMEDY: Final = "save the part that lists what the feed is about as a page of its own"
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)")
_ATTRIBUTES: Final = re.compile(
    r"<[a-zA-Z][^\s/>]*+"
    r"((?:[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'>][^\s>]*+))?+)*+)"
)
_ATTRIBUTE: Final = re.compile(
    r"[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'>][^\s>]*+))?+"
)
_REPEATED: Final = frozenset({
    "b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "table", "tt", "u",
})  # fmt: skip
_CLOSED: Final = frozenset({
    "a", "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
    "source", "track", "wbr",
    "body", "colgroup", "dd", "dt", "head", "html", "li", "nobr", "optgroup", "option", "p", "rp",
    "rt", "tbody", "td", "tfoot", "th", "thead", "tr",
})  # fmt: skip
"""Elements that hold nothing, or that the next of their kind closes."""


def admit(text: str) -> None:
    """Let a page pass that takes no more memory or steps to parse than is believable.

    Raises:
        UnreadableError: It has too many tags, too many open at once, or too many attributes.
    """
    if text.count("<") > MOST_TAGS:
        msg = f"the page holds more than {MOST_TAGS:,} tags; {_REMEDY}"
        raise UnreadableError(msg)
    _admit_nesting(text)
    for at, found in enumerate(_ATTRIBUTES.finditer(text), start=1):
        given = found[1]
        # An attribute takes a blank and a letter at least.
        if len(given) > MOST_ATTRIBUTES and len(_ATTRIBUTE.findall(given)) > MOST_ATTRIBUTES:
            msg = f"tag {at} of the page has more than {MOST_ATTRIBUTES:,} attributes; {_REMEDY}"
            raise UnreadableError(msg)


def _admit_nesting(text: str) -> None:
    opened: Counter[str] = Counter()
    # An end closes an element of its own name at most: only so none is counted as closed that a
    # parser, which ignores many ends, holds open.
    total = repeated = 0
    for at, found in enumerate(_TAG.finditer(text), start=1):
        name = found[2].lower()
        if name in _CLOSED or (found[1] and not opened[name]):
            continue
        step = -1 if found[1] else 1
        opened[name] += step
        total += step
        repeated += step if name in _REPEATED else 0
        if total > MOST_OPEN or repeated > MOST_REPEATED:
            msg = f"tag {at} of the page, {found[0]!r}, stands in more elements than are believable"
            msg = f"{msg}; {_REMEDY}"
            raise UnreadableError(msg)
