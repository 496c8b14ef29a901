"""Which facts of a log are seen at a moment, in Cypher: the same as in the embedded store.

What is either so or so is written as a CASE: of an OR the planner makes two searches and joins
them, which reads all there is for a page.
"""

from typing import Final, LiteralString

SEEN: Final[LiteralString] = (
    "f.revision_from <= $revision AND f.recorded_from <= $known_at "
    "AND CASE WHEN f.revision_until > $revision THEN true ELSE f.recorded_until > $known_at END "
    "AND (f.visible OR $everything)"
)
PLACED: Final[LiteralString] = (
    "f.revision_from <= $revision "
    "AND CASE WHEN f.revision_until > $revision THEN true ELSE f.recorded_until > $known_at END "
    "AND (f.visible OR $everything)"
)
"""Where a subject is said to be: where nothing was known of that yet, what was learned later."""
EVER: Final[LiteralString] = "f.revision_from <= $revision AND (f.visible OR $everything)"
DERIVED: Final[LiteralString] = (
    "i.revision_from <= $revision AND i.revision_until > $revision "
    "AND i.known_from <= $known_at AND i.known_until > $known_at AND (i.visible OR $everything)"
)
ON_THE_DAY: Final[LiteralString] = "($day IS NULL OR (i.starts <= $day AND i.ends > $day))"
