"""The keys that the hub signs its own tokens with: kept sealed in the store, changed in steps.

A new key is published first and signs only when no copy of the key set can be without it any more;
the old one stays until the last token that it signed has expired. Every hub on the store reads the
same instants, so none need tell the others.
"""

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.jwk import ECKey

from hub.errors import InvalidInputError, StoreUnavailableError
from hub.oauth.jose import LEEWAY
from hub.settings import Settings
from hub.store.deeds import Action, Actor, By, Deed
from hub.store.kept import Kept, Records

SIGNING: Final = "signing-key"
"""Kind of the records of signing keys; the key is a number that grows."""
LIFETIME: Final = 600
"""Seconds that a token is good for."""
MAX_AGE: Final = 300
"""Seconds for which others may keep a copy of the key set."""
_MARGIN: Final = 60
"""Seconds more before a new key signs, for copies under way and hubs that read late."""
_NONCE: Final = 12
_MICROS: Final = 1_000_000


class Seal:
    """Seals what lies in the store, so that a copy of the store alone signs nothing."""

    def __init__(self, settings: Settings, store_key: bytes) -> None:
        """Take the secret of the settings; in dev, without one, the store's own key."""
        given = settings.keys_secret
        material = given.get_secret_value().encode() if given else store_key
        derive = HKDF(SHA256(), 32, salt=None, info=b"wsr-hub signing keys")
        self._cipher = AESGCM(derive.derive(material))

    def close(self, text: bytes, name: str) -> str:
        """Return a text sealed under a name."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, text, name.encode())
        return base64.b64encode(sealed).decode()

    def open(self, sealed: str, name: str) -> bytes:
        """Return what was sealed under a name.

        Raises:
            StoreUnavailableError: It was sealed with another secret.
        """
        raw = base64.b64decode(sealed)
        try:
            return self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], name.encode())
        except InvalidTag as error:
            msg = "the signing keys in the store were sealed with another HUB_KEYS_SECRET"
            raise StoreUnavailableError(msg) from error


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key, since when it signs, and when it is gone (none: not yet known), in seconds."""

    key: ECKey
    signs_from: int
    gone_at: int | None

    @property
    def kid(self) -> str:
        """What tokens call it."""
        return str(self.key.kid)


def opened(records: Mapping[str, str], seal: Seal, now: float) -> list[SigningKey]:
    """Return the keys that records hold and that are not gone, the oldest first.

    Raises:
        StoreUnavailableError: They were sealed with another secret.
    """
    found: list[SigningKey] = []
    for name, text in records.items():
        record = orjson.loads(text)
        if record["goneAt"] is None or record["goneAt"] > now:
            jwk = orjson.loads(seal.open(record["sealed"], name))
            key = ECKey.import_key(jwk)
            found.append(SigningKey(key, record["signsFrom"], record["goneAt"]))
    return found


def signing(keys: Sequence[SigningKey], now: float) -> SigningKey:
    """Return the key that signs now: the newest whose time has come."""
    return [each for each in keys if each.signs_from <= now][-1]


def published(keys: Sequence[SigningKey]) -> dict[str, Any]:
    """Return the public key set, without any private part."""
    return {"keys": [each.key.as_dict(private=False, alg="ES256", use="sig") for each in keys]}


async def ensure(records: Records, seal: Seal, now: float) -> None:
    """Have a key: of several hubs that start at once, one makes it.

    Raises:
        StoreUnavailableError: The keys were sealed with another secret.
    """
    found = await records.all(SIGNING)
    if found:
        opened(found, seal, now)
    else:
        deed = Deed(By(Actor.HUB), Action.MAKE_KEY, subject=SIGNING)
        await records.put_once(Kept(SIGNING, _name(1), _made(seal, _name(1), 0)), deed=deed)


async def rotate(records: Records, seal: Seal, now: float, by: By) -> tuple[SigningKey, int]:
    """Publish a new key for somebody; return it, and when those before it are gone.

    Raises:
        InvalidInputError: The last rotation is not over yet; or somebody else began one.
    """
    await ensure(records, seal, now)
    found = await records.all(SIGNING)
    if (waiting := opened(found, seal, now)[-1].signs_from - now) > 0:
        msg = f"the last rotation is under way; its key signs in {waiting:.0f} s"
        raise InvalidInputError(msg)
    last = max(found)
    name = _name(int(last) + 1)
    signs_from = int(now) + MAX_AGE + _MARGIN
    made = _made(seal, name, signs_from)
    deed = Deed(by, Action.ROTATE_KEY, subject=SIGNING)
    if not await records.put_once(Kept(SIGNING, name, made), deed=deed):
        msg = "somebody else began a rotation just now"
        raise InvalidInputError(msg)
    gone_at = signs_from + LIFETIME + LEEWAY + _MARGIN
    old = orjson.dumps({**orjson.loads(found[last]), "goneAt": gone_at}).decode()
    await records.put(Kept(SIGNING, last, old, gone_at * _MICROS))
    return opened({name: made}, seal, now)[0], gone_at


def _name(number: int) -> str:
    """Return the key of a record, in whose order numbers are."""
    return f"{number:09}"


def _made(seal: Seal, name: str, signs_from: int) -> str:
    """Return the record of a new key."""
    key = ECKey.generate_key("P-256", auto_kid=True)
    sealed = seal.close(orjson.dumps(key.as_dict(private=True)), name)
    return orjson.dumps({"signsFrom": signs_from, "goneAt": None, "sealed": sealed}).decode()
