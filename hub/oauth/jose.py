"""Signed tokens (RFC 7515, 7519) and public keys (RFC 7517), as strictly as the hub takes them.

Only asymmetric algorithms of a short list, keys only of a set that was configured or registered:
what a token says of keys (`jwk`, `jku`, `x5u`, `x5c`) is never looked at.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast

import orjson
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode

MOST_CHARACTERS: Final = 4_096
"""Of the longest token or assertion."""
LEEWAY: Final = 30
"""Seconds by which two clocks may differ."""
KEYS: Final[Mapping[str, tuple[str, str | None]]] = {
    "ES256": ("EC", "P-256"),
    "PS256": ("RSA", None),
    "RS256": ("RSA", None),
    "EdDSA": ("OKP", "Ed25519"),
    "Ed25519": ("OKP", "Ed25519"),
}
"""What key each algorithm wants: its type and curve."""
_LEAST_RSA_BITS: Final = 2_048
_FORM: Final = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_BROKEN: Final = (JoseError, ValueError, KeyError, TypeError, AttributeError)
"""What a key that cannot be may raise."""


class BadTokenError(ValueError):
    """A token that is not taken; the message says why and shows nothing of it."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it reads; nobody has said yet that it is genuine."""

    text: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]


class _Pinned(JWSRegistry):
    """The library's algorithms, of which only those that a check names are used."""

    def get_alg(self, name: str) -> Any:  # noqa: ANN401 - its algorithms have no public type
        if name not in (self.allowed or ()):
            msg = f"algorithm {name} is not allowed"
            raise JoseError(msg)
        return self.algorithms[name]


def read(text: str) -> Token:
    """Return a token as it reads.

    Raises:
        BadTokenError: It is none.
    """
    if len(text) > MOST_CHARACTERS:
        msg = f"it is longer than {MOST_CHARACTERS} characters"
        raise BadTokenError(msg)
    if not _FORM.fullmatch(text):
        msg = "it is no signed JWT of three parts"
        raise BadTokenError(msg)
    header, claims, _ = text.split(".")
    token = Token(text, _object(header, "header"), _object(claims, "payload"))
    if "crit" in token.header or "b64" in token.header:
        msg = "its header asks for an extension"
        raise BadTokenError(msg)
    return token


def verify(token: Token, keys: Sequence[Key], algorithms: Collection[str]) -> None:
    """Check that one of some keys signed a token.

    Raises:
        BadTokenError: None of them did, or not by one of the algorithms.
    """
    algorithm = token.header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in KEYS or algorithm not in algorithms:
        msg = f"its algorithm is none of {', '.join(algorithms)}"
        raise BadTokenError(msg)
    registry = _Pinned(algorithms=[algorithm], strict_check_header=False)
    for key in fitting(token, keys) or [_decoy(algorithm)]:
        try:
            jws.deserialize_compact(token.text, key, registry=registry)
        except _BROKEN:
            continue
        return
    msg = "no key of its issuer signed it"
    raise BadTokenError(msg)


@cache
def _decoy(algorithm: str) -> Key:
    """Return a key that signed nothing: with it an unknown signer takes as long as a known one."""
    type_, curve = KEYS[algorithm]
    return JWKRegistry.generate_key(type_, curve or _LEAST_RSA_BITS, private=False)


def fitting(token: Token, keys: Sequence[Key]) -> list[Key]:
    """Return the keys that may have signed a token: by its `kid`, or the only one there is."""
    kid, algorithm = token.header.get("kid"), token.header.get("alg")
    type_, curve = KEYS.get(str(algorithm), (None, None))
    named = [key for key in keys if key.kid == kid] if kid is not None else list(keys)
    if kid is None and len(named) != 1:
        return []
    return [
        key
        for key in named
        if key.key_type == type_
        and (curve is None or key.get("crv") == curve)
        and key.alg in {None, algorithm}
    ]


def instant(claims: Mapping[str, Any], name: str) -> float | None:
    """Return an instant that a claim states, in seconds since 1970; none where there is no claim.

    Raises:
        BadTokenError: It is no number.
    """
    found = claims.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float):
        msg = f"its {name} is no number"
        raise BadTokenError(msg)
    return found


def text(claims: Mapping[str, Any], name: str) -> str:
    """Return the text of a claim.

    Raises:
        BadTokenError: There is none.
    """
    found = claims.get(name)
    if not isinstance(found, str) or not found:
        msg = f"it has no {name}"
        raise BadTokenError(msg)
    return found


def public_keys(given: object) -> list[Key]:
    """Return the keys of a JWK set that can verify; others in it are passed over.

    Raises:
        ValueError: It is no JWK set.
    """
    keys = map(public_key, listed_keys(given))
    return [key for key in keys if key is not None]


def listed_keys(given: object) -> list[dict[str, Any]]:
    """Return the JWKs of a set as they are written.

    Raises:
        ValueError: It is no JWK set.
    """
    listed = cast("dict[str, Any]", given).get("keys") if isinstance(given, dict) else None
    if not isinstance(listed, list):
        msg = 'it is no JWK set; write {"keys": [...]}'
        raise ValueError(msg)  # noqa: TRY004 - the words of a JSON text are wrong, not a type
    return [
        cast("dict[str, Any]", each)
        for each in cast("list[object]", listed)
        if isinstance(each, dict)
    ]


def key_of_pem(text: bytes) -> dict[str, Any]:
    """Return the JWK of a key written as PEM, its private part included; empty for no such key."""
    for kind in (ECKey, OKPKey, RSAKey):
        try:
            return dict(kind.import_key(text).dict_value)
        except _BROKEN:
            continue
    return {}


def public_key(jwk: Mapping[str, Any]) -> Key | None:
    """Return a key that can verify, its private part left out; none where it cannot."""
    if jwk.get("use", "sig") != "sig" or "verify" not in jwk.get("key_ops", ["verify"]):
        return None
    try:
        if jwk.get("kty") == "RSA" and _bits(jwk["n"]) < _LEAST_RSA_BITS:
            return None  # the library would take it, and warn
        key = JWKRegistry.import_key({n: v for n, v in jwk.items() if n not in _PRIVATE})
        key.ensure_kid()
        return key if _strong(key) else None
    except _BROKEN:
        return None


_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "key_ops"})


def _bits(number: str) -> int:
    return int.from_bytes(urlsafe_b64decode(number.encode())).bit_length()


def _strong(key: Key) -> bool:
    curve = key.get("crv") if isinstance(key, ECKey | OKPKey) else None
    return (key.key_type, curve) in KEYS.values()


def _object(part: str, what: str) -> Mapping[str, Any]:
    try:
        found = orjson.loads(urlsafe_b64decode(part.encode()))
    except ValueError as error:
        msg = f"its {what} is not JSON"
        raise BadTokenError(msg) from error
    if not isinstance(found, dict):
        msg = f"its {what} is no JSON object"
        raise BadTokenError(msg)
    return cast("Mapping[str, Any]", found)
