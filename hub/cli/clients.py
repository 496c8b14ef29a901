"""`hub clients`: who may ask as an operator, a brand, a supplier, a researcher or an admin."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from hub.admin.registration import Wanted, credentials, made, register, shown
from hub.answers.desk import Desk
from hub.cli.console import ERR, FILL, OUT, StoreOption, fail, opened, plain, run, settings
from hub.errors import InvalidInputError
from hub.oauth.clients import Client, Registry, key_set
from hub.oauth.jose import key_of_pem
from hub.oauth.principal import Role, Scope
from hub.store.open import missing
from hub.store.port import Store

app = typer.Typer(no_args_is_help=True, help="OAuth clients: add, list, rotate, disable.")

_MOST_BYTES = 65_536
JwksOption = Annotated[
    Path | None,
    typer.Option(
        "--jwks",
        help="File of the client's public keys: a JWK set, or one key as PEM.",
        metavar="FILE",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON.")]
IdArgument = Annotated[str, typer.Argument(help="Id of the client.", metavar="CLIENT")]


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    program: Annotated[
        list[str] | None,
        typer.Option(
            "--program", help="Program that it speaks for; may be repeated.", metavar="CODE"
        ),
    ] = None,
    organization: Annotated[
        str | None,
        typer.Option("--organization", help="Company that it is.", metavar="REF"),
    ] = None,
    role: Annotated[
        Role | None,
        typer.Option(
            "--role",
            help="As what it asks; default: admin with --scope admin, operator with --program, "
            "brand with --organization, else researcher.",
        ),
    ] = None,
    scope: Annotated[
        list[Scope] | None, typer.Option("--scope", help="What it may do; default: read.")
    ] = None,
    jwks: JwksOption = None,
    issuer: Annotated[
        str | None,
        typer.Option("--issuer", help="Identity provider that gives its tokens.", metavar="URL"),
    ] = None,
    client_id: Annotated[
        str | None, typer.Option("--client-id", help="What that provider calls it.", metavar="ID")
    ] = None,
    json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """Register a client. Operators and admins sign with keys; others get a secret, shown once.

    Example: `hub clients add "FFP office" --program ffp --scope write --jwks public.pem`

    Exit codes: 0 registered, 2 bad input or no store.
    """
    wanted = Wanted.model_construct(
        name=name,
        role=role,
        programs=tuple(program or ()),
        organization=organization,
        scopes=tuple(scope or ()),
        jwks=_keys(jwks) if jwks else None,
        issuer=issuer,
        client_id=client_id,
    )

    async def registering() -> tuple[Client, str | None]:
        client, secret = made(wanted)
        async with registered(store) as found:
            await register(await Desk.open(found), Registry(found.kept), client)
        return client, secret

    client, secret = run(registering)
    _told(client, secret, json=json)
    if issuer and issuer not in {each.issuer for each in settings(store).issuers}:
        ERR.print(f"[yellow]{escape(issuer)} is none of HUB_ISSUERS yet[/]: its tokens are refused")


@app.command("list")
def list_(json: JsonOption = False, store: StoreOption = None) -> None:
    """List the clients, without their secrets.

    Example: `hub clients list --json`

    Exit codes: 0 listed, 2 no store.
    """

    async def found() -> list[tuple[Client, bool]]:
        async with registered(store) as at:
            return await Registry(at.kept).all()

    listed = sorted(run(found), key=lambda each: each[0].made_at)
    if json:
        told = [shown(client) | {"disabled": disabled} for client, disabled in listed]
        OUT.file.write(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")
    elif OUT.is_terminal:
        table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
        for column in ("client", "name", "asks as", "scopes", "shows who it is by"):
            table.add_column(column, overflow="fold")
        for client, disabled in listed:
            how = "disabled" if disabled else credentials(client)
            table.add_row(client.id, client.name, _as(client), " ".join(client.scopes), how)
        OUT.print(table if listed else "there is no client", markup=False)
    else:
        for client, disabled in listed:
            plain(f"{_line(client)}; {'disabled' if disabled else credentials(client)}")


@app.command("rotate")
def rotate(
    client: IdArgument, jwks: JwksOption = None, json: JsonOption = False, store: StoreOption = None
) -> None:
    """Give a client a new secret beside its last one, or new keys in the place of the old.

    Example: `hub clients rotate 5f0c7a1e9b3d2c4e6a80`

    Exit codes: 0 rotated, 2 bad input or no store.
    """
    keys = _keys(jwks) if jwks else None

    async def rotated() -> str | None:
        async with registered(store) as found:
            return await Registry(found.kept).rotate(client, keys)

    secret = run(rotated)
    if json:
        told = {"id": client} | ({"secret": secret} if secret else {})
        OUT.file.write(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")
        return
    plain(f"client {client}")
    if secret:
        plain(f"secret {secret}")
        ERR.print("[dim]the secret is shown once; the one before it lives until the next[/]")


@app.command("disable")
def disable(client: IdArgument, store: StoreOption = None) -> None:
    """Refuse a client and every token it has, within seconds and for ever.

    Example: `hub clients disable 5f0c7a1e9b3d2c4e6a80`

    Exit codes: 0 disabled, 2 no such client or no store.
    """

    async def disabled() -> None:
        async with registered(store) as found:
            await Registry(found.kept).disable(client)

    run(disabled)
    plain(f"client {client} is disabled")


@asynccontextmanager
async def registered(store: str | None) -> AsyncGenerator[Store]:
    """Yield the open store where clients and keys are kept; none is made for them.

    Raises:
        InvalidInputError: There is no store.
    """
    chosen = settings(store)
    if missing(chosen):
        msg = f"there is no store at {chosen.store}; check the address, or {FILL}"
        raise InvalidInputError(msg)
    async with opened(store) as found:
        yield found


def _keys(path: Path) -> dict[str, Any]:
    """Return the JWK set of a file."""
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES)
    except OSError as error:
        fail(f"cannot read {path}: {error.strerror}")
    try:
        if text.lstrip().startswith(b"-----BEGIN"):
            return key_set({"keys": [key_of_pem(text)]})
        return key_set(orjson.loads(text))
    except orjson.JSONDecodeError:
        fail(f"{path} is neither a JWK set nor a key as PEM")
    except InvalidInputError as error:
        fail(f"{path}: {error.message}")


def _told(client: Client, secret: str | None, *, json: bool) -> None:
    """Print a new client, and its secret for the only time."""
    if json:
        told = shown(client) | ({"secret": secret} if secret else {})
        OUT.file.write(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")
        return
    plain(_line(client))
    if secret:
        plain(f"secret {secret}")
        ERR.print("[dim]the secret is shown once: keep it where the client finds it[/]")


def _line(client: Client) -> str:
    return f"client {client.id} ({client.name}): {_as(client)}; scopes {' '.join(client.scopes)}"


def _as(client: Client) -> str:
    whose = ", ".join(client.programs) or client.organization
    return (
        f"{client.role} of {whose}"
        if client.programs
        else " ".join(filter(None, (client.role, whose)))
    )
