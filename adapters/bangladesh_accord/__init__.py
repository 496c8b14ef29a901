"""Bangladesh Accord: garment factories and brands, inspected through the RSC since 2020-06-01."""

from adapters.bangladesh_accord.factories import factories

__all__ = ["factories"]
