"""What adapters say, and what the hub makes of it."""
