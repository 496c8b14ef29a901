"""The bench: its world, its raw queries and its table."""
