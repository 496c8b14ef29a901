"""International Accord: the framework over the country agreements in Bangladesh and Pakistan."""

from adapters.international_accord.signatories import signatories

__all__ = ["signatories"]
