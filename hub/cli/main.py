"""`hub`: the commands, by name."""

import gc
import os
import sys
from io import TextIOWrapper
from typing import Final

import typer

from hub.cli import (
    ask,
    audit,
    check,
    clients,
    doctor,
    exchange,
    keys,
    programs,
    schema,
    serve,
    shared,
    sync,
)
from hub.cli.console import BAD_INPUT, OUT, complain

UNREAD: Final = 1
"""Exit code where the reader of a pipe went away before everything was written."""

_OBJECTS: Final = 100_000
"""Objects made before the youngest are searched for cycles; a long list makes many and no cycle."""

app = typer.Typer(
    name="hub",
    help=(
        "WSR Hub: may this buyer buy this product from this supplier on this day, and why? "
        "Which suppliers do programs share?"
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown" if OUT.is_terminal else None,
)

app.command("serve")(serve.serve)
app.command("sync")(sync.sync)
app.command("ask")(ask.ask)
app.command("check")(check.check)
app.command("shared")(shared.shared)
app.command("programs")(programs.programs)
app.command("import")(exchange.import_file)
app.command("export")(exchange.export_file)
app.add_typer(clients.app, name="clients")
app.add_typer(keys.app, name="keys")
app.add_typer(audit.app, name="audit")
app.command("schema")(schema.schema)
app.command("doctor")(doctor.doctor)


def main() -> None:
    """Run a command of the line and end the process, without a traceback where output ends."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    gc.freeze()
    gc.set_threshold(_OBJECTS, 20, 20)
    try:
        try:
            app()
        finally:
            if isinstance(sys.stdout, TextIOWrapper):
                sys.stdout.flush()
    except BrokenPipeError:
        _discard()
        sys.exit(UNREAD)
    except OSError as error:
        _discard()
        complain(str(error))
        sys.exit(BAD_INPUT)


def _discard() -> None:
    """Send to nowhere what is not written yet, else the interpreter tries again and complains."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
