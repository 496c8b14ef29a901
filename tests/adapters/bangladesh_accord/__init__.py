"""The Bangladesh Accord's own documents."""
