"""The Central Java Agreement."""
