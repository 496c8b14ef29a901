"""References: `scheme:value`, with the check characters of OS ID and LEI verified."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from graph_schema.codes import Kind

LONGEST: Final = 128
"""Characters of the longest reference."""

_FORM = re.compile(r"([a-z][a-z0-9-]{1,23}):(\S.*)")
_UNPRINTABLE = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_OS_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U."""
_OS_VALUES: Final = bytes(max(_OS_ALPHABET.find(chr(symbol)), 0) for symbol in range(256))
_OS_ID = re.compile(r"[A-Z]{2}([0-9]{4})([0-9]{3})[0-9A-HJKMNP-TV-Z]{6}")
_LEI = re.compile(r"[0-9A-Z]{18}[0-9]{2}")
_DAYS_OF_LONGEST_YEAR: Final = 366


@dataclass(frozen=True, slots=True)
class Refers:
    """Marks a field that names a node.

    Attributes:
        kinds: What may stand there.
        by_name: It is written as a name or an alias, as products are, not as a reference.
        early: It may name what is not known yet, and takes effect when that arrives.
    """

    kinds: tuple[Kind, ...]
    by_name: bool = False
    early: bool = False


def normalise(text: str) -> str:
    """Return a reference as it is stored: check characters verified, OS IDs in capitals.

    An OS ID is two letters, a year, a day of that year, five symbols and a check symbol: the
    sum of all values modulo 32 (facts source S211). A LEI follows ISO 17442 (ISO 7064 97-10).

    Raises:
        ValueError: `text` is no reference, or its check characters are wrong.
    """
    found = _FORM.fullmatch(text.strip())
    if not found or len(text) > LONGEST:
        msg = f"{text[:LONGEST]!r} is not a reference; write scheme:value, such as os:… or wsr:…"
        raise ValueError(msg)
    scheme, value = found[1], found[2]
    if scheme in _VERIFIED:
        value = _VERIFIED[scheme](value)
    elif _UNPRINTABLE.search(value):
        msg = f"{value!r} holds blanks or characters that do not print"
        raise ValueError(msg)
    return f"{scheme}:{value}"


def os_id(value: str) -> str:
    """Return an OS ID without blanks and hyphens, in capitals.

    Raises:
        ValueError: It is no OS ID, or its check character is wrong.
    """
    plain = value
    found = _OS_ID.fullmatch(plain)
    if not found:  # as people write it
        plain = re.sub(r"[\s-]", "", value).upper()
        found = _OS_ID.fullmatch(plain)
    if not found or not 1 <= int(found[2]) <= _DAYS_OF_LONGEST_YEAR:
        msg = f"{value!r} is not an OS ID: two letters, year, day of the year, six symbols"
        raise ValueError(msg)
    country, rest = plain[:2], plain[2:-1]
    total = sum(country.encode()) + sum(rest.encode().translate(_OS_VALUES))
    if _OS_ALPHABET[total % 32] != plain[-1]:
        msg = f"the check character of OS ID {plain} is wrong; look it up again"
        raise ValueError(msg)
    return plain


def lei(value: str) -> str:
    """Return a Legal Entity Identifier in capitals.

    Raises:
        ValueError: It is no LEI, or its check digits are wrong.
    """
    plain = value.strip().upper()
    if not _LEI.fullmatch(plain):
        msg = f"{value!r} is not a LEI: 18 letters and digits, then two check digits"
        raise ValueError(msg)
    if int("".join(str(int(symbol, 36)) for symbol in plain)) % 97 != 1:
        msg = f"the check digits of LEI {plain} are wrong; look it up again"
        raise ValueError(msg)
    return plain


def _digits(name: str, lengths: Iterable[int]) -> Callable[[str], str]:
    """Return the check of a number that has no check character here."""
    allowed = tuple(lengths)

    def check(value: str) -> str:
        plain = re.sub(r"[\s-]", "", value)
        if not (plain.isascii() and plain.isdigit() and len(plain) in allowed):
            wanted = " or ".join(map(str, allowed))
            msg = f"{value!r} is not a {name}: {wanted} digits"
            raise ValueError(msg)
        return plain

    return check


_VERIFIED: Final[dict[str, Callable[[str], str]]] = {
    "os": os_id,
    "lei": lei,
    "gln": _digits("GLN", [13]),
    "duns": _digits("DUNS number", [9]),
    "imo": _digits("IMO number", [7]),
}
UNIVERSAL: Final = frozenset(_VERIFIED)
"""Schemes that belong to no program; any program may name a supplier by them."""


def _reference(text: str) -> str:
    try:
        return normalise(text)
    except ValueError as error:
        kind = "invalid_reference"
        raise PydanticCustomError(kind, "{why}", {"why": str(error)}) from error


Reference = Annotated[str, AfterValidator(_reference)]
"""`scheme:value`: os, lei, gln, duns, imo, wsr, or a program's own scheme."""

SubjectRef = Annotated[Reference, Refers((Kind.ORGANIZATION, Kind.WORKSITE))]
OrganizationRef = Annotated[Reference, Refers((Kind.ORGANIZATION,))]
WorksiteRef = Annotated[Reference, Refers((Kind.WORKSITE,))]
AgreementRef = Annotated[Reference, Refers((Kind.AGREEMENT,))]
EarlyAgreementRef = Annotated[Reference, Refers((Kind.AGREEMENT,), early=True)]
CommodityRef = Annotated[Reference, Refers((Kind.COMMODITY,))]
ProgramCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,62}$")]
EarlyProgramRef = Annotated[ProgramCode, Refers((Kind.PROGRAM,), early=True)]
ProductName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    Refers((Kind.COMMODITY,), by_name=True),
]
