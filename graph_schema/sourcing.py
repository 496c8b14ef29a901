"""Sourcing: who buys from whom, and how much goes through a pool."""

from typing import Annotated, ClassVar

from pydantic import Field as Declared

from graph_schema.codes import VolumeKind
from graph_schema.days import PartialDate
from graph_schema.elements import Fact
from graph_schema.references import OrganizationRef, ProductName, SubjectRef
from graph_schema.texts import Word


class SourcingLink(Fact):
    """A buyer buys from a supplier or worksite."""

    word: ClassVar = "sourcing"
    table: ClassVar = "sourcing"
    key: ClassVar = ("buyer", "supplier", "product", "since")
    begins_at: ClassVar = "buyer"
    ends_at: ClassVar = "supplier"

    buyer: OrganizationRef
    """Who buys."""
    supplier: SubjectRef
    """From whom."""
    product: ProductName | None = None
    """What, where it is known."""
    since: PartialDate
    """First day it is known to hold, such as the date of the list that names it."""
    until: PartialDate | None = None
    """First day it no longer holds."""
    published: bool = False
    """Whether a public document states it; else only the parties of the link see it."""


class Volume(Fact):
    """A quantity of a pool in a period: what enrolled farms supplied, or what one buyer took."""

    word: ClassVar = "volume"
    table: ClassVar = "volumes"
    key: ClassVar = ("pool", "buyer", "product", "kind", "since", "until")
    begins_at: ClassVar = "pool"

    pool: SubjectRef
    """Where the product is pooled."""
    buyer: OrganizationRef | None = None
    """Whose demand it is; none for enrolled supply."""
    product: ProductName
    """What is pooled."""
    kind: VolumeKind
    """Which side of the balance."""
    since: PartialDate
    """First day of the period."""
    until: PartialDate | None = None
    """First day after the period."""
    quantity: Annotated[float, Declared(ge=0, allow_inf_nan=False)]
    """How much, in `unit`."""
    unit: Word
    """Unit of `quantity`, the same on both sides of a balance."""
