"""Pakistan Accord: garment and textile factories and fabric mills in Pakistan."""

from adapters.pakistan_accord.factories import factories
from adapters.pakistan_accord.open_supply_hub import open_supply_hub
from adapters.pakistan_accord.signatories import signatories
from adapters.pakistan_accord.yearly import yearly

__all__ = ["factories", "open_supply_hub", "signatories", "yearly"]
