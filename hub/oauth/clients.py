"""Clients: who is registered, for which programs or organisation, and how each shows who it is."""

import hashlib
import secrets
import string
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, model_validator

from hub.errors import ConflictError, HubError, InvalidInputError
from hub.oauth.jose import listed_keys, public_keys
from hub.oauth.principal import Role, Scope
from hub.store.deeds import Action, Actor, By, Deed
from hub.store.kept import Kept, Records

CLIENT: Final = "client"
"""Kind of the records of clients; the key is the client's id."""
REVOKED: Final = "revoked"
"""Kind of the records of what is no longer taken: `token JTI` and `client ID`."""
LIVE_SECRETS: Final = 2
"""So many secrets of a client are live at once, so that one can follow the other."""
_LONGEST_NAME: Final = 100
_ALPHABET: Final = string.ascii_letters + string.digits + "._~-"
_SECRET_LENGTH: Final = 43
"""Of these 66 characters, 43 hold 259 bits."""


class Secret(BaseModel):
    """A secret of a client, of which only its hash is kept: it holds 256 random bits."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    made_at: datetime


class Client(BaseModel):
    """A registered client.

    Attributes:
        id: What it is called in tokens of the hub's own server, and in the log.
        programs: Codes of the programs that an operator speaks for.
        organization: Reference of the company that a brand or supplier is.
        jwks: The public keys of a client that signs assertions (RFC 7523).
        secrets: The live secrets of one that sends a secret, the oldest first.
        issuer: The identity provider that gives its tokens; none: the hub's own server.
        external_id: What the provider calls it.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    role: Role
    programs: tuple[str, ...] = ()
    organization: str | None = None
    scopes: tuple[Scope, ...]
    jwks: Mapping[str, Any] | None = None
    secrets: tuple[Secret, ...] = ()
    issuer: str | None = None
    external_id: str | None = None
    made_at: datetime

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Refuse what no client may be.

        Raises:
            ValueError: The message says what is missing.
        """
        if not self.name or len(self.name) > _LONGEST_NAME or not self.name.isprintable():
            msg = f"a client's name has 1 to {_LONGEST_NAME} printable characters"
            raise ValueError(msg)
        if (self.role is Role.OPERATOR) != bool(self.programs):
            msg = "an operator has programs, and nobody else does; name its programs"
            raise ValueError(msg)
        if (self.role in {Role.BRAND, Role.SUPPLIER}) != bool(self.organization):
            msg = "a brand or supplier has an organisation, and nobody else; name that"
            raise ValueError(msg)
        if Scope.WRITE in self.scopes and self.role is not Role.OPERATOR:
            msg = "only an operator writes; leave out the scope write, or name its programs"
            raise ValueError(msg)
        if (self.role is Role.ADMIN) != (Scope.ADMIN in self.scopes):
            msg = "an admin has the scope admin, and nobody else does"
            raise ValueError(msg)
        if self.role is Role.ADMIN and (len(self.scopes) > 1 or self.jwks is None):
            msg = "an admin has no further scope, and shows who it is by a key of its own"
            raise ValueError(msg)
        return self


def key_set(given: object) -> dict[str, Any]:
    """Return the JWK set of a client's public keys.

    Raises:
        InvalidInputError: There is no key in it that can be used, or a private one.
    """
    try:
        listed, keys = listed_keys(given), public_keys(given)
    except ValueError as error:
        msg = f"the key set cannot be taken: {error}"
        raise InvalidInputError(msg) from error
    if any("d" in each or each.get("kty") == "oct" for each in listed):
        msg = "the key set has a private key; keep that to the client and give its public part"
        raise InvalidInputError(msg)
    if not keys or len(keys) != len(listed):
        msg = (
            "a key of the set cannot be used; give keys of EC P-256, Ed25519 or RSA from 2048 bits"
        )
        raise InvalidInputError(msg)
    return {"keys": [key.as_dict(private=False) for key in keys]}


def new_id() -> str:
    """Return an id for a new client."""
    return secrets.token_hex(10)


def new_secret() -> tuple[str, Secret]:
    """Return a new secret, to be shown once, and what is kept of it."""
    made = "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_LENGTH))
    return made, Secret(sha256=digest(made), made_at=datetime.now(UTC))


def digest(secret: str) -> str:
    """Return the hash of a secret; 256 random bits need no slow one."""
    return hashlib.sha256(secret.encode()).hexdigest()


def decoded(records: Mapping[str, str]) -> list[Client]:
    """Return the clients that records hold."""
    return [Client.model_validate_json(text) for text in records.values()]


class NoClientError(HubError):
    """There is no such client."""

    code = "UNKNOWN_REFERENCE"
    status = HTTPStatus.NOT_FOUND


class Registry:
    """The clients of a store."""

    def __init__(self, records: Records, by: By | None = None) -> None:
        """Keep them for somebody; for whoever has the command line, unless told otherwise."""
        self._records = records
        self._by = by or By(Actor.SHELL)

    async def all(self) -> list[tuple[Client, bool]]:
        """Return every client, and whether it is disabled."""
        kept = await self._records.every((CLIENT, REVOKED))
        gone, found = kept[REVOKED], decoded(kept[CLIENT])
        return [(client, disabled(client.id) in gone) for client in found]

    async def add(self, client: Client) -> None:
        """Register a client.

        Raises:
            InvalidInputError: Another goes by the same id at the same identity provider.
        """
        for other, _ in await self.all():
            if client.issuer and (client.issuer, client.external_id) == (
                other.issuer,
                other.external_id,
            ):
                msg = f"{other.id} is that client of {client.issuer} already"
                raise InvalidInputError(msg)
        deed = self._deed(Action.ADD_CLIENT, client)
        await self._records.put(Kept(CLIENT, client.id, client.model_dump_json()), deed=deed)

    async def rotate(self, id_: str, jwks: Mapping[str, Any] | None) -> str | None:
        """Give a client new keys, or a new secret beside the one it has; return the secret.

        Raises:
            NoClientError: There is no such client.
            InvalidInputError: It shows otherwise who it is.
            ConflictError: Somebody else gives it others just now.
        """
        client, text = await self._kept(id_)
        if client.issuer:
            msg = f"{client.issuer} keeps the credentials of {id_}; change them there"
            raise InvalidInputError(msg)
        if (client.jwks is None) != (jwks is None):
            how = "a secret; give no keys" if client.jwks is None else "keys; give its new ones"
            msg = f"{id_} shows who it is by {how}"
            raise InvalidInputError(msg)
        made: str | None = None
        if jwks is None:
            made, new = new_secret()
            live: Sequence[Secret] = (*client.secrets, new)[-LIVE_SECRETS:]
            changed = client.model_copy(update={"secrets": tuple(live)})
        else:
            changed = client.model_copy(update={"jwks": jwks})
        deed = self._deed(Action.ROTATE_CLIENT, client)
        kept = Kept(CLIENT, id_, changed.model_dump_json(), instead_of=text)
        try:
            await self._records.put_all([kept], deed=deed)
        except ConflictError as error:
            msg = f"somebody else changes {id_} just now; look, and try again"
            raise ConflictError(msg) from error
        return made

    async def disable(self, id_: str) -> None:
        """Refuse a client and all its tokens from now on, for ever.

        Raises:
            NoClientError: There is no such client.
        """
        deed = self._deed(Action.DISABLE_CLIENT, await self.client(id_))
        await self._records.put(Kept(REVOKED, disabled(id_), "{}"), deed=deed)

    async def client(self, id_: str) -> Client:
        """Return a client.

        Raises:
            NoClientError: There is no such client.
        """
        return (await self._kept(id_))[0]

    async def _kept(self, id_: str) -> tuple[Client, str]:
        """Return a client, and how it is kept."""
        found = await self._records.get(CLIENT, id_)
        if found is None:
            msg = f"there is no client {id_[:80]!r}; the list of clients has those there are"
            raise NoClientError(msg)
        return Client.model_validate_json(found), found

    def _deed(self, action: Action, client: Client) -> Deed:
        """Return what somebody does to a client, as the audit log tells it."""
        return Deed(self._by, action, client.programs, subject=client.id)


def disabled(id_: str) -> str:
    """Return the key under which a disabled client is kept."""
    return f"client {id_}"


def revoked(jti: str) -> str:
    """Return the key under which a revoked token is kept."""
    return f"token {jti}"
