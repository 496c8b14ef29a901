"""Columns: a long list of rows that is rendered without making an object of each row."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Generic, TypeVar

T = TypeVar("T")


class Columns(Generic[T]):
    """A list of rows, kept as one list per field.

    Attributes:
        size: How many rows there are.
        columns: Finished values by GraphQL field name, ready to be written as JSON.
    """

    def __init__(
        self, size: int, columns: Mapping[str, Sequence[object]], make: Callable[[], list[T]]
    ) -> None:
        self.size = size
        self.columns = columns
        self._make = make

    def suffice(self, names: set[str]) -> bool:
        """Whether the columns hold all of these fields."""
        return names <= self.columns.keys()

    def rows(self) -> list[T]:
        """Return the rows as objects; made once, and only where columns do not suffice."""
        return self._rows

    @cached_property
    def _rows(self) -> list[T]:
        return self._make()
