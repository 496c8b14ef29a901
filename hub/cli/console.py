"""The terminal: results on stdout, everything else on stderr, no traceback for a user's mistake."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Final, NoReturn, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
)

from graph_schema.codes import Verdict
from hub.answers.desk import Desk, Sitting
from hub.audit.heads import witnessed
from hub.errors import HubError, InvalidInputError
from hub.settings import Settings, read
from hub.store.open import from_settings, missing
from hub.store.port import SHELL, Store

_T = TypeVar("_T")

OUT: Final = Console(highlight=False, emoji=False)
"""For results; plain where it is not a terminal."""
ERR: Final = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)
"""For everything else."""

BAD_INPUT: Final = 2
"""Exit code where the input cannot be taken, or the store does not answer."""
DECIDE: Final = 3
"""Exit code where a person must decide: a held sync, or something INELIGIBLE in a list."""
FILL: Final = "fill it with `hub serve --demo` or `hub sync --all`"
"""What to do about a store that holds nothing."""

COLOURS: Final = {
    Verdict.INELIGIBLE: "bold red",
    Verdict.CLOSED: "red",
    Verdict.RESTRICTED: "dark_orange",
    Verdict.UNKNOWN: "yellow",
    Verdict.AT_RISK: "orange1",
    Verdict.NOT_IN_PROGRAM: "cyan",
    Verdict.ELIGIBLE_WITH_FINDINGS: "green",
    Verdict.ELIGIBLE: "bold green",
    Verdict.OUT_OF_SCOPE: "bright_black",
    Verdict.NOT_BOUND: "bright_black",
}

StoreOption = Annotated[
    str | None,
    typer.Option("--store", help="Where the graph is; default: HUB_STORE.", metavar="URL"),
]
AsOfOption = Annotated[str | None, typer.Option("--as-of", help="The day; default: today.")]
KnownAtOption = Annotated[
    str | None, typer.Option("--known-at", help="As known when; default: now.")
]


def settings(store: str | None = None, **given: object) -> Settings:
    """Return the settings; ends the command with one line where they are wrong."""
    try:
        return read(store=store, **given)
    except InvalidInputError as error:
        fail(error.message)


def complain(message: str) -> None:
    """Say what is wrong, in one line where the message is one."""
    ERR.print("[bold red]✗[/]", escape(message))


def fail(message: str) -> NoReturn:
    """End the command with a message."""
    complain(message)
    raise typer.Exit(BAD_INPUT)


def line(text: str) -> None:
    """Print a line of a result with its markup; a terminal folds it, a pipe does not."""
    OUT.print(text, soft_wrap=not OUT.is_terminal)


def plain(*lines: str) -> None:
    """Print lines of a result as they are; a terminal folds them, a pipe does not."""
    for each in lines:
        OUT.print(each, markup=False, soft_wrap=not OUT.is_terminal)


@asynccontextmanager
async def opened(store: str | None, *, mapped: bool = True) -> AsyncGenerator[Store]:
    """Yield the open store that the settings or an option name; it is made where there is none."""
    chosen = settings(store)
    found = witnessed(from_settings(chosen, mapped=mapped), chosen)
    try:
        await found.open()
        yield found
    finally:
        await found.close()


@asynccontextmanager
async def filled(store: str | None) -> AsyncGenerator[Store]:
    """Yield the open store likewise, to read from it.

    Raises:
        InvalidInputError: There is none, and none is made; or it is empty.
    """
    chosen = settings(store)
    if missing(chosen):
        msg = f"there is no store at {chosen.store}; check the address, or {FILL}"
        raise InvalidInputError(msg)
    async with opened(store) as found:
        if not (await found.latest()).revision:
            msg = f"the store at {chosen.store} is empty; {FILL}"
            raise InvalidInputError(msg)
        yield found


@asynccontextmanager
async def sitting(
    store: str | None, *, as_of: date | None, known_at: datetime | None = None
) -> AsyncGenerator[Sitting]:
    """Yield a moment at the desk of the store likewise, to ask of it."""
    async with filled(store) as found:
        desk = await Desk.open(found)
        yield await desk.sit(as_of=as_of, known_at=known_at, viewer=SHELL)


def run(step: Callable[[], Awaitable[_T]]) -> _T:
    """Run an async command; a user's mistake ends it with one line and exit code 2."""

    async def inside() -> _T:
        return await step()

    try:
        with asyncio.Runner(loop_factory=_fast_loop()) as runner:
            return runner.run(inside())
    except HubError as error:
        fail(error.message)


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return what makes uvloop's event loop, where the platform has it."""
    return import_module("uvloop").new_event_loop if find_spec("uvloop") else None


def day(text: str | None, name: str) -> date | None:
    """Return a day of an option."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(f"--{name} {text!r} is no day of the calendar; write it like 2026-11-22")


def moment(text: str | None, name: str) -> datetime | None:
    """Return an instant of an option; one without an offset is UTC."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        fail(f"--{name} {text!r} is no instant; write it like 2026-11-22T10:00:00Z")
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def progress(what: str) -> Progress:
    """Return a progress bar on stderr; nothing is shown where that is no terminal."""
    return Progress(
        SpinnerColumn(),
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        console=ERR,
        transient=True,
        disable=not ERR.is_terminal,
    )


@contextmanager
def far() -> Generator[Callable[[str, int, int], None]]:
    """Yield what shows how far a run is: what it does, how much is done, and of how much."""
    with progress("{task.description}") as shown:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = shown.add_task(what)
            shown.update(tasks[what], completed=done, total=max(done, of))

        yield tell


def coloured(verdict: Verdict) -> str:
    """Return a verdict in its colour."""
    return f"[{COLOURS[verdict]}]{verdict}[/]"
