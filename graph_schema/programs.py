"""Programs: who runs them, what they trade in, how they work and what they report."""

from typing import Annotated, ClassVar

from pydantic import Field as Declared
from pydantic import StringConstraints

from graph_schema.codes import Presence, ProgramStatus
from graph_schema.days import PartialDate
from graph_schema.elements import Fact
from graph_schema.references import CommodityRef, EarlyProgramRef, OrganizationRef, ProgramCode
from graph_schema.texts import CountryCode, Name, Text, Word

Website = Annotated[str, StringConstraints(pattern=r"^https://[^\s]{3,400}$")]


class Program(Fact):
    """A worker-driven social responsibility program, as it describes itself."""

    word: ClassVar = "programRecord"
    table: ClassVar = "programs"
    sent: ClassVar = False
    key: ClassVar = ("code",)
    searched: ClassVar = ("name", "aliases")

    code: ProgramCode
    """Short name that never changes, such as `ffp`."""
    name: Name
    """Official name."""
    aliases: tuple[Name, ...] = ()
    """Short forms and former names."""
    status: ProgramStatus = ProgramStatus.ACTIVE
    """Whether it runs."""
    parent: EarlyProgramRef | None = None
    """The program whose framework it stands under."""
    sectors: tuple[Word, ...] = ()
    """Lines of work, in plain words."""
    countries: tuple[CountryCode, ...] = ()
    """Countries it works in, ISO 3166-1 alpha-2."""
    started: PartialDate | None = None
    """When it began."""
    website: Website | None = None
    """Where it publishes."""
    worker_organizations: tuple[OrganizationRef, ...] = ()
    """The organisations of workers that drive it."""
    monitor: OrganizationRef | None = None
    """The body that monitors suppliers."""
    scheme: Word | None = None
    """The scheme of its own references, such as `ffp`."""
    publishes_standings: bool = True
    """Its practice: whether a standing is public where nothing else is said."""
    example: bool = False
    """Whether it is made up, for demonstration."""


class Commodity(Fact):
    """A product, by its plain name, in a tree: tomatoes are produce, jeans are garments."""

    word: ClassVar = "commodity"
    table: ClassVar = "commodities"
    sent: ClassVar = False
    key: ClassVar = ("reference",)
    ends_at: ClassVar = "reference"
    searched: ClassVar = ("name", "aliases")

    reference: CommodityRef
    """`wsr:` and its plain name."""
    name: Name
    """Plain name."""
    aliases: tuple[Name, ...] = ()
    """Further names under which it may be asked for."""
    hs: tuple[Annotated[str, StringConstraints(pattern=r"^\d{2,6}$")], ...] = ()
    """Headings of the Harmonized System 2022 that it falls under."""
    parent: CommodityRef | None = None
    """What it is a kind of."""


class Mechanism(Fact):
    """One element of a program: its code, education, complaint line, audits, consequence, ..."""

    word: ClassVar = "mechanism"
    table: ClassVar = "mechanisms"
    sent: ClassVar = False
    key: ClassVar = ("name",)

    name: Word
    """Which element, in plain words."""
    presence: Presence
    """Whether the program has it."""
    how: Text = ""
    """How it works, in the hub's own words."""


class Figure(Fact):
    """A published total. Figures that contradict each other stand beside each other."""

    word: ClassVar = "figure"
    table: ClassVar = "figures"
    sent: ClassVar = False
    key: ClassVar = ("metric", "subject", "qualifier", "value", "unit", "since", "until")

    metric: Name
    """What is counted."""
    subject: Name
    """Of what."""
    qualifier: Annotated[str, StringConstraints(pattern=r"^(=|~|<|>|<=|>=)$")] | None = None
    """How exact: `=`, `~` about, `<`, `>`, `<=`, `>=`."""
    value: Annotated[float, Declared(allow_inf_nan=False)]
    """The number, in `unit`."""
    unit: Word
    """Unit of `value`."""
    since: PartialDate | None = None
    """Beginning of the period it counts."""
    until: PartialDate | None = None
    """End of the period, or the day it is for."""


class FactSource(Fact):
    """A document or page that facts come from."""

    word: ClassVar = "source"
    table: ClassVar = "sources"
    sent: ClassVar = False
    key: ClassVar = ("reference",)
    indexed: ClassVar = ("reference",)

    reference: Word
    """Its number in the record, such as `S036`."""
    title: Name
    """Title."""
    publisher: Name | None = None
    """Who publishes it."""
    published: PartialDate | None = None
    """When."""
    url: Website | None = None
    """Where it stands, where that is public and known in full."""
    licence: Word | None = None
    """Under which licence; none where none is stated."""


def feed_source(feed: str) -> str:
    """Return the reference of the source that a feed of a program is."""
    return f"feed:{feed}"
