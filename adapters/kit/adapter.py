"""What an adapter is, and how the hub finds them: by their folders."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cached_property
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from adapters.kit import template, totals
from adapters.kit.gate import UnreadableError, is_workbook
from adapters.kit.names import Names, Reading
from adapters.kit.parsed import Parsed
from graph_schema.exchange import Line
from graph_schema.programs import Website
from graph_schema.references import ProgramCode
from graph_schema.texts import Word

GROUP: Final = "wsr_hub.adapters"
"""Entry point group of adapters from outside: each names a package of adapter folders."""
RECORD: Final = "record"
OPERATOR: Final = "operator"
"""The feed of the operator's template; every program has it."""

Parser = Callable[[bytes, Reading], Parsed]
"""Turns a document into rows of facts; pure, so that it is tested from a file."""


class Feed(BaseModel):
    """Where a program's documents come from, and what is believable in them.

    Attributes:
        about: What it is, in words.
        url: Where it stands; none: it comes as a file, or from where a setting says.
        licence: Under which its documents stand; none: it states none.
        hosts: Hosts that it may be fetched from.
        every_days: How often it appears.
        max_age_days: Days after its last confirmation on which what it says counts as fresh.
        complete: Whether a document of it leaves nothing out, unless the run says otherwise.
        fills: Whether what it describes is taken only of those whom the program does not describe
            otherwise: it is not the program's own word.
        listing: Whether absence from it means that a subject is not in the program.
        required: Columns that it must have beside those that a row cannot do without.
        rows: Fewest and most rows that are believable.
        may_shrink: Share of what it showed that may be gone at once.
        may_fail: Share of its rows that may be set aside.
        parser: Name of the function that reads it, in the adapter's folder; none: the template.
        metrics: Where its documents are tables of totals: the metrics, and the unit of each.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str = ""
    url: Website | None = None
    licence: Word | None = None
    hosts: tuple[str, ...] = ()
    every_days: int | None = None
    max_age_days: int = 400
    complete: bool = True
    fills: bool = False
    listing: bool = False
    required: tuple[str, ...] = ()
    rows: tuple[int, int] = (1, 1_000_000)
    may_shrink: float = 0.2
    may_fail: float = 0.05
    parser: str | None = None
    metrics: Mapping[str, str] = {}


class Manifest(BaseModel):
    """A folder's `program.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: ProgramCode
    name: str
    licence: str = ""
    scheme: str | None = None
    example: bool = False
    feeds: Mapping[str, Feed] = {}


class Adapter:
    """A program's folder: its manifest, its record, and the parsers of its documents."""

    def __init__(self, folder: Path, package: str) -> None:
        self.folder = folder
        self.package = package

    @cached_property
    def manifest(self) -> Manifest:
        """What `program.toml` says.

        Raises:
            ValueError: It is not what it should be; the message names the file and the field.
        """
        path = self.folder / "program.toml"
        try:
            return Manifest.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
            msg = f"{path.parent.name}/{path.name}: {error}"
            raise ValueError(msg) from error

    @cached_property
    def names(self) -> Names:
        """Whom the names that the program prints stand for.

        Raises:
            UnreadableError: `names.csv` is not what it should be.
        """
        return Names.of(self.folder)

    @property
    def program(self) -> str:
        """The program's code."""
        return self.manifest.code

    def feed(self, name: str) -> Feed:
        """Return a feed of the program; every program has the operator's.

        Raises:
            KeyError: The program has no such feed.
        """
        if name == OPERATOR and name not in self.manifest.feeds:
            return Feed(about="the operator's template")
        return self.manifest.feeds[name]

    def feeds(self) -> Mapping[str, Feed]:
        """Return every feed of the program by name, the operator's among them."""
        return {OPERATOR: self.feed(OPERATOR), **self.manifest.feeds}

    def parse(
        self,
        feed: str,
        document: bytes,
        name: str = "",
        dated: date | None = None,
        fetched: date | None = None,
    ) -> Parsed:
        """Return what a document of a feed says.

        Args:
            feed: Its feed.
            document: The document.
            name: The file's name, where it has one.
            dated: The day of which it speaks, where a person says so.
            fetched: The day on which it was fetched, where it was.

        Raises:
            UnreadableError: It is not what the feed's documents are.
        """
        return Parsed.of(self.parts(feed, document, name, dated, fetched))

    def parts(
        self,
        feed: str,
        document: bytes,
        name: str = "",
        dated: date | None = None,
        fetched: date | None = None,
        *,
        size: int | None = None,
        plainly: bool = False,
    ) -> Iterator[Parsed]:
        """Yield the same in parts: a long template as so many rows at a time, all else whole.

        With `plainly`, rows of a long template of which every cell is kept as it stands are left
        unread.

        Raises:
            UnreadableError: As `parse` does, when the part is asked for.
        """
        about = self.feed(feed)
        reading = Reading(self.program, self.names, name, dated, fetched)
        if about.metrics:
            yield totals.parse(document, reading, about.metrics)
        elif about.parser is None:
            yield from template.parts(self.program, document, name=name, size=size, plainly=plainly)
        else:
            function: Parser = getattr(import_module(self.package), about.parser)
            yield function(document, reading)

    def book(self, feed: str, document: bytes, name: str, size: int) -> template.Book | None:
        """Return a workbook of the template, sheets of more rows than `size` apart.

        Returns:
            None where the document is no such workbook: it is read by `parts`.

        Raises:
            UnreadableError: As `parse` does.
        """
        about = self.feed(feed)
        if about.metrics or about.parser is not None or not is_workbook(document):
            return None
        return template.book(self.program, document, name=name, size=size)

    def record(self) -> Parsed:
        """Return the bundled record: its tables, and what the folder makes by itself.

        Raises:
            UnreadableError: A table of it is broken.
        """
        parsed = Parsed()
        for path in sorted((self.folder / RECORD).glob("*.csv")):
            try:
                table = template.parse(self.program, path.read_bytes(), name=path.name, record=True)
            except UnreadableError as error:
                msg = f"{self.folder.name}/{RECORD}/{path.name}: {error}"
                raise UnreadableError(msg) from error
            parsed.add(table)
        for line in self._made():
            parsed.lines.append(line)
            parsed.kinds.add(type(line.fact))
        return parsed

    def _made(self) -> Iterator[Line]:
        """Yield what the folder's own `record()` makes, as the example world does."""
        if (self.folder / "__init__.py").exists():
            make = getattr(import_module(self.package), "record", None)
            if make is not None:
                yield from make()


def adapters(folders: Mapping[Path, str] | None = None) -> dict[str, Adapter]:
    """Return every adapter by program code, in the order of codes.

    Args:
        folders: Folders of adapters and the packages they are; none: our own, and those that
            installed packages name as entry points.

    Raises:
        ValueError: Two folders are of one program, or a manifest is not what it should be.
    """
    found: dict[str, Adapter] = {}
    for parent, package in (folders or _installed()).items():
        for manifest in sorted(parent.glob("*/program.toml")):
            folder = manifest.parent
            adapter = Adapter(folder, f"{package}.{folder.name}")
            if adapter.program in found:
                other = found[adapter.program].folder.name
                msg = f"{folder.name} and {other} are both of the program {adapter.program}"
                raise ValueError(msg)
            found[adapter.program] = adapter
    return dict(sorted(found.items()))


def _installed() -> dict[Path, str]:
    ours = {Path(__file__).parents[1]: "adapters"}
    for entry in entry_points(group=GROUP):
        for path in entry.load().__path__:
            ours.setdefault(Path(path), entry.value)
    return ours
