"""Which rows of a log are seen at a moment, in SQL."""

from typing import Final

SEEN: Final = (
    "f.revision_from <= :revision AND f.recorded_from <= :known_at "
    "AND (f.revision_until > :revision OR f.recorded_until > :known_at) "
    "AND (f.visible OR :everything)"
)
PLACED: Final = (
    "f.revision_from <= :revision "
    "AND (f.revision_until > :revision OR f.recorded_until > :known_at) "
    "AND (f.visible OR :everything)"
)
"""Where a subject is said to be: where nothing was known of that yet, what was learned later."""
EVER: Final = "f.revision_from <= :revision AND (f.visible OR :everything)"
DERIVED: Final = (
    "i.revision_from <= :revision AND i.revision_until > :revision "
    "AND i.known_from <= :known_at AND i.known_until > :known_at AND (i.visible OR :everything)"
)
ON_THE_DAY: Final = "(:day IS NULL OR (i.starts <= :day AND i.ends > :day))"
