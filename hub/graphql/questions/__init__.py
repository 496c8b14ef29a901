"""The questions that clients ask, one module each."""
