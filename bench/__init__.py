"""Measures this hub against the raw queries of its stores, on a made-up world of any size."""
