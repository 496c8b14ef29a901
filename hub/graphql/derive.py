"""GraphQL fields out of `graph_schema`: a field declared there appears here by itself.

A type names the fact it shows and the fields it leaves to its own resolvers: those that lead to
other nodes, and those that the stores use and readers do not need.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, TypeVar

import strawberry

from graph_schema.days import PartialDate
from graph_schema.elements import Fact, Field, Form, fields
from hub.graphql.scalars import CountryCode
from hub.store.rows import partial

_T = TypeVar("_T")
COLUMN: Final = "column"
"""In the metadata of a field that is derived: it is a column of its row, and comes with that."""
TYPES: Final[Mapping[Form, Any]] = {
    Form.TEXT: str,
    Form.INTEGER: int,
    Form.NUMBER: float,
    Form.BOOLEAN: bool,
    Form.DAY: date,
    Form.PARTIAL_DATE: PartialDate,
}


def derived(fact: type[Fact], *own: str) -> Callable[[type[_T]], type[_T]]:
    """Add the fields of a fact to a class, before it becomes a GraphQL type.

    Args:
        fact: The fact that the type shows; its instances keep one as `row`.
        own: Fields that the class resolves itself or does not show.
    """

    def add(cls: type[_T]) -> type[_T]:
        for field in fields(fact):
            if field.name not in own and field.form is not Form.NODE:
                resolver = _getter(field)
                shown: Any = strawberry.field(
                    resolver=resolver, description=first_line(field.doc), metadata={COLUMN: True}
                )
                shown.python_name = field.name
                setattr(cls, field.name, shown)
                cls.__annotations__[field.name] = resolver.__annotations__["return"]
        return cls

    return add


def _getter(field: Field) -> Callable[[Any], Any]:
    """Return a resolver that reads one field of the row."""
    name, form = field.name, field.form
    wanted: Any = field.enum or TYPES[form]
    if field.name in COUNTRIES:
        wanted = CountryCode
    listed, enum = field.many, field.enum
    make: Callable[[Any], Any] | None = enum or _PLAIN.get(form)

    def get(root: Any) -> Any:  # noqa: ANN401
        value = root.row.get(name)
        if value is None:
            return [] if listed and not field.optional else None
        if form is Form.PARTIAL_DATE:
            return partial(root.row, name)
        if make is None:
            return value
        return [make(each) for each in value] if listed else make(value)

    get.__name__ = name
    shape = list[wanted] if listed else wanted
    annotation = shape | None if field.optional else shape
    get.__annotations__ = {"root": strawberry.Parent[Any], "return": annotation}
    return get


_PLAIN: Final[Mapping[Form, Callable[[Any], Any]]] = {
    Form.DAY: date.fromordinal,
    Form.BOOLEAN: bool,
}
COUNTRIES: Final = frozenset({"country", "countries"})


def first_line(text: str) -> str:
    """Return what a docstring says first, as the schema describes a thing."""
    return text.strip().split("\n")[0]
