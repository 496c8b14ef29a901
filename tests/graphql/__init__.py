"""The API as clients see it, and the explorer in front of it."""
