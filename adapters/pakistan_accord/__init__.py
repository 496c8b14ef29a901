"""Pakistan Accord: garment and textile factories and fabric mills in Pakistan."""

from adapters.pakistan_accord.factories import factories
from adapters.pakistan_accord.signatories import signatories

__all__ = ["factories", "signatories"]
