"""International Accord: the framework over the country agreements in Bangladesh and Pakistan."""
