"""Loaders: each brings one field of a type for all its parents in one round trip."""
