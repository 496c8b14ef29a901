"""Pakistan Accord: garment and textile factories and fabric mills in Pakistan."""
