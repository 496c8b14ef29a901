"""What a client takes: the header Accept (RFC 9110, section 12.5.1)."""

from collections.abc import Iterator


def weighed(header: str) -> Iterator[tuple[str, float]]:
    """Yield each media type that a header names, and how much it is liked; 0: not at all."""
    return map(_weighed, header.split(","))


def _weighed(part: str) -> tuple[str, float]:
    media_type, *parameters = (each.strip().lower() for each in part.split(";"))
    weight = next((each[2:] for each in parameters if each.startswith("q=")), "1")
    try:
        return media_type, float(weight)
    except ValueError:
        return media_type, 0.0
