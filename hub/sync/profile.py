"""What a node is called and where it is, worked out of all that programs say of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graph_schema.codes import Kind
from graph_schema.elements import Fact
from hub.store.port import Row
from hub.store.rows import columns

Said = tuple[type[Fact], Row]
"""A describing fact: its kind and its row."""


def primary(said: Sequence[Said], codes: Mapping[int, str]) -> list[Said]:
    """Return statements in the order in which they count: the earliest known first.

    Of equally early ones the program whose code comes first; of one program's the newest
    (DOMAIN.md, Edges, Place).
    """
    return sorted(
        said,
        key=lambda each: (
            each[1]["recorded_from"],
            codes.get(each[1]["program"], ""),
            -each[1]["stated_at"],
            -each[1]["number"],
        ),
    )


def profile(
    number: int, kind: Kind, said: Sequence[Said], codes: Mapping[int, str]
) -> dict[str, Any]:
    """Return a node's row: its name, place, products, and the words by which it is found.

    Args:
        number: The node.
        kind: What it is.
        said: All that was ever said of it; what is withdrawn counts where nothing else is left.
        codes: Codes of programs.
    """
    shown = [each for each in said if each[1]["visible"]]
    ever = shown or said
    told = primary(_newest(ever), codes)
    return {
        "number": number,
        "kind": kind.value,
        "name": told[0][1]["name"],
        "country": _first(told, "country"),
        "products": sorted({p for _, row in told for p in row.get("products") or ()}),
        "visible": bool(shown),
        "told_by": [] if shown else sorted({row["program"] for _, row in said}),
        "known_from": min(row["recorded_from"] for _, row in ever),
        "words": _words(told),
    }


def _newest(said: Sequence[Said]) -> Sequence[Said]:
    """Return what is said of a node now, else what was withdrawn last."""
    last = max(row["recorded_until"] for _, row in said)
    return [each for each in said if each[1]["recorded_until"] == last]


def _first(said: Iterable[Said], name: str) -> Any:  # noqa: ANN401
    return next((row[name] for _, row in said if row.get(name)), None)


def _words(said: Iterable[Said]) -> str:
    """Return the texts that full-text search reads of statements."""
    texts: list[str | None] = []
    for kind, row in said:
        listed = {column.name for column in columns(kind) if column.type is list}
        for name in kind.searched:
            texts += row[name] if name in listed else [row[name]]
    return words(texts)


def words(texts: Iterable[str | None]) -> str:
    """Return texts, each once, as full-text search reads them."""
    return " \n ".join(dict.fromkeys(filter(None, texts)))
