"""Registrations of clients: what is said of a new one becomes a client, and is shown again."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from graph_schema.codes import Kind
from hub.answers.desk import Desk
from hub.errors import InvalidInputError
from hub.oauth.clients import Client, Registry, key_set, new_id, new_secret
from hub.oauth.principal import Role, Scope
from hub.store.port import SHELL


class Wanted(BaseModel):
    """What is said of a client that is to be registered.

    Attributes:
        role: As what it asks; none: an admin with the scope `admin`, an operator with programs, a
            brand with an organisation, else a researcher.
        scopes: What it may do; none: read. Whoever is no admin may read.
        jwks: Its public keys; none where it is to have a secret.
        issuer: The identity provider that gives its tokens, which calls it `client_id`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)

    name: str
    role: Role | None = None
    programs: tuple[str, ...] = ()
    organization: str | None = None
    scopes: tuple[Scope, ...] = ()
    jwks: Mapping[str, Any] | None = None
    issuer: str | None = None
    client_id: str | None = None


def made(wanted: Wanted) -> tuple[Client, str | None]:
    """Return a new client, and its secret where it has one; nothing is kept yet.

    Raises:
        InvalidInputError: There can be no such client; the message says why.
    """
    role = wanted.role or _role(wanted)
    reads = () if role is Role.ADMIN else (Scope.READ,)
    given: dict[str, Any] = {
        "id": new_id(),
        "name": wanted.name.strip(),
        "role": role,
        "programs": tuple(dict.fromkeys(wanted.programs)),
        "organization": wanted.organization,
        "scopes": tuple(dict.fromkeys((*reads, *wanted.scopes))),
        "made_at": datetime.now(UTC),
    }
    secret: str | None = None
    if wanted.issuer or wanted.client_id:
        if not (wanted.issuer and wanted.client_id) or wanted.jwks is not None:
            msg = "a client of an identity provider has its issuer and its id there, and no jwks"
            raise InvalidInputError(msg)
        given |= {"issuer": wanted.issuer, "external_id": wanted.client_id}
    elif wanted.jwks is not None:
        given["jwks"] = key_set(wanted.jwks)
    elif role in {Role.OPERATOR, Role.ADMIN}:
        msg = (
            f"an {role} shows who it is by a key of its own: give its public part as jwks; "
            "docs/access.md tells how to make one"
        )
        raise InvalidInputError(msg)
    else:
        secret, kept = new_secret()
        given["secrets"] = (kept,)
    try:
        return Client.model_validate(given), secret
    except ValidationError as error:
        msg = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise InvalidInputError(msg) from None


async def register(desk: Desk, registry: Registry, client: Client) -> None:
    """Keep a client, if what it is registered for is known.

    Raises:
        HubError: A program or company is not known, or the client is registered already.
    """
    await _check_known(desk, client.programs, client.organization)
    await registry.add(client)


def shown(client: Client) -> dict[str, Any]:
    """Return a client as it is told, without its secrets."""
    return {
        "id": client.id,
        "name": client.name,
        "role": client.role,
        "programs": client.programs,
        "organization": client.organization,
        "scopes": client.scopes,
        "issuer": client.issuer,
        "clientId": client.external_id or client.id,
        "credentials": credentials(client),
    }


def credentials(client: Client) -> str:
    """Return by what a client shows who it is."""
    if client.issuer:
        return f"tokens of {client.issuer}, as {client.external_id}"
    if client.jwks is not None:
        return f"keys {', '.join(key['kid'] for key in client.jwks['keys'])}"
    return "a secret" if len(client.secrets) == 1 else f"{len(client.secrets)} secrets"


def _role(wanted: Wanted) -> Role:
    if Scope.ADMIN in wanted.scopes:
        return Role.ADMIN
    if wanted.programs:
        return Role.OPERATOR
    return Role.BRAND if wanted.organization else Role.RESEARCHER


async def _check_known(desk: Desk, programs: Sequence[str], organization: str | None) -> None:
    """Refuse a program or company that the store does not know.

    Raises:
        HubError: The message names it.
    """
    if not programs and organization is None:
        return
    sitting = await desk.sit(viewer=SHELL)
    for code in programs:
        number = (await sitting.named(code, Kind.PROGRAM)).number
        if (known := sitting.law.programs[number].code) != code:
            msg = f"{code!r} is no code of a program; did you mean {known}?"
            raise InvalidInputError(msg)
    if organization is not None:
        await sitting.named(organization, Kind.ORGANIZATION)
