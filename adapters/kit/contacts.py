"""Contacts: what says how to reach a person, which is dropped before anything is kept or told."""

import re
from typing import Final

from graph_schema.texts import folded

_COLUMNS: Final = (
    "contact", "email", "phone", "telephone", "mobile", "fax", "whatsapp", "skype", "wechat",
)  # fmt: skip
_ADDRESS: Final = re.compile(r"[^\s@<>,;:()]{1,64}@[^\s@<>,;()]{1,255}")
_NUMBER: Final = re.compile(r"(?<![\w/])(?:\+|\(|00)?\d(?:[\s().-]{0,2}\d){8,}(?![\w/])")
"""Nine digits or more, grouped as telephone numbers are; a day has eight."""


def contact_column(name: str) -> bool:
    """Whether a column may hold how to reach a person, by its name."""
    plain = folded(name)
    return any(word in plain for word in _COLUMNS)


def without_contacts(text: str) -> str:
    """Return a text with an ellipsis in place of each e-mail address and telephone number."""
    return _NUMBER.sub("…", _ADDRESS.sub("…", text))
