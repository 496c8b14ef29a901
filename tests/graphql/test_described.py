"""Everything that the schema has says what it is, in whole sentences."""

from collections.abc import Iterator
from typing import Final

from graphql import (
    GraphQLSchema,
    build_schema,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_introspection_type,
    is_object_type,
    is_specified_directive,
    is_specified_scalar_type,
)

from hub.graphql.described import ARGUMENTS
from hub.graphql.schema import text

SCHEMA: Final = build_schema(text())


def said(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Yield what types, fields, arguments and words are called, and what is said of each."""
    for own in schema.directives:
        if not is_specified_directive(own):
            yield f"@{own.name}", own.description
    yield from said_of_types(schema)


def said_of_types(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Yield it of all but directives."""
    for name, each in schema.type_map.items():
        if is_introspection_type(each) or is_specified_scalar_type(each):
            continue
        yield name, each.description
        if is_enum_type(each):
            yield from ((f"{name}.{word}", of.description) for word, of in each.values.items())
        elif is_input_object_type(each):
            yield from ((f"{name}.{field}", of.description) for field, of in each.fields.items())
        elif is_object_type(each) or is_interface_type(each):
            for field, of in each.fields.items():
                yield f"{name}.{field}", of.description
                for argument, declared in of.args.items():
                    yield f"{name}.{field}({argument})", declared.description


def test_everything_says_what_it_is() -> None:
    assert [name for name, description in said(SCHEMA) if not description] == []


def test_it_is_said_in_sentences() -> None:
    bad = [
        name for name, description in said(SCHEMA) if description and description[-1] not in ".)"
    ]
    assert bad == []


def test_what_says_nothing_of_itself_is_found() -> None:
    told = build_schema(
        '''
        directive @d on FIELD_DEFINITION
        type Query { field(argument: Int, input: Input): Word }
        input Input { member: Int }
        enum Word { VALUE }
        interface Face { field(argument: Int): Int }
        """Told."""
        scalar Told
        '''
    )
    assert {name for name, description in said(told) if not description} == {
        *("@d", "Query", "Query.field", "Query.field(argument)", "Query.field(input)"),
        *("Input", "Input.member", "Word", "Word.VALUE"),
        *("Face", "Face.field", "Face.field(argument)"),
    }


def test_no_argument_is_described_that_there_is_not() -> None:
    there = {name.partition("(")[2].removesuffix(")") for name, _ in said(SCHEMA)}
    assert ARGUMENTS.keys() <= there
