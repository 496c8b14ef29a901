"""The Fair Food Program's own documents."""
