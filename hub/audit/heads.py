"""Signed heads: by a head that is kept elsewhere, everything up to it can be shown to be as it was.

The head of a day is signed within the first write of a later day, in its transaction, so that no
row is added to a day whose head is signed. The keys are the log's own; they lie in the store with
their public parts, the private ones sealed, and stay, so that old heads can be checked for ever.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import orjson
from joserfc import jws
from joserfc.jwk import ECKey, Key

from hub.errors import InvalidInputError
from hub.oauth import jose
from hub.oauth.jose import BadTokenError
from hub.oauth.keys import Seal
from hub.settings import Settings
from hub.store.audit import HEADS, KEYS, Head, Notary, canonical, made_key
from hub.store.deeds import Action, By, Deed
from hub.store.kept import Kept, Records
from hub.store.port import Store
from hub.store.rows import instant, micros

TYPE: Final = "wsr-hub-audit-head"
"""The `typ` of a signed head."""
_Store = TypeVar("_Store", bound=Store)


class Signing(Notary):
    """Signs heads with a key of the store, sealed with the secret of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, head: Head, keys: Mapping[str, str], store_key: bytes) -> Sequence[Kept]:
        """Return the signed head as a record, and a new key where there is none."""
        seal = Seal(self._settings, store_key)
        made = [] if keys else [new_key(keys, seal)]
        key = newest({**keys, **{each.key: each.value for each in made}}, seal)
        return [*made, Kept(HEADS, head.day, signed(head, key))]


def witnessed(store: _Store, settings: Settings) -> _Store:
    """Have the heads of a store's log signed; return the store."""
    store.audit.notary = Signing(settings)
    return store


def new_key(keys: Mapping[str, str], seal: Seal) -> Kept:
    """Return a new key as the record that follows those there are."""
    name = f"{int(max(keys, default='0')) + 1:09}"
    key = ECKey.generate_key("P-256", auto_kid=True)
    sealed = seal.close(orjson.dumps(key.as_dict(private=True)), _bound(name))
    public = key.as_dict(private=False, alg="ES256")
    return Kept(KEYS, name, orjson.dumps({"public": public, "sealed": sealed}).decode())


def newest(keys: Mapping[str, str], seal: Seal) -> ECKey:
    """Return the key that signs now.

    Raises:
        StoreUnavailableError: It was sealed with another secret.
    """
    name = max(keys)
    return own_key(name, keys[name], seal)


def own_key(name: str, text: str, seal: Seal) -> ECKey:
    """Return the key that a record holds.

    Raises:
        StoreUnavailableError: It was sealed with another secret.
    """
    return ECKey.import_key(orjson.loads(seal.open(orjson.loads(text)["sealed"], _bound(name))))


async def rotate(records: Records, seal: Seal, by: By) -> ECKey:
    """Make a new key for somebody, which signs from now on.

    Raises:
        InvalidInputError: Somebody else made one just now.
    """
    made = new_key(await records.all(KEYS), seal)
    deed = Deed(by, Action.ROTATE_KEY, subject=KEYS)
    if not await records.put_once(made, deed=deed):
        msg = "somebody else began a rotation just now"
        raise InvalidInputError(msg)
    return own_key(made.key, made.value, seal)


async def export(store: Store, settings: Settings, now: datetime) -> tuple[Head, dict[str, Any]]:
    """Return the newest row, and its signed head with the public key, to be kept elsewhere.

    Where the day of the row is over, the head is the day's, and the store keeps it, too.

    Raises:
        InvalidInputError: There is no row yet.
        StoreUnavailableError: The keys were sealed with another secret.
    """
    if not (await store.audit.head()).seq:
        msg = "the audit log has no row yet: nothing was written"
        raise InvalidInputError(msg)
    seal = Seal(settings, await store.key())
    if not (keys := await store.kept.all(KEYS)):
        first = new_key(keys, seal)
        await store.kept.put_once(first, deed=made_key())
        keys = await store.kept.all(KEYS)
    key, head = newest(keys, seal), await store.audit.head()
    text = signed(head, key)
    if head.day < now.date().isoformat():
        await store.kept.put_once(Kept(HEADS, head.day, text))
    return head, {"head": text, "key": key.as_dict(private=False, alg="ES256")}


def signed(head: Head, key: ECKey) -> str:
    """Return a head signed as a compact JWS (RFC 7515)."""
    said = {
        "day": head.day,
        "seq": head.seq,
        "hash": head.hash,
        "at": instant(head.at).isoformat(timespec="microseconds"),
        "signedAt": datetime.fromtimestamp(int(time.time()), UTC).isoformat(),
    }
    header = {"alg": "ES256", "kid": key.kid, "typ": TYPE}
    return jws.serialize_compact(header, canonical(said), key)


def read(text: str, keys: Sequence[Key]) -> Head:
    """Return the head that a key signed.

    Raises:
        BadTokenError: It is none, or none of the keys signed it.
    """
    found = jose.read(text)
    if found.header.get("typ") != TYPE:
        msg = "it is no signed head of an audit log"
        raise BadTokenError(msg)
    jose.verify(found, keys, ("ES256",))
    said = found.claims
    return Head(said["seq"], micros(datetime.fromisoformat(said["at"])), said["hash"])


def read_exported(text: bytes) -> tuple[Head, Key]:
    """Return the head of an exported file, and the key that signed it.

    Raises:
        InvalidInputError: It is no such file, or its signature is not its key's.
    """
    try:
        found = orjson.loads(text)
        [key] = jose.public_keys({"keys": [found["key"]]})
        return read(found["head"], [key]), key
    except (ValueError, KeyError, TypeError) as error:
        msg = "it is no head that `hub audit head` wrote, or it was changed since"
        raise InvalidInputError(msg) from error


def _bound(name: str) -> str:
    """Return the name under which a key is sealed."""
    return f"{KEYS} {name}"
