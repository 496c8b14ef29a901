"""Bangladesh Accord: garment factories and brands, inspected through the RSC since 2020-06-01."""

from adapters.bangladesh_accord.factories import factories
from adapters.bangladesh_accord.open_supply_hub import open_supply_hub
from adapters.bangladesh_accord.signatories import signatories
from adapters.bangladesh_accord.statements import statements

__all__ = ["factories", "open_supply_hub", "signatories", "statements"]
