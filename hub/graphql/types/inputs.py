"""Facts as operators send them: input types out of `graph_schema`, each field as declared there.

What may be left out of a line of the exchange format may be left out here, and means the same. What
a value must be is checked where every line is.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import strawberry

from graph_schema.agreements import Agreement, Clause, Signature
from graph_schema.elements import Fact, Field, fields
from graph_schema.parties import Organization, Tie, Worksite
from graph_schema.sourcing import SourcingLink, Volume
from graph_schema.standing import Confirmation, Standing
from hub.graphql import words
from hub.graphql.derive import COUNTRIES, TYPES, first_line
from hub.graphql.scalars import CountryCode

assert words  # noqa: S101 - enums are declared before types are made of them

_REQUIRED: Final = {(Organization, "roles"), (Worksite, "country")}
"""What an operator says through the API, though the exchange format can do without."""
_NOTHING: Final = (None, strawberry.UNSET)
_IDS: Final = frozenset({"reference", "external_ids"})


def _input(name: str, fact: type[Fact], own: Mapping[str, Any] | None = None) -> type[Any]:
    """Return the input type of a fact.

    Args:
        name: What it is called.
        fact: What it says.
        own: Further fields, by name: what is nested in it.
    """
    annotations: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for field in fields(fact):
        if fact is Clause and field.name == "agreement":
            continue
        annotations[field.name] = _annotation(fact, field)
        values[field.name] = _declared(fact, field)
    for each, wanted in (own or {}).items():
        annotations[each] = wanted | None
        about = first_line(fact.model_fields[each].description or "")
        values[each] = strawberry.field(default=strawberry.UNSET, description=about)
    made = type(name, (), {"__annotations__": annotations, "__module__": __name__, **values})
    return strawberry.input(made, name=name, description=first_line(fact.__doc__ or ""))


def _annotation(fact: type[Fact], field: Field) -> Any:  # noqa: ANN401
    one: Any = field.enum or TYPES.get(field.form, strawberry.ID)
    if field.name in COUNTRIES:
        one = CountryCode
    if field.name in _IDS:
        one = strawberry.ID
    if field.refers and field.refers.by_name:
        one = str
    shape = list[one] if field.many else one
    required = field.required or (fact, field.name) in _REQUIRED
    return shape if required or _default(fact, field) is not strawberry.UNSET else shape | None


def _declared(fact: type[Fact], field: Field) -> Any:  # noqa: ANN401
    given: dict[str, Any] = {"description": first_line(field.doc), "name": field.alias}
    if not field.required and (fact, field.name) not in _REQUIRED:
        given["default"] = _default(fact, field)
    return strawberry.field(**given)


def _default(fact: type[Fact], field: Field) -> Any:  # noqa: ANN401
    """Return what a field means where it is left out, if that is a value."""
    default = fact.model_fields[field.name].default
    return default if isinstance(default, bool | str) else strawberry.UNSET


ClauseFact = _input("ClauseFact", Clause)
_NESTED: Final[Mapping[type[Fact], Mapping[str, Any]]] = {Agreement: {"clauses": list[ClauseFact]}}
_NAMES: Final[Mapping[type[Fact], str]] = {
    Organization: "OrganizationFact",
    Worksite: "WorksiteFact",
    Tie: "TieFact",
    Agreement: "AgreementFact",
    Signature: "SignatureFact",
    Standing: "StandingFact",
    Confirmation: "ConfirmationFact",
    SourcingLink: "SourcingFact",
    Volume: "VolumeFact",
}
INPUTS: Final = {fact.word: _input(name, fact, _NESTED.get(fact)) for fact, name in _NAMES.items()}
"""The input types by the word of the fact; a clause comes inside its agreement."""


def _one_of() -> type[Any]:
    """Return the input type that is one of these facts."""
    annotations = {word: each | None for word, each in INPUTS.items()}
    values = {
        fact.word: strawberry.field(
            default=strawberry.UNSET, description=first_line(fact.__doc__ or "")
        )
        for fact in _NAMES
    }
    made = type("FactInput", (), {"__annotations__": annotations, **values})
    return strawberry.input(made, one_of=True, description="One fact, of one kind.")


if TYPE_CHECKING:
    FactInput: TypeAlias = Any
else:
    FactInput = _one_of()


def fact(given: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a fact that was sent as the exchange format writes it, without its program."""
    [word] = [each for each in INPUTS if getattr(given, each) not in _NOTHING]
    return {word: _plain(getattr(given, word))}


def _plain(given: Any) -> Any:  # noqa: ANN401
    """Return an input as the exchange format writes it, without what is not given."""
    if isinstance(given, list):
        return [_plain(each) for each in given]  # pyright: ignore[reportUnknownVariableType]
    definition: Any = getattr(cast("object", given), "__strawberry_definition__", None)
    if definition is None or not hasattr(definition, "fields"):
        return given
    told = {
        f.graphql_name or f.python_name: getattr(given, f.python_name) for f in definition.fields
    }
    return {name: _plain(value) for name, value in told.items() if value not in _NOTHING}
