"""Refused: what is said of a file that is applied whole or not at all."""

from collections.abc import Sequence
from typing import Final

from adapters.kit.parsed import RowProblem

_SHOWN: Final = 20


def nothing_applied(problems: Sequence[RowProblem]) -> str:
    """Return why a file of lines is refused, each bad one by its number and field."""
    return whole_or_not([f"{_place(each)}: {each.message}" for each in problems])


def whole_or_not(problems: Sequence[str]) -> str:
    """Return the same of problems in words; the first are listed, the rest counted."""
    shown = "\n".join(problems[:_SHOWN])
    more = len(problems) - _SHOWN
    rest = f"\n... and {more} more" if more > 0 else ""
    return f"nothing was applied; mend these lines and repeat:\n{shown}{rest}"


def _place(problem: RowProblem) -> str:
    return f"line {problem.row}, {problem.column}" if problem.column else f"line {problem.row}"
