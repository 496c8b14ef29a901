"""The parties: organisations and worksites, as one program describes them, and their ties."""

from typing import Annotated, ClassVar

from pydantic import Field as Declared

from graph_schema.codes import Role, TieKind
from graph_schema.days import PartialDate
from graph_schema.elements import Fact
from graph_schema.references import OrganizationRef, ProductName, Reference, SubjectRef, WorksiteRef
from graph_schema.texts import CountryCode, Name, RegionCode, Text, Word


class Organization(Fact):
    """A company, union, monitor or association, as one program describes it."""

    word: ClassVar = "organization"
    table: ClassVar = "organizations"
    key: ClassVar = ("reference",)
    ends_at: ClassVar = "reference"
    searched: ClassVar = ("name", "aliases")

    reference: OrganizationRef
    """What the program calls it: `scheme:value`."""
    name: Name
    """Name as the program publishes it."""
    aliases: tuple[Name, ...] = ()
    """Further names: short forms, trade names, brands, former names."""
    roles: tuple[Role, ...] = ()
    """What it is to the program; one organisation may hold several roles."""
    country: CountryCode | None = None
    """Country of its seat, ISO 3166-1 alpha-2. Asked for scope only where it has no worksites."""
    regions: tuple[RegionCode, ...] = ()
    """Where it works, ISO 3166-2. Asked for scope only where it has no worksites."""
    external_ids: tuple[Reference, ...] = ()
    """The same organisation under other numbers: `lei:…`, `gln:…`, another program's."""


class Worksite(Fact):
    """A farm, factory, mill, dairy, packing house or vessel, as one program describes it."""

    word: ClassVar = "worksite"
    table: ClassVar = "worksites"
    key: ClassVar = ("reference",)
    ends_at: ClassVar = "reference"
    searched: ClassVar = ("name", "aliases", "address", "city")

    reference: WorksiteRef
    """What the program calls it: `scheme:value`."""
    name: Name
    """Name as the program publishes it."""
    aliases: tuple[Name, ...] = ()
    """Further names and spellings."""
    kind: Word | None = None
    """What it is, in plain words: farm, factory, mill, dairy, packing house, vessel."""
    address: Text | None = None
    """Street address as published; no location below site level."""
    city: Name | None = None
    """Town or district as published."""
    country: CountryCode | None = None
    """Where it stands, ISO 3166-1 alpha-2; the country that scope asks for."""
    region: RegionCode | None = None
    """Where it stands, ISO 3166-2."""
    products: tuple[ProductName, ...] = ()
    """What it makes or grows."""
    latitude: Annotated[float, Declared(ge=-90, le=90)] | None = None
    """Degrees north, WGS 84, as published."""
    longitude: Annotated[float, Declared(ge=-180, le=180)] | None = None
    """Degrees east, WGS 84, as published."""
    workers: Annotated[int, Declared(ge=0, le=10_000_000)] | None = None
    """Head count in persons, as published."""
    closed_on: PartialDate | None = None
    """First day it no longer works. Said by the standing program it is CLOSED, else a notice."""
    external_ids: tuple[Reference, ...] = ()
    """The same site under other numbers. The first `os:` is current, further ones are merged."""


class Tie(Fact):
    """One program says how two subjects are tied; it counts in that program's rulings only."""

    word: ClassVar = "tie"
    table: ClassVar = "ties"
    key: ClassVar = ("kind", "from_", "to", "since")
    begins_at: ClassVar = "from_"
    ends_at: ClassVar = "to"

    kind: TieKind
    """PART_OF a group, OPERATED_BY a company, MOVED_TO a new site, DELIVERS_TO the next buyer."""
    from_: SubjectRef = Declared(alias="from")
    """The part, the site, the old site, the deliverer."""
    to: SubjectRef
    """The group, the operator, the new site, the receiver."""
    since: PartialDate | None = None
    """First day it holds; an undated tie always held."""
    until: PartialDate | None = None
    """First day it no longer holds."""
