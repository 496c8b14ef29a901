"""Contacts: what says how to reach a person, which is dropped before anything is kept or told."""

import re
from collections.abc import Mapping
from typing import Any, Final, cast

from graph_schema.texts import folded

DROPPED: Final = "…"
"""What stands in place of what is dropped."""
_COLUMNS: Final = (
    "contact", "email", "phone", "telephone", "mobile", "fax", "whatsapp", "skype", "wechat",
)  # fmt: skip
_ADDRESS: Final = re.compile(r"[^\s@<>,;:()|]{1,64}@[^\s@<>,;()|]{1,255}")
_MAIL: Final = re.compile(r"[\w.!#$%&'*+=?^`{}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
"""An e-mail address beyond doubt: neither a part of a URL nor a handle."""
_DAY: Final = r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)"
_REACHING: Final = "|".join((*_COLUMNS, "tel", "cell", "mob", "call", "ph", "hotline", "number"))
_NUMBER: Final = re.compile(
    rf"(?<![\w/])(?P<stays>{_DAY}|(?!(?:{_REACHING}):)[a-z][a-z0-9-]{{1,23}}:(?=\d)[!-~]+)"
    rf"|(?<![\w/])(?:\+|\(|00)?\d(?:[\s().-]{{0,2}}(?!{_DAY})\d){{8,}}(?![\w/])"
)
"""Nine digits or more, grouped as telephone numbers are; neither days nor references."""
_FIGURES: Final = frozenset({"value", "lat", "lng", "numberofworkers"})
"""Columns whose cells may have as many digits as a telephone number."""
_FIGURE: Final = re.compile(r"[\d.,-]+")


def contact_column(name: str) -> bool:
    """Whether a column may hold how to reach a person, by its name."""
    plain = folded(name)
    return any(word in plain for word in _COLUMNS)


def without_contacts(text: str) -> str:
    """Return a text with an ellipsis in place of each e-mail address and telephone number."""
    return _NUMBER.sub(_number, _ADDRESS.sub(DROPPED, text) if "@" in text else text)


def published(column: str, cell: str) -> str:
    """Return a cell of a published table likewise; figures stay as they are."""
    if folded(column) in _FIGURES and _FIGURE.fullmatch(cell):
        return cell
    return without_contacts(cell)


def without_mail(text: str) -> str:
    """Return what an operator says itself with an ellipsis in place of each e-mail address.

    Its numbers stay, such as those that call a supplier.
    """
    return _MAIL.sub(DROPPED, text) if "@" in text else text


def without_mail_in(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return JSON likewise, and without what is called a contact."""
    if isinstance(value, str):
        return without_mail(value)
    if isinstance(value, list | tuple):
        return [without_mail_in(each) for each in cast("list[Any]", value)]
    if isinstance(value, Mapping):
        given = cast("Mapping[str, Any]", value)
        return {
            name: DROPPED if contact_column(name) else without_mail_in(each)
            for name, each in given.items()
        }
    return value


def _number(found: re.Match[str]) -> str:
    return found["stays"] or DROPPED
