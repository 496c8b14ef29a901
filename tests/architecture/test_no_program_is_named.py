"""The rule knows no program: what differs between programs is data in their folders."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from adapters.kit.adapter import adapters
from graph_schema.programs import Program
from hub.sync.sources import record

ROOT: Final = Path(__file__).parents[2]
RULE: Final = sorted((ROOT / "hub" / "eligibility").glob("*.py"))


def told() -> Iterator[str]:
    """Yield the names, aliases, codes and schemes of every program there is a folder of."""
    for adapter in adapters().values():
        yield adapter.program
        for line in record(adapter).lines:
            if isinstance(line.fact, Program):
                yield from filter(None, (line.fact.name, line.fact.scheme, *line.fact.aliases))


NAMES: Final = sorted({name.casefold() for name in told()})


def test_there_are_programs_to_look_for() -> None:
    assert {"ffp", "fair food program", "rsc", "bangladesh-accord", "mwd"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_no_line_of_the_rule_names_a_program(name: str) -> None:
    named = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    assert RULE
    found = [
        f"{path.name}:{number}"
        for path in RULE
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if named.search(text.casefold())
    ]
    assert found == []
