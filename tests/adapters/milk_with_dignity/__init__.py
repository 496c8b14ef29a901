"""The operator's documents of the Milk with Dignity Program."""
