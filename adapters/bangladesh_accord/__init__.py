"""Bangladesh Accord: garment factories and brands, inspected through the RSC since 2020-06-01."""
