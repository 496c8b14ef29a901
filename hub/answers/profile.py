"""A node as it is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph_schema.codes import Kind


@dataclass(frozen=True, slots=True)
class Profile:
    """A node as it is shown: kept, and shared by those who ask; nobody changes it.

    Attributes:
        row: Its fields by name, the columns of its first statement beside them.
        programs: The programs that describe it.
        said: Their statements, the earliest known first.
    """

    number: int
    kind: Kind
    row: Mapping[str, Any]
    programs: tuple[int, ...]
    said: Sequence[Mapping[str, Any]] = ()
