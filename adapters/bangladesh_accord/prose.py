"""Prose: the sentences in which the Accord and the RSC bar a factory, and what makes them unclear.

A statement names a date, a factory, its address, a reason and the effect (facts source S144, S145).
Whoever is named in it is accused, so a sentence counts only where every word of it is understood.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

_LONGEST: Final = 600
"""Characters of a sentence that is looked at; patterns take their time on longer ones."""
_NO_STOP: Final = re.compile(r"\b(Ltd|Pvt|Co|Inc|No|St|Rd|M/S|[A-Z])\.", re.IGNORECASE)
_STOP: Final = re.compile(r"(?<=[.!?;])\s+")
_ACTORS: Final = (
    r"(?:all |the |accord |rsc |agreement )*(?:signatory |participating )?"
    r"(?:signatories|companies|brands)(?: (?:to|of) the (?:accord|agreement))?"
)
_ALSO: Final = (
    r"(?P<also>,? and (?:with )?all (?:the )?(?:other )?factories "
    r"(?:(?:that )?(?:it|the supplier|the group) (?:operates|owns)"
    r"|of (?:the |its )?(?P<group>[\w&.' -]*?)\s?group))?"
)
_TAIL: Final = (
    r"(?:,? (?:with effect from|effective(?: from)?|as of) (?P<day>[\w, ]+?\d{4}))?"
    r"(?:,? (?:with immediate effect|effective immediately))?"
    r"(?:,? (?:because(?: of)?|due to|as a result of|following"
    r"|for(?: its| the)?(?= fail| refus| lack)) (?P<why>.+?))?\.?"
)
_WHO: Final = r"(?P<who>.+?)(?:,? (?:located|situated) (?:at|in) (?P<at>.+?),?)?"
EFFECTS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_ACTORS} (?:must|shall|are required to|are obliged to) (?:terminate|end|cease)"
        rf"(?: any| all| their)? business(?: relationships?| relations)? with {_WHO}{_ALSO}{_TAIL}",
        rf"{_WHO} (?:is|has become|has been (?:declared|found|made)) ineligible (?:to produce"
        rf"|to supply|for production|for business) (?:for|with) {_ACTORS}{_ALSO}{_TAIL}",
        rf"{_WHO} (?:has reached|is at) stage 3 of the escalation protocol{_ALSO}{_TAIL}",
    )
)
"""Sentences that bar whom they name."""
ALONE: Final = re.compile(
    r"(?:the )?other factories of (?:the|its) (?:company )?group are not affected\.?", re.IGNORECASE
)
"""Says that the bar reaches no further."""
PLACED: Final = re.compile(
    r"(?:the factory|it) (?:is|was) (?:located|situated) (?:at|in) (?P<at>.+?)\.?", re.IGNORECASE
)
_BEARING: Final = re.compile(
    r"terminat|ineligib|eligib|stage\s*(?:3|three|iii)|barred|cease|suspen[ds]"
    r"|(?:stop|end)\w* (?:all |any |their )?(?:business|sourcing|orders)",
    re.IGNORECASE,
)
_GROUP: Final = re.compile(r"\bgroup\b|other factor|sister", re.IGNORECASE)
_DOUBT: Final = re.compile(
    r"[\"\u201c\u201d\u201e\u00ab\u00bb]|\b(?:correction|corrected|erratum|retract\w*|withdr\w+"
    r"|rescind\w*|revok\w*|overturn\w*|revers\w+|re-?instat\w*|requalif\w*|de-?escalat\w*|lift(?:ed|s)"
    r"|appeal\w*|disput\w*|court|injunction|interim|alleg\w*|reported(?:ly)?|according|claim(?:s|ed)"
    r"|said|told|denie[sd]|if|unless|may be|might|could|would|propos\w*|intend\w*|consider\w*"
    r"|under review|error|mistake\w*|super-?sed\w*|no longer|never)\b",
    re.IGNORECASE,
)
_PERSONAL: Final = re.compile(
    r"complain|grievance|harass|abuse|retaliat|worker [A-Z]|\b(?:Mr|Ms|Mrs|Md)\b", re.IGNORECASE
)


def sentences(text: str) -> Sequence[str]:
    """Return the sentences of a text; the stops of abbreviations do not end one."""
    plain = _NO_STOP.sub(r"\1", text)
    return [part.strip() for part in _STOP.split(plain) if part.strip()]


def doubt(text: str) -> str | None:
    """Return the word of a text that quotes, conditions, disputes or takes something back."""
    found = _DOUBT.search(text)
    return found and found[0]


def effects(text: str, name: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Yield each sentence that bears on who may be bought from, and how it is understood, if so.

    Args:
        text: A line of the statement.
        name: Whom it names: its own words bear on nothing.
    """
    plain = _NO_STOP.sub(r"\1", name)
    for sentence in sentences(text):
        rest = re.sub(re.escape(plain), "", sentence, flags=re.IGNORECASE)
        if _BEARING.search(rest):
            yield sentence, _understood(sentence)
        elif _GROUP.search(rest):
            yield sentence, ALONE.fullmatch(sentence)


def _understood(sentence: str) -> re.Match[str] | None:
    """Return a sentence as one that bars somebody, unless more of it bears on the effect."""
    if len(sentence) > _LONGEST:
        return None
    found = next((match for each in EFFECTS if (match := each.fullmatch(sentence))), None)
    return None if found is None or _BEARING.search(found["why"] or "") else found


def reason(text: str | None) -> str | None:
    """Return a stated reason, unless it may speak of a person or a complaint."""
    return None if not text or _PERSONAL.search(text) else text
