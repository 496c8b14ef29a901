"""The hub: it keeps the graph of all programs and answers who may buy what from whom."""
