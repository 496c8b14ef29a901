"""Answers in another format: the program that `child` starts.

`python -m hub.jobs.formats ANSWERS COLUMNS FILE` writes ANSWERS, which has an answered row a line,
in the format that the name of FILE ends with.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from hub.jobs.bounds import MOST_WRITTEN, bound
from hub.jobs.child import MOST_SECONDS
from hub.written import write

MOST_MEMORY: Final = 4_000_000_000
"""Bytes of address space that writing may take; most of it is no memory, but what libraries map."""


def rows(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield answered rows as they are read."""
    with path.open("rb") as lines:
        yield from map(orjson.loads, lines)


if __name__ == "__main__":
    os.umask(0o077)
    bound(memory=MOST_MEMORY, seconds=MOST_SECONDS, written=2 * MOST_WRITTEN)
    answers, columns, target = sys.argv[1:]
    write(rows(Path(answers)), orjson.loads(columns), Path(target))
    sys.stdout.write("true")
