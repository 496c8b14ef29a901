"""`hub`: serve, sync, ask, check, shared, import, export, schema, doctor."""

import typer

from hub.cli import ask, check, doctor, exchange, schema, serve, shared, sync

app = typer.Typer(
    name="hub",
    help=(
        "WSR Hub: may this buyer buy this product from this supplier on this day, and why? "
        "Which suppliers do programs share?"
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

app.command("serve")(serve.serve)
app.command("sync")(sync.sync)
app.command("ask")(ask.ask)
app.command("check")(check.check)
app.command("shared")(shared.shared)
app.command("import")(exchange.import_file)
app.command("export")(exchange.export_file)
app.command("schema")(schema.schema)
app.command("doctor")(doctor.doctor)


def main() -> None:
    """Run a command of the line."""
    app()
