"""Descriptions: what the schema says of each type and argument.

Fields and words are described where they are declared. A type says what its class says, and an
argument what its name means wherever it stands, so that the same word never means two things.
"""

import inspect
from collections.abc import Mapping
from typing import Any, Final

from graphql import GraphQLSchema, is_interface_type, is_object_type

PUBLIC_ID: Final = "Public id: opaque, and the same for ever."
ARGUMENTS: Final[Mapping[str, str]] = {
    "after": "Cursor of the row behind which the page begins; left out: the first page.",
    "asOf": "The day that is asked about; left out: today, in UTC.",
    "atLeast": "In how many of them, 2 at least unless told otherwise.",
    "atRevision": "The revision that is asked; left out: the newest.",
    "buyer": "The buyer, by hub id or reference.",
    "buyers": "Buyers that count, by hub id or reference.",
    "country": "Only of this country, as ISO 3166 writes it.",
    "disagreeing": "Only where programs disagree, or only where they agree.",
    "effect": "Only with one of these effects.",
    "first": "How many rows, 1 to 500.",
    "id": "A hub id, or a reference such as os:… or wsr:….",
    "idempotencyKey": "What the client calls this write, up to 255 characters.",
    "ids": "Hub ids or references, up to 500.",
    "inForceOn": "Only those that may be in force on that day.",
    "input": "What is written.",
    "kinds": "Only nodes of these kinds.",
    "knownAt": "As it was known at that instant; left out: as it is known now.",
    "product": "A product, by name or alias.",
    "program": "The program, by code, hub id or reference.",
    "programs": "Only of these programs, by code, hub id or reference; left out: of all.",
    "reason": "Why, for the record of who did what.",
    "representations": "What is asked for: `__typename` and one of its keys for each.",
    "signed": "Those that were given, or documented refusals.",
    "status": "Only programs of this status.",
    "supplier": "The supplier or worksite, by hub id or reference.",
    "suppliers": "Suppliers and worksites, by hub id or reference.",
    "text": "Words of a name, however they are written.",
}
"""What an argument of a name means."""


def describe(schema: GraphQLSchema) -> None:
    """Let every type and argument of a schema say what it is."""
    for each in schema.type_map.values():
        definition: Any = each.extensions.get("strawberry-definition")
        origin = getattr(definition, "origin", None)
        if each.description is None and origin is not None:
            each.description = inspect.getdoc(origin)
        if is_object_type(each) or is_interface_type(each):
            for name, field in each.fields.items():
                if name == "id":
                    field.description = field.description or PUBLIC_ID
                for argument, declared in field.args.items():
                    declared.description = declared.description or ARGUMENTS.get(argument)
