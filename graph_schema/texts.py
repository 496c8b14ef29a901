"""Texts and places as fields: clean, bounded, and checked against the ISO lists."""

import re
import unicodedata
from functools import lru_cache
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_INVISIBLE = re.compile(r"[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_BLANKS = re.compile(r"\s+")

COUNTRIES: Final = frozenset(
    # ISO 3166-1 alpha-2, as officially assigned.
    (
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO "
        "BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ "
        "DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP "
        "GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG "
        "KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML "
        "MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE "
        "PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL "
        "SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM "
        "US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW "
    ).split()
)


def _clean(text: str) -> str:
    """Return `text` in NFC, invisible and direction marks left out, blanks single."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    if _CONTROL.search(text):
        msg = "it holds control characters; save the file as plain UTF-8 text"
        raise ValueError(msg)
    return _BLANKS.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text))).strip()


def _country(code: str) -> str:
    if code not in COUNTRIES:
        msg = f"{code!r} is no country of ISO 3166-1; write two capitals, such as BD"
        raise ValueError(msg)
    return code


def _region(code: str) -> str:
    if code[:2] not in COUNTRIES or not re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", code):
        msg = f"{code!r} is no region of ISO 3166-2; write it like US-FL"
        raise ValueError(msg)
    return code


Name = Annotated[str, AfterValidator(_clean), StringConstraints(min_length=1, max_length=300)]
Text = Annotated[str, AfterValidator(_clean), StringConstraints(max_length=2_000)]
Word = Annotated[str, AfterValidator(_clean), StringConstraints(min_length=1, max_length=80)]
CountryCode = Annotated[str, AfterValidator(_country)]
"""ISO 3166-1 alpha-2."""
RegionCode = Annotated[str, AfterValidator(_region)]
"""ISO 3166-2."""


@lru_cache(maxsize=4_096)
def folded(word: str) -> str:
    """Return a word without case, blanks and punctuation: how words are compared."""
    plain = unicodedata.normalize("NFKC", word).casefold()
    return "".join(symbol for symbol in plain if symbol.isalnum())
