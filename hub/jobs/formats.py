"""Answers in another format: the program that `child` starts.

`python -m hub.jobs.formats ANSWERS COLUMNS FILE` writes ANSWERS, which has an answered row a line,
in the format that the name of FILE ends with.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from hub.written import write


def rows(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield answered rows as they are read."""
    with path.open("rb") as lines:
        yield from map(orjson.loads, lines)


if __name__ == "__main__":
    os.umask(0o077)
    answers, columns, target = sys.argv[1:]
    write(rows(Path(answers)), orjson.loads(columns), Path(target))
    sys.stdout.write("true")
