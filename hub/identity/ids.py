"""Public ids: opaque, stable for ever, URL-safe, 32 characters.

Inside is a dense integer and what it numbers, enciphered as one AES block with the store's key: an
id tells no counts, and an id that the hub never gave is found out without a look-up. A list of ids
is deciphered in one step, whatever its length.
"""

import re
import struct
from collections.abc import Sequence
from enum import IntEnum
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

LENGTH: Final = 32
_FORM: Final = re.compile(r"[0-9a-f]{32}")
_BLOCK: Final = struct.Struct(">Q4sI")
_ID: Final = b"wsr\0"
_CURSOR: Final = b"wsc\0"


class Numbered(IntEnum):
    """What an id numbers."""

    NODE = 1
    FACT = 2
    RUN = 3
    CHANGE = 4
    PROPOSAL = 5


class Ids:
    """Turns numbers into public ids and back, with one store's key."""

    def __init__(self, key: bytes) -> None:
        # One block holds one number and its own check, so no two blocks are ever alike:
        # the mode that is wrong for texts is right for single blocks.
        self._cipher = Cipher(AES(key), ECB())  # noqa: S305

    def of(self, number: int, what: Numbered = Numbered.NODE) -> str:
        """Return the id of a number."""
        encryptor = self._cipher.encryptor()
        return encryptor.update(_BLOCK.pack(number, _ID, what)).hex()

    def many(self, numbers: Sequence[int], what: Numbered = Numbered.NODE) -> list[str]:
        """Return the ids of numbers, enciphered in one step."""
        return self._sealed(b"".join(_BLOCK.pack(number, _ID, what) for number in numbers))

    def cursors(self, numbers: Sequence[int], bound: int) -> list[str]:
        """Return cursors of numbers, each sealed with what it is bound to, of 32 bits."""
        return self._sealed(b"".join(_BLOCK.pack(number, _CURSOR, bound) for number in numbers))

    def _sealed(self, plain: bytes) -> list[str]:
        text = self._cipher.encryptor().update(plain).hex()
        return [text[at : at + LENGTH] for at in range(0, len(text), LENGTH)]

    def number(self, text: str, what: Numbered = Numbered.NODE) -> int | None:
        """Return the number of an id; none for one that the hub never gave."""
        return self.numbers([text], what)[0]

    def place(self, cursor: str) -> tuple[int, int] | None:
        """Return the number of a cursor and what it is bound to; none: the hub never gave it."""
        if not well_formed(cursor):
            return None
        plain = self._cipher.decryptor().update(bytes.fromhex(cursor))
        number, sign, bound = _BLOCK.unpack(plain)
        return (number, bound) if sign == _CURSOR else None

    def numbers(self, texts: Sequence[str], what: Numbered = Numbered.NODE) -> list[int | None]:
        """Return the numbers of well-formed ids, deciphered in one step."""
        blocks = self._cipher.decryptor().update(bytes.fromhex("".join(texts)))
        return [
            number if sign == _ID and kind == what else None
            for number, sign, kind in _BLOCK.iter_unpack(blocks)
        ]


def well_formed(text: str) -> bool:
    """Whether a text has the form of a public id."""
    return _FORM.fullmatch(text) is not None
