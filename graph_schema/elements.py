"""What every fact is made of, and how its fields are read by what is derived from them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Self, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from graph_schema.days import PartialDate
from graph_schema.references import Refers


class Element(BaseModel):
    """Frozen and closed; each field is documented below it and written in camel case."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
    )

    def changed(self, **changes: Any) -> Self:  # noqa: ANN401
        """Return the same with other values of some fields, which are taken as they are.

        It is `model_copy` without its copies, for lists of a million rows.
        """
        other = object.__new__(type(self))
        object.__setattr__(other, "__dict__", self.__dict__ | changes)
        object.__setattr__(
            other, "__pydantic_fields_set__", self.__pydantic_fields_set__ | changes.keys()
        )
        object.__setattr__(other, "__pydantic_extra__", None)
        object.__setattr__(other, "__pydantic_private__", None)
        return other


class Fact(Element):
    """Something that one program says. Its program, dates of record and sources stand beside it.

    Attributes:
        word: Name of the fact in the exchange format, such as `standing`.
        table: Name of its table, in the operator's template and in a program's record.
        sent: Whether operators send it; the rest is the record's and the administrator's.
        key: The fields that make two statements one fact, so that the later corrects the former.
        begins_at: The field that names the node it is about; empty: the program itself.
        ends_at: The field that names the node at its other end; empty: the program itself.
        indexed: Further fields that questions look up by.
        searched: The fields that full-text search reads.
    """

    word: ClassVar[str]
    table: ClassVar[str]
    sent: ClassVar[bool] = True
    key: ClassVar[tuple[str, ...]]
    begins_at: ClassVar[str] = ""
    ends_at: ClassVar[str] = ""
    indexed: ClassVar[tuple[str, ...]] = ()
    searched: ClassVar[tuple[str, ...]] = ()


class Form(StrEnum):
    """How a single value of a field is kept."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DAY = "day"
    PARTIAL_DATE = "partial date"
    NODE = "node"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a fact, as stores, API, templates and docs need to know it.

    Attributes:
        name: In Python and in the stores.
        alias: In the exchange format, the template and GraphQL.
        form: How one value is kept.
        many: Whether it holds a list.
        required: Whether a statement without it is refused.
        optional: Whether it may be left empty.
        words: The accepted words, of a closed list.
        refers: What nodes it names, for `Form.NODE`.
        enum: The closed list itself.
        doc: What it means: unit, source, precision.
    """

    name: str
    alias: str
    form: Form
    many: bool
    required: bool
    optional: bool
    words: tuple[str, ...]
    refers: Refers | None
    enum: type[StrEnum] | None
    doc: str


_FORMS: dict[Any, Form] = {
    str: Form.TEXT,
    int: Form.INTEGER,
    float: Form.NUMBER,
    bool: Form.BOOLEAN,
    date: Form.DAY,
    PartialDate: Form.PARTIAL_DATE,
}


@cache
def fields(model: type[Fact]) -> tuple[Field, ...]:
    """Return the fields of a fact in their order, nested facts left out."""
    found = (_field(model, name) for name in model.model_fields)
    return tuple(field for field in found if field)


@cache
def naming(model: type[Fact]) -> tuple[Field, ...]:
    """Return the fields of a fact that name nodes."""
    return tuple(field for field in fields(model) if field.form is Form.NODE)


def _field(model: type[Fact], name: str) -> Field | None:
    declared = model.model_fields[name]
    bare, many, refers = _unwrapped(declared.annotation)
    refers = next((mark for mark in declared.metadata if isinstance(mark, Refers)), refers)
    enum = bare if isinstance(bare, type) and issubclass(bare, StrEnum) else None
    if isinstance(bare, type) and issubclass(bare, Element):
        return None
    return Field(
        name=name,
        alias=declared.alias or to_camel(name),
        form=Form.NODE if refers else Form.TEXT if enum else _FORMS[bare],
        many=many,
        required=declared.is_required(),
        optional=NoneType in get_args(declared.annotation),
        words=tuple(enum) if enum else (),
        refers=refers,
        enum=enum,
        doc=declared.description or "",
    )


def _unwrapped(annotation: Any) -> tuple[Any, bool, Refers | None]:  # noqa: ANN401
    """Return the type inside lists, options and marks, whether a list, and what it refers to."""
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        bare, many, refers = _unwrapped(inner)
        return bare, many, next((m for m in marks if isinstance(m, Refers)), refers)
    if get_origin(annotation) in (Union, UnionType):
        [inner] = [part for part in get_args(annotation) if part is not NoneType]
        return _unwrapped(inner)
    if get_origin(annotation) is tuple:
        bare, _, refers = _unwrapped(get_args(annotation)[0])
        return bare, True, refers
    return annotation, False, None
