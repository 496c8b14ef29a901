"""The UK fishing pilot's own documents."""
