"""Pakistan Accord: garment and textile factories and fabric mills in Pakistan."""

from adapters.pakistan_accord.factories import factories

__all__ = ["factories"]
